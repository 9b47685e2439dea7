"""cumsum: the sum so far, along one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec, recorded
from tidegate.ops.layout import Lie, lie, walk
from tidegate.ops.reduce import only_axis

__all__ = ["cumsum"]


class CumSum(Op):
    """y_k = x_0 + ... + x_k along the axis. Native twin: native/kernels/reduce.hpp."""

    name = "cumsum"
    arguments = ("x",)
    takes_numbers = True

    def __call__(self, x: Any, axis: int | None = None) -> Any:
        """Take the sum along one axis; by default through all numbers of an array, row by row."""
        if axis is None and recorded(x) is None:
            x, axis = np.ravel(x), 0
        return super().__call__(x, axis=only_axis(self.name, axis, len(np.shape(x))))

    def infer(self, x: Spec, *, axis: int) -> Spec:  # type: ignore[override]
        if x.shape[axis] is None:
            raise ShapeError(
                complaint("cumsum", say("an axis that is not the samples'"), str(axis), "axis=1")
            )
        return x

    def forward(self, x: Array, *, axis: int) -> tuple[Array, None]:
        return np.cumsum(x, axis=axis), None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, axis: int) -> tuple[Array]:  # type: ignore[override]
        return (np.flip(np.cumsum(np.flip(dy, axis), axis=axis), axis),)  # undo 1

    def numbers(self, specs: Sequence[Spec | None], *, axis: int) -> Numbers:  # type: ignore[override]
        x = specs[0]
        assert x is not None
        strides = lie(x.shape).strides
        rest = Lie(strides[:axis] + strides[axis + 1 :])
        shape = x.shape[:axis] + x.shape[axis + 1 :]
        return [x.shape[axis] or 1, *strides[axis], *walk(shape, rest)], []


cumsum = CumSum()
