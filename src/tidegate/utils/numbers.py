"""Rows brought to length 1."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tidegate.arguments import along, checked, numbers

__all__ = ["normalize"]


@checked
def normalize(x: ArrayLike, axis: int = -1, order: float = 2) -> NDArray[Any]:
    """Divide by the norm along an axis; where that is 0, nothing changes.

    Parameters
    ----------
    x : array
    axis : int, default -1
    order : float, default 2
        Of the norm: 2 is Euclid's.

    Examples
    --------
    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    rows = numbers("normalize", "x", x)
    norm = np.linalg.norm(rows, order, along("normalize", axis, rows.ndim), keepdims=True)
    result: NDArray[Any] = rows / np.where(norm == 0, 1, norm)
    return (
        result[None] if isinstance(x, np.ndarray) and x.ndim == 1 else result
    )  # a vector as a row, as in Keras
