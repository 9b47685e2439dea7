"""What LSTM, GRU and SimpleRNN share: arguments, weights, shapes and masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from tidegate import activations, constraints, initializers, ops, regularizers
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.advice import sequence_wanted
from tidegate.layers.arguments import whole
from tidegate.layers.base import Layer
from tidegate.ops import Value
from tidegate.ops.recurrent import RecurrentOp
from tidegate.plan import Parameter, State, assign
from tidegate.shapes import Shape
from tidegate.utils.random import draw_seed

__all__ = ["Recurrent", "begun", "first_shape", "zeroed"]


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


class Recurrent(Layer):
    """Base of the recurrent layers: a subclass names its op, and the functions that the op takes.

    Parameters
    ----------
    units : int
        Size U of the state.
    functions : the activations of the op by name, in the order in which Keras writes them
    use_bias, kernel_initializer, recurrent_initializer, bias_initializer : as in `LSTM`
    the others : as in `LSTM`

    Attributes
    ----------
    states : list of State, one for each state of a unit, where the layer is stateful; else empty
    """

    supports_masking = True
    units_axis: ClassVar[str] = "units"
    op: RecurrentOp
    cell_name: ClassVar[str]  # in files of Keras

    def __init__(
        self,
        units: int,
        functions: Mapping[str, Any],
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        /,
        *,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        use_cudnn: Any = "auto",
        implementation: int | None = None,
        zero_output_for_mask: bool = False,
        time_major: bool = False,
        **kwargs: Any,
    ) -> None:
        who = type(self).__name__
        self.units = whole(who, "units", units, f"{who}(32)")
        self.functions = {
            name: activations.elementwise(who, name, function) for name, function in functions.items()
        }
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.return_sequences, self.go_backwards = bool(return_sequences), bool(go_backwards)
        self.zero_output_for_mask = bool(zero_output_for_mask)
        self.return_state, self.stateful = bool(return_state), bool(stateful)
        self.unroll, self.seed = bool(unroll), seed
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout, self.recurrent_dropout = (
            _share(who, name, share)
            for name, share in (("dropout", dropout), ("recurrent_dropout", recurrent_dropout))
        )
        self.implementation = 1 if self.recurrent_dropout else implementation or 2
        dropped = self.dropout or self.recurrent_dropout
        self._drawn = 0 if not dropped else draw_seed() if seed is None else int(seed)
        self.states: list[State] = []
        if time_major:
            instead = say("x.transpose(1, 0, 2), and the layer as it is")
            raise ArgumentError(
                complaint(who, say("the samples on the first axis"), "time_major=True", instead)
            )
        self.kernel: Any = None
        self.recurrent_kernel: Any = None
        self.bias: Any = None
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)

    @property
    def activation(self) -> Any:
        return self.functions["activation"]

    def _input_rank(self) -> int:
        return 3

    def ensure_built(self, input_shape: Any) -> None:
        """Build for the sequence, the first of several inputs."""
        super().ensure_built(first_shape(input_shape))

    def build(self, input_shape: Shape) -> None:
        """Make kernel, recurrent_kernel and bias."""
        F, U, columns = self._features(input_shape), self.units, self.op.gates * self.units
        self.kernel = self.add_weight(
            (F, columns),
            self.kernel_initializer,
            "kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            (U, columns),
            self.recurrent_initializer,
            "recurrent_kernel",
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        if self.stateful:
            who = f"{type(self).__name__} '{self.name}'"
            self.states = [State(who, self.units) for _ in range(self.op.cells)]
        if self.use_bias:
            self.bias = self.add_weight(
                self._bias_shape(),
                self._start_of_bias,
                "bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.op.gates * self.units,)

    def _start_of_bias(self, shape: Shape) -> np.ndarray[Any, Any]:
        return self.bias_initializer(shape)

    def _features(self, shape: Shape) -> int:
        if len(shape) == 3 and shape[2] is not None:
            return shape[2]
        raise sequence_wanted(self, shape)

    def call(
        self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        """Record the states over the steps, from `initial_state` on; `sequences` carries its mask itself."""
        if isinstance(sequences, list | tuple):
            sequences, *given = sequences
            initial_state = given or initial_state
        handed = self.return_state or self.stateful
        given = self._before(initial_state)
        y, *last = self.over(
            sequences, given, training, self.return_sequences, self.go_backwards, return_state=handed
        )
        for state, new in zip(self.states, last, strict=False):
            assign(y, state, new)
        if sequences.mask is not None:
            if self.zero_output_for_mask:
                y = zeroed(y, sequences.mask, self.go_backwards)
            elif given:
                y = begun(y, sequences.mask, self.go_backwards)
        return [y, *last] if self.return_state else y

    def over(
        self,
        sequences: Value,
        before: list[Value | None],
        training: bool,
        return_sequences: bool,
        go_backwards: bool,
        return_state: bool = True,
    ) -> tuple[Value, ...]:
        """Record the op: the outputs, then the last states where they are asked for."""
        self._features(sequences.shape)
        x, drops = self._drop(sequences) if training else (sequences, {})
        made = self.op.record(
            x,
            self.kernel.value,
            self.recurrent_kernel.value,
            self.bias.value if self.use_bias else None,
            sequences.mask,
            *before,
            *[None] * (2 - len(before)),
            drops.get("x"),
            drops.get("h"),
            **{name: function.__name__ for name, function in self.functions.items()},
            return_sequences=return_sequences,
            go_backwards=go_backwards,
            **({"return_state": True} if return_state else {}),
        )
        return made if isinstance(made, tuple) else (made,)

    def _before(self, initial_state: Any) -> list[Value | None]:
        """Return the states before the first step: those given, those of the batch before, or None for zeros."""
        if initial_state is None:
            return [state.value for state in self.states]
        given = list(initial_state) if isinstance(initial_state, list | tuple) else [initial_state]
        self._check_states(given)
        return given

    def compute_output_spec(self, x: Any, initial_state: Any = None, **more: Any) -> Any:
        """Return shape and type of each tensor that comes out for symbolic ones, states before them included."""
        given = x[1:] if isinstance(x, list | tuple) and len(x) > 1 else initial_state
        if given is not None:
            self._check_states(list(given) if isinstance(given, list | tuple) else [given])
        return super().compute_output_spec(x, **more)

    def _check_states(self, given: Sequence[Any]) -> None:
        """Raise where these are not the states before the first step."""
        if len(given) == self.op.cells and all(tuple(v.shape[1:]) == (self.units,) for v in given):
            return
        who = f"{type(self).__name__} '{self.name}'"
        expected = say("{n} initial states of shape (samples, {units})", n=self.op.cells, units=self.units)
        ways = "`initial_state=[h, c]`" if self.op.cells == 2 else "`initial_state=h`"
        if len(given) == self.op.cells:
            ways = say("`Dense({units})` on each of them", units=self.units)
        raise ShapeError(
            complaint(who, expected, ", ".join(str(tuple(v.shape)) for v in given) or say("none"), ways)
        )

    def _drop(self, x: Value) -> tuple[Value, dict[str, Value]]:
        """Return the input less what is dropped of it at all steps, and what is dropped for each gate by itself."""

        def keep(shape: tuple[int, ...], rate: float, seed: int) -> Value:
            kept = ops.random(x, shape=shape, kind="keep", seed=seed % 2**63, rate=rate)
            found: Value = ops.multiply(kept, 1 / (1 - rate) if rate < 1 else 0.0)
            return found

        drops: dict[str, Value] = {}
        F, gates = self._features(x.shape), self.op.gates
        if self.recurrent_dropout:
            drops["h"] = keep((gates * self.units,), self.recurrent_dropout, self._drawn + 1)
        if self.dropout and self.implementation == 1:
            drops["x"] = keep((gates * F,), self.dropout, self._drawn)
        elif self.dropout:
            x = ops.multiply(x, keep((1, F), self.dropout, self._drawn))
        return x, drops

    def reset_states(self, states: Any = None) -> None:
        """Let the next batch start from zeros, or from these states, (samples, units) each."""
        if states is None:
            for state in self.states:
                state.reset()
            return
        given = list(states) if isinstance(states, list | tuple) else [states]
        if len(given) != len(self.states):
            who = f"{type(self).__name__} '{self.name}'"
            came = say("{n} states", n=len(given)) if self.stateful else "stateful=False"
            code = "layer.reset_states([h, c])" if self.op.cells == 2 else "layer.reset_states([h])"
            instead = code if self.stateful else f"{type(self).__name__}({self.units}, stateful=True)"
            raise ArgumentError(
                complaint(who, say("stateful=True and {n} states", n=self.op.cells), came, instead)
            )
        for state, value in zip(self.states, given, strict=False):
            state.reset(value)

    reset_state = reset_states

    def compute_mask(self, mask: Any) -> Any:
        """Return the mask where there is an output at each step; states have none."""
        mask = (mask[0] if isinstance(mask, list | tuple) else mask) if self.return_sequences else None
        return [mask, *[None] * self.op.cells] if self.return_state else mask

    def compute_output_shape(self, input_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return (samples, units), or (samples, timesteps, units); and that of each state where it is handed out."""
        batch, steps, *_ = shape = first_shape(input_shape)
        self._features(shape)
        y = (batch, steps, self.units) if self.return_sequences else (batch, self.units)
        return [y, *[(batch, self.units)] * self.op.cells] if self.return_state else y

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: in the cell."""
        return [("/cell", self.cell_name, self.weights)]

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
            "units": self.units,
            **{name: activations.serialize(function) for name, function in self.functions.items()},
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": initializers.serialize(self.recurrent_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "recurrent_regularizer": regularizers.serialize(self.recurrent_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "recurrent_constraint": constraints.serialize(self.recurrent_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
        }

    # What Keras has in a cell of its own, and scripts read there.

    @property
    def cell(self) -> Any:
        """What computes one step: the layer itself, which holds the weights."""
        return self

    @property
    def state_size(self) -> Any:
        """The numbers of a state, or of each of two."""
        return self.units if self.op.cells == 1 else [self.units] * self.op.cells

    def get_initial_state(self, batch_size: int) -> list[np.ndarray[Any, Any]]:
        """Return zeros for so many samples, an array for each state."""
        return [np.zeros((batch_size, self.units), np.float32) for _ in range(self.op.cells)]


class Gated(Recurrent):
    """Base of the layers whose gates have a function of their own."""

    @property
    def recurrent_activation(self) -> Any:
        return self.functions["recurrent_activation"]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "seed": self.seed}


def first_shape(shape: Any) -> Shape:
    """Return the shape of the sequence, where states may stand behind it."""
    several = isinstance(shape, list) or (bool(shape) and isinstance(shape[0], tuple | list))
    return tuple(shape[0]) if several and isinstance(shape[0], tuple | list) else tuple(shape)


def _share(who: str, name: str, share: Any) -> float:
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise ArgumentError(
            complaint(
                who,
                say("{name} from {least} to {most}", name=name, least=0, most=1),
                repr(share),
                f"{name}=0.2",
            )
        )
    return float(share)
