"""How often the output names the right class."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tidegate import losses, ops
from tidegate.arguments import number, whole
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.losses import fitting
from tidegate.metrics.means import Named
from tidegate.ops import Value

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "accuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return 1 where y_true equals y_pred."""
    y, p = fitting("accuracy", y_true, y_pred)
    return ops.cast(ops.equal(y, p))


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """Return 1 where (y_pred > threshold) equals y_true."""
    y, p = fitting("binary_accuracy", y_true, y_pred)
    return ops.cast(ops.equal(ops.cast(ops.greater(p, threshold)), y))


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return 1 where output and one-hot target are largest at the same class."""
    y, p = fitting("categorical_accuracy", y_true, y_pred)
    return ops.NAMED["categorical_accuracy"](p, y)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return 1 where the output is largest at the class that the target says."""
    k, p = losses.classes_of("sparse_categorical_accuracy", y_true, y_pred)
    return ops.NAMED["sparse_categorical_accuracy"](p, k)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Return 1 where fewer than k classes have a larger output than the right one."""
    classes, p = losses.classes_of("sparse_top_k_categorical_accuracy", y_true, y_pred)
    right = np.take_along_axis(p, classes[..., None].astype(np.int64), axis=-1)
    return ((p > right).sum(axis=-1) < k).astype(p.dtype)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Return 1 where fewer than k classes have a larger output than that of the one-hot target."""
    y, p = fitting("top_k_categorical_accuracy", y_true, y_pred)
    return sparse_top_k_categorical_accuracy(y.argmax(axis=-1), p, k)


class Accuracy(Named):
    """Share of the numbers where y_true equals y_pred."""

    says = staticmethod(accuracy)
    _direction = "up"

    def record(self, p: Value, y: Value) -> Value:
        """Record the share of the last axis."""
        found: Value = ops.mean(super().record(p, y), axis=-1)
        return found


class BinaryAccuracy(Named):
    """Share of the numbers where (y_pred > threshold) equals y_true."""

    says = staticmethod(binary_accuracy)
    _direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None, threshold: float = 0.5) -> None:
        if not 0 < number("BinaryAccuracy", "threshold", threshold) < 1:
            raise ArgumentError(
                complaint("BinaryAccuracy", say("a threshold between 0 and 1"), repr(threshold))
            )
        super().__init__(name, dtype, threshold=float(threshold))

    def record(self, p: Value, y: Value) -> Value:
        """Record the share of the last axis."""
        found: Value = ops.NAMED["binary_accuracy"](p, y, **self.attrs)
        return found


class CategoricalAccuracy(Named):
    """Share of the positions where output and one-hot target are largest at the same class."""

    says = staticmethod(categorical_accuracy)
    _direction = "up"


class SparseCategoricalAccuracy(Named):
    """Share of the positions where the output is largest at the right class; targets are whole numbers."""

    says = staticmethod(sparse_categorical_accuracy)
    sparse, dense = True, False
    _direction = "up"


class TopKCategoricalAccuracy(Named):
    """Share of the positions where the right class is among the k largest outputs; targets are one-hot.

    Parameters
    ----------
    k : int, default 5
    """

    says: ClassVar[Any] = staticmethod(top_k_categorical_accuracy)
    in_plan = False
    _direction = "up"

    def __init__(self, k: int = 5, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name, dtype, k=whole(type(self).__name__, "k", k, "k=5"))


class SparseTopKCategoricalAccuracy(TopKCategoricalAccuracy):
    """Share of the positions where the right class is among the k largest outputs; targets are whole numbers.

    Parameters
    ----------
    k : int, default 5
    """

    says = staticmethod(sparse_top_k_categorical_accuracy)
    sparse, dense = True, False
