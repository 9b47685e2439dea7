"""add: the sum of two arrays of one shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidegate.errors import ShapeError, complaint
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.shapes import describe

__all__ = ["add"]


class Add(Op):
    """y = a + b, of one shape. Gradients of a value with several readers meet here.

    Native twin: native/kernels/elementwise.hpp.
    """

    name = "add"
    arguments = ("a", "b")

    def infer(self, a: Spec, b: Spec) -> Spec:  # type: ignore[override]
        if a.shape != b.shape:
            raise ShapeError(
                complaint("add", "two arrays of one shape", f"{describe(a.shape)} and {describe(b.shape)}")
            )
        return a

    def forward(self, a: Array, b: Array) -> tuple[Array, None]:
        return a + b, None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array, Array]:  # type: ignore[override]
        return dy, dy  # undo 1

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        assert specs[0] is not None
        a = specs[0]
        return [
            a.row,
            int(a.shape[:1] == (None,)),
            int(a.dtype == "float64"),
        ], []  # of a sample or not; a scalar or not


add = Add()
