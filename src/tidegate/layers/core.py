"""Masking, Identity and Lambda: which steps count, nothing at all, and a function of one's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.advice import came
from tidegate.layers.base import Layer
from tidegate.layers.symbolic import Tensor
from tidegate.ops import Value
from tidegate.utils.objects import is_copying

__all__ = ["Identity", "Lambda", "Masking"]


class Masking(Layer):
    """Leaves out the steps at which all features equal a value: in the layers above, the loss and the metrics.

    Parameters
    ----------
    mask_value : float, default 0

    Call arguments
    --------------
    inputs : (samples, timesteps, features)

    Returns
    -------
    The inputs, with zeros at the steps that are left out

    Examples
    --------
    >>> import numpy as np
    >>> from tidegate.layers import GlobalAveragePooling1D
    >>> from tidegate.models import Sequential
    >>> model = Sequential([Masking(-1.0, input_shape=(3, 1)), GlobalAveragePooling1D()])
    >>> model.predict(np.array([[[2.0], [4.0], [-1.0]]]), verbose=0)
    array([[3.]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        number = np.ndim(mask_value) == 0 and np.asarray(mask_value).dtype.kind in "iuf"
        if not number:
            raise ArgumentError(
                complaint("Masking", say("a number as mask_value"), repr(mask_value), "Masking(0.0)")
            )
        self.mask_value = float(mask_value)
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record which steps count, and zeros at the others."""
        if len(inputs.shape) != 3:
            raise ShapeError(
                complaint(
                    f"Masking '{self.name}'",
                    "(samples, timesteps, features)",
                    came(self, inputs.shape),
                    say("Embedding(..., mask_zero=True) for codes"),
                )
            )
        mask = self.compute_mask(inputs)
        y: Value = ops.zero_masked(inputs, mask)
        y.mask = mask
        return y

    def _pass_masks(self, x: Any, y: Any, masks: list[Value | None]) -> Any:
        return y  # `call` has set its mask

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # type: ignore[override]
        """Return which steps count."""
        if isinstance(inputs, Value | Tensor):
            return ops.max(ops.not_equal(inputs, self.mask_value), axis=-1)
        return np.any(np.not_equal(inputs, self.mask_value), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "mask_value": self.mask_value}


class Identity(Layer):
    """Passes its input on.

    Examples
    --------
    >>> import numpy as np
    >>> Identity()(np.ones((1, 2)))
    array([[1., 1.]], dtype=float32)
    """

    carries = True
    supports_masking = True

    def call(self, inputs: Value) -> Value:
        """Pass the input on."""
        return inputs


class Lambda(Layer):
    """A function of one's own, made of the functions of `tidegate.ops` and operators.

    It runs once for each shape, while a model is recorded, and its gradient follows from what it is made of. A model
    with a Lambda cannot be saved whole, since a file never holds code: save its weights, or write a Layer.

    Parameters
    ----------
    function : callable
        Given what comes in, and `mask` and `training` if it takes arguments of these names.
    output_shape : tuple or function, optional
        Accepted; the shape is found by recording the function.
    mask : optional
        A function of (inputs, mask) that gives the mask of what comes out, or the mask itself.
    arguments : dict, optional
        Further arguments, by name.

    Examples
    --------
    >>> import numpy as np
    >>> Lambda(lambda x: 2 * x + 1)(np.array([[1.0, 2.0]]))
    array([[3., 5.]], dtype=float32)
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: Any = None,
        **kwargs: Any,
    ) -> None:
        if not callable(function):
            raise ArgumentError(
                complaint("Lambda", say("a function"), repr(function), "Lambda(lambda x: 2 * x)")
            )
        if arguments is not None and not isinstance(arguments, Mapping):
            expected = say("{name} as a dict", name="arguments")
            raise ArgumentError(complaint("Lambda", expected, repr(arguments), "arguments={'scale': 2}"))
        self.function, self.mask, self.arguments = function, mask, dict(arguments or {})
        self._output_shape = output_shape
        self._also = [n for n in ("mask", "training") if n in _named(function)]
        self.supports_masking = mask is not None
        super().__init__(**kwargs)

    def call(self, inputs: Any, mask: Any = None, training: bool = False) -> Any:
        """Record the function."""
        known = {"mask": mask, "training": training}
        return self.function(inputs, **self.arguments, **{name: known[name] for name in self._also})

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # type: ignore[override]
        """Return what `mask` says."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        """Refuse: a description is data, and a function is not. One for a copy holds the function itself."""
        if is_copying():
            own = {"function": self.function, "mask": self.mask, "arguments": self.arguments}
            return {**super().get_config(), **own, "output_shape": self._output_shape}
        raise ArgumentError(
            complaint(
                f"Lambda '{self.name}'",
                say("no description, as a file never holds code"),
                "get_config",
                say("save_weights alone, or a Layer of your own with the same ops"),
            )
        )


def _named(function: Callable[..., Any]) -> set[str]:
    """Return the names of the arguments of a function, none for one that does not tell."""
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return set()
