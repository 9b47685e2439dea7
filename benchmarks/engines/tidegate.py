"""Tidegate, through its public verbs."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

import tidegate
from benchmarks.workloads import Array, Workload
from tidegate.layers import LSTM, Dense, Embedding, Layer
from tidegate.models import Sequential
from tidegate.optimizers import Adam


class Racer:
    """One model of a workload."""

    def __init__(self, work: Workload, variant: str = "") -> None:
        self.work = work
        self.name = f"Tidegate {tidegate.__version__} ({tidegate.kernels.wanted()})"
        self.x, self.y = work.data()
        first: dict[str, Any] = {"input_shape": self.x.shape[1:]}
        layers: list[Layer] = [Embedding(work.codes, work.features, **first)] if work.codes else []
        for k, units in enumerate(work.units):
            below = work.sequences or k < len(work.units) - 1
            start = {} if layers else first
            layers.append(LSTM(units, activation=work.activation, return_sequences=below, **start))
        layers.append(Dense(work.outputs, activation="softmax" if work.classes else None))
        self.model = Sequential(layers)
        self.model.compile(Adam(1e-3), "categorical_crossentropy" if work.classes else "mse")
        self.model.set_weights(work.weights())

    def predict(self, x: Array) -> Array:
        return self.model.predict(x)

    def losses(self, steps: int) -> list[float]:
        b = self.work.batch
        parts = [slice(k * b, (k + 1) * b) for k in range(steps)]
        return [float(self.model.train_on_batch(self.x[p], self.y[p])) for p in parts]

    def weights(self) -> list[Array]:
        return list(self.model.get_weights())

    def threads(self, n: int) -> bool:
        tidegate.set_threads(n)
        return True

    def train(self, steps: int) -> tuple[float, int]:
        b, every = self.work.batch, self.work.batches()
        n, epochs = (steps, 1) if steps <= every else (every, round(steps / every))
        x, y = self.x[: n * b], self.y[: n * b]
        start = time.perf_counter()
        self.model.fit(x, y, batch_size=b, epochs=epochs, verbose=0)
        return time.perf_counter() - start, n * epochs

    def call(self, n: int) -> float:
        x = np.ascontiguousarray(self.x[: self.work.batch])
        start = time.perf_counter()
        for _ in range(n):
            self.model.predict(x)
        return time.perf_counter() - start
