"""Data that comes batch by batch, by number."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from tidegate.language import say

__all__ = ["PyDataset", "Sequence", "batches"]


class PyDataset:
    """Base of data made batch by batch: a subclass says how many batches there are, and makes the one of a number.

    `Sequence` is its older name.

    Parameters
    ----------
    workers : int, default 1
        With more than 1, so many threads make the next batches while the model computes.
    use_multiprocessing : bool
        Accepted: threads serve here, since the engine computes outside Python's lock.
    max_queue_size : int, default 10
        How many batches are made ahead at most.

    Examples
    --------
    >>> import numpy as np
    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 5
    ...     def __getitem__(self, index):
    ...         x = np.arange(8.0)[:, None] + 8 * index
    ...         return x, x**2
    >>> len(Squares()), Squares()[4][1].shape
    (5, (8, 1))
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers, self.use_multiprocessing, self.max_queue_size = (
            workers,
            use_multiprocessing,
            max_queue_size,
        )

    def __getitem__(self, index: int) -> Any:
        """Return a batch: (x, y), (x, y, sample_weight), or x alone."""
        raise NotImplementedError(
            say("{name} expects a method __getitem__(self, index)", name=type(self).__name__)
        )

    @property
    def num_batches(self) -> int | None:
        """How many batches an epoch has; None where they never end."""
        return len(self) if hasattr(self, "__len__") else None

    def on_epoch_begin(self) -> None:
        """Before the first batch of an epoch."""

    def on_epoch_end(self) -> None:
        """After the last batch of an epoch: the place to shuffle."""

    def __iter__(self) -> Iterator[Any]:
        many = self.num_batches
        return (self[k] for k in (itertools.count() if many is None else range(many)))


Sequence = PyDataset


def batches(
    data: Any, order: Iterable[int], workers: int | None = None, ahead: int | None = None
) -> Iterator[Any]:
    """Yield the batches of these numbers, made ahead by threads where there are several workers.

    Parameters
    ----------
    workers, ahead : threads, and batches made ahead; as the data says for None
    """
    workers = int((workers if workers is not None else getattr(data, "workers", 1)) or 1)
    if workers < 2:
        for k in order:
            yield data[k]
        return
    from concurrent.futures import Future, ThreadPoolExecutor

    ahead = max(int((ahead if ahead is not None else getattr(data, "max_queue_size", 10)) or 1), 1)
    waiting: deque[Future[Any]] = deque()
    pool = ThreadPoolExecutor(workers)
    try:
        for k in order:
            waiting.append(pool.submit(data.__getitem__, k))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
