"""scale: every number times a constant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = ["scale"]


class Scale(Op):
    """y = factor x, of any shape. Native twin: native/kernels/elementwise.hpp."""

    name = "scale"
    arguments = ("x",)

    def infer(self, x: Spec, *, factor: float) -> Spec:  # type: ignore[override]
        return x

    def forward(self, x: Array, *, factor: float) -> tuple[Array, None]:
        return x * x.dtype.type(factor), None  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, factor: float
    ) -> tuple[Array]:
        return (dy * dy.dtype.type(factor),)  # undo 1

    def numbers(self, specs: Sequence[Spec | None], *, factor: float) -> Numbers:  # type: ignore[override]
        assert specs[0] is not None
        return [specs[0].row], [factor]


scale = Scale()
