"""Finding the dates of a table: which column, in which form, at which step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tidegate.arguments import checked
from tidegate.data.frequency import (
    Frequency,
    Gap,
    check_gaps,
    check_order,
    find_frequency,
    find_gaps,
    future_dates,
)
from tidegate.data.frequency import season_lengths as _season_lengths
from tidegate.data.parsing import RUNNING_YEARS, looks_like_date, parse_dates
from tidegate.data.tables import Table
from tidegate.data.windows import Array
from tidegate.errors import DataError
from tidegate.language import say

__all__ = ["Dates", "find_dates"]

_FIRST = {"date", "datetime", "timestamp", "ds", "datum", "fecha", "日期", "时间"}
_SECOND = {
    "time",
    "month",
    "day",
    "week",
    "quarter",
    "year",
    "period",
    "zeit",
    "monat",
    "jahr",
    "tag",
    "月份",
    "年份",
}
_PARTS = ("year", "month", "day", "hour", "minute", "second")
_EPOCH = {"timestamp", "unix", "epoch"}
_DAYS = {"date", "datetime", "datum", "fecha", "日期"}
_EPOCH_FORMS = {
    "s": "seconds since 1970",
    "ms": "milliseconds since 1970",
    "D": "days since the end of 1899, as Excel counts them",
}
_EXCEL = (20_000, 75_000)  # such days: 1954 to 2105
_SEPARATE = "numbers in separate columns"


@dataclass(frozen=True, eq=False, repr=False)
class Dates:
    """The dates of a table.

    Attributes
    ----------
    values : datetime64, one per row
    columns : where they were found; not to be used as inputs
    form : how they are written
    table : the table they are from
    """

    values: Array
    columns: tuple[str, ...]
    form: str
    table: Table

    @cached_property
    def frequency(self) -> Frequency | None:
        """The step from row to row, or None where the dates follow none."""
        return find_frequency(self.values)

    def check_order(self) -> None:
        """Raise where a date comes twice or goes back in time."""
        check_order(self.values, self.table.place)

    def check_gaps(self, instead: str = "") -> None:
        """Raise where dates are missing; `instead` ends the message."""
        check_gaps(self.values, self.frequency, self.table.place, instead)

    def gaps(self) -> list[Gap]:
        """Return the places where dates are missing."""
        return find_gaps(self.values, self._step())

    def future(self, count: int, skip: int = 0) -> Array:
        """Return the dates that follow the last one."""
        return future_dates(self.values[-1], self._step(), count, skip)

    def season_lengths(self) -> tuple[int, ...]:
        """Return usual season lengths in rows, the likeliest first; () where none is known."""
        return _season_lengths(self.frequency)

    def text(self, dates: Array) -> list[str]:
        """Return dates written as the file writes them: 1961-01 for months, 3-12 for running years."""
        if self.form == RUNNING_YEARS:
            months = dates.astype("datetime64[M]").astype(np.int64) + 1970 * 12
            return [f"{m // 12}-{m % 12 + 1:02d}" for m in months]
        if self.frequency is None:
            return [str(d).replace("T", " ") for d in dates]
        return self.frequency.text(dates)

    def _step(self) -> Frequency:
        if self.frequency is None:
            raise DataError(say("{dates!r}: they follow no fixed step.", dates=self))
        return self.frequency

    def __repr__(self) -> str:
        first, last = self.text(self.values[[0, -1]])
        between = say(" and ") if len(self.columns) < 3 else ", "
        how = say(" (running years: the first is called year 1)") if self.form == RUNNING_YEARS else ""
        return say(
            "Dates from {where}: {step}, {first} to {last}, written as {form}{how}",
            where=between.join(map(repr, self.columns)),
            step=self.frequency.name if self.frequency else say("no fixed step"),
            first=first,
            last=last,
            form=say(self.form),
            how=how,
        )


@checked
def find_dates(table: Table, name: str | None = None) -> Dates | None:
    r"""Return the dates of a table, or None where it has none and rows are to be numbered.

    Tried in order: the column `name`; year, month, day, hour, ... in columns of their own; a column called
    date, time, month, ...; any other text column that reads as dates throughout.

    Parameters
    ----------
    table : from `read_csv`
    name : the date column, where it is known

    Raises
    ------
    DataError
        For a date column with a value that is no date, or whose day and month cannot be told apart.

    Examples
    --------
    >>> from tidegate.data import read_csv
    >>> with open("sales.csv", "w") as file:
    ...     _ = file.write("month,sales\n2024-01,5\n2024-02,7\n")
    >>> find_dates(read_csv("sales.csv"))
    Dates from 'month': monthly, 2024-01 to 2024-02, written as year and month
    """
    if name is not None:
        table.text(name)  # raises where there is no such column
        return _from_column(table, name)
    found = _from_parts(table)
    if found is not None:
        return found
    for hinted in (*_hinted(table, _FIRST), *_hinted(table, _SECOND)):
        if _promises_dates(table, hinted):
            return _from_column(table, hinted)
    for other in table.names:
        if not table.is_number(other) and _promises_dates(table, other):
            try:
                return _from_column(table, other)
            except DataError:
                continue  # text that only begins like a date
    return None


def _words(name: str) -> set[str]:
    return set(re.split(r"[\W\d_]+", name.lower()))


def _hinted(table: Table, hints: set[str]) -> list[str]:
    return [n for n in table.names if _words(n) & hints]


def _promises_dates(table: Table, name: str) -> bool:
    """Whether the first value is a date, or the numbers are years, days like 20240131, or a time stamp."""
    if table.is_number(name):
        numbers = table.numbers(name)
        return _epoch_unit(name, numbers) is not None or _are_years(name, numbers) or _are_compact(numbers)
    first = next((t for t in table.text(name) if t is not None), None)
    return first is not None and looks_like_date(first)


def _whole(numbers: Array) -> bool:
    return bool(np.isfinite(numbers).all() and (numbers == np.floor(numbers)).all())


def _are_years(name: str, numbers: Array) -> bool:
    low, high = (1000, 2999) if _words(name) & {"year", "jahr", "年份"} else (1800, 2199)
    return _whole(numbers) and bool(((numbers >= low) & (numbers <= high)).all())


def _are_compact(numbers: Array) -> bool:
    return _whole(numbers) and bool(((numbers >= 1500_01_01) & (numbers <= 2499_12_31)).all())


def _epoch_unit(name: str, numbers: Array) -> str | None:
    if _words(name) & _DAYS and ((numbers >= _EXCEL[0]) & (numbers <= _EXCEL[1])).all():
        return "D"
    if not _words(name) & _EPOCH or not _whole(numbers):
        return None
    for unit, size in (("s", 1), ("ms", 1000)):
        if ((numbers >= 1e8 * size) & (numbers < 1e10 * size)).all():
            return unit
    return None


def _from_days(numbers: Array) -> Array:
    """Return Excel's days since the end of 1899, whose fractions are times of day, to the second."""
    seconds = np.rint(numbers * 86400).astype("timedelta64[s]")
    moments = np.datetime64("1899-12-30T00:00:00") + seconds
    return np.asarray(moments.astype("datetime64[D]") if _whole(numbers) else moments)


def _from_column(table: Table, name: str) -> Dates:
    if table.is_number(name) and not table.missing(name).size:
        numbers = table.numbers(name)
        unit = _epoch_unit(name, numbers)
        if unit is not None:
            if unit == "D":
                stamps = _from_days(numbers)
            else:
                stamps = numbers.astype(np.int64).astype(f"datetime64[{unit}]")
            return Dates(stamps, (name,), _EPOCH_FORMS[unit], table)
    texts = table.text(name)
    clock = _clock_beside(table, name, texts)
    if clock is not None:
        both = [
            None if t is None or c is None else f"{t} {c}"
            for t, c in zip(texts, table.text(clock), strict=True)
        ]
        values, form = parse_dates(both, f"{name} {clock}", table.place)
        return Dates(values, (name, clock), form, table)
    values, form = parse_dates(texts, name, table.place)
    return Dates(values, (name,), form, table)


def _clock_beside(table: Table, name: str, texts: list[str | None]) -> str | None:
    """Return the column that holds the time of day, where the dates stand without one and repeat."""
    if not texts or texts[0] is None or ":" in texts[0] or len(set(texts)) == len(texts):
        return None
    for other in table.names:
        first = (
            table.text(other)[0]
            if other != name and _words(other) & {"time", "zeit", "hour", "clock"}
            else None
        )
        if first is not None and re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?(\s*[ap]m)?", first, re.IGNORECASE):
            return other
    return None


def _from_parts(table: Table) -> Dates | None:
    """Year, month, day, hour, ... each in a column of its own."""
    named = {n.lower(): n for n in table.names}
    present = [part for part in _PARTS if part in named]
    if present[:2] != ["year", "month"] or present != list(_PARTS[: len(present)]):
        return None
    columns = tuple(named[part] for part in present)
    if not all(table.is_number(c) and _whole(table.numbers(c)) for c in columns):
        return None
    rows = np.column_stack([table.numbers(c).astype(np.int64) for c in columns]).tolist()
    joined = [_join(numbers) for numbers in rows]
    values, _ = parse_dates(joined, ", ".join(columns), table.place)
    return Dates(values, columns, _SEPARATE, table)


def _join(numbers: list[int]) -> str:
    """[2010, 1, 31, 5] to '2010-1-31 5:00'."""
    day = f"{numbers[0]:04d}-" + "-".join(map(str, numbers[1:3]))
    if len(numbers) < 4:
        return day
    hour, minute, *second = (*numbers[3:], 0)[:3] if len(numbers) > 4 else (numbers[3], 0)
    return f"{day} {hour}:{minute:02d}" + (f":{second[0]:02d}" if second else "")
