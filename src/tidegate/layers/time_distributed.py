"""A layer applied at each step of a sequence."""

from __future__ import annotations

from typing import Any

from tidegate import ops
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.layers.activation import Activation
from tidegate.layers.advice import sequence_wanted
from tidegate.layers.base import Layer
from tidegate.layers.dense import Dense
from tidegate.layers.noise import Dropout
from tidegate.ops import Value
from tidegate.plan import Parameter
from tidegate.shapes import Shape, axis_names

__all__ = ["TimeDistributed"]


class TimeDistributed(Layer):
    """The same layer, with the same weights, at each step.

    Parameters
    ----------
    layer : Layer
        With one input and one output. Dense, Activation and Dropout act on the last axis, and are computed at all
        steps at once; others are recorded step by step.

    Examples
    --------
    >>> import numpy as np
    >>> TimeDistributed(Dense(2))(np.zeros((5, 10, 4))).shape
    (5, 10, 2)
    >>> from tidegate.layers import LSTM
    >>> TimeDistributed(LSTM(2))(np.zeros((5, 10, 4, 3))).shape
    (5, 10, 2)
    """

    supports_masking = True

    @property
    def input_dtype(self) -> str:  # type: ignore[override]
        inputs = getattr(self.layer, "inputs", None)  # of a model
        coded = inputs and inputs[0].dtype.startswith("int")
        return "int32" if coded else self.layer.input_dtype

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ArgumentError(
                complaint("TimeDistributed", say("a layer"), repr(layer), "TimeDistributed(Dense(1))")
            )
        self.layer = layer
        super().__init__(**kwargs)

    @property
    def weights(self) -> list[Parameter]:
        return self.layer.weights

    def build(self, input_shape: Shape) -> None:
        """Build the layer inside for one step."""
        if len(input_shape) < 3:
            raise sequence_wanted(self, input_shape)
        self.layer.ensure_built((input_shape[0], *input_shape[2:]))

    @property
    def at_once(self) -> bool:
        """Whether all steps are computed at once."""
        return isinstance(self.layer, Dense | Activation | Dropout)

    def call(self, inputs: Value, training: bool = False) -> Value:
        """Record the layer inside, on all steps at once or on one after the other.

        A mask goes in by step: of more than the steps, or of whole samples; the layer's own output mask is not asked
        for, as in Keras.
        """
        y: Value
        if self.at_once:
            y = self.layer.record(inputs, training)
            return y
        made = []
        of_samples = len(inputs.shape) == 3 and "mask" in self.layer._takes  # and the layer listens
        mask = inputs.mask
        inner = mask if mask is not None and (of_samples or len(mask.shape) > 2) else None
        for t in range(inputs.shape[1] or 0):
            x = ops.get_item(inputs, (slice(None), t))
            x.mask = None if inner is None else ops.get_item(inner, (slice(None), t))
            made.append(self.layer.record(x, training))
        y = ops.stack(made, axis=1)
        return y

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the layer inside, with the steps behind the samples."""
        batch, *rest = self.layer.compute_output_shape((input_shape[0], *input_shape[2:]))
        return (batch, input_shape[1], *rest)

    def axis_names(self, rank: int) -> tuple[str, ...]:
        """Return what the axes of the output are called."""
        return (*axis_names(rank)[:-1], self.layer.axis_names(rank)[-1])

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: in the layer inside."""
        return [(f"/layer{place}", name, weights) for place, name, weights in self.layer.saved_groups()]

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
