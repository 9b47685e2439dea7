"""What goes in and out of recurrent layers: states, both directions, the older GRU, layers at each step."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.case import Case, Cases, sequences, sequential

CASES = Cases()


def functional(k: Any, inputs: Any, outputs: Any, x: Any, y: Any) -> Case:
    net = k.models.Model(inputs, outputs)
    net.compile(optimizer=k.optimizers.Adam(0.02), loss="mse")
    return net, x, y, {"batch_size": 8}


def ends(k: Any, *values: Any, widths: tuple[int, ...] = (1, 1, 1)) -> list[Any]:
    """Return a Dense on each, with a name that the history holds."""
    return [
        k.layers.Dense(n, name=f"end_{i}")(v) for i, (v, n) in enumerate(zip(values, widths, strict=False))
    ]


def two_sequences(k: Any, n: int = 20) -> tuple[Any, Any, Any, Any, np.ndarray]:
    x, rng = sequences(n, 5, 2)
    d = rng.randn(n, 4, 3).astype("float32")
    return k.layers.Input((5, 2)), k.layers.Input((4, 3)), x, d, d.cumsum(axis=1)[..., :1] + x[:, :1, :1]


@CASES.case
def an_encoder_hands_its_states_to_a_decoder(k: Any) -> Case:
    a, b, x, d, y = two_sequences(k)
    _, h, c = k.layers.LSTM(3, return_state=True)(a)
    out = k.layers.LSTM(3, return_sequences=True)(b, initial_state=[h, c])
    return functional(k, [a, b], k.layers.Dense(1)(out), [x, d], y)


@CASES.case
def gru_backwards_from_a_state(k: Any) -> Case:
    a, b, x, d, y = two_sequences(k)
    first, h = k.layers.GRU(3, return_sequences=True, return_state=True, go_backwards=True)(a)
    out, last = k.layers.GRU(3, return_sequences=True, return_state=True)(b, initial_state=h)
    return functional(k, [a, b], ends(k, first, out, last), [x, d], [x[..., :1], y, y[:, -1]])


@CASES.case
def simple_rnn_from_a_state(k: Any) -> Case:
    a, b, x, d, y = two_sequences(k)
    _, h = k.layers.SimpleRNN(4, return_state=True)(a)
    out, last = k.layers.SimpleRNN(4, return_state=True, go_backwards=True)(b, initial_state=[h])
    return functional(k, [a, b], ends(k, out, last), [x, d], [y[:, 0], y[:, 1]])


@CASES.case
def masked_states(k: Any) -> Case:
    rng = np.random.RandomState(3)
    x = rng.randint(1, 7, size=(20, 6)) * (np.arange(6) < rng.randint(0, 7, size=(20, 1)))
    a = k.layers.Input((6,), dtype="int32")
    _, h, c = k.layers.LSTM(3, return_state=True)(k.layers.Embedding(7, 2, mask_zero=True)(a))
    return functional(k, a, ends(k, h, c, widths=(1, 2)), x, [x[:, :1] > 3, x[:, :2] > 2])


@CASES.case
def reset_before(k: Any) -> Case:
    x, _ = sequences(30, 5, 2, 4)
    L = k.layers
    layers = [
        L.GRU(4, reset_after=False, return_sequences=True),
        L.GRU(3, reset_after=False, go_backwards=True),
    ]
    net = sequential(k, x, [*layers, L.Dense(1)])
    net.compile(optimizer="adam", loss="mse")
    return net, x, x.sum(axis=(1, 2)), {"batch_size": 8}


@CASES.case
def reset_before_masked_without_bias(k: Any) -> Case:
    rng = np.random.RandomState(5)
    x = rng.randint(1, 7, size=(20, 6)) * (np.arange(6) < rng.randint(0, 7, size=(20, 1)))
    L = k.layers
    gru = L.GRU(3, reset_after=False, use_bias=False, recurrent_activation="hard_sigmoid")
    net = sequential(k, x, [L.Embedding(7, 2, mask_zero=True), gru, L.Dense(1)], "int32")
    net.compile(optimizer="adam", loss="mse")
    return net, x, x[:, 0] / 7.0, {"batch_size": 8}


@CASES.case
def functions_and_bias(k: Any) -> Case:
    x, _ = sequences(20, 4, 3, 6)
    L = k.layers
    first = L.LSTM(
        4,
        activation="softsign",
        recurrent_activation="hard_sigmoid",
        unit_forget_bias=False,
        bias_initializer="ones",
        return_sequences=True,
        unroll=True,
    )
    second = L.LSTM(3, activation="elu", use_bias=False, implementation=1)
    net = sequential(k, x, [first, second, L.Dense(1)])
    net.compile(optimizer="adam", loss="mse")
    return net, x, x.sum(axis=(1, 2)), {"batch_size": 8}


@CASES.case
def both_directions_apart(k: Any) -> Case:
    x, _ = sequences(20, 4, 3, 7)
    a = k.layers.Input((4, 3))
    one, other = k.layers.Bidirectional(k.layers.GRU(3, return_sequences=True), merge_mode=None)(a)
    return functional(k, a, ends(k, one, other, widths=(1, 2)), x, [x[..., :1], x[..., 1:]])


@CASES.case
def both_directions_hand_on_their_states(k: Any) -> Case:
    a, b, x, d, y = two_sequences(k)
    out, *states = k.layers.Bidirectional(k.layers.LSTM(3, return_state=True), merge_mode="sum")(a)
    decoder = k.layers.Bidirectional(k.layers.LSTM(3, return_sequences=True))(b, initial_state=states)
    return functional(k, [a, b], ends(k, out, decoder), [x, d], [x[:, 0, :1], y])


@CASES.case
def a_backward_layer_of_its_own(k: Any) -> Case:
    x, _ = sequences(20, 4, 3, 8)
    L = k.layers
    own = L.LSTM(2, activation="relu", go_backwards=True, return_sequences=True)
    both = L.Bidirectional(L.LSTM(2, return_sequences=True), backward_layer=own, merge_mode="ave")
    net = sequential(k, x, [both, L.Dense(1)])
    net.compile(optimizer="adam", loss="mse")
    return net, x, x[..., :1], {"batch_size": 8}


@CASES.case
def a_sequence_of_sequences(k: Any) -> Case:
    x = np.random.RandomState(9).randn(20, 3, 4, 2).astype("float32")
    L = k.layers
    net = sequential(k, x, [L.TimeDistributed(L.LSTM(3)), L.LSTM(2), L.Dense(1)])
    net.compile(optimizer="adam", loss="mse")
    return net, x, x.sum(axis=(1, 2, 3)), {"batch_size": 8}


@CASES.case
def zeros_where_the_last_step_is_masked(k: Any) -> Case:
    rng = np.random.RandomState(10)
    x = rng.randint(1, 7, size=(20, 5)) * (np.arange(5) < rng.randint(1, 8, size=(20, 1)))
    L = k.layers
    a = L.Input((5,), dtype="int32")
    e = L.Embedding(7, 2, mask_zero=True)(a)
    last = [
        L.LSTM(3, zero_output_for_mask=True)(e),
        L.GRU(3, zero_output_for_mask=True, go_backwards=True)(e),
        L.RNN(L.SimpleRNNCell(2), zero_output_for_mask=True)(e),
    ]
    return functional(k, a, ends(k, *last), x, [x[:, :1] / 7, x[:, 1:2] / 7, x[:, 2:3] / 7])
