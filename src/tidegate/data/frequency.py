"""How far apart dates stand: find the step, find what is missing, and count on into the future.

Dates are NumPy datetime64 arrays. A step is a number of months (1, 3, 12, ...), of working days, or of
microseconds; months are counted on the calendar, so the last day of February follows the 31st of January.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tidegate.arguments import checked
from tidegate.data.windows import Array, Moments
from tidegate.errors import DataError
from tidegate.language import say

__all__ = [
    "Frequency",
    "Gap",
    "check_gaps",
    "check_order",
    "find_frequency",
    "find_gaps",
    "future_dates",
    "regularise",
    "season_lengths",
]

SECOND = 1_000_000  # ticks of a microsecond, the finest step that is kept
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
WEEKEND = (5, 6)
UNITS = {  # as steps are written: microseconds, or months below 0
    SECOND: ("s", "sec", "second", "seconds"),
    MINUTE: ("min", "minute", "minutes"),
    HOUR: ("h", "hour", "hours"),
    DAY: ("d", "day", "days"),
    7 * DAY: ("w", "week", "weeks"),
    -1: ("mo", "month", "months"),
    -3: ("q", "quarter", "quarters"),
    -12: ("y", "year", "years"),
}
_ONE = {7 * DAY: "weekly", DAY: "daily", HOUR: "hourly", MINUTE: "every minute", SECOND: "every second"}
_SEVERAL = {
    7 * DAY: "every {n} weeks",
    DAY: "every {n} days",
    HOUR: "every {n} hours",
    MINUTE: "every {n} minutes",
    SECOND: "every {n} seconds",
}
_CALENDAR = {1: "monthly", 3: "quarterly", 12: "yearly"}


@dataclass(frozen=True)
class Frequency:
    """The step from one date to the next.

    Attributes
    ----------
    kind : "months", "working days" or "ticks" (microseconds)
    count : how many of them make one step
    anchor : for months: the day (1..31; a shorter month gives its last day), or -1 for the last working day
    """

    kind: str
    count: int
    anchor: int = 1

    @property
    def name(self) -> str:
        """The step in words.

        >>> Frequency("months", 1).name, Frequency("ticks", 15 * MINUTE).name
        ('monthly', 'every 15 minutes')
        """
        if self.kind == "months":
            years, rest = divmod(self.count, 12)
            if self.count in _CALENDAR:
                return say(_CALENDAR[self.count])
            return say("every {n} months", n=self.count) if rest else say("every {n} years", n=years)
        if self.kind == "working days":
            return say("every working day")
        for size, several in _SEVERAL.items():
            if self.count % size == 0:
                number = self.count // size
                return say(_ONE[size]) if number == 1 else say(several, n=number)
        return say("every {n} seconds", n=f"{self.count / SECOND:g}")

    @property
    def short(self) -> str:
        """The step as `frame(..., every=)` reads it.

        >>> Frequency("ticks", 30 * MINUTE).short, Frequency("months", 3).short
        ('30min', '3mo')
        """
        if self.kind == "months":
            return f"{self.count}mo"
        ticks = DAY if self.kind == "working days" else self.count
        size = max((unit for unit in UNITS if unit > 0 and ticks % unit == 0), default=SECOND)
        return f"{max(ticks // size, 1)}{UNITS[size][0]}"

    def positions(self, dates: Array) -> Array:
        """Return each date as a number of steps after the first one; -1 where a date stands off the grid."""
        if self.kind == "months":
            months = dates.astype("datetime64[M]").astype(np.int64)
            steps, rest = np.divmod(months - months[0], self.count)
        elif self.kind == "working days":
            days = dates.astype("datetime64[D]")
            steps, rest = np.busday_count(days[0], days), ~np.is_busday(days)
        else:
            ticks = dates.astype("datetime64[us]").astype(np.int64)
            steps, rest = np.divmod(ticks - ticks[0], self.count)
        on_grid = np.logical_not(rest)
        if self.kind != "ticks":
            on_grid &= self.after(dates[0], steps) == dates
        return np.where(on_grid, steps, -1)

    def after(self, last: np.datetime64, steps: Array) -> Array:
        """Return the dates that stand `steps` steps after `last`, in the same unit as `last`."""
        steps = np.asarray(steps)
        unit = last.dtype
        if self.kind == "ticks":
            fine = last.astype("datetime64[us]") + (steps * self.count).astype("timedelta64[us]")
            return np.asarray(fine.astype(unit))
        day = last.astype("datetime64[D]")
        clock = last.astype("datetime64[us]") - day.astype("datetime64[us]")
        if self.kind == "working days":
            days = np.busday_offset(day, steps, roll="forward")
        else:
            months = last.astype("datetime64[M]") + steps * self.count
            if unit in (np.dtype("datetime64[M]"), np.dtype("datetime64[Y]")):
                return np.asarray(months.astype(unit))
            ends = (months + 1).astype("datetime64[D]") - 1
            days = np.minimum(months.astype("datetime64[D]") + (self.anchor - 1), ends)
            days = np.busday_offset(ends, 0, roll="backward") if self.anchor == -1 else days
        return np.asarray((days.astype("datetime64[us]") + clock).astype(unit))

    def text(self, dates: Array) -> list[str]:
        """Return dates as people write them: 1961-01 for months, 2018-06-26 19:00 for hours.

        >>> Frequency("months", 1).text(np.array(["1961-01"], "datetime64[D]"))
        ['1961-01']
        """
        dates = np.atleast_1d(dates)
        if self.kind == "months":
            unit = "Y" if self.count % 12 == 0 and dates.dtype == np.dtype("datetime64[Y]") else "M"
            whole = np.all(dates.astype(f"datetime64[{unit}]") == dates)
            return _iso(dates, unit if whole else "D")
        if self.kind == "working days" or self.count % DAY == 0:
            if np.all(dates.astype("datetime64[D]") == dates):
                return _iso(dates, "D")
            unit = "m"
        else:
            unit = "m" if self.count % MINUTE == 0 else "s" if self.count % SECOND == 0 else "us"
        if unit == "m" and not np.all(dates.astype("datetime64[m]") == dates):
            unit = "s"
        return _iso(dates, unit)


@dataclass(frozen=True)
class Gap:
    """A hole between two neighbouring rows.

    `missing` is how many dates are absent, or 0 where a date does not fit; `row` is that of the later date.
    """

    after: np.datetime64
    before: np.datetime64
    missing: int
    row: int


def _iso(dates: Array, unit: str) -> list[str]:
    return [str(d).replace("T", " ") for d in dates.astype(f"datetime64[{unit}]")]


def _row(row: int) -> str:
    return say("row {row}", row=row)


@checked
def check_order(dates: Moments, place: Callable[[int], str] = _row) -> None:
    """Raise where a date is absent, comes twice or goes back in time; `place` names a row in messages."""
    absent = np.isnat(dates)
    if absent.any():
        raise DataError(say("The date in {place} is missing.", place=place(int(absent.argmax()))))
    steps = np.diff(dates.astype("datetime64[us]").astype(np.int64))
    if (steps > 0).all():
        return
    if (steps < 0).all() and len(steps) > 1:
        raise DataError(
            say(
                "The dates run backwards, from {first} to {last}. Sort the rows from the oldest to the "
                "newest.",
                first=dates[0],
                last=dates[-1],
            )
        )
    at = int((steps <= 0).argmax())
    where = say("{a} and {b}", a=place(at), b=place(at + 1))
    if steps[at] == 0:
        raise DataError(
            say(
                "The date {date} stands twice, in {where}. Each date may stand once: keep one of the "
                "rows, or forecast each series in a file of its own.",
                date=dates[at],
                where=where,
            )
        )
    raise DataError(
        say(
            "The dates are not in order: {date} is followed by {next} ({where}). Sort the rows "
            "from the oldest to the newest.",
            date=dates[at],
            next=dates[at + 1],
            where=where,
        )
    )


@checked
def find_frequency(dates: Moments) -> Frequency | None:
    """Return the step that at least half of the neighbouring dates keep, or None.

    >>> find_frequency(np.array(["2024-01-31", "2024-02-29", "2024-03-31"], "datetime64[D]")).name
    'monthly'
    """
    if len(dates) < 2:
        return None
    months = np.diff(dates.astype("datetime64[M]").astype(np.int64))
    if dates.dtype in (np.dtype("datetime64[Y]"), np.dtype("datetime64[M]")):
        return _months(months, 1)
    ticks = dates.astype("datetime64[us]").astype(np.int64)
    steps = np.diff(ticks)
    if np.median(steps) >= 28 * DAY and np.unique(ticks % DAY).size == 1:
        found = _months(months, _anchor(dates.astype("datetime64[D]")))
        if found is not None and _kept(found, dates) >= 0.5:
            return found
    common = _commonest(steps)
    if common == DAY and _working_days(dates, steps):
        return Frequency("working days", 1)
    found = Frequency("ticks", common)
    return found if common > 0 and np.mean(steps == common) >= 0.5 else None


def _months(steps: Array, anchor: int) -> Frequency | None:
    common = _commonest(steps)
    kept = common > 0 and np.mean(steps == common) >= 0.5
    return Frequency("months", common, anchor) if kept else None


def _commonest(steps: Array) -> int:
    values, counts = np.unique(steps, return_counts=True)
    return int(values[counts.argmax()])


def _kept(frequency: Frequency, dates: Array) -> float:
    return float(np.mean(frequency.positions(dates) >= 0))


def _anchor(days: Array) -> int:
    """Return the day of the month that the dates keep: 1..31, or -1 for the last working day."""
    starts = days.astype("datetime64[M]")
    numbers = (days - starts.astype("datetime64[D]")).astype(np.int64) + 1
    ends = (starts + 1).astype("datetime64[D]") - 1
    if np.unique(numbers).size > 1 and (days == np.busday_offset(ends, 0, roll="backward")).all():
        return -1 if not (days == ends).all() else 31
    return 31 if (days == ends).all() else int(numbers.max())


def _working_days(dates: Array, steps: Array) -> bool:
    weekday = (dates.astype("datetime64[D]").astype(np.int64) + 3) % 7  # 0 Monday; day 0 was a Thursday
    return not np.isin(weekday, WEEKEND).any() and bool((steps == 3 * DAY).any())


@checked
def find_gaps(dates: Moments, frequency: Frequency) -> list[Gap]:
    """Return every place where ordered dates leave the frequency."""
    at = frequency.positions(dates)
    before, after = at[:-1], at[1:]
    holes = np.flatnonzero((after - before != 1) | (after < 0))
    absent = np.where((after > 0) & (before >= 0), after - before - 1, 0)
    return [Gap(dates[k], dates[k + 1], int(absent[k]), int(k + 1)) for k in holes]


@checked
def check_gaps(
    dates: Moments, frequency: Frequency | None, place: Callable[[int], str] = _row, instead: str = ""
) -> None:
    """Raise where ordered dates leave the frequency; the message names the first place."""
    if frequency is None:
        raise DataError(
            say(
                "The {n} dates from {first} to {last} follow no fixed step. {instead}",
                n=len(dates),
                first=dates[0],
                last=dates[-1],
                instead=instead,
            ).rstrip()
        )
    gaps = find_gaps(dates, frequency)
    if not gaps:
        return
    first = gaps[0]
    low, high = frequency.text(np.array([first.after, first.before]))
    where = place(first.row)
    if first.missing == 1:
        said = say(
            "The dates are {step}, but 1 is missing between {low} and {high} ({where})",
            step=frequency.name,
            low=low,
            high=high,
            where=where,
        )
    elif first.missing:
        said = say(
            "The dates are {step}, but {n} are missing between {low} and {high} ({where})",
            step=frequency.name,
            n=first.missing,
            low=low,
            high=high,
            where=where,
        )
    else:
        said = say(
            "The dates are {step}, but {high} ({where}) does not fit after {low}",
            step=frequency.name,
            high=high,
            where=where,
            low=low,
        )
    if len(gaps) > 2:
        said += say("; {n} more such places follow", n=len(gaps) - 1)
    elif len(gaps) == 2:
        said += say("; 1 more such place follows")
    raise DataError(say("{said}. {instead}", said=said, instead=instead).rstrip())


@checked
def regularise(
    dates: Moments, values: Array, frequency: Frequency, held: int = 0
) -> tuple[Array, Array, int]:
    """Return dates without holes, values filled by straight lines, and how many rows were put in.

    Parameters
    ----------
    dates : ordered datetime64 array of shape (rows,)
    values : float array of shape (rows, columns)
    held : so many columns, the last ones, are filled by the value before instead
    """
    at = frequency.positions(dates)
    if (at < 0).any():
        row = int((at < 0).argmax())
        raise DataError(
            say(
                "The date {date} does not fit {name} steps from {first}. Instead: every={step!r} brings all rows to "
                "such steps.",
                date=dates[row],
                name=frequency.name,
                first=dates[0],
                step=frequency.short,
            )
        )
    total = int(at[-1]) + 1
    added = total - len(dates)
    if added > len(dates):
        raise DataError(
            say(
                "Filling the gaps would invent {added} rows beside {n} real ones ({name}, {first} to "
                "{last}). Is a date mistyped?",
                added=added,
                n=len(dates),
                name=frequency.name,
                first=dates[0],
                last=dates[-1],
            )
        )
    grid = np.arange(total)
    filled = np.empty((total, values.shape[1]), dtype=values.dtype)
    lines = values.shape[1] - held
    for k in range(lines):
        filled[:, k] = np.interp(grid, at, values[:, k])
    filled[:, lines:] = values[np.searchsorted(at, grid, side="right") - 1, lines:]
    return frequency.after(dates[0], grid), filled, added


@checked
def future_dates(last: np.datetime64, frequency: Frequency, count: int, skip: int = 0) -> Array:
    """Return the `count` dates that follow `last`, leaving out the first `skip`.

    >>> future_dates(np.datetime64("2024-01-31"), Frequency("months", 1, 31), 2)
    array(['2024-02-29', '2024-03-31'], dtype='datetime64[D]')
    """
    return frequency.after(np.datetime64(last), skip + 1 + np.arange(count))


@checked
def season_lengths(frequency: Frequency | None) -> tuple[int, ...]:
    """Return the season lengths, in rows, that are usual at a frequency, the likeliest first.

    >>> season_lengths(Frequency("months", 1)), season_lengths(Frequency("ticks", HOUR))
    ((12,), (24, 168))
    """
    if frequency is None:
        return ()
    if frequency.kind == "months":
        return (12 // frequency.count,) if frequency.count < 12 and 12 % frequency.count == 0 else ()
    if frequency.kind == "working days":
        return (5, 261)
    cycles = {7 * DAY: (364 * DAY,), DAY: (7 * DAY, 365 * DAY)}.get(frequency.count)
    if cycles is None:
        cycles = (DAY, 7 * DAY) if frequency.count >= MINUTE else (HOUR, DAY)
    rows = [c // frequency.count for c in cycles if c % frequency.count == 0]
    return tuple(r for r in rows if r > 1)
