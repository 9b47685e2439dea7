"""Whether an output hits its target, at each position. No gradients. Native twins: native/kernels/losses.hpp."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidegate.ops.base import Array, Numbers, Spec
from tidegate.ops.losses import PositionOp

__all__ = ["binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"]


class BinaryAccuracy(PositionOp):
    """Share of the last axis where (p > threshold) equals y."""

    name = "binary_accuracy"
    flat = True

    def forward(self, p: Array, y: Array, *, threshold: float = 0.5) -> tuple[Array, None]:
        return ((p > threshold) == y).astype(p.dtype).mean(axis=-1), None

    def numbers(self, specs: Sequence[Spec | None], *, threshold: float = 0.5, **attrs: Any) -> Numbers:
        return super().numbers(specs)[0], [threshold]


class CategoricalAccuracy(PositionOp):
    """1 where p and y are largest at the same place of the last axis."""

    name = "categorical_accuracy"
    flat = True

    def forward(self, p: Array, y: Array) -> tuple[Array, None]:
        return (p.argmax(axis=-1) == y.argmax(axis=-1)).astype(p.dtype), None


class SparseCategoricalAccuracy(PositionOp):
    """1 where p is largest at the place k."""

    name = "sparse_categorical_accuracy"
    flat = True
    sparse = True

    def codes(self, specs: Sequence[Spec | None]) -> dict[str, int]:
        return {"y": 2**31}  # no row is looked up: a class that is not there is no hit

    def forward(self, p: Array, k: Array) -> tuple[Array, None]:
        return (p.argmax(axis=-1) == k).astype(p.dtype), None


binary_accuracy = BinaryAccuracy()
categorical_accuracy = CategoricalAccuracy()
sparse_categorical_accuracy = SparseCategoricalAccuracy()
