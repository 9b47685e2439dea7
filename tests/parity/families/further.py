"""Layers that recurrent scripts meet now and then: convolutional LSTMs, products in letters, other normalizations."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.case import Case, Cases, sequences, sequential
from tests.parity.families.recurrent import ends, functional

CASES = Cases()


def trained(k: Any, x: np.ndarray, layers: list[Any]) -> Case:
    net = sequential(k, x, [*layers, k.layers.Flatten(), k.layers.Dense(1)])
    net.compile(optimizer=k.optimizers.Adam(0.02), loss="mse")
    return net, x, x.reshape(len(x), -1).sum(axis=1), {"batch_size": 8}


@CASES.case
def a_series_cut_into_pictures(k: Any) -> Case:
    x = np.random.RandomState(1).randn(20, 3, 1, 4, 1).astype("float32")
    return trained(k, x, [k.layers.ConvLSTM2D(3, (1, 2), activation="relu")])


@CASES.case
def pictures_with_strides(k: Any) -> Case:
    x = np.random.RandomState(2).randn(20, 3, 5, 4, 2).astype("float32")
    L = k.layers
    first = L.ConvLSTM2D(2, 3, strides=(2, 1), padding="same", return_sequences=True, use_bias=False)
    return trained(k, x, [first, L.ConvLSTM2D(2, 2, dilation_rate=(1, 2), go_backwards=True, padding="same")])


@CASES.case
def rows_and_their_states(k: Any) -> Case:
    x, rng = sequences(20, 3, 10, 3)
    x, d = x.reshape(20, 3, 5, 2), rng.randn(20, 2, 5, 1).astype("float32")
    L = k.layers
    a, b = L.Input((3, 5, 2)), L.Input((2, 5, 1))
    out, h, c = L.ConvLSTM1D(2, 3, padding="same", return_state=True, unit_forget_bias=False)(a)
    again = L.ConvLSTM1D(2, 2, padding="same", return_sequences=True)(b, initial_state=[h, c])
    y = [x[:, 0, :, :1], d]
    return functional(k, [a, b], ends(k, out, again), [x, d], y)


@CASES.case
def channels_first(k: Any) -> Case:
    x = np.random.RandomState(4).randn(20, 2, 2, 4).astype("float32")
    return trained(k, x, [k.layers.ConvLSTM1D(2, 2, data_format="channels_first")])


@CASES.case
def products_in_letters(k: Any) -> Case:
    x, _ = sequences(20, 4, 3, 5)
    L = k.layers
    a = L.Input((4, 3))
    y = L.EinsumDense("abc,cd->abd", output_shape=(4, 5), bias_axes="d", activation="tanh")(a)
    y = L.EinsumDense("...x,xy->...y", output_shape=4, bias_axes="y")(y)
    y = L.EinsumDense("abc,bd->adc", output_shape=(2, 4), bias_axes="dc")(y)
    return functional(k, a, L.Dense(1)(L.Flatten()(y)), x, x.sum(axis=(1, 2))[:, None])


@CASES.case
def groups_and_roots(k: Any) -> Case:
    x, _ = sequences(20, 4, 6, 6)
    L = k.layers
    layers = [L.GroupNormalization(3), L.RMSNormalization(), L.GroupNormalization(-1, scale=False)]
    return trained(
        k, x, [*layers, L.GroupNormalization(2, axis=1, center=False), L.RMSNormalization(axis=(1, 2))]
    )
