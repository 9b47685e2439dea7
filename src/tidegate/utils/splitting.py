"""One dataset as two."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.arguments import checked
from tidegate.errors import ArgumentError, DataError, complaint
from tidegate.language import say
from tidegate.utils.random import generator
from tidegate.utils.stream import INFINITE, Dataset

__all__ = ["split_dataset"]


@checked
def split_dataset(
    dataset: Any,
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Dataset, Dataset]:
    """Cut a dataset, or arrays, in two.

    Parameters
    ----------
    dataset : Dataset, array, or tuple of arrays
    left_size, right_size : int or float, optional
        So many elements from the beginning, and from the end, or such a share of them. Where one is left out, that
        part gets the rest; where both leave some over, these stand in between.
    shuffle : bool, default False
    seed : int, optional
        Of the shuffle.
    preferred_backend : accepted; there is one kind of dataset here.

    Returns
    -------
    two Datasets

    Examples
    --------
    >>> left, right = split_dataset(np.arange(10), left_size=0.8)
    >>> len(left), [int(x) for x in right]
    (8, [8, 9])
    """
    whole = dataset if isinstance(dataset, Dataset) else Dataset.from_tensor_slices(dataset)
    if whole.cardinality() == INFINITE:
        came = say("one that never ends")
        raise DataError(complaint("split_dataset", say("a dataset with an end"), came, "dataset.take(1000)"))
    elements = list(whole)
    n = len(elements)
    left, right = _count("left_size", left_size, n), _count("right_size", right_size, n)
    if left is None and right is None:
        expected = say("{some} or {last}", some="left_size", last="right_size")
        raise ArgumentError(complaint("split_dataset", expected, say("neither"), "left_size=0.8"))
    left = n - right if left is None and right is not None else left
    assert left is not None
    right = n - left if right is None else right
    if left + right > n or not left or not right:
        came = say("{left} and {right} of {n}", left=left, right=right, n=n)
        raise ArgumentError(complaint("split_dataset", say("two parts that the elements fill"), came))
    if shuffle:
        rng = generator() if seed is None else np.random.default_rng(seed)
        elements = [elements[k] for k in rng.permutation(n)]
    first, last = elements[:left], elements[n - right :]
    return Dataset(lambda: iter(first), left), Dataset(lambda: iter(last), right)


def _count(name: str, size: float | None, n: int) -> int | None:
    """Return how many elements a part gets, as Keras rounds a share: to the nearest."""
    if size is None:
        return None
    share = isinstance(size, float)
    if isinstance(size, bool) or (not 0 < size < 1 if share else not 0 < size <= n):
        expected = say("{name} between 0 and 1, or 1 to {most}", name=name, most=n)
        raise ArgumentError(complaint("split_dataset", expected, repr(size), f"{name}=0.8"))
    return round(size * n) if share else int(size)
