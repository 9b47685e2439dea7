"""The Embedding layer."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tidegate import ops, regularizers
from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.layers.arguments import not_yet, sample_shape, whole
from tidegate.layers.symbolic import Tensor
from tidegate.layers.weighted import Weighted
from tidegate.ops import Value
from tidegate.ops.base import Constant
from tidegate.shapes import Shape

__all__ = ["Embedding"]


class Embedding(Weighted):
    """A row of a table for each whole-number code::

        y[b, t] = embeddings[code[b, t]]

    Parameters
    ----------
    input_dim : int
        How many codes there are: the largest code plus 1.
    output_dim : int
        Length D of a row.
    embeddings_initializer : default "uniform"
    mask_zero : bool, default False
        Code 0 is padding: layers above, the loss and the metrics leave those steps out.
    input_length : int, optional
        The timesteps, on a first layer.
    embeddings_regularizer, activity_regularizer : name or object of `tidegate.regularizers`
    embeddings_constraint : name or object of `tidegate.constraints`
    lora_rank and quantization_config are accepted at None.

    Attributes
    ----------
    embeddings : float32 parameter of shape (input_dim, output_dim)

    Call arguments
    --------------
    inputs : (samples, timesteps), whole numbers below `input_dim`

    Returns
    -------
    (samples, timesteps, output_dim)

    Raises
    ------
    ArgumentError
        If a size is below 1.

    Examples
    --------
    >>> import numpy as np
    >>> Embedding(26, 16)(np.array([[1, 25, 0]])).shape
    (1, 3, 16)
    """

    supports_masking = True
    input_dtype: ClassVar[str] = "int32"
    units_axis: ClassVar[str] = "features"
    embeddings: Any

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        self.input_dim = whole("Embedding", "input_dim", input_dim, "Embedding(26, 16)")
        self.output_dim = whole("Embedding", "output_dim", output_dim, "Embedding(26, 16)")
        self.mask_zero = bool(mask_zero)
        self._takes_weight(
            "embeddings", embeddings_initializer, embeddings_regularizer, embeddings_constraint
        )
        not_yet(
            "Embedding",
            lora_rank=(lora_rank, None),
            lora_alpha=(lora_alpha, None),
            quantization_config=(quantization_config, None),
        )
        if weights is not None and getattr(weights, "ndim", 0) == 2:
            weights = [weights]
        super().__init__(weights=weights, **kwargs)

    def _shape_of_length(self, length: Any) -> Shape:
        if isinstance(length, tuple | list):
            return (None, *sample_shape("Embedding", "input_length", length))
        return (None, whole("Embedding", "input_length", length, "Embedding(26, 16, input_length=31)"))

    def build(self, input_shape: Shape) -> None:
        """Make the table."""
        self._make("embeddings", (self.input_dim, self.output_dim))

    def ensure_built(self, input_shape: Shape) -> None:
        """Build once; any length fits."""
        if not self.built:
            super().ensure_built(input_shape)

    def call(self, inputs: Value) -> Value:
        """Record the look-up."""
        if isinstance(inputs.parameter, Constant):  # as places are: the same for each sample
            codes = inputs.parameter.array.astype(int)
            rows = ops.take(self.embeddings.value, codes, axis=0)
            found: Value = rows if codes.ndim == 1 else ops.reshape(rows, (*codes.shape, self.output_dim))
            return found
        if inputs.node is not None and inputs.dtype != "int32" and not _learnt(inputs):
            inputs = ops.codes.record(inputs, below=self.input_dim)
        if inputs.dtype != "int32":
            raise ShapeError(
                complaint(
                    f"Embedding '{self.name}'",
                    say("codes"),
                    say("what another layer computed") if inputs.node else say("an input of dtype float32"),
                    say("put it first in the model") if inputs.node else "Input(shape, dtype='int32')",
                )
            )
        y: Value = ops.embedding(inputs, self.embeddings.value)
        return y

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # type: ignore[override]
        """Return which codes are not padding, or None without `mask_zero`."""
        if not self.mask_zero:
            return None
        return ops.not_equal(inputs, 0) if isinstance(inputs, Value | Tensor) else np.not_equal(inputs, 0)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with one more axis, the features."""
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "mask_zero": self.mask_zero,
        }


def _learnt(value: Value) -> bool:
    """Return whether weights that are trained stand behind a value: it is no code then, which has no gradient."""
    read = (v.parameter for node in ops.ancestors([value]) for v in node.inputs if v is not None)
    return any(getattr(parameter, "trainable", False) for parameter in read)
