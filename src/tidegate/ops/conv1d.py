"""conv1d: a window moved along the steps, and a matrix product of what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.shapes import describe

__all__ = ["conv1d"]


class Conv1D(Op):
    """y[b, o, n] = sum over k, c of x[b, s o + d k, c] W[k, c, n] + bias[n], over the windows that lie in x alone.

    x (B, T, G C), W (K, C, N), bias (N,) or None; s `strides`, d `dilation`. With G `groups` the channels of x and y
    are cut into as many parts, and each part of y sees its own part of x. Native twin: native/kernels/conv1d.hpp.
    """

    name = "conv1d"
    arguments = ("x", "kernel", "bias")
    reads = ("x", "kernel")
    packs = ("kernel",)
    takes_numbers = True

    def infer(  # type: ignore[override]
        self, x: Spec, kernel: Spec, bias: Spec | None, *, strides: int, dilation: int, groups: int
    ) -> Spec:
        if len(x.shape) != 3 or x.shape[1] is None or x.shape[2] is None or len(kernel.shape) != 3:
            raise ShapeError(complaint("conv1d", "(samples, timesteps, channels)", describe(x.shape)))
        K, C, N = kernel.shape
        assert K is not None and C is not None and N is not None
        if x.shape[2] != groups * C or N % groups:
            raise ShapeError(complaint("conv1d", say("{n} channels", n=groups * C), describe(x.shape)))
        if bias is not None and bias.shape != (N,):
            raise ShapeError(complaint("conv1d", say("bias of shape {shape}", shape=(N,)), f"{bias.shape}"))
        steps = (x.shape[1] - dilation * (K - 1) - 1) // strides + 1
        if steps < 1:
            raise ShapeError(
                complaint("conv1d", say("at least {n} timesteps", n=dilation * (K - 1) + 1), f"{x.shape[1]}")
            )
        return Spec((x.shape[0], steps, N), x.dtype)

    def forward(
        self, x: Array, W: Array, b: Array | None, *, strides: int, dilation: int, groups: int
    ) -> tuple[Array, None]:
        K, _, N = W.shape
        steps = (x.shape[1] - dilation * (K - 1) - 1) // strides + 1
        y = np.zeros((len(x), steps, N), np.result_type(x, W))
        for k, g in np.ndindex(K, groups):
            y[..., columns(N, g, groups)] += (
                shown(x, k, steps, strides, dilation, g, groups) @ W[k][:, columns(N, g, groups)]
            )  # 1
        return (y if b is None else y + b), None  # 2

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, strides: int, dilation: int, groups: int
    ) -> tuple[Array, Array, Array]:
        x, W, _ = inputs
        K, C, N = W.shape
        db = dy.sum(axis=(0, 1))  # undo 2: (N,)
        dx, dW = np.zeros_like(x), np.zeros_like(W)
        for k, g in np.ndindex(K, groups):  # undo 1
            here = columns(N, g, groups)
            rows = shown(x, k, dy.shape[1], strides, dilation, g, groups).reshape(-1, C)
            dW[k][:, here] = rows.T @ dy[..., here].reshape(-1, N // groups)
            shown(dx, k, dy.shape[1], strides, dilation, g, groups)[...] += dy[..., here] @ W[k][:, here].T
        return dx, dW, db

    def numbers(self, specs: Sequence[Spec | None], *, strides: int, dilation: int, groups: int) -> Numbers:  # type: ignore[override]
        x, kernel = specs[:2]
        assert x is not None and kernel is not None and x.shape[1] is not None
        K, C, N = kernel.shape
        assert K is not None and C is not None and N is not None
        steps = (x.shape[1] - dilation * (K - 1) - 1) // strides + 1
        return [x.shape[1], steps, K, C, N, strides, dilation, groups], []

    def flops(self, specs: Sequence[Spec | None], *, strides: int, dilation: int, groups: int) -> float:  # type: ignore[override]
        (_, steps, K, C, N, *_), _ = self.numbers(specs, strides=strides, dilation=dilation, groups=groups)
        return 2.0 * steps * K * C * N

    def backward_flops(self, specs: Sequence[Spec | None], wanted: Sequence[bool], **attrs: Any) -> float:
        return self.flops(specs, **attrs) * sum(wanted[:2])


def columns(N: int, g: int, groups: int) -> slice:
    """Return the columns of group g among N."""
    return slice(g * N // groups, (g + 1) * N // groups)


def shown(x: Array, k: int, steps: int, strides: int, dilation: int, g: int, groups: int) -> Array:
    """Return a view (B, steps, C): what place k of the window shows of group g, window by window."""
    first = k * dilation
    return x[:, first : first + (steps - 1) * strides + 1 : strides, columns(x.shape[2], g, groups)]


conv1d = Conv1D()
