"""reshape: the numbers of a sample in another shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec, Value, recorded, steps
from tidegate.shapes import Shape, elements

__all__ = ["reshape"]


class Reshape(Op):
    """y = x.reshape(B, *shape), in C order within each sample; without samples x.reshape(shape).

    A whole new shape whose samples are a part of those before, (-1, F) for (B, T, F), joins axes to the samples: the
    array stays (B, T, F), and what computes each row by itself goes on with it, until `reshape` parts them again.

    Native twin: native/kernels/movement.hpp.
    """

    name = "reshape"
    arguments = ("x",)
    carries = ("x",)
    reads = ("x",)  # only its shape

    def __call__(self, x: Any, newshape: Sequence[int | None] | None = None, **attrs: Any) -> Any:
        """Take the whole new shape, samples included as -1 or None; or `shape`, that of a sample."""
        value = recorded(x)
        if newshape is None:
            return super().__call__(x, **attrs)
        to = [None if n is None else int(n) for n in newshape]
        if value is None:
            return np.reshape(x, [-1 if n is None else n for n in to])
        samples = value.shape[:1] == (None,)
        if samples and (not to or to[0] not in (None, -1)):
            wanted = say("-1 or None first, for the samples")
            raise ShapeError(
                complaint(
                    "reshape",
                    wanted,
                    say("{a} for {shape}", a=tuple(newshape), shape=value.shape),
                    "(-1, ...)",
                )
            )
        sizes = [n for n in (to[1:] if samples else to) if n is not None]
        known = math.prod(n for n in sizes if n != -1)
        if sizes.count(-1) == 1 and known and value.spec.row % known == 0:
            sizes[sizes.index(-1)] = value.spec.row // known
        if not samples:
            return self.record(value, shape=tuple(sizes), samples=False)
        joined = 0
        if None not in value.shape[1:] and -1 not in sizes and value.spec.row % (known or 1) == 0:
            joined = value.spec.row // (known or 1)
        return self._joining(value, sizes, joined if joined > 1 else 0)

    def _joining(self, value: Value, sizes: list[int], joined: int) -> Value:
        """Record samples of that shape, or so many of them where there was one: they stay together on axis 1."""
        before, value.joined = value.joined, 0
        try:
            y: Value = self.record(value, shape=(joined, *sizes) if joined else tuple(sizes), samples=True)
        finally:
            value.joined = before
        y.joined = joined
        return y

    def infer(self, x: Spec, *, shape: tuple[int, ...], samples: bool = True) -> Spec:  # type: ignore[override]
        target: Shape = (x.shape[0], *shape) if samples else shape
        if None not in x.shape[1:] and (elements(target) != x.row or -1 in shape):
            raise ShapeError(
                complaint(
                    "reshape",
                    say("{n} numbers a sample, as {shape} has", n=x.row, shape=x.shape),
                    say("the shape {shape}", shape=shape),
                )
            )
        return Spec(target, x.dtype)

    def forward(self, x: Array, *, shape: tuple[int, ...], samples: bool = True) -> tuple[Array, None]:
        return x.reshape(*x.shape[:samples], *shape), None  # 1

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array, **attrs: Any) -> tuple[Array]:
        return (dy.reshape(inputs[0].shape),)  # undo 1

    def numbers(  # type: ignore[override]
        self, specs: Sequence[Spec | None], *, shape: tuple[int, ...], samples: bool = True
    ) -> Numbers:
        (x,) = specs
        assert x is not None
        y = Spec((None, *shape))
        S, T = (steps(x), steps(y)) if samples else (1, 1)
        return [S, x.row // S, T, y.row // T], []


reshape = Reshape()
