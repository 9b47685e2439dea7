"""A recurrent layer run in both directions."""

from __future__ import annotations

from typing import Any, ClassVar

from tidegate import ops
from tidegate.errors import ArgumentError, complaint
from tidegate.layers.base import Layer, not_yet
from tidegate.layers.recurrent import Recurrent
from tidegate.ops import Value
from tidegate.plan import Parameter
from tidegate.shapes import Shape

__all__ = ["Bidirectional"]

MERGES = ("concat", "sum", "mul", "ave")


class Bidirectional(Layer):
    """A recurrent layer that reads the sequence forwards, and a second one that reads it backwards::

        y = merge(forward(x), backward(x))

    With `return_sequences` the second one's outputs are put in the order of the steps, and where the mask
    leaves a step out both give zeros.

    Parameters
    ----------
    layer : LSTM, GRU or SimpleRNN
        Both directions are made anew by its arguments; its own weights are not used.
    merge_mode : {"concat", "sum", "mul", "ave"}, default "concat"
        How the two outputs become one. None, which leaves them apart, is not there yet.
    weights : list of arrays, optional
        Those of the forward layer, then those of the backward one.
    backward_layer : LSTM, GRU or SimpleRNN, optional
        What reads backwards, with `go_backwards` opposite to that of `layer`.

    Attributes
    ----------
    forward_layer, backward_layer : Layer

    Call arguments
    --------------
    inputs : (samples, timesteps, features)

    Returns
    -------
    (samples, 2 units), or (samples, timesteps, 2 units) with `return_sequences`; units where the two are not
    put side by side

    Raises
    ------
    ArgumentError
        If `layer` is not recurrent, or the two layers do not fit together.

    References
    ----------
    Schuster and Paliwal 1997.

    Examples
    --------
    >>> import numpy as np
    >>> from tidegate.layers import LSTM
    >>> Bidirectional(LSTM(4, return_sequences=True))(np.zeros((2, 10, 1))).shape
    (2, 10, 8)
    """

    supports_masking = True
    units_axis: ClassVar[str] = "units"

    def __init__(
        self,
        layer: Layer,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Layer | None = None,
        **kwargs: Any,
    ) -> None:
        forward = _recurrent("layer", layer)
        backward = forward if backward_layer is None else _recurrent("backward_layer", backward_layer)
        if merge_mode is None:
            not_yet("Bidirectional", merge_mode=(None, "concat"))
        if merge_mode not in MERGES:
            raise ArgumentError(
                complaint("Bidirectional", f"merge_mode among {', '.join(MERGES)}", repr(merge_mode))
            )
        self.merge_mode = merge_mode
        self.forward_layer = _copy(forward, "forward_")
        if backward_layer is None:
            self.backward_layer = _copy(forward, "backward_", go_backwards=not forward.go_backwards)
        else:
            self.backward_layer = backward
        self._check_directions()
        for one in (self.forward_layer, self.backward_layer):
            one.zero_output_for_mask = one.return_sequences
        if weights is not None:
            half = len(weights) // 2
            self.forward_layer._initial, self.backward_layer._initial = weights[:half], weights[half:]
        super().__init__(**kwargs)
        if self.batch_shape is None:
            self.batch_shape = layer.batch_shape

    def _check_directions(self) -> None:
        one, other = self.forward_layer, self.backward_layer
        if one.go_backwards == other.go_backwards:
            came = f"go_backwards={one.go_backwards} for both"
            raise ArgumentError(complaint("Bidirectional", "layers of opposite directions", came))
        if one.return_sequences != other.return_sequences:
            came = f"{one.return_sequences} and {other.return_sequences}"
            raise ArgumentError(complaint("Bidirectional", "return_sequences alike in both layers", came))
        if one.units != other.units and self.merge_mode != "concat":
            came = f"{one.units} and {other.units}"
            raise ArgumentError(
                complaint("Bidirectional", f"as many units in both layers to {self.merge_mode} them", came)
            )

    @property
    def return_sequences(self) -> bool:
        return self.forward_layer.return_sequences

    def _input_rank(self) -> int:
        return 3

    @property
    def weights(self) -> list[Parameter]:
        return [*self.forward_layer.weights, *self.backward_layer.weights]

    def build(self, input_shape: Shape) -> None:
        """Build both layers."""
        self.forward_layer.ensure_built(input_shape)
        self.backward_layer.ensure_built(input_shape)

    def call(self, inputs: Value, training: bool = False) -> Value:
        """Record both directions, then what makes one of the two."""
        a = self.forward_layer.record(inputs, training)
        b = self.backward_layer.record(inputs, training)
        if self.return_sequences:
            b = ops.reverse(b)
        if self.merge_mode == "concat":
            y: Value = ops.concatenate([a, b], axis=-1)
        elif self.merge_mode == "mul":
            y = ops.multiply(a, b)
        else:
            y = ops.add(a, b)
        if self.merge_mode == "ave":
            y = ops.multiply(y, 0.5)
        return y

    def compute_mask(self, mask: Value | None) -> Value | None:
        """Return the mask where there is an output at each step."""
        return mask if self.return_sequences else None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of one direction, its last axis that of both where they stand side by side."""
        one = self.forward_layer.compute_output_shape(input_shape)
        if self.merge_mode != "concat":
            return one
        return (*one[:-1], self.forward_layer.units + self.backward_layer.units)

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: in the cells of the two layers."""
        return [
            (f"/{place}{inner}", name, parameters)
            for place, one in (("forward_layer", self.forward_layer), ("backward_layer", self.backward_layer))
            for inner, name, parameters in [("", one.name, []), *one.saved_groups()]
        ]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        from tidegate.layers.configs import serialize

        return {
            **super().get_config(),
            "merge_mode": self.merge_mode,
            "layer": serialize(self.forward_layer),
            "backward_layer": serialize(self.backward_layer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Bidirectional:
        """Return the layer that `get_config` described."""
        from tidegate.layers.configs import deserialize

        config = dict(config)
        backward = config.pop("backward_layer", None)
        layer = deserialize(config.pop("layer"))
        return cls(layer, backward_layer=None if backward is None else deserialize(backward), **config)


def _recurrent(argument: str, layer: Any) -> Recurrent:
    if not isinstance(layer, Recurrent):
        came = type(layer).__name__ if isinstance(layer, Layer) else repr(layer)
        raise ArgumentError(
            complaint("Bidirectional", f"{argument} to be recurrent", came, "Bidirectional(LSTM(32))")
        )
    return layer


def _copy(layer: Recurrent, prefix: str, **changes: Any) -> Recurrent:
    """Return a layer of the same arguments and no weights, under a name of its own."""
    config = {**layer.get_config(), "name": prefix + layer.name.removeprefix(prefix), **changes}
    config.pop("batch_input_shape", None)
    made = type(layer).from_config(config)
    assert isinstance(made, Recurrent)
    return made
