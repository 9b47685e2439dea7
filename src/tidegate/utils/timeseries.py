"""Windows over a table as a dataset of batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.arguments import checked
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.utils.random import generator
from tidegate.utils.stream import Dataset, Rows

__all__ = ["timeseries_dataset_from_array"]

WHO = "timeseries_dataset_from_array"


@checked
def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",
) -> Dataset:
    """Return batches of windows over a table, each with the target that stands at the window's *start*.

    The window of row r is ``data[r : r + sequence_length * sampling_rate : sampling_rate]``; its target is
    ``targets[r]``. To forecast the row after each window, write ``targets=data[sequence_length:]``.

    Parameters
    ----------
    data : array of shape (rows, ...)
        Read in place: windows are gathered a batch at a time.
    targets : array or None
        None gives batches of windows alone.
    sequence_length : int
        Steps in a window.
    sequence_stride : int, default 1
        Rows from one window to the next.
    sampling_rate : int, default 1
        Rows from one step of a window to the next.
    batch_size : int or None, default 128
        None gives single windows.
    shuffle : bool, default False
        Another order at each pass.
    seed : int, optional
        Of the shuffle.
    start_index, end_index : int, optional
        Use only the rows from the first to before the second.
    format : accepted; there is one kind of dataset here.

    Returns
    -------
    Dataset
        Of (x, y) with x of shape (batch, sequence_length, ...); `fit`, `evaluate` and `predict` take it.

    Raises
    ------
    ArgumentError
        If a size is below 1 or the table too short for it.

    Examples
    --------
    >>> table = np.arange(6)
    >>> batches = timeseries_dataset_from_array(table, table[3:], sequence_length=3)
    >>> for x, y in batches:
    ...     print(x.tolist(), y.tolist())
    [[0, 1, 2], [1, 2, 3], [2, 3, 4]] [3, 4, 5]
    """
    table = np.asarray(data)
    rows = len(table)
    for name, value, least in (
        ("sequence_length", sequence_length, 1),
        ("sequence_stride", sequence_stride, 1),
        ("sampling_rate", sampling_rate, 1),
        ("start_index", start_index or 0, 0),
    ):
        if value < least:
            expected = say("{name} of at least {least}", name=name, least=least)
            raise ArgumentError(complaint(WHO, expected, repr(value)))
    for name, value in (("sequence_stride", sequence_stride), ("sampling_rate", sampling_rate)):
        if value >= rows:
            expected = say("{name} below the {rows} rows of data", name=name, rows=rows)
            raise ArgumentError(complaint(WHO, expected, repr(value)))
    start, end = start_index or 0, rows if end_index is None else end_index
    if not start < end <= rows:
        expected = say("start_index < end_index of at most {rows}", rows=rows)
        raise ArgumentError(complaint(WHO, expected, say("rows {first} to {last}", first=start, last=end)))

    count = end - start - (sequence_length - 1) * sampling_rate
    goals = None if targets is None else np.asarray(targets)
    if goals is not None:
        count = min(count, len(goals))
    if count < 1:
        span = (sequence_length - 1) * sampling_rate + 1
        expected = say("{span} rows for one window", span=span)
        raise ArgumentError(complaint(WHO, expected, say("{n} rows", n=end - start)))
    if goals is not None and start + count > len(goals):
        count = len(goals) - start  # targets are numbered as the table is
    within = np.arange(sequence_length) * sampling_rate
    first = start + np.arange(0, count, sequence_stride)

    def pick(starts: Any) -> Any:
        x = table[starts[:, None] + within]  # (batch, sequence_length, ...)
        return x if goals is None else (x, goals[starts])

    draw = None
    if shuffle:
        source = generator() if seed is None else np.random.default_rng(seed)

        def draw() -> np.random.Generator:
            return source

    dataset = Rows(pick, first, draw)
    return dataset if batch_size is None else dataset.batch(batch_size)
