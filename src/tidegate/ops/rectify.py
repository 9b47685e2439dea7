"""rectify: the family of relu, with a slope below its threshold and a ceiling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = ["rectify"]


class Rectify(Op):
    """y = x above the threshold h, at most `max_value`, and negative_slope (x - h) up to it.

    Native twin: native/kernels/rectify.hpp.
    """

    name = "rectify"
    arguments = ("x",)
    reads = ("x",)

    def infer(  # type: ignore[override]
        self, x: Spec, *, negative_slope: float = 0.0, threshold: float = 0.0, max_value: float = math.inf
    ) -> Spec:
        return x

    def forward(
        self, x: Array, *, negative_slope: float = 0.0, threshold: float = 0.0, max_value: float = math.inf
    ) -> tuple[Array, None]:
        below = negative_slope * (x - threshold)
        return np.where(x > threshold, np.minimum(x, max_value), below).astype(x.dtype), None  # 1

    def backward(  # type: ignore[override]
        self,
        inputs: Any,
        outputs: Any,
        saved: Any,
        dy: Array,
        *,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        max_value: float = math.inf,
    ) -> tuple[Array]:
        (x,) = inputs
        slope = np.where(x > threshold, x < max_value, negative_slope)
        return ((dy * slope).astype(dy.dtype, copy=False),)  # undo 1

    def numbers(  # type: ignore[override]
        self,
        specs: Sequence[Spec | None],
        *,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        max_value: float = math.inf,
    ) -> Numbers:
        (x,) = specs
        assert x is not None
        return [x.row], [negative_slope, threshold, max_value]


rectify = Rectify()
