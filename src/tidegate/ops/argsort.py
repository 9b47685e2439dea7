"""argsort: the places of the numbers along one axis, from the smallest to the largest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.ops.layout import Lie, lie, walk
from tidegate.ops.reduce import axes_of

__all__ = ["argsort"]


class ArgSort(Op):
    """y_k = the place of the k-th smallest x along the axis, as a float; of equals the first comes first, NaN last.

    Native twin: native/kernels/ordering.hpp.
    """

    name = "argsort"
    arguments = ("x",)
    takes_numbers = True
    flat = True

    def __call__(self, x: Any, axis: int = -1) -> Any:
        return super().__call__(x, axis=axes_of(self.name, axis, len(np.shape(x)))[0])

    def infer(self, x: Spec, *, axis: int) -> Spec:  # type: ignore[override]
        if x.shape[axis] is None:
            raise ShapeError(complaint(self.name, say("an axis that is not the samples'"), str(axis)))
        return x

    def forward(self, x: Array, *, axis: int) -> tuple[Array, None]:
        return np.argsort(x, axis=axis, kind="stable").astype(x.dtype), None

    def numbers(self, specs: Sequence[Spec | None], *, axis: int) -> Numbers:  # type: ignore[override]
        x = specs[0]
        assert x is not None
        strides = lie(x.shape).strides
        rest = Lie(strides[:axis] + strides[axis + 1 :])
        shape = x.shape[:axis] + x.shape[axis + 1 :]
        return [x.shape[axis] or 1, *strides[axis], *walk(shape, rest)], []


argsort = ArgSort()
