"""Keras 3 on the backend of KERAS_BACKEND, through the verbs of its users."""

from __future__ import annotations

import time

import keras
import numpy as np
from keras.layers import LSTM, Dense, Embedding, Input

from benchmarks.workloads import Array, Workload


class Racer:
    """One model of a workload."""

    def __init__(self, work: Workload, variant: str = "") -> None:
        self.work = work
        backend = keras.backend.backend()
        self.name = f"Keras {keras.__version__} on {backend} {__import__(backend).__version__}"
        self.x, self.y = work.data()
        layers = [Input(self.x.shape[1:], dtype=self.x.dtype)]
        if work.codes:
            layers.append(Embedding(work.codes, work.features))
        for k, units in enumerate(work.units):
            below = work.sequences or k < len(work.units) - 1
            layers.append(LSTM(units, activation=work.activation, return_sequences=below))
        layers.append(Dense(work.outputs, activation="softmax" if work.classes else None))
        self.model = keras.Sequential(layers)
        self.model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy" if work.classes else "mse")
        self.model.set_weights(work.weights())

    def predict(self, x: Array) -> Array:
        return np.asarray(self.model.predict(x, verbose=0))

    def losses(self, steps: int) -> list[float]:
        b, found = self.work.batch, []
        for k in range(steps):
            part = slice(k * b, (k + 1) * b)
            log = self.model.fit(self.x[part], self.y[part], batch_size=b, shuffle=False, verbose=0)
            found.append(float(log.history["loss"][0]))
        return found

    def weights(self) -> list[Array]:
        return list(self.model.get_weights())

    def threads(self, n: int) -> bool:
        return False

    def train(self, steps: int) -> tuple[float, int]:
        b, every = self.work.batch, self.work.batches()
        n, epochs = (steps, 1) if steps <= every else (every, round(steps / every))
        x, y = self.x[: n * b], self.y[: n * b]
        start = time.perf_counter()
        self.model.fit(x, y, batch_size=b, epochs=epochs, verbose=0)
        return time.perf_counter() - start, n * epochs

    def call(self, n: int) -> float:
        x = self.x[: self.work.batch]
        start = time.perf_counter()
        for _ in range(n):
            self.model.predict(x, batch_size=self.work.batch, verbose=0)
        return time.perf_counter() - start
