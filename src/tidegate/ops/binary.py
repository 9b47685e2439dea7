"""Functions of two numbers, over arrays that are broadcast as in NumPy: arithmetic, comparisons, logic.

Comparisons and logic give 1 and 0, and what is not 0 counts as true. Native twins: native/kernels/binary.hpp.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec, recorded
from tidegate.ops.layout import broadcast, lie, spread, walk

__all__ = [
    "BINARY",
    "Binary",
    "add",
    "arctan2",
    "divide",
    "equal",
    "floor_divide",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "logical_and",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "mod",
    "multiply",
    "not_equal",
    "power",
    "subtract",
    "unspread",
]

Slope = Callable[[Any, Any], Any]


def unspread(d: Array, shape: tuple[int, ...]) -> Array:
    """Return the gradient of an array of that shape from that of what it was broadcast to."""
    new = d.ndim - len(shape)
    more = tuple(new + k for k, n in enumerate(shape) if n == 1 and d.shape[new + k] != 1)
    return np.asarray(d.sum(axis=(*range(new), *more), keepdims=True)).reshape(shape)


class Binary(Op):
    """y = f(x1, x2), each an array or a number; where slopes are given, dx1 = dy ∂f/∂x1 and dx2 = dy ∂f/∂x2."""

    arguments = ("x1", "x2")
    by_row = True
    takes_numbers = True

    def __init__(
        self, name: str, value: Callable[[Any, Any], Any], *pair: Slope, reads: tuple[str, ...] = ()
    ) -> None:
        self.name, self.value, self.pair, self.reads = name, value, pair, reads
        self.flat = not pair

    def __call__(self, x1: Any, x2: Any, **attrs: Any) -> Any:
        a, b = (None, None) if attrs else (recorded(x1), recorded(x2))
        if b is None and a is not None and np.ndim(x2) == 0:
            return self.record(a, None, constant=float(x2))
        if a is None and b is not None and np.ndim(x1) == 0:
            return self.record(None, b, constant=float(x1))
        return super().__call__(x1, x2, **attrs)

    def infer(self, x1: Spec | None, x2: Spec | None, *, constant: float | None = None) -> Spec:  # type: ignore[override]
        given = [x for x in (x1, x2) if x is not None]
        shares = [x for x in given if x.dtype == "float64"]
        if shares:
            linear = ("add", "subtract") if len(given) == 2 else ("multiply",)
            if len(shares) < len(given) or self.name not in (*linear, *(["divide"] if x2 is None else [])):
                raise ShapeError(
                    complaint(
                        self.name,
                        say("two sums over the batch to add or subtract, or one times a number"),
                        say("anything else, which would not add up over the shards of a batch"),
                    )
                )
            return shares[0]
        return Spec(broadcast(self.name, *(x.shape for x in given)))

    def _pair(self, x1: Any, x2: Any, constant: Any) -> tuple[Any, Any]:
        return (constant if x1 is None else x1), (constant if x2 is None else x2)

    def forward(self, x1: Any, x2: Any, *, constant: float | None = None) -> tuple[Any, Any]:
        a, b = self._pair(x1, x2, constant)
        dtype = (x2 if x1 is None else x1).dtype
        y = np.asarray(self.value(a, b)).astype(dtype, copy=False)  # 1
        return y, (np.shape(a), np.shape(b))

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Any, *, constant: float | None = None
    ) -> tuple[Array | None, Array | None]:
        a, b = self._pair(inputs[0], inputs[1], constant)
        dy = np.asarray(dy)
        each = [np.broadcast_to(dy * slope(a, b), dy.shape) for slope in self.pair]  # undo 1
        dx1, dx2 = (
            unspread(d, shape).astype(dy.dtype, copy=False) for d, shape in zip(each, saved, strict=True)
        )
        return dx1, dx2

    def numbers(self, specs: Sequence[Spec | None], *, constant: float | None = None) -> Numbers:  # type: ignore[override]
        given = [x for x in specs if x is not None]
        y = self.infer(*specs, constant=constant)
        share = int(given[0].dtype == "float64")
        lies = [None if x is None else spread(x.shape, y.shape) for x in specs]
        return [share, *walk(y.shape, lie(y.shape), *lies)], [constant or 0.0]


def _truth(f: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: f(a != 0, b != 0)


def _larger(a: Any, b: Any) -> Any:
    return (np.asarray(a > b) + 0.5 * np.asarray(a == b)).astype(np.result_type(a, b))  # equal ones share


def _power_slope(a: Any, b: Any) -> Any:
    return b * np.power(a, b - 1)


def _exponent_slope(a: Any, b: Any) -> Any:
    return np.where(a > 0, np.power(a, b) * np.log(np.where(a > 0, a, 1)), 0)


BOTH = ("x1", "x2")
BINARY: dict[str, Binary] = {
    op.name: op
    for op in (
        Binary("add", lambda a, b: a + b, lambda a, b: 1, lambda a, b: 1),
        Binary("subtract", lambda a, b: a - b, lambda a, b: 1, lambda a, b: -1),
        Binary("multiply", lambda a, b: a * b, lambda a, b: b, lambda a, b: a, reads=BOTH),
        Binary("divide", lambda a, b: a / b, lambda a, b: 1 / b, lambda a, b: -a / (b * b), reads=BOTH),
        Binary("maximum", np.maximum, _larger, lambda a, b: _larger(b, a), reads=BOTH),
        Binary("minimum", np.minimum, lambda a, b: _larger(b, a), _larger, reads=BOTH),
        Binary("power", np.power, _power_slope, _exponent_slope, reads=BOTH),
        Binary(
            "arctan2",
            np.arctan2,
            lambda a, b: b / (a * a + b * b),
            lambda a, b: -a / (a * a + b * b),
            reads=BOTH,
        ),
        Binary("mod", np.mod, lambda a, b: 1, lambda a, b: -np.floor(a / b), reads=BOTH),
        Binary("floor_divide", np.floor_divide),
        Binary("equal", np.equal),
        Binary("not_equal", np.not_equal),
        Binary("greater", np.greater),
        Binary("greater_equal", np.greater_equal),
        Binary("less", np.less),
        Binary("less_equal", np.less_equal),
        Binary("logical_and", _truth(np.logical_and)),
        Binary("logical_or", _truth(np.logical_or)),
        Binary("logical_xor", _truth(np.logical_xor)),
    )
}
add, subtract, multiply, divide = (BINARY[k] for k in ("add", "subtract", "multiply", "divide"))
maximum, minimum, power = (BINARY[k] for k in ("maximum", "minimum", "power"))
arctan2, mod, floor_divide = (BINARY[k] for k in ("arctan2", "mod", "floor_divide"))
equal, not_equal = BINARY["equal"], BINARY["not_equal"]
greater, greater_equal = BINARY["greater"], BINARY["greater_equal"]
less, less_equal = BINARY["less"], BINARY["less_equal"]
logical_and, logical_or = BINARY["logical_and"], BINARY["logical_or"]
logical_xor = BINARY["logical_xor"]
