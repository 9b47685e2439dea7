"""Where the numbers of an array lie for a native kernel, and the walk through several arrays at once.

An array of samples of rank 3 and more lies with its second axis first, [T][B][F]; all else lies in C order. So a stride
is s + r B, for B samples. The twin that reads what `walk` writes is native/kernels/walk.hpp.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.shapes import Shape, describe

__all__ = ["MOST_AXES", "Lie", "broadcast", "lie", "spread", "walk"]

MOST_AXES = 8  # as in native/kernels/walk.hpp
Stride = tuple[int, int]  # s and r
STILL: Stride = (0, 0)


@dataclass(frozen=True, slots=True)
class Lie:
    """Where the first number lies, and how far apart the next along each axis."""

    strides: tuple[Stride, ...]
    start: Stride = STILL


def lie(shape: Shape) -> Lie:
    """Return how an array of that shape lies in memory.

    >>> lie((None, 5, 2)).strides, lie((5, 2)).strides
    (((2, 0), (0, 2), (1, 0)), ((2, 0), (1, 0)))
    """
    after = [math.prod(d or 1 for d in shape[k + 1 :]) for k in range(len(shape))]
    if shape[:1] != (None,):
        return Lie(tuple((n, 0) for n in after))
    if len(shape) < 3:
        return Lie(tuple((n, 0) for n in after))
    return Lie(((after[1], 0), (0, after[1]), *((n, 0) for n in after[2:])))


def spread(shape: Shape, to: Shape) -> Lie:
    """Return how an array lies when it is read as one of the shape `to`, along which it is repeated."""
    strides = [STILL] * (len(to) - len(shape)) + list(lie(shape).strides)
    offset = len(to) - len(shape)
    still = [k >= offset and shape[k - offset] == 1 and to[k] != 1 for k in range(len(to))]
    return Lie(tuple(STILL if s else stride for s, stride in zip(still, strides, strict=True)))


def broadcast(who: str, *shapes: Shape) -> Shape:
    """Return the shape that arrays of these shapes have together, by NumPy's rule.

    >>> broadcast("add", (None, 5, 2), (2,))
    (None, 5, 2)
    """
    rank = max(map(len, shapes))
    if rank > MOST_AXES:
        raise ShapeError(
            complaint(who, say("arrays of at most {n} axes", n=MOST_AXES), say("one of {n}", n=rank))
        )
    found: list[int | None] = []
    for column in zip(*(((1,) * (rank - len(s)) + tuple(s)) for s in shapes), strict=True):
        sizes = set(column) - {1}
        if len(sizes) > 1 or (None in sizes and found):  # samples meet samples alone
            texts = say(" and ").join(describe(s) if s[:1] == (None,) else str(s) for s in shapes)
            raise ShapeError(complaint(who, say("shapes that are equal or 1 on each axis"), texts))
        found.append(sizes.pop() if sizes else 1)
    return tuple(found)


def walk(shape: Shape, *lies: Lie | None) -> list[int]:
    """Return the numbers that tell a native kernel to walk through arrays, None for one that stands still.

    These are: axes, the size of each (0 for the samples), then for each array its start and its strides, (s, r) each.
    """
    found = [len(shape), *(0 if d is None else d for d in shape)]
    for a in lies:
        for s, r in (STILL, *(STILL,) * len(shape)) if a is None else (a.start, *a.strides):
            found += [s, r]
    return found
