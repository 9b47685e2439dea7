"""How far an output is from its target, at each position: (..., N) and (..., N) give (...).

Each op takes the prediction first; targets have no gradient. Definitions follow Keras 3 (`keras.losses`), clipping
included.
Native twins: native/kernels/losses.hpp.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.activations import sigmoid, softplus
from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = [
    "EPSILON",
    "PositionOp",
    "binary_crossentropy",
    "categorical_crossentropy",
    "mean_absolute_error",
    "mean_squared_error",
    "sparse_categorical_crossentropy",
]

EPSILON = 1e-7  # keras.config.epsilon()


class PositionOp(Op):
    """Base of the ops that compare prediction p and target y (or a class k) along the last axis."""

    arguments = ("p", "y")
    reads = ("p", "y")
    slopes = ("p",)
    sparse = False  # True where y is the place of the one class

    def infer(self, p: Spec, y: Spec, **attrs: Any) -> Spec:  # type: ignore[override]
        if y.shape != (p.shape[:-1] if self.sparse else p.shape):
            raise ShapeError(
                complaint(
                    self.name,
                    say("y to suit p of shape {shape}", shape=p.shape),
                    say("shape {shape}", shape=y.shape),
                )
            )
        return Spec(p.shape[:-1])

    def numbers(self, specs: Sequence[Spec | None], **attrs: Any) -> Numbers:
        p = specs[0]
        assert p is not None and p.shape[-1] is not None
        by_step = len(p.shape) == 3  # p (B, T, N) lies by step, the result (B, T) by sample
        T = p.shape[1] if by_step else 1
        assert T is not None
        return [T, p.row // p.shape[-1] // T, p.shape[-1], int(attrs.get("from_logits", False))], [
            float(attrs.get("label_smoothing", 0.0))
        ]


class MeanSquaredError(PositionOp):
    """l = mean((p - y)²) over the last axis."""

    name = "mean_squared_error"

    def forward(self, p: Array, y: Array) -> tuple[Array, None]:
        return ((p - y) ** 2).mean(axis=-1), None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dl: Array) -> tuple[Array, None]:  # type: ignore[override]
        p, y = inputs
        return dl[..., None] * 2 * (p - y) / p.shape[-1], None  # undo 1


class MeanAbsoluteError(PositionOp):
    """l = mean(|p - y|) over the last axis."""

    name = "mean_absolute_error"

    def forward(self, p: Array, y: Array) -> tuple[Array, None]:
        return np.abs(p - y).mean(axis=-1), None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dl: Array) -> tuple[Array, None]:  # type: ignore[override]
        p, y = inputs
        return dl[..., None] * np.sign(p - y) / p.shape[-1], None  # undo 1


def _smooth(y: Array, label_smoothing: float, classes: int) -> Array:
    return y * (1 - label_smoothing) + label_smoothing / classes


class BinaryCrossentropy(PositionOp):
    """l = -mean(y log q + (1 - y) log(1 - q)), with q = clip(p, ε, 1 - ε), or σ(p) with `from_logits`."""

    name = "binary_crossentropy"

    def forward(
        self, p: Array, y: Array, *, from_logits: bool = False, label_smoothing: float = 0.0
    ) -> tuple[Array, None]:
        y = _smooth(y, label_smoothing, 2)
        if from_logits:
            return (y * softplus(-p) + (1 - y) * softplus(p)).mean(axis=-1), None  # 1
        q = np.clip(p, EPSILON, 1 - EPSILON)  # 2
        return -(y * np.log(q) + (1 - y) * np.log(1 - q)).mean(axis=-1), None  # 3

    def backward(  # type: ignore[override]
        self,
        inputs: Any,
        outputs: Any,
        saved: Any,
        dl: Array,
        *,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> tuple[Array, None]:
        p, y = inputs
        y, d = _smooth(y, label_smoothing, 2), dl[..., None] / p.shape[-1]
        if from_logits:
            return d * (sigmoid(p) - y), None  # undo 1
        q = np.clip(p, EPSILON, 1 - EPSILON)
        return np.where(q == p, d * (q - y) / (q * (1 - q)), 0), None  # undo 3, 2


class CategoricalCrossentropy(PositionOp):
    """l = -Σ y log q over the last axis, with q = clip(p / Σp, ε, 1 - ε), or softmax(p) with `from_logits`."""

    name = "categorical_crossentropy"

    def forward(
        self, p: Array, y: Array, *, from_logits: bool = False, label_smoothing: float = 0.0
    ) -> tuple[Array, None]:
        y = _smooth(y, label_smoothing, p.shape[-1])
        if from_logits:
            s = p - p.max(axis=-1, keepdims=True)
            return (y * (np.log(np.exp(s).sum(axis=-1, keepdims=True)) - s)).sum(axis=-1), None  # 1
        r = p / p.sum(axis=-1, keepdims=True)  # 2
        return -(y * np.log(np.clip(r, EPSILON, 1 - EPSILON))).sum(axis=-1), None  # 3

    def backward(  # type: ignore[override]
        self,
        inputs: Any,
        outputs: Any,
        saved: Any,
        dl: Array,
        *,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> tuple[Array, None]:
        p, y = inputs
        y, d = _smooth(y, label_smoothing, p.shape[-1]), dl[..., None]
        if from_logits:
            e = np.exp(p - p.max(axis=-1, keepdims=True))
            return d * (e / e.sum(axis=-1, keepdims=True) * y.sum(axis=-1, keepdims=True) - y), None  # undo 1
        total = p.sum(axis=-1, keepdims=True)
        r = p / total
        q = np.clip(r, EPSILON, 1 - EPSILON)
        dr = np.where(q == r, -d * y / q, 0)  # undo 3
        return (dr - (dr * r).sum(axis=-1, keepdims=True)) / total, None  # undo 2


class SparseCategoricalCrossentropy(CategoricalCrossentropy):
    """The same with the class as a whole number: y is (...), not (..., N)."""

    name = "sparse_categorical_crossentropy"
    sparse = True

    def codes(self, specs: Sequence[Spec | None]) -> dict[str, int]:
        assert specs[0] is not None and specs[0].shape[-1] is not None
        return {"y": specs[0].shape[-1]}

    def forward(self, p: Array, k: Array, *, from_logits: bool = False) -> tuple[Array, None]:  # type: ignore[override]
        return super().forward(
            p, np.eye(p.shape[-1], dtype=p.dtype)[k.astype(np.int64)], from_logits=from_logits
        )

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dl: Array, *, from_logits: bool = False
    ) -> tuple[Array, None]:
        p, k = inputs
        y = np.eye(p.shape[-1], dtype=p.dtype)[k.astype(np.int64)]
        return super().backward((p, y), outputs, saved, dl, from_logits=from_logits)


mean_squared_error = MeanSquaredError()
mean_absolute_error = MeanAbsoluteError()
binary_crossentropy = BinaryCrossentropy()
categorical_crossentropy = CategoricalCrossentropy()
sparse_categorical_crossentropy = SparseCategoricalCrossentropy()
