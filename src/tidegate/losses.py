"""Losses: how far an output is from its target.

A function takes (y_true, y_pred) as arrays and gives one number for each position; an object their mean.

>>> mean_squared_error([[1.0, 2.0]], [[1.0, 4.0]])
array([2.], dtype=float32)
>>> MeanSquaredError()([[1.0, 2.0]], [[1.0, 4.0]])
2.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, complaint
from tidegate.layers.base import not_yet
from tidegate.ops import Op, Value
from tidegate.utils import objects
from tidegate.utils.naming import look_up, snake_case

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_crossentropy",
]

Array = np.ndarray[Any, Any]


def positions(op: Op, sparse: bool, y_true: Any, y_pred: Any, **attrs: Any) -> Any:
    """Return what a loss or accuracy op gives at each position, for arrays in Keras's order."""
    y = np.asarray(y_true)
    p = (
        y_pred
        if isinstance(y_pred, np.ndarray) and y_pred.dtype.kind == "f"
        else np.asarray(y_pred, np.float32)
    )
    if sparse:
        y = y.reshape(p.shape[:-1])
    else:
        y = (y[..., None] if y.ndim == p.ndim - 1 and p.shape[-1] == 1 else y).astype(p.dtype)
        if y.shape != p.shape:
            raise ArgumentError(
                complaint(op.name, f"y_true of shape {p.shape}, as y_pred", f"shape {y.shape}")
            )
    return op.forward(p, y, **attrs)[0].astype(p.dtype)


class Loss:
    """Base of the losses here.

    Parameters
    ----------
    reduction : str
        "sum_over_batch_size", the mean over all positions that count.
    name : str, optional
    dtype : accepted.

    Attributes
    ----------
    sparse : bool
        Whether targets are whole numbers, the class of each position.
    """

    op: ClassVar[Op]
    sparse: ClassVar[bool] = False
    probabilities: ClassVar[bool] = False  # whether targets lie between 0 and 1

    def __init__(
        self, reduction: str = "sum_over_batch_size", name: str | None = None, dtype: Any = None, **attrs: Any
    ) -> None:
        if reduction not in ("sum_over_batch_size", "mean", "auto"):
            not_yet(type(self).__name__, reduction=(reduction, "sum_over_batch_size"))
        self.name = name or snake_case(type(self).__name__)
        self.attrs = attrs

    def record(self, p: Value, y: Value) -> Value:
        """Record the loss at each position."""
        found: Value = self.op(p, y, **self.attrs)
        return found

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        not_yet(type(self).__name__, sample_weight=(sample_weight, None))
        return float(np.mean(positions(self.op, self.sparse, y_true, y_pred, **self.attrs)))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a loss."""
        return {"name": self.name, "reduction": "sum_over_batch_size", **self.attrs}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """Return the loss that `get_config` described."""
        return cls(**{k: v for k, v in config.items() if k not in ("fn", "axis", "dtype") and v is not None})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class MeanSquaredError(Loss):
    """mean((y_true - y_pred)²)."""

    op: ClassVar[Op] = ops.mean_squared_error


class MeanAbsoluteError(Loss):
    """mean(|y_true - y_pred|)."""

    op: ClassVar[Op] = ops.mean_absolute_error


def _smoothing(who: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ArgumentError(complaint(who, "label_smoothing from 0 to 1", repr(value)))
    return float(value)


class BinaryCrossentropy(Loss):
    """-mean(y log p + (1 - y) log(1 - p)), for sigmoid outputs.

    Parameters
    ----------
    from_logits : bool, default False
        The outputs come before the sigmoid.
    label_smoothing : float, default 0.0
        Targets drawn towards 1/2 by this share.
    """

    op: ClassVar[Op] = ops.binary_crossentropy
    probabilities = True

    def __init__(
        self, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1, **kwargs: Any
    ) -> None:
        not_yet(type(self).__name__, axis=(axis, -1))
        smoothing = _smoothing(type(self).__name__, label_smoothing)
        super().__init__(from_logits=bool(from_logits), label_smoothing=smoothing, **kwargs)


class CategoricalCrossentropy(BinaryCrossentropy):
    """-Σ y log p over the classes, for softmax outputs and one-hot targets.

    Parameters
    ----------
    from_logits : bool, default False
        The outputs come before the softmax.
    label_smoothing : float, default 0.0
        Targets drawn towards 1/classes by this share.
    """

    op: ClassVar[Op] = ops.categorical_crossentropy
    probabilities = False


class SparseCategoricalCrossentropy(Loss):
    """-log p of the right class, for softmax outputs and whole-number targets.

    Parameters
    ----------
    from_logits : bool, default False
        The outputs come before the softmax.
    """

    op: ClassVar[Op] = ops.sparse_categorical_crossentropy
    sparse = True

    def __init__(
        self, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1, **kwargs: Any
    ) -> None:
        not_yet(type(self).__name__, ignore_class=(ignore_class, None), axis=(axis, -1))
        super().__init__(from_logits=bool(from_logits), **kwargs)


def mean_squared_error(y_true: Any, y_pred: Any) -> Array:
    """Return mean((y_true - y_pred)²) over the last axis."""
    return positions(ops.mean_squared_error, False, y_true, y_pred)  # type: ignore[no-any-return]


def mean_absolute_error(y_true: Any, y_pred: Any) -> Array:
    """Return mean(|y_true - y_pred|) over the last axis."""
    return positions(ops.mean_absolute_error, False, y_true, y_pred)  # type: ignore[no-any-return]


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """Return -mean(y log p + (1 - y) log(1 - p)) over the last axis."""
    not_yet("binary_crossentropy", axis=(axis, -1))
    attrs = {"from_logits": from_logits, "label_smoothing": label_smoothing}
    return positions(ops.binary_crossentropy, False, y_true, y_pred, **attrs)  # type: ignore[no-any-return]


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """Return -Σ y log p over the last axis."""
    not_yet("categorical_crossentropy", axis=(axis, -1))
    attrs = {"from_logits": from_logits, "label_smoothing": label_smoothing}
    return positions(ops.categorical_crossentropy, False, y_true, y_pred, **attrs)  # type: ignore[no-any-return]


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Array:
    """Return -log p of the right class."""
    not_yet("sparse_categorical_crossentropy", ignore_class=(ignore_class, None), axis=(axis, -1))
    return positions(ops.sparse_categorical_crossentropy, True, y_true, y_pred, from_logits=from_logits)  # type: ignore[no-any-return]


CLASSES: dict[str, type[Loss]] = {
    c.__name__: c
    for c in (
        MeanSquaredError, MeanAbsoluteError, BinaryCrossentropy, CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
    )
}  # fmt: skip
mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
bce = BCE = binary_crossentropy
_SHORT = {"mse": MeanSquaredError, "mae": MeanAbsoluteError, "bce": BinaryCrossentropy}
KNOWN: dict[str, type[Loss]] = (
    {snake_case(name): c for name, c in CLASSES.items()}
    | CLASSES
    | _SHORT
    | {name.upper(): c for name, c in _SHORT.items()}
)
_FUNCTIONS: dict[Callable[..., Any], type[Loss]] = {globals()[snake_case(n)]: c for n, c in CLASSES.items()}


def get(identifier: Any) -> Loss:
    """Return the loss of that name, or the one given as object, class or function.

    >>> get("mse")
    <MeanSquaredError mean_squared_error>
    """
    identifier = objects.resolved(identifier)
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, str):
        return look_up("loss", identifier, KNOWN)()
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if callable(identifier) and identifier in _FUNCTIONS:
        return _FUNCTIONS[identifier]()
    if callable(identifier):
        name = getattr(identifier, "__name__", repr(identifier))
        raise ArgumentError(
            complaint(
                "loss", "one of tidegate.losses", f"'{name}'", "a loss of your own is not there yet; 'mse'"
            )
        )
    raise ArgumentError(
        complaint("loss", "a name or an object of tidegate.losses", repr(identifier), "loss='mse'")
    )


def serialize(loss: Loss) -> dict[str, Any]:
    """Return a loss as Keras writes it into a file."""
    return objects.described(loss, "keras.losses", loss.get_config())


def deserialize(config: dict[str, Any] | str) -> Loss:
    """Return the loss that `serialize` described."""
    if isinstance(config, str):
        return get(config)
    name = str(config.get("class_name"))
    if name == "function":
        return get(str(config.get("config")))
    return look_up("loss", name, KNOWN).from_config(dict(config.get("config") or {}))
