"""Small models and data that the tests of the verbs share."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.layers import LSTM, Dense
from tidegate.models import Sequential

__all__ = ["RNG", "X", "Y", "classifier", "regression"]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 6, 2)).astype(np.float32)
Y = X.sum(axis=(1, 2))


def regression(optimizer: Any = "adam", **compiled: Any) -> Sequential:
    model = Sequential([LSTM(4, input_shape=(6, 2)), Dense(1)])
    model.compile(optimizer, "mse", **compiled)
    return model


def classifier(loss: str = "sparse_categorical_crossentropy", **compiled: Any) -> Sequential:
    model = Sequential([LSTM(4, input_shape=(6, 2)), Dense(3, activation="softmax")])
    model.compile("adam", loss, **compiled)
    return model
