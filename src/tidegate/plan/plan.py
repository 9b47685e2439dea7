"""The compiled step of a model: what is computed, where it lies, which kernel runs, and the running of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from tidegate import kernels, ops
from tidegate.language import say
from tidegate.plan.native import NativeExecutor
from tidegate.plan.reference import ReferenceExecutor
from tidegate.plan.shards import shard_rows
from tidegate.plan.step import Step

__all__ = ["Executor", "Plan"]

Array = np.ndarray[Any, Any]


class Executor(Protocol):
    """What runs a step: natively, or by NumPy."""

    name: str

    @property
    def memory(self) -> int:
        """Bytes in use."""

    def release(self) -> None:
        """Give them back."""

    @property
    def gradients(self) -> Array:
        """The gradient of the last batch, flat, each parameter at its offset."""

    def run(
        self,
        sources: Sequence[Array],
        rows: int,
        batch: int,
        shard: int,
        sums: Array,
        last: Array,
        order: Array | None = None,
        start: int = 0,
        stop: int | None = None,
        lr: float | Array = 0.0,
        iteration: int = 0,
        outputs: Sequence[Array] = (),
        seconds: float = np.inf,
    ) -> int: ...


class Plan:
    """A step made ready for one shape of sample, and replayed for any number of samples.

    Attributes
    ----------
    sums : float64, one for each scalar of the step: added up over the batches run since `reset`. The first `step.means`
        are weighted by the samples of their batch.
    last : float64, the scalars of the last batch run.
    samples : samples run since `reset`.
    executor : what runs it; `executor.name` is "reference" or the instruction set.
    """

    def __init__(self, step: Step, executor: str | None = None) -> None:
        self.step = step
        self.sums = np.zeros(len(step.scalars))
        self.last = np.zeros(len(step.scalars))
        self.samples = 0
        self._flops, self._held, self._coupled = step.flops(), step.held(), step.coupled
        self.executor: Executor = self._choose(executor)

    def _choose(self, wanted: str | None) -> Executor:
        isa = wanted or kernels.wanted()
        if isa != "reference":
            missing = kernels.missing(n.op.name for n in self.step.body if n.op is not ops.all_reduce)
            if not missing:
                return NativeExecutor(self.step, isa)
            kernels.warn_once(
                say(
                    "no native kernel for {names}: this model runs slowly, on NumPy",
                    names=", ".join(sorted(missing)),
                )
            )
        elif not kernels.available():
            kernels.warn_once(
                say("no compiled kernels here: models run on the NumPy reference, correct and slow")
            )
        return ReferenceExecutor(self.step)

    def shard(self, batch: int) -> int:
        """Return how many samples of such a batch one shard holds."""
        step = self.step
        return shard_rows(batch, self._flops, step.training, self._coupled, self._held, step.offsets[-1])

    @property
    def memory(self) -> int:
        """Bytes that its last run left in use."""
        return self.executor.memory

    def release(self) -> None:
        """Give the memory back, until the next run."""
        self.executor.release()

    def reset(self) -> None:
        """Forget the sums of earlier batches."""
        self.sums[:] = 0
        self.samples = 0

    def run(
        self,
        sources: Sequence[Array],
        rows: int,
        batch: int,
        *,
        order: Array | None = None,
        start: int = 0,
        stop: int | None = None,
        lr: float | Array = 0.0,
        iteration: int = 0,
        outputs: Sequence[Array] = (),
        seconds: float = float("inf"),
    ) -> int:
        """Run batches start..stop of `rows` samples, and return the number of the first batch not run.

        It comes back early when time is up, and after the first batch since `reset` whose loss is NaN or infinite.

        Parameters
        ----------
        sources : one array for each input of the step, samples on axis 0; any numeric type and strides
        rows : samples in all; with `order` (int64), how many of its entries
        batch : samples of a batch; the last one may be smaller
        order : int64 positions in the sources, None for 0, 1, 2, ...
        lr : learning rate, or that of each batch from `start` on; the last one goes on
        iteration : how many batches trained before
        outputs : float32 C-ordered arrays (rows, ...) that receive the outputs, in the order of processing
        seconds : time after which to come back between two batches
        """
        batch = min(batch, rows)
        for state in self.step.states:
            whole, rest = divmod(rows, max(batch, 1))  # batches, and samples of a smaller one behind them
            if start < whole:
                state.expect(batch)
            if rest and (stop is None or stop > whole):
                state.expect(rest)
        done = self.executor.run(
            sources,
            rows,
            batch,
            self.shard(batch),
            self.sums,
            self.last,
            order,
            start,
            stop,
            lr,
            iteration,
            outputs,
            seconds,
        )
        self.samples += min(done * batch, rows) - min(start * batch, rows)
        return done

    def __repr__(self) -> str:
        from tidegate.plan.describe import describe

        return describe(self)
