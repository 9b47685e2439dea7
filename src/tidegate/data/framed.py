"""A table cut into samples, and the way back from predictions to dated values."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np

from tidegate.data.columns import as_floats
from tidegate.data.cutting import first_rows, known_ahead
from tidegate.data.dated import Dated
from tidegate.data.expected import Expected
from tidegate.data.frequency import Frequency, future_dates
from tidegate.data.scaling import Scaler
from tidegate.data.telling import tell
from tidegate.data.windows import Array, Windows, pick, samples, slide
from tidegate.data.words import ROLES, Source, Words
from tidegate.errors import DataError, complaint
from tidegate.language import say
from tidegate.shapes import describe

__all__ = ["Frame"]

Moment = int | float | str | datetime.date | np.datetime64


@dataclass(frozen=True, eq=False, repr=False)
class Frame:
    """A table cut into samples. Made by `frame`.

    Attributes
    ----------
    values : the table itself, (rows, columns): the inputs first, then the other columns that are needed
    names, inputs, targets, known_names, static_names : the columns of `values`, and what each is for
    look_back, horizon, gap, stride, missing, mask_value : as given to `frame`
    given_dates : one datetime64 per row, or None where rows are numbered
    frequency : the step between dates, or None where there are no dates or no fixed step
    scaler : what `values` were scaled by, undone by `restore`
    first_row : number of row 0 of `values` in the whole table
    segments : int64 (K, 2), from where to where rows follow one another: no window lies across
    owners : int64 (K,), the series that each segment belongs to
    series : names of the series, () where there is but one
    notes : what was done to the table
    words : the columns of words, as codes
    """

    values: Array
    names: tuple[str, ...]
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    look_back: int
    horizon: int
    gap: int
    stride: int
    given_dates: Array | None = None
    frequency: Frequency | None = None
    scaler: Scaler | None = None
    first_row: int = 0
    known_names: tuple[str, ...] = ()
    static_names: tuple[str, ...] = ()
    segments: Array = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    owners: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    series: tuple[str, ...] = ()
    missing: str = "refuse"
    mask_value: float = -10.0
    notes: tuple[str, ...] = ()
    words: tuple[Words, ...] = ()

    def __len__(self) -> int:
        return len(self.starts)

    # Which windows there are.

    @cached_property
    def starts(self) -> range | Array:
        """The first row of each sample's window."""
        if len(self.segments) == 1 and self.missing not in ("skip", "mask"):
            a, b = map(int, self.segments[0])
            return range(a, a + self.stride * self.fitting(b - a), self.stride)
        parts = [a + self.stride * np.arange(self.fitting(b - a)) for a, b in self.segments.tolist()]
        found = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        if self.missing in ("skip", "mask"):
            found = found[self._whole(found)]
        return found

    def fitting(self, rows: int) -> int:
        """Return how many windows fit into so many rows that follow one another."""
        return samples(rows, self.look_back, self.horizon, self.gap, self.stride)

    def _whole(self, starts: Array) -> Array:
        """Return which windows hold no missing value where none may be."""

        def bad(names: tuple[str, ...], role: str, first: int, length: int) -> Array:
            absent = np.zeros(len(self.values), bool)
            if names:
                absent |= ~np.isfinite(self.of(names)).all(axis=1)
            for words in self.words:
                if role in words.roles:
                    absent |= words.codes < 0
            before = np.zeros(len(self.values) + 1, np.int64)  # absent rows before each row
            np.cumsum(absent, out=before[1:])
            lost: Array = before[starts + first + length] != before[starts + first]
            return lost

        behind = self.look_back + self.gap
        lost = bad((*self.targets, *self.known_names), "known", behind, self.horizon)
        if self.missing == "skip":
            lost |= bad(self.inputs, "x", 0, self.look_back)
        return np.logical_not(lost)

    def _windows(self, columns: Array, length: int, offset: int) -> Any:
        """Return the rows [start + offset, start + offset + length) of each sample."""
        starts, count = self.starts, len(self.starts)
        if isinstance(starts, np.ndarray):
            steps = np.unique(np.diff(starts)) if count > 1 else np.array([self.stride])
            if len(steps) != 1 or steps[0] < 1:
                room = len(columns) - length - offset + 1
                return Windows(slide(columns, length, offset, max(room, 0), 1), starts)
            starts = range(int(starts[0]) if count else 0, len(self.values), int(steps[0]))
        return slide(columns, length, (starts.start if count else 0) + offset, count, starts.step)

    # What a model is given.

    @cached_property
    def x(self) -> Any:
        """What the model sees: (samples, look_back, features), read-only; a view, or `Windows` on one."""
        return self._windows(self._past, self.look_back, 0)

    @cached_property
    def y(self) -> Any:
        """What it is to foresee, read-only, in one of the six forms (see `frame`)."""
        y = self._windows(self.of(self.targets), self.horizon, self.look_back + self.gap)
        if self.horizon == 1:  # (S, H, targets) so far
            return _at(y, np.s_[:, 0, :])
        return y if len(self.targets) > 1 else _at(y, np.s_[:, :, 0])

    @cached_property
    def known(self) -> Any:
        """What is known of the rows to be foreseen, (samples, horizon, known columns); None without such columns."""
        if not self.known_names:
            return None
        return self._windows(self.of(self.known_names), self.horizon, self.look_back + self.gap)

    @cached_property
    def static(self) -> Any:
        """What is known of each sample's series, (samples, static columns); None without such columns."""
        if not self.static_names:
            return None
        return _at(self._windows(self.of(self.static_names), 1, 0), np.s_[:, 0, :])

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The arrays that a model is given, in order: x, `known` and `static`, each with the codes beside it."""
        numbers = {"x": self.x, "known": self.known, "static": self.static}
        places = {
            "x": (self.look_back, 0),
            "known": (self.horizon, self.look_back + self.gap),
            "static": (1, 0),
        }
        found = []
        for role in ROLES:
            if numbers[role] is not None:
                found.append(Source(role, role, numbers[role]))
            for words in self.words:
                if role in words.roles:
                    codes = _at(self._windows(words.given[:, None], *places[role]), np.s_[:, :, 0])
                    name = words.name if role == words.roles[0] else f"{words.name} ({role})"
                    found.append(Source(name, role, codes, words))
        return tuple(found)

    def to_arrays(self) -> tuple[Any, Any]:
        """Return (inputs, y) as NumPy arrays, as `fit` takes them.

        The inputs are x, or a list of the arrays of `sources` where there are several. Views where the windows lie
        evenly spaced, copies where not.

        >>> from tidegate.data import frame
        >>> x, y = frame(np.arange(5.0), look_back=2).to_arrays()
        >>> x.shape, y.shape
        ((3, 2, 1), (3, 1))
        """
        some = [np.asarray(source.array) for source in self.sources]
        return (some[0] if len(some) == 1 else some), np.asarray(self.y)

    def of(self, names: tuple[str, ...]) -> Array:
        """Return columns of the table by name."""
        return pick(self.values, [self.names.index(n) for n in names])

    @cached_property
    def _past(self) -> Array:
        """The input columns, with rows that hold a missing value masked where that was asked for."""
        past = self.values[:, : len(self.inputs)]
        if self.missing != "mask":
            return past
        there = np.isfinite(past).all(axis=1, keepdims=True)
        return past if there.all() else np.where(there, past, past.dtype.type(self.mask_value))

    # Time.

    @property
    def dates(self) -> Array:
        """One date per row, or the number of the row."""
        return self._date(np.arange(len(self.values)))

    def _date(self, rows: Array) -> Array:
        return self.first_row + rows if self.given_dates is None else np.asarray(self.given_dates[rows])

    def split(self, at: Moment, *more: Moment, scaler: Scaler | None = None) -> tuple[Self, ...]:
        """Split in time so that no target of one part is in reach of another: (train, test), or more parts.

        Every target of a part stands at or behind its first row and before the first row of the next. The windows
        of a later part may look back into older rows for their inputs, as they will in use.

        Parameters
        ----------
        at, more : first row of each further part, ascending: a row number (negative: from the end), a share of the
            rows (0.8), or a date. Several series are cut at the same date; without dates, each at its share
        scaler : fitted here on the rows of the first part alone, then applied to all. Codes of words are numbered
            anew by the words of the first part; a word that it does not hold is 0 in the others

        Examples
        --------
        >>> from tidegate.data import frame
        >>> train, test = frame(np.arange(10.0), look_back=3).split(-2)
        >>> train.y.ravel(), test.y.ravel(), test.x[0].ravel()
        (array([3., 4., 5., 6., 7.]), array([8., 9.]), array([5., 6., 7.]))
        """
        moments = (at, *more)
        low, high = self.segments[:, 0], self.segments[:, 1]
        cuts = [
            low,
            *(first_rows(self, moment) for moment in moments),
            high,
        ]  # (K,) each: the first row of a part
        for k in range(1, len(moments)):
            if (cuts[k] > cuts[k + 1]).any():
                came = f"{moments[k - 1]!r}, {moments[k]!r}"
                raise DataError(complaint("split", say("places in ascending order"), came))
        whole = self
        firsts = [slice(a, b) for a, b in zip(low.tolist(), cuts[1].tolist(), strict=True)]
        if scaler is not None:
            if not isinstance(scaler, Scaler):
                raise DataError(
                    complaint("split", say("scaler={a} or {b}", a="Standard()", b="MinMax()"), repr(scaler))
                )
            rows = [self.values[some] for some in firsts]
            first = rows[0] if len(rows) == 1 else np.concatenate(rows)
            whole = self.scaled(scaler.fit(first, self.names))
        if self.words:
            seen = np.zeros(len(self.values), bool)
            for some in firsts:
                seen[some] = True
            whole = dataclasses.replace(whole, words=tuple(words.learned(seen) for words in self.words))
        back = self.look_back + self.gap
        names = [say("training"), *[say("validation")] * (len(cuts) == 4), *[say("test")] * (len(cuts) > 2)]
        parts = []
        for k in range(len(cuts) - 1):
            start = cuts[k] if k == 0 else np.maximum(low, cuts[k] - back)
            part = whole._part(start, cuts[k + 1])
            if not len(part):
                name = names[k] if k < len(names) and len(names) == len(cuts) - 1 else say("{k}.", k=k + 1)
                where = (
                    say("row {row}", row=int(cuts[max(k, 1)][0]))
                    if len(self.segments) == 1
                    else repr(moments[max(k - 1, 0)])
                )
                has = int((cuts[k + 1] - cuts[k]).sum())
                raise DataError(
                    say(
                        "The split at {where} leaves {has} rows for the {name} part, too few for one sample of "
                        "look_back={look_back}, horizon={horizon}. Instead: move the split, or take less of both.",
                        where=where,
                        has=has,
                        name=name,
                        look_back=self.look_back,
                        horizon=self.horizon,
                    )
                )
            parts.append(part if k == 0 else part._noting_new_words())
        return tuple(parts)

    def _noting_new_words(self) -> Self:
        """Return the same frame; where rows hold words that were not learned, a note says so."""
        counts = {words.name: int((words.codes == 0).sum()) for words in self.words}
        said = tuple(
            say("{n} rows hold words of {name!r} that the training part does not: code 0", n=n, name=name)
            for name, n in counts.items()
            if n
        )
        return dataclasses.replace(self, notes=(*self.notes, *said)) if said else self

    def _part(self, start: Array, stop: Array) -> Self:
        """Return the same frame over rows [start, stop) of each segment."""
        there = stop > start
        if not there.any():
            return dataclasses.replace(self, segments=np.zeros((0, 2), np.int64), owners=self.owners[:0])
        low, high = int(start[there].min()), int(stop[there].max())
        return dataclasses.replace(
            self,
            values=self.values[low:high],
            given_dates=None if self.given_dates is None else self.given_dates[low:high],
            first_row=self.first_row + low,
            segments=np.stack([start[there], stop[there]], axis=1) - low,
            owners=self.owners[there],
            words=tuple(words.part(low, high) for words in self.words),
        )

    def scaled(self, scaler: Scaler) -> Self:
        """Return the same frame over scaled values; `restore` will undo it. `scaler` is fitted already."""
        if self.scaler is not None:
            raise DataError(say("This frame is scaled already. Instead: scale the frame it was made from."))
        return dataclasses.replace(self, values=scaler.transform(self.values, self.names), scaler=scaler)

    # The future, and the way back.

    def latest(self, known: Any = None) -> Any:
        """Return what to foresee from: the last `look_back` rows of each series, (series, look_back, features).

        Where a model is given more than x, a list as that of `to_arrays`.

        Parameters
        ----------
        known : for a frame with known columns: their values at the steps to come, by column, each (horizon,) or
            (series, horizon), in original units; a column of words as words

        Raises
        ------
        DataError
            If the last stretch of rows of a series is shorter than that, or holds a missing value where windows that
            do are skipped, or `known` is not as described.
        """
        ends = self.ends
        for k in ends:
            a, b = map(int, self.segments[k])
            if b - a < self.look_back:
                label = say(" of series {name!r}", name=self.series[self.owners[k]]) if self.series else ""
                raise DataError(
                    say(
                        "The last stretch of rows{label} has {n}, fewer than look_back={look_back}.",
                        label=label,
                        n=b - a,
                        look_back=self.look_back,
                    )
                )
        first = [int(self.segments[k, 1]) - self.look_back for k in ends]
        if self.missing == "skip":
            self._check_latest(first)
        parts = [slide(self._past, self.look_back, row, 1, 1) for row in first]
        past = parts[0] if len(parts) == 1 else np.concatenate(parts)
        if len(self.sources) == 1:
            return past
        coming = known_ahead(self, known)
        last = np.array(first) + self.look_back - 1
        found: list[Array] = []
        for name, role, _, words in self.sources:
            if role == "known":
                found.append(coming[name])
            elif role == "static":
                found.append(self.of(self.static_names)[last] if words is None else words.given[last, None])
            elif words is None:
                found.append(past)
            else:
                found.append(np.stack([words.given[row : row + self.look_back] for row in first]))
        return found

    def _check_latest(self, first: list[int]) -> None:
        """Raise where a window holds what windows of this frame do not: nothing could be foreseen from it."""
        lost: Array = np.logical_not(np.isfinite(self._past).all(axis=1))
        for words in self.words:
            if "x" in words.roles:
                lost |= words.codes < 0
        for start in first:
            if lost[start : start + self.look_back].any():
                row = start + int(lost[start : start + self.look_back].argmax())
                raise DataError(
                    say(
                        "The last look_back={look_back} rows hold a missing value, at {row}. Instead: fill it, or "
                        "missing='mask'.",
                        look_back=self.look_back,
                        row=self.label(row),
                    )
                )

    @cached_property
    def ends(self) -> list[int]:
        """The last segment of each series."""
        last = {int(owner): k for k, owner in enumerate(self.owners.tolist())}
        return [last[owner] for owner in sorted(last)]

    def future_dates(self) -> Array:
        """Return the dates that a prediction from `latest()` is for: (horizon,), or (series, horizon)."""
        rows = np.array([int(self.segments[k, 1]) - 1 for k in self.ends])
        if self.given_dates is None:
            found = self.first_row + rows[:, None] + 1 + self.gap + np.arange(self.horizon)
        elif self.frequency is None:
            raise DataError(say("The dates follow no fixed step, so the dates to come are not known."))
        else:  # a target may stand on the last known row itself (gap = -1)
            dates = self.given_dates
            found = np.stack(
                [future_dates(dates[r], self.frequency, self.horizon, skip=self.gap) for r in rows]
            )
        return found if self.series else found[0]

    def restore(self, predictions: Any, latest: bool = False) -> Dated:
        """Return predictions as dated values in original units.

        Parameters
        ----------
        predictions : as the model gave them for `x`, so of the shape of `y`
        latest : they were made from `latest()` instead

        Examples
        --------
        >>> from tidegate.data import frame
        >>> f = frame({"sales": [1.0, 2, 3, 4]}, look_back=2)
        >>> f.restore(np.array([[3.5], [4.5]]))["sales"].ravel()
        array([3.5, 4.5])
        """
        count = len(self.ends) if latest else len(self)
        full = (count, self.horizon, len(self.targets))
        array = np.asarray(predictions)
        forms = {full, (count, *self.y.shape[1:])}
        if full[1:] == (1, 1):
            forms.add((count,))
        if array.shape not in forms:
            expected = describe((count, *self.y.shape[1:]), self.y_axes())
            hint = say("predict on all of frame.x; for frame.latest() say latest=True")
            hint = say("predict on frame.latest()") if latest else hint
            raise DataError(
                complaint(
                    "restore",
                    say("predictions {expected}", expected=expected),
                    say("shape {shape}", shape=array.shape),
                    hint,
                )
            )
        table = as_floats(array, say("The forecast"), lambda row: say("row {row}", row=row))
        values = table.astype(np.float64).reshape(full)
        if self.scaler is not None:
            values = self.scaler.inverse(values, self.targets)
        if latest:
            ends = self.ends
            origin = self._date(np.array([int(self.segments[k, 1]) - 1 for k in ends]))
            when = np.atleast_2d(self.future_dates())
            return Dated(self.targets, origin, when, values, self._names_of(self.owners[ends]))
        last = np.asarray(self.starts) + self.look_back - 1  # the last row of each window
        rows = last[:, None] + 1 + self.gap + np.arange(self.horizon)
        return Dated(self.targets, self._date(last), self._date(rows), values, self._names_of(self.owner_of))

    @property
    def owner_of(self) -> Array:
        """The number of the series of each sample."""
        segment = np.searchsorted(self.segments[:, 0], np.asarray(self.starts), side="right") - 1
        return np.asarray(self.owners[segment])

    def _names_of(self, owners: Array) -> Array | None:
        return np.array(self.series)[owners] if self.series else None

    # What a person sees.

    def expected_model(self) -> Expected:
        """Return the input and output shapes that a model needs; its text is code to start from.

        >>> from tidegate.data import frame
        >>> print(frame(np.arange(30.0), look_back=12, horizon=6).expected_model())
        Sequential([LSTM(50, input_shape=(12, 1)), Dense(6)])
        """
        shape = tuple(self.y.shape[1:])
        return Expected(
            (self.look_back, len(self.inputs)),
            shape,
            shape[-1],
            mask_value=self.mask_value if self.missing == "mask" else None,
            known_shape=(self.horizon, len(self.known_names)) if self.known_names else None,
            static_shape=(len(self.static_names),) if self.static_names else None,
            horizon=self.horizon,
            words=tuple((s.name, s.role, s.words.size) for s in self.sources if s.words is not None),
        )

    def y_axes(self) -> tuple[str, ...]:
        """Return what the axes of y are called."""
        if self.horizon == 1:
            return ("samples", "targets")
        return ("samples", "steps ahead") if len(self.targets) == 1 else ("samples", "steps ahead", "targets")

    def __repr__(self) -> str:
        return tell(self)

    def label(self, row: int) -> str:
        """Return the date or number of a row as people write it."""
        return (
            str(self.first_row + row) if self.given_dates is None else self.date_text(self.given_dates[row])
        )

    def date_text(self, date: Any) -> str:
        """Return a date as people write it at this frequency."""
        return self.frequency.text(np.array([date]))[0] if self.frequency else str(date)

    # Files.

    def save(self, path: Any) -> None:
        """Write the frame to a file that `Frame.load` reads; plain numbers and text, nothing that runs."""
        from tidegate.data.keeping import write

        write(self, path)

    @classmethod
    def load(cls, path: Any) -> Frame:
        """Return the frame that `save` wrote."""
        from tidegate.data.keeping import read

        return read(path)


def _at(windows: Any, key: Any) -> Any:
    """Return a part of each window, without copying."""
    if isinstance(windows, Windows):
        return Windows(windows.array[key], windows.positions)
    return windows[key]
