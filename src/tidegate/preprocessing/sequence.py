"""Sequences for training, at the path where older scripts look for them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.arguments import checked, number, numbers, shown, whole
from tidegate.errors import ArgumentError, DataError, ShapeError, complaint
from tidegate.language import say
from tidegate.utils.datasets import PyDataset
from tidegate.utils.sequences import pad_sequences

__all__ = ["TimeseriesGenerator", "make_sampling_table", "pad_sequences", "skipgrams"]

Array = NDArray[Any]


class TimeseriesGenerator(PyDataset):
    """Batches of windows over a table, each with the target that follows it.

    The window of row r is ``data[r - length : r : sampling_rate]`` and its target is ``targets[r]``.

    Parameters
    ----------
    data : array of shape (rows, ...)
    targets : array with one entry for each row of `data`
    length : int
        Rows that a window spans.
    sampling_rate : int, default 1
        Take each so-many-th row of a window.
    stride : int, default 1
        Rows from one window to the next.
    start_index, end_index : int
        Use only these rows of `data`, the last one included.
    shuffle : bool, default False
        Draw windows at random, with replacement, as Keras does.
    reverse : bool, default False
        Turn each window round.
    batch_size : int, default 128

    Examples
    --------
    >>> batches = TimeseriesGenerator([10, 20, 30, 40], [1, 2, 3, 4], length=2)
    >>> x, y = batches[0]
    >>> x.tolist(), y.tolist(), len(batches)
    ([[10, 20], [20, 30]], [3, 4], 1)
    """

    def __init__(
        self,
        data: Any,
        targets: Any,
        length: int,
        sampling_rate: int = 1,
        stride: int = 1,
        start_index: int = 0,
        end_index: int | None = None,
        shuffle: bool = False,
        reverse: bool = False,
        batch_size: int = 128,
    ) -> None:
        super().__init__()
        self.data, self.targets = np.asarray(data), np.asarray(targets)
        if not self.data.ndim or not self.targets.ndim:
            came = f"{data!r}, {targets!r}"
            raise DataError(complaint("TimeseriesGenerator", say("rows of data and of targets"), came))
        if len(self.data) != len(self.targets):
            rows, count = len(self.data), len(self.targets)
            came = say("{rows} rows of data and {targets} targets", rows=rows, targets=count)
            raise DataError(complaint("TimeseriesGenerator", say("one target for each row"), came))
        who = "TimeseriesGenerator"
        self.length, self.sampling_rate, self.stride = (
            whole(who, name, value, f"{name}=1")
            for name, value in (("length", length), ("sampling_rate", sampling_rate), ("stride", stride))
        )
        batch_size = whole(who, "batch_size", batch_size, "batch_size=32")
        self.start_index = whole(who, "start_index", start_index, "start_index=0", 0) + length
        last = len(self.data) - 1
        self.end_index = (
            last if end_index is None else whole(who, "end_index", end_index, f"end_index={last}", 0)
        )
        self.shuffle, self.reverse, self.batch_size = shuffle, reverse, batch_size
        if self.start_index > self.end_index:
            came = say("rows {first} to {last}", first=start_index, last=self.end_index)
            expected = say("more than {rows} rows", rows=length)
            raise ArgumentError(complaint("TimeseriesGenerator", expected, came))

    def __len__(self) -> int:
        rows = self.batch_size * self.stride
        return (self.end_index - self.start_index + rows) // rows

    def __getitem__(self, index: int) -> tuple[Array, Array]:
        if not -len(self) <= index < len(self):
            raise IndexError(say("batch {index} of {count}", index=index, count=len(self)))
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        else:
            first = self.start_index + self.batch_size * self.stride * (index % len(self))
            last = min(first + self.batch_size * self.stride, self.end_index + 1)
            rows = np.arange(first, last, self.stride)
        within = np.arange(-self.length, 0, self.sampling_rate)
        samples = self.data[rows[:, None] + within]  # (batch, steps, ...)
        return samples[:, ::-1] if self.reverse else samples, self.targets[rows]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments as plain data, data and targets as JSON inside, as Keras has them."""
        names = ("length", "sampling_rate", "stride", "start_index", "end_index", "shuffle", "reverse")
        tables = {name: json.dumps(getattr(self, name).tolist()) for name in ("data", "targets")}
        return tables | {name: getattr(self, name) for name in (*names, "batch_size")}

    def to_json(self, **kwargs: Any) -> str:
        """Return the generator as JSON."""
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


@checked
def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> NDArray[np.float64]:
    """Return the chance with which a word of each rank is kept, by Zipf's law; for `skipgrams`.

    Examples
    --------
    >>> make_sampling_table(4).round(4)
    array([0.0032, 0.0032, 0.0055, 0.0074])
    """
    size = whole("make_sampling_table", "size", size, "size=1000")
    number("make_sampling_table", "sampling_factor", sampling_factor, 0)
    rank = np.maximum(np.arange(size), 1)  # rank 0 is no word
    inverse = rank * (np.log(rank) + 0.577) + 0.5 - 1 / (12.0 * rank)  # of the frequency of that rank
    return np.minimum(1.0, np.sqrt(sampling_factor * inverse))


@checked
def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Any = None,
    seed: int | None = None,
) -> tuple[list[list[int]], list[Any]]:
    """Return pairs of words: neighbours with label 1, random ones with label 0.

    Parameters
    ----------
    sequence : list of word numbers; 0 is no word
    vocabulary_size : int
        The largest number plus 1.
    window_size : int, default 4
        How far apart neighbours stand at most.
    negative_samples : float, default 1.0
        Random pairs for each pair of neighbours.
    shuffle : bool, default True
    categorical : bool, default False
        Labels [0, 1] and [1, 0] in place of 1 and 0.
    sampling_table : array, optional
        The chance with which each word is kept, as from `make_sampling_table`.
    seed : int, optional
        Of the shuffle; by default drawn from Python's `random`.

    Examples
    --------
    >>> skipgrams([1, 2, 3], 4, window_size=1, negative_samples=0, shuffle=False)
    ([[1, 2], [2, 1], [2, 3], [3, 2]], [1, 1, 1, 1])
    """
    who = "skipgrams"
    words_in = numbers(who, "sequence", sequence)
    most = whole(who, "vocabulary_size", vocabulary_size, "vocabulary_size=1000", 2) - 1
    window_size = whole(who, "window_size", window_size, "window_size=4", 0)
    number(who, "negative_samples", negative_samples, 0)
    if words_in.size and (words_in.ndim != 1 or words_in.min() < 0 or words_in.max() > most):
        expected = say("numbers of words from 0 to {most}, vocabulary_size - 1", most=most)
        raise DataError(complaint(who, expected, shown(sequence)))
    if sampling_table is not None:
        sampling_table = numbers(who, "sampling_table", sampling_table)
        if words_in.size and (sampling_table.ndim != 1 or len(sampling_table) <= words_in.max()):
            expected = say("sampling_table with a chance for each word")
            raise ShapeError(
                complaint(who, expected, shown(sampling_table), f"make_sampling_table({most + 1})")
            )
    yes, no = ([0, 1], [1, 0]) if categorical else (1, 0)
    couples: list[list[int]] = []
    for k, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < random.random()):
            continue
        first, last = max(0, k - window_size), min(len(sequence), k + window_size + 1)
        couples += [[word, sequence[j]] for j in range(first, last) if j != k and sequence[j]]
    labels: list[Any] = [yes] * len(couples)
    words = [word for word, _ in couples]
    wanted = int(len(labels) * negative_samples)
    if wanted:
        random.shuffle(words)
        couples += [[words[k % len(words)], random.randint(1, most)] for k in range(wanted)]
        labels += [no] * wanted
    if shuffle:
        seed = random.randint(0, 10**7) if seed is None else seed
        for one in (couples, labels):  # the same seed twice: both in the same order
            random.seed(seed)
            random.shuffle(one)
    return couples, labels
