"""repeat: a vector given at each of several steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.shapes import describe

__all__ = ["repeat"]


class Repeat(Op):
    """y[:, t] = x for t below `count`: (B, F) to (B, count, F). Native twin: native/kernels/movement.hpp."""

    name = "repeat"
    arguments = ("x",)
    carries = ("x",)

    def infer(self, x: Spec, *, count: int) -> Spec:  # type: ignore[override]
        if len(x.shape) != 2:
            raise ShapeError(complaint("repeat", "(samples, features)", describe(x.shape)))
        return Spec((x.shape[0], count, x.shape[1]), x.dtype)

    def forward(self, x: Array, *, count: int) -> tuple[Array, None]:
        return np.repeat(x[:, None], count, axis=1), None  # 1: (B, count, F)

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, count: int) -> tuple[Array]:  # type: ignore[override]
        return (dy.sum(axis=1),)  # undo 1

    def numbers(self, specs: Sequence[Spec | None], *, count: int) -> Numbers:  # type: ignore[override]
        (x,) = specs
        assert x is not None
        return [count, x.row], []


repeat = Repeat()
