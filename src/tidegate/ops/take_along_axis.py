"""take_along_axis: for each place of an axis, the number of x at the place that another array says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.ops.layout import Lie, lie, walk
from tidegate.ops.reduce import axes_of
from tidegate.shapes import describe

__all__ = ["take_along_axis"]


class TakeAlongAxis(Op):
    """y[.., k, ..] = x[.., i, ..] with i = indices[.., k, ..]: (.., N, ..) and (.., K, ..) give (.., K, ..).

    Places below 0 count from the end; what lies beyond the axis is taken as its nearest place.
    Native twin: native/kernels/ordering.hpp.
    """

    name = "take_along_axis"
    arguments = ("x", "indices")
    reads = ("x", "indices")  # of x only its shape
    slopes = ("x",)
    takes_numbers = True

    def __call__(self, x: Any, indices: Any, axis: int = -1) -> Any:
        return super().__call__(x, indices, axis=axes_of(self.name, axis, len(np.shape(x)))[0])

    def infer(self, x: Spec, indices: Spec, *, axis: int) -> Spec:  # type: ignore[override]
        same = len(x.shape) == len(indices.shape) and all(
            a == b or k == axis for k, (a, b) in enumerate(zip(x.shape, indices.shape, strict=True))
        )
        if not same or x.shape[axis] is None:
            wanted = say("places in the shape of x but for the axis, which is not the samples'")
            raise ShapeError(
                complaint(self.name, wanted, f"{describe(x.shape)}, {describe(indices.shape)}, axis={axis}")
            )
        return Spec(indices.shape)

    def _places(self, x: Array, indices: Array, axis: int) -> Array:
        n = x.shape[axis]
        i = indices.astype(np.int64)
        return np.clip(np.where(i < 0, i + n, i), 0, n - 1)

    def forward(self, x: Array, indices: Array, *, axis: int) -> tuple[Array, None]:
        return np.take_along_axis(x, self._places(x, indices, axis), axis), None  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, axis: int
    ) -> tuple[Array, None]:
        x, indices = inputs
        dx = np.zeros(x.shape, dy.dtype)
        where: list[Array] = list(np.indices(dy.shape, sparse=True))
        where[axis] = self._places(x, indices, axis)
        np.add.at(dx, tuple(where), dy)  # undo 1
        return dx, None

    def numbers(self, specs: Sequence[Spec | None], *, axis: int) -> Numbers:  # type: ignore[override]
        x, y = specs
        assert x is not None and y is not None
        of_x, of_y = lie(x.shape).strides, lie(y.shape).strides
        rest = [Lie(s[:axis] + s[axis + 1 :]) for s in (of_y, of_x)]
        shape = y.shape[:axis] + y.shape[axis + 1 :]
        sizes = [y.shape[axis] or 1, *of_y[axis], x.shape[axis] or 1, *of_x[axis]]
        return [x.row, int(x.shape[:1] == (None,)), *sizes, *walk(shape, *rest)], []


take_along_axis = TakeAlongAxis()
