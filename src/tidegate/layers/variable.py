"""`keras.Variable`: numbers that a layer or metric keeps, made without `add_weight`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate import initializers
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.plan import Parameter
from tidegate.utils.naming import auto_name

__all__ = ["Variable"]


class Variable(Parameter):
    """Numbers that can be written; set as an attribute of a layer, they are one of its weights.

    Parameters
    ----------
    initializer : array, number, or the name or object of an initializer, which needs a shape
    shape : tuple, optional
        That of the array by default.
    dtype : accepted: weights are float32.
    trainable : bool, default True
    autocast, aggregation, synchronization : accepted, as there is one type and one device.
    name : str, optional

    Examples
    --------
    >>> count = Variable(1.0, trainable=False)
    >>> count.assign_add(2.0)
    >>> float(count)
    3.0
    """

    def __init__(
        self,
        initializer: Any,
        shape: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = None,
        synchronization: str | None = None,
        name: str | None = None,
    ) -> None:
        if isinstance(initializer, str) or callable(initializer):
            if shape is None:
                expected, came = say("a shape beside an initializer"), repr(initializer)
                raise ArgumentError(complaint("Variable", expected, came, "Variable('zeros', shape=(3,))"))
            values = initializers.get(initializer)(tuple(shape))
        else:
            values = np.asarray(initializer, np.float32)
            values = values if shape is None else np.broadcast_to(values, tuple(shape))
        super().__init__(name or auto_name("Variable"), values, trainable)
