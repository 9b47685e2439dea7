"""What is added to a loss: sums over a weight or an output, and how often such a scalar counts in a batch.

A scalar of a shard is its share of the batch. What is computed of weights alone is the same in every shard, so `once`
keeps it in the first one; what is computed of samples adds up by itself, or is asked by `couple` to see the whole
batch in one shard. Native twins: native/kernels/penalties.hpp.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Context, Numbers, Op, Spec

__all__ = ["couple", "l1_l2", "once", "orthogonality", "ratio"]

_SCALAR = Spec((), "float64")


class L1L2(Op):
    """s = l1 Σ|x| + l2 Σx² over all of x, a weight or the samples of a shard."""

    name = "l1_l2"
    arguments = ("x",)
    reads = ("x",)

    def infer(self, x: Spec, *, l1: float = 0.0, l2: float = 0.0) -> Spec:  # type: ignore[override]
        return _SCALAR

    def forward(self, x: Array, *, l1: float = 0.0, l2: float = 0.0) -> tuple[Any, None]:
        return l1 * np.abs(x).sum(dtype=np.float64) + l2 * np.square(x).sum(dtype=np.float64), None  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, ds: Any, *, l1: float = 0.0, l2: float = 0.0
    ) -> tuple[Array]:
        (x,) = inputs
        return ((ds * (l1 * np.sign(x) + 2 * l2 * x)).astype(x.dtype),)  # undo 1

    def numbers(self, specs: Sequence[Spec | None], *, l1: float = 0.0, l2: float = 0.0) -> Numbers:  # type: ignore[override]
        (x,) = specs
        assert x is not None
        return [x.row, int(x.shape[:1] == (None,))], [l1, l2]


class Orthogonality(Op):
    """s = factor times the mean of |u_i · u_j| over all pairs of rows u (or columns) of w (R, C), of length 1."""

    name = "orthogonality"
    arguments = ("w",)
    reads = ("w",)

    def infer(self, w: Spec, *, columns: bool = False, factor: float = 1.0) -> Spec:  # type: ignore[override]
        if len(w.shape) != 2 or w.shape[0] is None:
            raise ShapeError(
                complaint("orthogonality", say("a weight of two axes"), say("shape {shape}", shape=w.shape))
            )
        return _SCALAR

    def forward(self, w: Array, *, columns: bool = False, factor: float = 1.0) -> tuple[Any, None]:
        _, _, dots, pairs = self._parts(w, columns)
        return np.float64(factor * 0.5 * np.abs(dots).sum() / pairs), None  # 3

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, ds: Any, *, columns: bool = False, factor: float = 1.0
    ) -> tuple[Array]:
        (w,) = inputs
        u, length, dots, pairs = self._parts(w, columns)
        du = ds * factor / pairs * np.sign(dots) @ u  # undo 3, 2
        dw = (du - u * (u * du).sum(axis=1, keepdims=True)) / length  # undo 1
        return ((dw.T if columns else dw).astype(w.dtype),)

    def _parts(self, w: Array, columns: bool) -> tuple[Array, Array, Array, float]:
        rows = (w.T if columns else w).astype(np.float64)
        length = np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
        u = rows / np.where(length == 0, 1, length)  # 1
        dots = u @ u.T  # 2
        np.fill_diagonal(dots, 0)
        return u, np.where(length == 0, 1, length), dots, len(u) * (len(u) - 1) / 2 or np.nan

    def numbers(self, specs: Sequence[Spec | None], *, columns: bool = False, factor: float = 1.0) -> Numbers:  # type: ignore[override]
        (w,) = specs
        assert w is not None
        return [int(w.shape[0] or 1), int(w.shape[1] or 1), int(columns)], [factor]

    def flops(self, specs: Sequence[Spec | None], *, columns: bool = False, factor: float = 1.0) -> float:  # type: ignore[override]
        return 0.0  # of a sample: it looks at none


class Once(Op):
    """y = s in the first shard of a batch, 0 in the others."""

    name = "once"
    arguments = ("s",)
    contextual = True

    def infer(self, s: Spec) -> Spec:  # type: ignore[override]
        return _only_scalars(self.name, s)

    def numbers(self, specs: Sequence[Spec | None], **attrs: Any) -> Numbers:
        return _narrow(specs)

    def forward(self, s: Any, *, context: Context = Context()) -> tuple[Any, None]:
        return np.float64(s if context.row == 0 else 0.0), None

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Any, *, context: Context = Context()
    ) -> tuple[Any]:
        return (np.float64(dy if context.row == 0 else 0.0),)


class Couple(Op):
    """y = s, of a batch that is one shard."""

    name = "couple"
    arguments = ("s",)
    coupled = True

    def infer(self, s: Spec) -> Spec:  # type: ignore[override]
        return _only_scalars(self.name, s)

    def numbers(self, specs: Sequence[Spec | None], **attrs: Any) -> Numbers:
        return _narrow(specs)

    def forward(self, s: Any) -> tuple[Any, None]:
        return np.float64(s), None

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Any) -> tuple[Any]:  # type: ignore[override]
        return (np.float64(dy),)


class Ratio(Op):
    """y = s / total, both scalars; 0 where total is. It has a slope in s alone."""

    name = "ratio"
    arguments = ("s", "total")
    reads = ("total",)
    slopes = ("s",)

    def infer(self, s: Spec, total: Spec) -> Spec:  # type: ignore[override]
        _only_scalars(self.name, total)
        return _only_scalars(self.name, s)

    def forward(self, s: Any, total: Any) -> tuple[Any, None]:
        return np.float64(s / total if total else 0.0), None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Any) -> tuple[Any, None]:  # type: ignore[override]
        _, total = inputs
        return np.float64(dy / total if total else 0.0), None  # undo 1


def _only_scalars(name: str, spec: Spec) -> Spec:
    if spec.shape != ():
        raise ShapeError(complaint(name, say("a scalar"), say("shape {shape}", shape=spec.shape)))
    return _SCALAR


def _narrow(specs: Sequence[Spec | None]) -> Numbers:
    """Return whether s is one float, as ops on arrays give it, and not one double."""
    (s,) = specs
    assert s is not None
    return [int(s.dtype == "float32")], []


l1_l2 = L1L2()
orthogonality = Orthogonality()
once = Once()
couple = Couple()
ratio = Ratio()
