"""X, y and the samples' weights as one tuple, as data hands them to `fit`."""

from __future__ import annotations

from typing import Any

from tidegate.errors import DataError, complaint
from tidegate.language import say

__all__ = ["pack_x_y_sample_weight", "unpack_x_y_sample_weight"]


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Return x alone, (x, y) or (x, y, sample_weight).

    >>> pack_x_y_sample_weight([1], [2])
    ([1], [2])
    """
    if y is None:
        return (x,) if isinstance(x, tuple | list) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Return x, y and sample_weight, None for what is not there.

    >>> unpack_x_y_sample_weight(([1], [2]))
    ([1], [2], None)
    """
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        expected = say("{some} or {last}", some="x, (x, y)", last="(x, y, sample_weight)")
        came = say("a tuple of {count}", count=len(data))
        raise DataError(complaint("unpack_x_y_sample_weight", expected, came))
    x, y, weights = (*data, None, None)[:3]
    return x, y, weights
