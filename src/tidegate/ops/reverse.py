"""reverse: the steps of a sequence in the opposite order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidegate.errors import ShapeError, complaint
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.shapes import describe

__all__ = ["reverse"]


class Reverse(Op):
    """y[:, t] = x[:, T - 1 - t], for x (B, T, ...) or (B, T). Native twin: native/kernels/movement.hpp."""

    name = "reverse"
    arguments = ("x",)
    carries = ("x",)

    def infer(self, x: Spec) -> Spec:  # type: ignore[override]
        if len(x.shape) < 2:
            raise ShapeError(complaint("reverse", "(samples, timesteps, ...)", describe(x.shape)))
        return x

    def forward(self, x: Array) -> tuple[Array, None]:
        return x[:, ::-1], None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array]:  # type: ignore[override]
        return (dy[:, ::-1],)  # undo 1

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        (x,) = specs
        assert x is not None and x.shape[1] is not None
        T = x.shape[1]
        return [
            T,
            x.row // T,
            int(len(x.shape) == 2),
        ], []  # T, numbers of a step, 1 where steps lie by sample


reverse = Reverse()
