"""A Dense layer whose product is said in letters."""

from __future__ import annotations

import re
from typing import Any

from tidegate import activations, ops, regularizers
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.arguments import not_yet, sample_shape
from tidegate.layers.dense import apply
from tidegate.layers.weighted import Weighted
from tidegate.ops import Value
from tidegate.shapes import Shape

__all__ = ["EinsumDense"]

FORMS = (
    r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)",
    r"\.{3}([a-zA-Z]+),([a-zA-Z]+)->\.{3}([a-zA-Z]+)",
    r"([a-zA-Z]{2,})\.{3},([a-zA-Z]+)->([a-zA-Z]+)\.{3}",
)


class EinsumDense(Weighted):
    """activation(einsum(equation, x, kernel) + bias).

    Parameters
    ----------
    equation : str
        "ab,bc->ac", "abc,cd->abd", or with any axes in front or behind: "...x,xy->...y", "ab...,bc->ac...".
    output_shape : int or tuple
        Sizes behind the samples (and behind what "..." in front stands for); None where the input says it.
    activation : str or function, default None
    bias_axes : str, optional
        Letters of the result that the bias has; no bias without.
    kernel_initializer, bias_initializer : default "glorot_uniform", "zeros"
    kernel_regularizer, bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint : default None

    Examples
    --------
    >>> import numpy as np
    >>> EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d")(np.zeros((2, 5, 3))).shape
    (2, 5, 4)
    """

    kernel: Any
    bias: Any

    def __init__(
        self,
        equation: str,
        output_shape: Any,
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        not_yet(
            "EinsumDense",
            lora_rank=(lora_rank, None),
            lora_alpha=(lora_alpha, None),
            quantization_config=(quantization_config, None),
        )
        text = str(equation).replace(" ", "")
        found = [m for m in (re.fullmatch(form, text) for form in FORMS) if m]
        if not found:
            wanted = say("an equation of one input and one kernel")
            raise ArgumentError(complaint("EinsumDense", wanted, repr(equation), "'abc,cd->abd'"))
        self.equation, self.letters = str(equation), found[0].groups()
        self.front = text.startswith("...")
        self.sizes = sample_shape("EinsumDense", "output_shape", output_shape, "output_shape=(None, 64)")
        self.activation, self.bias_axes = activations.get(activation), bias_axes
        if bias_axes is not None and not (
            isinstance(bias_axes, str) and set(bias_axes) <= set(self.letters[2])
        ):
            wanted = say("bias_axes as letters of the output '{letters}'", letters=self.letters[2])
            raise ArgumentError(complaint("EinsumDense", wanted, repr(bias_axes), "bias_axes='d'"))
        self._takes_weight("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self._takes_weight("bias", bias_initializer, bias_regularizer, bias_constraint)
        super().__init__(**kwargs)

    def _shapes(self, shape: Shape) -> tuple[Shape, tuple[int, ...], tuple[int, ...] | None]:
        """Return the shapes of the result, the kernel and the bias."""
        x, w, y = self.letters
        more = len(shape) - len(x)
        elided = shape[1:more] if self.front else shape[len(shape) - more :] if more > 0 else ()
        out = [shape[0], *elided, *self.sizes] if self.front else [shape[0], *self.sizes, *elided]
        at = {c: k - len(x) if self.front else k for k, c in enumerate(x)}
        sizes = {c: shape[k] for c, k in at.items()} if more >= 0 else {}
        place = {c: k + (more if self.front else 0) for k, c in enumerate(y)}
        fits = more >= 0 and max(place.values(), default=0) < len(out)
        for c, k in place.items() if fits else ():
            out[k] = sizes.get(c) if out[k] is None else out[k]
            fits = fits and sizes.get(c, out[k]) in (out[k], None)
            sizes[c] = out[k]
        kernel = tuple(sizes.get(c) for c in w)
        if not fits or None in kernel:
            wanted = say("sizes that fit {equation}", equation=f"'{self.equation}'")
            came = say("{a} and {b}", a=shape, b=self.sizes)
            raise ShapeError(complaint(f"EinsumDense '{self.name}'", wanted, came, "output_shape=(None, 64)"))
        bias = None
        if self.bias_axes:
            first = min(y.index(c) for c in self.bias_axes)
            bias = tuple(sizes[c] or 1 if c in self.bias_axes else 1 for c in y[first:])
            bias += (1,) * (0 if self.front else max(more, 0))
        return tuple(out), tuple(n or 0 for n in kernel), bias

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias."""
        _, kernel, bias = self._shapes(tuple(input_shape))
        self._make("kernel", kernel)
        if bias is not None:
            self._make("bias", bias)

    def call(self, inputs: Value) -> Value:
        """Record the product, the bias and the activation."""
        y = ops.einsum(self.equation, inputs, self.kernel)
        y = y if self.bias is None else ops.add(y, self.bias)
        return apply(self.activation, y)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape that the equation says."""
        return self._shapes(tuple(input_shape))[0]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "equation": self.equation,
            "output_shape": list(self.sizes),
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
        }
