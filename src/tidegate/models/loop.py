"""Running the batches of one pass over the data.

They run in native code, which comes back for callbacks, the progress bar and Ctrl-C.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any

from tidegate.callbacks import CallbackList
from tidegate.models.diverging import Watch
from tidegate.models.feeds import Stretch
from tidegate.models.progress import Progress
from tidegate.models.recording import Ready
from tidegate.optimizers import Optimizer

__all__ = ["Interrupts", "Pass", "run_pass"]

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


@dataclass
class Pass:
    """What a pass came to.

    Attributes
    ----------
    ready : the plan that ran last, None where there was no batch
    steps : batches that were run
    lost : the first batch whose loss was NaN or infinite, counted from 1, and that loss
    """

    ready: Ready | None = None
    steps: int = 0
    lost: tuple[int, float] | None = None

    def logs(self, prefix: str = "") -> dict[str, Any]:
        """Return the loss and each metric over the pass."""
        return {} if self.ready is None else self.ready.logs(prefix)


def run_pass(
    kind: str,
    stretches: Iterable[Stretch],
    interrupts: Interrupts,
    *,
    optimizer: Optimizer | None = None,
    callbacks: CallbackList | None = None,
    bar: Progress | None = None,
    stopped: Callable[[], bool] | None = None,
    watch: Watch | None = None,
    after: Ready | None = None,
) -> Pass:
    """Run each batch once, training where there is an optimizer.

    Parameters
    ----------
    kind : "train", "test" or "predict": whose batches callbacks see
    stopped : asked after each batch that a callback saw
    watch : told when the loss is lost; it may stop the pass
    after : the plan of a pass before this one, whose sums are gone on with
    """
    done = Pass(after)
    watched = callbacks is not None and kind in callbacks.watched
    few = (
        1 if watched else optimizer.ahead if optimizer is not None else None
    )  # batches until Python is asked again
    rate: Any = 0.0
    iteration = 0
    for part in stretches:
        ready = part.ready
        if ready is not done.ready:
            ready.begin(done.ready)
        done.ready = ready
        at = part.start
        while at < part.stop:
            if watched:
                assert callbacks is not None
                callbacks.call(f"on_{kind}_batch_begin", done.steps, {})
            if optimizer is not None:
                rate, iteration = optimizer.rates(part.stop - at), optimizer.batches
            before = at
            if watch is not None:
                watch.before()
            interrupts.inside = True
            at = ready.run(
                part.sources,
                part.rows,
                part.batch,
                order=part.order,
                start=at,
                stop=part.stop if few is None else min(at + few, part.stop),
                lr=rate,
                iteration=iteration,
                outputs=part.outputs,
                seconds=SLICE,
            )
            if optimizer is not None:
                optimizer.after_batches(at - before)
            interrupts.leave()
            done.steps += at - before
            lost = done.lost is None and ready.lost
            if lost:
                done.lost = done.steps, ready.last()[0]
            if bar is not None and done.steps != bar.steps:
                bar.update(done.steps, ready.logs if kind != "predict" else dict)
            if callbacks is not None and (watched or lost):
                if kind == "predict":
                    rows = slice(before * part.batch, at * part.batch)
                    logs = {"outputs": ready.handed_out([out[rows] for out in part.outputs])}
                else:
                    logs = ready.logs()
                callbacks.call(f"on_{kind}_batch_end", done.steps - 1, logs)
                if stopped is not None and stopped():
                    return done
            if lost and watch is not None and watch.lost(part, at - 1, *done.lost or (0, 0.0)):
                return done
    return done
