"""Classes as whole numbers, and as one-hot rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from tidegate.errors import DataError, complaint
from tidegate.language import say
from tidegate.spelling import older

__all__ = ["to_categorical"]


@older(nb_classes="num_classes", y="x")
def to_categorical(
    x: ArrayLike, num_classes: int | None = None, dtype: DTypeLike = "float64"
) -> NDArray[Any]:
    """Turn classes given as whole numbers into one-hot rows.

    Parameters
    ----------
    x : array of whole numbers, any shape
        The classes, from 0 to ``num_classes - 1``. A last axis of length 1 is dropped.
    num_classes : int, optional
        How many classes there are; by default the largest one in `x` plus 1.
    dtype : dtype, default "float64"
        Type of the result.

    Returns
    -------
    array of shape (*x.shape, num_classes)
        Ones at the classes, zeros elsewhere.

    Raises
    ------
    DataError
        For a class outside the range, and for anything that is no whole number.

    Examples
    --------
    >>> to_categorical([0, 2, 1])
    array([[1., 0., 0.],
           [0., 0., 1.],
           [0., 1., 0.]])
    """
    given = np.asarray(x)
    try:
        with np.errstate(invalid="ignore"):  # NaN and infinity are named below
            whole = given.astype("int64")
    except (TypeError, ValueError):
        code = "np.unique(x, return_inverse=True)[1]"
        raise DataError(
            complaint(
                "to_categorical",
                say("whole numbers"),
                say("values of type {dtype}", dtype=given.dtype),
                say("number the classes first: {code}", code=code),
            )
        ) from None
    if given.dtype.kind in "fO" and not np.array_equal(whole, given):
        value = given[whole != given].flat[0]
        raise DataError(
            complaint("to_categorical", say("whole numbers"), say("the value {value}", value=value))
        )
    if whole.ndim > 1 and whole.shape[-1] == 1:
        whole = whole[..., 0]
    if num_classes is None:
        if whole.size == 0:
            raise DataError(
                complaint(
                    "to_categorical", say("at least one value"), say("none"), say("give num_classes as well")
                )
            )
        num_classes = int(whole.max()) + 1
    outside = whole[(whole < 0) | (whole >= num_classes)]
    if outside.size:
        raise DataError(
            complaint(
                "to_categorical",
                say("classes from 0 to {last}", last=num_classes - 1),
                say("the class {value}", value=outside.flat[0]),
                say("use num_classes={count}", count=int(whole.max()) + 1)
                if whole.min() >= 0
                else say("number the classes from 0"),
            )
        )
    rows = np.zeros((whole.size, num_classes), dtype=dtype)  # (samples, num_classes)
    rows[np.arange(whole.size), whole.ravel()] = 1
    return rows.reshape(*whole.shape, num_classes)
