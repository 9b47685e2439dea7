"""What stands around the kernels: recording a plan, the step's own cost, a long loop of single predictions.

Prints one JSON object; `python -m benchmarks` reads it.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time

import numpy as np

import tidegate
from benchmarks.engines.tidegate import Racer
from benchmarks.memory import resident
from benchmarks.workloads import WORKLOADS
from tidegate.layers import LSTM, Dense
from tidegate.models import Sequential

__all__ = ["loop", "recording", "step_cost"]


def recording(repeats: int = 15) -> float:
    """Return the seconds it takes to record, place and check a plan of three LSTM layers.

    It is the first step after `compile` less a later step on the same batch.
    """
    found = []
    for _ in range(repeats):
        racer = Racer(WORKLOADS["stacked"])
        x, y = racer.x[:64], racer.y[:64]
        start = time.perf_counter()
        racer.model.train_on_batch(x, y)
        first = time.perf_counter() - start
        start = time.perf_counter()
        racer.model.train_on_batch(x, y)
        found.append(first - (time.perf_counter() - start))
    return statistics.median(found)


def _plan_step(model: Sequential, x: np.ndarray, y: np.ndarray, batch: int, steps: int) -> float:
    """Return the seconds of a step where so many run in one call of the plan."""
    model.train_on_batch(x[:batch], y[:batch])
    plan = model.plan
    assert plan is not None
    order = np.resize(np.arange(len(x)), steps * batch)
    plan.run([x, y], len(order), batch, order=order, lr=1e-3)
    start = time.perf_counter()
    plan.run([x, y], len(order), batch, order=order, lr=1e-3)
    return (time.perf_counter() - start) / steps


def step_cost(rounds: int = 15, steps: int = 1000) -> dict[str, float]:
    """Return seconds of a step on `tiny`: in `fit`, in the plan alone, and of the least model there is.

    The least model, LSTM(1) on one sample of one step of one feature, has the same instructions and next to no
    arithmetic: what its step costs is what is not arithmetic. So `fit` less plan, plus the least model, is the
    most that a step of `tiny` can cost beside its kernels.
    """
    tidegate.set_threads(1)
    racer = Racer(WORKLOADS["tiny"])
    batch = racer.work.batch
    x, y = racer.x[: steps * batch], racer.y[: steps * batch]
    rng = np.random.default_rng(0)
    least = Sequential([LSTM(1, input_shape=(1, 1)), Dense(1)])
    least.compile("adam", "mse")
    small = rng.standard_normal((steps, 1, 1), dtype=np.float32)
    ones = np.ones((steps, 1), np.float32)
    found: dict[str, list[float]] = {"fit": [], "plan": [], "least": []}
    for k in range(rounds + 1):
        start = time.perf_counter()
        racer.model.fit(x, y, batch_size=batch, epochs=1, verbose=0)
        fit = (time.perf_counter() - start) / steps
        plan = _plan_step(racer.model, x, y, batch, steps)
        nothing = _plan_step(least, small, ones, 1, steps)
        if k:
            for name, value in (("fit", fit), ("plan", plan), ("least", nothing)):
                found[name].append(value)
    return {name: statistics.median(values) for name, values in found.items()}


def loop(calls: int = 10_000) -> dict[str, float]:
    """Return seconds of the first and last thousand single predictions, and what memory grew by."""
    racer = Racer(WORKLOADS["tiny"])
    x = racer.x[:1]
    racer.model.predict(x)
    seconds, before = [], 0
    gc.collect()
    for k in range(calls // 1000):
        start = time.perf_counter()
        for _ in range(1000):
            racer.model.predict(x)
        seconds.append(time.perf_counter() - start)
        if k == 0:
            before = resident()
    return {"first": seconds[0], "last": seconds[-1], "grown": resident() - before}


if __name__ == "__main__":
    quick = "--quick" in sys.argv
    print(json.dumps({
        "recording": recording(3 if quick else 15),
        **step_cost(3 if quick else 15),
        **loop(2000 if quick else 10_000),
    }))  # fmt: skip
