"""The LSTM layer."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tidegate import activations, initializers, ops
from tidegate.errors import ShapeError, complaint
from tidegate.layers.base import Layer, not_yet, whole
from tidegate.ops import Value
from tidegate.plan import Parameter
from tidegate.shapes import Shape

__all__ = ["LSTM"]


class LSTM(Layer):
    """Long short-term memory over a sequence.

    With h_0 = c_0 = 0, for t = 1..T::

        i, f, g, o = split(x_t @ kernel + h_{t-1} @ recurrent_kernel + bias, 4)
        c_t = σ(f) * c_{t-1} + σ(i) * φ(g)
        h_t = σ(o) * φ(c_t)

    where φ is `activation` and σ is `recurrent_activation`.

    Parameters
    ----------
    units : int
        Size U of the output and of the cell state. At least 1.
    activation : str or function, default "tanh"
        φ, any function that acts on each number by itself. All of them run at the same speed.
    recurrent_activation : str or function, default "sigmoid"
        σ, of the gates.
    use_bias : bool, default True
    kernel_initializer : default "glorot_uniform"
    recurrent_initializer : default "orthogonal"
    bias_initializer : default "zeros"
    unit_forget_bias : bool, default True
        Start the forget gate's quarter of the bias at 1; the other three follow `bias_initializer`.
    return_sequences : bool, default False
        Give the state at each step instead of the last one.
    go_backwards : bool, default False
        Take the last step first; the output stands in the order of processing.
    input_shape : tuple, optional
        (timesteps, features), on a first layer. None leaves the timesteps open.
    implementation, unroll, use_cudnn : accepted; they change nothing here.
    dropout, recurrent_dropout, return_state, stateful, seed, regularizers, constraints : accepted
        at their defaults.

    Attributes
    ----------
    kernel : float32 parameter of shape (F, 4U), gate order i, f, g, o
    recurrent_kernel : float32 parameter of shape (U, 4U)
    bias : float32 parameter of shape (4U,), or None

    Call arguments
    --------------
    inputs : (samples, timesteps, features)

    Returns
    -------
    (samples, units), or (samples, timesteps, units) with `return_sequences`

    Raises
    ------
    ArgumentError
        If `units` is below 1, an activation is unknown or couples the units (softmax).
    ShapeError
        If the input is not (samples, timesteps, features).

    Notes
    -----
    A step that the mask leaves out carries the state on and repeats the previous output.

    References
    ----------
    Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000.

    Examples
    --------
    >>> import numpy as np
    >>> layer = LSTM(4)
    >>> layer(np.zeros((2, 10, 1))).shape
    (2, 4)
    >>> [w.shape for w in layer.get_weights()]
    [(1, 16), (4, 16), (16,)]
    """

    supports_masking = True
    units_axis: ClassVar[str] = "units"

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
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
        self.units = whole("LSTM", "units", units, "LSTM(32)")
        self.activation = activations.elementwise("LSTM", "activation", activation)
        self.recurrent_activation = activations.elementwise(
            "LSTM", "recurrent_activation", recurrent_activation
        )
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.unit_forget_bias = bool(unit_forget_bias)
        self.return_sequences, self.go_backwards = bool(return_sequences), bool(go_backwards)
        self.unroll, self.seed = bool(unroll), seed
        not_yet(
            "LSTM",
            kernel_regularizer=(kernel_regularizer, None),
            recurrent_regularizer=(recurrent_regularizer, None),
            bias_regularizer=(bias_regularizer, None),
            activity_regularizer=(activity_regularizer, None),
            kernel_constraint=(kernel_constraint, None),
            recurrent_constraint=(recurrent_constraint, None),
            bias_constraint=(bias_constraint, None),
            dropout=(dropout, 0.0),
            recurrent_dropout=(recurrent_dropout, 0.0),
            return_state=(return_state, False),
            stateful=(stateful, False),
            zero_output_for_mask=(zero_output_for_mask, False),
            time_major=(time_major, False),
        )
        self.kernel: Any = None
        self.recurrent_kernel: Any = None
        self.bias: Any = None
        super().__init__(**kwargs)

    def _input_rank(self) -> int:
        return 3

    def build(self, input_shape: Shape) -> None:
        """Make kernel, recurrent_kernel and bias."""
        F, U = self._features(input_shape), self.units
        self.kernel = self.add_weight((F, 4 * U), self.kernel_initializer, "kernel")
        self.recurrent_kernel = self.add_weight((U, 4 * U), self.recurrent_initializer, "recurrent_kernel")
        if self.use_bias:
            self.bias = self.add_weight((4 * U,), self._start_of_bias, "bias")

    def _start_of_bias(self, shape: Shape) -> np.ndarray[Any, Any]:
        U, start = self.units, self.bias_initializer
        if not self.unit_forget_bias:
            return start((4 * U,))
        return np.concatenate([start((U,)), np.ones(U), start((2 * U,))])  # i, f, g and o

    def _features(self, shape: Shape) -> int:
        if len(shape) == 3 and shape[2] is not None:
            return shape[2]
        if len(shape) == 3:
            instead = "give the features a size, as in input_shape=(10, 1); only the timesteps can stay open"
        elif len(shape) == 2:
            instead = (
                "return_sequences=True on the LSTM below; for a table, X[..., None] if its columns are time "
                "steps, X[:, None, :] if they are features of one step; for codes, an Embedding layer first"
            )
        else:
            instead = (
                "input_shape=(timesteps, features), without the samples; below an Embedding, "
                "codes of shape (samples, timesteps)"
            )
        raise ShapeError(
            complaint(
                f"LSTM '{self.name}'", "(samples, timesteps, features)", f"an input of shape {shape}", instead
            )
        )

    def call(self, inputs: Value) -> Value:
        """Record the states over the steps."""
        self._features(inputs.shape)
        y: Value = ops.lstm(
            inputs,
            self.kernel.value,
            self.recurrent_kernel.value,
            self.bias.value if self.use_bias else None,
            inputs.mask,
            activation=self.activation.__name__,
            recurrent_activation=self.recurrent_activation.__name__,
            return_sequences=self.return_sequences,
            go_backwards=self.go_backwards,
        )
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
        return [("/cell", "lstm_cell", self.weights)]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "return_state": False,
            "go_backwards": self.go_backwards,
            "stateful": False,
            "unroll": self.unroll,
            "zero_output_for_mask": False,
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": initializers.serialize(self.recurrent_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "unit_forget_bias": self.unit_forget_bias,
            "kernel_regularizer": None,
            "recurrent_regularizer": None,
            "bias_regularizer": None,
            "activity_regularizer": None,
            "kernel_constraint": None,
            "recurrent_constraint": None,
            "bias_constraint": None,
            "dropout": 0.0,
            "recurrent_dropout": 0.0,
            "seed": self.seed,
        }
