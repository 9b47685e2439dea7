"""Penalties on weights and outputs, which a model adds to its loss. Names and numbers as in Keras 3.

A regularizer is called with a weight, or with the output of a layer, and gives one number. Any function over
`tidegate.ops` that gives a scalar is one as well.

>>> import numpy as np
>>> float(L2(2.0)(np.ones((5, 5))))
50.0
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tidegate import ops
from tidegate.arguments import Careful, checked
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.ops import Value
from tidegate.utils import objects
from tidegate.utils.naming import look_up

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "activity_penalty",
    "added_penalty",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
    "weight_penalty",
]


class Regularizer(Careful):
    """Base: one of your own writes `__call__` over `tidegate.ops`, and `get_config` to be saved.

    Attributes
    ----------
    adds_up : whether the number for all samples of a batch is the sum of those for its parts
    """

    adds_up = False

    def __call__(self, x: Any) -> Any:
        """Return the penalty of a weight or an output."""
        return 0.0

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a regularizer."""
        return dict(vars(self))

    @classmethod
    @checked
    def from_config(cls, config: dict[str, Any]) -> Regularizer:
        """Return the regularizer that `get_config` described."""
        return cls(**config)


def _factor(who: str, name: str, value: Any, default: float) -> float:
    value = default if value is None else value
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < 0:
        raise ArgumentError(
            complaint(who, say("{name} as a number of at least 0", name=name), repr(value), f"{name}=0.01")
        )
    return float(value)


class L1L2(Regularizer):
    """l1 Σ|x| + l2 Σx².

    Parameters
    ----------
    l1, l2 : float, default 0.0

    Examples
    --------
    >>> import numpy as np
    >>> float(L1L2(l1=1.0, l2=2.0)(np.array([-1.0, 2.0])))
    13.0
    """

    adds_up = True

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1, self.l2 = _factor("L1L2", "l1", l1, 0.0), _factor("L1L2", "l2", l2, 0.0)

    def __call__(self, x: Any) -> Any:
        """Return the penalty of a weight or an output."""
        return ops.l1_l2(x, l1=self.l1, l2=self.l2)


class L1(Regularizer):
    """l1 Σ|x|.

    Parameters
    ----------
    l1 : float, default 0.01
    """

    adds_up = True

    def __init__(self, l1: float | None = 0.01) -> None:
        self.l1 = _factor("L1", "l1", l1, 0.01)

    def __call__(self, x: Any) -> Any:
        """Return the penalty of a weight or an output."""
        return ops.l1_l2(x, l1=self.l1)


class L2(Regularizer):
    """l2 Σx².

    Parameters
    ----------
    l2 : float, default 0.01
    """

    adds_up = True

    def __init__(self, l2: float | None = 0.01) -> None:
        self.l2 = _factor("L2", "l2", l2, 0.01)

    def __call__(self, x: Any) -> Any:
        """Return the penalty of a weight or an output."""
        return ops.l1_l2(x, l2=self.l2)


class OrthogonalRegularizer(Regularizer):
    """factor times the mean of |u_i · u_j| over all pairs of rows, or columns, of a matrix, each of length 1.

    Parameters
    ----------
    factor : float, default 0.01
    mode : {"rows", "columns"}, default "rows"
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _factor("OrthogonalRegularizer", "factor", factor, 0.01)
        look_up(
            say("{name} of {who}", name="mode", who="OrthogonalRegularizer"), mode, {"rows": 0, "columns": 0}
        )
        self.mode = mode

    def __call__(self, x: Any) -> Any:
        """Return the penalty of a weight."""
        return ops.orthogonality(x, columns=self.mode == "columns", factor=self.factor)


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer
l1l2 = L1L2  # the spelling of Keras 1

CLASSES: dict[str, type[Regularizer]] = {c.__name__: c for c in (L1, L2, L1L2, OrthogonalRegularizer)}
KNOWN: dict[str, Callable[..., Regularizer]] = {
    **CLASSES,
    "l1": L1,
    "l2": L2,
    "l1l2": L1L2,
    "l1_l2": lambda l1=0.01, l2=0.01: L1L2(l1, l2),  # what the name stood for in Keras 2
    "orthogonal_regularizer": OrthogonalRegularizer,
}


def get(identifier: Any) -> Any:
    """Return the regularizer of that name, or the one given; None stays None.

    >>> get("l2").get_config()
    {'l2': 0.01}
    """
    identifier = objects.resolved(identifier)
    if identifier is None:
        return None
    if isinstance(identifier, str):
        return look_up(say("regularizer"), identifier, KNOWN)()
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Regularizer):
        return identifier()
    if callable(identifier):
        return identifier
    raise ArgumentError(
        complaint("regularizer", say("a name, a regularizer or None"), repr(identifier), "'l2'")
    )


def serialize(regularizer: Any) -> dict[str, Any] | None:
    """Return a regularizer as Keras writes it into a file."""
    if regularizer is None:
        return None
    return objects.described(regularizer, "keras.regularizers")


def deserialize(config: Any) -> Any:
    """Return the regularizer that `serialize` described."""
    config = objects.resolved(config)
    if not isinstance(config, dict):
        return get(config)
    return look_up(say("regularizer"), str(config.get("class_name")), KNOWN)(**(config.get("config") or {}))


# What a model adds to its loss: scalars, each the share of a shard.


def _scalar(who: str, regularizer: Any, x: Value) -> Value:
    try:
        s = regularizer(x)
    except (TypeError, AttributeError) as error:
        raise ArgumentError(
            complaint(who, say("a function over tidegate.ops"), f"{type(error).__name__}: {error}", "'l2'")
        ) from error
    if not isinstance(s, Value) or s.shape != ():
        raise ArgumentError(
            complaint(who, say("one number from its regularizer"), repr(s), say("sum over all axes"))
        )
    return s


def weight_penalty(who: str, regularizer: Any, weight: Value) -> Value:
    """Return the penalty of a weight, counted once for a batch."""
    found: Value = ops.once(_scalar(who, regularizer, weight))
    return found


def activity_penalty(who: str, regularizer: Any, y: Value) -> Value:
    """Return the penalty of an output, divided by the samples of the batch."""
    s = _scalar(who, regularizer, y)
    if not getattr(regularizer, "adds_up", False):
        s = ops.couple(s)
    found: Value = ops.ratio(s, ops.batch_total(ops.count.record(positions=1)))
    return found


def added_penalty(who: str, s: Any) -> Value:
    """Return what was given to `add_loss`, counted once for a batch."""
    if not isinstance(s, Value) or s.shape not in ((), (None,)):
        raise ArgumentError(
            complaint(who, say("a scalar made by tidegate.ops"), repr(s), say("sum over all axes"))
        )
    if s.shape == (None,):  # one number a sample, which Keras adds up
        s = ops.weighted_sum(s, None, None)
    inputs = [v for node in ops.ancestors([s]) for v in node.inputs if v is not None and v.kind == "input"]
    found: Value = ops.couple(s) if inputs else ops.once(s)
    return found
