"""`keras.random`: arrays outside of a model, drawn anew for each batch inside a layer's call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tidegate import Model, backend, ops, random
from tidegate.errors import TidegateError
from tidegate.layers import Input, Layer

MANY = 20000


@pytest.mark.parametrize(
    ("drawn", "mean", "deviation"),
    [
        (lambda shape, seed: random.normal(shape, 2.0, 3.0, seed=seed), 2, 3),
        (lambda shape, seed: random.uniform(shape, -1.0, 3.0, seed=seed), 1, 4 / 12**0.5),
        (lambda shape, seed: random.truncated_normal(shape, 1.0, 2.0, seed=seed), 1, 2 * 0.8796),
        (lambda shape, seed: random.randint(shape, 0, 3, seed=seed), 1, (2 / 3) ** 0.5),
        (lambda shape, seed: random.dropout(ops.ones_like(random.uniform(shape)), 0.2, seed=seed), 1, 0.5),
    ],
)
def test_numbers_have_their_distribution(drawn: Callable[..., Any], mean: float, deviation: float) -> None:
    class Draw(Layer):
        def call(self, x: Any) -> Any:
            return drawn(ops.shape(x), 3) + x * 0

    x = Input((50,))
    for found in (drawn((MANY,), 7), Model(x, Draw()(x)).predict(np.ones((MANY // 50, 50)))):
        assert np.mean(found) == pytest.approx(mean, abs=5 * deviation / MANY**0.5)
        assert np.std(found) == pytest.approx(deviation, rel=0.03)


def test_a_seed_gives_the_same_and_a_generator_goes_on() -> None:
    np.testing.assert_array_equal(random.normal((5,), seed=3), random.normal((5,), seed=3))
    seeds = random.SeedGenerator(3)
    first = random.normal((5,), seed=seeds)
    assert (first != random.normal((5,), seed=seeds)).any()
    again = random.SeedGenerator.from_config(seeds.get_config())
    np.testing.assert_array_equal(first, random.normal((5,), seed=again))


def test_classes_are_drawn_by_their_logits() -> None:
    shares = np.array([[0.1, 0.2, 0.7]])
    found = random.categorical(np.log(shares), MANY, seed=5)
    assert found.shape == (1, MANY)
    assert found.dtype == np.int32
    np.testing.assert_allclose(np.bincount(found[0]) / MANY, shares[0], atol=0.02)


def test_other_distributions_and_orders() -> None:
    assert random.gamma((MANY,), 2.0, seed=1).mean() == pytest.approx(2, rel=0.05)
    assert random.beta((MANY,), 2.0, 2.0, seed=1).mean() == pytest.approx(0.5, rel=0.05)
    assert random.binomial((MANY,), 4, 0.25, seed=1).mean() == pytest.approx(1, rel=0.05)
    assert sorted(random.shuffle(np.arange(9), seed=1).tolist()) == list(range(9))


def test_a_layer_draws_anew_for_each_call() -> None:
    class Sampling(Layer):
        def call(self, inputs: Any) -> Any:
            mean, log_variance = inputs
            noise = backend.random_normal((backend.shape(mean)[0], backend.int_shape(mean)[1]))
            return mean + backend.exp(log_variance / 2) * noise

    a, b = Input((3,)), Input((3,))
    model = Model([a, b], Sampling()([a, b]))
    x = [np.zeros((40, 3)), np.zeros((40, 3))]
    first, second = model.predict(x), model.predict(x)
    assert (first != second).any()
    assert first.std() == pytest.approx(1, abs=0.3)


def test_an_open_size_outside_of_a_model_is_refused() -> None:
    with pytest.raises(TidegateError, match="None stands for the samples"):
        random.normal((None, 3))
