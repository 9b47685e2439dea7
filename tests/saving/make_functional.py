"""Writes functional.keras and functional.npz: a model of several inputs and outputs, by Keras. Needs keras with torch.

KERAS_BACKEND=torch python -m tests.saving.make_functional
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
SOURCES = [np.random.default_rng(k).normal(size=(7, 5, 2)) for k in (0, 1)]


def model(k: Any) -> Any:
    """Return a model of the package: an inner one called twice, a shared layer, a Sequential, functions, states."""
    L = k.layers
    a, b = L.Input(shape=(5, 2), name="a"), L.Input(shape=(5, 2), name="b")
    inner = k.models.Model(a, L.LSTM(3, name="recurrent")(a), name="inner")
    shared = L.Dense(3, name="shared")
    low = shared(inner(a) + inner(b))
    high = shared(L.Dense(3, name="middle")(low)) * 2.0
    stack = k.models.Sequential([L.Input(shape=(3,), name="begin"), L.Dense(2, name="top")], name="stack")
    every = k.ops.concatenate([low, high], axis=-1)
    outputs = [
        stack(high),
        k.ops.mean(every[:, 1:4], axis=-1, keepdims=True),
        L.Dense(1, name="level")(every),
    ]
    net = k.models.Model([a, b], outputs, name="whole")
    net.compile("adam", ["mse", None, "mae"], loss_weights=[1.0, 1.0, 0.5], metrics=[["mae"], None, None])
    return net


def main() -> None:
    import keras

    keras.utils.set_random_seed(1)
    net = model(keras)
    targets = [np.ones((7, 2)), np.ones((7, 1)), np.ones((7, 1))]
    net.fit(SOURCES, targets, verbose=0)
    net.save(HERE / "functional.keras")
    found = {f"predict/{k}": p for k, p in enumerate(net.predict(SOURCES, verbose=0))}
    found["evaluate"] = np.array(net.evaluate(SOURCES, targets, verbose=0))
    np.savez_compressed(HERE / "functional.npz", **found)


if __name__ == "__main__":
    main()
