"""Losses as functions, as objects and by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import kernels, layers, losses, models, ops
from tidegate.errors import ArgumentError, ShapeError

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
    with pytest.raises(ArgumentError, match=r"from tidegate\.ops"):
        losses.get("ctc")
    with pytest.raises(ArgumentError, match="reduction"):
        losses.MeanSquaredError(reduction="average")
    with pytest.raises(ArgumentError, match="y_true of shape"):
        losses.mean_squared_error(np.zeros((4, 1)), np.zeros((4, 5)))
    with pytest.raises(ArgumentError, match="a name, a function or an object"):
        losses.get(3)


@pytest.mark.parametrize("name", losses.CLASSES)
def test_each_is_made_again_from_its_description_and_found_by_its_names(name: str) -> None:
    loss = losses.CLASSES[name](reduction="sum")
    again = losses.deserialize(losses.serialize(loss))
    assert type(again) is type(loss) and again.get_config() == loss.get_config()
    assert type(losses.get(name)) is losses.CLASSES[name]


def test_reductions_and_weights() -> None:
    y, p, w = np.zeros((4, 2)), np.arange(8.0).reshape(4, 2), np.array([0, 1, 2, 1])
    each = (p**2).mean(axis=1)
    made = {r: losses.MeanSquaredError(reduction=r) for r in losses.REDUCTIONS}
    assert made["sum"](y, p) == pytest.approx(each.sum())
    assert made["sum_over_batch_size"](y, p, w) == pytest.approx((each * w).sum() / 4)
    assert made["mean_with_sample_weight"](y, p, w) == pytest.approx((each * w).sum() / 4)
    np.testing.assert_allclose(made["none"](y, p, sample_weight=w), each * w)
    with pytest.raises(ShapeError, match="sample_weight of shape"):
        made["sum"](y, p, np.ones(3))
    steps = y.reshape(1, 4, 2), p.reshape(1, 4, 2)
    assert made["mean"](*steps, [[2.0]]) == pytest.approx(2 * each.mean())  # one weight for all steps


def test_a_loss_is_computed_in_single_precision() -> None:
    """Numbers of Keras 3.15: where an output is quite wrong, 1 less the smallest share is rounded."""
    y, p = np.array([[0.0]]), np.array([[1.0]])
    assert losses.BinaryCrossentropy()(y, p) == pytest.approx(15.942385, abs=1e-5)


def test_each_class_may_have_a_balance_of_its_own() -> None:
    """Numbers of Keras 3.15."""
    y, p = np.eye(3)[[0, 2]], np.array([[0.5, 0.3, 0.2], [0.1, 0.3, 0.6]])
    loss = losses.CategoricalFocalCrossentropy(alpha=[0.1, 0.2, 0.7])
    assert loss(y, p) == pytest.approx(0.0373, abs=1e-4)


def test_an_ignored_class_counts_nothing() -> None:
    p, k = np.full((3, 2), 0.5), np.array([0, -1, 1])
    loss = losses.SparseCategoricalCrossentropy(ignore_class=-1)
    np.testing.assert_allclose(loss.call(k, p), [np.log(2), 0, np.log(2)], rtol=1e-6)
    assert loss(k, p) == pytest.approx(np.log(2))
    model = models.Sequential(
        [layers.Dense(2, activation="softmax", kernel_initializer="zeros", input_shape=(1,))]
    )
    model.compile("sgd", loss)
    assert model.evaluate(np.ones((3, 1)), k, verbose=0) == pytest.approx(np.log(2))


class Cubed(losses.Loss):
    """A loss as a user writes it."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return ops.mean(ops.abs(y_true - y_pred) ** 3, axis=-1)


OWN: dict[str, Any] = {
    "a class": Cubed(),
    "a function": lambda y, p: ops.mean(ops.abs(y - p) ** 3, axis=-1),
    "one that keeps every number": lambda y, p: ops.power(ops.abs(y - p), 3),
    "one that gives one number": lambda y, p: ops.mean(ops.abs(y - p) ** 3),
    "one over the samples": lambda y, p: ops.mean(ops.abs(y - p) ** 3, axis=0),
    "one with a weighted class inside": lambda y, p: 0.5 * Cubed()(y, p) + 0.5 * Cubed().call(y, p),
}


@pytest.mark.parametrize("what", OWN)
@pytest.mark.parametrize("samples", [(2,), (3, 2)])
def test_a_loss_of_ones_own_trains(what: str, samples: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(12, *samples)), rng.normal(size=(12, *samples))
    model = models.Sequential([layers.Dense(2, input_shape=samples)])
    model.compile("sgd", OWN[what])
    before = model.get_weights()
    found = model.fit(x, y, batch_size=12, epochs=2, verbose=0, shuffle=False).history["loss"]
    assert (model.plan is not None and model.plan.executor.name != "reference") or not kernels.available()
    expected = []
    W, b = (w.astype(np.float64) for w in before)
    for _ in range(2):
        d = x @ W + b - y
        expected.append((np.abs(d) ** 3).mean())
        g = (3 * d * np.abs(d) / d.size).reshape(-1, 2)
        W, b = W - 0.01 * x.reshape(-1, 2).T @ g, b - 0.01 * g.sum(axis=0)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_what_is_no_loss_says_so() -> None:
    model = models.Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", lambda y, p: 1.0)
    with pytest.raises(ShapeError, match=r"tidegate\.ops makes of"):
        model.fit(np.ones((2, 2)), np.ones((2, 1)), verbose=0)
