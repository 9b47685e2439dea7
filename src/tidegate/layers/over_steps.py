"""What `RNN` and the layers of its cells share: a sequence is read step by step, and states are handed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.base import Layer
from tidegate.ops import Spec, Value
from tidegate.plan import State, assign
from tidegate.shapes import Shape
from tidegate.utils.nested import leaves, map_nested, pack

__all__ = ["OverSteps", "first_shape"]


class OverSteps(Layer):
    """Base of the layers that read a sequence step by step.

    A subclass says how large its states are (`state_sizes`) and what it gives (`output_size`), and records the steps
    (`run`).

    Parameters
    ----------
    return_sequences, return_state, go_backwards, stateful, unroll, zero_output_for_mask : as in `LSTM`
    time_major : of Keras 2: False alone, as batches are cut along the first axis

    Attributes
    ----------
    states : nest of State in the form of the states, where the layer is stateful; else an empty list
    """

    supports_masking = True
    units_axis: ClassVar[str] = "units"

    def __init__(
        self,
        *,
        return_sequences: bool,
        return_state: bool,
        go_backwards: bool,
        stateful: bool,
        unroll: bool,
        zero_output_for_mask: bool,
        time_major: bool = False,
        **kwargs: Any,
    ) -> None:
        if time_major:
            who, instead = type(self).__name__, say("x.transpose(1, 0, 2), and the layer as it is")
            raise ArgumentError(
                complaint(who, say("the samples on the first axis"), "time_major=True", instead)
            )
        self.return_sequences, self.return_state = bool(return_sequences), bool(return_state)
        self.go_backwards, self.stateful, self.unroll = bool(go_backwards), bool(stateful), bool(unroll)
        self.zero_output_for_mask = bool(zero_output_for_mask)
        self.states: list[Any] = []
        super().__init__(**kwargs)

    # What a subclass says.

    @property
    def state_sizes(self) -> list[Any]:
        """How many numbers each state holds; a list within where a cell of a stack has several."""
        raise NotImplementedError

    @property
    def output_size(self) -> int:
        """How many numbers come out at a step."""
        raise NotImplementedError

    def run(self, sequences: Value, before: list[Any], training: bool) -> tuple[Value, list[Any]]:
        """Record the steps; return the outputs and the last states, which may be left out where nothing asks for them.

        Parameters
        ----------
        sequences : Value with its mask
        before : the states before the first step, in the form of `state_sizes`; empty for the cell's own
        """
        raise NotImplementedError

    # What follows from it.

    def _input_rank(self) -> int:
        return 3

    @property
    def _who(self) -> str:
        return f"{type(self).__name__} '{self.name}'"

    def ensure_built(self, input_shape: Any) -> None:
        """Build for the sequence, the first of several inputs."""
        super().ensure_built(first_shape(input_shape))

    def _make_states(self) -> None:
        """Make what is carried over batches, where the layer is stateful."""
        if self.stateful:
            self.states = map_nested(lambda n: State(self._who, n), self.state_sizes)

    def call(
        self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        """Record the steps from `initial_state` on; `sequences` carries its mask itself."""
        if isinstance(sequences, list | tuple):
            sequences, *given = sequences
            initial_state = given or initial_state
        if initial_state is None:
            before = map_nested(lambda state: state.now, self.states)
        else:
            given = leaves(initial_state)
            self._check_states(given)
            before = pack(self.state_sizes, given)
        y, last = self.run(sequences, before, training)
        for state, new in zip(leaves(self.states), leaves(last), strict=False):
            assign(y, state, new if new.node is not None else ops.activation(new, function="linear"))
        if sequences.mask is not None:
            if self.zero_output_for_mask:
                y = zeroed(y, sequences.mask, self.go_backwards)
            elif before:
                y = begun(y, sequences.mask, self.go_backwards)
        return [y, *last] if self.return_state else y

    def _check_states(self, given: Sequence[Any]) -> None:
        """Raise where these are not the states before the first step."""
        sizes = leaves(self.state_sizes)
        if len(given) == len(sizes) and all(
            tuple(v.shape[1:]) == (n,) for v, n in zip(given, sizes, strict=True)
        ):
            return
        if len(set(sizes)) == 1:
            expected = say("{n} initial states of shape (samples, {units})", n=len(sizes), units=sizes[0])
        else:
            each = ", ".join(f"(samples, {n})" for n in sizes)
            expected = say("initial states of the shapes {shapes}", shapes=each)
        ways = "`initial_state=h`" if len(sizes) == 1 else "`initial_state=[h, c]`"
        if len(given) == len(sizes):
            ways = say("`Dense({units})` on each of them", units=sizes[0])
        elif len(sizes) > 2:
            ways = say("`return_state=True` on the layer that they come from")
        came = ", ".join(str(tuple(v.shape)) for v in given) or say("none")
        raise ShapeError(complaint(self._who, expected, came, ways))

    def reset_states(self, states: Any = None) -> None:
        """Let the next batch start from zeros, or from these states, (samples, size) each."""
        kept = leaves(self.states)
        if states is None:
            for state in kept:
                state.reset()
            return
        given = leaves(states)
        if len(given) != len(kept):
            names = ["h", "c", "h2", "c2"][: len(kept)]
            came = say("{n} states", n=len(given)) if self.stateful else "stateful=False"
            instead = f"`layer.reset_states([{', '.join(names)}])`" if kept else "`stateful=True`"
            count = len(leaves(self.state_sizes))
            raise ArgumentError(
                complaint(self._who, say("stateful=True and {n} states", n=count), came, instead)
            )
        for state, value in zip(kept, given, strict=True):
            state.reset(value)

    def reset_state(self, states: Any = None) -> None:
        """Do what `reset_states` does."""
        self.reset_states(states)

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return zeros for so many samples, an array for each state."""
        return map_nested(lambda n: np.zeros((batch_size, n), np.float32), self.state_sizes)  # type: ignore[no-any-return]

    def compute_mask(self, mask: Any) -> Any:
        """Return the mask where there is an output at each step; states have none."""
        mask = (mask[0] if isinstance(mask, list | tuple) else mask) if self.return_sequences else None
        return [mask, *[None] * len(leaves(self.state_sizes))] if self.return_state else mask

    def compute_output_shape(self, input_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return (samples, units), or (samples, timesteps, units); and that of each state where it is handed out."""
        batch, steps, *_ = first_shape(input_shape)
        units = self.output_size
        y = (batch, steps, units) if self.return_sequences else (batch, units)
        return [y, *map_nested(lambda n: (batch, n), self.state_sizes)] if self.return_state else y

    def compute_output_spec(self, x: Any, initial_state: Any = None, **more: Any) -> Any:
        """Return shape and type of each tensor that comes out for symbolic ones, states before them included."""
        given = x[1:] if isinstance(x, list | tuple) and len(x) > 1 else initial_state
        if given is not None:
            self._check_states(leaves(given))
        made = self.compute_output_shape(map_nested(lambda t: t.shape, x))
        if not self.return_state:
            return Spec(made)
        batch = made[0][0]
        return [Spec(made[0]), *map_nested(lambda n: Spec((batch, n)), self.state_sizes)]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "zero_output_for_mask": self.zero_output_for_mask,
        }


def first_shape(shape: Any) -> Shape:
    """Return the shape of the sequence, where states may stand behind it."""
    several = isinstance(shape, list) or (bool(shape) and isinstance(shape[0], tuple | list))
    return tuple(shape[0]) if several and isinstance(shape[0], tuple | list) else tuple(shape)


def zeroed(y: Value, mask: Value, backwards: bool) -> Value:
    """Return outputs of all steps, in the order of processing, or of the last one: 0 where the mask is."""
    found: Value
    if len(y.shape) == 3:
        found = ops.zero_masked(y, ops.reverse(mask) if backwards else mask)
    else:
        found = ops.where(mask[:, :1] if backwards else mask[:, -1:], y, 0.0)
    return found


def begun(y: Value, mask: Value, backwards: bool) -> Value:
    """Return such outputs: 0 before the first step that counts, as no output is there yet to be repeated."""
    found: Value
    if len(y.shape) == 3:
        found = ops.zero_masked(y, ops.cumsum(ops.reverse(mask) if backwards else mask, axis=1))
    else:
        found = ops.where(ops.sum(mask, axis=1, keepdims=True), y, 0.0)
    return found
