"""A table made ready to be framed: its columns as one block of numbers, its rows in order, and where series end.

A window lies within one *segment*: rows that follow one another without a break. One series without gaps is one
segment; several series, or a series with gaps that are skipped, are several.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidegate.data.columns import Columns
from tidegate.data.dates import Dates
from tidegate.data.even import brought, evened, kept_step, likely_step, step_of
from tidegate.data.frequency import (
    Frequency,
    check_gaps,
    check_order,
    find_frequency,
    find_gaps,
    regularise,
)
from tidegate.data.parsing import as_dates
from tidegate.data.windows import Array
from tidegate.errors import DataError, complaint
from tidegate.language import say

__all__ = ["Rows", "dates_of", "numbered", "numbers", "one_hot", "order", "worded"]

MOST_WORDS = 100  # of a text column that becomes columns of 0 and 1


@dataclass
class Rows:
    """The rows of a table, series after series.

    Attributes
    ----------
    values : (rows, columns)
    dates : one datetime64 for each row, or None
    frequency : the step between dates, or None
    segments : int64 (K, 2), the first row of each and the one behind its last
    owners : int64 (K,), which series each belongs to
    series : the names of the series, () where there is one without a name
    notes : what was done to the table
    """

    values: Array
    dates: Array | None
    frequency: Frequency | None
    segments: Array
    owners: Array
    series: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    def label(self, row: int) -> str:
        """Name a row by its date, in a message."""
        date = np.asarray(self.dates)[row : row + 1]
        return self.frequency.text(date)[0] if self.frequency else str(date[0])


def dates_of(columns: Columns, dates: Any) -> tuple[Array | None, tuple[str, ...]]:
    """Return the parsed dates, and the columns they come from if they come from any."""
    found = columns.found_dates() if dates is None else dates
    if found is None:
        return None, ()
    if isinstance(found, Dates):
        return found.values, found.columns
    if isinstance(found, str):
        return columns.named_dates(columns.choose(found, "dates")[0])
    given = as_dates(found, "dates", columns.place)
    if len(given) != columns.rows:
        raise DataError(
            complaint(
                "frame",
                say("one date for each of {n} rows", n=columns.rows),
                say("{n} dates", n=len(given)),
            )
        )
    return given, ()


def one_hot(columns: Columns, name: str) -> dict[str, Array]:
    """Return a column of words as columns of 0 and 1, one for each word, named `column=word`."""
    words = words_of(columns, name)
    found = sorted({w for w in words if w is not None})
    if len(found) > MOST_WORDS:
        raise DataError(
            say(
                "Column {name!r} holds {n} different words, too many for a column each. Instead: leave it"
                " out of inputs, or write text='codes' for numbers that an Embedding layer reads.",
                name=name,
                n=len(found),
            )
        )
    array = np.array([w if w is not None else "" for w in words])
    absent = np.array([w is None for w in words])
    return {f"{name}={word}": np.where(absent, np.nan, array == word) for word in found}


def words_of(columns: Columns, name: str) -> list[str | None]:
    """Return a column as text, None where there is no value."""
    text = getattr(getattr(columns, "columns", None), "text", None)
    if text is not None:  # a file
        found: list[str | None] = text(name)
        return found
    values = np.asarray(columns.get(name)).tolist()
    return [None if v is None or v != v or type(v).__name__ == "NAType" else str(v) for v in values]


def worded(columns: Columns, names: Sequence[str]) -> tuple[str, ...]:
    """Return those of the columns that hold words."""
    return tuple(n for n in names if _is_text(columns, n))


def numbered(columns: Columns, names: Sequence[str]) -> tuple[list[tuple[str, ...]], Array]:
    """Return the different words of each column in order, and (rows, columns) codes from 1 on, NaN for no word."""
    vocabularies: list[tuple[str, ...]] = []
    codes = np.full((columns.rows, len(names)), np.nan)
    for k, name in enumerate(names):
        words = words_of(columns, name)
        vocabularies.append(tuple(sorted({w for w in words if w is not None})))
        places = {word: float(code) for code, word in enumerate(vocabularies[-1], 1)}
        codes[:, k] = [np.nan if w is None else places[w] for w in words]
    return vocabularies, codes


def numbers(columns: Columns, names: Sequence[str], text: str) -> tuple[Array, dict[str, tuple[str, ...]]]:
    """Return columns as one block, and by which columns each is represented in it."""
    hot = worded(columns, names) if text == "one_hot" else ()
    if not hot:
        return columns.block(names), {n: (n,) for n in names}
    parts: list[Array] = []
    stands: dict[str, tuple[str, ...]] = {}
    for name in names:
        if name in hot:
            made = one_hot(columns, name)
            stands[name] = tuple(made)
            parts += [c[:, None] for c in made.values()]
        else:
            stands[name] = (name,)
            parts.append(columns.block([name]))
    return np.concatenate(parts, axis=1), stands


def _is_text(columns: Columns, name: str) -> bool:
    known = getattr(getattr(columns, "columns", None), "is_number", None)
    if known is not None:
        return not known(name)
    values = np.asarray(columns.get(name))
    if values.dtype.kind in "US":
        return True
    return values.dtype.kind == "O" and any(isinstance(v, str) for v in values.tolist())


def order(
    columns: Columns,
    values: Array,
    dates: Array | None,
    series: str | None,
    gaps: str,
    column: str,
    held: int = 0,
    every: Any = None,
    bucket: str = "mean",
) -> Rows:
    """Sort rows by series, look at the dates of each, bring them to a step, and do about gaps as told.

    The last `held` columns of the values are codes: what lies between two of them is the older one.
    """
    if series is None:
        rows = Rows(values, dates, None, np.array([[0, len(values)]]), np.zeros(1, np.int64))
        places = None
    else:
        rows, places = _by_series(columns, values, dates, series)
    if every is not None:
        places = _even(rows, columns, places, every, bucket, held)
    if rows.dates is not None:
        _look_at_dates(rows, columns, places, gaps, column, held)
    return rows


def _by_series(columns: Columns, values: Array, dates: Array | None, series: str) -> tuple[Rows, Array]:
    labels = words_of(columns, series)
    for row, label in enumerate(labels):
        if label is None:
            raise DataError(
                say(
                    "Column {series!r}, {place}: the name of the series is missing.",
                    series=series,
                    place=columns.place(row),
                )
            )
    array = np.array(labels)
    _, first, number = np.unique(array, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))  # in the order in which they come
    owner = rank[number.ravel()]
    names = tuple(str(array[k]) for k in np.sort(first))
    notes = [say("{n} series by {column!r}", n=len(names), column=series)]
    places = np.arange(len(values))
    if (np.diff(owner) < 0).any():
        places = np.argsort(owner, kind="stable")
        values, owner = values[places], owner[places]
        dates = None if dates is None else dates[places]
        notes.append(say("rows were sorted by series"))
    ends = np.flatnonzero(np.diff(owner)) + 1
    segments = np.stack([np.r_[0, ends], np.r_[ends, len(values)]], axis=1)
    return Rows(values, dates, None, segments, np.arange(len(names)), names, notes), places


def _even(rows: Rows, columns: Columns, places: Array | None, every: Any, bucket: str, held: int) -> Array:
    """Bring the dates of each series to a step; return which row of the table each row begins with."""
    if rows.dates is None:
        raise DataError(complaint("frame", say("dates, as every is given"), say("none"), "dates=..."))
    places = np.arange(len(rows.values)) if places is None else places
    absent = np.isnat(rows.dates)
    if absent.any():
        where = columns.place(int(places[int(absent.argmax())]))
        raise DataError(say("The date in {place} is missing.", place=where))
    spans = [slice(a, b) for a, b in rows.segments.tolist()]
    by_date = np.concatenate([s.start + np.argsort(rows.dates[s], kind="stable") for s in spans])
    if (np.diff(by_date) < 0).any():
        rows.notes.append(say("rows were sorted by date"))
    dates, values, places = rows.dates[by_date], rows.values[by_date], places[by_date]
    step = (
        likely_step([dates[s] for s in spans])
        if isinstance(every, str) and every == "found"
        else step_of(every)
    )
    parts = [evened(dates[s], values[s], step, bucket, held) for s in spans]
    rows.notes.append(brought(len(values), sum(len(d) for d, _, _ in parts), step, bucket))
    rows.dates, rows.values = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    ends = np.cumsum([len(d) for d, _, _ in parts])
    rows.segments = np.stack([np.r_[0, ends[:-1]], ends], axis=1)
    rows.frequency = kept_step(max((d for d, _, _ in parts), key=len), step)
    return np.concatenate([places[s][first] for s, (_, _, first) in zip(spans, parts, strict=True)])


def _look_at_dates(
    rows: Rows, columns: Columns, places: Array | None, gaps: str, column: str, held: int
) -> None:
    """Check the order of the dates, find their step, and cut, fill or refuse at gaps."""
    assert rows.dates is not None
    found: dict[Frequency, int] = {}
    for k, (a, b) in enumerate(rows.segments.tolist()):
        who = say("series {name!r}, ", name=rows.series[k]) if rows.series else ""

        def place(row: int, a: int = a, who: str = who) -> str:
            return who + columns.place(a + row if places is None else int(places[a + row]))

        check_order(rows.dates[a:b], place)
        step = find_frequency(rows.dates[a:b])
        if step is not None:
            found[step] = found.get(step, 0) + (b - a)
    given = rows.frequency
    rows.frequency = given or (max(found, key=lambda step: found[step]) if found else None)
    longest = int(np.diff(rows.segments, axis=1).max())
    if gaps == "keep" or (
        not given and not found and longest < 3
    ):  # two dates have no step that a third could miss
        return
    parts: list[tuple[Array, Array]] = []
    segments: list[tuple[int, int]] = []
    owners: list[int] = []
    added = cut = start = 0
    for k, (a, b) in enumerate(rows.segments.tolist()):
        dates, values = rows.dates[a:b], rows.values[a:b]
        if gaps == "refuse" or rows.frequency is None:
            who = say("series {name!r}, ", name=rows.series[k]) if rows.series else ""
            check_gaps(
                dates,
                rows.frequency,
                lambda row, a=a, who=who: (  # type: ignore[misc]
                    who + columns.place(a + row if places is None else int(places[a + row]))
                ),
                _instead(dates, rows.frequency),
            )
        elif gaps == "fill":
            dates, values, more = regularise(dates, values, rows.frequency, held)
            added += more
        if gaps == "skip" and rows.frequency is not None:
            breaks = [gap.row for gap in find_gaps(dates, rows.frequency)]
            cut += len(breaks)
            edges = [0, *breaks, len(dates)]
            segments += [(start + c, start + d) for c, d in itertools.pairwise(edges)]
            owners += [int(rows.owners[k])] * (len(edges) - 1)
        else:
            segments.append((start, start + len(dates)))
            owners.append(int(rows.owners[k]))
        parts.append((dates, values))
        start += len(dates)
    if added:
        rows.dates = np.concatenate([d for d, _ in parts])
        rows.values = np.concatenate([v for _, v in parts])
        rows.notes.append(say("{n} rows put in where dates were missing, by straight lines", n=added))
    if cut:
        where = column or say("the dates")
        rows.notes.append(say("{n} gaps in {where}: no window lies across one", n=cut, where=where))
    rows.segments, rows.owners = np.array(segments), np.array(owners)


_INSTEAD = (
    "Instead: gaps='fill' to put the rows in by straight lines, gaps='skip' to leave out windows across them, or "
    "gaps='keep' to take the rows as equally spaced."
)
_UNEVEN = (
    "Instead: every={step!r} to make one row of each such step, its mean or with bucket='last' its last value, or "
    "gaps='keep' to take the rows as equally spaced."
)


def _instead(dates: Array, step: Frequency | None) -> str:
    """Return what to write where dates leave their step."""
    if step is None or (step.positions(dates) < 0).any():
        return say(_UNEVEN, step=(step or likely_step([dates])).short)
    return say(_INSTEAD)
