"""reshape: the numbers of a sample in another shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidegate.errors import ShapeError, complaint
from tidegate.ops.base import Array, Numbers, Op, Spec, steps
from tidegate.shapes import Shape, elements

__all__ = ["reshape"]


class Reshape(Op):
    """y = x.reshape(B, *shape), in C order within each sample. Native twin: native/kernels/movement.hpp."""

    name = "reshape"
    arguments = ("x",)
    carries = ("x",)
    reads = ("x",)  # only its shape

    def infer(self, x: Spec, *, shape: tuple[int, ...]) -> Spec:  # type: ignore[override]
        target: Shape = (x.shape[0], *shape)
        if None not in x.shape[1:] and elements(target) != x.row:
            raise ShapeError(
                complaint("reshape", f"{x.row} numbers a sample, as {x.shape} has", f"the shape {shape}")
            )
        return Spec(target, x.dtype)

    def forward(self, x: Array, *, shape: tuple[int, ...]) -> tuple[Array, None]:
        return x.reshape(len(x), *shape), None  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, shape: tuple[int, ...]
    ) -> tuple[Array]:
        return (dy.reshape(inputs[0].shape),)  # undo 1

    def numbers(self, specs: Sequence[Spec | None], *, shape: tuple[int, ...]) -> Numbers:  # type: ignore[override]
        (x,) = specs
        assert x is not None
        y = Spec((None, *shape))
        return [steps(x), x.row // steps(x), steps(y), y.row // steps(y)], []


reshape = Reshape()
