"""layer_norm, and the three ops of batch normalization: batch_mean, batch_variance, standardize."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec, Value, steps
from tidegate.ops.totals import all_reduce, batch_total, count, weighted_sum
from tidegate.shapes import describe

__all__ = ["batch_mean", "batch_variance", "layer_norm", "standardize"]


def _same_channels(who: str, x: Spec, vectors: Sequence[Spec | None]) -> int:
    C = x.shape[-1]
    if len(x.shape) < 2 or C is None:
        raise ShapeError(complaint(who, say("a last axis of known size"), describe(x.shape)))
    for v in vectors:
        if v is not None and v.shape != (C,):
            raise ShapeError(complaint(who, say("vectors of shape {shape}", shape=(C,)), f"{v.shape}"))
    return C


class LayerNorm(Op):
    """y = gamma (x - m) / sqrt(v + epsilon) + beta, with m and v the mean and variance of the last axis C.

    x (..., C), gamma and beta (C,) or None. Native twin: native/kernels/normalizing.hpp.
    """

    name = "layer_norm"
    arguments = ("x", "gamma", "beta")
    reads = ("x", "gamma")

    def infer(self, x: Spec, gamma: Spec | None, beta: Spec | None, *, epsilon: float) -> Spec:  # type: ignore[override]
        _same_channels("layer_norm", x, (gamma, beta))
        return x

    def forward(
        self, x: Array, gamma: Array | None, beta: Array | None, *, epsilon: float
    ) -> tuple[Array, Any]:
        z = x - x.mean(axis=-1, keepdims=True)  # 1
        r = 1 / np.sqrt((z * z).mean(axis=-1, keepdims=True) + epsilon)  # 2
        h = z * r  # 3: (..., C)
        y = h if gamma is None else h * gamma  # 4
        return (y if beta is None else y + beta), (h, r)  # 5

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, epsilon: float
    ) -> tuple[Any, ...]:
        _, gamma, _ = inputs
        h, r = saved
        axes = tuple(range(dy.ndim - 1))
        dbeta, dgamma = dy.sum(axis=axes), (dy * h).sum(axis=axes)  # undo 5, 4: (C,)
        dh = dy if gamma is None else dy * gamma
        mean = dh.mean(axis=-1, keepdims=True)
        return r * (dh - mean - h * (dh * h).mean(axis=-1, keepdims=True)), dgamma, dbeta  # undo 3, 2, 1

    def numbers(self, specs: Sequence[Spec | None], *, epsilon: float) -> Numbers:  # type: ignore[override]
        x = specs[0]
        assert x is not None and x.shape[-1] is not None
        return [x.row // x.shape[-1], x.shape[-1]], [epsilon]


class BatchMean(Op):
    """m[c] = sum of x[..., c] w / (sum of w + epsilon), over all samples and steps of a batch.

    x (B, ..., C); w a mask of the leading axes of x, (B, T), or None for ones (then without epsilon); total the sum
    of w over the batch of which these samples are a shard, or None where they are the batch.
    Native twin: native/kernels/normalizing.hpp.
    """

    name = "batch_mean"
    arguments = ("x", "w", "total")
    reads = ("x", "w", "total")  # x for its shape
    slopes = ("x",)
    coupled = True

    def infer(self, x: Spec, w: Spec | None, total: Spec | None, *, epsilon: float = 0.0) -> Spec:  # type: ignore[override]
        C = _same_channels(self.name, x, ())
        _check_mask(self.name, x, w)
        return Spec((C,), x.dtype)

    def over_shards(self, x: Value, w: Value | None, total: Value | None, **attrs: Any) -> Any:
        return all_reduce.record(self.record(x, w, _total(x, w), **attrs))

    def forward(self, x: Array, w: Array | None, total: Any, *, epsilon: float = 0.0) -> tuple[Array, None]:
        rows, weight, total = _weighted(x, w, total, epsilon)
        return ((rows * weight).sum(axis=0) / total).astype(x.dtype), None  # 1: (C,)

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dm: Array, *, epsilon: float = 0.0
    ) -> tuple[Any, ...]:
        x, w, total = inputs
        _, weight, total = _weighted(x, w, total, epsilon)
        dx = np.broadcast_to(dm * weight / total, (x.size // x.shape[-1], x.shape[-1]))  # undo 1
        return dx.astype(x.dtype).reshape(x.shape), None, None

    def numbers(self, specs: Sequence[Spec | None], *, epsilon: float = 0.0) -> Numbers:  # type: ignore[override]
        return _rows(specs[0]), [epsilon]


class BatchVariance(Op):
    """v[c] = sum of (x[..., c] - m[c])^2 w / (sum of w + epsilon), of the same arrays as in `batch_mean`.

    Native twin: native/kernels/normalizing.hpp.
    """

    name = "batch_variance"
    arguments = ("x", "m", "w", "total")
    reads = ("x", "m", "w", "total")
    slopes = ("x", "m")
    coupled = True

    def infer(  # type: ignore[override]
        self, x: Spec, m: Spec, w: Spec | None, total: Spec | None, *, epsilon: float = 0.0
    ) -> Spec:
        _same_channels(self.name, x, (m,))
        _check_mask(self.name, x, w)
        return m

    def over_shards(self, x: Value, m: Value, w: Value | None, total: Value | None, **attrs: Any) -> Any:
        return all_reduce.record(self.record(x, m, w, _total(x, w), **attrs))

    def forward(
        self, x: Array, m: Array, w: Array | None, total: Any, *, epsilon: float = 0.0
    ) -> tuple[Array, None]:
        rows, weight, total = _weighted(x, w, total, epsilon)
        return (((rows - m) ** 2 * weight).sum(axis=0) / total).astype(x.dtype), None  # 1: (C,)

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dv: Array, *, epsilon: float = 0.0
    ) -> tuple[Any, ...]:
        x, m, w, total = inputs
        rows, weight, total = _weighted(x, w, total, epsilon)
        drows = (2 * dv * (rows - m) * weight / total).astype(x.dtype)
        return drows.reshape(x.shape), -drows.sum(axis=0), None, None  # undo 1

    def numbers(self, specs: Sequence[Spec | None], *, epsilon: float = 0.0) -> Numbers:  # type: ignore[override]
        return _rows(specs[0]), [epsilon]


class Standardize(Op):
    """y = gamma (x - m) / sqrt(v + epsilon) + beta for each channel: x (..., C), the vectors (C,), gamma, beta or None.

    Native twin: native/kernels/normalizing.hpp.
    """

    name = "standardize"
    arguments = ("x", "m", "v", "gamma", "beta")
    reads = ("x", "m", "v", "gamma")

    def infer(  # type: ignore[override]
        self, x: Spec, m: Spec, v: Spec, gamma: Spec | None, beta: Spec | None, *, epsilon: float
    ) -> Spec:
        _same_channels("standardize", x, (m, v, gamma, beta))
        return x

    def forward(
        self, x: Array, m: Array, v: Array, gamma: Array | None, beta: Array | None, *, epsilon: float
    ) -> tuple[Array, None]:
        r = 1 / np.sqrt(v + epsilon)  # 1: (C,)
        a = r if gamma is None else gamma * r  # 2
        y = (x - m) * a  # 3
        return (y if beta is None else y + beta), None  # 4

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, epsilon: float
    ) -> tuple[Any, ...]:
        x, m, v, gamma, _ = inputs
        axes = tuple(range(dy.ndim - 1))
        r = 1 / np.sqrt(v + epsilon)
        a = r if gamma is None else gamma * r
        dbeta = dy.sum(axis=axes)  # undo 4: (C,)
        da = (dy * (x - m)).sum(axis=axes)
        dx, dm = dy * a, -dbeta * a  # undo 3
        dr = da if gamma is None else da * gamma  # undo 2
        return dx, dm, -0.5 * dr * r**3, da * r, dbeta  # undo 1

    def numbers(self, specs: Sequence[Spec | None], *, epsilon: float) -> Numbers:  # type: ignore[override]
        x = specs[0]
        assert x is not None and x.shape[-1] is not None
        return [x.row // x.shape[-1], x.shape[-1]], [epsilon]


def _check_mask(who: str, x: Spec, w: Spec | None) -> None:
    if w is not None and (len(x.shape) != 3 or w.shape != x.shape[:2]):
        raise ShapeError(
            complaint(
                who,
                say("(samples, timesteps, features) and a mask (samples, timesteps)"),
                say("{a} and {b}", a=describe(x.shape), b=describe(w.shape)),
            )
        )


def _total(x: Value, w: Value | None) -> Any:
    """Record the sum of the weights over the batch."""
    ones = count.record(positions=x.spec.row // (x.shape[-1] or 1))
    return batch_total.record(ones if w is None else weighted_sum.record(w, None, None))


def _weighted(x: Array, w: Array | None, total: Any, epsilon: float) -> tuple[Array, Array, Any]:
    """Return x as rows (n, C), the weight of each row (n, 1), and what their sum is divided by."""
    rows = x.reshape(-1, x.shape[-1])
    weight = np.ones((len(rows), 1), x.dtype) if w is None else w.reshape(-1, 1).astype(x.dtype)
    rows = np.where(weight != 0, rows, 0)  # what does not count may be anything
    return rows, weight, (weight.sum() if total is None else total) + (0.0 if w is None else epsilon)


def _rows(x: Spec | None) -> list[int]:
    assert x is not None and x.shape[-1] is not None
    return [steps(x), x.row // steps(x) // x.shape[-1], x.shape[-1]]  # T, rows of a step, C


layer_norm = LayerNorm()
batch_mean = BatchMean()
batch_variance = BatchVariance()
standardize = Standardize()
