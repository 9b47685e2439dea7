"""concatenate: two arrays side by side on their last axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.shapes import describe

__all__ = ["concatenate"]


class Concatenate(Op):
    """y[..., :M] = a, y[..., M:] = b: (..., M) and (..., N) to (..., M + N).

    Native twin: native/kernels/movement.hpp.
    """

    name = "concatenate"
    arguments = ("a", "b")
    carries = ("a", "b")

    def infer(self, a: Spec, b: Spec) -> Spec:  # type: ignore[override]
        M, N = a.shape[-1], b.shape[-1]
        if len(a.shape) < 2 or a.shape[:-1] != b.shape[:-1] or a.dtype != b.dtype or M is None or N is None:
            raise ShapeError(
                complaint(
                    "concatenate",
                    "two arrays that differ on their last axis alone",
                    f"{describe(a.shape)} and {describe(b.shape)}",
                )
            )
        return Spec((*a.shape[:-1], M + N), a.dtype)

    def forward(self, a: Array, b: Array) -> tuple[Array, int]:
        return np.concatenate([a, b], axis=-1), a.shape[-1]  # 1: (..., M + N)

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array, Array]:  # type: ignore[override]
        M = saved
        return dy[..., :M], dy[..., M:]  # undo 1

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        a, b = specs
        assert a is not None and b is not None and a.shape[-1] is not None and b.shape[-1] is not None
        return [a.row // a.shape[-1], a.shape[-1], b.shape[-1]], []  # positions in a sample, M, N


concatenate = Concatenate()
