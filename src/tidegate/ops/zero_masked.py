"""zero_masked: a sequence with zeros where a step does not count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.shapes import describe

__all__ = ["zero_masked"]


class ZeroMasked(Op):
    """y[b, t] = x[b, t] where mask[b, t] is not 0, else 0: x (B, T, F), mask (B, T).

    Native twin: native/kernels/movement.hpp.
    """

    name = "zero_masked"
    arguments = ("x", "mask")
    carries = ("x",)
    reads = ("mask",)
    slopes = ("x",)

    def infer(self, x: Spec, mask: Spec) -> Spec:  # type: ignore[override]
        if len(x.shape) != 3 or mask.shape != x.shape[:2]:
            raise ShapeError(
                complaint(
                    "zero_masked",
                    say("(samples, timesteps, features) and a mask (samples, timesteps)"),
                    say("{a} and {b}", a=describe(x.shape), b=describe(mask.shape)),
                )
            )
        return x

    def forward(self, x: Array, mask: Array) -> tuple[Array, None]:
        return np.where(mask[..., None] != 0, x, 0).astype(x.dtype, copy=False), None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array, None]:  # type: ignore[override]
        return np.where(inputs[1][..., None] != 0, dy, 0).astype(dy.dtype, copy=False), None  # undo 1

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        x = specs[0]
        assert x is not None and x.shape[1] is not None and x.shape[2] is not None
        return [x.shape[1], x.shape[2]], []


zero_masked = ZeroMasked()
