"""Optimizers: their names and defaults, old spellings, and the steps of each worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tidegate import optimizers
from tidegate.errors import ArgumentError
from tidegate.layers import Dense
from tidegate.models import Sequential
from tidegate.optimizers import SGD, Adam, Optimizer, RMSprop

X = np.random.default_rng(0).normal(size=(8, 3))
Y = np.random.default_rng(1).normal(size=(8, 1))


def by_hand(update: Callable[[np.ndarray, int], np.ndarray], w: np.ndarray, steps: int = 5) -> np.ndarray:
    for t in range(steps):
        w = w + update(2 * X.T @ (X @ w - Y) / len(X), t)
    return w


def sgd(lr: float, momentum: float = 0.0, nesterov: bool = False) -> Callable[[np.ndarray, int], np.ndarray]:
    m = np.zeros((3, 1))

    def update(g: np.ndarray, t: int) -> np.ndarray:
        nonlocal m
        m = momentum * m - lr * g
        return momentum * m - lr * g if nesterov else m

    return update


def adam(lr: float, b1: float, b2: float, eps: float) -> Callable[[np.ndarray, int], np.ndarray]:
    m, v = np.zeros((3, 1)), np.zeros((3, 1))

    def update(g: np.ndarray, t: int) -> np.ndarray:
        nonlocal m, v
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        return -lr * np.sqrt(1 - b2 ** (t + 1)) / (1 - b1 ** (t + 1)) * m / (np.sqrt(v) + eps)

    return update


def rmsprop(
    lr: float, rho: float, momentum: float, centered: bool
) -> Callable[[np.ndarray, int], np.ndarray]:
    v, a, m = np.zeros((3, 1)), np.zeros((3, 1)), np.zeros((3, 1))

    def update(g: np.ndarray, t: int) -> np.ndarray:
        nonlocal v, a, m
        v = rho * v + (1 - rho) * g * g
        a = rho * a + (1 - rho) * g
        d = lr * g / np.sqrt(v - (a * a if centered else 0) + 1e-7)
        m = momentum * m + d
        return -m

    return update


STEPS: list[tuple[Optimizer, Callable[[np.ndarray, int], np.ndarray]]] = [
    (SGD(0.1), sgd(0.1)),
    (SGD(0.1, momentum=0.7), sgd(0.1, 0.7)),
    (SGD(0.1, momentum=0.7, nesterov=True), sgd(0.1, 0.7, True)),
    (Adam(), adam(0.001, 0.9, 0.999, 1e-7)),
    (Adam(0.1, beta_1=0.5, beta_2=0.8, epsilon=0.01), adam(0.1, 0.5, 0.8, 0.01)),
    (RMSprop(), rmsprop(0.001, 0.9, 0, False)),
    (RMSprop(0.05, rho=0.6, momentum=0.4), rmsprop(0.05, 0.6, 0.4, False)),
    (RMSprop(0.05, rho=0.6, momentum=0.4, centered=True), rmsprop(0.05, 0.6, 0.4, True)),
]


@pytest.mark.parametrize(
    ("optimizer", "update"), STEPS, ids=[f"{o.name} {k}" for k, (o, _) in enumerate(STEPS)]
)
def test_five_steps_by_hand(optimizer: Optimizer, update: Callable[[np.ndarray, int], np.ndarray]) -> None:
    model = Sequential([Dense(1, use_bias=False, input_shape=(3,))])
    model.compile(optimizer, "mse")
    expected = by_hand(update, model.get_weights()[0].astype(float))
    model.fit(X, Y, epochs=5, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], expected, rtol=2e-5, atol=1e-6)
    assert optimizer.iterations == 5


def test_defaults_are_those_of_keras() -> None:
    assert SGD().learning_rate == 0.01 and SGD().momentum == 0.0 and not SGD().nesterov
    assert (Adam().learning_rate, Adam().beta_1, Adam().beta_2, Adam().epsilon) == (0.001, 0.9, 0.999, 1e-7)
    assert (RMSprop().learning_rate, RMSprop().rho, RMSprop().epsilon) == (0.001, 0.9, 1e-7)


def test_old_spellings() -> None:
    assert SGD(lr=0.1, momentum=0.3).learning_rate == 0.1
    assert Adam(lr=0.1, decay=1e-6, epsilon=None).decay == 1e-6
    assert RMSprop(lr=0.2).lr == 0.2
    for name in ("adam", "Adam", "ADAM"):
        assert isinstance(optimizers.get(name), Adam)
    assert isinstance(optimizers.get(RMSprop), RMSprop)
    assert Adam(clipnorm=None, weight_decay=None, use_ema=False).learning_rate == 0.001


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.1, 0.5, True),
        Adam(0.2, beta_1=0.3),
        RMSprop(0.1, centered=True),
        SGD(decay=0.5),
        SGD(clipnorm=2),
    ],
)
def test_an_optimizer_is_made_again_from_its_description(optimizer: Optimizer) -> None:
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert type(again) is type(optimizer)
    assert again.get_config() == optimizer.get_config() and again.decay == optimizer.decay


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (lambda: optimizers.get("adma"), "did you mean 'adam'"),
        (lambda: SGD(momentum=2), "momentum from 0 to 1"),
        (lambda: SGD(-0.1), "learning_rate of at least 0"),
        (lambda: Adam("0.1"), "learning_rate as a number"),
        (lambda: Adam(beta1=0.9), "Did you mean 'beta_1'"),
        (lambda: Adam(weight_decay=0.1), "weight_decay is not there yet"),
        (
            lambda: Adam(clipnorm=1.0, clipvalue=2.0),
            "one of clipvalue, clipnorm and global_clipnorm; got clipvalue=2.0 and clipnorm=1.0",
        ),
        (lambda: SGD(clipvalue=-1.0), "clipvalue of at least 0"),
        (lambda: SGD(global_clipnorm=0), "global_clipnorm above 0"),
        (lambda: SGD(clip_norm=1.0), "'clipnorm' or 'global_clipnorm'"),
        (lambda: Adam(amsgrad=True), "amsgrad is not there yet"),
        (lambda: RMSprop(decay=-1), "decay of at least 0"),
        (lambda: optimizers.get(3), "a name or an object"),
    ],
)
def test_mistakes_are_said_on_their_line(line: Callable[[], object], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        line()
    assert message in str(caught.value)
