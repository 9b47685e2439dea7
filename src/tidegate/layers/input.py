"""Where a model begins."""

from __future__ import annotations

from typing import Any

from tidegate.errors import ArgumentError, complaint
from tidegate.layers.base import Layer, sample_shape
from tidegate.ops import Value

__all__ = ["Input", "InputLayer"]


class InputLayer(Layer):
    """Says what a model is fed with; computes nothing.

    Parameters
    ----------
    shape : tuple
        (timesteps, features), without the samples. None leaves an axis open. `input_shape` is the older name.
    batch_size : int, optional
        Accepted; any batch size can follow.
    batch_shape : tuple, optional
        The same with the samples in front.
    dtype : str, optional

    Examples
    --------
    >>> InputLayer(shape=(10, 1)).output_shape
    (None, 10, 1)
    """

    supports_masking = True

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Any = None,
        name: str | None = None,
        optional: bool = False,
        **kwargs: Any,
    ) -> None:
        shape = kwargs.pop("input_shape", None) if shape is None else shape
        batch_shape = kwargs.pop("batch_input_shape", None) if batch_shape is None else batch_shape
        if batch_shape is not None:
            shape = tuple(batch_shape)[1:]
        if shape is None:
            raise ArgumentError(
                complaint(
                    "Input", "a shape", "none", "Input(shape=(timesteps, features)), without the samples"
                )
            )
        super().__init__(name=name, **kwargs)
        self.batch_shape = (None, *sample_shape("Input", "shape", shape))
        self.dtype = str(dtype or "float32")
        self.built, self.built_shape = True, self.batch_shape

    def call(self, inputs: Value) -> Value:
        """Pass the input on."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        assert self.batch_shape is not None
        return {
            "batch_shape": list(self.batch_shape),
            "dtype": self.dtype,
            "sparse": False,
            "ragged": False,
            "name": self.name,
            "optional": False,
        }


def Input(shape: Any = None, batch_size: int | None = None, dtype: Any = None, **kwargs: Any) -> InputLayer:
    """Return what a `Sequential` model begins with.

    Parameters
    ----------
    shape : tuple
        (timesteps, features), without the samples.
    batch_size : int, optional
        Accepted; any batch size can follow.

    Examples
    --------
    >>> from tidegate.models import Sequential
    >>> from tidegate.layers import LSTM
    >>> Sequential([Input(shape=(10, 1)), LSTM(4)]).output_shape
    (None, 4)
    """
    return InputLayer(shape, batch_size, dtype, **kwargs)
