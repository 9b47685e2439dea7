"""Pooling: one number for the steps that a window shows, or for all steps of a sequence."""

from __future__ import annotations

from typing import Any, ClassVar

from tidegate import ops
from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.layers.advice import came
from tidegate.layers.windows import Windowed, among, one, span
from tidegate.ops import Op, Value
from tidegate.shapes import Shape

__all__ = ["AveragePooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling1D", "MaxPooling1D"]


class _Pooling(Windowed):
    _op: ClassVar[Op]

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        who = type(self).__name__
        self.pool_size = one(who, "pool_size", pool_size, f"{who}(2)")
        self.strides = self.pool_size if strides is None else one(who, "strides", strides, f"{who}(2)")
        self.padding = among(who, "padding", padding, ("valid", "same"))
        super().__init__(data_format=data_format, name=name, **kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the windows."""
        self.compute_output_shape(inputs.shape)

        def compute(x: Value) -> Value:
            left, _, steps = span(x.shape[1], self.pool_size, self.strides, self.padding)
            y: Value = self._op(x, size=self.pool_size, strides=self.strides, left=left, steps=steps)
            return y

        return self._on_steps(inputs, compute)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with a step for each window."""
        samples, steps, features = self._turned(input_shape)
        _, _, windows = span(steps, self.pool_size, self.strides, self.padding)
        if windows is not None and windows < 1:
            ways = say("`padding='same'`; `pool_size={size}` at most", size=steps)
            raise ShapeError(
                complaint(
                    f"{type(self).__name__} '{self.name}'",
                    say("at least {n} timesteps", n=self.pool_size),
                    came(self, input_shape),
                    ways,
                )
            )
        return self._turned((samples, windows, features))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "pool_size": [self.pool_size],
            "padding": self.padding,
            "strides": [self.strides],
        }


class MaxPooling1D(_Pooling):
    """The largest number of each window of steps, for each feature by itself.

    Parameters
    ----------
    pool_size : int, default 2
        Steps of a window.
    strides : int, optional
        Steps from one window to the next; by default `pool_size`.
    padding : str, default "valid"
        "same" lets windows reach over both ends, so that there are timesteps / strides of them.
    data_format : str, default "channels_last"
        "channels_first" for (samples, features, timesteps).

    Returns
    -------
    (samples, windows, features)

    Examples
    --------
    >>> import numpy as np
    >>> MaxPooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]])).ravel()
    array([3., 2.], dtype=float32)
    """

    _op = ops.max_pool1d


class AveragePooling1D(_Pooling):
    """The mean of each window of steps, for each feature by itself; what a window shows beyond an end does not count.

    (Keras on PyTorch repeats the last step there, where the two ends have different margins.)

    Parameters
    ----------
    pool_size, strides, padding, data_format : as in `MaxPooling1D`

    Returns
    -------
    (samples, windows, features)

    Examples
    --------
    >>> import numpy as np
    >>> AveragePooling1D(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]])).ravel()
    array([2., 1.], dtype=float32)
    """

    _op = ops.average_pool1d


class _GlobalPooling(Windowed):
    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        self.keepdims = bool(keepdims)
        super().__init__(data_format=data_format, **kwargs)

    @property
    def _steps_axis(self) -> int:
        return 1 if self.data_format == "channels_last" else 2

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (samples, features), with a step of its own where `keepdims` says so."""
        samples, _, features = self._turned(input_shape)
        return self._turned((samples, 1, features)) if self.keepdims else (samples, features)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "keepdims": self.keepdims}


class GlobalMaxPooling1D(_GlobalPooling):
    """The largest number of all steps, for each feature by itself. Masked steps count, as in Keras.

    Parameters
    ----------
    data_format : str, default "channels_last"
        "channels_first" for (samples, features, timesteps).
    keepdims : bool, default False
        Keep the axis of the steps, of size 1.

    Returns
    -------
    (samples, features)

    Examples
    --------
    >>> import numpy as np
    >>> GlobalMaxPooling1D()(np.array([[[1.0], [3.0], [2.0]]]))
    array([[3.]], dtype=float32)
    """

    def call(self, inputs: Value) -> Value:
        """Record the largest number."""
        self._turned(inputs.shape)
        y: Value = ops.max(inputs, axis=self._steps_axis, keepdims=self.keepdims)
        return y


class GlobalAveragePooling1D(_GlobalPooling):
    """The mean of all steps that count, for each feature by itself.

    Parameters
    ----------
    data_format, keepdims : as in `GlobalMaxPooling1D`

    Returns
    -------
    (samples, features)

    Examples
    --------
    >>> import numpy as np
    >>> GlobalAveragePooling1D()(np.array([[[1.0], [3.0], [2.0]]]))
    array([[2.]], dtype=float32)
    """

    supports_masking = True

    def call(self, inputs: Value, mask: Value | None = None) -> Value:
        """Record the mean."""
        self._turned(inputs.shape)
        axis, keep = self._steps_axis, self.keepdims
        if mask is None:
            y: Value = ops.mean(inputs, axis=axis, keepdims=keep)
            return y
        steps = mask.shape[1]
        assert steps is not None
        each = (steps, 1) if axis == 1 else (1, steps)
        kept = ops.where(ops.reshape(mask, shape=each), inputs, 0.0)
        counted = ops.sum(ops.reshape(mask, shape=each), axis=axis, keepdims=keep)
        y = ops.divide(ops.sum(kept, axis=axis, keepdims=keep), counted)
        return y

    def compute_mask(self, mask: Value | None) -> Value | None:
        """Return None: no steps are left."""
        return None
