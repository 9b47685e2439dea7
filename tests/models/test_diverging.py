"""Training that runs away stops where all weights are lost, and says why."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from tidegate import Sequential
from tidegate.layers import LSTM, Bidirectional, Dense
from tidegate.optimizers import SGD
from tidegate.utils import set_random_seed

draw = np.random.default_rng(0)
X, Y = draw.random((64, 30, 2)), draw.random((64, 1))
START = [np.full((2, 32), 0.1), np.full((8, 32), 1.0), np.zeros(32)]  # states grow from step to step


def model(layer: Any, rate: float = 1e-3) -> Sequential:
    set_random_seed(0)
    found = Sequential([layer, Dense(1)])
    found.compile(SGD(rate), "mse")
    return found


def explosive() -> Sequential:
    found = model(LSTM(8, activation="relu", input_shape=(30, 2), name="reader"))
    found.layers[0].set_weights(START)
    return found


def test_a_relu_lstm_that_explodes_stops_with_the_cause_and_three_remedies() -> None:
    net = explosive()
    with pytest.warns(RuntimeWarning) as caught:
        history = net.fit(X, Y, epochs=9, verbose=0)
    (said,) = (str(w.message) for w in caught)
    assert (
        "since epoch 1, step 1, and weights are NaN" in said
        or "since epoch 1, step 2, and weights are NaN" in said
    )
    assert "LSTM 'reader' with activation='relu' had states" in said
    assert said.endswith(
        "Instead: `activation='tanh'` on it, `clipnorm=1.0` in the optimizer, or a smaller `learning_rate` and data"
        " scaled to about -1 to 1."
    )
    assert len(history.history["loss"]) == 1
    assert caught[0].filename == __file__


def test_the_layer_inside_bidirectional_is_named() -> None:
    net = model(Bidirectional(LSTM(8, activation="relu"), input_shape=(30, 2)), rate=1e30)
    with pytest.warns(RuntimeWarning, match=r"LSTM '(for|back)ward_.*' with activation='relu'"):
        net.fit(X, Y, epochs=3, verbose=0)


def test_without_such_a_layer_the_rate_is_named() -> None:
    with pytest.warns(RuntimeWarning, match=r"training stops. Instead: `clipnorm=1.0`"):
        history = model(LSTM(4), rate=1e38).fit(X, Y * 1e30, epochs=9, verbose=0)
    assert len(history.history["loss"]) < 9


def test_tanh_is_a_remedy() -> None:
    net = model(LSTM(8, input_shape=(30, 2)))
    net.layers[0].set_weights(START)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(net.fit(X, Y, epochs=2, verbose=0).history["loss"]) == 2


def test_an_infinite_loss_that_leaves_the_weights_alone_is_said_and_goes_on() -> None:
    net = model(LSTM(4), rate=0.0)
    with pytest.warns(RuntimeWarning) as caught:
        history = net.fit(X, np.where(np.arange(64)[:, None] == 3, 1e30, Y), epochs=3, verbose=0)
    assert len(caught) == 1 and "stops" not in str(caught[0].message)
    assert len(history.history["loss"]) == 3
