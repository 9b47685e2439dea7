"""One number in place of all along some axes: sum, mean, max, min, and the place of the largest.

The samples may be among these axes: sum and mean then add up what each shard has of them, and for the others the batch
is not cut into shards. Native twins: native/kernels/reduce.hpp.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec, Value
from tidegate.ops.layout import Lie, lie, walk
from tidegate.ops.totals import all_reduce, batch_total, count, mean_share
from tidegate.shapes import Shape

__all__ = ["Reduce", "argmax", "argmin", "axes_of", "max", "mean", "min", "only_axis", "sum"]

Axes = int | Sequence[int] | None


def axes_of(who: str, axis: Axes, rank: int) -> tuple[int, ...]:
    """Return the axes as places from 0 on, in order; None stands for all."""
    given = range(rank) if axis is None else (axis,) if isinstance(axis, int | np.integer) else axis
    found = tuple(sorted(int(k) + (rank if k < 0 else 0) for k in given))
    if any(not 0 <= k < rank for k in found) or len(set(found)) < len(found):
        raise ShapeError(
            complaint(
                who, say("axes from {first} to {last}, each once", first=-rank, last=rank - 1), repr(axis)
            )
        )
    return found


def only_axis(who: str, axis: Axes, rank: int) -> int:
    """Return one axis as a place from 0 on."""
    over = axes_of(who, axis, rank)
    if len(over) != 1:
        raise ShapeError(complaint(who, say("one axis, which is not the samples'"), repr(axis)))
    return over[0]


class Reduce(Op):
    """Base: y = f over the axes of x, which are kept with size 1 or left out."""

    arguments = ("x",)
    takes_numbers = True

    def __call__(self, x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
        if isinstance(x, list | tuple) and any(isinstance(part, Value) for part in x):
            from tidegate import ops

            x = ops.stack(x)  # the losses of a model, say
        return super().__call__(x, axis=axes_of(self.name, axis, len(np.shape(x))), keepdims=bool(keepdims))

    def infer(self, x: Spec, *, axis: tuple[int, ...], keepdims: bool = False) -> Spec:  # type: ignore[override]
        kept = [1 if k in axis else d for k, d in enumerate(x.shape) if keepdims or k not in axis]
        return Spec(tuple(kept))

    def couples(  # type: ignore[override]
        self, specs: Sequence[Spec | None], *, axis: tuple[int, ...], **attrs: Any
    ) -> bool:
        return specs[0] is not None and specs[0].shape[:1] == (None,) and 0 in axis

    def numbers(  # type: ignore[override]
        self, specs: Sequence[Spec | None], *, axis: tuple[int, ...], keepdims: bool = False
    ) -> Numbers:
        x = specs[0]
        assert x is not None
        return walk(x.shape, lie(x.shape), gathered(x.shape, axis, keepdims)), []


def gathered(shape: Shape, axis: tuple[int, ...], keepdims: bool) -> Lie:
    """Return how what remains of an array lies when it is walked along with the whole."""
    kept = tuple(1 if k in axis else d for k, d in enumerate(shape) if keepdims or k not in axis)
    strides = iter(lie(kept).strides)
    found = []
    for k in range(len(shape)):
        stride = next(strides) if keepdims or k not in axis else (0, 0)
        found.append((0, 0) if k in axis else stride)
    return Lie(tuple(found))


def _wide(y: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
    return y if keepdims else np.expand_dims(y, axis)


class Sum(Reduce):
    """y = Σ x."""

    name = "sum"
    reads = ("x",)  # only its shape

    def over_shards(self, x: Value, **attrs: Any) -> Any:
        return all_reduce.record(sum.record(x, **attrs))

    def forward(self, x: Array, *, axis: tuple[int, ...], keepdims: bool = False) -> tuple[Any, None]:
        return x.sum(axis=axis, keepdims=keepdims), None  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Any, *, axis: tuple[int, ...], keepdims: bool = False
    ) -> tuple[Array]:
        return (np.broadcast_to(_wide(np.asarray(dy), axis, keepdims), inputs[0].shape),)  # undo 1


class Mean(Sum):
    """y = Σ x / n, where n numbers are gone through for each of y."""

    name = "mean"

    def over_shards(self, x: Value, **attrs: Any) -> Any:
        positions = math.prod(x.shape[k] or 1 for k in attrs["axis"])
        total = batch_total.record(count.record(positions=positions))
        return all_reduce.record(mean_share.record(sum.record(x, **attrs), total))

    def forward(self, x: Array, *, axis: tuple[int, ...], keepdims: bool = False) -> tuple[Any, None]:
        return x.mean(axis=axis, keepdims=keepdims), None  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Any, *, axis: tuple[int, ...], keepdims: bool = False
    ) -> tuple[Array]:
        n = int(np.prod([inputs[0].shape[k] for k in axis]))
        return super().backward(inputs, outputs, saved, dy / n, axis=axis, keepdims=keepdims)  # undo 1


class Max(Reduce):
    """y = the largest x; of several, each gets its part of the gradient."""

    name = "max"
    reads = ("x", "outputs")

    def forward(self, x: Array, *, axis: tuple[int, ...], keepdims: bool = False) -> tuple[Any, None]:
        return x.max(axis=axis, keepdims=keepdims), None  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Any, *, axis: tuple[int, ...], keepdims: bool = False
    ) -> tuple[Array]:
        (x,), y, dy = inputs, *(_wide(np.asarray(a), axis, keepdims) for a in (outputs, dy))
        hit = (x == y).astype(x.dtype)
        return (dy * hit / hit.sum(axis=axis, keepdims=True),)  # undo 1


class Min(Max):
    """y = the smallest x; of several, each gets its part of the gradient."""

    name = "min"

    def forward(self, x: Array, *, axis: tuple[int, ...], keepdims: bool = False) -> tuple[Any, None]:
        return x.min(axis=axis, keepdims=keepdims), None


class ArgMax(Reduce):
    """y = the first place of the largest x along one axis, as a float like all numbers here.

    Of an array it may be among all numbers, which is what is asked for by default, as in Keras.
    """

    name = "argmax"
    flat = True
    sign = 1

    def infer(self, x: Spec, *, axis: tuple[int, ...], keepdims: bool = False) -> Spec:  # type: ignore[override]
        if len(axis) != 1 or x.shape[axis[0]] is None:
            raise ShapeError(complaint(self.name, say("one axis, which is not the samples'"), repr(axis)))
        return super().infer(x, axis=axis, keepdims=keepdims)

    def forward(self, x: Array, *, axis: tuple[int, ...], keepdims: bool = False) -> tuple[Any, None]:
        over = axis[0] if len(axis) == 1 else None  # of an array, the place among all its numbers
        return np.argmax(self.sign * x, axis=over, keepdims=keepdims).astype(x.dtype), None

    def numbers(  # type: ignore[override]
        self, specs: Sequence[Spec | None], *, axis: tuple[int, ...], keepdims: bool = False
    ) -> Numbers:
        x, (k,) = specs[0], axis
        assert x is not None
        whole, y = lie(x.shape), gathered(x.shape, axis, keepdims)
        rest = [Lie(a.strides[:k] + a.strides[k + 1 :]) for a in (whole, y)]
        return [
            self.sign,
            x.shape[k] or 1,
            *whole.strides[k],
            *walk(x.shape[:k] + x.shape[k + 1 :], *rest),
        ], []


class ArgMin(ArgMax):
    """y = the first place of the smallest x along one axis, as a float like all numbers here."""

    name = "argmin"
    sign = -1


sum = Sum()
mean = Mean()
max = Max()
min = Min()
argmax = ArgMax()
argmin = ArgMin()
