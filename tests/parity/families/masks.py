"""Steps that do not count, where states or whole sequences meet them: any side, and rows of nothing else.

A layer that is given states is given its mask by hand: Keras 3 forgets the one that its input carries then.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.case import Case, Cases

CASES = Cases()
CODES = 7


def padded(rng: np.random.RandomState, steps: int, behind: bool = True) -> np.ndarray:
    """Return codes of twenty samples, zeros behind or in front of them; two samples are zeros alone."""
    counts = np.r_[0, 0, rng.randint(1, steps + 1, size=18)][:, None]
    x = rng.randint(1, CODES, size=(20, steps)) * (np.arange(steps) < counts)
    return (x if behind else x[:, ::-1]).astype("int32")


def two(k: Any, seed: int) -> tuple[list[Any], list[np.ndarray], list[Any], Any]:
    """Return two inputs, their data, zeros behind one and in front of the other, their embeddings, the last mask."""
    rng = np.random.RandomState(seed)
    x = [padded(rng, 5), padded(rng, 4, behind=False)]
    inputs = [k.layers.Input(each.shape[1:], dtype="int32") for each in x]
    embeddings = [k.layers.Embedding(CODES, 3, mask_zero=True) for _ in x]
    vectors = [layer(each) for layer, each in zip(embeddings, inputs, strict=True)]
    return inputs, x, vectors, embeddings[1].compute_mask(inputs[1])


def trained(k: Any, inputs: Any, x: Any, outputs: Any) -> Case:
    net = k.models.Model(inputs, k.layers.Dense(1)(outputs))
    net.compile(optimizer=k.optimizers.Adam(0.02), loss="mse", metrics=["mae"])
    y = x[1][..., None] / 7.0 + x[0][:, :1, None]
    return net, x, y if len(net.output_shape) == 3 else y[:, -1], {"batch_size": 8}


@CASES.case
def a_decoder_from_states(k: Any) -> Case:
    inputs, x, (a, b), mask = two(k, 1)
    _, h, c = k.layers.LSTM(3, return_state=True)(a)
    return trained(k, inputs, x, k.layers.LSTM(3, return_sequences=True)(b, initial_state=[h, c], mask=mask))


@CASES.case
def a_decoder_from_states_that_turns_round(k: Any) -> Case:
    inputs, x, (a, b), mask = two(k, 2)
    _, h = k.layers.GRU(3, return_state=True)(a)
    out, last = k.layers.GRU(3, go_backwards=True, return_state=True)(b, initial_state=h, mask=mask)
    return trained(k, inputs, x, k.layers.Concatenate()([out, last]))


@CASES.case
def both_directions_from_states(k: Any) -> Case:
    inputs, x, (a, b), mask = two(k, 3)
    _, *states = k.layers.Bidirectional(k.layers.SimpleRNN(3, return_state=True))(a)
    return trained(
        k, inputs, x, k.layers.Bidirectional(k.layers.SimpleRNN(3))(b, initial_state=states, mask=mask)
    )


@CASES.case
def cells_from_states(k: Any) -> Case:
    inputs, x, (a, b), mask = two(k, 4)
    L = k.layers
    _, h, other = L.RNN([L.GRUCell(3), L.SimpleRNNCell(2)], return_state=True)(a)
    y = L.RNN([L.GRUCell(3), L.SimpleRNNCell(2)], return_sequences=True)(
        b, initial_state=[h, other], mask=mask
    )
    return trained(k, inputs, x, y)


@CASES.case
def attention_to_another_sequence(k: Any) -> Case:
    inputs, x, (a, b), _ = two(k, 5)
    y = k.layers.MultiHeadAttention(2, 3, use_bias=False)(b, a)
    return trained(k, inputs, x, k.layers.LSTM(3)(k.layers.Add()([b, y])))


@CASES.case
def attention_of_each_step_kept(k: Any) -> Case:
    """What stands at steps that do not count reaches the loss here, and the gradient goes back through it."""
    inputs, x, (a, b), _ = two(k, 6)
    y = k.layers.MultiHeadAttention(1, 2, use_bias=False)(b, a, use_causal_mask=True)
    return trained(k, inputs, x, k.layers.Flatten()(y))


@CASES.case
def batch_normalization_of_each_step(k: Any) -> Case:
    inputs, x, (a, b), _ = two(k, 7)
    y = k.layers.TimeDistributed(k.layers.BatchNormalization(momentum=0.5, epsilon=0.1))(b)
    return trained(k, inputs, x, k.layers.Concatenate()([k.layers.LSTM(3)(y), k.layers.GRU(2)(a)]))
