"""Functions of one number, beside the activations. Native twins: native/kernels/elementwise.hpp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = [
    "ELEMENTWISE",
    "Elementwise",
    "absolute",
    "arctan",
    "ceil",
    "cos",
    "cosh",
    "erf",
    "exp",
    "expm1",
    "floor",
    "isfinite",
    "isnan",
    "log",
    "log1p",
    "logical_not",
    "negative",
    "reciprocal",
    "round",
    "rsqrt",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "stop_gradient",
    "tan",
    "trunc",
]


class Elementwise(Op):
    """y = f(x), of any shape; dx = dy f'(x), where f' is said in terms of x and y, or none where f is flat."""

    arguments = ("x",)
    takes_numbers = True
    by_row = True

    def __init__(
        self,
        name: str,
        value: Callable[[Any], Any],
        slope: Callable[[Any, Any], Any] | None = None,
        reads: tuple[str, ...] = ("x",),
    ) -> None:
        self.name, self.value, self.slope = name, value, slope
        self.flat = slope is None
        self.reads = () if slope is None else reads

    def infer(self, x: Spec) -> Spec:  # type: ignore[override]
        return x

    def forward(self, x: Array) -> tuple[Array, None]:
        return np.asarray(self.value(x)).astype(x.dtype, copy=False), None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array]:  # type: ignore[override]
        assert self.slope is not None
        return ((dy * self.slope(inputs[0], outputs)).astype(dy.dtype, copy=False),)  # undo 1

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        assert specs[0] is not None
        return [specs[0].row], []


def _erf(x: Array) -> Array:
    from tidegate.ops.activations import _erf

    return np.asarray(_erf(x)) if x.size else x


ELEMENTWISE: dict[str, Elementwise] = {
    op.name: op
    for op in (
        Elementwise("negative", np.negative, lambda x, y: -1, reads=()),
        Elementwise("absolute", np.abs, lambda x, y: np.sign(x)),
        Elementwise("square", np.square, lambda x, y: 2 * x),
        Elementwise("sqrt", np.sqrt, lambda x, y: 0.5 / y, reads=("outputs",)),
        Elementwise("rsqrt", lambda x: 1 / np.sqrt(x), lambda x, y: -0.5 * y * y * y, reads=("outputs",)),
        Elementwise("reciprocal", lambda x: 1 / x, lambda x, y: -y * y, reads=("outputs",)),
        Elementwise("exp", np.exp, lambda x, y: y, reads=("outputs",)),
        Elementwise("expm1", np.expm1, lambda x, y: y + 1, reads=("outputs",)),
        Elementwise("log", np.log, lambda x, y: 1 / x),
        Elementwise("log1p", np.log1p, lambda x, y: 1 / (1 + x)),
        Elementwise("sin", np.sin, lambda x, y: np.cos(x)),
        Elementwise("cos", np.cos, lambda x, y: -np.sin(x)),
        Elementwise("tan", np.tan, lambda x, y: 1 + y * y, reads=("outputs",)),
        Elementwise("arctan", np.arctan, lambda x, y: 1 / (1 + x * x)),
        Elementwise("sinh", np.sinh, lambda x, y: np.cosh(x)),
        Elementwise("cosh", np.cosh, lambda x, y: np.sinh(x)),
        Elementwise("erf", _erf, lambda x, y: 1.1283791670955126 * np.exp(-x * x)),
        Elementwise("sign", np.sign),
        Elementwise("floor", np.floor),
        Elementwise("ceil", np.ceil),
        Elementwise("trunc", np.trunc),
        Elementwise("round", np.round),
        Elementwise("logical_not", lambda x: x == 0),
        Elementwise("isnan", np.isnan),
        Elementwise("isfinite", np.isfinite),
        Elementwise("stop_gradient", lambda x: x),
    )
}
negative = ELEMENTWISE["negative"]
absolute = ELEMENTWISE["absolute"]
square = ELEMENTWISE["square"]
sqrt = ELEMENTWISE["sqrt"]
rsqrt = ELEMENTWISE["rsqrt"]
reciprocal = ELEMENTWISE["reciprocal"]
exp = ELEMENTWISE["exp"]
expm1 = ELEMENTWISE["expm1"]
log = ELEMENTWISE["log"]
log1p = ELEMENTWISE["log1p"]
sin = ELEMENTWISE["sin"]
cos = ELEMENTWISE["cos"]
tan = ELEMENTWISE["tan"]
arctan = ELEMENTWISE["arctan"]
sinh = ELEMENTWISE["sinh"]
cosh = ELEMENTWISE["cosh"]
erf = ELEMENTWISE["erf"]
sign = ELEMENTWISE["sign"]
floor = ELEMENTWISE["floor"]
ceil = ELEMENTWISE["ceil"]
round = ELEMENTWISE["round"]
logical_not = ELEMENTWISE["logical_not"]
isnan = ELEMENTWISE["isnan"]
isfinite = ELEMENTWISE["isfinite"]
trunc = ELEMENTWISE["trunc"]
stop_gradient = ELEMENTWISE["stop_gradient"]
