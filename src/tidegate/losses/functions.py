"""The losses as functions of (y_true, y_pred): one number for each position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate import ops
from tidegate.arguments import checked, numbers
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.ops import Value
from tidegate.ops.losses import EPSILON

Array = np.ndarray[Any, Any]


def _floats(who: str, name: str, given: Any) -> Array:
    a = numbers(who, name, given)
    return a if a is given and a.dtype.kind == "f" else a.astype(np.float32)  # lists are float32


def fitting(who: str, y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Return target and output as what ops take, of one shape; a last axis of 1 may be missing in the target."""
    if isinstance(y_pred, Value) or isinstance(y_true, Value):
        y, p = (x if isinstance(x, Value) else np.asarray(x, np.float32) for x in (y_true, y_pred))
        if len(y.shape) == len(p.shape) - 1 and p.shape[-1] == 1:
            y = ops.expand_dims(y, -1)
        return y, p
    p, y = _floats(who, "y_pred", y_pred), numbers(who, "y_true", y_true)
    y = (y[..., None] if y.ndim == p.ndim - 1 and p.shape[-1] == 1 else y).astype(p.dtype)
    if y.shape != p.shape:
        raise ArgumentError(
            complaint(
                who,
                say("{name} of shape {shape}, as y_pred", name="y_true", shape=p.shape),
                say("shape {shape}", shape=y.shape),
            )
        )
    return y, p


def classes_of(who: str, y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Return targets that are the place of a class, one for each position of the output, and the output."""
    if isinstance(y_pred, Value) or isinstance(y_true, Value):
        same = len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1
        return (ops.squeeze(y_true, -1) if same else y_true), y_pred
    p, k = _floats(who, "y_pred", y_pred), numbers(who, "y_true", y_true)
    if k.shape not in (p.shape[:-1], (*p.shape[:-1], 1)):
        raise ArgumentError(
            complaint(
                who,
                say("{name} of shape {shape}", name="y_true", shape=p.shape[:-1]),
                say("shape {shape}", shape=k.shape),
            )
        )
    return k.reshape(p.shape[:-1]), p


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


@checked
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


@checked
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


@checked
def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """Return -mean(y log p + (1 - y) log(1 - p)) over the last axis."""
    y, p = _last(axis, *fitting("binary_crossentropy", y_true, y_pred))
    attrs = {"from_logits": from_logits, "label_smoothing": label_smoothing}
    return ops.NAMED["binary_crossentropy"](p, y, **attrs)


@checked
def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """Return -Σ y log p over the last axis."""
    y, p = _last(axis, *fitting("categorical_crossentropy", y_true, y_pred))
    attrs = {"from_logits": from_logits, "label_smoothing": label_smoothing}
    return ops.NAMED["categorical_crossentropy"](p, y, **attrs)


@checked
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


@checked
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


@checked
def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: float | Sequence[float] = 0.25,
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
    return ops.sum(np.asarray(alpha, np.float32) * ops.power(1.0 - q, gamma) * (-y * ops.log(q)), axis=axis)


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Any:
    """Return 1 - 2 Σ y p / (Σ y + Σ p), over these axes or all."""
    (y, p), axis = fitting("dice", y_true, y_pred), _axes(axis)
    both = ops.sum(y, axis=axis) + ops.sum(p, axis=axis) + EPSILON
    return 1.0 - 2.0 * ops.sum(y * p, axis=axis) / both


@checked
def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None) -> Any:
    """Return 1 - Σ y p / (Σ y p + alpha Σ y (1 - p) + beta Σ p (1 - y)), over these axes or all."""
    (y, p), axis = fitting("tversky", y_true, y_pred), _axes(axis)
    hit = ops.sum(y * p, axis=axis)
    missed, wrong = ops.sum((1.0 - p) * y, axis=axis), ops.sum(p * (1.0 - y), axis=axis)
    return 1.0 - hit / (hit + alpha * missed + beta * wrong + EPSILON)


mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh
huber_loss = huber
cosine = cosine_proximity = cosine_similarity  # of Keras 2
