"""Arguments of the verbs, checked where they are given."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say

__all__ = ["count", "size"]


def size(who: str, name: str, value: Any, default: int) -> int:
    """Return a whole number of at least 1, or the default for None."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ArgumentError(
            complaint(
                who, say("{name} to be a whole number of at least 1", name=name), repr(value), f"{name}=32"
            )
        )
    return int(value)


def count(who: str, name: str, value: Any) -> int:
    """Return a whole number of at least 0."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
        raise ArgumentError(
            complaint(who, say("{name} to be a whole number", name=name), repr(value), f"{name}=10")
        )
    return int(value)
