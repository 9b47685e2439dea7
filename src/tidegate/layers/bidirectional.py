"""A recurrent layer run in both directions."""

from __future__ import annotations

from typing import Any, ClassVar

from tidegate import ops
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.layers.base import Layer
from tidegate.layers.recurrent import Recurrent, first_shape
from tidegate.ops import Value
from tidegate.plan import Parameter, State
from tidegate.shapes import Shape
from tidegate.utils import objects

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
        How the two outputs become one. None leaves them apart: a list of two.
    weights : list of arrays, optional
        Those of the forward layer, then those of the backward one.
    backward_layer : LSTM, GRU or SimpleRNN, optional
        What reads backwards, with `go_backwards` opposite to that of `layer`.

    Attributes
    ----------
    forward_layer, backward_layer : Layer

    Call arguments
    --------------
    sequences : (samples, timesteps, features)
    initial_state : list of (samples, units), the states of the forward layer first, optional

    Returns
    -------
    (samples, 2 units), or (samples, timesteps, 2 units) with `return_sequences`; units where the two are not
    put side by side. Where the layer gives its states, a list: the output, then the last states of the forward and of
    the backward layer

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
        if merge_mode is not None and merge_mode not in MERGES:
            raise ArgumentError(
                complaint(
                    "Bidirectional",
                    say("merge_mode None or among {known}", known=", ".join(MERGES)),
                    repr(merge_mode),
                    "merge_mode='concat'",
                )
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
            came = say("go_backwards={value} for both", value=one.go_backwards)
            raise ArgumentError(
                complaint(
                    "Bidirectional",
                    say("layers of opposite directions"),
                    came,
                    f"backward_layer={type(other).__name__}(..., go_backwards={not one.go_backwards})",
                )
            )
        for name in ("return_sequences", "return_state", "stateful"):
            ours, theirs = getattr(one, name), getattr(other, name)
            if ours != theirs:
                came = say("{a} and {b}", a=ours, b=theirs)
                raise ArgumentError(
                    complaint(
                        "Bidirectional",
                        say("{name} alike in both layers", name=name),
                        came,
                        say("`{name}={value}` in both", name=name, value=ours),
                    )
                )
        if one.units != other.units and self.merge_mode not in ("concat", None):
            came = say("{a} and {b}", a=one.units, b=other.units)
            raise ArgumentError(
                complaint(
                    "Bidirectional",
                    say("as many units in both layers to {mode} them", mode=self.merge_mode),
                    came,
                    "merge_mode='concat'",
                )
            )

    @property
    def return_sequences(self) -> bool:
        return self.forward_layer.return_sequences

    @property
    def return_state(self) -> bool:
        return self.forward_layer.return_state

    @property
    def stateful(self) -> bool:
        return self.forward_layer.stateful

    def _input_rank(self) -> int:
        return 3

    @property
    def weights(self) -> list[Parameter]:
        return [*self.forward_layer.weights, *self.backward_layer.weights]

    @property
    def states(self) -> list[State]:
        return [*self.forward_layer.states, *self.backward_layer.states]

    def ensure_built(self, input_shape: Any) -> None:
        """Build for the sequence, the first of several inputs."""
        super().ensure_built(first_shape(input_shape))

    def build(self, input_shape: Shape) -> None:
        """Build both layers."""
        self.forward_layer.ensure_built(input_shape)
        self.backward_layer.ensure_built(input_shape)

    def call(
        self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        """Record both directions, then what makes one of the two."""
        if isinstance(sequences, list | tuple):
            sequences, *given = sequences
            initial_state = given or initial_state
        states: list[Any] = [None, None]
        if initial_state is not None:
            half = len(initial_state) // 2  # those of the forward layer come first
            states = [initial_state[:half], initial_state[half:]]
        made = [
            layer.record(sequences, training, initial_state=state)
            for layer, state in zip((self.forward_layer, self.backward_layer), states, strict=True)
        ]
        (a, *last), (b, *others) = made if self.return_state else ([y] for y in made)
        if self.return_sequences:
            b = ops.reverse(b)
        merged = [a, b] if self.merge_mode is None else [self._merge(a, b)]
        found = [*merged, *last, *others]
        return found if len(found) > 1 else found[0]

    def _merge(self, a: Value, b: Value) -> Value:
        y: Value
        if self.merge_mode == "concat":
            y = ops.concatenate([a, b], axis=-1)
        elif self.merge_mode == "mul":
            y = ops.multiply(a, b)
        else:
            y = ops.add(a, b)
        if self.merge_mode == "ave":
            y = ops.multiply(y, 0.5)
        return y

    def reset_states(self, states: Any = None) -> None:
        """Let the next batch start from zeros, or from these states, those of the forward layer first."""
        half = None if states is None else len(states) // 2
        self.forward_layer.reset_states(None if states is None else states[:half])
        self.backward_layer.reset_states(None if states is None else states[half:])

    reset_state = reset_states

    def compute_mask(self, mask: Any) -> Any:
        """Return the mask where there is an output at each step; states have none."""
        mask = (mask[0] if isinstance(mask, list | tuple) else mask) if self.return_sequences else None
        found = [mask] * (2 if self.merge_mode is None else 1)
        if self.return_state:
            found += [None] * (self.forward_layer.op.cells + self.backward_layer.op.cells)
        return found if len(found) > 1 else mask

    def compute_output_shape(self, input_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return the shape of the merged output, or of both; then those of the states."""
        made = [k.compute_output_shape(input_shape) for k in (self.forward_layer, self.backward_layer)]
        (a, *last), (b, *others) = made if self.return_state else ([shape] for shape in made)
        joined = (*a[:-1], a[-1] + b[-1]) if self.merge_mode == "concat" else a
        found = [*([a, b] if self.merge_mode is None else [joined]), *last, *others]
        return found if len(found) > 1 else joined

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
            complaint(
                "Bidirectional",
                say("{argument} to be recurrent", argument=argument),
                came,
                "Bidirectional(LSTM(32))",
            )
        )
    return layer


def _copy(layer: Recurrent, prefix: str, **changes: Any) -> Recurrent:
    """Return a layer of the same arguments and no weights, under a name of its own."""
    with objects.copying():
        config = {**layer.get_config(), "name": prefix + layer.name.removeprefix(prefix), **changes}
        config.pop("batch_input_shape", None)
        made = type(layer).from_config(config)
    assert isinstance(made, Recurrent)
    return made
