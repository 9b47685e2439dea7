"""Layers that move numbers and compute nothing: Flatten, Reshape, RepeatVector."""

from __future__ import annotations

from typing import Any

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.layers.base import Layer, not_yet, whole
from tidegate.ops import Value
from tidegate.shapes import Shape, elements

__all__ = ["Flatten", "RepeatVector", "Reshape"]


class Flatten(Layer):
    """All numbers of a sample in one axis.

    Examples
    --------
    >>> import numpy as np
    >>> Flatten()(np.zeros((2, 3, 4))).shape
    (2, 12)
    """

    carries = True

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        not_yet("Flatten", data_format=(None if data_format == "channels_last" else data_format, None))
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the reshaping."""
        (_, size) = self.compute_output_shape(inputs.shape)
        y: Value = ops.reshape(inputs, shape=(size,))
        return y

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (samples, numbers), the latter open where a step count is."""
        if None in input_shape[1:]:
            return (input_shape[0], None)
        return (input_shape[0], elements(input_shape[1:]))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "data_format": "channels_last"}


class Reshape(Layer):
    """The numbers of a sample in another shape.

    Parameters
    ----------
    target_shape : tuple
        Without the samples; one size may be -1, and follows from the others.

    Examples
    --------
    >>> import numpy as np
    >>> Reshape((3, -1))(np.zeros((2, 12))).shape
    (2, 3, 4)
    """

    carries = True

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        shape = (target_shape,) if isinstance(target_shape, int) else tuple(target_shape)
        if any(not isinstance(d, int) or (d < 1 and d != -1) for d in shape) or shape.count(-1) > 1:
            raise ArgumentError(
                complaint(
                    "Reshape",
                    "sizes of at least 1, one of them perhaps -1",
                    repr(target_shape),
                    "Reshape((10, 1))",
                )
            )
        self.target_shape = shape
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the reshaping."""
        y: Value = ops.reshape(inputs, shape=self.compute_output_shape(inputs.shape)[1:])
        return y

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the target shape, -1 filled in."""
        if None in input_shape[1:]:
            return (input_shape[0], *(None if d == -1 else d for d in self.target_shape))
        have, want = elements(input_shape[1:]), abs(elements(self.target_shape))
        if have % want or (-1 not in self.target_shape and have != want):
            raise ShapeError(
                complaint(
                    f"Reshape '{self.name}'",
                    f"numbers for the shape {self.target_shape}",
                    f"{have} a sample, of shape {input_shape[1:]}",
                )
            )
        return (input_shape[0], *(have // want if d == -1 else d for d in self.target_shape))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "target_shape": list(self.target_shape)}


class RepeatVector(Layer):
    """A vector given again at each of n steps: between an encoder and a decoder.

    Parameters
    ----------
    n : int
        The timesteps of the output.

    Examples
    --------
    >>> import numpy as np
    >>> RepeatVector(3)(np.zeros((2, 4))).shape
    (2, 3, 4)
    """

    carries = True

    def __init__(self, n: int, **kwargs: Any) -> None:
        self.n = whole("RepeatVector", "n", n, "RepeatVector(2)")
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the repetition."""
        self.compute_output_shape(inputs.shape)
        y: Value = ops.repeat(ops.expand_dims(inputs, 1), self.n, axis=1)
        return y

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (samples, n, features)."""
        if len(input_shape) != 2:
            raise ShapeError(
                complaint(
                    f"RepeatVector '{self.name}'",
                    "(samples, features)",
                    f"an input of shape {input_shape}",
                    "return_sequences=False on the LSTM below",
                )
            )
        return (input_shape[0], self.n, input_shape[1])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "n": self.n}
