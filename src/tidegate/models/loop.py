"""Running the batches of one pass over the data.

They run in native code, which comes back for callbacks, the progress bar and Ctrl-C.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from tidegate.callbacks import CallbackList
from tidegate.models.progress import Progress
from tidegate.models.recording import Ready
from tidegate.optimizers import Optimizer

__all__ = ["Interrupts", "run_pass"]

Array = np.ndarray[Any, Any]
SLICE = 0.1  # seconds after which native code comes back


class Interrupts:
    """Holds Ctrl-C back while a step runs, so that weights, moments and count of updates belong together."""

    def __init__(self) -> None:
        self.inside = self.pending = False
        self._before: Any = None

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            before = signal.getsignal(signal.SIGINT)
            if before is signal.default_int_handler:  # leave alone who handles it otherwise
                signal.signal(signal.SIGINT, self._on_signal)
                self._before = before
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None
        if self.pending and kind is None:
            raise KeyboardInterrupt

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self.inside or self.pending:  # nothing to wait for, or the second time
            raise KeyboardInterrupt
        self.pending = True

    def leave(self) -> None:
        """Raise what was held back."""
        self.inside = False
        if self.pending:
            self.pending = False
            raise KeyboardInterrupt


def run_pass(
    ready: Ready,
    sources: Sequence[Array],
    rows: int,
    batch: int,
    interrupts: Interrupts,
    *,
    order: Array | None = None,
    optimizer: Optimizer | None = None,
    most: int | None = None,
    outputs: Sequence[Array] = (),
    callbacks: CallbackList | None = None,
    bar: Progress | None = None,
    stopped: Callable[[], bool] | None = None,
) -> None:
    """Run each batch once, training where there is an optimizer.

    Parameters
    ----------
    most : batches after which to end
    stopped : asked after each batch that a callback saw
    """
    ready.reset()
    kind = "train" if optimizer is not None else "test"
    watched = callbacks is not None and (
        callbacks.train_batches if optimizer is not None else callbacks.test_batches
    )
    single = watched or (optimizer is not None and optimizer.decay != 0)  # another rate at each step
    end = -(-rows // batch)
    end = end if most is None else min(end, most)
    rate, iteration, k = 0.0, 0, 0
    while k < end:
        if watched:
            assert callbacks is not None
            callbacks.call(f"on_{kind}_batch_begin", k, {})
        if optimizer is not None:
            rate, iteration = optimizer.rate(), optimizer.iterations
        stop = k + 1 if single else end
        interrupts.inside = True
        done = ready.run(
            sources,
            rows,
            batch,
            order=order,
            start=k,
            stop=stop,
            lr=rate,
            iteration=iteration,
            outputs=outputs,
            seconds=SLICE,
        )
        if optimizer is not None:
            optimizer.iterations += done - k
        interrupts.leave()
        k = done
        if bar is not None and k < end:
            bar.update(k, ready.logs)
        if watched:
            assert callbacks is not None
            callbacks.call(f"on_{kind}_batch_end", k - 1, ready.logs())
            if stopped is not None and stopped():
                break
