"""Files as Keras 1, Keras 2 and tf.keras laid them out, built by script: none of these runs any more."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

Array = np.ndarray[Any, Any]
Layers = Sequence[tuple[str, Sequence[tuple[str, Array]]]]


def write_h5(
    path: Path,
    layers: Layers,
    version: str | None,
    config: Any = None,
    training: Any = None,
    optimizer: Sequence[tuple[str, Array]] = (),
    backend: str = "tensorflow",
) -> Path:
    """Write a file of weights, or of a whole model where a config is given."""
    with h5py.File(path, "w") as file:
        group = file
        if config is not None:
            file.attrs["model_config"] = json.dumps(config).encode()
            group = file.create_group("model_weights")
        if version is not None:
            for place in {file, group} if config is not None else {group}:
                place.attrs["keras_version"] = version.encode()
                place.attrs["backend"] = backend.encode()
        if training is not None:
            file.attrs["training_config"] = json.dumps(training).encode()
        group.attrs["layer_names"] = [name.encode() for name, _ in layers]
        for name, weights in layers:
            _put(group.create_group(name), weights)
        if optimizer:
            _put(file.create_group("optimizer_weights"), optimizer)
    return path


def _put(group: Any, weights: Sequence[tuple[str, Array]]) -> None:
    group.attrs["weight_names"] = [name.encode() for name, _ in weights]
    for name, array in weights:
        group.create_dataset(name, data=array)


def lstm_of_keras_1(name: str, units: int, shape: list[int | None], **config: Any) -> dict[str, Any]:
    return {
        "class_name": "LSTM",
        "config": {
            "name": name, "trainable": True, "batch_input_shape": shape, "input_dtype": "float32",
            "output_dim": units, "init": "glorot_uniform", "inner_init": "orthogonal", "forget_bias_init": "one",
            "activation": "tanh", "inner_activation": "hard_sigmoid", "return_sequences": False,
            "go_backwards": False, "stateful": False, "unroll": False, "consume_less": "cpu",
            "input_dim": shape[-1], "input_length": shape[1], "W_regularizer": None, "U_regularizer": None,
            "b_regularizer": None, "dropout_W": 0.0, "dropout_U": 0.0, **config,
        },
    }  # fmt: skip


def dense_of_keras_1(name: str, units: int, inputs: int, **config: Any) -> dict[str, Any]:
    return {
        "class_name": "Dense",
        "config": {
            "name": name, "trainable": True, "output_dim": units, "init": "glorot_uniform", "activation": "linear",
            "W_regularizer": None, "b_regularizer": None, "activity_regularizer": None, "W_constraint": None,
            "b_constraint": None, "bias": True, "input_dim": inputs, **config,
        },
    }  # fmt: skip


GLOROT = {
    "class_name": "VarianceScaling",
    "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None},
}
ORTHOGONAL = {"class_name": "Orthogonal", "config": {"gain": 1.0, "seed": None}}
ZEROS: dict[str, Any] = {"class_name": "Zeros", "config": {}}


def recurrent_of_keras_2(kind: str, name: str, units: int, **config: Any) -> dict[str, Any]:
    """Return an LSTM, GRU or SimpleRNN as Keras 2.0 to 2.3 described it."""
    gated = {} if kind == "SimpleRNN" else {"recurrent_activation": "hard_sigmoid", "implementation": 1}
    if kind == "LSTM":
        gated["unit_forget_bias"] = True
    return {
        "class_name": kind,
        "config": {
            "name": name, "trainable": True, "dtype": "float32", "return_sequences": False, "return_state": False,
            "go_backwards": False, "stateful": False, "unroll": False, "units": units, "activation": "tanh",
            "use_bias": True, "kernel_initializer": GLOROT, "recurrent_initializer": ORTHOGONAL,
            "bias_initializer": ZEROS, "kernel_regularizer": None, "recurrent_regularizer": None,
            "bias_regularizer": None, "activity_regularizer": None, "kernel_constraint": None,
            "recurrent_constraint": None, "bias_constraint": None, "dropout": 0.0, "recurrent_dropout": 0.0,
            **gated, **config,
        },
    }  # fmt: skip


def cudnn_of_keras_2(kind: str, name: str, units: int, **config: Any) -> dict[str, Any]:
    made = recurrent_of_keras_2("LSTM", name, units, **config)
    for key in ("activation", "recurrent_activation", "use_bias", "dropout", "recurrent_dropout", "unroll"):
        made["config"].pop(key)
    made["config"].pop("implementation")
    if kind == "CuDNNGRU":
        made["config"].pop("unit_forget_bias")
    return {**made, "class_name": kind}


def dense_of_keras_2(name: str, units: int, **config: Any) -> dict[str, Any]:
    return {
        "class_name": "Dense",
        "config": {
            "name": name, "trainable": True, "dtype": "float32", "units": units, "activation": "linear",
            "use_bias": True, "kernel_initializer": GLOROT, "bias_initializer": ZEROS, "kernel_regularizer": None,
            "bias_regularizer": None, "activity_regularizer": None, "kernel_constraint": None,
            "bias_constraint": None, **config,
        },
    }  # fmt: skip


# What those layers computed.


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def hard_sigmoid(z: Array) -> Array:
    return np.clip(0.2 * z + 0.5, 0, 1)


def lstm(x: Array, W: Array, U: Array, b: Array, gate: Any = hard_sigmoid) -> Array:
    """Return the states over the steps of an LSTM with gates i, f, c, o."""
    h = c = np.zeros((len(x), len(U)))
    out = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W + h @ U + b, 4, axis=1)
        c = gate(f) * c + gate(i) * np.tanh(g)
        h = gate(o) * np.tanh(c)
        out.append(h)
    return np.stack(out, 1)


def gru(x: Array, W: Array, U: Array, b: Array, gate: Any = hard_sigmoid) -> Array:
    """Return the states over the steps of a GRU with gates z, r, h; two rows of b stand for reset_after."""
    h, n = np.zeros((len(x), len(U))), len(U)
    out = []
    for t in range(x.shape[1]):
        if b.ndim == 2:
            p, q = x[:, t] @ W + b[0], h @ U + b[1]
            z, r = gate(p[:, :n] + q[:, :n]), gate(p[:, n : 2 * n] + q[:, n : 2 * n])
            g = np.tanh(p[:, 2 * n :] + r * q[:, 2 * n :])
        else:
            p, q = x[:, t] @ W + b, h @ U[:, : 2 * n]
            z, r = gate(p[:, :n] + q[:, :n]), gate(p[:, n : 2 * n] + q[:, n:])
            g = np.tanh(p[:, 2 * n :] + (r * h) @ U[:, 2 * n :])
        h = z * h + (1 - z) * g
        out.append(h)
    return np.stack(out, 1)
