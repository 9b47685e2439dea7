"""where: one of two numbers, by a condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.ops.binary import unspread
from tidegate.ops.layout import broadcast, lie, spread, walk

__all__ = ["where"]


class Where(Op):
    """y = x1 where the condition is not 0, else x2; the three are broadcast. Native twin: native/kernels/where.hpp."""

    name = "where"
    arguments = ("condition", "x1", "x2")
    by_row = True
    reads = ("condition",)
    slopes = ("x1", "x2")
    takes_numbers = True

    def infer(self, condition: Spec, x1: Spec, x2: Spec) -> Spec:  # type: ignore[override]
        return Spec(broadcast(self.name, condition.shape, x1.shape, x2.shape))

    def forward(self, c: Array, x1: Array, x2: Array) -> tuple[Array, Any]:
        return np.where(c != 0, x1, x2), (x1.shape, x2.shape)  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Any, ...]:  # type: ignore[override]
        hit = inputs[0] != 0
        parts = (np.where(hit, dy, 0), np.where(hit, 0, dy))  # undo 1
        return None, *(unspread(d.astype(dy.dtype), shape) for d, shape in zip(parts, saved, strict=True))

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        y = self.infer(*(s for s in specs if s is not None))
        return walk(y.shape, lie(y.shape), *(spread(s.shape, y.shape) for s in specs if s is not None)), []


where = Where()
