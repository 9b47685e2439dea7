"""Numbers as categories inside a model: bins, rows of ones and counts, and codes that a step computes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.case import Case, Cases, sequences, sequential
from tests.parity.families.recurrent import functional

CASES = Cases()


@CASES.case
def bins_that_are_looked_up(k: Any) -> Case:
    x, _ = sequences(20, 5, 1, 1)
    L = k.layers
    a = L.Input((5,))
    bins = L.Discretization(bin_boundaries=[-1.0, -0.2, 0.3, 1.5])(a)
    y = L.Dense(1)(L.GRU(3)(L.Embedding(5, 2)(bins)))
    return functional(k, a, y, x[..., 0], x.sum(axis=1))


@CASES.case
def bins_as_rows(k: Any) -> Case:
    x, _ = sequences(20, 5, 1, 2)
    L = k.layers
    net = sequential(k, x, [L.Discretization([-0.5, 0.5], output_mode="one_hot"), L.LSTM(3), L.Dense(1)])
    net.compile(optimizer=k.optimizers.Adam(0.02), loss="mse")
    return net, x, x.sum(axis=1), {"batch_size": 8}


@CASES.case
def codes_as_rows(k: Any) -> Case:
    x = np.random.RandomState(3).randint(0, 6, (20, 4))
    L = k.layers
    a = L.Input((4,), dtype="int32")
    steps = L.SimpleRNN(3)(L.CategoryEncoding(6, output_mode="one_hot")(a))
    both = [L.CategoryEncoding(6)(a), L.CategoryEncoding(6, output_mode="count")(a), steps]
    return functional(k, a, L.Dense(1)(L.Concatenate()(both)), x, x[:, :1] / 6)


@CASES.case
def a_column_of_codes_among_numbers(k: Any) -> Case:
    x, rng = sequences(20, 4, 2, 4)
    x = np.concatenate([x, rng.randint(0, 3, (20, 4, 1))], axis=-1).astype("float32")
    L = k.layers
    a = L.Input((4, 3))
    codes = k.ops.cast(a[:, :, 2], "int32")
    y = L.LSTM(3)(L.Concatenate()([a[:, :, :2], L.Embedding(3, 2)(codes)]))
    return functional(k, a, L.Dense(1)(y), x, x.sum(axis=(1, 2))[:, None])
