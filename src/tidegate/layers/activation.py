"""Functions of numbers as layers."""

from __future__ import annotations

import math
from typing import Any

from tidegate import activations, ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.base import Layer
from tidegate.layers.dense import apply
from tidegate.layers.weighted import Weighted
from tidegate.ops import Value
from tidegate.shapes import Shape

__all__ = ["ELU", "Activation", "LeakyReLU", "PReLU", "ReLU", "Softmax"]


def _number(who: str, argument: str, value: Any, example: str) -> float:
    """Return a number from 0 on, or raise on the line that gave it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise ArgumentError(
            complaint(who, say("{argument} as a number from 0 on", argument=argument), repr(value), example)
        )
    return float(value)


class Activation(Layer):
    """A function of each number, or softmax over the last axis.

    Parameters
    ----------
    activation : str or function
        Any of `tidegate.activations`.

    Examples
    --------
    >>> import numpy as np
    >>> Activation("relu")(np.array([[-1.0, 2.0]]))
    array([[0., 2.]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        self.activation = activations.get(activation)
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the function."""
        return apply(self.activation, inputs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


class ReLU(Layer):
    """x above a threshold, at most `max_value`, and negative_slope (x - threshold) up to it.

    Parameters
    ----------
    max_value : float, optional
    negative_slope : float, default 0
    threshold : float, default 0

    Examples
    --------
    >>> import numpy as np
    >>> ReLU(max_value=2, negative_slope=0.5)(np.array([[-1.0, 1.0, 3.0]]))
    array([[-0.5,  1. ,  2. ]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
        example = "ReLU(max_value=6)"
        self.max_value = None if max_value is None else _number("ReLU", "max_value", max_value, example)
        self.negative_slope = _number("ReLU", "negative_slope", negative_slope, example)
        self.threshold = _number("ReLU", "threshold", threshold, example)
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the function."""
        most = math.inf if self.max_value is None else self.max_value
        y: Value = ops.rectify(
            inputs, negative_slope=self.negative_slope, threshold=self.threshold, max_value=most
        )
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


class LeakyReLU(Layer):
    """x where x > 0, else negative_slope x.

    Parameters
    ----------
    negative_slope : float, default 0.3
        `alpha` is the older name.

    Examples
    --------
    >>> import numpy as np
    >>> LeakyReLU(0.5)(np.array([[-1.0, 1.0]]))
    array([[-0.5,  1. ]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        slope = kwargs.pop("alpha", negative_slope)
        self.negative_slope = _number("LeakyReLU", "negative_slope", slope, "LeakyReLU(0.1)")
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the function."""
        y: Value = ops.rectify(inputs, negative_slope=self.negative_slope)
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "negative_slope": self.negative_slope}


class PReLU(Weighted):
    """x where x > 0, else alpha x, with an alpha that is trained (He et al. 2015).

    Parameters
    ----------
    alpha_initializer : default "zeros"
    alpha_regularizer, alpha_constraint : default None
    shared_axes : int or list of int, optional
        Axes along which there is one alpha for all: 1 for the steps.

    Attributes
    ----------
    alpha : float32 parameter of the shape of a sample, 1 on shared axes

    Examples
    --------
    >>> import numpy as np
    >>> PReLU("ones", shared_axes=1)(np.array([[[-1.0], [1.0]]])).ravel()
    array([-1.,  1.], dtype=float32)
    """

    supports_masking = True
    alpha: Any

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        self._takes_weight("alpha", alpha_initializer, alpha_regularizer, alpha_constraint)
        listed = (
            shared_axes if isinstance(shared_axes, list | tuple) or shared_axes is None else [shared_axes]
        )
        if listed is not None and any(isinstance(a, bool) or not isinstance(a, int) or a < 1 for a in listed):
            raise ArgumentError(
                complaint(
                    "PReLU",
                    say("shared_axes from 1 on"),
                    repr(shared_axes),
                    say("shared_axes=[1] for the steps"),
                )
            )
        self.shared_axes = None if listed is None else list(listed)
        super().__init__(**kwargs)

    def build(self, input_shape: Shape) -> None:
        """Make alpha."""
        shared = self.shared_axes or ()
        shape = tuple(1 if k in shared else d for k, d in enumerate(input_shape[1:], 1))
        if None in shape or any(a >= len(input_shape) for a in shared):
            raise ShapeError(
                complaint(
                    f"PReLU '{self.name}'",
                    say("known sizes on all axes but the shared ones"),
                    say(
                        "an input of shape {shape}, shared_axes={shared_axes}",
                        shape=input_shape,
                        shared_axes=self.shared_axes,
                    ),
                    say("shared_axes=[1] for the steps"),
                )
            )
        self._make("alpha", shape)  # type: ignore[arg-type]

    def call(self, inputs: Value) -> Value:
        """Record the function."""
        above = ops.activation(inputs, function="relu")
        below = ops.subtract(inputs, above)
        y: Value = ops.add(above, ops.multiply(self.alpha, below))
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "shared_axes": self.shared_axes}


class ELU(Layer):
    """x where x > 0, else alpha (exp(x) - 1).

    Parameters
    ----------
    alpha : float, default 1

    Examples
    --------
    >>> import numpy as np
    >>> ELU(2.0)(np.array([[-1.0, 1.0]])).round(3)
    array([[-1.264,  1.   ]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        self.alpha = _number("ELU", "alpha", alpha, "ELU(1.0)")
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the function."""
        y: Value = ops.activation(inputs, function="elu")
        if self.alpha == 1:
            return y
        above = ops.activation(inputs, function="relu")
        y = ops.add(ops.multiply(y, self.alpha), ops.multiply(above, 1 - self.alpha))
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "alpha": self.alpha}


class Softmax(Layer):
    """exp(x) / Σ exp(x) along an axis.

    Parameters
    ----------
    axis : int or list of int, default -1

    Call arguments
    --------------
    inputs : (samples, ...)
    mask : ones where a number counts, of the shape of the inputs or one that is repeated to it; the others give 0

    Examples
    --------
    >>> import numpy as np
    >>> Softmax()(np.array([[1.0, 1.0]]))
    array([[0.5, 0.5]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        listed = axis if isinstance(axis, list | tuple) else [axis]
        if not listed or any(isinstance(a, bool) or not isinstance(a, int) or a == 0 for a in listed):
            raise ArgumentError(
                complaint("Softmax", say("axis as a whole number that is not 0"), repr(axis), "axis=-1")
            )
        self.axis = list(axis) if isinstance(axis, list | tuple) else axis
        super().__init__(**kwargs)

    def call(self, inputs: Value, mask: Value | None = None) -> Value:
        """Record the function."""
        x = inputs if mask is None else ops.where(mask, inputs, -1e9)
        rank = len(inputs.shape)
        axes = tuple(a % rank for a in (self.axis if isinstance(self.axis, list) else [self.axis]))
        if axes == (rank - 1,):
            y: Value = ops.softmax(x)
        else:
            e = ops.exp(ops.subtract(x, ops.stop_gradient(ops.max(x, axis=axes, keepdims=True))))
            y = ops.divide(e, ops.sum(e, axis=axes, keepdims=True))
        return y if mask is None else ops.where(mask, y, 0.0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "axis": self.axis}
