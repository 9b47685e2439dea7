"""From a number at each position to one for the batch: what each position counts."""

from __future__ import annotations

from tidegate import ops
from tidegate.ops import Value

__all__ = ["at_each_position", "counted", "metric_weights_at", "weights_at"]


def at_each_position(each: Value, w: Value | None) -> Value:
    """Return a loss that has one number for a sample at all positions that have weights."""
    if w is None or len(each.shape) >= len(w.shape):
        return each
    while len(each.shape) < len(w.shape):
        each = ops.expand_dims(each, -1)
    found: Value = ops.broadcast_to(each, w.shape)
    return found


def weights_at(each: Value, mask: Value | None, w: Value | None) -> Value | None:
    """Return what each position counts: masks and weights of its shape."""
    found = None
    for one in (mask, each.mask, w):
        if one is not None and one is not found and one.shape == each.shape:
            found = one if found is None else ops.multiply(found, one)
    return found


def metric_weights_at(each: Value, mask: Value | None, w: Value | None) -> Value | None:
    """Return what each position counts in a metric.

    A position that the metric itself leaves out counts, as in Keras, unless there are a mask or weights.
    """
    return None if mask is None and w is None else weights_at(each, mask, w)


def counted(each: Value, over: Value | None) -> Value:
    """Return how many positions count, by their weights."""
    found: Value = ops.count(each) if over is None else ops.weighted_sum(over, None, None)
    return found
