"""not_equal: the mask of the steps that count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = ["not_equal"]


class NotEqual(Op):
    """m = 1 where x differs from `value`, else 0. No gradient. Native twin: native/kernels/elementwise.hpp."""

    name = "not_equal"
    arguments = ("x",)
    carries = ("x",)
    flat = True

    def infer(self, x: Spec, *, value: float) -> Spec:  # type: ignore[override]
        return Spec(x.shape)

    def forward(self, x: Array, *, value: float) -> tuple[Array, None]:
        return (x != value).astype("float32"), None

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, value: float) -> tuple[None]:  # type: ignore[override]
        return (None,)

    def numbers(self, specs: Sequence[Spec | None], *, value: float) -> Numbers:  # type: ignore[override]
        (x,) = specs
        assert x is not None
        return [x.row, int(x.dtype == "int32")], [value]


not_equal = NotEqual()
