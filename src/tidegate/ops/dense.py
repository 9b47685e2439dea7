"""dense: a matrix product over the last axis, and a bias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = ["dense"]


class Dense(Op):
    """y = x @ W + b, with x (..., K), W (K, N), b (N,) or None. Native twin: native/kernels/dense.hpp."""

    name = "dense"
    arguments = ("x", "kernel", "bias")
    by_row = True
    reads = ("x", "kernel")
    packs = ("kernel",)
    takes_numbers = True

    def infer(self, x: Spec, kernel: Spec, bias: Spec | None) -> Spec:  # type: ignore[override]
        K = x.shape[-1]
        for name, spec, shape in (
            ("kernel", kernel, (K, kernel.shape[-1])),
            ("bias", bias, kernel.shape[-1:]),
        ):
            if spec is not None and spec.shape != shape:
                raise ShapeError(
                    complaint(
                        "dense", say("{name} of shape {shape}", name=name, shape=shape), f"{spec.shape}"
                    )
                )
        return Spec((*x.shape[:-1], kernel.shape[1]), x.dtype)

    def forward(self, x: Array, W: Array, b: Array | None) -> tuple[Array, None]:
        y = x @ W  # 1: (..., N)
        return (y if b is None else y + b), None  # 2

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array, ...]:  # type: ignore[override]
        x, W, _ = inputs
        rows, drows = x.reshape(-1, x.shape[-1]), dy.reshape(-1, dy.shape[-1])
        db = drows.sum(axis=0)  # undo 2: (N,)
        return dy @ W.T, rows.T @ drows, db  # undo 1: (..., K) and (K, N)

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        x, kernel = specs[:2]
        assert x is not None and kernel is not None
        K, N = kernel.shape
        assert K is not None and N is not None
        by_sample = x.shape[0] is None  # else x is made of parameters, the same for every sample
        return [x.row // K, K, N, int(by_sample)], []  # positions (of a sample), K, N

    def flops(self, specs: Sequence[Spec | None]) -> float:  # type: ignore[override]
        (positions, K, N, _), _ = self.numbers(specs)
        return 2.0 * positions * K * N

    def backward_flops(self, specs: Sequence[Spec | None], wanted: Sequence[bool], **attrs: Any) -> float:
        return self.flops(specs) * sum(wanted[:2])


dense = Dense()
