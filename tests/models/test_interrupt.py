"""Ctrl-C in the middle of fit: a KeyboardInterrupt, and a model in the state of a finished step."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tidegate.callbacks import Callback
from tidegate.layers import LSTM, Dense
from tidegate.models import Sequential
from tidegate.models.loop import Interrupts
from tidegate.utils import set_random_seed

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4000, 20, 4)).astype(np.float32)
Y = X.sum(axis=(1, 2))


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Hear Ctrl-C as a terminal's program does: one started in the background may have been told to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def fresh() -> Sequential:
    set_random_seed(0)
    model = Sequential([LSTM(16, input_shape=(20, 4)), Dense(1)])
    model.compile("adam", "mse")
    return model


def test_an_interrupted_fit_leaves_a_finished_step() -> None:
    model = fresh()
    timer = threading.Timer(0.4, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=10_000, shuffle=False, verbose=0)
    timer.join()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert model.optimizer is not None and model.history is not None
    steps = model.optimizer.iterations
    assert steps > 0
    assert len(model.history.epoch) in (steps // 125, (steps - 1) // 125)  # the finished epochs are kept

    # the same number of steps without an interrupt: the same weights and moments, bit for bit
    class Stop(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_training = self.model.optimizer.iterations == steps

    again = fresh()
    again.fit(X, Y, epochs=10_000, shuffle=False, verbose=0, callbacks=[Stop()])
    assert again.optimizer is not None and again.optimizer.iterations == steps
    pairs = [*zip(model.get_weights(), again.get_weights(), strict=True)]
    pairs += [*zip(model.optimizer.state(), again.optimizer.state(), strict=True)]
    for a, b in pairs:
        np.testing.assert_array_equal(a, b)
    model.fit(X, Y, verbose=0)
    assert model.predict(X[:3]).shape == (3, 1)


def test_a_signal_to_the_process() -> None:
    code = """
import numpy as np
from tidegate.layers import LSTM, Dense
from tidegate.models import Sequential
model = Sequential([LSTM(32, input_shape=(50, 4)), Dense(1)])
model.compile("adam", "mse")
x = np.ones((3000, 50, 4), "float32")
y = np.zeros(3000)
model.fit(x[:32], y[:32], verbose=0)
print("ready", flush=True)
try:
    model.fit(x, y, epochs=10000)
except KeyboardInterrupt:
    print("interrupted", model.optimizer.iterations > 1, np.isfinite(model.predict(x[:2])).all(), flush=True)
"""
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline().strip() == "ready"
    threading.Timer(0.5, run.send_signal, [signal.SIGINT]).start()
    out, _ = run.communicate(timeout=60)
    assert out.strip().endswith("interrupted True True")
    assert run.returncode == 0


def test_a_second_signal_does_not_wait() -> None:
    with Interrupts() as held:
        held.inside = True
        signal.raise_signal(signal.SIGINT)
        assert held.pending
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            held.leave()
        with pytest.raises(KeyboardInterrupt):  # between two steps there is nothing to wait for
            signal.raise_signal(signal.SIGINT)


def test_another_handler_is_left_alone() -> None:
    seen: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        with Interrupts():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [signal.SIGINT]


def test_fit_runs_in_another_thread() -> None:
    model = fresh()
    thread = threading.Thread(target=lambda: model.fit(X[:64], Y[:64], verbose=0))
    thread.start()
    thread.join()
    assert model.optimizer is not None and model.optimizer.iterations == 2
