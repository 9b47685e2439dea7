"""Other models that people build of sequences, raced between libraries that have Keras's verbs.

One function writes each model for any of them: `kit` is the library, imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.workloads import Array

__all__ = ["MODELS", "Family"]

STEPS, FEATURES, BATCH, BATCHES = 48, 8, 32, 64


@dataclass(frozen=True)
class Family:
    """A model with a regression on top, and what it is called."""

    name: str
    text: str
    make: Callable[[Any, Any], Any]  # from a library and its input to what Dense(1) stands on
    batch: int = BATCH
    loss: str = "mse"

    def model(self, kit: Any) -> Any:
        """Return the model, made of that library."""
        x = kit.Input((STEPS, FEATURES))
        return kit.Model(x, kit.layers.Dense(1)(self.make(kit.layers, x)))

    def batches(self) -> int:
        """Return how many batches the training set holds."""
        return BATCHES

    def data(self, rows: int | None = None) -> tuple[Array, Array]:
        """Return X and y; the same at each call."""
        rng = np.random.default_rng(1)
        n = BATCH * BATCHES if rows is None else rows
        return (
            rng.standard_normal((n, STEPS, FEATURES), dtype=np.float32),
            rng.standard_normal((n, 1), dtype=np.float32),
        )

    def weights(self) -> list[NDArray[np.float32]]:
        """Return the initial weights, the same at each call: vectors as they start, the others drawn."""
        import tidegate

        rng = np.random.default_rng(2)
        start = self.model(tidegate).get_weights()
        return [
            w if w.ndim == 1 else (rng.uniform(-1, 1, w.shape) / np.sqrt(w[..., 0].size)).astype(np.float32)
            for w in start
        ]


def _lstm_twice(between: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda k, x: k.LSTM(64)(between(k)(k.LSTM(64, return_sequences=True)(x)))


def _cnn_lstm(k: Any, x: Any) -> Any:
    return k.LSTM(64)(k.MaxPooling1D(2)(k.Conv1D(64, 3, activation="relu")(x)))


def _autoencoder(k: Any, x: Any) -> Any:
    h = k.LSTM(32, return_sequences=True)(k.RepeatVector(STEPS)(k.LSTM(32)(x)))
    return k.Flatten()(k.TimeDistributed(k.Dense(FEATURES))(h))


def _attention(k: Any, x: Any) -> Any:
    h = k.LSTM(32, return_sequences=True)(x)
    return k.GlobalAveragePooling1D()(k.Attention()([h, h]))


def _convolutions(k: Any, x: Any) -> Any:
    for distance in (1, 2, 4, 8):
        x = k.Conv1D(32, 3, padding="causal", dilation_rate=distance, activation="relu")(x)
    return k.GlobalAveragePooling1D()(x)


def _transformer(k: Any, x: Any) -> Any:
    x = k.Dense(32)(x)
    for _ in range(2):
        x = k.LayerNormalization()(k.Add()([x, k.MultiHeadAttention(4, 16)(x, x)]))
        x = k.LayerNormalization()(k.Add()([x, k.Dense(32)(k.Dense(64, activation="relu")(x))]))
    return k.GlobalAveragePooling1D()(x)


MODELS = (
    Family("gru", "GRU 64", lambda k, x: k.GRU(64)(x)),
    Family("bidirectional", "Bidirectional LSTM 64", lambda k, x: k.Bidirectional(k.LSTM(64))(x)),
    Family("normalized", "2 x LSTM 64, BatchNormalization between", _lstm_twice(lambda k: k.BatchNormalization())),
    Family("cnn-lstm", "Conv1D 64 of 3, pooling, LSTM 64", _cnn_lstm),
    Family("autoencoder", "LSTM 32, RepeatVector, LSTM 32, Dense 8 at each step", _autoencoder),
    Family("attention", "LSTM 32 at each step, Attention, mean", _attention),
    Family("convolutions", "4 causal Conv1D 32 of 3, dilated, mean", _convolutions),
    Family("transformer", "2 blocks of 4 heads of 16 and Dense 64, mean", _transformer),
)  # fmt: skip
