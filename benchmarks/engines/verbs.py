"""What the racers of libraries with Keras's verbs share."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.workloads import Array


class VerbsRacer:
    """One model of a workload, trained and asked as its users do it. `kit` is the library."""

    name: str

    def __init__(self, work: Any, kit: Any) -> None:
        self.work = work
        self.x, self.y = work.data()
        self.model = work.model(kit)
        self.model.compile(kit.optimizers.Adam(1e-3), work.loss)
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
            self.model.predict(x, batch_size=self.work.batch, verbose=0)
        return time.perf_counter() - start
