"""A layer applied at each step of a sequence."""

from __future__ import annotations

from typing import Any

from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.layers.activation import Activation
from tidegate.layers.base import Layer
from tidegate.layers.dense import Dense
from tidegate.layers.noise import Dropout
from tidegate.ops import Value
from tidegate.plan import Parameter
from tidegate.shapes import Shape

__all__ = ["TimeDistributed"]


class TimeDistributed(Layer):
    """The same layer, with the same weights, at each step.

    Parameters
    ----------
    layer : Layer
        Dense, Activation or Dropout: they act on the last axis, and do the same without this wrapper.

    Examples
    --------
    >>> import numpy as np
    >>> TimeDistributed(Dense(2))(np.zeros((5, 10, 4))).shape
    (5, 10, 2)
    """

    supports_masking = True

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ArgumentError(
                complaint("TimeDistributed", "a layer", repr(layer), "TimeDistributed(Dense(1))")
            )
        if not isinstance(layer, Dense | Activation | Dropout):
            raise ArgumentError(
                complaint(
                    "TimeDistributed",
                    "Dense, Activation or Dropout, which act on the last axis",
                    type(layer).__name__,
                    "other layers inside it are not there yet",
                )
            )
        self.layer = layer
        super().__init__(**kwargs)

    @property
    def weights(self) -> list[Parameter]:
        return self.layer.weights

    def build(self, input_shape: Shape) -> None:
        """Build the layer inside for one step."""
        if len(input_shape) < 3:
            raise ShapeError(
                complaint(
                    f"TimeDistributed '{self.name}'",
                    "(samples, timesteps, features)",
                    f"an input of shape {input_shape}",
                    "return_sequences=True on the LSTM below",
                )
            )
        self.layer.ensure_built((input_shape[0], *input_shape[2:]))

    def call(self, inputs: Value, training: bool = False) -> Value:
        """Record the layer inside, on all steps at once."""
        y: Value = self.layer.record(inputs, training)
        return y

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the layer inside."""
        return self.layer.compute_output_shape(input_shape)

    def axis_names(self, rank: int) -> tuple[str, ...]:
        """Return what the axes of the output are called."""
        return self.layer.axis_names(rank)

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: in the layer inside."""
        return [("/layer", self.layer.name, self.layer.weights)]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        from tidegate.layers.configs import serialize

        return {**super().get_config(), "layer": serialize(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> TimeDistributed:
        """Return the layer that `get_config` described."""
        from tidegate.layers.configs import deserialize

        config = dict(config)
        return cls(deserialize(config.pop("layer")), **config)
