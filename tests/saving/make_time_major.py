"""Writes time_major.h5.gz and time_major.npz: a model whose layers take the timesteps in front, by tf_keras (Keras 2).

python -m tests.saving.make_time_major
"""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
X = np.random.default_rng(0).normal(size=(5, 4, 3)).astype(np.float32)  # (timesteps, samples, features)


def model(k: Any) -> Any:
    L = k.layers
    x = k.Input(batch_shape=(5, None, 3))
    h = L.Dense(3, activation="tanh")(L.LSTM(4, time_major=True, return_sequences=True)(x))
    steps = L.Bidirectional(L.GRU(2, time_major=True, return_sequences=True))(h)
    return k.Model(x, [L.Dense(1)(L.SimpleRNN(3, time_major=True)(steps)), steps])


def main() -> None:
    import tf_keras

    tf_keras.utils.set_random_seed(1)
    net = model(tf_keras)
    last, steps = (p.numpy() for p in net(X))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.h5"
        net.save(path)
        (HERE / "time_major.h5.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    np.savez_compressed(HERE / "time_major.npz", last=last, steps=steps)


if __name__ == "__main__":
    main()
