"""What LSTM, GRU and SimpleRNN share: arguments, weights, shapes and masks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from tidegate import activations, constraints, initializers, ops, regularizers
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.layers.base import Layer, not_yet, whole
from tidegate.ops import Value
from tidegate.ops.recurrent import RecurrentOp
from tidegate.plan import Parameter
from tidegate.shapes import Shape

__all__ = ["Recurrent"]


class Recurrent(Layer):
    """Base of the recurrent layers: a subclass names its op, and the functions that the op takes.

    Parameters
    ----------
    units : int
        Size U of the state.
    functions : the activations of the op by name, in the order in which Keras writes them
    use_bias, kernel_initializer, recurrent_initializer, bias_initializer : as in `LSTM`
    return_sequences, go_backwards, zero_output_for_mask : as in `LSTM`
    """

    supports_masking = True
    units_axis: ClassVar[str] = "units"
    op: ClassVar[RecurrentOp]

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
        self.unroll, self.seed = bool(unroll), seed
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        not_yet(
            who,
            dropout=(dropout, 0.0),
            recurrent_dropout=(recurrent_dropout, 0.0),
            return_state=(return_state, False),
            stateful=(stateful, False),
            time_major=(time_major, False),
        )
        if self.zero_output_for_mask and not self.return_sequences:
            raise ArgumentError(
                complaint(who, "return_sequences=True with zero_output_for_mask", "the last output alone")
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
        who = type(self).__name__
        if len(shape) == 3 and shape[2] is not None:
            return shape[2]
        if len(shape) == 3:
            instead = "give the features a size, as in input_shape=(10, 1); only the timesteps can stay open"
        elif len(shape) == 2:
            instead = (
                f"return_sequences=True on the {who} below; for a table, X[..., None] if its columns are "
                "time steps, X[:, None, :] if they are features of one step; for codes, an Embedding layer "
                "first"
            )
        else:
            instead = (
                "input_shape=(timesteps, features), without the samples; below an Embedding, "
                "codes of shape (samples, timesteps)"
            )
        raise ShapeError(
            complaint(
                f"{who} '{self.name}'",
                "(samples, timesteps, features)",
                f"an input of shape {shape}",
                instead,
            )
        )

    def call(self, inputs: Value) -> Value:
        """Record the states over the steps."""
        self._features(inputs.shape)
        mask = inputs.mask
        y: Value = self.op(
            inputs,
            self.kernel.value,
            self.recurrent_kernel.value,
            self.bias.value if self.use_bias else None,
            mask,
            **{name: function.__name__ for name, function in self.functions.items()},
            return_sequences=self.return_sequences,
            go_backwards=self.go_backwards,
        )
        if self.zero_output_for_mask and mask is not None:  # y stands in the order of processing
            y = ops.zero_masked(y, ops.reverse(mask) if self.go_backwards else mask)
        return y

    def compute_mask(self, mask: Value | None) -> Value | None:
        """Return the mask where there is an output at each step."""
        return mask if self.return_sequences else None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (samples, units), or (samples, timesteps, units)."""
        self._features(input_shape)
        if self.return_sequences:
            return (input_shape[0], input_shape[1], self.units)
        return (input_shape[0], self.units)

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: in the cell."""
        return [("/cell", f"{self.op.name}_cell", self.weights)]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "return_state": False,
            "go_backwards": self.go_backwards,
            "stateful": False,
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
            "dropout": 0.0,
            "recurrent_dropout": 0.0,
        }


class Gated(Recurrent):
    """Base of the layers whose gates have a function of their own."""

    @property
    def recurrent_activation(self) -> Any:
        return self.functions["recurrent_activation"]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "seed": self.seed}
