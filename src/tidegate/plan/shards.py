"""How a batch is cut: by its size and work alone, so that any number of threads gives the same bits."""

from __future__ import annotations

__all__ = ["shard_rows"]

SMALL = 5e5  # floating-point operations; below, waking another thread brings little, and costs much between far cores
ROWS = 32  # samples of a shard that keep a kernel's registers full
FEWEST = 8  # that nearly do
CORES = 8  # that a machine may well have: so many shards are wanted
WORTH = (
    2e7  # floating-point operations of a shard for which a core is worth waking, with all that goes with it
)
PER_WEIGHT = 1e3  # and for each weight, whose gradients are added up
MOST = 16  # shards that hold gradients of their own at once
GRADIENTS = 1 << 25  # numbers in the gradients of all shards; but two shards there are
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
    shards = 2  # a power of 2: most machines have as many cores, and none waits
    least = FEWEST if weights <= LIGHT else 2 * FEWEST
    most = min(MOST, max(2, GRADIENTS // max(weights, 1)), batch)

    def finer() -> bool:
        rows = batch / shards
        if rows > ROWS:
            return True
        worth = rows / 2 * flops >= max(WORTH, PER_WEIGHT * weights)
        return rows >= 2 * least and ((shards < CORES and worth) or (weights <= LIGHT and rows * held > HELD))

    while 2 * shards <= most and finer():
        shards *= 2
    return -(-batch // shards)
