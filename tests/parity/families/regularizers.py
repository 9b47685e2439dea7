"""Penalties on weights and outputs, in the loss and in the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.case import Case, Cases
from tests.parity.case import sequences as data
from tests.parity.case import sequential as model

CASES = Cases()


@CASES.case
def every_weight_of_a_recurrent_layer(k: Any) -> Case:
    x, _ = data(30, 5, 2)
    R, L = k.regularizers, k.layers
    lstm = L.LSTM(
        3,
        kernel_regularizer=R.L2(0.01),
        recurrent_regularizer=R.L1(0.02),
        bias_regularizer=R.L1L2(0.01, 0.03),
        activity_regularizer=R.L2(0.1),
    )
    net = model(k, x, [lstm, L.Dense(1, kernel_regularizer="l1", bias_regularizer="l2")])
    net.compile(optimizer=k.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
    return net, x, x.sum(axis=(1, 2)), {"batch_size": 8}


@CASES.case
def both_directions(k: Any) -> Case:
    x, _ = data(24, 4, 2, 1)
    R, L = k.regularizers, k.layers
    net = model(k, x, [L.Bidirectional(L.GRU(2, kernel_regularizer=R.L2(0.05))), L.Dense(1)])
    net.compile(optimizer=k.optimizers.SGD(0.05), loss="mse")
    return net, x, x.sum(axis=(1, 2)), {"batch_size": 7, "validation_split": 0.25}


@CASES.case
def codes_and_rows_that_part(k: Any) -> Case:
    rng = np.random.RandomState(2)
    x = rng.randint(0, 6, size=(32, 4))
    R, L = k.regularizers, k.layers
    layers = [
        L.Embedding(6, 3, embeddings_regularizer=R.L2(0.02)),
        L.SimpleRNN(3, activity_regularizer=R.L1(0.01)),
        L.Dense(2, activation="softmax", kernel_regularizer=R.OrthogonalRegularizer(0.3, mode="columns")),
    ]
    net = model(k, x, layers, "int32")
    net.compile(optimizer=k.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["acc"])
    return net, x, x[:, 0] % 2, {"batch_size": 10}
