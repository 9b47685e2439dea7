"""`keras.backend`: the functions that scripts around recurrent models use."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import backend as K
from tidegate.errors import TidegateError
from tidegate.layers import Dense

X = np.array([[1.0, -2.0], [3.0, 0.5]], np.float32)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (lambda: K.mean(K.square(X)), (X**2).mean()),
        (lambda: K.sum(X, axis=-1), X.sum(-1)),
        (lambda: K.max(K.abs(X), axis=0, keepdims=True), [[3, 2]]),
        (lambda: K.sqrt(K.exp(X)), np.exp(X / 2)),
        (lambda: K.clip(X, -1, 1), np.clip(X, -1, 1)),
        (lambda: K.sigmoid(X), 1 / (1 + np.exp(-X))),
        (lambda: K.concatenate([X, X], axis=-1), np.hstack([X, X])),
        (lambda: K.expand_dims(X), X[..., None]),
        (lambda: K.constant(2.0, shape=(2,)), [2, 2]),
        (lambda: K.binary_crossentropy(np.ones((1, 1)), np.full((1, 1), 0.5)), [np.log(2)]),
        (lambda: K.get_value(K.variable(X)), X),
        (lambda: K.cast_to_floatx([1]), [1]),
        (lambda: K.flatten(X), X.ravel()),
        (lambda: K.batch_dot(X, X), (X * X).sum(-1, keepdims=True)),
        (lambda: K.batch_dot(X[:, None], X[:, :, None]), (X * X).sum(-1)[:, None, None]),
        (lambda: K.batch_dot(X[:, None], X[:, None], axes=[2, 2]), (X * X).sum(-1)[:, None, None]),
        (lambda: K.dot(X, np.float32([1, 2])), X @ [1, 2]),
        (lambda: K.prod(X, axis=1), X.prod(1)),
        (lambda: K.slice(X, (0, 1), (-1, 1)), X[:, 1:]),
        (lambda: K.in_top_k(X, np.array([0, 1]), 1), [1, 0]),
    ],
)
def test_functions(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found(), expected, rtol=1e-6)


def test_weights_are_read_and_written() -> None:
    layer = Dense(1)
    layer(X)
    K.set_value(layer.kernel, [[1.0], [2.0]])
    assert K.get_value(layer.kernel).tolist() == [[1], [2]]
    K.batch_set_value([(layer.bias, [5.0])])
    assert K.batch_get_value(layer.weights)[1].tolist() == [5]
    assert (K.int_shape(layer.kernel), K.ndim(layer.kernel), K.count_params(layer.kernel)) == ((2, 1), 2, 2)


def test_constants_can_be_set_to_what_they_are() -> None:
    K.set_floatx("float32")
    K.set_epsilon(1e-7)
    with pytest.raises(TidegateError, match="the one type there is"):
        K.set_floatx("float16")


def test_a_wrong_name_offers_the_near_one() -> None:
    with pytest.raises(AttributeError, match="did you mean 'square'"):
        K.sqare(X)
    assert "mean" in dir(K)
