"""Gates and states of one sample over time, as heat maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tidegate.explaining.pictures.svg import Canvas, Picture
from tidegate.language import say

__all__ = ["gates"]

WIDE, HIGH = 560.0, 110.0  # of a map at most
UNITS, STEPS = 64, 280  # drawn at most
LOW, MIDDLE, TOP = (33, 102, 172), (240, 240, 240), (201, 106, 9)  # -1, 0 and 1


def gates(parts: Mapping[str, Any], sample: int = 0, layer: str = "") -> Picture:
    """Draw what a recurrent layer did with one sample: a map for each gate and state, units over time.

    Parameters
    ----------
    parts : arrays (samples, timesteps, units) by name, as `trace` gives them for a layer
    sample : which sample
    layer : its name, for the title
    """
    canvas = Canvas()
    y = 0.0
    for name, array in parts.items():
        values = np.asarray(array)[sample].T  # (units, timesteps)
        U, T = values.shape
        rows = np.unique(np.linspace(0, U - 1, min(U, UNITS)).round().astype(int))
        columns = np.unique(np.linspace(0, T - 1, min(T, STEPS)).round().astype(int))
        shown = values[np.ix_(rows, columns)]
        most = max(1.0, float(np.abs(shown).max()))
        wide = min(22.0, WIDE / len(columns))
        high = min(14.0, HIGH / len(rows))
        canvas.text(0, y + 13, name, bold=True)
        canvas.text(0, y + 28, say(MEANINGS.get(name, "")) if name in MEANINGS else "", "soft", small=True)
        left = 176.0
        for i, row in enumerate(shown):
            for j, value in enumerate(row):
                canvas.shade(
                    left + j * wide, y + i * high, wide + 0.3, high + 0.3, _colour(float(value) / most)
                )
        if most > 1:
            canvas.text(0, y + 43, say("up to {most}", most=f"{most:.3g}"), "soft", small=True)
        y += max(high * len(rows), 46) + 12
    canvas.text(176, y + 8, "t=0", "soft", small=True)
    canvas.text(176 + wide * len(columns), y + 8, f"t={T - 1}", "soft", "end", small=True)
    _scale(canvas, 176, y + 22)
    units = say("{n} units", n=U) + (f" ({len(rows)})" if len(rows) < U else "")
    title = say(
        "{layer}: sample {k} over {t} steps, {units}", layer=layer or "LSTM", k=sample, t=T, units=units
    )
    whole = Canvas()
    whole.text(0, 13, title)
    whole.put(canvas, 0, 30)
    return whole.finish(title)


MEANINGS = {
    "i": "input gate: what comes in",
    "f": "forget gate: what stays",
    "g": "what is offered",
    "o": "output gate: what is shown",
    "c": "cell state: the memory",
    "h": "state: what is given",
    "z": "update gate: what stays",
    "r": "reset gate: what is used",
}


def _colour(value: float) -> str:
    """Return the colour of a number from -1 to 1."""
    if value != value:
        return "#000000"
    end = TOP if value > 0 else LOW
    share = min(abs(value), 1.0)
    return "#" + "".join(f"{round(m + (e - m) * share):02x}" for m, e in zip(MIDDLE, end, strict=True))


def _scale(canvas: Canvas, x: float, y: float) -> None:
    for k in range(41):
        canvas.shade(x + k * 4, y, 4.3, 10, _colour(-1 + k / 20))
    for at, said in ((0, "-1"), (82, "0"), (164, "1")):
        canvas.text(x + at, y + 23, said, "soft", "middle", small=True)
