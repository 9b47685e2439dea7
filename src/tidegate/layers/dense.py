"""The Dense layer."""

from __future__ import annotations

from typing import Any, ClassVar

from tidegate import activations, ops
from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.layers.advice import came, sized
from tidegate.layers.arguments import not_yet, whole
from tidegate.layers.weighted import Weighted
from tidegate.ops import Value
from tidegate.shapes import Shape

__all__ = ["Dense", "apply"]


def apply(function: Any, x: Value) -> Value:
    """Record an activation, and nothing for linear."""
    if function is activations.linear:
        return x
    y: Value = function(x)
    return y


class Dense(Weighted):
    """A matrix product over the last axis::

        y = activation(x @ kernel + bias)

    Parameters
    ----------
    units : int
        Size N of the output. At least 1.
    activation : str or function, default None
        linear for regression, sigmoid for two classes, softmax for several.
    use_bias : bool, default True
    kernel_initializer : default "glorot_uniform"
    bias_initializer : default "zeros"
    input_shape, input_dim : optional
        What a first layer is fed with.
    kernel_regularizer, bias_regularizer, activity_regularizer : name or object of `tidegate.regularizers`
    kernel_constraint, bias_constraint : name or object of `tidegate.constraints`
    lora_rank and quantization_config are accepted at None.

    Attributes
    ----------
    kernel : float32 parameter of shape (K, N)
    bias : float32 parameter of shape (N,), or None

    Call arguments
    --------------
    inputs : (samples, ..., K)

    Returns
    -------
    (samples, ..., N): after a sequence, one output for each step

    Raises
    ------
    ArgumentError
        If `units` is below 1 or the activation is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> Dense(2)(np.zeros((5, 10, 4))).shape
    (5, 10, 2)
    """

    supports_masking = True
    units_axis: ClassVar[str] = "outputs"
    kernel: Any
    bias: Any

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        self.units = whole("Dense", "units", units, "Dense(1)")
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self._takes_weight("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self._takes_weight("bias", bias_initializer, bias_regularizer, bias_constraint)
        not_yet(
            "Dense",
            lora_rank=(lora_rank, None),
            lora_alpha=(lora_alpha, None),
            quantization_config=(quantization_config, None),
        )
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias."""
        if len(input_shape) < 2 or input_shape[-1] is None:
            raise ShapeError(
                complaint(
                    f"Dense '{self.name}'",
                    say("a last axis of known size"),
                    came(self, input_shape),
                    sized(self, input_shape),
                )
            )
        self._make("kernel", (input_shape[-1], self.units))
        if self.use_bias:
            self._make("bias", (self.units,))

    def call(self, inputs: Value) -> Value:
        """Record the product and the activation."""
        y = ops.dense(inputs, self.kernel.value, self.bias.value if self.use_bias else None)
        return apply(self.activation, y)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with `units` on the last axis."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
        }
