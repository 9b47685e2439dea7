"""matmul: a matrix product for each sample (and each of the axes before the last two)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec, recorded
from tidegate.ops.binary import unspread
from tidegate.ops.dense import dense
from tidegate.ops.layout import Lie, broadcast, spread, walk
from tidegate.shapes import Shape, describe

__all__ = ["matmul"]


class Matmul(Op):
    """y = a b: (..., M, K) and (..., K, N) give (..., M, N), with the axes before broadcast.

    A product with one matrix that is the same for all is recorded as `dense`, whose kernel keeps it in panels.
    Native twin: native/kernels/matmul.hpp.
    """

    name = "matmul"
    arguments = ("a", "b")
    reads = ("a", "b")
    takes_numbers = True

    def __call__(self, a: Any, b: Any) -> Any:
        left, right = recorded(a), recorded(b)
        if left is None and right is None:
            return np.matmul(a, b)
        if right is not None and len(right.shape) == 2 and right.shape[0] is not None and left is not None:
            return dense(left, right, None)
        if right is None and np.ndim(b) == 2:
            return dense(a, np.asarray(b, np.float32), None)
        return super().__call__(a, b)

    def infer(self, a: Spec, b: Spec) -> Spec:  # type: ignore[override]
        short = [x for x in (a, b) if len(x.shape) < (3 if x.shape[:1] == (None,) else 2)]
        if short or a.shape[-1] != b.shape[-2]:
            wanted = say("{a} and {b}", a="(..., M, K)", b="(..., K, N)")
            raise ShapeError(
                complaint(
                    "matmul",
                    wanted,
                    say("{a} and {b}", a=describe(a.shape), b=describe(b.shape)),
                    _turned(a, b) if not short else "",
                )
            )
        return Spec((*broadcast("matmul", a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1]))

    def forward(self, a: Array, b: Array) -> tuple[Array, None]:
        return a @ b, None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array, Array]:  # type: ignore[override]
        a, b = inputs
        da, db = dy @ np.swapaxes(b, -1, -2), np.swapaxes(a, -1, -2) @ dy  # undo 1
        return unspread(da, a.shape), unspread(db, b.shape)

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        a, b = (s for s in specs if s is not None)
        y = self.infer(a, b)
        lies = [_of_matrices(x.shape, y.shape) for x in (y, a, b)]
        inner = [n for x in lies for stride in x.strides[-2:] for n in stride]
        sizes = [a.shape[-2] or 1, b.shape[-1] or 1, a.shape[-1] or 1]
        outer = [Lie(x.strides[:-2]) for x in lies]
        return [*sizes, *inner, *walk(y.shape[:-2], *outer)], []

    def flops(self, specs: Sequence[Spec | None]) -> float:  # type: ignore[override]
        a, b = (s for s in specs if s is not None)
        return 2.0 * self.infer(a, b).row * (a.shape[-1] or 1)


def _turned(a: Spec, b: Spec) -> str:
    """Return what to write where two stacks of matrices do not fit, if turning one of them round is enough."""
    order = (*range(len(b.shape) - 2), len(b.shape) - 1, len(b.shape) - 2)
    if a.shape[-1] == b.shape[-1]:
        return f"`matmul(a, transpose(b, {order}))`"
    if a.shape[-2] == b.shape[-2] and len(a.shape) == len(b.shape):
        return f"`matmul(transpose(a, {order}), b)`"
    return ""


def _of_matrices(shape: Shape, y: Shape) -> Lie:
    """Return the strides of an array whose last two axes stay as they are while the others are spread."""
    return spread(shape, (*y[:-2], *shape[-2:]))


matmul = Matmul()
