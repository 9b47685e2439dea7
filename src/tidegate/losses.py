"""Losses: how far an output is from its target.

A function takes (y_true, y_pred), arrays or recorded values, and gives one number for each position; an object their
mean. A loss of one's own is a function of this kind, written with `tidegate.ops`, or a subclass of `Loss`.

>>> mean_squared_error([[1.0, 2.0]], [[1.0, 4.0]])
array([2.], dtype=float32)
>>> MeanSquaredError()([[1.0, 2.0]], [[1.0, 4.0]])
2.0
>>> def mine(y_true, y_pred):
...     return ops.mean(ops.abs(y_true - y_pred) ** 3, axis=-1)
>>> get(mine)
<FunctionLoss mine>
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.ops import Value
from tidegate.ops.losses import EPSILON
from tidegate.utils import objects
from tidegate.utils.naming import look_up, snake_case

Array = np.ndarray[Any, Any]
REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


def _floats(a: Any) -> Array:
    return a if isinstance(a, np.ndarray) and a.dtype.kind == "f" else np.asarray(a, np.float32)


def fitting(who: str, y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Return target and output as what ops take, of one shape; a last axis of 1 may be missing in the target."""
    if isinstance(y_pred, Value) or isinstance(y_true, Value):
        y, p = (x if isinstance(x, Value) else np.asarray(x, np.float32) for x in (y_true, y_pred))
        if len(y.shape) == len(p.shape) - 1 and p.shape[-1] == 1:
            y = ops.expand_dims(y, -1)
        return y, p
    p, y = _floats(y_pred), np.asarray(y_true)
    y = (y[..., None] if y.ndim == p.ndim - 1 and p.shape[-1] == 1 else y).astype(p.dtype)
    if y.shape != p.shape:
        raise ArgumentError(complaint(who, f"y_true of shape {p.shape}, as y_pred", f"shape {y.shape}"))
    return y, p


def classes_of(who: str, y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Return targets that are the place of a class, one for each position of the output, and the output."""
    if isinstance(y_pred, Value) or isinstance(y_true, Value):
        same = len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1
        return (ops.squeeze(y_true, -1) if same else y_true), y_pred
    p, k = _floats(y_pred), np.asarray(y_true)
    if k.shape not in (p.shape[:-1], (*p.shape[:-1], 1)):
        raise ArgumentError(complaint(who, f"y_true of shape {p.shape[:-1]}", f"shape {k.shape}"))
    return k.reshape(p.shape[:-1]), p


# ---- functions -----------------------------------------------------------------------------------------------------


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """Return mean((y_true - y_pred)²) over the last axis."""
    y, p = fitting("mean_squared_error", y_true, y_pred)
    return ops.NAMED["mean_squared_error"](p, y)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """Return mean(|y_true - y_pred|) over the last axis."""
    y, p = fitting("mean_absolute_error", y_true, y_pred)
    return ops.NAMED["mean_absolute_error"](p, y)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """Return 100 mean(|y_true - y_pred| / |y_true|) over the last axis."""
    y, p = fitting("mean_absolute_percentage_error", y_true, y_pred)
    return 100.0 * ops.mean(ops.abs((y - p) / ops.maximum(ops.abs(y), EPSILON)), axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """Return mean((log(1 + y_true) - log(1 + y_pred))²) over the last axis; numbers below 0 count as 0."""
    y, p = fitting("mean_squared_logarithmic_error", y_true, y_pred)
    a, b = (ops.log(ops.maximum(x, EPSILON) + 1.0) for x in (p, y))
    return ops.mean(ops.square(a - b), axis=-1)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Return the mean of d²/2 where |d| is at most delta, else delta (|d| - delta/2), with d = y_true - y_pred."""
    y, p = fitting("huber", y_true, y_pred)
    d = p - y
    far = delta * ops.abs(d) - 0.5 * delta**2
    return ops.mean(ops.where(ops.abs(d) <= delta, 0.5 * ops.square(d), far), axis=-1)


def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """Return mean(log(cosh(y_pred - y_true))) over the last axis."""
    y, p = fitting("log_cosh", y_true, y_pred)
    d = p - y
    return ops.mean(d + ops.softplus(-2.0 * d) - float(np.log(2.0)), axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Return -cos of the angle between y_true and y_pred: -1 where they point the same way."""
    y, p = fitting("cosine_similarity", y_true, y_pred)
    return -ops.sum(ops.normalize(y, axis) * ops.normalize(p, axis), axis=axis)


def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """Return Σ y log(y / p) over the last axis."""
    y, p = (ops.clip(x, EPSILON, 1.0) for x in fitting("kl_divergence", y_true, y_pred))
    return ops.sum(y * ops.log(y / p), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """Return mean(p - y log(p)) over the last axis."""
    y, p = fitting("poisson", y_true, y_pred)
    return ops.mean(p - y * ops.log(p + EPSILON), axis=-1)


def _signed(y: Any) -> Any:
    return ops.where(ops.equal(y, 0), -1.0, y)  # classes may be given as 0 and 1 too


def hinge(y_true: Any, y_pred: Any) -> Any:
    """Return mean(max(1 - y p, 0)) over the last axis, for y -1 and 1 (or 0 and 1)."""
    y, p = fitting("hinge", y_true, y_pred)
    return ops.mean(ops.maximum(1.0 - _signed(y) * p, 0.0), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """Return mean(max(1 - y p, 0)²) over the last axis, for y -1 and 1 (or 0 and 1)."""
    y, p = fitting("squared_hinge", y_true, y_pred)
    return ops.mean(ops.square(ops.maximum(1.0 - _signed(y) * p, 0.0)), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """Return max(1 + the largest p of the other classes - p of the right one, 0); y is one-hot."""
    y, p = fitting("categorical_hinge", y_true, y_pred)
    return ops.maximum(ops.max((1.0 - y) * p, axis=-1) - ops.sum(y * p, axis=-1) + 1.0, 0.0)


def _last(axis: int, *arrays: Any) -> Any:
    return arrays if axis == -1 else tuple(ops.moveaxis(a, axis, -1) for a in arrays)


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """Return -mean(y log p + (1 - y) log(1 - p)) over the last axis."""
    y, p = _last(axis, *fitting("binary_crossentropy", y_true, y_pred))
    attrs = {"from_logits": from_logits, "label_smoothing": label_smoothing}
    return ops.NAMED["binary_crossentropy"](p, y, **attrs)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """Return -Σ y log p over the last axis."""
    y, p = _last(axis, *fitting("categorical_crossentropy", y_true, y_pred))
    attrs = {"from_logits": from_logits, "label_smoothing": label_smoothing}
    return ops.NAMED["categorical_crossentropy"](p, y, **attrs)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Any:
    """Return -log p of the right class; a position of the class that is ignored gives 0 and does not count."""
    (p,) = _last(axis, y_pred)
    k, p = classes_of("sparse_categorical_crossentropy", y_true, p)
    if ignore_class is None:
        if (
            isinstance(k, Value) and k.dtype != "int32"
        ):  # a target of the output's type, in a loss of one's own
            return ops.NAMED["categorical_crossentropy"](
                p, ops.one_hot(k, p.shape[-1]), from_logits=from_logits
            )
        return ops.NAMED["sparse_categorical_crossentropy"](p, k, from_logits=from_logits)
    counts = ops.not_equal(ops.cast(k), ignore_class)
    hot = ops.one_hot(k, p.shape[-1])
    each = ops.NAMED["categorical_crossentropy"](p, hot, from_logits=from_logits)
    each = ops.where(counts, each, 0.0)
    if isinstance(each, Value):
        each.mask = counts
    return each


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Return the binary crossentropy, each number times (1 - the share given to what is true)^gamma (Lin 2018)."""
    y, p = fitting("binary_focal_crossentropy", y_true, y_pred)
    y = y * (1.0 - label_smoothing) + 0.5 * label_smoothing if label_smoothing else y
    p = ops.sigmoid(p) if from_logits else p
    q = ops.clip(p, EPSILON, 1.0 - EPSILON)
    each = -(y * ops.log(q) + (1.0 - y) * ops.log(1.0 - q))
    each = ops.power(1.0 - (y * p + (1.0 - y) * (1.0 - p)), gamma) * each
    each = (y * alpha + (1.0 - y) * (1.0 - alpha)) * each if apply_class_balancing else each
    return ops.mean(each, axis=axis)


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Return Σ -alpha (1 - p)^gamma y log p over the classes (Lin 2018)."""
    y, p = fitting("categorical_focal_crossentropy", y_true, y_pred)
    y = y * (1.0 - label_smoothing) + label_smoothing / y.shape[-1] if label_smoothing else y
    p = ops.softmax(p, axis=axis) if from_logits else p
    q = ops.clip(p / ops.sum(p, axis=axis, keepdims=True), EPSILON, 1.0 - EPSILON)
    return ops.sum(alpha * ops.power(1.0 - q, gamma) * (-y * ops.log(q)), axis=axis)


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Any:
    """Return 1 - 2 Σ y p / (Σ y + Σ p), over these axes or all."""
    (y, p), axis = fitting("dice", y_true, y_pred), _axes(axis)
    both = ops.sum(y, axis=axis) + ops.sum(p, axis=axis) + EPSILON
    return 1.0 - 2.0 * ops.sum(y * p, axis=axis) / both


def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None) -> Any:
    """Return 1 - Σ y p / (Σ y p + alpha Σ y (1 - p) + beta Σ p (1 - y)), over these axes or all."""
    (y, p), axis = fitting("tversky", y_true, y_pred), _axes(axis)
    hit = ops.sum(y * p, axis=axis)
    missed, wrong = ops.sum((1.0 - p) * y, axis=axis), ops.sum(p * (1.0 - y), axis=axis)
    return 1.0 - hit / (hit + alpha * missed + beta * wrong + EPSILON)


# ---- objects -------------------------------------------------------------------------------------------------------


class Reduction:
    """The names of reductions under which Keras 2 had them."""

    AUTO, NONE, SUM, SUM_OVER_BATCH_SIZE = "auto", "none", "sum", "sum_over_batch_size"


class Loss:
    """Base of all losses. A loss of one's own says in `call(y_true, y_pred)`, with `tidegate.ops`, what it is.

    Parameters
    ----------
    name : str, optional
    reduction : str, default "sum_over_batch_size"
        The mean over all positions that count; or "sum", "mean_with_sample_weight" (the mean weighted by the samples'
        weights), or "none".
    dtype : accepted.

    Attributes
    ----------
    sparse : bool
        Whether targets are whole numbers, the class of each position.
    """

    sparse: ClassVar[bool] = False
    probabilities: ClassVar[bool] = False  # whether targets lie between 0 and 1

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        reduction = "sum_over_batch_size" if reduction == "auto" else reduction
        if reduction not in REDUCTIONS:
            known = ", ".join(map(repr, REDUCTIONS))
            raise ArgumentError(complaint(type(self).__name__, f"reduction among {known}", repr(reduction)))
        self.name = name or snake_case(type(self).__name__)
        self.reduction = reduction

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss at each position, of arrays or of recorded values."""
        raise NotImplementedError(f"{type(self).__name__} does not say in call(y_true, y_pred) what it is")

    def record(self, p: Value, y: Value, weighted: bool = False) -> Value:
        """Record the loss at each position: (B, ...), at most one axis less than the output."""
        return per_position(self.name, self.call(y, p), p, self.reduction == "sum", weighted)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        each = self.call(y_true, y_pred)
        if isinstance(each, Value):
            each = each if sample_weight is None else each * sample_weight
            if self.reduction in ("none", None) or each.shape == ():
                return each
            return ops.sum(each) if self.reduction == "sum" else ops.mean(each)
        values: Array = np.asarray(each)
        counts = np.ones_like(values)
        ignored = getattr(self, "ignore_class", None)
        if ignored is not None:
            counts = (np.asarray(y_true).reshape(values.shape) != ignored).astype(values.dtype)
        weights = counts if sample_weight is None else counts * _like(self.name, sample_weight, values)
        values = values * weights
        if self.reduction in ("none", None):
            return values
        if self.reduction == "sum":
            return float(values.sum())
        over = weights.sum() if self.reduction == "mean_with_sample_weight" else counts.sum()
        return float(values.sum() / over) if over else 0.0

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a loss."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """Return the loss that `get_config` described."""
        return cls(**{k: v for k, v in config.items() if k not in ("fn", "dtype")})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


def _like(who: str, weight: Any, values: Array) -> Array:
    w = np.asarray(weight, values.dtype)
    w = w.reshape(w.shape[:-1]) if w.ndim == values.ndim + 1 and w.shape[-1] == 1 else w
    if w.shape[: values.ndim] != values.shape[: w.ndim]:
        raise ArgumentError(complaint(who, f"sample_weight of shape {values.shape}", f"shape {w.shape}"))
    return np.broadcast_to(w.reshape(*w.shape, *[1] * (values.ndim - w.ndim)), values.shape)


def per_position(who: str, found: Any, p: Value, total: bool = False, weighted: bool = False) -> Value:
    """Return what a loss gives as one number for each position of an output, whatever it made of the samples."""
    if not isinstance(found, Value) or found.dtype == "float64":
        raise ShapeError(
            complaint(
                f"loss '{who}'",
                "what tidegate.ops makes of y_true and y_pred",
                type(found).__name__ if not isinstance(found, Value) else "a sum over the batch",
                "ops.mean(ops.square(y_true - y_pred), axis=-1)",
            )
        )
    recorded: Value = found
    node = recorded.node
    over_all = recorded.shape == () and node is not None and node.op is ops.mean
    if over_all and not weighted and node is not None and node.inputs[0] is not None:
        whole = node.inputs[0]  # a mean over everything: each sample's own mean needs no other sample
        if whole.shape[:1] == (None,) and len(whole.shape) > 1:
            recorded = ops.mean(whole, axis=tuple(range(1, len(whole.shape))))
        elif whole.shape == (None,):
            recorded = whole
    if recorded.shape[:1] != (None,):
        recorded = ops.mean(recorded) if recorded.shape else recorded
        recorded = ops.broadcast_to(ops.expand_dims(recorded, 0), (None,))
    if len(recorded.shape) == len(p.shape) and len(p.shape) > 1:
        recorded = ops.sum(recorded, axis=-1) if total else ops.mean(recorded, axis=-1)
    return recorded


class FunctionLoss(Loss):
    """A loss that a function says, with fixed arguments.

    Parameters
    ----------
    fn : function of (y_true, y_pred, **kwargs)
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", "loss"), reduction, dtype)
        self.fn, self.attrs = fn, kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return what the function gives."""
        return self.fn(y_true, y_pred, **self.attrs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a loss."""
        return {**super().get_config(), **self.attrs}


class _Named(FunctionLoss):
    """Base of the losses whose class stands for a function here."""

    says: ClassVar[Any]

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(type(self).says, reduction, name or snake_case(type(self).__name__), dtype, **kwargs)


class MeanSquaredError(_Named):
    """mean((y_true - y_pred)²)."""

    says = staticmethod(mean_squared_error)


class MeanAbsoluteError(_Named):
    """mean(|y_true - y_pred|)."""

    says = staticmethod(mean_absolute_error)


class MeanAbsolutePercentageError(_Named):
    """100 mean(|y_true - y_pred| / |y_true|)."""

    says = staticmethod(mean_absolute_percentage_error)


class MeanSquaredLogarithmicError(_Named):
    """mean((log(1 + y_true) - log(1 + y_pred))²)."""

    says = staticmethod(mean_squared_logarithmic_error)


class LogCosh(_Named):
    """mean(log(cosh(y_pred - y_true)))."""

    says = staticmethod(log_cosh)


class KLDivergence(_Named):
    """Σ y log(y / p), for shares."""

    says = staticmethod(kl_divergence)


class Poisson(_Named):
    """mean(p - y log p), for counts."""

    says = staticmethod(poisson)


class Hinge(_Named):
    """mean(max(1 - y p, 0)), for y -1 and 1."""

    says = staticmethod(hinge)


class SquaredHinge(_Named):
    """mean(max(1 - y p, 0)²), for y -1 and 1."""

    says = staticmethod(squared_hinge)


class CategoricalHinge(_Named):
    """max(1 + the largest p of the other classes - p of the right one, 0)."""

    says = staticmethod(categorical_hinge)


class Huber(_Named):
    """d²/2 where |d| is at most delta, else delta (|d| - delta/2), with d = y_true - y_pred.

    Parameters
    ----------
    delta : float, default 1.0
    """

    says = staticmethod(huber)

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype, delta=float(delta))


class CosineSimilarity(_Named):
    """-cos of the angle between y_true and y_pred.

    Parameters
    ----------
    axis : int, default -1
    """

    says = staticmethod(cosine_similarity)

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype, axis=axis)


def _smoothing(who: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ArgumentError(complaint(who, "label_smoothing from 0 to 1", repr(value)))
    return float(value)


class BinaryCrossentropy(_Named):
    """-mean(y log p + (1 - y) log(1 - p)), for sigmoid outputs.

    Parameters
    ----------
    from_logits : bool, default False
        The outputs come before the sigmoid.
    label_smoothing : float, default 0.0
        Targets drawn towards 1/2 by this share.
    axis : int, default -1
        Over which the mean is taken.
    """

    says: ClassVar[Any] = staticmethod(binary_crossentropy)
    probabilities = True

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        smoothing = _smoothing(type(self).__name__, label_smoothing)
        kwargs |= {"from_logits": bool(from_logits), "label_smoothing": smoothing, "axis": axis}
        super().__init__(*args, **kwargs)


class CategoricalCrossentropy(BinaryCrossentropy):
    """-Σ y log p over the classes, for softmax outputs and one-hot targets.

    Parameters
    ----------
    from_logits : bool, default False
        The outputs come before the softmax.
    label_smoothing : float, default 0.0
        Targets drawn towards 1/classes by this share.
    axis : int, default -1
        That of the classes.
    """

    says = staticmethod(categorical_crossentropy)
    probabilities = False


class SparseCategoricalCrossentropy(_Named):
    """-log p of the right class, for softmax outputs and whole-number targets.

    Parameters
    ----------
    from_logits : bool, default False
        The outputs come before the softmax.
    ignore_class : int, optional
        Positions of this class count nothing.
    axis : int, default -1
        That of the classes.
    """

    says = staticmethod(sparse_categorical_crossentropy)
    sparse = True

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        attrs = {"from_logits": bool(from_logits), "ignore_class": ignore_class, "axis": axis}
        super().__init__(reduction, name, dtype, **attrs)
        self.ignore_class = ignore_class

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a loss."""
        return {k: v for k, v in super().get_config().items() if k != "axis" or v != -1}


class BinaryFocalCrossentropy(BinaryCrossentropy):
    """The binary crossentropy, each number times (1 - the share given to what is true)^gamma.

    Parameters
    ----------
    apply_class_balancing : bool, default False
        Weigh the classes by alpha and 1 - alpha.
    alpha : float, default 0.25
    gamma : float, default 2.0
    from_logits, label_smoothing, axis : as `BinaryCrossentropy`
    """

    says = staticmethod(binary_focal_crossentropy)

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        **kwargs: Any,
    ) -> None:
        kwargs |= {"apply_class_balancing": apply_class_balancing, "alpha": alpha, "gamma": gamma}
        super().__init__(from_logits, label_smoothing, axis, **kwargs)


class CategoricalFocalCrossentropy(BinaryCrossentropy):
    """Σ -alpha (1 - p)^gamma y log p over the classes.

    Parameters
    ----------
    alpha : float, default 0.25
    gamma : float, default 2.0
    from_logits, label_smoothing, axis : as `CategoricalCrossentropy`
    """

    says = staticmethod(categorical_focal_crossentropy)
    probabilities = False

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        **kwargs: Any,
    ) -> None:
        super().__init__(from_logits, label_smoothing, axis, alpha=alpha, gamma=gamma, **kwargs)


class Dice(_Named):
    """1 - 2 Σ y p / (Σ y + Σ p).

    Parameters
    ----------
    axis : int or tuple, optional
        Over which the sums go; all by default, the samples included.
    """

    says = staticmethod(dice)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype, axis=axis)


class Tversky(_Named):
    """1 - Σ y p / (Σ y p + alpha Σ y (1 - p) + beta Σ p (1 - y)).

    Parameters
    ----------
    alpha, beta : float, default 0.5
    axis : int or tuple, optional
        Over which the sums go; all by default, the samples included.
    """

    says = staticmethod(tversky)

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)


LossFunctionWrapper = FunctionLoss
CLASSES: dict[str, type[Loss]] = {
    c.__name__: c
    for c in (
        MeanSquaredError, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredLogarithmicError, Huber, LogCosh,
        CosineSimilarity, KLDivergence, Poisson, Hinge, SquaredHinge, CategoricalHinge, BinaryCrossentropy,
        CategoricalCrossentropy, SparseCategoricalCrossentropy, BinaryFocalCrossentropy, CategoricalFocalCrossentropy,
        Dice, Tversky,
    )
}  # fmt: skip
_FUNCTIONS: dict[Callable[..., Any], type[Loss]] = {
    c.says: c for c in CLASSES.values() if issubclass(c, _Named)
}
mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh
huber_loss = huber
cosine = cosine_proximity = cosine_similarity  # of Keras 2
_SPELLINGS = (
    "mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "bce", "BCE", "kld", "KLD",
    "kullback_leibler_divergence", "logcosh", "huber_loss", "cosine", "cosine_proximity",
)  # fmt: skip
KNOWN: dict[str, type[Loss]] = (
    {f.__name__: c for f, c in _FUNCTIONS.items()}
    | CLASSES
    | {name: _FUNCTIONS[globals()[name]] for name in _SPELLINGS}
)
__all__ = [
    "Loss",
    "LossFunctionWrapper",
    *CLASSES,
    *(f.__name__ for f in _FUNCTIONS),
    *_SPELLINGS,
    "deserialize",
    "get",
    "serialize",
]


def get(identifier: Any) -> Loss:
    """Return the loss of that name, or the one given as object, class or function.

    >>> get("mse")
    <MeanSquaredError mean_squared_error>
    """
    identifier = objects.resolved(identifier)
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, str):
        if identifier.lower() in ("ctc", "ctc_loss", "circle"):
            raise ArgumentError(
                complaint(
                    "loss",
                    "one of tidegate.losses",
                    repr(identifier),
                    "a loss of your own, from tidegate.ops",
                )
            )
        return look_up("loss", identifier, KNOWN)()
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if callable(identifier):
        return _FUNCTIONS[identifier]() if identifier in _FUNCTIONS else FunctionLoss(identifier)
    raise ArgumentError(
        complaint(
            "loss", "a name, a function or an object of tidegate.losses", repr(identifier), "loss='mse'"
        )
    )


def serialize(loss: Loss) -> dict[str, Any]:
    """Return a loss as Keras writes it into a file."""
    if type(loss) is FunctionLoss:
        return objects.described(loss.fn, "keras.losses")
    return objects.described(loss, "keras.losses", loss.get_config())


def deserialize(config: dict[str, Any] | str) -> Loss:
    """Return the loss that `serialize` described."""
    if isinstance(config, str):
        return get(config)
    name = str(config.get("class_name"))
    if name == "function":
        return get(str(config.get("config")))
    return look_up("loss", name, KNOWN).from_config(dict(config.get("config") or {}))
