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

    def forward(self, p: Array, y: Array, *, threshold: float = 0.5) -> tuple[Array, None]:  # type: ignore[override]
        return ((p > threshold) == y).astype(p.dtype).mean(axis=-1), None

    def numbers(self, specs: Sequence[Spec | None], *, threshold: float = 0.5, **attrs: Any) -> Numbers:
        return super().numbers(specs)[0], [threshold]


class CategoricalAccuracy(PositionOp):
    """1 where p and y are largest at the same place of the last axis."""

    name = "categorical_accuracy"

    def forward(self, p: Array, y: Array) -> tuple[Array, None]:  # type: ignore[override]
        return (p.argmax(axis=-1) == y.argmax(axis=-1)).astype(p.dtype), None


class SparseCategoricalAccuracy(PositionOp):
    """1 where p is largest at the place k."""

    name = "sparse_categorical_accuracy"

    def forward(self, p: Array, k: Array) -> tuple[Array, None]:  # type: ignore[override]
        return (p.argmax(axis=-1) == k).astype(p.dtype), None


binary_accuracy = BinaryAccuracy()
categorical_accuracy = CategoricalAccuracy()
sparse_categorical_accuracy = SparseCategoricalAccuracy()
