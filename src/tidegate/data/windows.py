"""Windows over the rows of a table, as views: the arithmetic of strides and nothing else.

N rows, C columns, L look-back, H horizon, G gap, S samples; a new sample starts every `stride` rows.
Sample s reads rows s*stride ... s*stride + L-1 and its targets are the H rows from s*stride + L + G on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "pick", "samples", "slide", "span"]

Array = NDArray[Any]


def span(look_back: int, horizon: int, gap: int) -> int:
    """Return how many rows one sample covers, from its first input to its last target.

    >>> span(look_back=12, horizon=3, gap=0)
    15
    """
    return max(look_back, look_back + gap + horizon)


def samples(rows: int, look_back: int, horizon: int, gap: int, stride: int) -> int:
    """Return how many samples fit into that many rows.

    >>> samples(rows=7, look_back=5, horizon=1, gap=0, stride=1)
    2
    """
    room = rows - span(look_back, horizon, gap)
    return room // stride + 1 if room >= 0 else 0


def slide(table: Array, length: int, start: int, count: int, stride: int) -> Array:
    """Return `count` windows of `length` rows as one read-only view; the first begins at row `start`.

    Neighbouring windows share their rows, so writing into one would change the others: hence read-only.

    >>> slide(np.arange(5.0)[:, None], length=3, start=0, count=2, stride=2)[:, :, 0]
    array([[0., 1., 2.],
           [2., 3., 4.]])
    """
    if count and start + (count - 1) * stride + length > len(table):
        raise ValueError(f"{count} windows of {length} rows from row {start} exceed {len(table)} rows")
    down, across = table.strides
    return np.lib.stride_tricks.as_strided(  # (S, length, C)
        table[start:] if count else table[:0],
        shape=(count, length, table.shape[1]),
        strides=(stride * down, down, across),
        writeable=False,
    )


def pick(table: Array, columns: Sequence[int]) -> Array:
    """Return those columns of a table: a view where they lie evenly spaced, otherwise one copy of them."""
    first, step = columns[0], columns[1] - columns[0] if len(columns) > 1 else 1
    if step > 0 and all(c == first + k * step for k, c in enumerate(columns)):
        return table[:, first : columns[-1] + 1 : step]
    return table[:, list(columns)]
