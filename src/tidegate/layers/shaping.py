"""Layers that move numbers and compute nothing."""

from __future__ import annotations

from typing import Any

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.advice import came, sequence_wanted, vector_wanted
from tidegate.layers.arguments import not_yet, whole
from tidegate.layers.base import Layer
from tidegate.layers.windows import Windowed, pad, two
from tidegate.ops import Value
from tidegate.shapes import Shape, elements

__all__ = ["Cropping1D", "Flatten", "Permute", "RepeatVector", "Reshape", "UpSampling1D", "ZeroPadding1D"]


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
        shape = tuple(target_shape) if isinstance(target_shape, list | tuple) else (target_shape,)
        if any(not isinstance(d, int) or (d < 1 and d != -1) for d in shape) or shape.count(-1) > 1:
            raise ArgumentError(
                complaint(
                    "Reshape",
                    say("sizes of at least 1, one of them perhaps -1"),
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
            have_to = say(
                "{n} numbers a sample for the shape {shape}",
                n=elements(self.target_shape),
                shape=self.target_shape,
            )
            if -1 in self.target_shape:
                have_to = say(
                    "a multiple of {want} numbers a sample for the shape {shape}",
                    want=want,
                    shape=self.target_shape,
                )
            shape = tuple(-1 if k == 0 else d for k, d in enumerate(self.target_shape))
            fixed = elements(shape[1:]) if -1 not in shape[1:] else 0
            code = f"Reshape({shape})" if fixed and have % fixed == 0 else f"Reshape(({have}, 1))"
            raise ShapeError(
                complaint(
                    f"Reshape '{self.name}'",
                    have_to,
                    say("{n}, of {shape}", n=have, shape=came(self, input_shape)),
                    f"`{code}`",
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
            raise vector_wanted(self, input_shape)
        return (input_shape[0], self.n, input_shape[1])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "n": self.n}


class Permute(Layer):
    """The axes of a sample in another order.

    Parameters
    ----------
    dims : tuple
        From 1 on, without the samples: (2, 1) puts the features before the steps.

    Examples
    --------
    >>> import numpy as np
    >>> Permute((2, 1))(np.zeros((2, 10, 4))).shape
    (2, 4, 10)
    """

    carries = True

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        try:
            self.dims = tuple(dims)
        except TypeError:
            self.dims = (dims,)
        if not self.dims or sorted(map(str, self.dims)) != [str(k) for k in range(1, len(self.dims) + 1)]:
            raise ArgumentError(
                complaint(
                    "Permute", say("dims as the axes from 1 on, each once"), repr(dims), "Permute((2, 1))"
                )
            )
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the new order."""
        self.compute_output_shape(inputs.shape)
        y: Value = ops.transpose(inputs, axes=(0, *self.dims))
        return y

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape in the new order."""
        if len(input_shape) != len(self.dims) + 1:
            raise ShapeError(
                complaint(
                    f"Permute '{self.name}'",
                    say("samples of {n} axes", n=len(self.dims)),
                    say("an input of shape {shape}", shape=input_shape),
                    f"`Permute({tuple(range(len(input_shape) - 1, 0, -1))})`"
                    if len(input_shape) > 2
                    else say("`Reshape(({k}, 1))` below it", k=input_shape[-1]),
                )
            )
        return (input_shape[0], *(input_shape[k] for k in self.dims))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "dims": list(self.dims)}


class ZeroPadding1D(Windowed):
    """Zeros before the first step and after the last.

    Parameters
    ----------
    padding : int or two of them, default 1
        How many, on each side or before and after.
    data_format : str, default "channels_last"
        "channels_first" for (samples, features, timesteps).

    Examples
    --------
    >>> import numpy as np
    >>> ZeroPadding1D((1, 0))(np.array([[[1.0], [2.0]]])).ravel()
    array([0., 1., 2.], dtype=float32)
    """

    carries = True

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        self.padding = two("ZeroPadding1D", "padding", padding, "ZeroPadding1D((1, 0))")
        super().__init__(data_format=data_format, **kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the zeros."""
        return self._on_steps(inputs, lambda x: pad(x, *self.padding))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with more steps."""
        samples, steps, features = self._turned(input_shape)
        return self._turned((samples, None if steps is None else steps + sum(self.padding), features))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "padding": list(self.padding)}


class Cropping1D(Layer):
    """A sequence without its first and last steps.

    Parameters
    ----------
    cropping : int or two of them, default (1, 1)
        How many are left out, on each side or in front and at the end.

    Examples
    --------
    >>> import numpy as np
    >>> Cropping1D((1, 0))(np.array([[[1.0], [2.0]]])).ravel()
    array([2.], dtype=float32)
    """

    carries = True

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        self.cropping = two("Cropping1D", "cropping", cropping, "Cropping1D((1, 0))")
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the steps that are left."""
        _, steps, _ = self.compute_output_shape(inputs.shape)
        assert steps is not None
        y: Value = ops.take_steps(inputs, index=tuple(range(self.cropping[0], self.cropping[0] + steps)))
        return y

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with fewer steps."""
        if len(input_shape) != 3:
            raise sequence_wanted(self, input_shape)
        samples, steps, features = input_shape
        if steps is not None and steps <= sum(self.cropping):
            raise ShapeError(
                complaint(
                    f"Cropping1D '{self.name}'",
                    say("(samples, timesteps, features) of more than {n} timesteps", n=sum(self.cropping)),
                    say("an input of shape {shape}", shape=input_shape),
                    say("`cropping={sizes}` at most", sizes=(steps // 2, (steps - 1) // 2)),
                )
            )
        return (samples, None if steps is None else steps - sum(self.cropping), features)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "cropping": list(self.cropping)}


class UpSampling1D(Layer):
    """Each step several times in a row.

    Parameters
    ----------
    size : int, default 2
        How often.

    Examples
    --------
    >>> import numpy as np
    >>> UpSampling1D(2)(np.array([[[1.0], [2.0]]])).ravel()
    array([1., 1., 2., 2.], dtype=float32)
    """

    carries = True

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        self.size = whole("UpSampling1D", "size", size, "UpSampling1D(2)")
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the repetition."""
        _, steps, _ = self.compute_output_shape(inputs.shape)
        assert steps is not None
        y: Value = ops.take_steps(inputs, index=tuple(t // self.size for t in range(steps)))
        return y

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with more steps."""
        if len(input_shape) != 3:
            raise sequence_wanted(self, input_shape)
        samples, steps, features = input_shape
        return (samples, None if steps is None else steps * self.size, features)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "size": self.size}
