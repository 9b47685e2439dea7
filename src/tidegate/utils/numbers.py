"""Rows brought to length 1."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["normalize"]


def normalize(x: ArrayLike, axis: int = -1, order: int = 2) -> NDArray[Any]:
    """Divide by the norm along an axis; where that is 0, nothing changes.

    Parameters
    ----------
    x : array
    axis : int, default -1
    order : int, default 2
        Of the norm: 2 is Euclid's.

    Examples
    --------
    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    norm = np.linalg.norm(x, order, axis, keepdims=True)
    result: NDArray[Any] = np.asarray(x) / np.where(norm == 0, 1, norm)
    return (
        result[None] if isinstance(x, np.ndarray) and x.ndim == 1 else result
    )  # a vector as a row, as in Keras
