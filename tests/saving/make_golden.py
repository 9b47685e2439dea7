"""Writes golden.*, recurrent.* and legacy.*: models that Keras trained and saved, and what they gave. Needs keras.

KERAS_BACKEND=torch python tests/saving/make_golden.py
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import keras
import numpy as np

HERE = Path(__file__).parent
L = keras.layers


def main() -> None:
    keras.utils.set_random_seed(3)
    rng = np.random.RandomState(3)
    x, y = rng.randint(0, 7, size=(20, 5)), rng.randint(0, 2, size=(20, 4))
    model = keras.Sequential(
        [
            L.Input((5,), dtype="int32"),
            L.Embedding(7, 3, mask_zero=True),
            L.LSTM(4, return_sequences=True),
            L.LSTM(3, activation="relu", kernel_initializer="he_normal", go_backwards=True),
            L.RepeatVector(2),
            L.TimeDistributed(L.Dense(2, activation="softsign")),
            L.Dropout(0.0),
            L.Flatten(),
            L.Reshape((2, 2)),
            L.Dense(2),
            L.Flatten(),
            L.Activation("sigmoid"),
        ]
    )
    loss = keras.losses.BinaryCrossentropy(label_smoothing=0.1)
    model.compile(
        keras.optimizers.Adam(0.01), loss, metrics=["accuracy", keras.metrics.MeanAbsoluteError(name="off")]
    )
    fit = {"batch_size": 8, "shuffle": False, "verbose": 0}
    model.fit(x, y, epochs=2, **fit)
    model.save(HERE / "golden.keras")
    model.save_weights(HERE / "golden.weights.h5")
    before = model.predict(x, verbose=0)
    history = model.fit(x, y, epochs=2, **fit).history
    after = model.predict(x, verbose=0)
    np.savez_compressed(HERE / "golden.npz", x=x, y=y, before=before, after=after, **history)


def recurrent() -> None:
    """The recurrent layers other than LSTM, and clipping, in a file of their own."""
    keras.utils.set_random_seed(4)
    rng = np.random.RandomState(4)
    x, y = rng.randint(0, 7, size=(20, 5)), rng.randn(20, 2)
    model = keras.Sequential(
        [
            L.Input((5,), dtype="int32"),
            L.Embedding(7, 3, mask_zero=True),
            L.Bidirectional(L.LSTM(2, return_sequences=True)),
            L.GRU(4, return_sequences=True, activation="relu"),
            L.SimpleRNN(3, return_sequences=True, zero_output_for_mask=True),
            L.Bidirectional(
                L.GRU(3), merge_mode="ave", backward_layer=L.SimpleRNN(3, use_bias=False, go_backwards=True)
            ),
            L.Dense(2),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01, global_clipnorm=0.1), "mse")
    fit = {"batch_size": 8, "shuffle": False, "verbose": 0}
    model.fit(x, y, epochs=2, **fit)
    model.save(HERE / "recurrent.keras")
    before = model.predict(x, verbose=0)
    history = model.fit(x, y, epochs=2, **fit).history
    after = model.predict(x, verbose=0)
    np.savez_compressed(HERE / "recurrent.npz", x=x, y=y, before=before, after=after, **history)


def legacy() -> None:
    """A file in the layout of Keras 2, which Keras 3 writes still; packed, as it is mostly empty pages."""
    keras.utils.set_random_seed(5)
    rng = np.random.RandomState(5)
    x, y = rng.randint(0, 7, size=(20, 5)), rng.randn(20, 5, 2)
    model = keras.Sequential(
        [
            L.Input((5,), dtype="int32"),
            L.Embedding(7, 3, mask_zero=True),
            L.Bidirectional(L.LSTM(2, return_sequences=True)),
            L.GRU(3, return_sequences=True),
            L.TimeDistributed(L.Dense(2, activation="tanh")),
        ],
        name="legacy",
    )
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    fit = {"batch_size": 8, "shuffle": False, "verbose": 0}
    model.fit(x, y, epochs=2, **fit)
    model.save(HERE / "legacy.h5")
    before = model.predict(x, verbose=0)
    history = model.fit(x, y, epochs=2, **fit).history
    after = model.predict(x, verbose=0)
    np.savez_compressed(HERE / "legacy.npz", x=x, y=y, before=before, after=after, **history)
    (HERE / "legacy.h5.gz").write_bytes(gzip.compress((HERE / "legacy.h5").read_bytes(), mtime=0))
    (HERE / "legacy.h5").unlink()


if __name__ == "__main__":
    for make in (main, recurrent, legacy):
        if not sys.argv[1:] or make.__name__ in sys.argv[1:]:
            make()
