"""How a network reads a sequence: unrolled over its steps, with the shape on each arrow."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.explaining.pictures.svg import Canvas, Picture, text_width
from tidegate.language import say
from tidegate.shapes import Shape, describe

__all__ = ["Stage", "mask", "return_sequences", "unrolled"]

WIDE, HIGH, APART, BETWEEN = 66.0, 34.0, 92.0, 40.0  # a box; from column to column; between rows
SIGHT = 4  # steps that are drawn at most


@dataclass(frozen=True)
class Stage:
    """One layer, as far as a picture needs it.

    Attributes
    ----------
    title : its class and what it was given, as a person wrote it
    gives : shape of what comes out, samples in front, and what its axes are called
    axes : names of these
    kind : "recurrent" reads step after step, "both" in both directions, "each" works at each step by itself,
        "whole" takes all at once
    """

    title: str
    gives: Shape
    axes: tuple[str, ...]
    kind: str = "whole"

    @property
    def at_each_step(self) -> bool:
        """Whether there is an output at each step."""
        return len(self.gives) == 3


def unrolled(given: Shape, axes: Sequence[str], stages: Sequence[Stage], title: str = "") -> Picture:
    """Draw layers one below the other, and the steps side by side."""
    canvas = Canvas()
    draw(canvas, given, axes, stages)
    return canvas.finish(title or say("The network unrolled over its steps"))


def draw(canvas: Canvas, given: Shape, axes: Sequence[str], stages: Sequence[Stage]) -> None:
    """Draw an unrolled network on a canvas."""
    T = given[1] if len(given) > 1 else None
    steps = _steps(T if len(given) == 3 or (len(axes) > 1 and axes[1] == "timesteps") else 1)
    columns = [k * APART for k in range(len(steps))]
    centre = [c + WIDE / 2 for c in columns]
    right = columns[-1] + WIDE + 22
    y = 16.0
    sequence = len(steps) > 1 or len(given) == 3
    for c, step in zip(centre, steps, strict=True):
        said = "x" if not sequence else "…" if step is None else _at("x", step)
        canvas.text(c, y, said, "ink", "middle", bold=step is not None)
    canvas.text(right, y, describe(given, axes), "soft")
    y += 8
    live = list(range(len(steps)))  # columns that an arrow leaves
    for stage in stages:
        top = y + BETWEEN
        spread = stage.at_each_step or stage.kind in ("recurrent", "both")
        into = live if spread and len(live) > 1 else live[-1:]
        if spread and len(live) == 1 and len(steps) > 1:  # one vector for every step: RepeatVector
            into = list(range(len(steps)))
            for k in into:
                canvas.line(centre[live[0]], y + 4, centre[k], top - 4, "softrule", arrow=True)
        elif not spread and len(live) > 1:
            for k in live:
                if steps[k] is not None:
                    canvas.line(centre[k], y + 4, centre[-1], top - 4, "softrule", arrow=True)
            into = live[-1:]
        else:
            for k in into:
                if steps[k] is not None or len(steps) == 1:
                    canvas.line(centre[k], y + 4, centre[k], top - 4, "softrule", arrow=True)
        boxes = into if spread else [len(steps) - 1]
        high = HIGH * (1.7 if stage.kind == "both" else 1)
        for k in boxes:
            if steps[k] is None and len(steps) > 1:
                canvas.text(centre[k], top + high / 2 + 4, "…", "soft", "middle")
                continue
            canvas.box(columns[k], top, WIDE, high, "layer", 5)
            canvas.text(centre[k], top + high / 2 + 4, _inside(stage.title), "soft", "middle", small=True)
        _states(canvas, stage, boxes, columns, top, high)
        canvas.text(right, top + high / 2 + 4, stage.title, bold=True)
        live = boxes if stage.at_each_step else [len(steps) - 1]
        y = top + high
        canvas.text(right, y + BETWEEN / 2 + 6, describe(stage.gives, stage.axes), "soft")
    bottom = y + BETWEEN
    for k in live:
        if steps[k] is not None or len(steps) == 1:
            canvas.line(centre[k], y + 4, centre[k], bottom - 16, "softrule", arrow=True)
            said = _at("y", steps[k]) if len(live) > 1 else "y"
            canvas.text(centre[k], bottom, said, "ink", "middle", bold=True)
        else:
            canvas.text(centre[k], bottom, "…", "soft", "middle")


def _states(
    canvas: Canvas, stage: Stage, boxes: list[int], columns: list[float], top: float, high: float
) -> None:
    """Draw the arrows that carry the state from step to step."""
    if stage.kind not in ("recurrent", "both") or len(boxes) < 2:
        return
    for a, b in itertools.pairwise(boxes):
        y = top + (HIGH / 2 if stage.kind == "recurrent" else high * 0.3)
        canvas.line(columns[a] + WIDE + 2, y, columns[b] - 3, y, "layerline", 1.6, arrow=True)
        if stage.kind == "both":
            y = top + high * 0.7
            canvas.line(columns[b] - 2, y, columns[a] + WIDE + 3, y, "layerline", 1.6, arrow=True)
        elif a == boxes[0]:
            canvas.text((columns[a] + WIDE + columns[b]) / 2, y - 7, "h", "soft", "middle", small=True)


def _steps(T: int | None) -> list[int | str | None]:
    """Return the steps to be drawn, None where some are left out.

    >>> _steps(3), _steps(12)
    ([0, 1, 2], [0, 1, None, 11])
    """
    if T is None:
        return [0, 1, None, "T-1"]
    return list(range(T)) if T <= SIGHT else [0, 1, None, T - 1]


def _inside(title: str) -> str:
    """Return what stands in a box: the class of the layer, cut to its width."""
    name = title.split("(")[0]
    return name if len(name) <= 10 else name[:9] + "…"


def _at(name: str, step: Any) -> str:
    return f"{name}[{step}]"


def return_sequences(steps: int = 4, features: int = 1, units: int = 50) -> Picture:
    """Draw one LSTM with return_sequences=False, and one with True."""
    canvas = Canvas()
    given = (None, steps, features)
    axes = ("samples", "timesteps", "features")
    off = Stage(f"LSTM({units})", (None, units), ("samples", "units"), "recurrent")
    on = Stage(
        f"LSTM({units}, return_sequences=True)",
        (None, steps, units),
        ("samples", "timesteps", "units"),
        "recurrent",
    )
    y = 0.0
    for stage, said in (
        (off, say("the last state alone: for one forecast or one class a sample")),
        (on, say("the state at each step: for another LSTM on top, or a target at each step")),
    ):
        part = Canvas()
        draw(part, given, axes, [stage])
        canvas.text(0, y + 14, said, bold=True)
        canvas.put(part, 0, y + 26)
        y += part.height + 50
    return canvas.finish(say("return_sequences off and on"))


def mask(x: Any, counts: Any, note: str = "") -> Picture:
    """Draw which steps of some samples count.

    Parameters
    ----------
    x : array (samples, timesteps) of codes, or (samples, timesteps, features)
    counts : array (samples, timesteps), true where a step counts
    """
    from tidegate.explaining.words import number

    S, T = min(len(x), 6), min(x.shape[1], 14)
    texts = [
        [number(x[s, t]) if x.ndim == 2 else ", ".join(number(v) for v in x[s, t][:2]) for t in range(T)]
        for s in range(S)
    ]
    wide = max(34.0, *(text_width(t, 11) + 12 for row in texts for t in row))
    canvas = Canvas()
    left = text_width(say("sample {k}", k=len(x))) + 14
    for t in range(T):
        canvas.text(left + t * wide + wide / 2, 12, f"t={t}", "soft", "middle", small=True)
    if T < x.shape[1]:
        canvas.text(left + T * wide + 10, 12, "…", "soft")
    for s in range(S):
        y = 20 + s * 28
        canvas.text(left - 10, y + 17, say("sample {k}", k=s), "soft", "end")
        for t in range(T):
            there = bool(counts[s, t])
            canvas.box(left + t * wide + 1, y, wide - 2, 25, "input" if there else "off", 3, dashed=not there)
            kind = "ink" if there else "soft"
            canvas.text(left + t * wide + wide / 2, y + 17, texts[s][t], kind, "middle", small=True)
    y = 20 + S * 28 + 20
    if S < len(x):
        canvas.text(left - 10, y - 8, "⋮", "soft", "end")
    canvas.box(0, y, 13, 13, "input")
    canvas.text(20, y + 11, say("counts"))
    canvas.box(0, y + 20, 13, 13, "off", dashed=True)
    canvas.text(20, y + 31, note or say("left out: the state stays as it was, and the loss does not see it"))
    return canvas.finish(say("What a mask hides"))
