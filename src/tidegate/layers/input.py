"""Where a model begins."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.layers.arguments import not_yet, sample_shape
from tidegate.layers.base import Layer
from tidegate.layers.symbolic import Call, Tensor
from tidegate.ops import Value

__all__ = ["Input", "InputLayer"]


class InputLayer(Layer):
    """Says what a model is fed with; computes nothing.

    Parameters
    ----------
    shape : tuple
        (timesteps, features), without the samples. None leaves an axis open. `input_shape` is the older name.
    batch_size : int, optional
        Kept for files, as Keras needs it to open a stateful model; here any batch size can follow.
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
            batch_size, *shape = sample_shape("Input", "batch_shape", batch_shape) or (None,)
        if shape is None:
            raise ArgumentError(
                complaint(
                    "Input",
                    say("a shape"),
                    say("none"),
                    say("Input(shape=(timesteps, features)), without the samples"),
                )
            )
        super().__init__(name=name, **kwargs)
        self.batch_shape = (None, *sample_shape("Input", "shape", shape))
        self.batch_size = batch_size
        self.dtype = _named(dtype or "float32")
        self.built, self.built_shape = True, self.batch_shape
        call = Call(self, [], {})
        call.y = Tensor(self.batch_shape, self.dtype, call, 0)
        self._calls.append(call)

    def call(self, inputs: Value) -> Value:
        """Pass the input on."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        assert self.batch_shape is not None
        return {
            "batch_shape": [self.batch_size, *self.batch_shape[1:]],
            "dtype": self.dtype,
            "sparse": False,
            "ragged": False,
            "name": self.name,
            "optional": False,
        }


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
    **kwargs: Any,
) -> Tensor:
    """Return a symbolic tensor: where a model begins.

    Parameters
    ----------
    shape : tuple
        (timesteps, features), without the samples. None leaves an axis open.
    batch_size : int, optional
        Kept for files, as Keras needs it to open a stateful model; here any batch size can follow.
    dtype : str, optional
        "float32" by default. What an Embedding reads is taken as whole numbers in any case. "string" for texts, which
        TextVectorization, StringLookup or Hashing read.
    batch_shape : tuple, optional
        The same with the samples in front.
    name : str, optional
        By which data in a dict is found.
    tensor, sparse, optional : accepted at their defaults.

    Examples
    --------
    >>> from tidegate.models import Model, Sequential
    >>> from tidegate.layers import LSTM, Dense
    >>> x = Input(shape=(10, 1))
    >>> Model(x, Dense(2)(LSTM(4)(x))).output_shape
    (None, 2)
    >>> Sequential([Input(shape=(10, 1)), LSTM(4)]).output_shape
    (None, 4)
    """
    not_yet("Input", tensor=(tensor, None), sparse=(sparse or None, None), optional=(optional, False))
    layer = InputLayer(shape, batch_size, dtype, batch_shape=batch_shape, name=name, **kwargs)
    made: Tensor = layer.output
    return made


def _named(dtype: Any) -> str:
    """Return the name of a type: what a script calls tf.string, and what NumPy calls str, is "string"."""
    if isinstance(dtype, str) and dtype not in ("str", "object"):
        return dtype
    name = np.dtype(dtype).name
    return "string" if name.startswith("str") or name == "object" else name
