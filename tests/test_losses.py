"""Losses as functions, as objects and by name."""

from __future__ import annotations

import numpy as np
import pytest

from tidegate import losses
from tidegate.errors import ArgumentError

RNG = np.random.default_rng(0)


def test_functions_give_one_number_for_each_position() -> None:
    y, p = RNG.random((4, 3)), RNG.random((4, 3))
    np.testing.assert_allclose(losses.mean_squared_error(y, p), ((y - p) ** 2).mean(axis=1))
    np.testing.assert_allclose(losses.mean_absolute_error(y, p), np.abs(y - p).mean(axis=1))
    expected = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(axis=1)
    np.testing.assert_allclose(losses.binary_crossentropy(y, p), expected)
    q = p / p.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(losses.categorical_crossentropy(y, p), -(y * np.log(q)).sum(axis=1))
    k = np.array([0, 2, 1, 1])
    expected = -np.log(q[np.arange(4), k])
    np.testing.assert_allclose(losses.sparse_categorical_crossentropy(k, p), expected)
    np.testing.assert_allclose(losses.sparse_categorical_crossentropy(k[:, None], p), expected)


def test_logits_are_the_same_before_the_function() -> None:
    z, y = RNG.normal(size=(5, 4)), RNG.integers(0, 2, size=(5, 4))
    sigmoid = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(
        losses.binary_crossentropy(y, z, from_logits=True), losses.binary_crossentropy(y, sigmoid), rtol=1e-6
    )
    softmax = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    onehot = np.eye(4)[[0, 1, 2, 3, 0]]
    np.testing.assert_allclose(
        losses.CategoricalCrossentropy(from_logits=True)(onehot, z),
        losses.CategoricalCrossentropy()(onehot, softmax),
        rtol=1e-6,
    )


def test_label_smoothing() -> None:
    p = np.array([[0.9, 0.1]])
    smoothed = losses.CategoricalCrossentropy(label_smoothing=0.2)([[1, 0]], p)
    assert smoothed == pytest.approx(-(0.9 * np.log(0.9) + 0.1 * np.log(0.1)))
    smoothed = losses.BinaryCrossentropy(label_smoothing=0.2)([[1]], [[0.9]])
    assert smoothed == pytest.approx(-(0.9 * np.log(0.9) + 0.1 * np.log(0.1)), rel=1e-6)
    with pytest.raises(ArgumentError, match="label_smoothing from 0 to 1"):
        losses.BinaryCrossentropy(label_smoothing=2)


@pytest.mark.parametrize(
    ("names", "cls"),
    [
        (["mse", "MSE", "mean_squared_error", "MeanSquaredError"], losses.MeanSquaredError),
        (["mae", "MAE", "mean_absolute_error", "MeanAbsoluteError"], losses.MeanAbsoluteError),
        (["bce", "BCE", "binary_crossentropy", "BinaryCrossentropy"], losses.BinaryCrossentropy),
        (["categorical_crossentropy", "CategoricalCrossentropy"], losses.CategoricalCrossentropy),
        (
            ["sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"],
            losses.SparseCategoricalCrossentropy,
        ),
    ],
)
def test_every_spelling(names: list[str], cls: type[losses.Loss]) -> None:
    for name in names:
        assert type(losses.get(name)) is cls
    assert type(losses.get(cls)) is cls
    assert type(losses.get(getattr(losses, names[-2]))) is cls
    assert type(losses.deserialize(losses.serialize(cls()))) is cls


def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(ArgumentError, match="did you mean 'mean_squared_error'"):
        losses.get("mean_square_error")
    with pytest.raises(ArgumentError, match="not there yet"):
        losses.get(lambda y, p: y)
    with pytest.raises(ArgumentError, match="reduction"):
        losses.MeanSquaredError(reduction="none")
    with pytest.raises(ArgumentError, match="y_true of shape"):
        losses.mean_squared_error(np.zeros((4, 1)), np.zeros((4, 5)))
    with pytest.raises(ArgumentError, match="a name or an object"):
        losses.get(3)
