"""max_pool1d and average_pool1d: one number for the steps that a window shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.shapes import describe, elements

__all__ = ["average_pool1d", "max_pool1d"]


class Pool(Op):
    """y[b, o] from x[b, s o - left], ... x[b, s o - left + size - 1], as far as these lie in x (B, T, ...)."""

    arguments = ("x",)

    def infer(self, x: Spec, *, size: int, strides: int, left: int, steps: int) -> Spec:  # type: ignore[override]
        if len(x.shape) < 3 or x.shape[1] is None:
            raise ShapeError(complaint(self.name, "(samples, timesteps, features)", describe(x.shape)))
        if steps < 1 or not 0 <= left < size or (steps - 1) * strides - left >= x.shape[1]:
            raise ShapeError(
                complaint(
                    self.name,
                    say("windows in {n} timesteps", n=x.shape[1]),
                    say("{steps} of {size}", steps=steps, size=size),
                )
            )
        return Spec((x.shape[0], steps, *x.shape[2:]), x.dtype)

    def numbers(  # type: ignore[override]
        self, specs: Sequence[Spec | None], *, size: int, strides: int, left: int, steps: int
    ) -> Numbers:
        (x,) = specs
        assert x is not None and x.shape[1] is not None
        return [x.shape[1], steps, elements(x.shape[2:]), size, strides, left], []

    def flops(self, specs: Sequence[Spec | None], *, size: int, steps: int, **attrs: Any) -> float:  # type: ignore[override]
        (x,) = specs
        assert x is not None
        return float(steps * size * elements(x.shape[2:]))


def windows(T: int, size: int, strides: int, left: int, steps: int) -> Iterator[tuple[int, slice]]:
    """Yield each window with the steps that it shows."""
    for o in range(steps):
        first = o * strides - left
        yield o, slice(max(first, 0), min(first + size, T))


class MaxPool1D(Pool):
    """y[b, o] = the largest number of its window. Native twin: native/kernels/pooling.hpp."""

    name = "max_pool1d"
    reads = ("x", "outputs")

    def forward(self, x: Array, **window: int) -> tuple[Array, None]:
        return np.stack([x[:, w].max(axis=1) for _, w in windows(x.shape[1], **window)], axis=1), None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array, **window: int) -> tuple[Array]:
        (x,) = inputs
        dx = np.zeros_like(x)
        for o, w in windows(x.shape[1], **window):  # undo 1: the first of the largest takes it all
            at = x[:, w].argmax(axis=1)[:, None]
            there = np.take_along_axis(dx[:, w], at, axis=1) + dy[:, o][:, None]
            np.put_along_axis(dx[:, w], at, there, axis=1)
        return (dx,)


class AveragePool1D(Pool):
    """y[b, o] = the mean of its window, of the steps that lie in x. Native twin: native/kernels/pooling.hpp."""

    name = "average_pool1d"
    reads = ("x",)  # only its shape

    def forward(self, x: Array, **window: int) -> tuple[Array, None]:
        return np.stack([x[:, w].mean(axis=1) for _, w in windows(x.shape[1], **window)], axis=1), None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array, **window: int) -> tuple[Array]:
        (x,) = inputs
        dx = np.zeros_like(x)
        for o, w in windows(x.shape[1], **window):
            dx[:, w] += dy[:, o][:, None] / (w.stop - w.start)  # undo 1
        return (dx,)


max_pool1d = MaxPool1D()
average_pool1d = AveragePool1D()
