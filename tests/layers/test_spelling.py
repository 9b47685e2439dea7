"""Layers in the spelling of Keras 1 are those of today, and each old spelling is told once."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from tidegate import layers, spelling
from tidegate.errors import TidegateError
from tidegate.layers import LSTM, Dense, Dropout, Embedding, Input, Layer


@pytest.fixture(autouse=True)
def _nothing_said_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spelling, "_noted", set())


def config(layer: Layer) -> dict[str, Any]:
    return {k: v for k, v in layer.get_config().items() if k != "name"}


@pytest.mark.parametrize(
    ("old", "today"),
    [
        (
            lambda: LSTM(output_dim=3, init="uniform", inner_init="zeros", inner_activation="hard_sigmoid"),
            lambda: LSTM(
                3,
                kernel_initializer="uniform",
                recurrent_initializer="zeros",
                recurrent_activation="hard_sigmoid",
            ),
        ),
        (lambda: LSTM(3, consume_less="gpu", forget_bias_init="one"), lambda: LSTM(3)),
        (lambda: Dense(output_dim=2, bias=False, input_dim=3), lambda: Dense(2, use_bias=False, input_dim=3)),
        (lambda: Dropout(p=0.2), lambda: Dropout(0.2)),
        (
            lambda: Embedding(5, 2, init="normal", input_length=4),
            lambda: Embedding(5, 2, embeddings_initializer="normal", input_length=4),
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::tidegate.spelling.OldSpelling")
def test_old_arguments_are_those_of_today(old: Any, today: Any) -> None:
    assert config(old()) == config(today())


def test_each_is_told_once_on_the_users_line() -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        Dense(output_dim=1)
        Dense(output_dim=2)
    assert [str(w.message) for w in said] == [
        "tidegate: output_dim= of Dense is the older spelling of units=; served"
    ]
    assert said[0].filename == __file__


def test_a_layer_keeps_an_argument_of_its_own() -> None:
    class Own(Layer):
        def __init__(self, p: int, stride: int = 1) -> None:
            super().__init__()
            self.given = (p, stride)

    assert Own(p=3, stride=2).given == (3, 2)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda: LSTM(3, forget_bias_init="zero"), "unit_forget_bias=False"),
        (lambda: Dense(output_dim=2, units=3), "output_dim="),
        (lambda: LSTM(3, time_major=True), "time_major"),
    ],
)
def test_what_cannot_be_served_is_refused(mistake: Any, message: str) -> None:
    with pytest.raises(TidegateError, match=message):
        mistake()


@pytest.mark.filterwarnings("ignore::tidegate.spelling.OldSpelling")
def test_old_names() -> None:
    assert layers.CuDNNLSTM is LSTM
    each = layers.TimeDistributedDense(2, input_dim=3)
    assert each(np.zeros((4, 5, 3))).shape == (4, 5, 2)
    for name, message in (
        ("Merge", "Concatenate"),
        ("Highway", "Keras 1"),
        ("Denze", "did you mean 'Dense'"),
    ):
        with pytest.raises(AttributeError, match=message):
            getattr(layers, name)
    with pytest.raises(TidegateError, match="a mode among"):
        layers.merge([Input((2,)), Input((2,))], mode="mix")
