"""RNN over built-in cells, stacks of them, and cells of a user's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import layers, ops
from tidegate.errors import ArgumentError
from tidegate.layers import (
    GRU,
    LSTM,
    RNN,
    Dense,
    Embedding,
    GRUCell,
    Layer,
    LSTMCell,
    SimpleRNN,
    SimpleRNNCell,
    StackedRNNCells,
    deserialize,
    serialize,
)
from tidegate.models import Sequential

RNG = np.random.default_rng(11)


def draw(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


class Minimal(Layer):
    """h_t = x_t W + h_{t-1} R: the cell of Keras's documentation."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight((input_shape[-1], self.units), "uniform", "kernel")
        self.recurrent_kernel = self.add_weight((self.units, self.units), "uniform", "recurrent_kernel")

    def call(self, inputs: Any, states: Any) -> Any:
        h = ops.matmul(inputs, self.kernel) + ops.matmul(states[0], self.recurrent_kernel)
        return h, [h]


@pytest.mark.parametrize(("cell", "layer"), [(LSTMCell, LSTM), (GRUCell, GRU), (SimpleRNNCell, SimpleRNN)])
def test_a_built_in_cell_is_its_layer(cell: Any, layer: Any) -> None:
    x, given = draw(2, 5, 3), {"return_sequences": True, "return_state": True, "go_backwards": True}
    one, other = RNN(cell(4), **given), layer(4, **given)
    other(x)
    one(x)
    one.set_weights(other.get_weights())
    for a, b in zip(one(x), other(x), strict=True):
        np.testing.assert_array_equal(a, b)


def test_cells_one_on_the_other_are_layers_one_on_the_other() -> None:
    codes = RNG.integers(0, 5, (3, 6))
    embedding = Embedding(5, 2, mask_zero=True)
    one = Sequential([embedding, RNN([LSTMCell(4), GRUCell(3)])])
    other = Sequential([embedding, LSTM(4, return_sequences=True), GRU(3)])
    one.predict(codes)
    other.predict(codes)
    one.set_weights(other.get_weights())
    np.testing.assert_allclose(one.predict(codes), other.predict(codes), atol=1e-6)


def test_a_cell_makes_one_step() -> None:
    x, cell = draw(2, 5, 3), LSTMCell(4)
    h = c = np.zeros((2, 4), np.float32)
    for t in range(5):
        y, (h, c) = cell(x[:, t], [h, c])
    layer = RNN(cell, return_state=True)
    for a, b in zip(layer(x), (y, h, c), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_cell_of_ones_own(backwards: bool) -> None:
    layer = RNN(Minimal(4), return_sequences=True, return_state=True, go_backwards=backwards)
    x = draw(2, 5, 3)
    y, last = layer(x)
    W, R = layer.get_weights()
    h = np.zeros((2, 4))
    for k, t in enumerate(reversed(range(5)) if backwards else range(5)):
        h = x[:, t] @ W + h @ R
        np.testing.assert_allclose(y[:, k], h, atol=1e-5)
    np.testing.assert_array_equal(last, y[:, -1])
    stacked = RNN([Minimal(4), LSTMCell(3)], return_state=True)
    out, first, second = stacked(x)
    assert [first[0].shape if isinstance(first, list) else first.shape, len(second)] == [(2, 4), 2]
    np.testing.assert_array_equal(out, second[0])


def test_a_cell_of_ones_own_learns_under_a_mask() -> None:
    rng = np.random.default_rng(1)
    codes = rng.integers(1, 5, (60, 6)) * (np.arange(6) < rng.integers(1, 7, (60, 1)))
    own = Sequential([Embedding(5, 2, mask_zero=True), RNN(Minimal(4)), Dense(1)])
    same = Sequential(
        [Embedding(5, 2, mask_zero=True), SimpleRNN(4, activation="linear", use_bias=False), Dense(1)]
    )
    for model in (own, same):
        model.predict(codes)
        model.compile("sgd", "mse")
    same.set_weights(own.get_weights())
    for model in (own, same):
        model.fit(codes, codes[:, 0] / 5.0, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(own.get_weights(), same.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_the_description_comes_back() -> None:
    layer = RNN(
        StackedRNNCells([LSTMCell(4, dropout=0.5), GRUCell(3, reset_after=False)]), return_sequences=True
    )
    x = draw(2, 5, 3)
    y = layer(x)
    again = deserialize(serialize(layer))
    again(x)
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(x), y)
    assert again.get_config() == layer.get_config()


def test_what_is_no_cell_is_refused() -> None:
    with pytest.raises(ArgumentError, match="a cell, with call"):
        RNN(Dense(3))
    with pytest.raises(ArgumentError, match="the layer of that cell"):
        RNN(LSTMCell(3), stateful=True)


def test_what_is_not_here_is_said_by_name() -> None:
    with pytest.raises(AttributeError, match=r"ConvLSTM2D is not here; TimeDistributed\(Conv1D"):
        _ = layers.ConvLSTM2D
