"""What is refused of the verbs' arguments before the first step (data: see tests/shapes)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tidegate.errors import ArgumentError, ShapeError, TidegateError
from tidegate.layers import LSTM, Dense, Embedding, Input
from tidegate.models import Sequential

X, Y = np.random.default_rng(0).random((32, 5, 1)), np.random.default_rng(1).random(32)
KINDS = np.arange(32) % 3


def model(
    steps: int = 5, features: int = 1, every: bool = False, out: int = 1, loss: str = "mse"
) -> Sequential:
    activation = {"mse": None, "binary_crossentropy": "sigmoid"}.get(loss, "softmax")
    found = Sequential(
        [LSTM(4, input_shape=(steps, features), return_sequences=every), Dense(out, activation=activation)]
    )
    found.compile("adam", loss)
    return found


def coded() -> Sequential:
    found = Sequential([Input((31,)), Embedding(26, 4), LSTM(3), Dense(1, activation="sigmoid")])
    found.compile("adam", "binary_crossentropy")
    return found


def classes(loss: str = "sparse_categorical_crossentropy") -> Sequential:
    return model(out=3, loss=loss)


def open_model() -> Sequential:
    found = Sequential([LSTM(3), Dense(1)])
    found.compile("adam", "mse")
    return found


Line = Callable[[], Any]
ARGUMENTS: list[tuple[Line, str, str]] = [
    (lambda: Sequential([LSTM(3, input_shape=(5, 1))]).fit(X, Y), "a compiled model", "model.compile("),
    (lambda: Sequential([LSTM(3, input_shape=(5, 1))]).evaluate(X, Y), "a compiled model", "model.compile("),
    (lambda: Sequential().predict(X), "has no layers", "model.add("),
    (lambda: model().fit(X), "X alone", "model.fit(X, y)"),
    (lambda: model().fit((x for x in X), Y), "a generator", "(x, y, w)"),
    (lambda: model().fit({"x": X}, Y), "the keys 'x'", "the keys 'input_layer"),
    (lambda: model().fit(X, Y, batch_size=0), "batch_size to be a whole number", "batch_size=32"),
    (lambda: model().fit(X, Y, epochs=1.5), "epochs to be a whole number", "epochs=10"),
    (lambda: model().fit(X, Y, callbacks=[3]), "objects of tidegate.callbacks", ""),
    (lambda: model().fit(X, Y, validation_split=1.5), "between 0 and 1", "0.2"),
    (lambda: model().fit(X, Y, validation_split=0.99), "both sides", ""),
    (lambda: model().fit(X, Y, validation_data=X), "a pair", "(x_val, y_val)"),
    (
        lambda: model(loss="mean_square_error"),
        "loss 'mean_square_error'",
        "did you mean 'mean_squared_error'",
    ),
    (lambda: Sequential([Dense(1)]).compile("adma", "mse"), "optimizer 'adma'", "did you mean 'adamax'"),
    (
        lambda: Sequential([Dense(1)]).compile("adam", "mse", metrics=["acuracy"]),
        "metric 'acuracy'",
        "'accuracy'",
    ),
    (lambda: Sequential([Dense(1)]).compile("adam", 3), "loss", "a name, a function or an object"),
]


@pytest.mark.parametrize(("line", "said", "instead"), ARGUMENTS, ids=[f"{a} | {b}" for _, a, b in ARGUMENTS])
def test_arguments_are_refused(line: Line, said: str, instead: str) -> None:
    with pytest.raises((ArgumentError, TidegateError)) as caught:
        line()
    assert said in str(caught.value)
    assert instead in str(caught.value)


def test_nothing_moves_when_something_is_refused() -> None:
    net = model(every=True)
    before = net.get_weights()
    with pytest.raises(ShapeError):
        net.fit(X, Y)
    for a, b in zip(before, net.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert net.optimizer is not None and net.optimizer.iterations == 0
