"""From a table to windows that an LSTM can read.

rows:      0  1  2  3  4  5  6  7  8  9
sample 0: [x  x  x  x] y  y                  look_back=4, horizon=2
sample 1:    [x  x  x  x] y  y
...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from tidegate.data.columns import Choice, Columns, look
from tidegate.data.even import BUCKETS
from tidegate.data.framed import Frame
from tidegate.data.prepare import Rows, dates_of, numbered, numbers, order, worded
from tidegate.data.ragged import Sequences, are_sequences, sequences
from tidegate.data.windows import Array, samples, span
from tidegate.data.words import ROLES, Words
from tidegate.errors import DataError, complaint
from tidegate.language import say

__all__ = ["frame"]

CHUNK = 1 << 18  # rows looked at in one go, so that checking a long table takes no memory


def frame(
    table: Any,
    *,
    look_back: int | None = None,
    horizon: int = 1,
    inputs: Choice = None,
    targets: Any = None,
    dates: Any = None,
    stride: int = 1,
    gap: int = 0,
    series: str | None = None,
    known: Choice = None,
    static: Choice = None,
    missing: Literal["refuse", "keep", "skip", "mask"] = "refuse",
    gaps: Literal["refuse", "keep", "skip", "fill"] = "refuse",
    every: Any = None,
    bucket: Literal["mean", "last"] = "mean",
    text: Literal["refuse", "one_hot", "codes"] = "refuse",
    mask_value: float = -10.0,
) -> Any:
    """Cut a table into samples: `look_back` rows of the past, and the `horizon` rows to be foreseen.

    The windows are views on one array, never copies; a float32 or float64 NumPy table is not copied at all.
    A list of strings, or of sequences of different lengths, is no table: it is given to `sequences`.

    Parameters
    ----------
    table : array (rows, columns) or (rows,), dict of columns, `Table`, or any dataframe that narwhals knows
    look_back : past rows in one sample: its timesteps
    horizon : steps to be foreseen
    inputs : columns that the model sees, names or positions; by default all of them but the dates, `series` and
        `static`
    targets : columns to be foreseen; by default the inputs, those of numbers
    dates : name of the date column, or one date for each row; by default a datetime index, the one column
        of that type, or what `find_dates` sees in a `Table`. Without dates rows are numbered
    stride : rows from the start of one sample to the start of the next
    gap : rows left out between the last input and the first target. -1 puts the first target on the row of
        the last input, for a target that is not among the inputs
    series : column that says which of several series a row belongs to. No window lies across two of them
    known : columns whose values are known for the rows to be foreseen as well (holidays, prices): `Frame.known`
    static : columns that say something of a whole series (its place, its kind): `Frame.static`
    missing : what to do about NaN. 'refuse' raises at the first; 'keep' leaves it in the windows; 'skip' leaves out
        the windows that hold one; 'mask' writes `mask_value` into every input of such a row, for a
        `Masking(mask_value)` layer, and leaves out the samples whose targets are missing
    gaps : what to do where dates are missing. 'refuse' raises; 'keep' takes the rows as equally spaced; 'skip' leaves
        out the windows that would lie across; 'fill' puts the rows in by straight lines
    every : step that rows at uneven dates are brought to: '15min', '1h', 'day', 'week', 'month', a timedelta, or
        'found' for the usual step nearest to theirs. The rows of one step of the clock or calendar become one row,
        dated where the step begins; steps without a row are gaps
    bucket : what is made of the rows of a step: their 'mean', or the 'last'. What is missing is left out
    text : what to do about columns of words among inputs, known and static. 'one_hot' makes a column of 0 and 1 of
        each word; 'codes' makes whole numbers for an Embedding layer, an input of its own for each column
    mask_value : a number that no input takes

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

    >>> shops = {"shop": ["a"] * 4 + ["b"] * 3, "sold": [1.0, 2, 3, 4, 7, 8, 9]}
    >>> frame(shops, look_back=2, series="shop").x[:, :, 0]
    array([[1., 2.],
           [2., 3.],
           [7., 8.]])
    """
    if are_sequences(table):
        _check_no_table(
            horizon=horizon != 1, inputs=inputs is not None, dates=dates is not None, stride=stride != 1,
            gap=gap != 0, series=series is not None, known=known is not None, static=static is not None,
            missing=missing != "refuse", gaps=gaps != "refuse", every=every is not None, bucket=bucket != "mean",
            text=text != "refuse",
        )  # fmt: skip
        made: Sequences = sequences(table, targets, length=look_back, mask_value=mask_value)
        return made
    if look_back is None:
        raise DataError(
            complaint(
                "frame",
                say("look_back, the past rows in one sample"),
                say("none"),
                "frame(table, look_back=12)",
            )
        )
    for name, number, least in (("look_back", look_back, 1), ("horizon", horizon, 1), ("stride", stride, 1)):
        _whole(name, number, least)
    _whole("gap", gap, -1)
    for name, word, allowed in (
        ("missing", missing, ("refuse", "keep", "skip", "mask")),
        ("gaps", gaps, ("refuse", "keep", "skip", "fill")),
        ("bucket", bucket, BUCKETS),
        ("text", text, ("refuse", "one_hot", "codes")),
    ):
        if word not in allowed:
            *most, last = map(repr, allowed)
            raise DataError(
                complaint(
                    "frame",
                    say("{name} {most} or {last}", name=name, most=", ".join(most), last=last),
                    repr(word),
                )
            )
    columns = look(table)
    given, date_columns = dates_of(columns, dates)
    of_series = columns.choose(series, "series")[0] if series is not None else None
    fixed = columns.choose(static, "static") if static is not None else ()
    apart = {*date_columns, *fixed, *([of_series] if of_series else [])}
    chosen = columns.choose(inputs if inputs is not None else _rest(columns, apart), "inputs")
    ahead = columns.choose(known, "known") if known is not None else ()
    wanted = columns.choose(targets, "targets") if targets is not None else ()
    may_be_words = [n for n in dict.fromkeys((*chosen, *ahead, *fixed)) if n not in wanted]
    coded = worded(columns, may_be_words) if text == "codes" else ()
    wanted = wanted or tuple(n for n in chosen if n not in coded)
    if gap == -1 and set(chosen) & set(wanted):
        both = ", ".join(repr(n) for n in wanted if n in chosen)
        raise DataError(
            say(
                "gap=-1 puts the first target on the row of the last input, so {both} would stand in its "
                "own input. Instead: leave it out of inputs, or write gap=0.",
                both=both,
            )
        )
    if set(ahead) & set(wanted):
        both = ", ".join(repr(n) for n in ahead if n in wanted)
        raise DataError(
            say(
                "known names {both}, which is to be foreseen: the model would be told the answer. "
                "Instead: leave it out of known or out of targets.",
                both=both,
            )
        )
    need = span(look_back, horizon, gap)
    if columns.rows < need:
        parts = say(" and ").join(
            [f"look_back={look_back}", f"horizon={horizon}", *([f"gap={gap}"] if gap else [])]
        )
        raise DataError(
            say(
                "{parts} need at least {need} rows for one sample; the table has {rows}. Instead: take a "
                "shorter look_back or horizon, or more rows.",
                parts=parts,
                need=need,
                rows=columns.rows,
            )
        )
    names = tuple(dict.fromkeys((*chosen, *wanted, *ahead, *fixed)))
    if coded and not set(chosen) - set(coded):
        raise DataError(
            complaint(
                "frame",
                say("a column of numbers among the inputs"),
                say("words in each of {names}", names=", ".join(map(repr, chosen))),
                say("the target's own past, inputs={names!r}", names=[*chosen, *wanted]) if wanted else "",
            )
        )
    values, stands = numbers(columns, [n for n in names if n not in coded], text)
    vocabularies, codes = numbered(columns, coded)
    values = np.column_stack([values, codes]) if coded else values
    names = tuple(n for name in stands for n in stands[name])
    if missing == "refuse" and every is None:
        _check_finite(values, (*names, *coded), columns.place)
    date_column = date_columns[0] if date_columns else ""
    rows = order(columns, values, given, of_series, gaps, date_column, len(coded), every, bucket)
    if missing == "refuse" and every is not None:  # a step may hold no value, though each row held some
        _check_finite(rows.values, (*names, *coded), rows.label)
    values, codes = rows.values[:, : len(names)], rows.values[:, len(names) :]
    words = tuple(
        Words(
            name,
            tuple(role for role, some in zip(ROLES, (chosen, ahead, fixed), strict=True) if name in some),
            vocabulary,
            np.where(np.isnan(code), -1, code).astype(np.int32),
        )
        for name, vocabulary, code in zip(coded, vocabularies, codes.T, strict=True)
    )

    def spread(some: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(n for name in some for n in stands.get(name, ()))

    found = Frame(
        values,
        names,
        spread(chosen),
        spread(wanted),
        look_back,
        horizon,
        gap,
        stride,
        rows.dates,
        rows.frequency,
        known_names=spread(ahead),
        static_names=spread(fixed),
        segments=rows.segments,
        owners=rows.owners,
        series=rows.series,
        missing=missing,
        mask_value=float(mask_value),
        notes=tuple(rows.notes),
        words=words,
    )
    _check_samples(found, rows, need)
    return found


def _check_no_table(**given: bool) -> None:
    """Refuse arguments that say something of a table, where there is none."""
    for name in given:
        if given[name]:
            raise DataError(
                complaint(
                    "frame",
                    say(
                        "targets, look_back and mask_value alone beside strings or sequences of different lengths"
                    ),
                    f"{name}=",
                    say("leave {name} out", name=name),
                )
            )


def _rest(columns: Columns, apart: set[str]) -> list[str]:
    return [n for n in columns.names if n not in apart]


def _whole(name: str, number: Any, least: int) -> None:
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
        raise DataError(
            complaint(
                "frame",
                say("{name} as a whole number of at least {least}", name=name, least=least),
                repr(number),
            )
        )


def _check_finite(values: Array, names: tuple[str, ...], place: Callable[[int], str]) -> None:
    for start in range(0, len(values), CHUNK):
        fine = np.isfinite(values[start : start + CHUNK])
        if fine.all():
            continue
        row, column = np.unravel_index(int(fine.argmin()), fine.shape)
        value = values[start + row, column]
        what = say("is missing") if np.isnan(value) else say("is {value}", value=value)
        raise DataError(
            say(
                "Column {name!r}, {place}: the value {what}. Instead: fill it or drop the rows, or write"
                " missing='skip' to leave out the windows that hold it, 'mask' for a Masking layer, or "
                "'keep' to leave it in the windows.",
                name=names[column],
                place=place(start + int(row)),
                what=what,
            )
        )


def _check_samples(found: Frame, rows: Rows, need: int) -> None:
    """Raise where no window fits between the breaks, or none is without a missing value."""
    if len(found):
        _check_mask(found)
        _check_static(found)
        return
    sizes = np.diff(rows.segments, axis=1).ravel()
    fitting = sum(
        samples(int(n), found.look_back, found.horizon, found.gap, found.stride) for n in sizes.tolist()
    )
    if not fitting:
        raise DataError(
            say(
                "One sample needs {need} rows that follow one another; the longest of {n} stretches of "
                "rows has {longest}. Instead: take a shorter look_back or horizon, or gaps='fill'.",
                need=need,
                n=len(sizes),
                longest=int(sizes.max()),
            )
        )
    raise DataError(
        say(
            "Each of {fitting} windows holds a missing value. Instead: fill the values, take a "
            "shorter look_back, or missing='mask'.",
            fitting=fitting,
        )
    )


def _check_mask(frame: Frame) -> None:
    """Raise where a row that is there would be taken for a missing one."""
    if frame.missing != "mask":
        return
    past = frame.values[:, : len(frame.inputs)]
    same = (past == past.dtype.type(frame.mask_value)).all(axis=1)
    if same.any():
        row = int(same.argmax())
        raise DataError(
            say(
                "Row {row} holds mask_value={mask_value:g} in each input, so a Masking layer would "
                "leave it out. Instead: a mask_value that no row takes.",
                row=frame.first_row + row,
                mask_value=frame.mask_value,
            )
        )


def _check_static(frame: Frame) -> None:
    """Raise where a static column changes within a series."""
    words = [w for w in frame.words if "static" in w.roles]
    columns = {name: frame.of((name,))[:, 0] for name in frame.static_names}
    columns |= {w.name: w.codes for w in words}
    spoken = {w.name: w.decode for w in words}
    for name, column in columns.items():
        for owner in range(max(len(frame.series), 1)):
            parts = [column[a:b] for a, b in frame.segments[frame.owners == owner].tolist()]
            part = np.concatenate(parts)
            if len(part) and (part != part[0]).any() and not np.isnan(part).all():
                label = say(" of series {name!r}", name=frame.series[owner]) if frame.series else ""
                both = [part[0], part[part != part[0]][0]]
                one, other = map(repr, spoken[name](both)) if name in spoken else [f"{v:g}" for v in both]
                raise DataError(
                    say(
                        "Static column {name!r} takes {one} and {other} in the rows{label}: it changes over "
                        "time. Instead: name it among inputs, or known.",
                        name=name,
                        one=one,
                        other=other,
                        label=label,
                    )
                )
