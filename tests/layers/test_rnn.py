"""RNN over built-in cells, stacks of them, and cells of a user's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.errors import ArgumentError
from tidegate.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    Dense,
    Embedding,
    GRUCell,
    Input,
    Layer,
    LSTMCell,
    SimpleRNN,
    SimpleRNNCell,
    StackedRNNCells,
    deserialize,
    serialize,
)
from tidegate.models import Model, Sequential

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


def test_stacked_cells_go_on_where_the_batch_before_ended() -> None:
    x = draw(2, 6, 3)
    whole = RNN([LSTMCell(4), Minimal(2)], return_state=True)
    parts = RNN([LSTMCell(4), Minimal(2)], return_state=True, stateful=True)
    y, first, second = whole(x)
    parts(x[:, :1])
    parts.set_weights(whole.get_weights())
    parts.reset_state()
    parts(x[:, :2])
    again = parts(x[:, 2:])
    for a, b in zip((again[0], *again[1], again[2]), (y, *first, second), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    np.testing.assert_allclose(parts.states[1].numpy(), second, atol=1e-6)


def test_reset_gives_the_states_to_start_from() -> None:
    layer = RNN(GRUCell(2), stateful=True)
    x, h = draw(3, 4, 1), draw(3, 2)
    layer(x)
    layer.reset_states([h])
    np.testing.assert_allclose(layer(x), RNN(layer.cell)(x, initial_state=h), atol=1e-6)
    with pytest.raises(ArgumentError, match="stateful=True and 1 state"):
        layer.reset_states([h, h])


class Learned(Minimal):
    """A cell that starts from a weight."""

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.start = self.add_weight((1, self.units), "ones", "start")

    def get_initial_state(self, batch_size: Any = None) -> Any:
        return [ops.multiply(self.start, 2.0)]


def test_a_cell_learns_where_it_starts() -> None:
    x = draw(8, 1, 3)
    model = Sequential([RNN(Learned(2), input_shape=(1, 3))])
    model.compile("sgd", "mse")
    W, R, start = model.get_weights()
    np.testing.assert_allclose(model.predict(x, verbose=0), x[:, 0] @ W + 2 * start @ R, atol=1e-5)
    model.fit(x, x[:, 0, :2], verbose=0)
    assert np.abs(model.get_weights()[2] - start).max() > 0


class Running(Layer):
    """A layer of one's own with the attributes of a recurrent one: sums from one end."""

    def __init__(self, go_backwards: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.go_backwards, self.return_sequences = go_backwards, True
        self.return_state = self.stateful = False

    def call(self, inputs: Any) -> Any:
        return ops.cumsum(ops.reverse(inputs) if self.go_backwards else inputs, axis=1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "go_backwards": self.go_backwards}


def test_a_layer_of_ones_own_in_both_directions() -> None:
    x = draw(2, 5, 3)
    forwards, backwards = np.cumsum(x, 1), np.cumsum(x[:, ::-1], 1)[:, ::-1]
    y = Bidirectional(Running())(x)
    np.testing.assert_allclose(y, np.concatenate([forwards, backwards], -1), atol=1e-5)
    assert Bidirectional(Running()).compute_output_shape((None, 5, 3)) == (None, 5, 6)


def test_cells_in_both_directions_are_layers_in_both_directions() -> None:
    x = draw(2, 5, 3)
    one = Bidirectional(RNN(GRUCell(4), return_state=True), merge_mode=None)
    other = Bidirectional(GRU(4, return_state=True), merge_mode=None)
    one(x)
    other(x)
    one.set_weights(other.get_weights())
    for a, b in zip(one(x), other(x), strict=True):
        np.testing.assert_array_equal(a, b)
    again = deserialize(serialize(one))
    again(x)
    again.set_weights(one.get_weights())
    for a, b in zip(one(x), again(x), strict=True):
        np.testing.assert_array_equal(a, b)


def test_states_for_both_directions_may_stand_behind_the_sequence() -> None:
    layer, x = Bidirectional(RNN(GRUCell(2))), draw(2, 3, 1)
    a, h, g = Input((3, 1)), Input((2,)), Input((2,))
    states = draw(2, 2), draw(2, 2)
    made = Model([a, h, g], layer([a, h, g])).predict([x, *states], verbose=0)
    np.testing.assert_allclose(made, layer(x, initial_state=list(states)), atol=1e-6)


def test_a_stateful_layer_called_twice_goes_on() -> None:
    x = draw(2, 3, 1)
    a = Input((3, 1))
    shared = GRU(2, stateful=True)
    one, other = shared(a), shared(a)
    twice = Model(a, [other, one])  # as in Keras the last of the outputs first
    y, z = twice.predict(x, verbose=0)
    shared.reset_state()
    np.testing.assert_allclose(shared(x), z, atol=1e-6)
    np.testing.assert_allclose(shared(x), y, atol=1e-6)


def test_what_is_no_cell_is_refused() -> None:
    with pytest.raises(ArgumentError, match="a cell, with call"):
        RNN(Dense(3))
    with pytest.raises(ArgumentError, match="RNN\\(GRUCell\\(32\\), return_sequences=True\\)"):
        GRUCell(3, return_sequences=True)
    with pytest.raises(ArgumentError, match="layer to be recurrent"):
        Bidirectional(LSTMCell(3))
