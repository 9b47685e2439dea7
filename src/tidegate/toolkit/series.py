"""One column of a table as an evenly spaced series, with its dates and companions; or why it is none."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data import (
    Frequency,
    Table,
    check_gaps,
    check_order,
    find_dates,
    find_frequency,
    future_dates,
    read_csv,
    regularise,
    season_lengths,
)
from tidegate.data.columns import Columns, check_name, look
from tidegate.data.even import brought, evened, kept_step, likely_step, step_of
from tidegate.data.parsing import as_dates
from tidegate.errors import DataError, complaint
from tidegate.language import say

__all__ = ["Series", "future_dates_of", "read_series"]

Array = NDArray[Any]

LARGEST = 1e100  # errors are squared
EVEN = "Instead: every={step!r} to bring the rows to an even step (on the command line --every {step})."
FILL = "Instead: put them in, or carry the last value on by fill=True (on the command line --fill)."


@dataclass(frozen=True, eq=False)
class Series:
    """An evenly spaced series of N values without holes.

    Attributes
    ----------
    name : the column
    values : float64 of shape (N,)
    inputs : float64 of shape (N, K), the further columns, and their names
    dates : datetime64 of shape (N,), or None where rows are numbered
    frequency : the step from row to row, None where rows are numbered
    seasons : rows in the seasons usual at that frequency
    notes : what was found or done on the way, in words
    """

    name: str
    values: Array
    inputs: Array = field(default_factory=lambda: np.empty((0, 0)))
    input_names: tuple[str, ...] = ()
    dates: Array | None = None
    frequency: Frequency | None = None
    seasons: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    write: Callable[[Array], list[str]] | None = None

    def text(self, dates: Array) -> list[str]:
        """Return dates as the table writes them, or row numbers as text."""
        if dates.dtype.kind != "M":
            return [str(row) for row in dates]
        return self.write(dates) if self.write else [str(d).replace("T", " ") for d in dates]

    def label(self, row: int) -> str:
        """Return the date of a row as text, or 'row 7' where there are none.

        >>> Series("sales", np.zeros(9)).label(7)
        'row 7'
        """
        return say("row {row}", row=row) if self.dates is None else self.text(self.dates[row : row + 1])[0]


def future_dates_of(series: Series, horizon: int) -> Array:
    """Return the dates that follow a series, or the numbers of the rows that do.

    >>> future_dates_of(Series("sales", np.zeros(9)), 2)
    array([ 9, 10])
    """
    if series.dates is None or series.frequency is None:
        return len(series.values) + np.arange(horizon)
    return future_dates(series.dates[-1], series.frequency, horizon)


@dataclass(frozen=True, eq=False)
class _Found:
    """Dates as they stand in a table, and how to write them."""

    values: Array | None
    columns: tuple[str, ...]
    write: Callable[[Array], list[str]] | None
    frequency: Frequency | None


def read_series(
    table: Any, target: str, date: str | None, inputs: Sequence[str], fill: bool, every: Any = None
) -> Series:
    """Return the column `target` of a table as a series, or raise with what stands in the way.

    Parameters
    ----------
    table : path of a CSV file, `Table`, dict of columns or dataframe
    target, date, inputs : names of columns; where `date` is None, it is looked for
    fill : carry the last value on where values or dates are missing
    every : step that rows at uneven dates are brought to, as in `frame`: the mean of each

    Examples
    --------
    >>> series = read_series({"day": np.arange("2024-01-01", "2024-01-08", dtype="M8[D]"), "sold": range(7)},
    ...                      target="sold", date=None, inputs=(), fill=False)
    >>> series.frequency.name, series.label(6), series.seasons
    ('daily', '2024-01-07', (7, 365))
    """
    if isinstance(table, (str, os.PathLike)):
        table = read_csv(table)
    columns = look(table)
    names = (target, *dict.fromkeys(inputs))
    for name in names:
        check_name(name, columns.names, table.path if isinstance(table, Table) else "")
    found = _dates_of_file(table, date) if isinstance(table, Table) else _dates_of_frame(columns, date)
    _check_roles(target, names[1:], found.columns)
    values = _numbers(table, columns, names)

    notes = table.notes_of(names) if isinstance(table, Table) else []
    if len(values) and np.ptp(values[:, 0]) == 0:
        notes.append(
            say(
                "{name!r} is {value:g} in every row: there is nothing to learn",
                name=target,
                value=values[0, 0],
            )
        )
    place: Callable[[int], str] = columns.place
    if every is not None:
        found, values, place, said = _evened(found, values, place, every)
        notes.append(said)
    if found.values is None:
        notes.append(say("no dates were found: the rows are taken as evenly spaced, and numbered"))
    else:
        check_order(found.values, place)
        if not fill or found.frequency is None:
            instead = say(FILL) if found.frequency else say(EVEN, step=likely_step([found.values]).short)
            check_gaps(found.values, found.frequency, place, instead)
    dates, values, filled = _without_holes(found, values, names, place, fill)
    if filled:
        notes.append(filled)
    return Series(
        name=target,
        values=np.ascontiguousarray(values[:, 0]),
        inputs=values[:, 1:],
        input_names=names[1:],
        dates=dates,
        frequency=found.frequency,
        seasons=season_lengths(found.frequency),
        notes=tuple(notes),
        write=found.write,
    )


def _dates_of_file(table: Table, date: str | None) -> _Found:
    dates = find_dates(table, date)
    if dates is None:
        return _Found(None, (), None, None)
    return _Found(dates.values, dates.columns, dates.text, dates.frequency)


def _dates_of_frame(columns: Columns, date: str | None) -> _Found:
    named = columns.found_dates() if date is None else check_name(date, columns.names)
    if named is None:
        return _Found(None, (), None, None)
    of = (named,) if isinstance(named, str) else ()
    values = as_dates(
        columns.get(named) if isinstance(named, str) else named, of[0] if of else "dates", columns.place
    )
    frequency = find_frequency(values)
    return _Found(values, of, frequency.text if frequency else None, frequency)


def _evened(
    found: _Found, values: Array, place: Callable[[int], str], every: Any
) -> tuple[_Found, Array, Callable[[int], str], str]:
    """Return dates and values at an even step, how to name a row of them, and what was done in words."""
    if found.values is None:
        raise DataError(complaint("forecast", say("dates, as every is given"), say("none"), "date=..."))
    absent = np.isnat(found.values)
    if absent.any():
        raise DataError(say("The date in {place} is missing.", place=place(int(absent.argmax()))))
    by_date = np.argsort(found.values, kind="stable")
    dates = found.values[by_date]
    step = likely_step([dates]) if isinstance(every, str) and every == "found" else step_of(every, "forecast")
    starts, made, _ = evened(dates, values[by_date], step, "mean")
    kept = kept_step(starts, step)
    even = _Found(starts, found.columns, kept.text, kept)
    return (
        even,
        made,
        lambda row: kept.text(starts[row : row + 1])[0],
        brought(len(dates), len(starts), step, "mean"),
    )


def _check_roles(target: str, inputs: Sequence[str], dates: Sequence[str]) -> None:
    if target in dates:
        raise DataError(
            say(
                "Column {target!r} holds the dates, and cannot be the target as well. Name another target.",
                target=target,
            )
        )
    for name in inputs:
        if name in dates:
            raise DataError(
                say("Column {name!r} holds the dates, and cannot be among the inputs as well.", name=name)
            )
        if name == target:
            raise DataError(
                say(
                    "Column {name!r} is the target: its past is always seen. Leave it out of the inputs.",
                    name=name,
                )
            )


def _numbers(table: Any, columns: Columns, names: tuple[str, ...]) -> Array:
    """Return the columns as float64, or say which holds none, and which do."""
    if isinstance(table, Table):
        for name in names:
            if not table.is_number(name) and not any(map(_is_number, table.text(name))):
                first = next(
                    (
                        say(": {text!r} in {place}", text=t, place=table.place(k))
                        for k, t in enumerate(table.text(name))
                        if t
                    ),
                    "",
                )
                others = ", ".join(map(repr, table.numeric)) or say("none")
                raise DataError(
                    say(
                        "{path}: column {name!r} holds no number{first}. Columns that do: {others}.",
                        path=table.path,
                        name=name,
                        first=first,
                        others=others,
                    )
                )
    values = columns.block(names).astype(np.float64, copy=False)
    large = np.abs(values) > LARGEST
    if large.any():
        row, column = np.unravel_index(int(large.argmax()), values.shape)
        what = say("is infinite") if np.isinf(values[row, column]) else say("is too large to be squared")
        raise DataError(
            say(
                "Column {name!r}, {place}: the value {what}.",
                name=names[column],
                place=columns.place(int(row)),
                what=what,
            )
        )
    return values


def _is_number(text: str | None) -> bool:
    try:
        return text is not None and np.isfinite(float(text.replace(",", ".")))
    except ValueError:
        return False


def _without_holes(
    found: _Found, values: Array, names: Sequence[str], place: Callable[[int], str], fill: bool
) -> tuple[Array | None, Array, str]:
    """Return dates and values without holes, and what was done about them in words."""
    dates = found.values
    absent = np.isnan(values)
    for k, name in enumerate(names):
        if absent[:, k].all():
            raise DataError(say("Column {name!r} holds no number.", name=name))
        if absent[:, k].any() and not fill:
            count, first = int(absent[:, k].sum()), place(int(absent[:, k].argmax()))
            said = (
                say("Column {name!r}: 1 value is missing in {place}.", name=name, place=first)
                if count == 1
                else say(
                    "Column {name!r}: {n} values are missing, the first in {place}.",
                    name=name,
                    n=count,
                    place=first,
                )
            )
            raise DataError(f"{said} {say(FILL)}")
    if not fill:
        return dates, values, ""
    start = int(max(np.argmin(column) for column in absent.T))  # before it there is nothing to carry on
    values, absent = values[start:], absent[start:]
    rows = np.where(absent, 0, np.arange(len(values))[:, None])
    values = np.take_along_axis(values, np.maximum.accumulate(rows, axis=0), axis=0)
    added = 0
    if dates is not None and found.frequency is not None:
        at = found.frequency.positions(dates[start:])
        dates, _, added = regularise(dates[start:], values, found.frequency)
        values = values[np.searchsorted(at, np.arange(len(dates)), side="right") - 1]
    parts = [say("{n} missing values", n=int(absent.sum()))] * bool(absent.any())
    parts += [say("{n} missing dates", n=added)] * bool(added)
    done = [say("{parts} filled by the last value before", parts=say(" and ").join(parts))] * bool(parts)
    done += [say("the first {n} rows left out, where no value was known yet", n=start)] * bool(start)
    return dates, values, say("; ").join(done)
