"""softmax and its logarithm, over the last axis or others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.ops.places import shaped
from tidegate.ops.reduce import Axes, axes_of
from tidegate.ops.views import transpose
from tidegate.shapes import elements

__all__ = ["log_softmax", "softmax"]


class Softmax(Op):
    """p = exp(z - max z) / sum, over the last axis N. Native twin: native/kernels/softmax.hpp."""

    name = "softmax"
    arguments = ("z",)
    by_row = True
    reads = ("outputs",)

    def __call__(self, z: Any, axis: Axes = -1) -> Any:
        """Take one axis, or some together."""
        rank = len(np.shape(z))
        over = axes_of(self.name, axis, rank)
        if over == (rank - 1,):
            return super().__call__(z)
        order = [*(k for k in range(rank) if k not in over), *over]
        moved = transpose(z, order)
        shape = np.shape(moved)
        rows = shape[: rank - len(over)]
        p = super().__call__(shaped(moved, (*rows, elements(shape[len(rows) :]))))
        return transpose(shaped(p, shape), np.argsort(order).tolist())

    def infer(self, z: Spec) -> Spec:  # type: ignore[override]
        return z

    def forward(self, z: Array) -> tuple[Array, None]:
        e = np.exp(z - z.max(axis=-1, keepdims=True))  # (..., N)
        return e / e.sum(axis=-1, keepdims=True), None  # 1: p = e / sum(e)

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array]:  # type: ignore[override]
        p = outputs
        return (p * (dy - (p * dy).sum(axis=-1, keepdims=True)),)  # undo 1

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        (z,) = specs
        assert z is not None and z.shape[-1] is not None
        return [z.row // z.shape[-1], z.shape[-1]], []  # positions in a sample, N


class LogSoftmax(Softmax):
    """l = z - max z - log(sum exp(z - max z)), over the last axis N. Native twin: native/kernels/softmax.hpp."""

    name = "log_softmax"

    def forward(self, z: Array) -> tuple[Array, None]:
        s = z - z.max(axis=-1, keepdims=True)
        return s - np.log(np.exp(s).sum(axis=-1, keepdims=True)), None  # 1: l = s - log(sum(exp(s)))

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array]:  # type: ignore[override]
        return (dy - np.exp(outputs) * dy.sum(axis=-1, keepdims=True),)  # undo 1


softmax = Softmax()
log_softmax = LogSoftmax()
