"""From a table to windows that an LSTM can read, and from its predictions back to dated values.

rows:      0  1  2  3  4  5  6  7  8  9
sample 0: [x  x  x  x] y  y                  look_back=4, horizon=2
sample 1:    [x  x  x  x] y  y
...
"""

from __future__ import annotations

import dataclasses
import datetime
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np

from tidegate.data.columns import Choice, Columns, look
from tidegate.data.dated import Dated
from tidegate.data.dates import Dates
from tidegate.data.expected import Expected
from tidegate.data.frequency import Frequency, check_gaps, check_order, find_frequency, future_dates
from tidegate.data.parsing import as_dates
from tidegate.data.scaling import Scaler
from tidegate.data.windows import Array, pick, samples, slide, span
from tidegate.errors import DataError, complaint
from tidegate.shapes import describe

__all__ = ["Frame", "frame"]

Moment = int | float | str | datetime.date | np.datetime64
CHUNK = 1 << 18  # rows looked at in one go, so that checking a long table takes no memory


def frame(
    table: Any,
    *,
    look_back: int,
    horizon: int = 1,
    inputs: Choice = None,
    targets: Choice = None,
    dates: Any = None,
    stride: int = 1,
    gap: int = 0,
    missing: Literal["refuse", "keep"] = "refuse",
    gaps: Literal["refuse", "keep"] = "refuse",
) -> Frame:
    """Cut a table into samples: `look_back` rows of the past, and the `horizon` rows to be foreseen.

    The windows are views on one array, never copies; a float32 or float64 NumPy table is not copied at all.

    Parameters
    ----------
    table : array (rows, columns) or (rows,), dict of columns, `Table`, or any dataframe that narwhals knows
    look_back : past rows in one sample: its timesteps
    horizon : steps to be foreseen
    inputs : columns that the model sees, names or positions; by default all of them but the dates
    targets : columns to be foreseen; by default the inputs
    dates : name of the date column, or one date for each row; by default a datetime index, the one column
        of that type, or what `find_dates` sees in a `Table`. Without dates rows are numbered
    stride : rows from the start of one sample to the start of the next
    gap : rows left out between the last input and the first target. -1 puts the first target on the row of
        the last input, for a target that is not among the inputs
    missing : 'refuse' raises at the first NaN, 'keep' leaves it in the windows
    gaps : 'refuse' raises where dates are missing, 'keep' takes the rows as equally spaced

    Returns
    -------
    Frame with `x` (samples, look_back, features) and `y`, in one of six forms::

        inputs   targets  horizon   y
        one      one      1         (samples, 1)
        several  one      1         (samples, 1)
        several  several  1         (samples, targets)
        one      one      several   (samples, horizon)
        several  one      several   (samples, horizon)
        several  several  several   (samples, horizon, targets)

    Raises
    ------
    DataError
        For too few rows, unknown or repeated columns, text or NaN among the numbers, and dates that are
        unordered, repeated or have gaps.

    Examples
    --------
    >>> import numpy as np
    >>> f = frame(np.array([10.0, 20, 30, 40, 50, 60]), look_back=5)
    >>> f.x.shape, f.y
    ((1, 5, 1), array([[60.]]))
    """
    for name, number, least in (("look_back", look_back, 1), ("horizon", horizon, 1), ("stride", stride, 1)):
        _whole(name, number, least)
    _whole("gap", gap, -1)
    for name, word in (("missing", missing), ("gaps", gaps)):
        if word not in ("refuse", "keep"):
            raise DataError(complaint("frame", f"{name} 'refuse' or 'keep'", repr(word)))
    columns = look(table)
    given, date_columns = _dates_of(columns, dates)
    rest = [n for n in columns.names if n not in date_columns]
    chosen = columns.choose(inputs if inputs is not None else rest, "inputs")
    wanted = columns.choose(targets, "targets") if targets is not None else chosen
    if gap == -1 and set(chosen) & set(wanted):
        both = ", ".join(repr(n) for n in wanted if n in chosen)
        raise DataError(
            f"gap=-1 puts the first target on the row of the last input, so {both} would stand in its own "
            "input. Instead: leave it out of inputs, or write gap=0."
        )
    need = span(look_back, horizon, gap)
    if columns.rows < need:
        parts = f"look_back={look_back} and horizon={horizon}" + (f" and gap={gap}" if gap else "")
        raise DataError(
            f"{parts} need at least {need} rows for one sample; the table has {columns.rows}. "
            "Instead: take a shorter look_back or horizon, or more rows."
        )
    names = (*chosen, *(n for n in wanted if n not in chosen))
    values = columns.block(names)
    if missing == "refuse":
        _check_finite(values, names, columns.place)
    frequency = None
    if given is not None:
        if len(given) != columns.rows:
            expected = f"one date for each of {columns.rows} rows"
            raise DataError(complaint("frame", expected, f"{len(given)} dates"))
        check_order(given, columns.place)
        frequency = find_frequency(given)
        if gaps == "refuse":
            check_gaps(
                given,
                frequency,
                columns.place,
                "Instead: put in the rows (tidegate.data.regularise), or write gaps='keep' to take the rows "
                "as equally spaced.",
            )
    return Frame(values, names, chosen, wanted, look_back, horizon, gap, stride, given, frequency)


def _whole(name: str, number: Any, least: int) -> None:
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
        raise DataError(complaint("frame", f"{name} as a whole number of at least {least}", repr(number)))


def _dates_of(columns: Columns, dates: Any) -> tuple[Array | None, tuple[str, ...]]:
    """Return the parsed dates, and the columns they come from if they come from any."""
    found = columns.found_dates() if dates is None else dates
    if found is None:
        return None, ()
    if isinstance(found, Dates):
        return found.values, found.columns
    if isinstance(found, str):
        return columns.named_dates(columns.choose(found, "dates")[0])
    return as_dates(found, "dates", columns.place), ()


def _check_finite(values: Array, names: tuple[str, ...], place: Callable[[int], str]) -> None:
    for start in range(0, len(values), CHUNK):
        fine = np.isfinite(values[start : start + CHUNK])
        if fine.all():
            continue
        row, column = np.unravel_index(int(fine.argmin()), fine.shape)
        value = values[start + row, column]
        what = "is missing" if np.isnan(value) else f"is {value}"
        raise DataError(
            f"Column {names[column]!r}, {place(start + int(row))}: the value {what}. "
            "Instead: fill it or drop the rows, or write missing='keep' to leave it in the windows."
        )


@dataclass(frozen=True, eq=False, repr=False)
class Frame:
    """A table cut into samples. Made by `frame`.

    Attributes
    ----------
    values : the table itself, (rows, columns): the inputs first, then targets that are not among them
    names, inputs, targets : the columns of `values`, those the model sees, those to be foreseen
    look_back, horizon, gap, stride : as given to `frame`
    given_dates : one datetime64 per row, or None where rows are numbered
    frequency : the step between dates, or None where there are no dates or no fixed step
    scaler : what `values` were scaled by, undone by `restore`
    first_row : number of row 0 of `values` in the whole table
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

    def __len__(self) -> int:
        return samples(len(self.values), self.look_back, self.horizon, self.gap, self.stride)

    @cached_property
    def x(self) -> Array:
        """What the model sees: (samples, look_back, features), a read-only view."""
        return slide(self.values[:, : len(self.inputs)], self.look_back, 0, len(self), self.stride)

    @cached_property
    def y(self) -> Array:
        """What it is to foresee, a read-only view in one of the six forms (see `frame`)."""
        start = self.look_back + self.gap
        y = slide(self._wanted, self.horizon, start, len(self), self.stride)  # (S, H, targets)
        if self.horizon == 1:
            return y[:, 0, :]
        return y[:, :, 0] if len(self.targets) == 1 else y

    @cached_property
    def _wanted(self) -> Array:
        return pick(self.values, [self.names.index(n) for n in self.targets])

    @property
    def dates(self) -> Array:
        """One date per row, or the number of the row."""
        return self._date(np.arange(len(self.values)))

    def _date(self, rows: Array) -> Array:
        return self.first_row + rows if self.given_dates is None else np.asarray(self.given_dates[rows])

    def split(self, at: Moment, scaler: Scaler | None = None) -> tuple[Self, Self]:
        """Split in time into (train, test) so that no target of one is in reach of the other.

        Every target of `train` is older than the split and every target of `test` stands at or behind it. The
        windows of `test` may look back into the older rows for their inputs, as they will in use.

        Parameters
        ----------
        at : first row of the test part: a row number (negative: from the end), a share of the rows for
            training (0.8), or a date
        scaler : fitted here on the training rows alone, then applied to both parts

        Examples
        --------
        >>> train, test = frame(np.arange(10.0), look_back=3).split(at=-2)
        >>> train.y.ravel(), test.y.ravel(), test.x[0].ravel()
        (array([3., 4., 5., 6., 7.]), array([8., 9.]), array([5., 6., 7.]))
        """
        row = self._split_row(at)
        whole = self if scaler is None else self.scaled(scaler.fit(self.values[:row], self.names))
        train = whole._rows(0, row)
        test = whole._rows(max(0, row - self.look_back - self.gap), len(self.values))
        for part, name, has in ((train, "training", row), (test, "test", len(self.values) - row)):
            if not len(part):
                raise DataError(
                    f"The split at row {row} leaves {has} rows for the {name} part, too few for one sample "
                    f"of look_back={self.look_back}, horizon={self.horizon}. "
                    "Instead: move the split, or take less of both."
                )
        return train, test

    def _split_row(self, at: Any) -> int:
        rows = len(self.values)
        if isinstance(at, (str, datetime.date, np.datetime64)):
            if self.given_dates is None:
                raise DataError(
                    f"split got the date {at}, but the rows have none. Instead: frame(..., dates=...)."
                )
            when = as_dates(np.array([at], dtype=object), "at", lambda _: "split")[0]
            return int(np.searchsorted(self.given_dates, when))
        if isinstance(at, (float, np.floating)):
            if not 0 < at < 1:
                raise DataError(complaint("split", "a share between 0 and 1", repr(at), "write 0.8"))
            return round(rows * float(at))
        try:
            row = operator.index(at)
        except TypeError:
            raise DataError(complaint("split", "a row number, a share or a date", repr(at))) from None
        row = row + rows if row < 0 else row
        if not 0 < row < rows:
            raise DataError(complaint("split", f"a row from 1 to {rows - 1}", repr(at)))
        return row

    def _rows(self, start: int, stop: int) -> Self:
        dates = None if self.given_dates is None else self.given_dates[start:stop]
        return dataclasses.replace(
            self, values=self.values[start:stop], given_dates=dates, first_row=self.first_row + start
        )

    def scaled(self, scaler: Scaler) -> Self:
        """Return the same frame over scaled values; `restore` will undo it. `scaler` is fitted already."""
        if self.scaler is not None:
            raise DataError("This frame is scaled already. Instead: scale the frame it was made from.")
        return dataclasses.replace(self, values=scaler.transform(self.values, self.names), scaler=scaler)

    def latest(self) -> Array:
        """Return the last `look_back` rows, (1, look_back, features): what to predict the future from."""
        past = self.values[:, : len(self.inputs)]
        return slide(past, self.look_back, len(past) - self.look_back, 1, 1)

    def future_dates(self) -> Array:
        """Return the dates, (horizon,), that a prediction from `latest()` is for."""
        if self.given_dates is None:
            return self.first_row + len(self.values) + self.gap + np.arange(self.horizon)
        if self.frequency is None:
            raise DataError("The dates follow no fixed step, so the dates to come are not known.")
        # a target may stand on the last known row itself (gap = -1)
        return future_dates(self.given_dates[-1], self.frequency, self.horizon, skip=self.gap)

    def restore(self, predictions: Any, latest: bool = False) -> Dated:
        """Return predictions as dated values in original units.

        Parameters
        ----------
        predictions : as the model gave them for `x`, so of the shape of `y`
        latest : they were made from `latest()` instead

        Examples
        --------
        >>> f = frame({"sales": [1.0, 2, 3, 4]}, look_back=2)
        >>> f.restore(np.array([[3.5], [4.5]]))["sales"].ravel()
        array([3.5, 4.5])
        """
        count = 1 if latest else len(self)
        full = (count, self.horizon, len(self.targets))
        array = np.asarray(predictions, dtype=np.float64)
        forms = {full, (count, *self.y.shape[1:])}
        if full[1:] == (1, 1):
            forms.add((count,))
        if array.shape not in forms:
            expected = describe((count, *self.y.shape[1:]), self._y_axes())
            hint = "predict on all of frame.x; for frame.latest() say latest=True"
            hint = "predict on frame.latest()" if latest else hint
            raise DataError(complaint("restore", f"predictions {expected}", f"shape {array.shape}", hint))
        values = array.reshape(full)
        if self.scaler is not None:
            values = self.scaler.inverse(values, self.targets)
        if latest:
            origin = self._date(np.array([len(self.values) - 1]))
            return Dated(self.targets, origin, self.future_dates()[None], values)
        starts = self.look_back + self.stride * np.arange(count)  # first row after each window
        rows = starts[:, None] + self.gap + np.arange(self.horizon)
        return Dated(self.targets, self._date(starts - 1), self._date(rows), values)

    def expected_model(self) -> Expected:
        """Return the input and output shapes that a model needs; its text is code to start from.

        >>> print(frame(np.arange(30.0), look_back=12, horizon=6).expected_model())
        Sequential([LSTM(50, input_shape=(12, 1)), Dense(6)])
        """
        shape = tuple(self.y.shape[1:])
        return Expected((self.look_back, len(self.inputs)), shape, shape[-1])

    def _y_axes(self) -> tuple[str, ...]:
        if self.horizon == 1:
            return ("samples", "targets")
        return ("samples", "steps ahead") if len(self.targets) == 1 else ("samples", "steps ahead", "targets")

    def __repr__(self) -> str:
        rows = len(self.values)
        step = "numbered" if self.given_dates is None else self.frequency.name if self.frequency else "uneven"
        lines = [f"Frame of {rows} rows, {step}, {self._label(0)} to {self._label(rows - 1)}"]
        seen, sought = _listed(self.inputs), _listed(self.targets)
        lines.append(f"  x {describe(self.x.shape)}: {self.look_back} past values of {seen}")
        then = "1 step" if self.horizon == 1 else f"{self.horizon} steps"
        after = f", {self.gap} left out before" if self.gap > 0 else ""
        after = ", from the last row of x on" if self.gap < 0 else after
        lines.append(f"  y {describe(self.y.shape, self._y_axes())}: {sought}, {then} ahead{after}")
        if len(self):
            ahead = self.look_back + self.gap
            first = f"{self._label(0)} .. {self._label(self.look_back - 1)}"
            goal = self._label(ahead)
            goal += f" .. {self._label(ahead + self.horizon - 1)}" if self.horizon > 1 else ""
            lines.append(f"  sample 0: x {first}, y {goal}")
        if self.scaler is not None:
            lines.append(f"  scaled by {type(self.scaler).__name__}; restore() gives original units")
        return "\n".join([*lines, f"  model: {self.expected_model()}"])

    def _label(self, row: int) -> str:
        if self.given_dates is None:
            return str(self.first_row + row)
        date = self.given_dates[row : row + 1]
        return self.frequency.text(date)[0] if self.frequency else str(date[0])


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
