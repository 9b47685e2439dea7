"""The functions that act on each number by itself, and their slopes.

`ACTIVATIONS[name]` holds `value(z)` and `slope(z, a)`, where a = value(z). Definitions follow Keras 3. The native
kernels know each by its position in this table.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tidegate.ops.base import Array

__all__ = ["ACTIVATIONS", "Activation", "code", "sigmoid"]


class Activation(NamedTuple):
    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]


def sigmoid(z: Array) -> Array:
    e = np.exp(-np.abs(z))  # never overflows
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e)).astype(z.dtype)


def softplus(z: Array) -> Array:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def _where(*pairs: object) -> Array:
    return np.where(*pairs)  # type: ignore[call-overload, no-any-return]


def _exp0(z: Array) -> Array:
    return np.exp(np.minimum(z, 0))  # the branch for z < 0, without overflow in the other


_erf = np.vectorize(math.erf, otypes=[float])
_ALPHA, _SCALE = 1.6732632423543772, 1.0507009873554805  # Klambauer et al. 2017


def _normal_cdf(z: Array) -> Array:
    return (0.5 * (1 + _erf(z / math.sqrt(2)))).astype(z.dtype) if z.size else z


def _normal_pdf(z: Array) -> Array:
    return np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def _mish_slope(z: Array, a: Array) -> Array:
    t = np.tanh(softplus(z))
    return t + z * (1 - t * t) * sigmoid(z)  # type: ignore[no-any-return]


ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation(lambda z: z, lambda z, a: np.ones_like(z)),
    "relu": Activation(lambda z: np.maximum(z, 0), lambda z, a: (z > 0).astype(z.dtype)),
    "sigmoid": Activation(sigmoid, lambda z, a: a * (1 - a)),
    "tanh": Activation(np.tanh, lambda z, a: 1 - a * a),
    "elu": Activation(lambda z: _where(z > 0, z, _exp0(z) - 1), lambda z, a: _where(z > 0, 1, _exp0(z))),
    "selu": Activation(
        lambda z: _SCALE * _where(z > 0, z, _ALPHA * (_exp0(z) - 1)),
        lambda z, a: _SCALE * _where(z > 0, 1, _ALPHA * _exp0(z)),
    ),
    "softplus": Activation(softplus, lambda z, a: sigmoid(z)),
    "softsign": Activation(lambda z: z / (1 + np.abs(z)), lambda z, a: 1 / (1 + np.abs(z)) ** 2),
    "exponential": Activation(np.exp, lambda z, a: a),
    "hard_sigmoid": Activation(
        lambda z: np.clip(z / 6 + 0.5, 0, 1), lambda z, a: (np.abs(z) < 3).astype(z.dtype) / 6
    ),
    "silu": Activation(lambda z: z * sigmoid(z), lambda z, a: sigmoid(z) * (1 + z * (1 - sigmoid(z)))),
    "gelu": Activation(lambda z: z * _normal_cdf(z), lambda z, a: _normal_cdf(z) + z * _normal_pdf(z)),
    "leaky_relu": Activation(lambda z: _where(z > 0, z, 0.2 * z), lambda z, a: _where(z > 0, 1.0, 0.2)),
    "relu6": Activation(lambda z: np.clip(z, 0, 6), lambda z, a: ((z > 0) & (z < 6)).astype(z.dtype)),
    "mish": Activation(lambda z: z * np.tanh(softplus(z)), _mish_slope),
    "hard_silu": Activation(
        lambda z: z * np.clip(z / 6 + 0.5, 0, 1),
        lambda z, a: np.clip(z / 6 + 0.5, 0, 1) + z * (np.abs(z) < 3) / 6,
    ),
    "celu": Activation(lambda z: _where(z > 0, z, _exp0(z) - 1), lambda z, a: _where(z > 0, 1, _exp0(z))),
    "hard_tanh": Activation(lambda z: np.clip(z, -1, 1), lambda z, a: (np.abs(z) < 1).astype(z.dtype)),
    "log_sigmoid": Activation(lambda z: -softplus(-z), lambda z, a: sigmoid(-z)),
    "hard_shrink": Activation(lambda z: z * (np.abs(z) > 0.5), lambda z, a: (np.abs(z) > 0.5).astype(z.dtype)),
    "soft_shrink": Activation(
        lambda z: np.sign(z) * np.maximum(np.abs(z) - 0.5, 0), lambda z, a: (np.abs(z) > 0.5).astype(z.dtype)
    ),
    "tanh_shrink": Activation(lambda z: z - np.tanh(z), lambda z, a: np.tanh(z) ** 2),
    "squareplus": Activation(
        lambda z: (z + np.sqrt(z * z + 4)) / 2, lambda z, a: (1 + z / np.sqrt(z * z + 4)) / 2
    ),
    "sparse_plus": Activation(
        lambda z: _where(z <= -1, 0, _where(z < 1, (z + 1) ** 2 / 4, z)),
        lambda z, a: np.clip((z + 1) / 2, 0, 1),
    ),
    "sparse_sigmoid": Activation(
        lambda z: np.clip((z + 1) / 2, 0, 1), lambda z, a: (np.abs(z) < 1).astype(z.dtype) / 2
    ),
    "hard_sigmoid_2": Activation(  # as Keras 1 and 2 had it, whose files open here
        lambda z: np.clip(0.2 * z + 0.5, 0, 1), lambda z, a: 0.2 * (np.abs(z) < 2.5).astype(z.dtype)
    ),
}  # fmt: skip

_CODES = {name: k for k, name in enumerate(ACTIVATIONS)}


def code(name: str) -> int:
    """Return the number by which native kernels know an activation."""
    return _CODES[name]
