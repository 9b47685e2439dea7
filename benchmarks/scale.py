"""Large data on one machine: a million sequences of letters, and windows over ten million rows.

python -m benchmarks.scale letters --dtype uint8 --mapped --seconds 15
python -m benchmarks.scale windows

Prints one JSON object. One epoch is trained, or as much of it as the time allows.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.memory import Watch
from tidegate import frame
from tidegate.layers import LSTM, Dense, Embedding
from tidegate.models import Sequential

SEQUENCES, LETTERS, LENGTH = 1_085_420, 25, 31
ROWS, LOOK_BACK = 10_000_000, 96
BATCH = 512


def letters(dtype: str, mapped: bool, seconds: float, sequences: int = SEQUENCES) -> dict[str, Any]:
    """Train Embedding and three LSTM layers to tell which of ten classes a sequence of letters is."""
    with tempfile.TemporaryDirectory() as folder:
        rng = np.random.default_rng(0)
        shape = (sequences, LENGTH)
        x: np.ndarray
        if mapped:
            x = np.lib.format.open_memmap(Path(folder) / "x.npy", "w+", dtype, shape)
            for start in range(0, sequences, 1 << 16):
                x[start : start + (1 << 16)] = rng.integers(
                    1, LETTERS, (min(1 << 16, sequences - start), LENGTH)
                )
            x.flush()
            x = np.load(Path(folder) / "x.npy", mmap_mode="r")
        else:
            x = rng.integers(1, LETTERS, shape, dtype=dtype)
        y = (x[:, 0] % 10).astype(np.int32)
        model = Sequential([
            Embedding(LETTERS, 16, input_shape=(LENGTH,)),
            LSTM(32, return_sequences=True),
            LSTM(32, return_sequences=True),
            LSTM(32),
            Dense(10, activation="softmax"),
        ])  # fmt: skip
        model.compile("adam", "sparse_categorical_crossentropy")
        return {"data": x.nbytes + y.nbytes, **_epoch(model, x, y, seconds)}


def windows(seconds: float, rows: int = ROWS) -> dict[str, Any]:
    """Frame a table of that many rows, and train on its windows as they are."""
    rng = np.random.default_rng(0)
    table = rng.standard_normal((rows, 1), dtype=np.float32)
    with Watch() as watch:
        start = time.perf_counter()
        f = frame(table, look_back=LOOK_BACK)
        x, y = f.x, f.y
        took = time.perf_counter() - start
    model = Sequential([LSTM(32, input_shape=(LOOK_BACK, 1)), Dense(1)])
    model.compile("adam", "mse")
    found = _epoch(model, x, y, seconds)
    return {
        "data": table.nbytes,
        "framing": took,
        "framing_memory": watch.growth,
        "copied": x.nbytes,
        **found,
    }


def _epoch(model: Sequential, x: np.ndarray, y: np.ndarray, seconds: float) -> dict[str, Any]:
    """Train for about so many seconds, at most one epoch, in one call of `fit`."""
    whole = -(-len(x) // BATCH)
    model.fit(x[: 4 * BATCH], y[: 4 * BATCH], batch_size=BATCH, verbose=0)  # records the plan
    trial = min(len(x), 40 * BATCH)
    start = time.perf_counter()
    model.fit(x[:trial], y[:trial], batch_size=BATCH, verbose=0)
    each = (time.perf_counter() - start) / (trial / BATCH)
    steps = min(whole, max(1, round(seconds / each)))
    with Watch() as watch:
        start = time.perf_counter()
        history = model.fit(x, y, batch_size=BATCH, steps_per_epoch=steps, verbose=0)
        took = time.perf_counter() - start
    trained = min(len(x), steps * BATCH)
    loss = history.history["loss"][0]
    if not np.isfinite(loss):
        raise RuntimeError(f"the loss became {loss}")
    return {
        "samples": len(x),
        "trained": trained,
        "seconds": took,
        "steps_seconds": each * steps,  # what as many steps take on a small set
        "memory": watch.growth,
        "loss": loss,
    }


def main() -> None:
    """Run one case."""
    parser = argparse.ArgumentParser(prog="benchmarks.scale")
    parser.add_argument("case", choices=("letters", "windows"))
    parser.add_argument("--dtype", default="uint8", choices=("uint8", "int32"))
    parser.add_argument("--mapped", action="store_true", help="memory-mapped from a file")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--share", type=float, default=1.0, help="of the data")
    given = parser.parse_args()
    if given.case == "letters":
        found = letters(given.dtype, given.mapped, given.seconds, round(SEQUENCES * given.share))
    else:
        found = windows(given.seconds, round(ROWS * given.share))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
