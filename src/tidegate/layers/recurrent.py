"""What LSTM, GRU and SimpleRNN share: arguments, weights, shapes and masks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from tidegate import activations, ops, regularizers
from tidegate.layers.advice import sequence_wanted
from tidegate.layers.arguments import number, seeded, whole
from tidegate.layers.over_steps import OverSteps, first_shape
from tidegate.layers.weighted import Weighted
from tidegate.ops import Value
from tidegate.ops.recurrent import RecurrentOp
from tidegate.plan import Parameter
from tidegate.shapes import Shape

__all__ = ["Recurrent"]


class Recurrent(Weighted, OverSteps):
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

    op: RecurrentOp
    kernel: Parameter
    recurrent_kernel: Parameter
    bias: Parameter
    bias_initializer: Any
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
        **kwargs: Any,
    ) -> None:
        who = type(self).__name__
        self.units = whole(who, "units", units, f"{who}(32)")
        self.functions = {
            name: activations.elementwise(who, name, function) for name, function in functions.items()
        }
        self.use_bias = bool(use_bias)
        self.seed = seed
        self.dropout, self.recurrent_dropout = (
            number(who, name, share, 0, 1)
            for name, share in (("dropout", dropout), ("recurrent_dropout", recurrent_dropout))
        )
        self.implementation = 1 if self.recurrent_dropout else implementation or 2
        dropped = self.dropout or self.recurrent_dropout
        self._drawn = seeded(who, seed) if dropped else 0
        self._takes_weight("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self._takes_weight(
            "recurrent_kernel", recurrent_initializer, recurrent_regularizer, recurrent_constraint
        )
        self._takes_weight("bias", bias_initializer, bias_regularizer, bias_constraint)
        super().__init__(
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            zero_output_for_mask=zero_output_for_mask,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )

    @property
    def activation(self) -> Any:
        return self.functions["activation"]

    def build(self, input_shape: Shape) -> None:
        """Make kernel, recurrent_kernel and bias."""
        F, U, columns = self._features(input_shape), self.units, self.op.gates * self.units
        self._make("kernel", (F, columns))
        self._make("recurrent_kernel", (U, columns))
        self._make_states()
        if self.use_bias:
            self._make("bias", self._bias_shape(), start=self._start_of_bias)

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.op.gates * self.units,)

    def _start_of_bias(self, shape: Shape) -> Any:
        return self.bias_initializer(shape)

    def _features(self, shape: Shape) -> int:
        if len(shape) == 3 and shape[2] is not None:
            return shape[2]
        raise sequence_wanted(self, shape)

    def run(self, sequences: Value, before: list[Any], training: bool) -> tuple[Value, list[Any]]:
        """Record the op over the steps."""
        handed = self.return_state or self.stateful
        y, *last = self.over(
            sequences, before, training, self.return_sequences, self.go_backwards, return_state=handed
        )
        return y, last

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

    def compute_output_shape(self, input_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return (samples, units), or (samples, timesteps, units); and that of each state where it is handed out."""
        self._features(first_shape(input_shape))
        return super().compute_output_shape(input_shape)

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: in the cell."""
        return [("/cell", self.cell_name, self.weights)]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "units": self.units,
            **{name: activations.serialize(function) for name, function in self.functions.items()},
            "use_bias": self.use_bias,
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
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

    @property
    def state_sizes(self) -> list[Any]:
        return [self.units] * self.op.cells

    @property
    def output_size(self) -> int:
        return self.units


class Gated(Recurrent):
    """Base of the layers whose gates have a function of their own."""

    @property
    def recurrent_activation(self) -> Any:
        return self.functions["recurrent_activation"]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "seed": self.seed}
