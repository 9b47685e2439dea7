"""Sums over the samples of a batch.

A scalar of a shard is its share: shares are added over the shards in order. Two ops see all of the batch, and both are
computed by the executor: `batch_total` of scalars, where what it needs runs for every shard before the rest of the
step; `all_reduce` of arrays, where the shards wait for each other in the middle of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Context, Numbers, Op, Spec, Value

__all__ = ["all_reduce", "batch_total", "count", "mean_share", "weighted_sum"]

_SCALAR = Spec((), "float64")


class Count(Op):
    """n = how many positions x (B, ...) has in this shard.

    It looks at the shape alone, so nothing behind x is needed for it. Native twin: native/kernels/totals.hpp.
    """

    name = "count"
    contextual = True

    def infer(self, *, positions: int) -> Spec:  # type: ignore[override]
        return _SCALAR

    def forward(self, *, positions: int, context: Context = Context()) -> tuple[Any, None]:
        return np.float64(context.rows * positions), None

    def numbers(self, specs: Sequence[Spec | None], *, positions: int) -> Numbers:  # type: ignore[override]
        return [positions], []

    def __call__(self, x: Any) -> Any:
        if isinstance(x, Value):
            return self.record(positions=x.spec.row)
        return np.float64(np.asarray(x).size)


class BatchTotal(Op):
    """t = the sum of a scalar over all shards of the batch. Computed by the executor, between two passes."""

    name = "batch_total"
    arguments = ("share",)

    def infer(self, share: Spec) -> Spec:  # type: ignore[override]
        return _SCALAR

    def forward(self, share: Any) -> tuple[Any, None]:
        return share, None

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[None]:  # type: ignore[override]
        return (None,)


class AllReduce(Op):
    """y = the sum over all shards of x, an array that each shard has of its own. The shards wait for each other."""

    name = "all_reduce"
    arguments = ("x",)

    def infer(self, x: Spec) -> Spec:  # type: ignore[override]
        if x.shape[:1] == (None,) or x.dtype != "float32":
            raise ShapeError(complaint(self.name, say("an array of a shard"), repr(x)))
        return x

    def forward(self, x: Array) -> tuple[Array, None]:
        return x, None  # of one shard

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array]:  # type: ignore[override]
        return (dy,)  # added up like x: each shard has its share of dy


class MeanShare(Op):
    """y = x / total, with x what a shard's numbers add up to, and total how many a mean is taken of.

    Native twin: native/kernels/totals.hpp.
    """

    name = "mean_share"
    arguments = ("x", "total")
    reads = ("total",)
    slopes = ("x",)

    def infer(self, x: Spec, total: Spec) -> Spec:  # type: ignore[override]
        if total != _SCALAR:
            raise ShapeError(
                complaint(self.name, say("{name} of shape {shape}", name="total", shape=()), repr(total))
            )
        return x

    def forward(self, x: Array, total: Any) -> tuple[Array, None]:
        return (np.asarray(x) / total).astype(x.dtype), None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array, None]:  # type: ignore[override]
        return (np.asarray(dy) / inputs[1]).astype(np.result_type(dy)), None  # undo 1

    def numbers(self, specs: Sequence[Spec | None], **attrs: Any) -> Numbers:
        x = specs[0]
        assert x is not None
        return [x.row], []


class WeightedSum(Op):
    """s = factor * Σ v w / total, with v and w (B, ...) of one shape; w None is all ones, total None is 1.

    With a total, the shares of all shards add up to the mean over the batch. Native twin: native/kernels/totals.hpp.
    """

    name = "weighted_sum"
    arguments = ("v", "w", "total")
    reads = ("v", "w", "total")
    slopes = ("v",)

    def infer(self, v: Spec, w: Spec | None, total: Spec | None, *, factor: float = 1.0) -> Spec:  # type: ignore[override]
        for name, spec, shape in (("w", w, v.shape), ("total", total, ())):
            if spec is not None and spec.shape != shape:
                raise ShapeError(
                    complaint(
                        "weighted_sum",
                        say("{name} of shape {shape}", name=name, shape=shape),
                        f"{spec.shape}",
                    )
                )
        return _SCALAR

    def forward(self, v: Array, w: Array | None, total: Any, *, factor: float = 1.0) -> tuple[Any, None]:
        s = factor * (v if w is None else v * w).sum(dtype=np.float64)
        return (s if total is None else s / total if total else 0.0), None  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, ds: Any, *, factor: float = 1.0
    ) -> tuple[Array, None, None]:
        v, w, total = inputs
        d = ds * factor / (1 if total is None else total or np.inf)
        return np.broadcast_to(d, v.shape).astype(v.dtype) * (1 if w is None else w), None, None  # undo 1

    def numbers(self, specs: Sequence[Spec | None], *, factor: float = 1.0) -> Numbers:  # type: ignore[override]
        v = specs[0]
        assert v is not None
        return [v.row], [factor]


count = Count()
batch_total = BatchTotal()
all_reduce = AllReduce()
mean_share = MeanShare()
weighted_sum = WeightedSum()
