"""Tables, arrays, frames and sequences in words: what one sample is, with real values and dates from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.data import Frame, Sequences, find_frequency
from tidegate.data.columns import Columns, look
from tidegate.data.even import likely_step
from tidegate.data.prepare import dates_of
from tidegate.data.telling import axes_of
from tidegate.explaining.explanation import Section
from tidegate.explaining.pictures import networks, tables
from tidegate.explaining.words import listed, number
from tidegate.language import say
from tidegate.shapes import describe

__all__ = ["of_array", "of_frame", "of_sequences", "of_table"]

COLUMN_KINDS = ("dates", "numbers", "text", "no numbers yet")  # what a column may hold


def of_frame(frame: Frame) -> list[Section]:
    """Explain a table cut into samples."""
    first = Section(say("{n:,} samples cut from {rows:,} rows", n=len(frame), rows=len(frame.values)))
    first.lines = [
        *(
            f"{name} {describe(array.shape, axes_of(role, words))}"
            for name, role, array, words in frame.sources
        ),
        f"y {describe(frame.y.shape, frame.y_axes())}",
        *_notes(frame),
    ]
    first.picture = tables.windows(frame)
    parts = [first]
    if len(frame):
        parts.append(_sample(frame))
    shape = Section(say("What an LSTM reads"), picture=tables.block(frame.x, frame.inputs))
    shape.lines = [
        say("samples: {n:,} windows, each an example to learn from", n=len(frame)),
        say("timesteps: the rows of a window, from the oldest to the newest: {n}", n=frame.look_back),
        say("features: what is seen at each step: {names}", names=listed(frame.inputs)),
    ]
    parts.append(shape)
    if frame.words:
        parts.append(_codes(frame))
    model = str(frame.expected_model())
    parts.append(Section(say("A model that fits"), code=model))
    parts.append(Section(say("The six forms, and which one this is"), picture=tables.forms(frame)))
    return parts


def _codes(frame: Frame) -> Section:
    """Say what the codes of words stand for."""
    lines = [say("A word is a number here, and an Embedding layer learns what it means:")]
    for words in frame.words:
        shown = listed((f"{word}={code}" for code, word in enumerate(words.vocabulary, 1)), 12)
        lines.append(f"  {words.name}: {shown}")
    lines.append(say("0 stands for any other word, and for none"))
    return Section(say("Codes"), lines)


def _notes(frame: Frame) -> list[str]:
    found = list(frame.notes)
    if frame.scaler is not None:
        found.append(say("values are scaled; restore() gives original units"))
    if frame.frequency is not None:
        found.append(say("rows are {step}", step=frame.frequency.name))
    return found


def _sample(frame: Frame) -> Section:
    """Say what sample 0 is, in the units of the table."""
    start = int(frame.starts[0])
    goal = start + frame.look_back + frame.gap
    values = frame.values if frame.scaler is None else frame.scaler.inverse(frame.values, frame.names)

    def series(names: tuple[str, ...], a: int, b: int) -> list[str]:
        shown, found = _shown(a, b), []
        for name in names[:4]:
            column = frame.names.index(name)
            said = ", ".join("…" if r is None else number(values[r, column]) for r in shown)
            found.append(f"{name}: {said}")
        return found + ([say("… {n} more", n=len(names) - 4)] if len(names) > 4 else [])

    whose = f" ({frame.series[frame.owner_of[0]]})" if frame.series else ""
    lines = [
        say("sees {a} to {b}{whose}", a=frame.label(start), b=frame.label(start + frame.look_back - 1),
            whose=whose)
    ]  # fmt: skip
    lines += ["  " + t for t in series(frame.inputs, start, start + frame.look_back)]
    lines += [f"  {t}" for t in _spoken(frame, "x", start, start + frame.look_back)]
    if frame.horizon == 1:
        lines.append(say("and is to foresee {a}", a=frame.label(goal)))
    else:
        lines.append(
            say("and is to foresee {a} to {b}", a=frame.label(goal), b=frame.label(goal + frame.horizon - 1))
        )
    lines += ["  " + t for t in series(frame.targets, goal, goal + frame.horizon)]
    beside = series(frame.known_names, goal, goal + frame.horizon)
    beside += _spoken(frame, "known", goal, goal + frame.horizon)
    if beside:
        lines.append(say("of the steps to be foreseen it is told"))
        lines += [f"  {t}" for t in beside]
    beside = series(frame.static_names, start, start + 1) + _spoken(frame, "static", start, start + 1)
    if beside:
        lines.append(say("and of the whole series"))
        lines += [f"  {t}" for t in beside]
    return Section(say("Sample 0"), lines)


def _shown(a: int, b: int) -> list[int | None]:
    """Return the rows to be shown of some, None where some are left out."""
    return [*range(a, b)] if b - a <= 6 else [*range(a, a + 3), None, b - 2, b - 1]


def _spoken(frame: Frame, role: str, a: int, b: int) -> list[str]:
    """Return the words of rows, a line for each column of that role."""
    found = []
    for words in frame.words:
        if role in words.roles:
            texts = ["…" if r is None else words.decode([words.codes[r]])[0] for r in _shown(a, b)]
            found.append(f"{words.name}: {', '.join(t or say('unknown') for t in texts)}")
    return found


def of_sequences(found: Sequences) -> list[Section]:
    """Explain strings or ragged lists brought into one array."""
    codes = found.x.ndim == 2
    axes = ("samples", "timesteps") if codes else None
    low, high = int(found.lengths.min()), int(found.lengths.max())
    first = Section(
        say("{n:,} sequences of {low} to {high} steps", n=len(found), low=low, high=high),
        [f"x {describe(found.x.shape, axes)}"],
    )
    if codes:
        first.lines.append(say("each number stands for one of {n} characters or words; 0 stands for nothing",
                               n=len(found.vocabulary)))  # fmt: skip
        first.lines.append(listed((f"{t}={k + 1}" for k, t in enumerate(found.vocabulary)), 12))
        counts = found.x != 0
    else:
        first.lines.append(say("{value} fills up shorter sequences", value=number(found.mask_value)))
        counts = ~(found.x == found.mask_value).all(axis=-1)
    if found.y is not None:
        classes = say("classes {names}", names=listed(found.classes)) if found.classes else say("numbers")
        first.lines.append(f"y {describe(found.y.shape)}: {classes}")
    first.picture = networks.mask(found.x, counts)
    return [first, Section(say("A model that fits"), code=found.expected_model())]


def of_table(table: Any) -> list[Section]:
    """Explain rows and columns: what they hold, and the line that makes samples of them."""
    columns = look(table)
    try:
        given, date_columns = dates_of(columns, None)
    except ValueError:
        given, date_columns = None, ()
    rows: list[Any] = [(say("column"), say("holds"), say("first values"))]
    numeric: list[str] = []
    words: list[str] = []
    for name in columns.names:
        kind, values = _column(columns, name, name in date_columns)
        if kind in ("numbers", "text"):
            (numeric if kind == "numbers" else words).append(name)
        shown = ", ".join(values[:4]) + (", …" if columns.rows > 4 else "")
        rows.append((name, say(kind), shown))
    first = Section(
        say("A table of {rows:,} rows and {n} columns", rows=columns.rows, n=len(columns.names)),
        table=rows[:21],
    )
    if len(rows) > 21:
        first.lines.append(say("{n} more columns", n=len(rows) - 21))
    if given is not None and len(given) > 2:
        step = find_frequency(given)
        said = step.name if step else say("uneven")
        a, b = step.text(given[[0, -1]]) if step else (str(given[0]), str(given[-1]))
        first.lines.append(say("dates {a} to {b}, {step}", a=a, b=b, step=said))
    then = Section(say("Not yet what an LSTM reads"))
    then.lines = [
        say("An LSTM reads (samples, timesteps, features): many windows of neighbouring rows."),
    ]
    look_back = _look_back(columns.rows, given)
    target = f", targets={numeric[-1]!r}" if 1 < len(numeric) < len(columns.names) or len(numeric) > 1 else ""
    others = [n for n in columns.names if n not in numeric and n not in date_columns]
    inputs = f", inputs={numeric!r}" if others and numeric else ""
    every = ""
    if given is not None and len(given) > 2 and find_frequency(given) is None:
        every = f", every={likely_step([np.sort(given)]).short!r}"
    if every:
        then.lines.append(
            say("Rows at uneven dates are brought to an even step first, the mean of each step (every).")
        )
    then.lines += [columns.columns.almost(n) for n in others if n not in words]  # type: ignore[attr-defined]
    if words:
        then.lines.append(
            say(
                "Words can be inputs too: text='one_hot' makes 0 and 1 of them, text='codes' numbers for an Embedding."
            )
        )
    then.lines.append(say("Choose how many past rows a window holds, and what is to be foreseen:"))
    then.code = f"tidegate.frame(table, look_back={look_back}{inputs}{target}{every})"
    return [first, then]


def _look_back(rows: int, dates: Any) -> int:
    from tidegate.data import season_lengths

    step = find_frequency(dates) if dates is not None and len(dates) > 2 else None
    lengths = [n for n in season_lengths(step) if n * 4 <= rows]
    return lengths[0] if lengths else max(1, min(10, rows // 4))


def _column(columns: Columns, name: str, dates: bool) -> tuple[str, list[str]]:
    file: Any = getattr(columns, "columns", None)
    if hasattr(file, "is_number"):
        if not dates and file.almost(name):
            return "no numbers yet", [v if v is not None else "–" for v in file.text(name)[:5]]
        kind = "dates" if dates else "numbers" if file.is_number(name) else "text"
        return kind, [v if v is not None else "–" for v in file.text(name)[:5]]
    values = np.asarray(columns.get(name))
    if values.dtype.kind == "M" or dates:
        whole = values.dtype.kind == "M" and bool((values == values.astype("datetime64[D]")).all())
        return "dates", [str(v) for v in (values[:5].astype("datetime64[D]") if whole else values[:5])]
    if values.dtype.kind in "biuf":
        return "numbers", [number(v) for v in values[:5]]
    return "text", [str(v) for v in values[:5].tolist()]


def of_array(x: np.ndarray[Any, Any]) -> list[Section]:
    """Explain an array by the number of its axes and by what its numbers look like."""
    if x.dtype.kind not in "biufM":
        return [_not_numbers(x)]
    if x.ndim == 3:
        return _of_samples(x)
    if x.ndim in (1, 2) and x.size:
        return _of_flat(x)
    said = " × ".join(map(str, x.shape)) or "()"
    lines = [say("An LSTM reads three axes: (samples, timesteps, features).")]
    if x.ndim > 3:
        code = f"x.reshape({x.shape[0]}, {x.shape[1]}, -1)  # {describe((*x.shape[:2], int(np.prod(x.shape[2:]))))}"
        return [Section(say("An array of {n} axes, {shape}", n=x.ndim, shape=said), lines, code=code)]
    return [Section(say("An array of shape {shape}, without numbers", shape=said), lines)]


def _not_numbers(x: np.ndarray[Any, Any]) -> Section:
    kinds = {"U": say("text"), "S": say("bytes"), "O": say("objects"), "c": say("complex numbers")}
    what = kinds.get(x.dtype.kind, str(x.dtype))
    section = Section(say("An array of {what}, shape {shape}", what=what, shape=x.shape))
    section.lines = [say("A model reads numbers alone.")]
    if x.dtype.kind in "UO" and x.ndim == 1 and len(x) and isinstance(x[0], str):
        section.code = f"tidegate.frame(list(x))  # {say('characters become codes')}"
    elif x.dtype.kind == "O" and len(x) and hasattr(x.flat[0], "__len__"):
        section.lines.append(say("Its sequences differ in length: fill the shorter ones up."))
        section.code = "tidegate.frame(list(x))"
    else:
        section.code = "x.astype('float32')"
    return section


def _of_samples(x: np.ndarray[Any, Any]) -> list[Section]:
    S, T, F = x.shape
    first = Section(f"x {describe(x.shape)}", picture=tables.block(x) if x.size else None)
    first.lines = [
        say("{n:,} samples; each is read step by step, {t:,} steps, with {f:,} numbers at a step",
            n=S, t=T, f=F)
    ]  # fmt: skip
    if x.size:
        shown = [f"[{', '.join(number(v) for v in row[:4])}{', …' if F > 4 else ''}]" for row in x[0][:3]]
        first.lines.append(
            say(
                "sample 0: {steps}{more}",
                steps=", ".join(f"t={t} {s}" for t, s in enumerate(shown)),
                more=" …" if T > 3 else "",
            )
        )
        first.lines += _oddities(x)
    if T == 1 and F > 1:
        first.lines.append(
            say("There is one step only: an LSTM learns nothing about order here. If the {n} numbers are one series, "
                "they are the steps: x.transpose(0, 2, 1).", n=F)
        )  # fmt: skip
    return [first, Section(say("A first layer that fits"), code=f"LSTM(50, input_shape=({T}, {F}))")]


def _oddities(x: np.ndarray[Any, Any]) -> list[str]:
    if x.dtype.kind != "f":
        return []
    part = x[: max(1, int(4e6 // max(1, x[0].size)))]
    finite = np.isfinite(part)
    found = []
    if not finite.all():
        at = np.unravel_index(int(np.argmin(finite)), part.shape)
        found.append(say("NaN or infinite first at sample {s}, step {t}", s=int(at[0]), t=int(at[1])))
    elif len(part) and float(np.abs(part).max()) > 50:
        low, high = number(part.min()), number(part.max())
        found.append(say("values from {low} to {high}: scaled to about -1 to 1 an LSTM learns faster",
                         low=low, high=high))  # fmt: skip
    return found


def _of_flat(x: np.ndarray[Any, Any]) -> list[Section]:
    whole = x.dtype.kind in "iu" or (x.dtype.kind == "f" and bool((x == np.floor(x)).all()))
    axes = ("numbers",) if x.ndim == 1 else ("rows", "columns")
    first = Section(say("An array {shape}", shape=describe(x.shape, axes)))
    first.lines = [say("An LSTM reads three axes: (samples, timesteps, features). What are these numbers?")]
    table: list[Any] = [(say("if they are"), say("write"), say("and get"))]
    n = x.shape[0]
    if x.ndim == 1:
        back = max(1, min(10, n // 4))
        table.append((say("one series, in order of time"), f"tidegate.frame(x, look_back={back}).x",
                      describe((max(n - back, 0), back, 1))))  # fmt: skip
        table.append((say("one number for each sample"), "x.reshape(-1, 1, 1)", describe((n, 1, 1))))
    else:
        m = x.shape[1]
        back = max(1, min(10, n // 4))
        table.append((say("rows in order of time, columns measured beside one another"),
                      f"tidegate.frame(x, look_back={back}).x", describe((max(n - back, 0), back, m))))  # fmt: skip
        table.append((say("a sample a row, its columns the steps of one series"), "x[..., None]",
                      describe((n, m, 1))))  # fmt: skip
        table.append((say("a sample a row, its columns features without order"), "x[:, None, :]",
                      describe((n, 1, m))))  # fmt: skip
        if whole and x.size and x.min() >= 0 and x.max() < 1_000_000:
            top = int(x.max()) + 1
            table.append((say("a sample a row, each number a code"), f"Embedding({top}, 16)",
                          describe((n, m, 16))))  # fmt: skip
            if top <= 100:
                table.append((say("the same, one-hot"), f"tidegate.utils.to_categorical(x, {top})",
                              describe((n, m, top))))  # fmt: skip
    first.table = table
    return [first]
