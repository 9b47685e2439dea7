"""Regularizers: their numbers, and that a model's loss and gradient hold them once a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import layers, models, ops, regularizers
from tidegate.errors import ArgumentError
from tidegate.layers import GRU, LSTM, Dense, Embedding, Layer, SimpleRNN
from tidegate.regularizers import L1, L1L2, L2, OrthogonalRegularizer

W = np.array([[1.0, -2.0], [3.0, 4.0]], np.float32)


def test_numbers() -> None:
    assert float(L1(0.5)(W)) == 5.0
    assert float(L2(0.1)(W)) == pytest.approx(3.0)
    assert float(L1L2(0.5, 0.1)(W)) == pytest.approx(8.0)
    cosine = abs((3 - 8) / np.sqrt(5 * 25))
    assert float(OrthogonalRegularizer(2.0)(W)) == pytest.approx(2 * cosine)
    cosine = (-2 + 12) / np.sqrt(10 * 20)
    assert float(OrthogonalRegularizer(2.0, mode="columns")(W)) == pytest.approx(2 * cosine)


def test_names_and_configs() -> None:
    assert regularizers.get(None) is None
    assert regularizers.get("l1_l2").get_config() == {"l1": 0.01, "l2": 0.01}
    assert regularizers.get("L2").get_config() == {"l2": 0.01}
    for made in (L1(0.3), L2(0.2), L1L2(0.1, 0.2), OrthogonalRegularizer(0.4, "columns")):
        again = regularizers.deserialize(regularizers.serialize(made))
        assert type(again) is type(made)
        assert again.get_config() == made.get_config()


@pytest.mark.parametrize("wrong", [lambda: L1(-1), lambda: L2("a"), lambda: Dense(1, kernel_regularizer=3)])
def test_what_is_wrong_is_refused_where_it_is_written(wrong: Any) -> None:
    with pytest.raises(ArgumentError):
        wrong()


def test_a_function_that_is_no_penalty_is_refused() -> None:
    model = models.Sequential([Dense(1, kernel_regularizer=lambda w: w, input_shape=(2,))])
    model.compile("sgd", "mse")
    with pytest.raises(ArgumentError, match="one number"):
        model.evaluate(np.ones((3, 2)), np.ones(3), verbose=0)


class Penalised(Layer):
    """Adds what its weight and its inputs cost."""

    def build(self, input_shape: Any) -> None:
        self.w = self.add_weight((3,), "ones", "w")

    def call(self, inputs: Any) -> Any:
        self.add_loss(ops.l1_l2(self.w.value, l1=0.5))
        self.add_loss([0.25 * ops.sum(ops.square(inputs))])
        return inputs


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("batch", [7, 600])  # one shard, and several
def test_the_loss_holds_each_penalty_once_a_batch(batch: int, training: bool) -> None:
    def own(w: Any) -> Any:
        return 0.3 * ops.sum(ops.square(w))

    model = models.Sequential(
        [
            Penalised(input_shape=(3,)),
            Dense(4, kernel_regularizer=L1L2(0.1, 0.2), bias_regularizer="l1", activity_regularizer=L2(0.1)),
            Dense(2, kernel_regularizer=own, activity_regularizer=own),
        ]
    )
    print("seed 1")
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    model.compile("sgd", "mse")
    x, y = rng.normal(size=(batch, 3)), rng.normal(size=(batch, 2))
    w, k1, b1, k2, b2 = model.get_weights()
    h = x @ k1 + b1
    p = h @ k2 + b2
    expected = np.square(p - y).mean() + 0.5 * np.abs(w).sum() + 0.25 * np.square(x).sum()
    expected += 0.1 * np.abs(k1).sum() + 0.2 * np.square(k1).sum() + 0.01 * np.abs(b1).sum()
    expected += 0.3 * np.square(k2).sum() + (0.1 * np.square(h).sum() + 0.3 * np.square(p).sum()) / batch
    found = model.train_on_batch(x, y) if training else model.evaluate(x, y, batch_size=batch, verbose=0)
    assert found == pytest.approx(expected, rel=1e-5)


def test_frozen_weights_cost_nothing() -> None:
    model = models.Sequential([Dense(1, kernel_regularizer=L2(5.0), trainable=False, input_shape=(2,))])
    model.compile("sgd", "mse")
    x = np.ones((4, 2))
    assert model.evaluate(x, model.predict(x, verbose=0), verbose=0) == pytest.approx(0, abs=1e-6)
    assert model.losses == []


@pytest.mark.parametrize("batch", [5, 600])
def test_the_step_follows_the_penalty(batch: int) -> None:
    model = models.Sequential([Dense(1, use_bias=False, kernel_regularizer=L2(0.5), input_shape=(2,))])
    model.set_weights([np.array([[1.0], [-2.0]])])
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = 0.1
    model.train_on_batch(np.zeros((batch, 2)), np.zeros((batch, 1)))
    np.testing.assert_allclose(model.get_weights()[0], [[0.9], [-1.8]], rtol=1e-6)


def test_losses_of_a_layer() -> None:
    layer = Dense(5, kernel_initializer="ones", kernel_regularizer=L1(0.01), activity_regularizer=L2(0.01))
    layer(np.full((5, 5), 2.0))
    assert sum(layer.losses) == pytest.approx(5.25)


@pytest.mark.parametrize("make", [LSTM, GRU, SimpleRNN, Dense, Embedding])
def test_every_weight_takes_one_and_says_so(make: Any) -> None:
    kinds = {Embedding: ("embeddings",), Dense: ("kernel", "bias")}
    names = kinds.get(make, ("kernel", "recurrent", "bias"))
    given = {f"{name}_regularizer": L2(k + 1.0) for k, name in enumerate(names)}
    layer = make(*((7, 3) if make is Embedding else (3,)), **given, activity_regularizer="l1")
    again = layers.deserialize(layers.serialize(layer))
    for k, name in enumerate(names):
        assert getattr(again, f"{name}_regularizer").l2 == k + 1
    assert again.activity_regularizer.l1 == 0.01
    again.build((None, 5, 2))
    assert [p.regularizer.l2 for p in again.weights] == [k + 1 for k in range(len(names))]
