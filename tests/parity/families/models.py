"""Models of several inputs and outputs: shared and inner layers, losses and metrics by output, weights, masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.case import Case, Cases, sequences, sequential

CASES = Cases()
N = 21


def data(seed: int) -> tuple[np.ndarray, np.ndarray, np.random.RandomState]:
    x, rng = sequences(N, 4, 2, seed=seed)
    return x, rng.randn(N, 3).astype("float32"), rng


def towers(k: Any, **compiled: Any) -> tuple[Any, np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Two inputs, two outputs."""
    a, b, rng = data(1)
    L = k.layers
    first, second = L.Input(shape=(4, 2), name="first"), L.Input(shape=(3,), name="second")
    h = k.ops.concatenate([L.LSTM(3)(first), L.Dense(2, activation="tanh")(second)], axis=-1)
    level, kind = L.Dense(1, name="level")(h), L.Dense(3, activation="softmax", name="kind")(h)
    net = k.models.Model([first, second], [level, kind])
    losses = {"level": "mse", "kind": "sparse_categorical_crossentropy"}
    net.compile(k.optimizers.Adam(0.05), losses, **compiled)
    return net, a, b, {"level": a.sum(axis=(1, 2))[:, None], "kind": rng.randint(0, 3, N)}


@CASES.case
def two_inputs_and_two_outputs(k: Any) -> Case:
    net, a, b, y = towers(
        k, loss_weights={"level": 0.5, "kind": 2.0}, metrics={"level": ["mae"], "kind": ["accuracy"]}
    )
    return net, [a, b], [y["level"], y["kind"]], {"batch_size": 8}


@CASES.case
def data_in_dicts(k: Any) -> Case:
    net, a, b, y = towers(k, metrics=[["mse", "mae"], ["accuracy"]])
    return net, {"second": b, "first": a}, y, {"batch_size": 8, "validation_split": 0.3}


@CASES.case
def weights_of_each_output(k: Any) -> Case:
    net, a, b, y = towers(
        k, weighted_metrics={"level": ["mae"], "kind": ["accuracy"]}, metrics={"level": ["mae"]}
    )
    w = np.random.RandomState(5).rand(2, N).astype("float32")
    return net, [a, b], [y["level"], y["kind"]], {"batch_size": 8, "sample_weight": [w[0], w[1]]}


@CASES.case
def a_loss_for_one_output_of_two(k: Any) -> Case:
    a, _, rng = data(2)
    L = k.layers
    x = L.Input(shape=(4, 2))
    h = L.GRU(3)(x)
    net = k.models.Model(x, [L.Dense(1, name="level")(h), h])
    net.compile(k.optimizers.SGD(0.1), ["mse", None])
    return net, a, [a.sum(axis=(1, 2))[:, None], rng.randn(N, 3)], {"batch_size": 8}


@CASES.case
def shared_and_inner_layers(k: Any) -> Case:
    a, _, _ = data(3)
    L = k.layers
    one, two = L.Input(shape=(4, 2), name="one"), L.Input(shape=(4, 2), name="two")
    inner = k.models.Model(one, L.LSTM(3)(one))
    shared = L.Dense(3)
    p, q = shared(inner(one)), shared(inner(two))
    top = k.models.Sequential([L.Input(shape=(3,)), L.Dense(2, activation="tanh"), L.Dense(1)])
    net = k.models.Model([one, two], top(p * 0.5 + k.ops.tanh(p - q)))
    net.compile(k.optimizers.Adam(0.05), "mae", metrics=["mse"])
    return net, [a, a[:, ::-1]], a[:, 0, :1], {"batch_size": 8}


@CASES.case
def weight_of_each_sample(k: Any) -> Case:
    a, _, rng = data(4)
    net = sequential(k, a, [k.layers.LSTM(3), k.layers.Dense(1)])
    net.compile(k.optimizers.SGD(0.1), "mse", metrics=["mae"], weighted_metrics=["mae", "mse"])
    return net, a, a.sum(axis=(1, 2))[:, None], {"batch_size": 8, "sample_weight": rng.rand(N)}


@CASES.case
def weight_of_each_step(k: Any) -> Case:
    a, _, rng = data(5)
    net = sequential(k, a, [k.layers.LSTM(3, return_sequences=True), k.layers.Dense(2)])
    net.compile(k.optimizers.SGD(0.1), "mse", weighted_metrics=["mae"])
    return net, a, a[:, :, ::-1], {"batch_size": 8, "sample_weight": rng.rand(N, 4)}


@CASES.case
def weights_and_masks(k: Any) -> Case:
    rng = np.random.RandomState(6)
    x = rng.randint(1, 6, size=(N, 5)) * (np.arange(5) < rng.randint(1, 6, size=(N, 1)))
    L = k.layers
    net = sequential(
        k, x, [L.Embedding(6, 2, mask_zero=True), L.LSTM(3, return_sequences=True), L.Dense(1)], "int32"
    )
    net.compile(k.optimizers.SGD(0.1), "mse", metrics=["mae"], weighted_metrics=["mse"])
    # one batch: with torch, Keras writes the mask of a batch into its weights, and weighs batches by it
    return net, x, rng.randn(N, 5, 1), {"batch_size": N, "sample_weight": rng.rand(N, 5)}


@CASES.case
def weight_of_each_class(k: Any) -> Case:
    a, _, rng = data(7)
    net = sequential(k, a, [k.layers.LSTM(3), k.layers.Dense(3, activation="softmax")])
    net.compile(
        k.optimizers.Adam(0.05),
        "categorical_crossentropy",
        metrics=["accuracy"],
        weighted_metrics=["accuracy"],
    )
    y = np.eye(3)[rng.randint(0, 3, N)]
    return net, a, y, {"batch_size": 8, "class_weight": {0: 0.5, 1: 3.0}}


@CASES.case
def outputs_in_a_dict(k: Any) -> Case:
    a, _, _ = data(8)
    L = k.layers
    x = L.Input(shape=(4, 2))
    h = L.SimpleRNN(3)(x)
    net = k.models.Model(x, {"up": L.Dense(1)(h), "down": L.Dense(1)(h)})
    net.compile(k.optimizers.SGD(0.1), {"up": "mse", "down": "mae"}, metrics={"up": ["mae"]})
    return net, a, {"up": a[:, 0, :1], "down": a[:, 1, :1]}, {"batch_size": 8}


@CASES.case
def frozen_inner_model(k: Any) -> Case:
    a, _, _ = data(9)
    L = k.layers
    x = L.Input(shape=(4, 2))
    inner = k.models.Sequential([L.Input(shape=(4, 2)), L.LSTM(3)])
    inner.trainable = False
    net = k.models.Model(x, L.Dense(1)(inner(x)))
    net.compile(k.optimizers.Adam(0.05), "mse")
    return net, a, a[:, 0, :1], {"batch_size": 8}


@CASES.case
def losses_that_sum(k: Any) -> Case:
    a, _, _ = data(10)
    net = sequential(k, a, [k.layers.LSTM(3), k.layers.Dense(2)])
    net.compile(k.optimizers.SGD(0.005), k.losses.MeanSquaredError(reduction="sum"), metrics=["mae"])
    return net, a, a[:, 0], {"batch_size": 8}


@CASES.case
def encoder_and_decoder(k: Any) -> Case:
    rng = np.random.RandomState(11)
    codes = rng.randint(0, 3, (2, N, 4))
    L = k.layers
    source, target = L.Input(shape=(None, 3)), L.Input(shape=(None, 3))
    _, h, c = L.LSTM(3, return_state=True)(source)
    decoded, _, _ = L.LSTM(3, return_sequences=True, return_state=True)(target, initial_state=[h, c])
    net = k.models.Model([source, target], L.Dense(3, activation="softmax")(decoded))
    net.compile(k.optimizers.Adam(0.05), "categorical_crossentropy", metrics=["accuracy"])
    one, other = np.eye(3, dtype="float32")[codes]
    return net, [one, np.roll(other, 1, axis=1)], other, {"batch_size": 8}


@CASES.case
def one_number_for_a_batch_and_weights_of_steps(k: Any) -> Case:
    a, _, rng = data(12)
    net = sequential(k, a, [k.layers.LSTM(3, return_sequences=True), k.layers.Dense(2)])
    net.compile(k.optimizers.SGD(0.1), lambda y, p: k.ops.mean(k.ops.square(y - p)))
    return net, a, a[:, :, ::-1], {"batch_size": 8, "sample_weight": rng.rand(N, 4)}


@CASES.case
def overlap_over_the_batch_and_weights(k: Any) -> Case:
    a, _, rng = data(13)
    net = sequential(k, a, [k.layers.LSTM(3), k.layers.Dense(2, activation="sigmoid")])
    net.compile(k.optimizers.SGD(0.5), k.losses.Dice())
    return net, a, (a[:, 0] > 0).astype("float32"), {"batch_size": 8, "sample_weight": rng.rand(N)}
