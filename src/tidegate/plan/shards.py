"""How a batch is cut: by its size and work alone, so that any number of threads gives the same bits."""

from __future__ import annotations

__all__ = ["shard_rows"]

SMALL = 5e5  # floating-point operations; below, waking another thread brings little, and costs much between far cores
ROWS = 32  # samples of a shard that keep a kernel's registers full
FEWEST = 8  # that nearly do
MOST = 16  # shards that hold gradients of their own at once
HELD = 4 << 20  # bytes that a shard leaves for its way back; of more, much has gone from the caches by then
LIGHT = 1 << 16  # weights that stay in a core's own cache: to go through them for few samples costs little


def shard_rows(
    batch: int, flops: float, training: bool, coupled: bool = False, held: float = 0, weights: int = 0
) -> int:
    """Return how many samples a shard of this batch holds.

    Parameters
    ----------
    flops, held : floating-point operations of a sample, and its bytes that lie there from forward to backward.
    weights : how many are trained.

    >>> shard_rows(64, 1e6, training=True), shard_rows(10, 1e3, training=True)
    (32, 10)
    """
    if coupled or batch * flops < SMALL:
        return batch
    if not training:
        return min(batch, ROWS)
    rows = ROWS
    while weights <= LIGHT and rows > FEWEST and rows * held > HELD:
        rows //= 2
    wanted = -(-batch // rows)
    shards = 1 << (wanted - 1).bit_length()  # a power of 2: most machines have as many cores, and none waits
    return -(-batch // min(max(shards, 2), MOST, batch))
