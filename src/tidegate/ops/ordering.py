"""Functions that order the numbers along an axis, or count and gather over it, by Keras's names, made of the ops."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.ops.argsort import argsort as places
from tidegate.ops.base import recorded
from tidegate.ops.binary import (
    add,
    divide,
    greater,
    greater_equal,
    less,
    multiply,
    subtract,
)  # fmt: skip
from tidegate.ops.concatenate import concatenate
from tidegate.ops.elementwise import isnan, logical_not, negative, sqrt
from tidegate.ops.functions import var
from tidegate.ops.places import expand_dims, get_item, ndim, one_hot, ones_like, squeeze
from tidegate.ops.reduce import Axes, axes_of, max, mean, min, only_axis, sum
from tidegate.ops.take_along_axis import take_along_axis
from tidegate.ops.where import where

__all__ = [
    "amax",
    "amin",
    "argpartition",
    "argsort",
    "average",
    "cumprod",
    "diff",
    "digitize",
    "in_top_k",
    "median",
    "moments",
    "multi_hot",
    "nanmax",
    "nanmean",
    "nanmin",
    "nanstd",
    "nansum",
    "nanvar",
    "percentile",
    "prod",
    "ptp",
    "quantile",
    "searchsorted",
    "sort",
    "top_k",
    "trapezoid",
]


# ---- in order ------------------------------------------------------------------------------------------------------


def argsort(x: Any, axis: int = -1) -> Any:
    """Return the places of the numbers along an axis, from the smallest to the largest."""
    found = places(x, axis)
    return found.astype(np.int32) if isinstance(found, np.ndarray) else found


def argpartition(x: Any, kth: int, axis: int = -1) -> Any:
    """Return places of which those before kth hold smaller numbers than those behind it."""
    return argsort(x, axis)


def sort(x: Any, axis: int = -1) -> Any:
    """Return the numbers along an axis from the smallest to the largest."""
    return take_along_axis(x, places(x, axis), axis)


class TopK(NamedTuple):
    """What `top_k` gives."""

    values: Any
    indices: Any


def top_k(x: Any, k: int, sorted: bool = True) -> Any:
    """Return the k largest numbers of the last axis, largest first, and their places."""
    n = np.shape(x)[-1]
    if not 0 < k <= n:
        raise ShapeError(complaint("top_k", say("k from 1 to {most}", most=n), str(k)))
    found = get_item(places(negative(x), -1), (Ellipsis, slice(0, k)))
    values = take_along_axis(x, found, -1)
    return TopK(values, found.astype(np.int32) if isinstance(found, np.ndarray) else found)


def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Return 1 where the number at the place of the target is among the k largest of the last axis."""
    hot = one_hot(targets, np.shape(predictions)[-1])
    own = sum(multiply(hot, predictions), -1, True)
    return less(sum(greater(predictions, own), -1), k)


def quantile(x: Any, q: float, axis: Axes = None, method: str = "linear", keepdims: bool = False) -> Any:
    """Return the number below which a share q of those along an axis lies."""
    if recorded(x) is None:
        return np.quantile(x, q, axis=axis, method=method, keepdims=keepdims)  # type: ignore[call-overload]
    known = ("linear", "lower", "higher", "midpoint", "nearest")
    if np.ndim(q) or not 0 <= float(q) <= 1 or method not in known:
        wanted = say("a share q from 0 to 1, and a method among {known}", known=", ".join(known))
        raise ArgumentError(complaint("quantile", wanted, f"q={q!r}, method={method!r}"))
    over = axes_of("quantile", axis, ndim(x))
    if len(over) != 1:
        raise ShapeError(complaint("quantile", say("one axis, which is not the samples'"), repr(axis)))
    (k,) = over
    ordered = sort(x, k)
    at = float(q) * (np.shape(x)[k] - 1)
    low, high = int(np.floor(at)), int(np.ceil(at))
    share = {"lower": 0.0, "higher": 1.0, "midpoint": 0.5, "nearest": float(np.round(at) - low)}
    part = share.get(method, at - low)
    front = (slice(None),) * k
    below, above = (get_item(ordered, (*front, slice(p, p + 1))) for p in (low, high))
    found = add(multiply(below, 1 - part), multiply(above, part)) if high > low else below
    return found if keepdims else squeeze(found, k)


def percentile(x: Any, q: float, axis: Axes = None, method: str = "linear", keepdims: bool = False) -> Any:
    """Return the number below which q of a hundred lie along an axis."""
    return quantile(x, np.divide(q, 100), axis, method, keepdims)


def median(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the number in the middle of those along an axis."""
    return quantile(x, 0.5, axis, "linear", keepdims)


def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Return before which place of an ordered sequence each value would stand."""
    if recorded(sorted_sequence) is None and recorded(values) is None:
        return np.searchsorted(sorted_sequence, values, side=side).astype(np.int32)  # type: ignore[call-overload]
    if side not in ("left", "right"):
        raise ArgumentError(complaint("searchsorted", "side 'left', 'right'", repr(side)))
    return sum((greater if side == "left" else greater_equal)(expand_dims(values, -1), sorted_sequence), -1)


def digitize(x: Any, bins: Any) -> Any:
    """Return how many of the ordered bins begin at or below each number."""
    return searchsorted(bins, x, side="right")


# ---- over axes -----------------------------------------------------------------------------------------------------


def amax(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the largest number along the axes."""
    return max(x, axis, keepdims)


def amin(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the smallest number along the axes."""
    return min(x, axis, keepdims)


def ptp(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return how far the largest number along the axes is from the smallest."""
    return subtract(max(x, axis, keepdims), min(x, axis, keepdims))


def _part(x: Any, k: int, start: int | None, stop: int | None) -> Any:
    return get_item(x, (*(slice(None),) * k, slice(start, stop)))


def _along(who: str, x: Any, axis: Any) -> tuple[int, ...]:
    """Return the axes, none of them the samples'."""
    over = axes_of(who, axis, ndim(x))
    if any(np.shape(x)[k] is None for k in over):
        raise ShapeError(complaint(who, say("an axis that is not the samples'"), repr(axis)))
    return over


def prod(x: Any, axis: Axes = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """Return the product of the numbers along the axes."""
    if recorded(x) is None:
        return np.prod(x, axis=axes_of("prod", axis, ndim(x)), keepdims=keepdims, dtype=dtype)
    over = _along("prod", x, axis)
    for k in over:
        while (n := np.shape(x)[k]) > 1:  # halves are multiplied: few ops, and a gradient where numbers are 0
            half = n // 2
            pairs = multiply(_part(x, k, 0, half), _part(x, k, half, 2 * half))
            x = concatenate([pairs, _part(x, k, 2 * half, n)], axis=k) if n % 2 else pairs
    return x if keepdims else squeeze(x, over)


def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return the product so far along one axis."""
    if recorded(x) is None:
        return np.cumprod(x, axis=axis, dtype=dtype)
    (k,) = _along("cumprod", x, only_axis("cumprod", axis, ndim(x)))
    n, reach = np.shape(x)[k], 1
    while reach < n:  # each number has met so many before it
        x = concatenate(
            [_part(x, k, 0, reach), multiply(_part(x, k, reach, n), _part(x, k, 0, n - reach))], axis=k
        )
        reach *= 2
    return x


def average(x: Any, axis: Axes = None, weights: Any = None) -> Any:
    """Return the mean along the axes, or with weights the sum of x times weights, divided by that of the weights."""
    if weights is None:
        return mean(x, axis)
    if ndim(weights) == 1 and isinstance(axis, int) and ndim(x) > 1:  # one for each place of the axis
        behind = ndim(x) - 1 - axis % ndim(x)
        weights = np.reshape(weights, (-1, *(1,) * behind)) if recorded(weights) is None else weights
    over = axes_of("average", axis, ndim(x))
    return divide(sum(multiply(x, weights), over), sum(multiply(ones_like(x), weights), over))


def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Return by how much each number differs from the one before it along an axis."""
    if recorded(a) is None:
        return np.diff(a, n, axis)
    (k,) = _along("diff", a, axis)
    for _ in range(n):
        a = subtract(_part(a, k, 1, None), _part(a, k, 0, -1))
    return a


def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    """Return the area under numbers along an axis, taken as joined by straight lines."""
    (k,) = _along("trapezoid", y, axis)
    width = dx if x is None else diff(x, axis=-1 if ndim(x) == 1 else k)
    if x is not None and ndim(x) == 1 and k != ndim(y) - 1:
        width = np.reshape(width, (-1, *(1,) * (ndim(y) - 1 - k)))
    return sum(multiply(multiply(add(_part(y, k, 1, None), _part(y, k, 0, -1)), 0.5), width), k)


def moments(x: Any, axes: Axes, keepdims: bool = False, synchronized: bool = False) -> Any:
    """Return the mean along the axes, and the mean squared distance from it."""
    return mean(x, axes, keepdims), var(x, axes, keepdims)


def multi_hot(inputs: Any, num_classes: int, axis: int = -1) -> Any:
    """Return 1 at each class that occurs along the second axis, or in a vector; the classes get the new axis."""
    return max(one_hot(inputs, num_classes, axis), 1 if ndim(inputs) > 1 else 0)


# ---- where numbers may be missing ----------------------------------------------------------------------------------


def nansum(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the sum of the numbers that are not NaN."""
    return sum(where(isnan(x), 0.0, x), axis, keepdims)


def nanmean(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the mean of the numbers that are not NaN."""
    return divide(nansum(x, axis, keepdims), sum(logical_not(isnan(x)), axis, keepdims))


def nanvar(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the mean squared distance from the mean of the numbers that are not NaN."""
    away = subtract(x, nanmean(x, axis, True))
    return nanmean(multiply(away, away), axis, keepdims)


def nanstd(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the square root of `nanvar`."""
    return sqrt(nanvar(x, axis, keepdims))


def nanmax(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the largest of the numbers that are not NaN."""
    return _or_nan(x, axis, keepdims, max(where(isnan(x), -np.inf, x), axis, keepdims))


def nanmin(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the smallest of the numbers that are not NaN."""
    return _or_nan(x, axis, keepdims, min(where(isnan(x), np.inf, x), axis, keepdims))


def _or_nan(x: Any, axis: Axes, keepdims: bool, found: Any) -> Any:
    """Return what was found, and NaN where there is no other number."""
    return where(min(isnan(x), axis, keepdims), np.nan, found)
