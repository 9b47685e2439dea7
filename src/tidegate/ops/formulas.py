"""Functions of each number by itself, by Keras's names, made of the ops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidegate.ops.activation import activation
from tidegate.ops.base import recorded
from tidegate.ops.binary import (
    add,
    arctan2,
    divide,
    equal,
    greater,
    less,
    less_equal,
    logical_and,
    maximum,
    minimum,
    multiply,
    power,
    subtract,
)  # fmt: skip
from tidegate.ops.elementwise import (
    absolute,
    erf,
    exp,
    isfinite,
    isnan,
    log,
    log1p,
    logical_not,
    negative,
    sign,
    sin,
    sqrt,
    square,
    trunc,
)  # fmt: skip
from tidegate.ops.elementwise import (
    round as whole,
)
from tidegate.ops.functions import clip, logaddexp
from tidegate.ops.reduce import min
from tidegate.ops.where import where

__all__ = [
    "allclose",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctanh",
    "cbrt",
    "deg2rad",
    "divide_no_nan",
    "erfc",
    "erfinv",
    "exp2",
    "fabs",
    "fmax",
    "fmin",
    "fmod",
    "hard_shrink",
    "hard_tanh",
    "heaviside",
    "hypot",
    "isclose",
    "isinf",
    "isneginf",
    "isposinf",
    "logaddexp2",
    "nan_to_num",
    "rad2deg",
    "round",
    "signbit",
    "sinc",
    "soft_shrink",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "tanh_shrink",
    "threshold",
]

# erfinv(x) = x p(w) with w = -log(1 - x²): the polynomials of Giles 2012, highest power first.
_NEAR = (2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503,
         -0.00417768164, 0.246640727, 1.50140941)  # fmt: skip
_FAR = (-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
        0.00943887047, 1.00167406, 2.83297682)  # fmt: skip


def arcsin(x: Any) -> Any:
    """Return the angle whose sine is x."""
    return arctan2(x, sqrt(subtract(1, square(x))))


def arccos(x: Any) -> Any:
    """Return the angle whose cosine is x."""
    return arctan2(sqrt(subtract(1, square(x))), x)


def arcsinh(x: Any) -> Any:
    """Return the number whose hyperbolic sine is x."""
    a = absolute(x)
    more = divide(square(a), add(1, sqrt(add(1, square(a)))))  # sqrt(1 + a²) - 1, exact near 0
    return multiply(sign(x), log1p(add(a, more)))


def arccosh(x: Any) -> Any:
    """Return the number whose hyperbolic cosine is x."""
    return log(add(x, sqrt(subtract(square(x), 1))))


def arctanh(x: Any) -> Any:
    """Return the number whose hyperbolic tangent is x."""
    return multiply(subtract(log1p(x), log1p(negative(x))), 0.5)


def cbrt(x: Any) -> Any:
    """Return the cube root."""
    return multiply(sign(x), power(absolute(x), 1 / 3))


def deg2rad(x: Any) -> Any:
    """Return degrees as an angle in radians."""
    return multiply(x, math.pi / 180)


def rad2deg(x: Any) -> Any:
    """Return radians as an angle in degrees."""
    return multiply(x, 180 / math.pi)


def divide_no_nan(x1: Any, x2: Any) -> Any:
    """Return x1 / x2, and 0 where x2 is 0."""
    nothing = equal(x2, 0)
    return where(nothing, 0.0, divide(x1, where(nothing, 1.0, x2)))


def erfc(x: Any) -> Any:
    """Return 1 - erf(x)."""
    return subtract(1, erf(x))


def erfinv(x: Any) -> Any:
    """Return the number whose erf is x, to about seven digits."""
    w = negative(add(log1p(x), log1p(negative(x))))

    def along(coefficients: tuple[float, ...], t: Any) -> Any:
        p: Any = coefficients[0]
        for c in coefficients[1:]:
            p = add(multiply(t, p), c)
        return p

    far = along(_FAR, subtract(sqrt(maximum(w, 5.0)), 3.0))  # the root of what is near has no use
    return multiply(x, where(less(w, 5.0), along(_NEAR, subtract(minimum(w, 5.0), 2.5)), far))


def exp2(x: Any) -> Any:
    """Return 2 to the power of x."""
    return exp(multiply(x, math.log(2)))


def fabs(x: Any) -> Any:
    """Return |x|."""
    return absolute(x)


def fmax(x1: Any, x2: Any) -> Any:
    """Return the larger of both, and of one that is NaN the other."""
    return where(isnan(x1), x2, where(isnan(x2), x1, maximum(x1, x2)))


def fmin(x1: Any, x2: Any) -> Any:
    """Return the smaller of both, and of one that is NaN the other."""
    return where(isnan(x1), x2, where(isnan(x2), x1, minimum(x1, x2)))


def fmod(x1: Any, x2: Any) -> Any:
    """Return what is left of x1 after whole x2, with the sign of x1."""
    return subtract(x1, multiply(trunc(divide(x1, x2)), x2))


def heaviside(x1: Any, x2: Any) -> Any:
    """Return 0 below 0, 1 above, and x2 at 0."""
    return where(equal(x1, 0), x2, greater(x1, 0))


def hypot(x1: Any, x2: Any) -> Any:
    """Return sqrt(x1² + x2²)."""
    return sqrt(add(square(x1), square(x2)))


def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Return 1 where |x1 - x2| is at most atol + rtol |x2|."""
    near = less_equal(absolute(subtract(x1, x2)), add(atol, multiply(absolute(x2), rtol)))
    near = where(logical_and(isfinite(x1), isfinite(x2)), near, equal(x1, x2))
    return where(logical_and(isnan(x1), isnan(x2)), 1.0, near) if equal_nan else near


def allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Return 1 where all numbers are close, as `isclose` has it."""
    return min(isclose(x1, x2, rtol, atol, equal_nan))


def isinf(x: Any) -> Any:
    """Return 1 where x is infinite."""
    return logical_and(logical_not(isfinite(x)), logical_not(isnan(x)))


def isposinf(x: Any) -> Any:
    """Return 1 where x is +infinity."""
    return greater(x, float(np.finfo(np.float32).max))


def isneginf(x: Any) -> Any:
    """Return 1 where x is -infinity."""
    return less(x, float(np.finfo(np.float32).min))


def logaddexp2(x1: Any, x2: Any) -> Any:
    """Return log2(2^x1 + 2^x2), without overflow."""
    two = math.log(2)
    return multiply(logaddexp(multiply(x1, two), multiply(x2, two)), 1 / two)


def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """Return x with finite numbers in the place of NaN and infinity."""
    if recorded(x) is None:
        return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)
    ends = np.finfo(np.float32)
    top = float(ends.max) if posinf is None else posinf
    bottom = float(ends.min) if neginf is None else neginf
    return where(isnan(x), nan, where(isposinf(x), top, where(isneginf(x), bottom, x)))


def round(x: Any, decimals: int = 0) -> Any:
    """Return x rounded to so many places behind the point, halves to the even side."""
    if decimals == 0:
        return whole(x)
    return divide(whole(multiply(x, 10.0**decimals)), 10.0**decimals)


def signbit(x: Any) -> Any:
    """Return 1 where x is below 0."""
    return less(x, 0)


def sinc(x: Any) -> Any:
    """Return sin(pi x) / (pi x), and 1 at 0."""
    angle = multiply(where(equal(x, 0), 1e-20, x), math.pi)
    return divide(sin(angle), angle)


def hard_tanh(x: Any) -> Any:
    """Return x between -1 and 1, and these beyond them."""
    return clip(x, -1, 1)


def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x where |x| is above the threshold, else 0."""
    return where(greater(absolute(x), threshold), x, 0.0)


def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """Return x moved towards 0 by the threshold, and 0 where it is nearer."""
    return multiply(sign(x), maximum(subtract(absolute(x), threshold), 0))


def tanh_shrink(x: Any) -> Any:
    """Return x - tanh(x)."""
    return activation(x, function="tanh_shrink")


def squareplus(x: Any, b: float = 4) -> Any:
    """Return (x + sqrt(x² + b)) / 2."""
    return multiply(add(x, sqrt(add(square(x), b))), 0.5)


def sparse_plus(x: Any) -> Any:
    """Return 0 below -1, x above 1, and (x + 1)² / 4 between."""
    return activation(x, function="sparse_plus")


def sparse_sigmoid(x: Any) -> Any:
    """Return 0 below -1, 1 above 1, and (x + 1) / 2 between."""
    return activation(x, function="sparse_sigmoid")


def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """Return x where it is above the threshold, else default_value."""
    return where(greater(x, threshold), x, default_value)
