"""Windows over the rows of a table, as views: the arithmetic of strides, and chosen windows without copies.

N rows, C columns, L look-back, H horizon, G gap, S samples; a new sample starts every `stride` rows.
Sample s reads rows s*stride ... s*stride + L-1 and its targets are the H rows from s*stride + L + G on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.language import say

__all__ = ["Array", "Windows", "pick", "samples", "slide", "span"]

Array = NDArray[Any]
Moments = NDArray[Any]  # of datetime64, one for each row
PART = 1 << 20  # numbers copied at once


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
        raise ValueError(
            say(
                "{count} windows of {length} rows from row {start} exceed {rows} rows",
                count=count,
                length=length,
                start=start,
                rows=len(table),
            )
        )
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


class Windows:
    """Chosen windows of a table, side by side without being copied: what an array (samples, ...) would hold.

    Where the windows of a frame do not begin at even distances (several series, rows left out), no strides
    describe them. This keeps the view on all windows, and which of them count. NumPy functions take it
    as an array, and copy it then; `fit`, `evaluate` and `predict` read it where it lies.

    Attributes
    ----------
    array : the view on every window, (windows, ...)
    positions : int64, which windows are meant, in order
    """

    __slots__ = ("array", "positions")

    def __init__(self, array: Array, positions: Array) -> None:
        self.array, self.positions = array, positions

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.positions), *self.array.shape[1:])

    @property
    def ndim(self) -> int:
        return self.array.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.array.dtype

    @property
    def size(self) -> int:
        """How many numbers a copy would hold."""
        return int(np.prod(self.shape, dtype=object))

    def __len__(self) -> int:
        return len(self.positions)

    def parts(self) -> Iterator[Array]:
        """Yield all windows in copies of a few megabytes."""
        few = max(1, PART // max(1, self.size // max(1, len(self))))
        for start in range(0, len(self), few):
            yield self.array[self.positions[start : start + few]]

    def min(self) -> Any:
        """The smallest number, NaN where there is one."""
        return np.min([part.min() for part in self.parts()])

    def max(self) -> Any:
        """The largest number, NaN where there is one."""
        return np.max([part.max() for part in self.parts()])

    def __getitem__(self, key: Any) -> Any:
        """Return a window (a view), several (`Windows` again), or with further axes a copy."""
        first, rest = (key[0], key[1:]) if isinstance(key, tuple) and key else (key, ())
        if first is Ellipsis or first is None:
            return np.asarray(self)[key]
        if isinstance(first, (int, np.integer)):
            window = self.array[self.positions[first]]
            return window[rest] if rest else window
        some = Windows(self.array, np.atleast_1d(self.positions[first]))
        return np.asarray(some)[(slice(None), *rest)] if rest else some

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError(say("these windows lie apart in memory, so an array of them is a copy"))
        found: Array = self.array[self.positions]
        return found if dtype is None else found.astype(dtype, copy=False)

    def __repr__(self) -> str:
        return f"Windows(shape={self.shape}, dtype={self.dtype}, of {len(self.array)} in the table)"
