"""How a batch is cut: by its size and work alone, so that any number of threads gives the same bits."""

from __future__ import annotations

__all__ = ["shard_rows"]

SMALL = 4e6  # floating-point operations; below, waking another thread costs more than it brings
ROWS = 32  # samples of a shard that keep a kernel's registers full
MOST = 16  # shards that hold gradients of their own at once


def shard_rows(batch: int, flops_per_sample: float, training: bool, coupled: bool = False) -> int:
    """Return how many samples a shard of this batch holds.

    >>> shard_rows(64, 1e6, training=True), shard_rows(10, 1e3, training=True)
    (32, 10)
    """
    if coupled or batch * flops_per_sample < SMALL:
        return batch
    if not training:
        return min(batch, ROWS)
    shards = min(max(-(-batch // ROWS), 2), MOST, batch)
    return -(-batch // shards)
