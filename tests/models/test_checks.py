"""What is refused before the first step, and what the message says to write instead."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tidegate.errors import ArgumentError, DataError, ShapeError, TidegateError
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
SHAPES: list[tuple[Line, str, str]] = [
    (lambda: model().fit(X[..., 0], Y), "got X of shape (32, 5)", "X[..., None]"),
    (lambda: open_model().fit(X[..., 0], Y), "(samples=any, timesteps=any, features=any)", "X[..., None]"),
    (lambda: model(1, 5).fit(X[..., 0], Y), "timesteps=1, features=5", "X[:, None, :]"),
    (lambda: model(5, 2).fit(np.ones((32, 10)), Y), "timesteps=5, features=2", "X.reshape(-1, 5, 2)"),
    (lambda: model(31, 25).fit(np.ones((32, 31)), Y), "got X of shape (32, 31)", "Embedding"),
    (lambda: model().predict(X[3]), "got X of shape (5, 1)", "batch[[i]], not batch[i]"),
    (lambda: model().evaluate(X[3], Y[:5]), "got X of shape (5, 1)", "X[None]"),
    (lambda: model(5, 2).fit(np.ones((32, 2, 5)), Y), "(32, 2, 5)", "X.transpose(0, 2, 1)"),
    (lambda: model(5, 2).fit(np.ones((32, 5, 3)), Y), "features=2", "input_shape=(5, 3)"),
    (lambda: model().fit(Y, Y), "got X of shape (32,)", "tidegate.frame"),
    (lambda: model().fit(X[..., None], Y), "(32, 5, 1, 1)", "X[..., 0]"),
    (
        lambda: coded().fit(np.ones((32, 31, 1)), Y),
        "(samples=any, timesteps=31)",
        "X[..., 0], as each number is a code",
    ),
    (lambda: coded().fit(np.ones((32, 31, 26)), Y), "(32, 31, 26)", "X.argmax(axis=-1)"),
    (lambda: model().fit(X, Y[:30]), "got 32 and 30", "X[:30]"),
    (lambda: model().fit(X[:0], Y[:0]), "at least one sample", "X.shape"),
    (lambda: model().fit([[1, 2], [3]], Y), "rows differ in length", "pad_sequences"),
    # targets that Keras would broadcast
    (
        lambda: model(every=True).fit(X, Y[:, None]),
        "(32, 5, 1); got y of shape (32, 1)",
        "return_sequences=False",
    ),
    (lambda: model(every=True).fit(X, Y), "(32, 5, 1); got y of shape (32,)", "return_sequences=False"),
    (lambda: model(out=10).fit(X, Y[:, None]), "(32, 10); got y of shape (32, 1)", "Dense(1)"),
    (lambda: model(out=10).fit(X, Y), "(32, 10); got y of shape (32,)", "Dense(1)"),
    (
        lambda: model(every=True, out=16).fit(X, np.ones((32, 5))),
        "(32, 5, 16); got y of shape (32, 5)",
        "Dense(1)",
    ),
    (lambda: model(out=2).fit(X, np.ones((32, 5, 2))), "got y of shape (32, 5, 2)", "return_sequences=True"),
    (lambda: model().fit(X, np.ones((32, 2))), "(32, 1); got y of shape (32, 2)", "Dense(2)"),
    (lambda: model(every=True).fit(X, np.ones((32, 5, 3))), "got y of shape (32, 5, 3)", "Dense(3)"),
    (lambda: model().evaluate(X, np.ones((32, 2))), "got y of shape (32, 2)", "Dense(2)"),
    (lambda: model().train_on_batch(X, np.ones((32, 2))), "got y of shape (32, 2)", "Dense(2)"),
    # one-hot or whole numbers
    (
        lambda: classes("categorical_crossentropy").fit(X, KINDS),
        "one-hot targets",
        "'sparse_categorical_crossentropy'",
    ),
    (lambda: classes().fit(X, np.eye(3)[KINDS]), "one whole number", "y.argmax(axis=-1)"),
    (lambda: classes().fit(X, np.ones((32, 5))), "y of shape (32,); got", "Instead"),
    (
        lambda: model(loss="binary_crossentropy").fit(X, np.eye(2)[KINDS % 2]),
        "(32, 1); got y of shape (32, 2)",
        "y[:, 1] if y is one-hot",
    ),
    (lambda: model().fit(X, Y, validation_data=(X[..., 0], Y)), "In validation_data: LSTM", "X[..., None]"),
]

VALUES: list[tuple[Line, str, str]] = [
    (lambda: classes().fit(X, KINDS + 1), "classes from 0 to 2; got 3 in y", "y - 1"),
    (lambda: classes().fit(X, np.arange(32) % 4), "got 3 in y", "Dense(4)"),
    (lambda: classes().fit(X, KINDS - 1), "got -1 in y", "whole numbers from 0 on"),
    (lambda: classes().fit(X, KINDS / 2), "whole-number classes; got 0.5", ""),
    (
        lambda: model(loss="binary_crossentropy").fit(X, np.sign(Y - 0.5)),
        "from -1.0 to 1.0",
        "(y > 0).astype(int)",
    ),
    (lambda: model(loss="binary_crossentropy").fit(X, 1 + KINDS % 2), "from 1 to 2", "y - 1"),
    (lambda: coded().fit(np.full((32, 31), 26), Y), "codes from 0 to 25; got 26", "Embedding(27, ...)"),
    (lambda: coded().predict(np.full((1, 31), 26)), "codes from 0 to 25; got 26", "Embedding(27, ...)"),
    (lambda: coded().fit(np.full((32, 31), -1), Y), "got -1", "codes from 0 on"),
    (lambda: coded().fit(np.full((32, 31), 0.5), Y), "whole-number codes; got 0.5", "no Embedding"),
    (lambda: coded().predict(np.full((1, 31), np.nan)), "X with NaN", "fill the gaps"),
    (lambda: model().fit(np.full((32, 5, 1), "a"), Y), "text, 'a' at position (0, 0, 0)", "code the text"),
    (lambda: model().fit(np.full((32, 5, 1), None), Y), "numbers; got None", ""),
    (lambda: model().fit(None, Y), "got None", "pass X"),
    (lambda: model().fit(X.astype(object), Y), "dtype object", "astype('float32')"),
    (lambda: model().fit(X, Y.astype("M8[D]")), "dates", ""),
    (lambda: model().fit([datetime.date(2020, 1, 1)], Y), "dtype object", ""),
    (lambda: model().fit(X + 1j, Y), "complex numbers", ""),
    (
        lambda: model().fit(np.where(np.arange(160).reshape(32, 5, 1) == 17, np.nan, X), Y),
        "nan at sample 3, timestep 2, feature 0",
        "fill or drop it",
    ),
    (
        lambda: model().fit(X, np.where(np.arange(32) == 9, np.inf, Y)),
        "y without gaps; got inf at sample 9",
        "drop",
    ),
]

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


@pytest.mark.parametrize(("line", "said", "instead"), SHAPES, ids=[f"{a} | {b}" for _, a, b in SHAPES])
def test_shapes_are_refused(line: Line, said: str, instead: str) -> None:
    with pytest.raises(ShapeError) as caught:
        line()
    assert said in str(caught.value)
    assert instead in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(("line", "said", "instead"), VALUES, ids=[f"{a} | {b}" for _, a, b in VALUES])
def test_values_are_refused(line: Line, said: str, instead: str) -> None:
    with pytest.raises(DataError) as caught:
        line()
    assert said in str(caught.value)
    assert instead in str(caught.value)


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
