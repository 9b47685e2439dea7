"""What surrounds a training: validation, callbacks, generators, weights of samples and classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.parity.case import Case, Cases, sequences, sequential

CASES = Cases()
N, STEPS, FEATURES = 30, 4, 2


def regression(k: Any, rate: float = 0.2, **compiled: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    x, rng = sequences(N, STEPS, FEATURES, seed=3)
    y = (x.sum(axis=(1, 2)) + 0.1 * rng.randn(N)).astype("float32")[:, None]
    net = sequential(k, x, [k.layers.LSTM(3, use_bias=False), k.layers.Dense(1, use_bias=False)])
    net.compile(k.optimizers.SGD(rate), "mse", **compiled)
    return net, x, y


def classes(k: Any, **compiled: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    x, rng = sequences(N, STEPS, FEATURES, seed=4)
    net = sequential(
        k, x, [k.layers.LSTM(3, use_bias=False), k.layers.Dense(3, activation="softmax", use_bias=False)]
    )
    net.compile(k.optimizers.Adam(0.05), "sparse_categorical_crossentropy", **compiled)
    return net, x, rng.randint(0, 3, N)


def batches(x: np.ndarray, y: np.ndarray, of: int) -> Iterator[Any]:
    while True:
        for start in range(0, len(x), of):
            yield x[start : start + of], y[start : start + of]


@CASES.case
def validation_freq(k: Any) -> Case:
    net, x, y = regression(k, metrics=["mae"])
    return net, x, y, {"epochs": 5, "validation_split": 0.3, "validation_freq": 2}


@CASES.case
def validation_freq_list(k: Any) -> Case:
    net, x, y = regression(k)
    return (
        net,
        x,
        y,
        {"epochs": 4, "validation_data": (x[:7], y[:7]), "validation_freq": [1, 4], "batch_size": 8},
    )


@CASES.case
def early_stopping_restores(k: Any) -> Case:
    net, x, y = regression(k, rate=0.3)
    stop = k.callbacks.EarlyStopping(patience=2, min_delta=0.5, restore_best_weights=True)
    return net, x, y, {"epochs": 12, "validation_split": 0.4, "callbacks": [stop], "batch_size": 6}


@CASES.case
def early_stopping_by_accuracy(k: Any) -> Case:
    net, x, y = classes(k, metrics=["accuracy"])
    stop = k.callbacks.EarlyStopping("val_accuracy", patience=1, min_delta=0.01, start_from_epoch=2)
    return net, x, y, {"epochs": 10, "validation_split": 0.4, "callbacks": [stop], "batch_size": 9}


@CASES.case
def reduce_on_plateau(k: Any) -> Case:
    net, x, y = regression(k, rate=0.3)
    slower = k.callbacks.ReduceLROnPlateau(
        "val_loss", factor=0.3, patience=1, cooldown=1, min_lr=0.05, min_delta=0.5
    )
    return net, x, y, {"epochs": 8, "validation_split": 0.4, "callbacks": [slower], "batch_size": 6}


@CASES.case
def rate_by_epoch(k: Any) -> Case:
    net, x, y = regression(k)
    follow = k.callbacks.LearningRateScheduler(lambda epoch, rate: 0.3 if epoch == 0 else rate * 0.5)
    return net, x, y, {"callbacks": [follow], "batch_size": 7}


@CASES.case
def steps_go_on_over_epochs(k: Any) -> Case:
    net, x, y = regression(k)
    return (
        net,
        x,
        y,
        {
            "epochs": 4,
            "steps_per_epoch": 2,
            "batch_size": 5,
            "validation_data": (x, y),
            "validation_steps": 2,
        },
    )


@CASES.case
def steps_alone(k: Any) -> Case:
    net, x, y = regression(k)
    return net, x, y, {"steps_per_epoch": 4}


@CASES.case
def initial_epoch(k: Any) -> Case:
    net, x, y = regression(k)
    follow = k.callbacks.LearningRateScheduler(lambda epoch: 0.1 * epoch)
    return net, x, y, {"epochs": 5, "initial_epoch": 2, "callbacks": [follow]}


@CASES.case
def generator(k: Any) -> Case:
    net, x, y = regression(k, metrics=["mae"])
    # four batches an epoch of data that has five; in a generator for validation, Keras repeats the first two
    return (
        net,
        x,
        y,
        {"x": batches(x, y, 7), "y": None, "steps_per_epoch": 4, "validation_data": (x[:9], y[:9])},
    )


@CASES.case
def numbered_batches(k: Any) -> Case:
    net, x, y = regression(k)

    class Data(k.utils.PyDataset):  # type: ignore[misc, name-defined]
        def __len__(self) -> int:
            return 4

        def __getitem__(self, index: int) -> Any:
            part = slice(8 * index, 8 * index + 8)
            return x[part], y[part], np.linspace(0, 2, N)[part]

    return net, x, y, {"x": Data(), "y": None}


@CASES.case
def class_weight(k: Any) -> Case:
    net, x, y = classes(k, metrics=["accuracy"], weighted_metrics=["sparse_categorical_crossentropy"])
    return net, x, y, {"class_weight": {0: 0.5, 1: 1.0, 2: 3.0}, "batch_size": 8}


@CASES.case
def sample_weight_in_validation(k: Any) -> Case:
    net, x, y = regression(k)
    w = np.linspace(0, 3, N).astype("float32")
    return net, x, y, {"sample_weight": w, "validation_data": (x[:9], y[:9], w[:9]), "batch_size": 8}


@CASES.case
def classes_weigh_in_training_alone(k: Any) -> Case:
    net, x, y = classes(k, metrics=["accuracy"])
    return net, x, y, {"class_weight": {0: 0.5, 2: 3.0}, "validation_split": 0.3, "batch_size": 8}
