"""Samples and steps in one axis by `reshape`: rows are computed as ever, and what would take them apart is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.errors import ShapeError
from tidegate.layers import Input, Lambda
from tidegate.models import Model

X = np.random.default_rng(3).normal(size=(2, 4, 6)).astype(np.float32)
W = np.random.default_rng(4).normal(size=(3, 2)).astype(np.float32)


def made(function: Callable[[Any], Any]) -> np.ndarray:
    a = Input(X.shape[1:])
    found: np.ndarray = Model(a, Lambda(function)(a)).predict(X, verbose=0)
    return found


@pytest.mark.parametrize(
    "function",
    [
        lambda x: ops.reshape(ops.reshape(x, (-1, 3)), (-1, 24)),
        lambda x: ops.reshape(ops.tanh(ops.matmul(ops.reshape(x, (-1, 3)), W)), (-1, 8, 2)),
        lambda x: ops.reshape(ops.softmax(ops.reshape(ops.reshape(x, (-1, 3)), (-1, 6))), (-1, 4, 6)),
        lambda x: ops.reshape(ops.reshape(x, (-1, 2, 3)) * 2.0 - ops.reshape(x, (-1, 2, 3)), (-1, 8, 3)),
    ],
)
def test_rows_are_computed_as_numpy_has_them(function: Callable[[Any], Any]) -> None:
    np.testing.assert_allclose(made(function), function(X), atol=1e-5)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: ops.sum(ops.reshape(x, (-1, 3)), axis=1),
        lambda x: ops.reshape(x, (-1, 3))[:, 0],
        lambda x: ops.reshape(x, (-1, 3)) + ops.reshape(x, (-1, 2, 3)),
        lambda x: ops.reshape(x, (-1, 3)) + x[:, 0, :1],
        lambda x: ops.reshape(x, (-1, 3)),
    ],
)
def test_what_needs_the_samples_says_how_to_part_them(function: Callable[[Any], Any]) -> None:
    with pytest.raises(
        ShapeError, match=r"samples in front.*`reshape` made.*Instead: reshape\(x, \(-1, [84], "
    ):
        made(function)


def test_a_shape_that_does_not_divide_is_refused_as_ever() -> None:
    with pytest.raises(ShapeError, match="24 numbers a sample"):
        made(lambda x: ops.reshape(x, (-1, 5)))
