"""depthwise_conv1d: a window moved along the steps of each channel by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.ops.conv1d import shown
from tidegate.shapes import describe

__all__ = ["depthwise_conv1d"]


class DepthwiseConv1D(Op):
    """y[b, o, c M + m] = sum over k of x[b, s o + d k, c] W[k, c, m], over the windows that lie in x alone.

    x (B, T, C), W (K, C, M); s `strides`, d `dilation`. Native twin: native/kernels/conv1d.hpp.
    """

    name = "depthwise_conv1d"
    arguments = ("x", "kernel")
    reads = ("x", "kernel")
    takes_numbers = True

    def infer(self, x: Spec, kernel: Spec, *, strides: int, dilation: int) -> Spec:  # type: ignore[override]
        if len(x.shape) != 3 or x.shape[1] is None or x.shape[2] is None or len(kernel.shape) != 3:
            raise ShapeError(
                complaint("depthwise_conv1d", "(samples, timesteps, channels)", describe(x.shape))
            )
        K, C, M = kernel.shape
        assert K is not None and C is not None and M is not None
        if x.shape[2] != C:
            raise ShapeError(complaint("depthwise_conv1d", say("{n} channels", n=C), describe(x.shape)))
        steps = (x.shape[1] - dilation * (K - 1) - 1) // strides + 1
        if steps < 1:
            raise ShapeError(
                complaint(
                    "depthwise_conv1d",
                    say("at least {n} timesteps", n=dilation * (K - 1) + 1),
                    f"{x.shape[1]}",
                )
            )
        return Spec((x.shape[0], steps, C * M), x.dtype)

    def forward(self, x: Array, W: Array, *, strides: int, dilation: int) -> tuple[Array, None]:
        K, C, M = W.shape
        steps = (x.shape[1] - dilation * (K - 1) - 1) // strides + 1
        y = np.zeros((len(x), steps, C, M), np.result_type(x, W))
        for k in range(K):
            y += shown(x, k, steps, strides, dilation, 0, 1)[..., None] * W[k]  # 1: (B, To, C, M)
        return y.reshape(len(x), steps, C * M), None

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, strides: int, dilation: int
    ) -> tuple[Array, Array]:
        x, W = inputs
        K, C, M = W.shape
        steps, d = dy.shape[1], dy.reshape(*dy.shape[:2], C, M)
        dx, dW = np.zeros_like(x), np.zeros_like(W)
        for k in range(K):  # undo 1
            dW[k] = (shown(x, k, steps, strides, dilation, 0, 1)[..., None] * d).sum(axis=(0, 1))
            shown(dx, k, steps, strides, dilation, 0, 1)[...] += (d * W[k]).sum(axis=-1)
        return dx, dW

    def numbers(self, specs: Sequence[Spec | None], *, strides: int, dilation: int) -> Numbers:  # type: ignore[override]
        x, kernel = specs
        assert x is not None and kernel is not None and x.shape[1] is not None
        K, C, M = kernel.shape
        assert K is not None and C is not None and M is not None
        steps = (x.shape[1] - dilation * (K - 1) - 1) // strides + 1
        return [x.shape[1], steps, K, C, M, strides, dilation], []

    def flops(self, specs: Sequence[Spec | None], *, strides: int, dilation: int) -> float:  # type: ignore[override]
        (_, steps, K, C, M, *_), _ = self.numbers(specs, strides=strides, dilation=dilation)
        return 2.0 * steps * K * C * M


depthwise_conv1d = DepthwiseConv1D()
