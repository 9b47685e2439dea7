"""Activation and Dropout: layers that keep the shape."""

from __future__ import annotations

from typing import Any

from tidegate import activations, ops
from tidegate.errors import ArgumentError, complaint
from tidegate.layers.base import Layer, not_yet
from tidegate.layers.dense import apply
from tidegate.ops import Value
from tidegate.utils.random import draw_seed

__all__ = ["Activation", "Dropout"]


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


class Dropout(Layer):
    """While training, sets numbers to 0 at random and scales up the rest (Srivastava et al. 2014).

    Parameters
    ----------
    rate : float
        Share that is set to 0, from 0 up to but not 1.
    seed : int, optional
        By default drawn from `utils.set_random_seed`.
    noise_shape : accepted at None.

    Examples
    --------
    >>> import numpy as np
    >>> Dropout(0.5)(np.ones((1, 3)))
    array([[1., 1., 1.]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
            raise ArgumentError(
                complaint("Dropout", "a rate from 0 up to, but not, 1", repr(rate), "Dropout(0.2)")
            )
        not_yet("Dropout", noise_shape=(noise_shape, None))
        self.rate, self.seed = float(rate), seed
        self._drawn = draw_seed() if seed is None else int(seed)
        super().__init__(**kwargs)

    def call(self, inputs: Value, training: bool = False) -> Value:
        """Record the drawing, while training."""
        if not training or not self.rate:
            return inputs
        y: Value = ops.dropout(inputs, rate=self.rate, seed=self._drawn)
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed, "noise_shape": None}
