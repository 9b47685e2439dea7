"""RNN over cells, built in and of one's own: both directions, states carried over batches, a layer called twice.

Keras itself cannot train a stateful LSTM or GRU with torch, and forgets the states between batches with JAX: so cells.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.case import Case, Cases, sequences, sequential
from tests.parity.families.recurrent import ends, functional

CASES = Cases()


def own_cell(k: Any) -> Any:
    """Return a class of cells: h_t = tanh(x_t W + h_{t-1} R) + h_{t-1} / 2, starting at 0.5."""

    @k.saving.register_keras_serializable("parity", name=f"Leaky{k.__name__}")
    class Leaky(k.layers.Layer):
        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = self.state_size = units

        def build(self, input_shape: Any) -> None:
            self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform")
            self.r = self.add_weight(shape=(self.units, self.units), initializer="glorot_uniform")

        def call(self, inputs: Any, states: Any) -> Any:
            before = states[0]
            h = k.ops.tanh(k.ops.matmul(inputs, self.w) + k.ops.matmul(before, self.r)) + before * 0.5
            return h, [h]

        def get_initial_state(self, batch_size: Any = None) -> Any:
            return [k.ops.ones((batch_size, self.units)) * 0.5]

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units}

    return Leaky


def stateful(k: Any, layers: list[Any], x: np.ndarray, y: np.ndarray) -> Case:
    """Return a chain that goes on from batch to batch, each of five samples."""
    net = k.models.Sequential([k.layers.Input(batch_shape=(5, *x.shape[1:])), *layers])
    net.compile(optimizer=k.optimizers.Adam(0.02), loss="mse")
    return net, x, y, {"batch_size": 5}


def codes(n: int, seed: int) -> np.ndarray:
    rng = np.random.RandomState(seed)
    return rng.randint(1, 7, size=(n, 5)) * (np.arange(5) < rng.randint(1, 8, size=(n, 1)))


@CASES.case
def stacked_cells_go_on_over_batches(k: Any) -> Case:
    x, _ = sequences(20, 4, 2, 1)
    L = k.layers
    layers = [L.RNN([L.LSTMCell(3), L.GRUCell(2)], stateful=True, return_sequences=True)]
    layers += [L.RNN(L.SimpleRNNCell(3), stateful=True, go_backwards=True), L.Dense(1)]
    return stateful(k, layers, x, x.sum(axis=(1, 2)))


@CASES.case
def a_cell_of_ones_own_goes_on_over_batches(k: Any) -> Case:
    x, _ = sequences(20, 4, 2, 2)
    own = own_cell(k)
    layers = [k.layers.RNN([own(3), own(2)], stateful=True), k.layers.Dense(1)]
    return stateful(k, layers, x, x.sum(axis=(1, 2)))


@CASES.case
def both_directions_go_on_over_batches(k: Any) -> Case:
    x, _ = sequences(20, 4, 2, 3)
    L = k.layers
    layers = [L.Bidirectional(L.RNN(L.GRUCell(2), stateful=True, return_sequences=True))]
    layers += [L.Bidirectional(L.RNN(L.LSTMCell(2), stateful=True), merge_mode="sum"), L.Dense(1)]
    return stateful(k, layers, x, x.sum(axis=(1, 2)))


@CASES.case
def every_merge_over_a_cell_of_ones_own(k: Any) -> Case:
    x = codes(20, 4)
    L, own = k.layers, own_cell(k)
    a = L.Input((5,), dtype="int32")
    e = L.Embedding(7, 2, mask_zero=True)(a)
    both = [L.Bidirectional(L.RNN(own(2)), merge_mode=mode)(e) for mode in ("concat", "sum", "mul")]
    steps = L.Bidirectional(L.RNN(own(2), return_sequences=True), merge_mode="ave")(e)
    one, other = L.Bidirectional(L.RNN(own(2), return_sequences=True), merge_mode=None)(e)
    last = L.Bidirectional(L.RNN([own(2), L.LSTMCell(2)]))(L.Concatenate()([steps, one, other]))
    y = [x[:, :1] / 7, x[:, 1:2] / 7, x[:, 2:3] / 7, x[:, 3:4] / 7]
    return functional(k, a, ends(k, *both, last, widths=(1, 1, 1, 1)), x, y)


@CASES.case
def stacked_cells_in_both_directions_hand_on_their_states(k: Any) -> Case:
    x, rng = sequences(20, 4, 2, 5)
    d = rng.randn(20, 3, 2).astype("float32")
    L = k.layers
    a, b = L.Input((4, 2)), L.Input((3, 2))
    own = L.RNN([L.GRUCell(2), L.LSTMCell(3)], return_state=True, go_backwards=True)
    encoder = L.Bidirectional(L.RNN([L.GRUCell(2), L.LSTMCell(3)], return_state=True), backward_layer=own)
    out, h, hc, g, gc = encoder(a)
    decoder = L.RNN([L.GRUCell(2), L.LSTMCell(3)], return_sequences=True)
    forwards = decoder(b, initial_state=[h, hc])
    backwards = L.RNN(L.LSTMCell(3), return_sequences=True)(b, initial_state=gc)
    y = [x[:, 0, :1], d[..., :1], d[..., 1:]]
    return functional(k, [a, b], ends(k, L.Concatenate()([out, g]), forwards, backwards), [x, d], y)


@CASES.case
def a_cell_that_adds_to_a_built_in_one(k: Any) -> Case:
    class Residual(k.layers.GRUCell):
        def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
            output, states = super().call(inputs, states, training=training)
            return output + inputs, states

    x, _ = sequences(20, 4, 2, 6)
    net = sequential(k, x, [k.layers.RNN([Residual(2), k.layers.LSTMCell(3)]), k.layers.Dense(1)])
    net.compile(optimizer=k.optimizers.Adam(0.02), loss="mse")
    return net, x, x.sum(axis=(1, 2)), {"batch_size": 8}


@CASES.case
def a_stateful_layer_called_on_what_it_gave(k: Any) -> Case:
    x, _ = sequences(20, 4, 2, 7)
    a = k.layers.Input(batch_shape=(5, 4, 2))
    shared = k.layers.RNN(k.layers.LSTMCell(2), stateful=True, return_sequences=True)
    net = k.models.Model(a, k.layers.Dense(1)(shared(shared(a))))
    net.compile(optimizer=k.optimizers.Adam(0.02), loss="mse")
    return net, x, x.cumsum(axis=1)[..., :1], {"batch_size": 5}


@CASES.case
def a_stateful_layer_called_on_two_inputs(k: Any) -> Case:
    x, rng = sequences(20, 4, 2, 8)
    d = rng.randn(20, 3, 2).astype("float32")
    L = k.layers
    a, b = L.Input(batch_shape=(5, 4, 2)), L.Input(batch_shape=(5, 3, 2))
    shared = L.RNN(L.GRUCell(3), stateful=True)
    one, other = shared(a), shared(b)
    net = k.models.Model([a, b], ends(k, one, other, L.Dense(2)(L.Concatenate()([other, one]))))
    net.compile(optimizer=k.optimizers.Adam(0.02), loss="mse")
    return net, [x, d], [x[:, 0, :1], d[:, 0, :1], x[:, 1, :1]], {"batch_size": 5}
