"""Metrics that are a mean over positions, computed within the plan where they can be."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from tidegate import losses, ops
from tidegate.arguments import number, numbers, shown
from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.losses import fitting, weights_like
from tidegate.metrics.base import Array, Metric
from tidegate.ops import Value
from tidegate.ops.losses import EPSILON
from tidegate.utils.naming import snake_case

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "Hinge",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Named",
    "PearsonCorrelation",
    "Poisson",
    "RootMeanSquaredError",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Sum",
    "concordance_correlation",
    "cosine_similarity",
    "pearson_correlation",
]


def over_samples(who: str, values: Any, weight: Any) -> tuple[float, float]:
    """Return the sum over samples of each one's mean, times its weight, and the sum of the weights.

    A sample counts once, however many numbers it has; under a single weight all of them count once, as in Keras.
    """
    v = numbers(who, "values", values).astype(np.float64)
    w = np.ones_like(v) if weight is None else weights_like(who, weight, v)
    single = v.ndim == 0 or (weight is not None and np.ndim(weight) == 0)
    each = max(v.size if single else v.size // max(len(v), 1), 1)
    return float((v * w).sum()) / each, float(w.sum()) / each


class Mean(Metric):
    """The mean of the values that were given, weighted by their weights."""

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total, self.count = self.add_variable(), self.add_variable()

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add some values."""
        total, count = over_samples(self.name, values, sample_weight)
        self.total.assign_add(total)
        self.count.assign_add(count)

    def __call__(self, values: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        self.update_state(values, sample_weight)
        return self.result()

    def result(self) -> float:
        """Return the mean."""
        return float(self.total / self.count) if self.count else 0.0


class Sum(Mean):
    """The sum of the values that were given, weighted by their weights."""

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add some values."""
        v = np.asarray(values, np.float64)
        w = 1.0 if sample_weight is None else weights_like(self.name, sample_weight, v)
        self.total.assign_add((v * w).sum())

    def of(self, total: float, count: float) -> float:
        """Return the sum."""
        return total

    def result(self) -> float:
        """Return the sum."""
        return float(self.total)


class MeanMetricWrapper(Metric):
    """The mean of what a function of (y_true, y_pred) gives; with arrays, so that it may use NumPy.

    Parameters
    ----------
    fn : function
    name : str, optional
    """

    def __init__(
        self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(dtype, name or getattr(fn, "__name__", None))
        self.fn, self.attrs = fn, kwargs
        self.total, self.count = self.add_variable(), self.add_variable()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs."""
        total, count = over_samples(self.name, self._each(y_true, y_pred), sample_weight)
        self.total.assign_add(total)
        self.count.assign_add(count)

    def _each(self, y_true: Any, y_pred: Any) -> Array:
        given = self.fn(y_true, y_pred, **self.attrs)
        values = numbers(say("metric '{name}'", name=self.name), say("its result"), given)
        if values.ndim and len(values) != len(y_pred):
            expected = say("one number, or one for each of the {n} samples", n=len(y_pred))
            raise ShapeError(complaint(say("metric '{name}'", name=self.name), expected, shown(values)))
        return values

    def result(self) -> float:
        """Return the metric over all that was added."""
        return self.finish(float(self.total / self.count)) if self.count else 0.0

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {**super().get_config(), **self.attrs}


class Named(MeanMetricWrapper):
    """Base of the metrics whose class stands for a function here, which the plan records."""

    in_plan = True
    dense = True
    says: ClassVar[Any]

    def __init__(self, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(type(self).says, name or snake_case(type(self).__name__), dtype, **kwargs)

    def _each(self, y_true: Any, y_pred: Any) -> Array:
        return np.asarray(self.fn(y_true, y_pred, **self.attrs))  # over the samples, where `axis` says so

    def record(self, p: Value, y: Value) -> Value:
        """Record the metric at each position."""
        found: Value = self.fn(y, p, **self.attrs)
        return found


class MeanSquaredError(Named):
    """mean((y_true - y_pred)²)."""

    says = staticmethod(losses.mean_squared_error)
    _direction = "down"


def _squared_error(y_true: Any, y_pred: Any) -> Any:
    y, p = fitting("root_mean_squared_error", y_true, y_pred)
    return ops.square(p - y)


class RootMeanSquaredError(Named):
    """sqrt(mean((y_true - y_pred)²))."""

    says = staticmethod(_squared_error)
    _direction = "down"

    def record(self, p: Value, y: Value) -> Value:
        """Record the mean over the last axis; the root comes after all samples."""
        found: Value = losses.mean_squared_error(y, p)
        return found

    def finish(self, mean: float) -> float:
        """Return the root."""
        return math.sqrt(mean) if mean == mean else mean


class MeanAbsoluteError(Named):
    """mean(|y_true - y_pred|)."""

    says = staticmethod(losses.mean_absolute_error)
    _direction = "down"


class MeanAbsolutePercentageError(Named):
    """100 mean(|y_true - y_pred| / |y_true|)."""

    says = staticmethod(losses.mean_absolute_percentage_error)
    _direction = "down"


class MeanSquaredLogarithmicError(Named):
    """mean((log(1 + y_true) - log(1 + y_pred))²)."""

    says = staticmethod(losses.mean_squared_logarithmic_error)
    _direction = "down"


class LogCoshError(Named):
    """mean(log(cosh(y_pred - y_true)))."""

    says = staticmethod(losses.log_cosh)
    _direction = "down"

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(name, dtype)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return cos of the angle between y_true and y_pred: 1 where they point the same way."""
    return -losses.cosine_similarity(y_true, y_pred, axis)


class CosineSimilarity(Named):
    """cos of the angle between y_true and y_pred.

    Parameters
    ----------
    axis : int, default -1
    """

    says = staticmethod(cosine_similarity)
    _direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype, axis=axis)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {k: v for k, v in super().get_config().items() if k != "axis" or v != -1}


def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return how far y_pred follows y_true on a straight line, from -1 to 1."""
    y, p = _centred("pearson_correlation", y_true, y_pred, axis)
    size = ops.mean(ops.square(y), axis=axis) * ops.mean(ops.square(p), axis=axis)
    return ops.mean(y * p, axis=axis) / ops.sqrt(size)


def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return how near y_pred is to y_true, from -1 to 1: as Pearson's, but less where mean or spread differ."""
    y, p = _centred("concordance_correlation", y_true, y_pred, axis)
    t, o = fitting("concordance_correlation", y_true, y_pred)
    apart = ops.square(ops.mean(t, axis=axis) - ops.mean(o, axis=axis))
    spread = ops.mean(ops.square(y), axis=axis) + ops.mean(ops.square(p), axis=axis)
    return 2.0 * ops.mean(y * p, axis=axis) / (spread + apart + EPSILON)


def _centred(who: str, y_true: Any, y_pred: Any, axis: int) -> tuple[Any, Any]:
    y, p = fitting(who, y_true, y_pred)
    return y - ops.mean(y, axis=axis, keepdims=True), p - ops.mean(p, axis=axis, keepdims=True)


class PearsonCorrelation(Named):
    """Pearson's correlation of y_true and y_pred along an axis, for models of several outputs.

    Parameters
    ----------
    axis : int, default -1
    """

    says = staticmethod(pearson_correlation)
    _direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype, axis=axis)


class ConcordanceCorrelation(Named):
    """Lin's concordance of y_true and y_pred along an axis, for models of several outputs.

    Parameters
    ----------
    axis : int, default -1
    """

    says = staticmethod(concordance_correlation)
    _direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype, axis=axis)


class KLDivergence(Named):
    """Σ y log(y / p), for shares."""

    says = staticmethod(losses.kl_divergence)
    _direction = "down"


class Poisson(Named):
    """mean(p - y log p), for counts."""

    says = staticmethod(losses.poisson)
    _direction = "down"


class Hinge(Named):
    """mean(max(1 - y p, 0)), for y -1 and 1."""

    says = staticmethod(losses.hinge)
    _direction = "down"


class SquaredHinge(Named):
    """mean(max(1 - y p, 0)²), for y -1 and 1."""

    says = staticmethod(losses.squared_hinge)
    _direction = "down"


class CategoricalHinge(Named):
    """max(1 + the largest p of the other classes - p of the right one, 0)."""

    says = staticmethod(losses.categorical_hinge)
    _direction = "down"


class BinaryCrossentropy(Named):
    """-mean(y log p + (1 - y) log(1 - p))."""

    says: ClassVar[Any] = staticmethod(losses.binary_crossentropy)
    _direction = "down"

    def __init__(
        self,
        name: str | None = None,
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(
            name,
            dtype,
            from_logits=bool(from_logits),
            label_smoothing=number(type(self).__name__, "label_smoothing", label_smoothing, 0, 1),
        )


class CategoricalCrossentropy(Named):
    """-Σ y log p over the classes; targets are one-hot."""

    says = staticmethod(losses.categorical_crossentropy)
    _direction = "down"

    def __init__(
        self,
        name: str | None = None,
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        attrs = {
            "from_logits": bool(from_logits),
            "label_smoothing": number(type(self).__name__, "label_smoothing", label_smoothing, 0, 1),
            "axis": axis,
        }
        super().__init__(name, dtype, **attrs)


class SparseCategoricalCrossentropy(Named):
    """-log p of the right class; targets are whole numbers.

    Positions of an ignored class give 0, and count all the same, as in Keras, unless weights are given.
    """

    says = staticmethod(losses.sparse_categorical_crossentropy)
    sparse, dense = True, False
    _direction = "down"

    def __init__(
        self,
        name: str | None = None,
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        attrs = {"from_logits": bool(from_logits), "ignore_class": ignore_class, "axis": axis}
        super().__init__(name, dtype, **attrs)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs."""
        ignored = self.attrs["ignore_class"]
        if ignored is not None and sample_weight is not None:
            y = np.asarray(y_true, np.float64)
            sample_weight = weights_like(self.name, sample_weight, y) * (y != ignored)
        super().update_state(y_true, y_pred, sample_weight)
