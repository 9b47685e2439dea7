"""Small recurrent trainings: layers, losses, optimizers, masks and clipping together."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.case import Case, Cases
from tests.parity.case import sequences as data
from tests.parity.case import sequential as model

CASES = Cases()


@CASES.case
def regression_with_a_partial_batch(k: Any) -> Case:
    x, _ = data(50, 7, 2)
    net = model(k, x, [k.layers.LSTM(4), k.layers.Dense(1)])
    net.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return net, x, x.sum(axis=(1, 2)), {"batch_size": 16}


@CASES.case
def stacked_relu_with_momentum(k: Any) -> Case:
    x, _ = data(40, 6, 3, 1)
    L = k.layers
    net = model(
        k, x, [L.LSTM(5, activation="relu", return_sequences=True), L.LSTM(3, activation="relu"), L.Dense(2)]
    )
    net.compile(optimizer=k.optimizers.SGD(0.05, momentum=0.9), loss="mae", metrics=["mse"])
    return net, x, x[:, -1, :2], {"batch_size": 8}


@CASES.case
def padded_codes_in_two_classes(k: Any) -> Case:
    rng = np.random.RandomState(2)
    x = rng.randint(1, 7, size=(33, 9)) * (np.arange(9) < rng.randint(1, 10, size=(33, 1)))
    L = k.layers
    net = model(
        k, x, [L.Embedding(7, 3, mask_zero=True), L.LSTM(4), L.Dense(1, activation="sigmoid")], "int32"
    )
    net.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    return net, x, (x[:, 0] > 3).astype(int), {"batch_size": 10}


@CASES.case
def softmax_with_smoothed_labels(k: Any) -> Case:
    x, rng = data(48, 5, 2, 3)
    L = k.layers
    net = model(k, x, [L.LSTM(4, go_backwards=True), L.Dense(3), L.Activation("softmax")])
    loss = k.losses.CategoricalCrossentropy(label_smoothing=0.1)
    net.compile(optimizer=k.optimizers.Adam(0.01), loss=loss, metrics=["acc", "mse"])
    return net, x, np.eye(3)[rng.randint(3, size=48)], {"batch_size": 32}


@CASES.case
def whole_number_classes_with_nesterov(k: Any) -> Case:
    x, rng = data(30, 5, 2, 4)
    net = model(k, x, [k.layers.LSTM(6), k.layers.Dense(4, activation="softmax")])
    optimizer = k.optimizers.SGD(0.1, momentum=0.5, nesterov=True)
    net.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return net, x, rng.randint(4, size=30), {"batch_size": 7}


@CASES.case
def mask_in_loss_and_metric(k: Any) -> Case:
    rng = np.random.RandomState(5)
    x = rng.randint(1, 6, size=(29, 8)) * (np.arange(8) < rng.randint(1, 9, size=(29, 1)))
    L = k.layers
    stack = [
        L.Embedding(6, 4, mask_zero=True),
        L.LSTM(5, return_sequences=True),
        L.Dense(6, activation="softmax"),
    ]
    net = model(k, x, stack, "int32")
    net.compile(
        optimizer=k.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return net, x, np.roll(x, 1, axis=1), {"batch_size": 12}


@CASES.case
def masked_regression_at_each_step(k: Any) -> Case:
    rng = np.random.RandomState(6)
    x = rng.randint(0, 5, size=(25, 6))
    L = k.layers
    stack = [
        L.Embedding(5, 3, mask_zero=True),
        L.LSTM(4, return_sequences=True),
        L.TimeDistributed(L.Dense(1)),
    ]
    net = model(k, x, stack, "int32")
    net.compile(optimizer="sgd", loss="mse", metrics=["mae"])
    return net, x, np.cumsum(x, axis=1)[..., None] / 10, {"batch_size": 10}


@CASES.case
def encoder_and_decoder(k: Any) -> Case:
    x, _ = data(24, 5, 2, 7)
    L = k.layers
    stack = [L.LSTM(5), L.RepeatVector(3), L.LSTM(4, return_sequences=True), L.TimeDistributed(L.Dense(2))]
    net = model(k, x, stack)
    net.compile(optimizer=k.optimizers.Adam(0.005, beta_1=0.8, beta_2=0.9, epsilon=1e-4), loss="mse")
    return net, x, x[:, :3], {"batch_size": 24}


@CASES.case
def centered_rmsprop_with_momentum(k: Any) -> Case:
    x, _ = data(26, 4, 3, 8)
    L = k.layers
    lstm = L.LSTM(
        5, activation="elu", recurrent_activation="hard_sigmoid", use_bias=False, return_sequences=True
    )
    net = model(k, x, [lstm, L.Flatten(), L.Dense(3, activation="tanh", use_bias=False)])
    optimizer = k.optimizers.RMSprop(0.003, rho=0.8, momentum=0.5, centered=True)
    net.compile(optimizer=optimizer, loss="mse", metrics=[k.metrics.RootMeanSquaredError()])
    return net, x, np.tanh(x.sum(axis=1)), {"batch_size": 9}


@CASES.case
def logits_of_two_classes(k: Any) -> Case:
    x, rng = data(31, 4, 2, 9)
    net = model(k, x, [k.layers.LSTM(3, activation="softsign", unit_forget_bias=False), k.layers.Dense(2)])
    loss = k.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)
    net.compile(optimizer="adam", loss=loss)
    return net, x, rng.randint(2, size=(31, 2)), {"batch_size": 8}


@CASES.case
def logits_of_several_classes(k: Any) -> Case:
    x, rng = data(31, 4, 2, 10)
    L = k.layers
    net = model(k, x, [L.Reshape((2, 4)), L.LSTM(3, activation="gelu"), L.Dense(5)])
    loss = k.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(optimizer=k.optimizers.SGD(0.2), loss=loss, metrics=["sparse_categorical_accuracy"])
    return net, x, rng.randint(5, size=(31, 1)), {"batch_size": 16}


@CASES.case
def validation_split_and_saturated_outputs(k: Any) -> Case:
    x, rng = data(60, 3, 1, 11)
    net = model(k, 20 * x, [k.layers.LSTM(3, activation="relu"), k.layers.Dense(1, activation="sigmoid")])
    metrics = ["binary_accuracy", k.metrics.BinaryAccuracy(name="strict", threshold=0.8)]
    net.compile(optimizer=k.optimizers.RMSprop(0.05), loss=k.losses.BinaryCrossentropy(), metrics=metrics)
    return net, 20 * x, rng.randint(2, size=(60, 1)), {"batch_size": 16, "validation_split": 0.3}


@CASES.case
def stacked_gru_with_a_clipped_norm(k: Any) -> Case:
    x, _ = data(40, 6, 3, 12)
    L = k.layers
    stack = [
        L.GRU(5, return_sequences=True, recurrent_activation="hard_sigmoid"),
        L.GRU(3, activation="relu", use_bias=False, go_backwards=True),
        L.Dense(2),
    ]
    net = model(k, x, stack)
    net.compile(optimizer=k.optimizers.Adam(0.01, clipnorm=0.05), loss="mse", metrics=["mae"])
    return net, x, x[:, -1, :2], {"batch_size": 8}


@CASES.case
def masked_gru_with_clipped_values(k: Any) -> Case:
    rng = np.random.RandomState(13)
    x = rng.randint(1, 7, size=(33, 9)) * (np.arange(9) < rng.randint(1, 10, size=(33, 1)))
    L = k.layers
    stack = [
        L.Embedding(7, 3, mask_zero=True),
        L.GRU(4, return_sequences=True, bias_initializer="ones"),
        L.GRU(3, go_backwards=True),
        L.Dense(1, activation="sigmoid"),
    ]
    net = model(k, x, stack, "int32")
    optimizer = k.optimizers.RMSprop(0.01, clipvalue=0.01)
    net.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    return net, x, (x[:, 0] > 3).astype(int), {"batch_size": 10}


@CASES.case
def simple_rnn_with_a_clipped_global_norm(k: Any) -> Case:
    rng = np.random.RandomState(14)
    x = rng.randint(0, 5, size=(25, 6))
    L = k.layers
    stack = [
        L.Embedding(5, 3, mask_zero=True),
        L.SimpleRNN(4, return_sequences=True, activation="softsign"),
        L.SimpleRNN(3, go_backwards=True, use_bias=False),
        L.Dense(1),
    ]
    net = model(k, x, stack, "int32")
    net.compile(optimizer=k.optimizers.SGD(0.1, momentum=0.5, global_clipnorm=0.2), loss="mse")
    return net, x, x.sum(axis=1), {"batch_size": 10}


@CASES.case
def zeros_at_masked_steps(k: Any) -> Case:
    rng = np.random.RandomState(15)
    x = rng.randint(1, 6, size=(29, 8)) * (rng.rand(29, 8) > 0.3)
    L = k.layers
    zeros = {"return_sequences": True, "zero_output_for_mask": True}
    stack = [
        L.Embedding(6, 4, mask_zero=True),
        L.LSTM(3, **zeros),
        L.GRU(3, go_backwards=True, **zeros),
        L.Dense(2),
    ]
    net = model(k, x, stack, "int32")
    net.compile(optimizer="adam", loss="mse")
    return net, x, np.stack([x, x[:, ::-1]], axis=2) / 5, {"batch_size": 12}


@CASES.case
def both_directions_under_a_mask(k: Any) -> Case:
    rng = np.random.RandomState(16)
    x = rng.randint(1, 6, size=(29, 8)) * (np.arange(8) < rng.randint(1, 9, size=(29, 1)))
    L = k.layers
    stack = [
        L.Embedding(6, 4, mask_zero=True),
        L.Bidirectional(L.LSTM(3, return_sequences=True)),
        L.Bidirectional(L.GRU(5, return_sequences=True), merge_mode="sum"),
        L.Dense(6, activation="softmax"),
    ]
    net = model(k, x, stack, "int32")
    net.compile(
        optimizer=k.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return net, x, np.roll(x, 1, axis=1), {"batch_size": 12}


@CASES.case
def both_directions_merged_in_every_way(k: Any) -> Case:
    x, _ = data(30, 5, 2, 17)
    L = k.layers
    backward = L.GRU(4, activation="relu", return_sequences=True, go_backwards=True)
    stack = [
        L.Bidirectional(L.LSTM(4, return_sequences=True), merge_mode="mul", backward_layer=backward),
        L.Bidirectional(L.SimpleRNN(3, return_sequences=True, go_backwards=False), merge_mode="ave"),
        L.Bidirectional(L.LSTM(2)),
        L.Dense(1),
    ]
    net = model(k, x, stack)
    net.compile(optimizer=k.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
    return net, x, x[:, 0, 0] * x[:, -1, 1], {"batch_size": 7}
