"""multiply: the product of two arrays of one shape, number by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidegate.errors import ShapeError, complaint
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.shapes import describe

__all__ = ["multiply"]


class Multiply(Op):
    """y = a b, of one shape. Native twin: native/kernels/elementwise.hpp."""

    name = "multiply"
    arguments = ("a", "b")
    reads = ("a", "b")

    def infer(self, a: Spec, b: Spec) -> Spec:  # type: ignore[override]
        if a.shape != b.shape:
            raise ShapeError(
                complaint(
                    "multiply", "two arrays of one shape", f"{describe(a.shape)} and {describe(b.shape)}"
                )
            )
        return a

    def forward(self, a: Array, b: Array) -> tuple[Array, None]:
        return a * b, None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array, Array]:  # type: ignore[override]
        a, b = inputs
        return dy * b, dy * a  # undo 1

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        assert specs[0] is not None
        return [specs[0].row], []


multiply = Multiply()
