"""dropout: numbers set to zero at random (Srivastava et al. 2014)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.ops.base import Array, Context, Numbers, Op, Spec, steps

__all__ = ["draw", "dropout", "uniform"]

_GOLDEN, _A, _B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def _mix(z: Array) -> Array:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    z = (z ^ (z >> np.uint64(30))) * _A
    z = (z ^ (z >> np.uint64(27))) * _B
    return z ^ (z >> np.uint64(31))  # type: ignore[no-any-return]


def draw(rows: int, row: int, seed: int, context: Context) -> tuple[Array, Array]:
    """Return twice (rows, row) random numbers in [0, 1), a function of seed, step, and place in the batch alone.

    So the cut of a batch into shards, and the number of threads, leave them as they are.
    """
    with np.errstate(over="ignore"):
        key = _mix(np.array([seed], np.uint64) + _mix(np.array([context.step + 1], np.uint64) * _GOLDEN))
        place = np.arange(context.row * row, (context.row + rows) * row, dtype=np.uint64) + np.uint64(1)
        z = _mix(key + place * _GOLDEN).reshape(rows, row)
    first, second = z >> np.uint64(40), (z >> np.uint64(16)) & np.uint64(0xFFFFFF)
    return first.astype(np.float32) * np.float32(2.0**-24), second.astype(np.float32) * np.float32(2.0**-24)


def uniform(rows: int, row: int, seed: int, context: Context) -> Array:
    """Return the first of the two."""
    return draw(rows, row, seed, context)[0]


class Dropout(Op):
    """y = x / (1 - rate) where u >= rate, else 0, with u uniform in [0, 1). Native twin: native/kernels/dropout.hpp."""

    name = "dropout"
    arguments = ("x",)
    reads = ("x",)  # only its shape
    by_row = True
    contextual = True

    def infer(self, x: Spec, *, rate: float, seed: int) -> Spec:  # type: ignore[override]
        return x

    def forward(
        self, x: Array, *, rate: float, seed: int, context: Context = Context()
    ) -> tuple[Array, None]:
        keep = uniform(len(x), x[0].size, seed, context).reshape(x.shape) >= np.float32(rate)
        return x * (keep / (1 - rate)).astype(x.dtype), None  # 1

    def backward(  # type: ignore[override]
        self,
        inputs: Any,
        outputs: Any,
        saved: Any,
        dy: Array,
        *,
        rate: float,
        seed: int,
        context: Context = Context(),
    ) -> tuple[Array]:
        return (
            self.forward(dy, rate=rate, seed=seed, context=context)[0],
        )  # undo 1: the same numbers are drawn again

    def numbers(self, specs: Sequence[Spec | None], *, rate: float, seed: int) -> Numbers:  # type: ignore[override]
        (x,) = specs
        assert x is not None
        return [steps(x), x.row // steps(x), seed], [rate]


dropout = Dropout()
