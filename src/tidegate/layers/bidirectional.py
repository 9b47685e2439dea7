"""A recurrent layer run in both directions."""

from __future__ import annotations

from typing import Any, ClassVar

from tidegate import ops
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.layers.base import Layer
from tidegate.layers.over_steps import OverSteps, first_shape
from tidegate.ops import Spec, Value
from tidegate.plan import Parameter
from tidegate.shapes import Shape
from tidegate.utils import objects
from tidegate.utils.nested import leaves

__all__ = ["Bidirectional"]

NAMES = ("go_backwards", "return_sequences", "return_state", "stateful")  # what a layer of steps has
MERGES = ("concat", "sum", "mul", "ave")


class Bidirectional(Layer):
    """A recurrent layer that reads the sequence forwards, and a second one that reads it backwards::

        y = merge(forward(x), backward(x))

    With `return_sequences` the second one's outputs are put in the order of the steps, and where the mask
    leaves a step out both give zeros.

    Parameters
    ----------
    layer : LSTM, GRU, SimpleRNN or RNN over any cell
        Both directions are made anew by its arguments; its own weights are not used. A layer of your own may stand
        here as well, with `go_backwards`, `return_sequences`, `return_state` and `stateful`, and `get_config`.
    merge_mode : {"concat", "sum", "mul", "ave"}, default "concat"
        How the two outputs become one. None leaves them apart: a list of two.
    weights : list of arrays, optional
        Those of the forward layer, then those of the backward one.
    backward_layer : the same, optional
        What reads backwards, with `go_backwards` opposite to that of `layer`.

    Attributes
    ----------
    forward_layer, backward_layer : Layer

    Call arguments
    --------------
    sequences : (samples, timesteps, features)
    initial_state : list of (samples, units), the states of the forward layer first, optional; those of stacked cells
        as `return_state` gives them

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
                    "`merge_mode='concat'`",
                )
            )
        self.merge_mode = merge_mode
        self.forward_layer = _copy(forward, "forward_")
        if backward_layer is None:
            self.backward_layer = _copy(forward, "backward_", go_backwards=not forward.go_backwards)
        else:
            self.backward_layer = backward
        self._check_directions()
        for one in self._both:
            if hasattr(one, "zero_output_for_mask"):
                one.zero_output_for_mask = one.return_sequences
        if weights is not None:
            half = len(weights) // 2
            self.forward_layer._initial, self.backward_layer._initial = weights[:half], weights[half:]
        super().__init__(**kwargs)
        if self.batch_shape is None:
            self.batch_shape, self.batch_size = layer.batch_shape, layer.batch_size

    def _check_directions(self) -> None:
        one, other = self._both
        if one.go_backwards == other.go_backwards:
            came = say("go_backwards={value} for both", value=one.go_backwards)
            raise ArgumentError(
                complaint(
                    "Bidirectional",
                    say("layers of opposite directions"),
                    came,
                    say("`go_backwards={value}` in the backward layer", value=not one.go_backwards),
                )
            )
        for name in NAMES[1:]:
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
        sizes = [layer.output_size for layer in (one, other) if isinstance(layer, OverSteps)]
        if len(set(sizes)) > 1 and self.merge_mode not in ("concat", None):
            came = say("{a} and {b}", a=sizes[0], b=sizes[1])
            raise ArgumentError(
                complaint(
                    "Bidirectional",
                    say("as many units in both layers to {mode} them", mode=self.merge_mode),
                    came,
                    "`merge_mode='concat'`",
                )
            )

    @property
    def _both(self) -> tuple[Any, Any]:
        return self.forward_layer, self.backward_layer

    @property
    def return_sequences(self) -> bool:
        return bool(self.forward_layer.return_sequences)

    @property
    def return_state(self) -> bool:
        return bool(self.forward_layer.return_state)

    @property
    def stateful(self) -> bool:
        return bool(self.forward_layer.stateful)

    def _input_rank(self) -> int:
        return 3

    @property
    def weights(self) -> list[Parameter]:
        return [*self.forward_layer.weights, *self.backward_layer.weights]

    @property
    def states(self) -> list[Any]:
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
        sequences, initial_state = _apart(sequences, initial_state)
        made = [
            layer.record(sequences, training, **states)
            for layer, states in zip(self._both, self._given(initial_state), strict=True)
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

    def _halves(self, states: Any) -> list[Any]:
        """Return the states of the forward layer, then those of the backward one."""
        if isinstance(self.forward_layer, OverSteps):
            given, first = leaves(states), len(leaves(self.forward_layer.state_sizes))
        else:
            given, first = list(states), len(states) // 2
        return [given[:first], given[first:]]

    def _given(self, initial_state: Any) -> list[dict[str, Any]]:
        """Return what each layer is called with besides the sequence."""
        if initial_state is None:
            return [{}, {}]
        return [{"initial_state": half} for half in self._halves(initial_state)]

    def reset_states(self, states: Any = None) -> None:
        """Let the next batch start from zeros, or from these states, those of the forward layer first."""
        given = [None, None] if states is None else self._halves(states)
        self.forward_layer.reset_states(given[0])
        self.backward_layer.reset_states(given[1])

    reset_state = reset_states

    def compute_mask(self, mask: Any) -> Any:
        """Return the mask where there is an output at each step; states have none."""
        mask = (mask[0] if isinstance(mask, list | tuple) else mask) if self.return_sequences else None
        found = [mask] * (2 if self.merge_mode is None else 1)
        if self.return_state and isinstance(self.forward_layer, OverSteps):
            sizes = self.forward_layer.state_sizes + self.backward_layer.state_sizes
            found += [None] * len(leaves(sizes))
        return found if len(found) > 1 else mask

    def compute_output_shape(self, input_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return the shape of the merged output, or of both; then those of the states."""
        made = [layer.compute_output_shape(input_shape) for layer in self._both]
        return self._put_together(made, lambda a, size: (*a[:-1], size))

    def compute_output_spec(self, x: Any, initial_state: Any = None, **more: Any) -> Any:
        """Return shape and type of each tensor that comes out for symbolic ones."""
        x, initial_state = _apart(x, initial_state)
        made = [
            layer.compute_output_spec(x, **states)
            for layer, states in zip(self._both, self._given(initial_state), strict=True)
        ]
        return self._put_together(made, lambda a, size: Spec((*a.shape[:-1], size)))

    def _put_together(self, made: list[Any], sized: Any) -> Any:
        """Return what is known of both directions as that of the outputs: the merged one or both, then the states."""
        (a, *last), (b, *others) = made if self.return_state else ([one] for one in made)
        units = [getattr(one, "shape", one)[-1] for one in (a, b)]
        joined = sized(a, units[0] + units[1]) if self.merge_mode == "concat" else a
        found = [*([a, b] if self.merge_mode is None else [joined]), *last, *others]
        return found if len(found) > 1 else joined

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: in the cells of the two layers."""
        return [
            *self.forward_layer.saved_below("/forward_layer"),
            *self.backward_layer.saved_below("/backward_layer"),
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


def _recurrent(argument: str, layer: Any) -> Any:
    if not isinstance(layer, Layer) or not all(hasattr(layer, name) for name in NAMES):
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


def _apart(sequences: Any, initial_state: Any) -> tuple[Any, Any]:
    """Return the sequence and the states, which may stand behind it in one list."""
    if not isinstance(sequences, list | tuple):
        return sequences, initial_state
    return sequences[0], list(sequences[1:]) or initial_state


def _copy(layer: Any, prefix: str, **changes: Any) -> Any:
    """Return a layer of the same arguments and no weights, under a name of its own."""
    with objects.copying():
        config = {**layer.get_config(), "name": prefix + layer.name.removeprefix(prefix), **changes}
        config.pop("batch_input_shape", None)
        return type(layer).from_config(config)
