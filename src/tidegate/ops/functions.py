"""Functions by Keras's names that are made of the ops, for layers, losses and metrics of one's own.

Each takes recorded values, weights, arrays and numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.ops.activation import activation
from tidegate.ops.base import recorded
from tidegate.ops.binary import add, divide, greater, maximum, minimum, multiply, not_equal, power, subtract
from tidegate.ops.cast import cast
from tidegate.ops.elementwise import absolute, exp, log, log1p, negative, rsqrt, sqrt, square, stop_gradient
from tidegate.ops.losses import EPSILON
from tidegate.ops.losses import categorical_crossentropy as categorical
from tidegate.ops.matmul import matmul
from tidegate.ops.places import expand_dims, moveaxis, ndim, one_hot, split, squeeze
from tidegate.ops.reduce import Axes, max, mean, min, sum
from tidegate.ops.where import where

__all__ = [
    "abs",
    "all",
    "any",
    "binary_crossentropy",
    "categorical_crossentropy",
    "celu",
    "clip",
    "count_nonzero",
    "dot",
    "elu",
    "gelu",
    "glu",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "l2_normalize",
    "leaky_relu",
    "log2",
    "log10",
    "log_sigmoid",
    "logaddexp",
    "logsumexp",
    "mish",
    "norm",
    "normalize",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "softsign",
    "sparse_categorical_crossentropy",
    "squared_difference",
    "std",
    "swish",
    "tanh",
    "true_divide",
    "var",
]


# ---- numbers -------------------------------------------------------------------------------------------------------


def abs(x: Any) -> Any:
    """Return |x|."""
    return absolute(x)


def true_divide(x1: Any, x2: Any) -> Any:
    """Return x1 / x2."""
    return divide(x1, x2)


def squared_difference(x1: Any, x2: Any) -> Any:
    """Return (x1 - x2)²."""
    return square(subtract(x1, x2))


def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """Return x, but x_min where it is below and x_max where it is above."""
    return minimum(maximum(x, x_min), x_max)


def log2(x: Any) -> Any:
    """Return the logarithm to base 2."""
    return multiply(log(x), 1 / math.log(2))


def log10(x: Any) -> Any:
    """Return the logarithm to base 10."""
    return multiply(log(x), 1 / math.log(10))


def logaddexp(x1: Any, x2: Any) -> Any:
    """Return log(exp(x1) + exp(x2)), without overflow."""
    return add(maximum(x1, x2), log1p(exp(negative(absolute(subtract(x1, x2))))))


def _activation(name: str) -> Callable[[Any], Any]:
    def function(x: Any) -> Any:
        return activation(x, function=name)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return {name} of each number, as `tidegate.activations.{name}`."
    return function


relu, sigmoid, tanh, softplus, softsign, selu, silu, relu6, hard_sigmoid, log_sigmoid, hard_silu, mish = (
    _activation(name)
    for name in (
        "relu", "sigmoid", "tanh", "softplus", "softsign", "selu", "silu", "relu6", "hard_sigmoid", "log_sigmoid",
        "hard_silu", "mish",
    )
)  # fmt: skip
swish, hard_swish = silu, hard_silu


def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return x where it is above 0, else alpha (exp(x) - 1)."""
    y = activation(x, function="elu")
    return y if alpha == 1 else where(greater(x, 0), x, multiply(y, alpha))


def celu(x: Any, alpha: float = 1.0) -> Any:
    """Return x where it is above 0, else alpha (exp(x / alpha) - 1)."""
    return multiply(activation(divide(x, alpha), function="celu"), alpha)


def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """Return x where it is above 0, else negative_slope x."""
    if negative_slope == 0.2:
        return activation(x, function="leaky_relu")
    return where(greater(x, 0), x, multiply(x, negative_slope))


def gelu(x: Any, approximate: bool = True) -> Any:
    """Return x times the normal distribution at x; by default the usual approximation with tanh."""
    if not approximate:
        return activation(x, function="gelu")
    inner = multiply(add(x, multiply(multiply(square(x), x), 0.044715)), math.sqrt(2 / math.pi))
    return multiply(multiply(x, 0.5), add(tanh(inner), 1))


def glu(x: Any, axis: int = -1) -> Any:
    """Return the first half of x along an axis, times the sigmoid of the second."""
    a, b = split(x, 2, axis)
    return multiply(a, sigmoid(b))


# ---- sums ----------------------------------------------------------------------------------------------------------


def any(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return 1 where some number along the axes is not 0."""
    return max(not_equal(x, 0), axis, keepdims)


def all(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return 1 where no number along the axes is 0."""
    return min(not_equal(x, 0), axis, keepdims)


def count_nonzero(x: Any, axis: Axes = None) -> Any:
    """Return how many numbers along the axes are not 0."""
    return sum(not_equal(x, 0), axis)


def var(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the mean squared distance from the mean."""
    return mean(square(subtract(x, mean(x, axis, True))), axis, keepdims)


def std(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the square root of `var`."""
    return sqrt(var(x, axis, keepdims))


def logsumexp(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return log(sum(exp(x))), without overflow."""
    top = max(stop_gradient(x), axis, True)
    rest = log(sum(exp(subtract(x, top)), axis, keepdims))
    return add(rest, top if keepdims else max(stop_gradient(x), axis))


def norm(x: Any, ord: Any = None, axis: Axes = None, keepdims: bool = False) -> Any:
    """Return the length of vectors along an axis, or the norm of matrices along two of them.

    Parameters
    ----------
    ord : None for the root of the sum of squares, over all axes given
        Of vectors also inf, -inf, 0 or any p; of matrices "fro", 1, -1, inf or -inf.
    """
    axes = tuple(range(ndim(x))) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    plain = ord in (None, "euclidean") or (ord == "fro" and len(axes) == 2) or (ord == 2 and len(axes) == 1)
    if plain:
        return sqrt(sum(square(x), axes, keepdims))
    number = isinstance(ord, int | float) and not isinstance(ord, bool)
    if not number or len(axes) > 2 or (len(axes) == 2 and ord not in (1, -1, math.inf, -math.inf)):
        known = say("None, inf, -inf or a number") if len(axes) == 1 else "None, 'fro', 1, -1, inf, -inf"
        expected = say("ord among {names} over {n} axes", names=known, n=len(axes))
        raise ArgumentError(complaint("norm", expected, repr(ord), "`ord=None`"))
    if len(axes) == 2:  # the largest or smallest sum of a column, or of a row
        over, along = axes if ord in (1, -1) else axes[::-1]
        found = (max if ord > 0 else min)(sum(absolute(x), over, True), along, True)
        return found if keepdims else squeeze(found, axes)
    (only,) = axes
    if ord in (math.inf, -math.inf):
        return (max if ord > 0 else min)(absolute(x), only, keepdims)
    if ord == 0:
        return sum(cast(not_equal(x, 0.0)), only, keepdims)
    if ord == 1:
        return sum(absolute(x), only, keepdims)
    return power(sum(power(absolute(x), float(ord)), only, keepdims), 1.0 / ord)


def normalize(x: Any, axis: int = -1, order: int = 2, epsilon: float = 1e-7) -> Any:
    """Return x divided by its length along an axis, which is taken as at least epsilon."""
    if order == 2:
        return multiply(x, rsqrt(maximum(sum(square(x), axis, True), epsilon**2)))
    return divide(x, maximum(norm(x, order, axis, True), epsilon))


def l2_normalize(x: Any, axis: int = -1) -> Any:
    """Return x divided by its length along an axis."""
    return normalize(x, axis)


def dot(x1: Any, x2: Any) -> Any:
    """Return the matrix product, as `matmul`; with a vector, the sum of its products with the last axis.

    With a number, the products.
    """
    if recorded(x1) is None and recorded(x2) is None:
        return np.dot(x1, x2)
    if not ndim(x1) or not ndim(x2):
        return multiply(x1, x2)
    if ndim(x2) == 1 and ndim(x1) > 1:
        rows = x1 if ndim(x1) > 2 or np.shape(x1)[0] is not None else expand_dims(x1, 1)
        found = squeeze(matmul(rows, expand_dims(x2, 1)), -1)
        return found if rows is x1 else squeeze(found, 1)
    return matmul(x1, x2)


# ---- crossentropies, in Keras's order ------------------------------------------------------------------------------


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """Return -(t log o + (1 - t) log(1 - o)) of each number."""
    if from_logits:
        soft = log1p(exp(negative(absolute(output))))
        return add(subtract(maximum(output, 0), multiply(output, target)), soft)
    o = clip(output, EPSILON, 1 - EPSILON)
    hit, rest = multiply(target, log(o)), multiply(subtract(1, target), log(subtract(1, o)))
    return negative(add(hit, rest))


def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """Return -Σ t log o over an axis; the outputs there are first made to add up to 1."""
    t, o = (x if axis in (-1, ndim(x) - 1) else moveaxis(x, axis, -1) for x in (target, output))
    return categorical(o, t, from_logits=from_logits)


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """Return -log o at the place along an axis that the target says."""
    o = output if axis in (-1, ndim(output) - 1) else moveaxis(output, axis, -1)
    return categorical(o, one_hot(target, np.shape(o)[-1]), from_logits=from_logits)
