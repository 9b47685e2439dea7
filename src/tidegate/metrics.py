"""Metrics: what is reported beside the loss.

Those that are a mean over positions are computed within the plan; the others are fed with the outputs of each batch.

>>> metric = MeanAbsoluteError()
>>> metric.update_state([[1.0], [2.0]], [[1.0], [4.0]])
>>> metric.result()
1.0
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from tidegate import losses, ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.losses import Loss, fitting
from tidegate.ops import Value
from tidegate.ops.losses import EPSILON
from tidegate.utils import objects
from tidegate.utils.naming import auto_name, look_up, snake_case

Array = np.ndarray[Any, Any]


class State(np.ndarray[Any, Any]):
    """Numbers that a metric keeps from batch to batch: an array with Keras's verbs for writing it."""

    def assign(self, value: Any) -> State:
        """Write new numbers."""
        self[...] = np.asarray(value)
        return self

    def assign_add(self, value: Any) -> State:
        """Add to the numbers."""
        return self.assign(np.asarray(self) + np.asarray(value))

    def assign_sub(self, value: Any) -> State:
        """Take from the numbers."""
        return self.assign(np.asarray(self) - np.asarray(value))

    def numpy(self) -> Array:
        """Return a copy of the numbers."""
        return np.array(self)


def _weightless(update: Callable[..., Any]) -> Callable[..., Any]:
    """Return an `update_state` of a user's that takes no weights as one that takes none but None."""

    def update_state(self: Any, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        if sample_weight is not None:
            raise ArgumentError(
                complaint(
                    f"metric '{self.name}'",
                    "no weights",
                    "sample_weight",
                    "update_state(self, y, p, sample_weight)",
                )
            )
        return update(self, y_true, y_pred)

    return update_state


class Metric:
    """Base of all metrics. One of one's own says `update_state(y_true, y_pred, sample_weight=None)` and `result()`.

    It is fed with NumPy arrays, batch by batch, and keeps its numbers in what `add_weight` makes.

    Parameters
    ----------
    dtype : accepted.
    name : str, optional
        The key in `History.history`.

    Attributes
    ----------
    in_plan : bool
        Whether it is a mean over positions that `record` can say in ops.
    """

    in_plan: ClassVar[bool] = False
    sparse: ClassVar[bool] = False  # whether targets are whole numbers, the class of each position
    dense: ClassVar[bool] = False  # whether targets must have the output's shape
    _direction: str = ""  # "up" or "down", where one of them is better

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        given = cls.__dict__.get("update_state")
        names = [] if given is None else list(inspect.signature(given).parameters)
        if given is not None and len(names) == 3 and names[-1] != "sample_weight":  # self, y_true, y_pred
            cls.update_state = _weightless(given)  # type: ignore[method-assign]

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(type(self).__name__)  # precision, precision_1, ... as in Keras
        self.dtype = "float32"
        self._states: list[State] = []

    def add_variable(
        self,
        shape: Any = (),
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: Any = None,
        name: Any = None,
    ) -> State:
        """Return numbers that the metric keeps: zeros (or "ones") of that shape."""
        state = np.zeros((shape,) if isinstance(shape, int) else tuple(shape or ()), np.float64).view(State)
        kind = str(initializer if isinstance(initializer, str) else type(initializer).__name__).lower()
        state[...] = 1.0 if kind == "ones" else 0.0
        self._states = [*getattr(self, "_states", []), state]
        return state

    def add_weight(
        self, shape: Any = (), initializer: Any = None, dtype: Any = None, name: Any = None, **kwargs: Any
    ) -> State:
        """Return numbers that the metric keeps, as `add_variable`; old code gives the name first."""
        if isinstance(shape, str):
            shape = kwargs.pop("size", ())
        return self.add_variable(shape, initializer or "zeros")

    @property
    def variables(self) -> list[State]:
        return list(self._states)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Add some targets and outputs."""
        raise NotImplementedError(
            f"{type(self).__name__} does not say update_state(y_true, y_pred, sample_weight)"
        )

    def record(self, p: Value, y: Value) -> Value:
        """Record the metric at each position, where `in_plan` is set."""
        raise NotImplementedError(f"{type(self).__name__} is fed with arrays")

    def finish(self, mean: float) -> float:
        """Return the metric from the mean over all positions."""
        return mean

    def result(self) -> Any:
        """Return the metric over all that was added."""
        raise NotImplementedError(f"{type(self).__name__} does not say result()")

    def reset_state(self) -> None:
        """Forget what was added."""
        if type(self).reset_states is not Metric.reset_states:  # the spelling of Keras 2
            self.reset_states()
            return
        for state in self._states:
            state.assign(0.0)

    def reset_states(self) -> None:
        """Forget what was added."""
        self.reset_state()

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {"name": self.name, "dtype": "float32"}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """Return the metric that `get_config` described."""
        return cls(**{k: v for k, v in config.items() if k != "fn"})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


# ---- means ---------------------------------------------------------------------------------------------------------


class Mean(Metric):
    """The mean of the values that were given, weighted by their weights."""

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total, self.count = self.add_variable(), self.add_variable()

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add some values."""
        v = np.asarray(values, np.float64)
        w = np.ones_like(v) if sample_weight is None else _weights(self.name, sample_weight, v)
        self.total.assign_add((v * w).sum())
        self.count.assign_add(w.sum())

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

    def result(self) -> float:
        """Return the sum."""
        return float(self.total)


def _weights(who: str, weight: Any, values: Array) -> Array:
    w: Array = np.asarray(weight, np.float64)
    w = w.reshape(w.shape[:-1]) if w.ndim == values.ndim + 1 and w.shape[-1] == 1 else w
    if w.shape != values.shape[: w.ndim]:
        raise ShapeError(complaint(who, f"sample_weight of shape {values.shape}", f"shape {w.shape}"))
    return np.broadcast_to(w.reshape((*w.shape, *[1] * (values.ndim - w.ndim))), values.shape)


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
        values = np.asarray(self.fn(y_true, y_pred, **self.attrs), np.float64)
        w = np.ones_like(values) if sample_weight is None else _weights(self.name, sample_weight, values)
        self.total.assign_add((values * w).sum())
        self.count.assign_add(w.sum())

    def result(self) -> float:
        """Return the metric over all that was added."""
        return self.finish(float(self.total / self.count)) if self.count else 0.0

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {**super().get_config(), **self.attrs}


class _Named(MeanMetricWrapper):
    """Base of the metrics whose class stands for a function here, which the plan records."""

    in_plan = True
    dense = True
    says: ClassVar[Any]

    def __init__(self, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(type(self).says, name or snake_case(type(self).__name__), dtype, **kwargs)

    def record(self, p: Value, y: Value) -> Value:
        """Record the metric at each position."""
        found: Value = self.fn(y, p, **self.attrs)
        return found


class MeanSquaredError(_Named):
    """mean((y_true - y_pred)²)."""

    says = staticmethod(losses.mean_squared_error)
    _direction = "down"


class RootMeanSquaredError(MeanSquaredError):
    """sqrt(mean((y_true - y_pred)²))."""

    def finish(self, mean: float) -> float:
        """Return the root."""
        return math.sqrt(mean) if mean == mean else mean


class MeanAbsoluteError(_Named):
    """mean(|y_true - y_pred|)."""

    says = staticmethod(losses.mean_absolute_error)
    _direction = "down"


class MeanAbsolutePercentageError(_Named):
    """100 mean(|y_true - y_pred| / |y_true|)."""

    says = staticmethod(losses.mean_absolute_percentage_error)
    _direction = "down"


class MeanSquaredLogarithmicError(_Named):
    """mean((log(1 + y_true) - log(1 + y_pred))²)."""

    says = staticmethod(losses.mean_squared_logarithmic_error)
    _direction = "down"


class LogCoshError(_Named):
    """mean(log(cosh(y_pred - y_true)))."""

    says = staticmethod(losses.log_cosh)
    _direction = "down"

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(name, dtype)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return cos of the angle between y_true and y_pred: 1 where they point the same way."""
    return -losses.cosine_similarity(y_true, y_pred, axis)


class CosineSimilarity(_Named):
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


class PearsonCorrelation(_Named):
    """Pearson's correlation of y_true and y_pred along an axis, for models of several outputs.

    Parameters
    ----------
    axis : int, default -1
    """

    says = staticmethod(pearson_correlation)
    _direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype, axis=axis)


class ConcordanceCorrelation(_Named):
    """Lin's concordance of y_true and y_pred along an axis, for models of several outputs.

    Parameters
    ----------
    axis : int, default -1
    """

    says = staticmethod(concordance_correlation)
    _direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype, axis=axis)


class KLDivergence(_Named):
    """Σ y log(y / p), for shares."""

    says = staticmethod(losses.kl_divergence)
    _direction = "down"


class Poisson(_Named):
    """mean(p - y log p), for counts."""

    says = staticmethod(losses.poisson)
    _direction = "down"


class Hinge(_Named):
    """mean(max(1 - y p, 0)), for y -1 and 1."""

    says = staticmethod(losses.hinge)
    _direction = "down"


class SquaredHinge(_Named):
    """mean(max(1 - y p, 0)²), for y -1 and 1."""

    says = staticmethod(losses.squared_hinge)
    _direction = "down"


class CategoricalHinge(_Named):
    """max(1 + the largest p of the other classes - p of the right one, 0)."""

    says = staticmethod(losses.categorical_hinge)
    _direction = "down"


class BinaryCrossentropy(_Named):
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
        super().__init__(name, dtype, from_logits=bool(from_logits), label_smoothing=float(label_smoothing))


class CategoricalCrossentropy(_Named):
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
        attrs = {"from_logits": bool(from_logits), "label_smoothing": float(label_smoothing), "axis": axis}
        super().__init__(name, dtype, **attrs)


class SparseCategoricalCrossentropy(_Named):
    """-log p of the right class; targets are whole numbers."""

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

    def record(self, p: Value, y: Value) -> Value:
        """Record the metric at each position; an ignored class gives 0 and counts, as in Keras."""
        found = super().record(p, y)
        found.mask = None
        return found


# ---- accuracies ----------------------------------------------------------------------------------------------------


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return the share of the last axis where y_true equals y_pred."""
    y, p = fitting("accuracy", y_true, y_pred)
    return ops.mean(ops.equal(y, p), axis=-1)


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """Return the share of the last axis where (y_pred > threshold) equals y_true."""
    y, p = fitting("binary_accuracy", y_true, y_pred)
    return ops.NAMED["binary_accuracy"](p, y, threshold=threshold)


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


class Accuracy(_Named):
    """Share of the numbers where y_true equals y_pred."""

    says = staticmethod(accuracy)
    _direction = "up"


class BinaryAccuracy(_Named):
    """Share of the numbers where (y_pred > threshold) equals y_true."""

    says = staticmethod(binary_accuracy)
    _direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None, threshold: float = 0.5) -> None:
        if threshold is not None and not 0 < threshold < 1:
            raise ArgumentError(complaint("BinaryAccuracy", "a threshold between 0 and 1", repr(threshold)))
        super().__init__(name, dtype, threshold=float(threshold))


class CategoricalAccuracy(_Named):
    """Share of the positions where output and one-hot target are largest at the same class."""

    says = staticmethod(categorical_accuracy)
    _direction = "up"


class SparseCategoricalAccuracy(_Named):
    """Share of the positions where the output is largest at the right class; targets are whole numbers."""

    says = staticmethod(sparse_categorical_accuracy)
    sparse, dense = True, False
    _direction = "up"


class TopKCategoricalAccuracy(_Named):
    """Share of the positions where the right class is among the k largest outputs; targets are one-hot.

    Parameters
    ----------
    k : int, default 5
    """

    says: ClassVar[Any] = staticmethod(top_k_categorical_accuracy)
    in_plan = False
    _direction = "up"

    def __init__(self, k: int = 5, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name, dtype, k=int(k))


class SparseTopKCategoricalAccuracy(TopKCategoricalAccuracy):
    """Share of the positions where the right class is among the k largest outputs; targets are whole numbers.

    Parameters
    ----------
    k : int, default 5
    """

    says = staticmethod(sparse_top_k_categorical_accuracy)
    sparse, dense = True, False


# ---- of true and false positives and negatives ---------------------------------------------------------------------


class _Confusion(Metric):
    """Base of what is made of the true and false positives and negatives at several thresholds."""

    _direction = "up"

    def _begin(
        self, thresholds: Sequence[float], top_k: int | None = None, class_id: int | None = None
    ) -> None:
        self.thresholds = [float(t) for t in thresholds]
        self.top_k, self.class_id = top_k, class_id
        n = len(self.thresholds)
        inner = np.linspace(0, 1, n)
        self._even = n > 2 and bool(np.allclose(self.thresholds, inner, atol=EPSILON))
        self._make(())

    def _make(self, labels: tuple[int, ...]) -> None:
        shape = (len(self.thresholds), *labels)
        self.true_positives, self.false_positives = self.add_variable(shape), self.add_variable(shape)
        self.true_negatives, self.false_negatives = self.add_variable(shape), self.add_variable(shape)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs."""
        pair: tuple[Any, ...] = fitting(self.name, y_true, y_pred)
        y, p = (np.asarray(a, np.float32) for a in pair)
        w = np.ones(p.shape, np.float64)
        if sample_weight is not None:
            w = np.array(_weights(self.name, sample_weight, p))
        if self.top_k is not None:
            kept = np.zeros(p.shape, bool)
            np.put_along_axis(kept, np.argsort(-p, axis=-1, kind="stable")[..., : self.top_k], True, axis=-1)
            p = np.where(kept, p, np.float32(-1e10))
        if self.class_id is not None:
            y, p, w = y[..., self.class_id], p[..., self.class_id], w[..., self.class_id]
        self._count(y.ravel(), p.ravel(), w.ravel(), ...)

    def _count(self, y: Array, p: Array, w: Array, label: Any) -> None:
        n = len(self.thresholds)
        if self._even:  # positive for the first `above` thresholds, as Keras counts them
            above: Array = np.maximum(np.ceil(np.clip(p, 0, 1) * np.float32(n - 1)), 1).astype(np.int64)
            truth: Array = y
        else:
            above = np.searchsorted(np.array(self.thresholds, np.float32), p, side="left")
            truth = (y != 0).astype(np.float64)
        for weight, positive, negative in (
            (truth * w, self.true_positives, self.false_negatives),
            ((1 - truth) * w, self.false_positives, self.true_negatives),
        ):
            here = np.bincount(above, weights=weight, minlength=n + 1)
            hits = here[::-1].cumsum()[::-1][1:]  # at threshold j: all that lie above it
            positive[(slice(None), label)] += hits
            negative[(slice(None), label)] += weight.sum() - hits


def _thresholds(who: str, thresholds: Any, default: float) -> list[float]:
    found = (
        [default] if thresholds is None else [thresholds] if np.ndim(thresholds) == 0 else list(thresholds)
    )
    if thresholds is not None and not all(t is not None and 0 <= t <= 1 for t in found):
        raise ArgumentError(
            complaint(who, "thresholds from 0 to 1", repr(thresholds), f"{who}(thresholds=0.5)")
        )
    return sorted(found)


def _share(a: Any, b: Any) -> Array:
    above, below = np.asarray(a, np.float64), np.asarray(b, np.float64)
    found: Array = np.divide(above, below, out=np.zeros(above.shape), where=below != 0)
    return found


def _one(values: Any) -> Any:
    return float(values[0]) if len(values) == 1 else np.asarray(values)


class _Counted(_Confusion):
    """Base of the four counts."""

    what: ClassVar[str]
    _direction = ""

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        self._begin(_thresholds(type(self).__name__, thresholds, 0.5))

    def result(self) -> Any:
        """Return the count, one for each threshold."""
        return _one(getattr(self, self.what))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class TruePositives(_Counted):
    """How many true targets have an output above the threshold."""

    what = "true_positives"


class FalsePositives(_Counted):
    """How many false targets have an output above the threshold."""

    what = "false_positives"


class TrueNegatives(_Counted):
    """How many false targets have no output above the threshold."""

    what = "true_negatives"


class FalseNegatives(_Counted):
    """How many true targets have no output above the threshold."""

    what = "false_negatives"


class Precision(_Confusion):
    """Share of what is called positive that is: TP / (TP + FP).

    Parameters
    ----------
    thresholds : float or list, default 0.5
    top_k : int, optional
        Only the k largest outputs of a position may be called positive.
    class_id : int, optional
        Look at this class alone.
    """

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        default = 0.5 if top_k is None else -1e9
        self._begin(_thresholds(type(self).__name__, thresholds, default), top_k, class_id)

    def result(self) -> Any:
        """Return the precision, one for each threshold."""
        return _one(_share(self.true_positives, self.true_positives + self.false_positives))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **more}


class Recall(Precision):
    """Share of what is positive that is called so: TP / (TP + FN).

    Parameters
    ----------
    thresholds, top_k, class_id : as `Precision`
    """

    def result(self) -> Any:
        """Return the recall, one for each threshold."""
        return _one(_share(self.true_positives, self.true_positives + self.false_negatives))


def _evenly(who: str, n: int) -> list[float]:
    if n < 1:
        raise ArgumentError(complaint(who, "num_thresholds of at least 1", repr(n)))
    return [0.5] if n == 1 else [0.0, *((i + 1) * 1.0 / (n - 1) for i in range(n - 2)), 1.0]


class _AtLeast(_Confusion):
    """Base: the best of one share at the thresholds where another is at least a given value."""

    argument: ClassVar[str]

    def __init__(
        self,
        value: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if not 0 <= value <= 1:
            raise ArgumentError(complaint(type(self).__name__, f"{self.argument} from 0 to 1", repr(value)))
        self.value, self.num_thresholds = value, num_thresholds
        setattr(self, self.argument, value)
        self._begin(_evenly(type(self).__name__, num_thresholds), None, class_id)

    def shares(self) -> tuple[Array, Array]:
        """Return what must be large enough, and what is wanted, at each threshold."""
        raise NotImplementedError

    def result(self) -> float:
        """Return the largest share there is."""
        bound, wanted = self.shares()
        return float(np.where(bound >= self.value, wanted, 0).max(initial=0))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more = {"num_thresholds": self.num_thresholds, self.argument: self.value, "class_id": self.class_id}
        return {**super().get_config(), **more}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """Return the metric that `get_config` described."""
        rest = {k: v for k, v in config.items() if k != cls.argument}
        return cls(config[cls.argument], **rest)

    def _recall(self) -> Array:
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    def _precision(self) -> Array:
        return _share(self.true_positives, self.true_positives + self.false_positives)

    def _specificity(self) -> Array:
        return _share(self.true_negatives, self.true_negatives + self.false_positives)


class SensitivityAtSpecificity(_AtLeast):
    """The best TP / (TP + FN) where TN / (TN + FP) is at least `specificity`."""

    argument = "specificity"

    def __init__(self, specificity: float, *args: Any, **kwargs: Any) -> None:
        super().__init__(specificity, *args, **kwargs)

    def shares(self) -> tuple[Array, Array]:
        """Return what must be large enough, and what is wanted."""
        return self._specificity(), self._recall()


class SpecificityAtSensitivity(_AtLeast):
    """The best TN / (TN + FP) where TP / (TP + FN) is at least `sensitivity`."""

    argument = "sensitivity"

    def __init__(self, sensitivity: float, *args: Any, **kwargs: Any) -> None:
        super().__init__(sensitivity, *args, **kwargs)

    def shares(self) -> tuple[Array, Array]:
        """Return what must be large enough, and what is wanted."""
        return self._recall(), self._specificity()


class PrecisionAtRecall(_AtLeast):
    """The best TP / (TP + FP) where TP / (TP + FN) is at least `recall`."""

    argument = "recall"

    def __init__(self, recall: float, *args: Any, **kwargs: Any) -> None:
        super().__init__(recall, *args, **kwargs)

    def shares(self) -> tuple[Array, Array]:
        """Return what must be large enough, and what is wanted."""
        return self._recall(), self._precision()


class RecallAtPrecision(_AtLeast):
    """The best TP / (TP + FN) where TP / (TP + FP) is at least `precision`."""

    argument = "precision"

    def __init__(self, precision: float, *args: Any, **kwargs: Any) -> None:
        super().__init__(precision, *args, **kwargs)

    def shares(self) -> tuple[Array, Array]:
        """Return what must be large enough, and what is wanted."""
        return self._precision(), self._recall()


class AUC(_Confusion):
    """The area under a curve: TP rate over FP rate (ROC), or precision over recall (PR).

    Parameters
    ----------
    num_thresholds : int, default 200
        At so many outputs the curve is known.
    curve : str, default "ROC"
        Or "PR".
    summation_method : str, default "interpolation"
        Or "minoring", "majoring": between two thresholds the mean, the lower or the higher end.
    thresholds : list, optional
        In place of `num_thresholds` even ones.
    multi_label : bool, default False
        One curve for each output, and the mean of their areas, weighted by `label_weights`.
    num_labels : int, optional
    label_weights : list, optional
    from_logits : bool, default False
        The outputs come before the sigmoid.
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(dtype, name)
        if str(curve).upper() not in ("ROC", "PR"):
            raise ArgumentError(complaint("AUC", "curve 'ROC' or 'PR'", repr(curve)))
        method = str(summation_method).lower()
        if method not in ("interpolation", "minoring", "majoring"):
            wanted = "summation_method 'interpolation', 'minoring' or 'majoring'"
            raise ArgumentError(complaint("AUC", wanted, repr(summation_method)))
        if thresholds is None and num_thresholds < 2:
            raise ArgumentError(complaint("AUC", "num_thresholds of at least 2", repr(num_thresholds)))
        if num_labels and not multi_label:
            raise ArgumentError(complaint("AUC", "num_labels with multi_label=True alone", repr(num_labels)))
        given = None if thresholds is None else _thresholds("AUC", thresholds, 0.5)
        inner = _evenly("AUC", num_thresholds)[1:-1] if given is None else given
        self.curve, self.summation_method = str(curve).upper(), method
        self.init_thresholds, self.multi_label, self.num_labels = given, multi_label, num_labels
        self.num_thresholds = len(inner) + 2
        self.label_weights = None if label_weights is None else np.asarray(label_weights, np.float64)
        self.from_logits = from_logits
        self._begin([-EPSILON, *inner, 1 + EPSILON])
        if multi_label:
            self._states = []
            if num_labels:
                self._make((num_labels,))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs."""
        y, p = (np.asarray(a, np.float32) for a in fitting(self.name, y_true, y_pred))
        p = ops.sigmoid(p) if self.from_logits else p
        if not self.multi_label and self.label_weights is None:
            return super().update_state(y, p, sample_weight)
        w = np.ones(p.shape) if sample_weight is None else np.array(_weights(self.name, sample_weight, p))
        if not self.multi_label:
            return self._count(y.ravel(), p.ravel(), (w * self.label_weights).ravel(), ...)
        if not self._states:
            self._make((p.shape[-1],))
        for k in range(p.shape[-1]):
            self._count(y[:, k], p[:, k], w[:, k], k)

    def result(self) -> float:
        """Return the area."""
        if self.multi_label and not self._states:
            return 0.0
        tp, fp, tn, fn = (
            np.asarray(a)
            for a in (self.true_positives, self.false_positives, self.true_negatives, self.false_negatives)
        )
        if self.curve == "PR" and self.summation_method == "interpolation":  # Davis and Goadrich 2006
            d, p = tp[:-1] - tp[1:], tp + fp
            slope = _share(d, np.maximum(p[:-1] - p[1:], 0))
            start = tp[1:] - slope * p[1:]
            ratio = np.where((p[:-1] > 0) & (p[1:] > 0), _share(p[:-1], p[1:]), 1.0)
            parts = _share(slope * (d + start * np.log(ratio)), tp[1:] + fn[1:])
        else:
            recall = _share(tp, tp + fn)
            x, y = (_share(fp, fp + tn), recall) if self.curve == "ROC" else (recall, _share(tp, tp + fp))
            join: dict[str, Callable[[Any, Any], Any]] = {
                "interpolation": lambda a, b: (a + b) / 2,
                "minoring": np.minimum,
                "majoring": np.maximum,
            }
            parts = (x[:-1] - x[1:]) * join[self.summation_method](y[:-1], y[1:])
        area = parts.sum(axis=0)
        if not self.multi_label:
            return float(area)
        return float(np.average(area, weights=self.label_weights))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more: dict[str, Any] = {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if self.label_weights is None else self.label_weights.tolist(),
            "from_logits": self.from_logits,
        }
        if self.init_thresholds is not None:
            more["thresholds"] = self.init_thresholds
        return {**super().get_config(), **more}


# ---- of whole tables -----------------------------------------------------------------------------------------------


class FBetaScore(Metric):
    """(1 + β²) precision recall / (β² precision + recall), for each output and then averaged.

    Parameters
    ----------
    average : None, "micro", "macro" or "weighted"
        None gives one number for each output.
    beta : float, default 1.0
    threshold : float, optional
        Outputs above it are positive; by default the largest of a sample is.
    """

    _direction = "up"
    dense = True

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        who = type(self).__name__
        if average not in (None, "micro", "macro", "weighted"):
            raise ArgumentError(complaint(who, "average None, 'micro', 'macro' or 'weighted'", repr(average)))
        if not beta > 0:
            raise ArgumentError(complaint(who, "beta above 0", repr(beta)))
        if threshold is not None and not 0 < threshold <= 1:
            raise ArgumentError(complaint(who, "a threshold above 0, at most 1", repr(threshold)))
        self.average, self.beta, self.threshold = average, beta, threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs, (samples, classes)."""
        y, p = (np.asarray(a, np.float64) for a in fitting(self.name, y_true, y_pred))
        if p.ndim != 2:
            raise ShapeError(complaint(self.name, "outputs (samples, classes)", f"shape {p.shape}"))
        if not self._states:
            self.counts = self.add_variable((4, p.shape[1]))
        if self.threshold is None:
            hit = (p >= p.max(axis=-1, keepdims=True)) & (np.abs(p) > 1e-9)
        else:
            hit = p > self.threshold
        w = 1.0 if sample_weight is None else np.asarray(sample_weight, np.float64).reshape(-1, 1)
        parts = (hit * y, hit * (1 - y), ~hit * y, y)
        self.counts.assign_add(np.stack([(part * w).sum(axis=0) for part in parts]))

    def result(self) -> Any:
        """Return the score."""
        if not self._states:
            return 0.0
        counts = np.asarray(self.counts)
        tp, fp, fn, true = counts.sum(axis=1, keepdims=True) if self.average == "micro" else counts
        precision, recall = tp / (tp + fp + EPSILON), tp / (tp + fn + EPSILON)
        b = self.beta**2
        score = (1 + b) * precision * recall / (b * precision + recall + EPSILON)
        if self.average == "weighted":
            return float((score * true / (true.sum() + EPSILON)).sum())
        return score if self.average is None else float(score.mean())

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more = {"average": self.average, "beta": self.beta, "threshold": self.threshold}
        return {**super().get_config(), **more}


class F1Score(FBetaScore):
    """2 precision recall / (precision + recall), for each output and then averaged.

    Parameters
    ----------
    average, threshold : as `FBetaScore`
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {k: v for k, v in super().get_config().items() if k != "beta"}


class R2Score(Metric):
    """1 - Σ (y - p)² / Σ (y - mean y)²: the share of the variance that is told.

    Parameters
    ----------
    class_aggregation : "uniform_average", "variance_weighted_average" or None
        How several outputs are averaged; None gives one number for each.
    num_regressors : int, default 0
        For the adjusted score.
    """

    _direction = "up"
    dense = True

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        known = (None, "uniform_average", "variance_weighted_average")
        if class_aggregation not in known:
            raise ArgumentError(
                complaint("R2Score", f"class_aggregation among {known}", repr(class_aggregation))
            )
        if num_regressors < 0:
            raise ArgumentError(complaint("R2Score", "num_regressors of at least 0", repr(num_regressors)))
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs, (samples, outputs)."""
        y, p = (np.asarray(a, np.float64) for a in fitting(self.name, y_true, y_pred))
        if p.ndim != 2:
            raise ShapeError(complaint(self.name, "outputs (samples, outputs)", f"shape {p.shape}"))
        if not self._states:
            self.samples, self.sums = self.add_variable(), self.add_variable((4, p.shape[1]))
        w = np.ones_like(y) if sample_weight is None else _weights(self.name, sample_weight, y)
        parts = (y * w, y * y * w, (y - p) ** 2 * w, w)
        self.sums.assign_add(np.stack([part.sum(axis=0) for part in parts]))
        self.samples.assign_add(y.size)

    def result(self) -> Any:
        """Return the score."""
        if not self._states:
            return 0.0
        total, squares, residual, count = np.asarray(self.sums)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = squares - total * total / count
            each = 1 - residual / spread
        each = np.where(np.isinf(each), 0.0, each)
        score: Any = each
        if self.class_aggregation == "uniform_average":
            score = float(each.mean())
        elif self.class_aggregation is not None:
            score = float((spread * each).sum() / spread.sum())
        n, k = float(self.samples), self.num_regressors
        return 1 - (1 - score) * (n - 1) / (n - k - 1) if k and k < n - 1 else score

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **more}


class IoU(Metric):
    """Of each class: positions that target and output share, over those that either has; their mean.

    Parameters
    ----------
    num_classes : int
    target_class_ids : list of int
        The classes that count.
    ignore_class : int, optional
        Positions of this target count nothing.
    sparse_y_true, sparse_y_pred : bool, default True
        Whether they are whole numbers; else the largest of the last axis is meant.
    """

    _direction = "up"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(dtype, name)
        self.num_classes, self.target_class_ids = num_classes, list(target_class_ids)
        if not all(0 <= k < num_classes for k in self.target_class_ids):
            raise ArgumentError(
                complaint(type(self).__name__, f"classes below {num_classes}", f"{target_class_ids}")
            )
        self.ignore_class, self.axis = ignore_class, axis
        self.sparse_y_true, self.sparse_y_pred = sparse_y_true, sparse_y_pred
        self.table = self.add_variable((num_classes, num_classes))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs."""
        y, p = np.asarray(y_true), np.asarray(y_pred)
        y = y if self.sparse_y_true else y.argmax(axis=self.axis)
        p = p if self.sparse_y_pred else p.argmax(axis=self.axis)
        y, p = y.ravel().astype(np.int64), p.ravel().astype(np.int64)
        w = np.ones(y.shape) if sample_weight is None else np.asarray(sample_weight, np.float64).ravel()
        n = self.num_classes
        good = (
            (y >= 0)
            & (y < n)
            & (p >= 0)
            & (p < n)
            & (y != (n if self.ignore_class is None else self.ignore_class))
        )
        found = np.bincount(y[good] * n + p[good], weights=np.broadcast_to(w, y.shape)[good], minlength=n * n)
        self.table.assign_add(found.reshape(n, n))

    def result(self) -> float:
        """Return the mean over the classes that occur."""
        table = np.asarray(self.table)
        hits = np.diag(table)
        either = table.sum(axis=0) + table.sum(axis=1) - hits
        hits, either = hits[self.target_class_ids], either[self.target_class_ids]
        there = either > 1e-9
        return float(_share(hits, either)[there].sum() / (there.sum() + EPSILON))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        names = ("num_classes", "target_class_ids", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")
        return {**super().get_config(), **{k: getattr(self, k) for k in names}}


class MeanIoU(IoU):
    """The mean of `IoU` over all classes.

    Parameters
    ----------
    num_classes, ignore_class, sparse_y_true, sparse_y_pred, axis : as `IoU`
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        every = range(num_classes)
        super().__init__(num_classes, every, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {k: v for k, v in super().get_config().items() if k != "target_class_ids"}


class BinaryIoU(IoU):
    """`IoU` of two classes; the output is class 1 from `threshold` on.

    Parameters
    ----------
    target_class_ids : list of int, default (0, 1)
    threshold : float, default 0.5
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs."""
        super().update_state(y_true, np.asarray(y_pred) >= self.threshold, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more = {"target_class_ids": self.target_class_ids, "threshold": self.threshold}
        return {**Metric.get_config(self), **more}


class OneHotIoU(IoU):
    """`IoU` of targets that are one-hot.

    Parameters
    ----------
    num_classes, target_class_ids, ignore_class, axis : as `IoU`
    sparse_y_pred : bool, default False
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {k: v for k, v in super().get_config().items() if k != "sparse_y_true"}


class OneHotMeanIoU(MeanIoU):
    """`MeanIoU` of targets that are one-hot.

    Parameters
    ----------
    num_classes, ignore_class, axis : as `IoU`
    sparse_y_pred : bool, default False
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {k: v for k, v in super().get_config().items() if k != "sparse_y_true"}


CLASSES: dict[str, type[Metric]] = {
    c.__name__: c
    for c in (
        Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy, TopKCategoricalAccuracy,
        SparseTopKCategoricalAccuracy, MeanSquaredError, MeanAbsoluteError, RootMeanSquaredError,
        MeanAbsolutePercentageError, MeanSquaredLogarithmicError, LogCoshError, CosineSimilarity, KLDivergence, Poisson,
        Hinge, SquaredHinge, CategoricalHinge, BinaryCrossentropy, CategoricalCrossentropy,
        SparseCategoricalCrossentropy, TruePositives, FalsePositives, TrueNegatives, FalseNegatives, Precision, Recall,
        SensitivityAtSpecificity, SpecificityAtSensitivity, PrecisionAtRecall, RecallAtPrecision, AUC, FBetaScore,
        F1Score, R2Score, IoU, MeanIoU, BinaryIoU, OneHotIoU, OneHotMeanIoU, PearsonCorrelation,
        ConcordanceCorrelation, Mean, Sum, MeanMetricWrapper,
    )
}  # fmt: skip
mean_squared_error = mse = MSE = losses.mean_squared_error
mean_absolute_error = mae = MAE = losses.mean_absolute_error
mean_absolute_percentage_error = mape = MAPE = losses.mean_absolute_percentage_error
mean_squared_logarithmic_error = msle = MSLE = losses.mean_squared_logarithmic_error
log_cosh = logcosh = losses.log_cosh
kl_divergence = kld = KLD = kullback_leibler_divergence = losses.kl_divergence
poisson, hinge = losses.poisson, losses.hinge
squared_hinge, categorical_hinge = losses.squared_hinge, losses.categorical_hinge
binary_crossentropy = bce = BCE = losses.binary_crossentropy
categorical_crossentropy = losses.categorical_crossentropy
sparse_categorical_crossentropy = losses.sparse_categorical_crossentropy
cosine = cosine_proximity = cosine_similarity  # of Keras 2
_FUNCTIONS: dict[Any, type[Metric]] = {
    c.says: c for c in CLASSES.values() if issubclass(c, _Named) and c is not RootMeanSquaredError
}
_SHORT = (
    "mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "logcosh", "kld", "KLD", "bce", "BCE",
    "kullback_leibler_divergence", "cosine", "cosine_proximity",
)  # fmt: skip
KNOWN: dict[str, type[Metric]] = (
    {snake_case(name): c for name, c in CLASSES.items() if name != "MeanMetricWrapper"}
    | {"fbeta_score": FBetaScore}
    | {f.__name__: c for f, c in _FUNCTIONS.items()}
    | CLASSES
    | {name: _FUNCTIONS[globals()[name]] for name in _SHORT}
    | {"rmse": RootMeanSquaredError, "RMSE": RootMeanSquaredError, "auc": AUC, "accuracy": BinaryAccuracy}
)
__all__ = [
    "Metric", *CLASSES, *(f.__name__ for f in _FUNCTIONS), *_SHORT, "deserialize", "get", "serialize"
]  # fmt: skip


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
        return look_up("metric", identifier, KNOWN)(name=identifier)
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, Loss):
        cls, attrs = KNOWN.get(type(identifier).__name__), getattr(identifier, "attrs", {})
        if cls is not None and issubclass(cls, _Named):
            known = inspect.signature(cls).parameters
            return cls(name=identifier.name, **{k: v for k, v in attrs.items() if k in known})
        return MeanMetricWrapper(identifier.call, name=identifier.name)
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        built_in: Any = identifier if identifier in CLASSES.values() else None
        return built_in(name=snake_case(identifier.__name__)) if built_in else identifier()
    if callable(identifier):
        if identifier in _FUNCTIONS:
            return _FUNCTIONS[identifier](name=identifier.__name__)
        return MeanMetricWrapper(identifier)
    raise ArgumentError(
        complaint(
            "metric",
            "a name, a function or an object of tidegate.metrics",
            repr(identifier),
            "metrics=['accuracy'] or ['mae']",
        )
    )


def serialize(metric: Metric) -> dict[str, Any]:
    """Return a metric as Keras writes it into a file."""
    if type(metric) is MeanMetricWrapper:
        return objects.described(metric.fn, "keras.metrics")
    return objects.described(metric, "keras.metrics", metric.get_config())


def deserialize(config: dict[str, Any] | str) -> Metric:
    """Return the metric that `serialize` described."""
    if isinstance(config, str):
        return get(config)
    name = str(config.get("class_name"))
    if name == "function":
        return get(str(config.get("config")))
    return look_up("metric", name, KNOWN).from_config(dict(config.get("config") or {}))
