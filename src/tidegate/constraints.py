"""What a weight becomes after each update. Names and numbers as in Keras 3.

Those here are part of the native step. A function of your own takes a NumPy array and gives one of its shape; it is
called in Python after each batch, which slows small models down.

>>> import numpy as np
>>> NonNeg()(np.array([-1.0, 2.0]))
array([0., 2.], dtype=float32)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate import ops
from tidegate.arguments import Careful, checked
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.ops import UpdateOp
from tidegate.utils import objects
from tidegate.utils.naming import look_up

__all__ = [
    "Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "deserialize", "get", "max_norm", "min_max_norm",
    "non_neg", "serialize", "unit_norm",
]  # fmt: skip

Array = np.ndarray[Any, Any]


class Constraint(Careful):
    """Base: one of your own writes `__call__`, and `get_config` to be saved."""

    op: UpdateOp | None = None  # what does it in the native step

    def numbers(self, shape: tuple[int, ...]) -> dict[str, float]:
        """Return what the op is called with for a weight of that shape."""
        return {}

    def __call__(self, w: Any) -> Any:
        """Return what a weight becomes."""
        made = np.array(w, np.float32, order="C")
        if self.op is not None:
            flat = made.reshape(-1)
            self.op.update(flat, flat, lr=0.0, iteration=0, **self.numbers(made.shape))
        return made

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a constraint."""
        return dict(vars(self))

    @classmethod
    @checked
    def from_config(cls, config: dict[str, Any]) -> Constraint:
        """Return the constraint that `get_config` described."""
        return cls(**config)


class NonNeg(Constraint):
    """max(w, 0)."""

    op = ops.non_neg


class _Norm(Constraint):
    """Base of those that bound the norm along some axes."""

    op = ops.bounded_norm
    axis: int | Sequence[int]

    def bounds(self) -> tuple[float, float, float]:
        """Return the least norm, the largest one, and what share of the way there is gone."""
        raise NotImplementedError

    def numbers(self, shape: tuple[int, ...]) -> dict[str, float]:
        """Return what the op is called with for a weight of that shape."""
        given = self.axis if isinstance(self.axis, list | tuple) else [self.axis]
        axes = sorted(int(k) % max(len(shape), 1) for k in given)  # type: ignore[arg-type]
        if not axes or axes[-1] >= len(shape) or axes != list(range(axes[0], axes[-1] + 1)):
            who = type(self).__name__
            raise ShapeError(
                complaint(who, say("an axis, or neighbouring ones, of its weight"), repr(self.axis), "axis=0")
            )
        least, most, rate = self.bounds()
        reduced, inner = math.prod(shape[axes[0] : axes[-1] + 1]), math.prod(shape[axes[-1] + 1 :])
        return {"least": least, "most": most, "rate": rate, "reduced": reduced, "inner": inner}


class MaxNorm(_Norm):
    """Norms along `axis` of at most `max_value`: w * min(|w|, max_value) / (|w| + 1e-7)."""

    def __init__(self, max_value: float = 2, axis: int | Sequence[int] = 0) -> None:
        self.max_value, self.axis = max_value, axis

    def bounds(self) -> tuple[float, float, float]:
        """Return the least norm, the largest one, and what share of the way there is gone."""
        return 0.0, float(self.max_value), 1.0


class UnitNorm(_Norm):
    """Norms along `axis` of 1: w / (|w| + 1e-7)."""

    def __init__(self, axis: int | Sequence[int] = 0) -> None:
        self.axis = axis

    def bounds(self) -> tuple[float, float, float]:
        """Return the least norm, the largest one, and what share of the way there is gone."""
        return 1.0, 1.0, 1.0


class MinMaxNorm(_Norm):
    """Norms along `axis` from `min_value` to `max_value`; `rate` below 1 goes only that share of the way."""

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int | Sequence[int] = 0
    ) -> None:
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def bounds(self) -> tuple[float, float, float]:
        """Return the least norm, the largest one, and what share of the way there is gone."""
        return float(self.min_value), float(self.max_value), float(self.rate)


max_norm, non_neg, unit_norm, min_max_norm = MaxNorm, NonNeg, UnitNorm, MinMaxNorm
maxnorm, nonneg, unitnorm = MaxNorm, NonNeg, UnitNorm  # the spelling of Keras 1

CLASSES: dict[str, type[Constraint]] = {c.__name__: c for c in (MaxNorm, NonNeg, UnitNorm, MinMaxNorm)}
KNOWN: dict[str, type[Constraint]] = {
    **CLASSES,
    "max_norm": MaxNorm,
    "maxnorm": MaxNorm,
    "non_neg": NonNeg,
    "nonneg": NonNeg,
    "unit_norm": UnitNorm,
    "unitnorm": UnitNorm,
    "min_max_norm": MinMaxNorm,
}


def get(identifier: Any) -> Any:
    """Return the constraint of that name, or the one given; None stays None.

    >>> get("max_norm").get_config()
    {'max_value': 2, 'axis': 0}
    """
    identifier = objects.resolved(identifier)
    if identifier is None:
        return None
    if isinstance(identifier, str):
        return look_up(say("constraint"), identifier, KNOWN)()
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Constraint):
        return identifier()
    if callable(identifier):
        return identifier
    raise ArgumentError(
        complaint("constraint", say("a name, a constraint or None"), repr(identifier), "'max_norm'")
    )


def serialize(constraint: Any) -> dict[str, Any] | None:
    """Return a constraint as Keras writes it into a file."""
    if constraint is None:
        return None
    return objects.described(constraint, "keras.constraints")


def deserialize(config: Any) -> Any:
    """Return the constraint that `serialize` described."""
    config = objects.resolved(config)
    if not isinstance(config, dict):
        return get(config)
    return look_up(say("constraint"), str(config.get("class_name")), KNOWN)(**(config.get("config") or {}))
