"""A model together with its data: whether they fit, and what one step of training sees."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.errors import TidegateError
from tidegate.explaining.explanation import Section
from tidegate.explaining.words import number
from tidegate.language import say
from tidegate.shapes import describe

__all__ = ["of_fit"]


def of_fit(model: Any, x: Any, y: Any) -> list[Section]:
    """Say whether data fit a model, without training anything."""
    section = Section(say("With your data"))
    shapes = [("x", x)] + ([("y", y)] if y is not None else [])
    for name, data in shapes:
        array = np.asarray(data) if not isinstance(data, list | tuple | dict) else None
        if array is not None:
            section.lines.append(f"{name} {describe(array.shape)}, {array.dtype}")
    try:
        if y is not None and model.compiled:
            model.evaluate(x, y, batch_size=8, steps=1, verbose=0)
            section.lines.append(say("x, y, the model and its loss fit together."))
        else:
            out = model.predict(_few(x), verbose=0)
            said = [o.shape for o in out] if isinstance(out, list) else out.shape[1:]
            section.lines.append(say("x fits; the model gives {shape} for a sample.", shape=said))
            if y is not None:
                section.lines.append(say("Whether y fits is known after model.compile(...)."))
    except TidegateError as problem:
        section.lines.append(say("They do not fit: {problem}", problem=problem))
        return [section]
    rows = len(next(iter(x.values())) if isinstance(x, dict) else x[0] if isinstance(x, list | tuple) else x)
    section.lines.append(
        say("An epoch of {n} samples is {steps} steps of 32.", n=f"{rows:,}", steps=f"{-(-rows // 32):,}")
    )
    if y is not None and not isinstance(y, list | tuple | dict):
        section.lines.append(
            say("y runs from {low} to {high}.", low=number(np.min(y)), high=number(np.max(y)))
        )
    return [section]


def _few(data: Any) -> Any:
    """Return the first samples, enough to see whether they fit."""
    if isinstance(data, dict):
        return {key: _few(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_few(value) for value in data]
    return data[:8]
