"""Metrics: what is reported beside the loss.

>>> metric = MeanAbsoluteError()
>>> metric.update_state([[1.0], [2.0]], [[1.0], [4.0]])
>>> metric.result()
1.0
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from tidegate import losses, ops
from tidegate.errors import ArgumentError, complaint
from tidegate.layers.base import not_yet
from tidegate.ops import Op, Value
from tidegate.utils import objects
from tidegate.utils.naming import look_up, snake_case

Array = np.ndarray[Any, Any]


class Metric:
    """Base of the metrics here: a mean over the positions that count.

    Parameters
    ----------
    name : str, optional
        The key in `History.history`.
    dtype : accepted.
    """

    op: ClassVar[Op]
    sparse: ClassVar[bool] = False  # whether targets are whole numbers, the class of each position
    dense: ClassVar[bool] = True  # whether targets have the output's shape

    def __init__(self, name: str | None = None, dtype: Any = None, **attrs: Any) -> None:
        self.name = name or snake_case(type(self).__name__)
        self.attrs = attrs
        self.reset_state()

    def record(self, p: Value, y: Value) -> Value:
        """Record the metric at each position."""
        found: Value = self.op(p, y, **self.attrs)
        return found

    def finish(self, mean: float) -> float:
        """Return the metric from the mean over all positions."""
        return mean

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs."""
        not_yet(type(self).__name__, sample_weight=(sample_weight, None))
        values = losses.positions(self.op, self.sparse, y_true, y_pred, **self.attrs)
        self._total += float(values.sum())
        self._count += values.size

    def result(self) -> float:
        """Return the metric over all that was added."""
        return self.finish(self._total / self._count) if self._count else 0.0

    def reset_state(self) -> None:
        """Forget what was added."""
        self._total, self._count = 0.0, 0

    reset_states = reset_state

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {"name": self.name, "dtype": "float32", **self.attrs}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """Return the metric that `get_config` described."""
        return cls(**{k: v for k, v in config.items() if k not in ("fn", "axis")})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class MeanSquaredError(Metric):
    """mean((y_true - y_pred)²)."""

    op: ClassVar[Op] = ops.mean_squared_error


class RootMeanSquaredError(MeanSquaredError):
    """sqrt(mean((y_true - y_pred)²))."""

    def finish(self, mean: float) -> float:
        """Return the root."""
        return math.sqrt(mean) if mean == mean else mean


class MeanAbsoluteError(Metric):
    """mean(|y_true - y_pred|)."""

    op: ClassVar[Op] = ops.mean_absolute_error


class BinaryCrossentropy(Metric):
    """-mean(y log p + (1 - y) log(1 - p))."""

    op: ClassVar[Op] = ops.binary_crossentropy

    def __init__(
        self,
        name: str | None = None,
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(name, dtype, from_logits=bool(from_logits), label_smoothing=float(label_smoothing))


class CategoricalCrossentropy(BinaryCrossentropy):
    """-Σ y log p over the classes; targets are one-hot."""

    op: ClassVar[Op] = ops.categorical_crossentropy


class SparseCategoricalCrossentropy(Metric):
    """-log p of the right class; targets are whole numbers."""

    op: ClassVar[Op] = ops.sparse_categorical_crossentropy
    sparse, dense = True, False

    def __init__(self, name: str | None = None, dtype: Any = None, from_logits: bool = False) -> None:
        super().__init__(name, dtype, from_logits=bool(from_logits))


class BinaryAccuracy(Metric):
    """Share of the numbers where (y_pred > threshold) equals y_true."""

    op: ClassVar[Op] = ops.binary_accuracy

    def __init__(self, name: str | None = None, dtype: Any = None, threshold: float = 0.5) -> None:
        if not 0 < threshold < 1:
            raise ArgumentError(complaint("BinaryAccuracy", "a threshold between 0 and 1", repr(threshold)))
        super().__init__(name, dtype, threshold=float(threshold))


class CategoricalAccuracy(Metric):
    """Share of the positions where output and one-hot target are largest at the same class."""

    op: ClassVar[Op] = ops.categorical_accuracy


class SparseCategoricalAccuracy(Metric):
    """Share of the positions where the output is largest at the right class; targets are whole numbers."""

    op: ClassVar[Op] = ops.sparse_categorical_accuracy
    sparse, dense = True, False


CLASSES: dict[str, type[Metric]] = {
    c.__name__: c
    for c in (
        BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy, MeanSquaredError, MeanAbsoluteError,
        RootMeanSquaredError, BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy,
    )
}  # fmt: skip
_SHORT = {
    "mse": MeanSquaredError,
    "mae": MeanAbsoluteError,
    "rmse": RootMeanSquaredError,
    "bce": BinaryCrossentropy,
}
KNOWN: dict[str, type[Metric]] = (
    {snake_case(name): c for name, c in CLASSES.items()}
    | CLASSES
    | _SHORT
    | {name.upper(): c for name, c in _SHORT.items()}
)


def _function(cls: type[Metric]) -> Callable[..., Array]:
    def function(y_true: Any, y_pred: Any) -> Array:
        found: Array = losses.positions(cls.op, cls.sparse, y_true, y_pred)
        return found

    function.__name__ = function.__qualname__ = snake_case(cls.__name__)
    function.__doc__ = f"At each position: {cls.__doc__}"
    return function


binary_accuracy = _function(BinaryAccuracy)
categorical_accuracy = _function(CategoricalAccuracy)
sparse_categorical_accuracy = _function(SparseCategoricalAccuracy)
mean_squared_error = mse = MSE = losses.mean_squared_error
mean_absolute_error = mae = MAE = losses.mean_absolute_error
binary_crossentropy = losses.binary_crossentropy
categorical_crossentropy = losses.categorical_crossentropy
sparse_categorical_crossentropy = losses.sparse_categorical_crossentropy
_FUNCTIONS: dict[Any, type[Metric]] = {
    globals()[snake_case(n)]: c for n, c in CLASSES.items() if snake_case(n) in globals()
}

__all__ = ["Metric", *CLASSES, *(f.__name__ for f in _FUNCTIONS), "deserialize", "get", "serialize"]


def is_accuracy(identifier: Any) -> bool:
    """Return whether this is 'accuracy', which stands for one of three by the shapes."""
    return isinstance(identifier, str) and identifier.lower() in ("accuracy", "acc")


def get(identifier: Any) -> Metric:
    """Return the metric of that name, or the one given as object, class or function.

    A metric asked for by name is reported under just that name.

    >>> get("mae")
    <MeanAbsoluteError mae>
    """
    identifier = objects.resolved(identifier)
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str):
        return look_up("metric", identifier, KNOWN | {"accuracy": BinaryAccuracy})(name=identifier)
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, losses.Loss):
        return look_up("metric", type(identifier).__name__, KNOWN)(identifier.name, **identifier.attrs)
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        return identifier()
    if callable(identifier) and identifier in _FUNCTIONS:
        return _FUNCTIONS[identifier](name=identifier.__name__)
    raise ArgumentError(
        complaint(
            "metric",
            "a name or an object of tidegate.metrics",
            repr(getattr(identifier, "__name__", identifier)),
            "metrics=['accuracy'] or ['mae']; a metric of your own is not there yet",
        )
    )


def serialize(metric: Metric) -> dict[str, Any]:
    """Return a metric as Keras writes it into a file."""
    return objects.described(metric, "keras.metrics", metric.get_config())


def deserialize(config: dict[str, Any] | str) -> Metric:
    """Return the metric that `serialize` described."""
    if isinstance(config, str):
        return get(config)
    name = str(config.get("class_name"))
    if name == "function":
        return get(str(config.get("config")))
    return look_up("metric", name, KNOWN).from_config(dict(config.get("config") or {}))
