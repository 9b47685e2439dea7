"""activation: one function applied to every number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidegate.ops.activations import ACTIVATIONS, code
from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = ["activation"]


class ActivationOp(Op):
    """a = function(z), of any shape. Native twin: native/kernels/activation.hpp."""

    name = "activation"
    arguments = ("z",)
    by_row = True
    reads = ("z", "outputs")
    takes_numbers = True

    def infer(self, z: Spec, *, function: str) -> Spec:  # type: ignore[override]
        return z

    def forward(self, z: Array, *, function: str) -> tuple[Array, None]:
        return ACTIVATIONS[function].value(z).astype(z.dtype, copy=False), None  # 1: a = function(z)

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, function: str) -> tuple[Array]:  # type: ignore[override]
        return (
            (dy * ACTIVATIONS[function].slope(inputs[0], outputs)).astype(dy.dtype, copy=False),
        )  # undo 1

    def numbers(self, specs: Sequence[Spec | None], *, function: str) -> Numbers:  # type: ignore[override]
        (z,) = specs
        assert z is not None
        return [z.row, code(function)], []


activation = ActivationOp()
