"""random: numbers drawn anew for each batch, a function of seed, step and place alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.ops.base import Array, Context, Numbers, Op, Spec, steps
from tidegate.ops.dropout import draw

__all__ = ["random"]

KINDS = ("keep", "normal", "uniform")


class Random(Op):
    """r (B, *shape) for the samples of x, or of `shape` alone where all of a batch share it (`each` False).

    From z, 64 random bits for each place, u = (z >> 40) / 2^24 and v = (z >> 16 mod 2^24) / 2^24::

        keep     1 where u >= rate, else 0
        normal   sqrt(-2 log(u + 2^-24)) cos(2 pi v)        (Box and Muller 1958)
        uniform  u

    Native twin: native/kernels/random.hpp.
    """

    name = "random"
    arguments = ("x",)
    carries = ("x",)
    flat = True  # x is where it stands, no more: the shard says how many samples there are
    contextual = True

    def infer(  # type: ignore[override]
        self, x: Spec, *, shape: tuple[int, ...], kind: str, seed: int, rate: float = 0.0, each: bool = True
    ) -> Spec:
        return Spec((None, *shape) if each else shape)

    def forward(
        self,
        x: Array,
        *,
        shape: tuple[int, ...],
        kind: str,
        seed: int,
        rate: float = 0.0,
        each: bool = True,
        context: Context = Context(),
    ) -> tuple[Array, None]:
        rows, row = (context.rows or len(x), context.row) if each else (1, 0)
        u, v = draw(rows, int(np.prod(shape)), seed, Context(context.step, row, rows))
        if kind == "keep":
            r = (u >= np.float32(rate)).astype(np.float32)
        elif kind == "normal":
            angle = np.float32(2 * np.pi) * v
            r = np.sqrt(-2 * np.log(u + np.float32(2.0**-24))) * np.cos(angle)
        else:
            r = u
        return r.reshape((rows, *shape) if each else shape), None

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array, **attrs: Any) -> tuple[None]:
        return (None,)

    def numbers(  # type: ignore[override]
        self,
        specs: Sequence[Spec | None],
        *,
        shape: tuple[int, ...],
        kind: str,
        seed: int,
        rate: float = 0.0,
        each: bool = True,
    ) -> Numbers:
        y = Spec((None, *shape))
        return [steps(y), y.row // steps(y), seed, KINDS.index(kind), int(each)], [rate]


random = Random()
