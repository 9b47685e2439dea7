"""concatenate: arrays one behind the other along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec, recorded
from tidegate.ops.layout import Lie, lie, walk
from tidegate.shapes import describe

__all__ = ["concatenate"]


def _along(a: Spec, b: Spec) -> str:
    """Return what to write where two arrays do not fit: the one axis that they may differ on, if there is one."""
    for k in range(1, len(a.shape)):
        same = [x.shape[:k] + x.shape[k + 1 :] for x in (a, b)]
        if same[0] == same[1] and a.dtype == b.dtype:
            return f"`concatenate([a, b], axis={k})`"
    return ""


class Concatenate(Op):
    """y = a and behind it b, along one axis: of sizes M and N, it has M + N.

    Native twin: native/kernels/movement.hpp.
    """

    name = "concatenate"
    arguments = ("a", "b")
    carries = ("a", "b")

    def __call__(self, xs: Sequence[Any], axis: int = 0) -> Any:
        """Join any number of arrays, two and two."""
        given = list(xs)
        if all(recorded(x) is None for x in given):
            return np.concatenate([np.asarray(x) for x in given], axis=axis)
        rank = max(len(np.shape(x)) for x in given)
        while len(given) > 1:
            pairs = [given[k : k + 2] for k in range(0, len(given), 2)]
            given = [
                super(Concatenate, self).__call__(*p, axis=axis % rank) if p[1:] else p[0] for p in pairs
            ]
        return given[0]

    def infer(self, a: Spec, b: Spec, *, axis: int) -> Spec:  # type: ignore[override]
        M, N = (x.shape[axis] if axis < len(x.shape) else None for x in (a, b))
        rest = [x.shape[:axis] + x.shape[axis + 1 :] for x in (a, b)]
        if rest[0] != rest[1] or a.dtype != b.dtype or M is None or N is None:
            raise ShapeError(
                complaint(
                    "concatenate",
                    say("arrays that differ on axis {axis} alone, which is not the samples'", axis=axis),
                    say("{a} and {b}", a=describe(a.shape), b=describe(b.shape)),
                    _along(a, b),
                )
            )
        return Spec((*a.shape[:axis], M + N, *a.shape[axis + 1 :]), a.dtype)

    def forward(self, a: Array, b: Array, *, axis: int) -> tuple[Array, int]:
        return np.concatenate([a, b], axis=axis), a.shape[axis]  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, axis: int
    ) -> tuple[Array, Array]:
        da, db = np.split(dy, [saved], axis=axis)  # undo 1
        return da, db

    def numbers(self, specs: Sequence[Spec | None], *, axis: int) -> Numbers:  # type: ignore[override]
        a, b = (s for s in specs if s is not None)
        of_y = lie(self.infer(a, b, axis=axis).shape)
        s, r = of_y.strides[axis]
        M = a.shape[axis] or 1
        behind = Lie(of_y.strides, (M * s, M * r))
        return [*walk(a.shape, of_y, lie(a.shape)), *walk(b.shape, behind, lie(b.shape))], []


concatenate = Concatenate()
