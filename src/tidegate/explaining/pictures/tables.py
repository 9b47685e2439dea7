"""How a table becomes windows, and what the block (samples, timesteps, features) is, with the person's own values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.data import Frame
from tidegate.explaining.pictures.svg import Canvas, Picture, text_width
from tidegate.explaining.words import number
from tidegate.language import say
from tidegate.shapes import describe

__all__ = ["block", "forms", "windows"]

ROW, GUTTER = 22, 14  # height of a row; room between columns
COLUMNS = 5  # of a table that are drawn at most


def windows(frame: Frame, shown: int = 3) -> Picture:
    """Draw the first rows of a table, and beside them the windows that its first samples are."""
    canvas = Canvas()
    starts = [int(s) for s in np.asarray(frame.starts[:shown])]
    ahead = frame.look_back + frame.gap
    rows = _rows_shown(starts, frame.look_back, ahead, frame.horizon, len(frame.values))
    place = _places(rows)
    words = [w.name for w in frame.words if "x" in w.roles]
    names = list(dict.fromkeys((*frame.inputs, *words, *frame.targets)))
    x = _table(canvas, frame, names, rows, place)

    top = 26.0
    for k, start in enumerate(starts):
        left = x + 24 + k * 118
        first, last = start, start + frame.look_back - 1
        goal, end = start + ahead, start + ahead + frame.horizon - 1
        canvas.text(left + 44, top - 10, say("sample {k}", k=k), bold=True, anchor="middle")
        upper, lower = top + place(first), top + place(last) + ROW
        below, bottom = top + place(goal), top + place(end) + ROW
        side = goal <= last  # a target on the row of the last input stands beside it
        canvas.box(left, upper + 2, 88 if not side else 42, lower - upper - 4, "input")
        canvas.box(
            left if not side else left + 46, below + 2, 88 if not side else 42, bottom - below - 4, "target"
        )
        said = say("{n} timesteps", n=frame.look_back)
        if lower - upper > 30 and not side:
            canvas.text(left + 44, (upper + lower) / 2 + 10, said, "soft", "middle", small=True)
        canvas.text(
            left + (44 if not side else 21),
            (upper + lower) / 2 - (4 if not side else -4),
            "x",
            anchor="middle",
        )
        canvas.text(left + (44 if not side else 67), (below + bottom) / 2 + 4, "y", anchor="middle")
    if len(frame) > shown:
        right = x + 24 + shown * 118
        canvas.text(right, top - 10, "…", "soft")
        canvas.text(right, top + place(starts[-1]) + 16, say("{n} in all", n=f"{len(frame):,}"), "soft")
    y = canvas.height + 26
    canvas.box(0, y - 11, 13, 13, "input")
    canvas.text(20, y, f"x {describe(frame.x.shape)}")
    canvas.box(0, y + 11, 13, 13, "target")
    canvas.text(
        20, y + 22, f"y {describe(frame.y.shape, frame.y_axes())}: {_short(', '.join(frame.targets), 40)}"
    )
    return canvas.finish(say("A table sliding into windows"))


def _rows_shown(starts: Sequence[int], look_back: int, ahead: int, horizon: int, total: int) -> list[int]:
    """Return the rows worth drawing: all where they are few, otherwise those at which windows begin and end."""
    last = max(starts) + max(ahead + horizon, look_back)
    if last - starts[0] <= 16:
        return list(range(starts[0], min(last + 1, total)))
    wanted: set[int] = set()
    for s in starts:
        for edge in (s, s + look_back - 1, s + ahead, s + ahead + horizon - 1):
            wanted |= {edge, edge + 1}
    return sorted(row for row in wanted if starts[0] <= row < total)


def _places(rows: Sequence[int]) -> Any:
    """Return where each shown row is drawn; where rows are left out, one line stands for them."""
    at: dict[int, float] = {}
    y = 0.0
    for k, row in enumerate(rows):
        if k and row != rows[k - 1] + 1:
            y += ROW
        at[row] = y
        y += ROW
    return at.__getitem__


def _table(canvas: Canvas, frame: Frame, names: list[str], rows: list[int], place: Any) -> float:
    """Draw dates and values of the rows; return where the table ends."""
    some = names if len(names) <= COLUMNS else [*names[: COLUMNS - 1], "…"]
    labels = [frame.label(row) for row in rows]
    cells = [[_cell(frame, row, name) for name in some] for row in rows]
    widths = [
        max(text_width(t) for t in [_short(name), *(row[k] for row in cells)]) for k, name in enumerate(some)
    ]
    left = max(map(text_width, labels)) + GUTTER
    top, right = 26.0, left + sum(w + GUTTER for w in widths)
    x = left
    for k, name in enumerate(some):
        kind = "soft" if name in frame.targets and name not in frame.inputs else "ink"
        canvas.text(x + widths[k], top - 10, _short(name), kind, "end", bold=True)
        x += widths[k] + GUTTER
    canvas.line(0, top - 3, right - GUTTER, top - 3)
    for k, row in enumerate(rows):
        y = top + place(row) + 16
        if k and row != rows[k - 1] + 1:
            canvas.text(left / 2, y - ROW, "⋮", "soft", "middle")
        canvas.text(left - GUTTER, y, labels[k], "soft", "end")
        x = left
        for j, text in enumerate(cells[k]):
            canvas.text(x + widths[j], y, text, anchor="end")
            x += widths[j] + GUTTER
    if rows[-1] < len(frame.values) - 1:
        canvas.text(left / 2, top + place(rows[-1]) + ROW + 16, "⋮", "soft", "middle")
    return right


def _cell(frame: Frame, row: int, name: str) -> str:
    if name in frame.names:
        return number(frame.values[row, frame.names.index(name)])
    words = next((w for w in frame.words if w.name == name), None)
    return _short((words.decode([words.codes[row]])[0] or "0") if words is not None else name)


def _short(text: str, most: int = 14) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def block(x: Any, names: Sequence[str] = ()) -> Picture:
    """Draw (samples, timesteps, features) as sheets behind one another, with the first values.

    Parameters
    ----------
    x : array (samples, timesteps, features), or (samples, timesteps) of codes
    names : what the features are called
    """
    codes = x.ndim == 2
    S, T, F = (*x.shape, 1) if codes else x.shape
    canvas = Canvas()
    steps, features, sheets = min(T, 6), min(F, 4), min(S, 4)
    values = np.asarray(x[0])[:steps]
    values = values[:, None] if codes else values[:, :features]
    texts = [[number(v) for v in row] for row in values]
    wide = max(46.0, *(text_width(t) + 14 for row in texts for t in row))
    heads = [names[k] if k < len(names) else str(k) for k in range(features)]
    wide = max(wide, *(text_width(_short(h, 10), 11) + 10 for h in heads))
    width = wide * features + (22 if features < F else 0)
    height = ROW * steps + (18 if steps < T else 0)
    shift = 13.0
    left, top = 74.0, 44.0 + shift * (sheets - 1)
    for k in range(sheets - 1, -1, -1):
        dx = shift * k
        canvas.box(left + dx, top - dx, width, height, "input", 2, opacity=1 if k == 0 else 0.75)
    for i, row in enumerate(texts):
        for j, text in enumerate(row):
            canvas.text(left + j * wide + wide / 2, top + i * ROW + 15, text, anchor="middle")
    if steps < T:
        canvas.text(left + wide / 2, top + steps * ROW + 12, "⋮", "soft", "middle")
    if features < F:
        canvas.text(left + wide * features + 10, top + 15, "…", "soft", "middle")
    for i in range(steps):
        canvas.text(left - 8, top + i * ROW + 15, f"t={i}", "soft", "end", small=True)
    if not codes:
        for j, head in enumerate(heads):
            canvas.text(
                left + j * wide + wide / 2, top + height + 16, _short(head, 10), "soft", "middle", small=True
            )
    base = top + height + (16 if codes else 32)
    canvas.text(
        14, top + height / 2, say("timesteps = {n}", n=f"{T:,}"), "ink", "middle", bold=True, turned=True
    )
    if not codes:
        canvas.text(left + width / 2, base + 6, say("features = {n}", n=f"{F:,}"), "ink", "middle", bold=True)
    far = shift * (sheets - 1)
    canvas.line(left + width + 8, top - 2, left + width + far + 14, top - far - 8, "softrule", arrow=True)
    said = say("samples = {n}", n=f"{S:,}")
    canvas.text(left + width + far + 20, top - far - 4, said, "ink", bold=True)
    note = say("in front: sample 0") if S > 1 else say("the one sample")
    canvas.text(left + width + far + 20, top - far + 13, note, "soft", small=True)
    title = describe(x.shape, ("samples", "timesteps") if codes else None)
    canvas.text(0, 12, title)
    return canvas.finish(title)


def forms(frame: Frame) -> Picture:
    """Draw the six forms of a forecast with the columns of a table, the one of this frame marked."""
    one = frame.targets[0]
    several = list(dict.fromkeys((one, *frame.inputs, *frame.targets)))[:3]
    if len(several) == 1:
        several = [one, say("another column")]
    ahead = frame.horizon if frame.horizon > 1 else 3
    canvas = Canvas()
    chosen = (len(frame.inputs) > 1, len(frame.targets) > 1, frame.horizon > 1)
    width, height = 262, 168
    for k, (many_in, many_out, many_steps) in enumerate(FORMS):
        seen = several if many_in else [one]
        sought = several if many_out else [one]
        part = _form(
            seen, sought, ahead if many_steps else 1, (many_in, many_out, many_steps) == chosen, frame
        )
        canvas.put(part, (k % 3) * width, (k // 3) * height)
    return canvas.finish(say("The six forms of a forecast"))


FORMS = ((False, False, False), (True, False, False), (True, True, False),
         (False, False, True), (True, False, True), (True, True, True))  # fmt: skip


def _form(seen: list[str], sought: list[str], steps: int, chosen: bool, frame: Frame) -> Canvas:
    canvas = Canvas()
    if chosen:
        canvas.box(-8, -6, 248, 158, "card", 8)
        canvas.box(-8, -6, 248, 158, "off", 8, opacity=0.6)
    said = say("{a} in, {b} out, {c}", a=len(seen), b=len(sought),
               c=say("{n} steps", n=steps))  # fmt: skip
    canvas.text(0, 12, said, bold=True)
    if chosen:
        canvas.text(228, 12, say("this one"), "soft", "end", small=True)
    names = list(dict.fromkeys((*seen, *sought)))
    left = 74.0
    drawn = min(frame.look_back, 5)
    for i, name in enumerate(names):
        y = 30 + i * 24
        canvas.text(left - 8, y + 13, _short(name, 10), "soft", "end", small=True)
        for t in range(drawn):
            canvas.box(left + t * 18, y, 16, 17, "input" if name in seen else "off", 2)
        if name in sought:
            for t in range(min(steps, 4)):
                canvas.box(left + 12 + (drawn + t) * 18, y, 16, 17, "target", 2)
    y = 30 + len(names) * 24 + 14
    shape = (
        say("(samples, {n})", n=len(sought) if steps == 1 else steps)
        if steps == 1 or len(sought) == 1
        else say("(samples, {n}, {m})", n=steps, m=len(sought))
    )
    canvas.text(0, y, f"x {say('(samples, {n}, {m})', n=frame.look_back, m=len(seen))}", "soft", small=True)
    canvas.text(0, y + 15, f"y {shape}", "soft", small=True)
    if steps == 1 or len(sought) == 1:
        last = f"Dense({len(sought) if steps == 1 else steps})"
    else:
        last = f"RepeatVector({steps}) … TimeDistributed(Dense({len(sought)}))"
    canvas.text(0, y + 30, last, small=True)
    return canvas
