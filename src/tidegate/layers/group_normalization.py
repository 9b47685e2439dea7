"""Normalization of each sample by groups of its features, and by the root of the mean square."""

from __future__ import annotations

from typing import Any

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.arguments import number
from tidegate.layers.weighted import Weighted
from tidegate.ops import Value
from tidegate.shapes import Shape

__all__ = ["GroupNormalization", "RMSNormalization"]


class GroupNormalization(Weighted):
    """Each group of features of a sample, over all its steps, with mean 0 and variance 1 (Wu and He 2018)::

        y = gamma (x - mean) / sqrt(variance + epsilon) + beta

    Parameters
    ----------
    groups : int, default 32
        Parts that the features are cut into; -1 for one each.
    axis : int, default -1
        The axis of the features.
    epsilon : float, default 0.001
    center, scale : bool, default True
        Whether there is a beta, and a gamma.
    beta_initializer, gamma_initializer : default "zeros", "ones"
    beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint : default None

    Examples
    --------
    >>> import numpy as np
    >>> GroupNormalization(2)(np.array([[[0.0, 2.0, 5.0, 5.0]]])).round(2).tolist()
    [[[-1.0, 1.0, 0.0, 0.0]]]
    """

    supports_masking = True
    gamma: Any
    beta: Any

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        who = type(self).__name__
        if isinstance(groups, bool) or not isinstance(groups, int) or (groups < 1 and groups != -1):
            raise ArgumentError(complaint(who, say("groups of at least 1, or -1"), repr(groups), "groups=4"))
        if isinstance(axis, bool) or not isinstance(axis, int) or axis == 0:
            raise ArgumentError(
                complaint(who, say("one axis that is not the samples'"), repr(axis), "axis=-1")
            )
        self.groups, self.axis, self.epsilon = groups, axis, number(who, "epsilon", epsilon, 0)
        self.center, self.scale = bool(center), bool(scale)
        self._takes_weight("beta", beta_initializer, beta_regularizer, beta_constraint)
        self._takes_weight("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)
        super().__init__(**kwargs)

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta."""
        features = input_shape[self.axis]
        groups = features if self.groups == -1 else self.groups
        if features is None or groups is None or features % groups:
            wanted = say("features that {n} groups divide", n=self.groups)
            came = say("shape {shape}", shape=input_shape)
            raise ShapeError(complaint(f"GroupNormalization '{self.name}'", wanted, came, "groups=-1"))
        self.groups = groups
        if self.scale:
            self._make("gamma", (features,))
        if self.center:
            self._make("beta", (features,))

    def call(self, inputs: Value) -> Value:
        """Record the normalization."""
        shape = tuple(inputs.shape)
        a = self.axis % len(shape)
        cut = (*shape[:a], self.groups, (shape[a] or 0) // self.groups, *shape[a + 1 :])
        x = ops.reshape(inputs, (-1, *cut[1:]))
        over = tuple(k for k in range(1, len(cut)) if k != a)
        z = ops.subtract(x, ops.mean(x, axis=over, keepdims=True))
        variance = ops.mean(ops.square(z), axis=over, keepdims=True)
        y = ops.multiply(z, ops.rsqrt(ops.add(variance, self.epsilon)))
        y = ops.reshape(y, (-1, *shape[1:]))
        along = tuple(shape[a] if k == a else 1 for k in range(1, len(shape)))
        if self.scale:
            y = ops.multiply(y, ops.reshape(self.gamma, along))
        if self.center:
            y = ops.add(y, ops.reshape(self.beta, along))
        found: Value = y
        return found

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the same shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "groups": self.groups,
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
        }


class RMSNormalization(Weighted):
    """x scale / sqrt(mean of x² + epsilon) (Zhang and Sennrich 2019).

    Parameters
    ----------
    axis : int or several, default -1
        Over which the mean is taken.
    epsilon : float, default 1e-6

    Examples
    --------
    >>> import numpy as np
    >>> RMSNormalization()(np.array([[3.0, -3.0]])).round(2).tolist()
    [[1.0, -1.0]]
    """

    supports_masking = True
    scale: Any

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        several = tuple(axis) if isinstance(axis, tuple | list) else (axis,)
        if any(isinstance(a, bool) or not isinstance(a, int) or a == 0 for a in several) or not several:
            who = type(self).__name__
            wanted = say("axis as whole numbers that are not 0")
            raise ArgumentError(complaint(who, wanted, repr(axis), "axis=-1"))
        self.axis: Any = sorted(several)
        self.epsilon = number(type(self).__name__, "epsilon", epsilon, 0)
        self._takes_weight("scale", "ones", alone=True)
        super().__init__(**kwargs)

    def build(self, input_shape: Shape) -> None:
        """Make scale."""
        self._make("scale", tuple(input_shape[a] or 0 for a in self.axis))

    def call(self, inputs: Value) -> Value:
        """Record the normalization."""
        rank = len(inputs.shape)
        over = tuple(a % rank for a in self.axis)
        square = ops.mean(ops.square(inputs), axis=over, keepdims=True)
        along = tuple(inputs.shape[k] if k in over else 1 for k in range(1, rank))
        y: Value = ops.multiply(inputs, ops.rsqrt(ops.add(square, self.epsilon)))
        return ops.multiply(y, ops.reshape(self.scale, along))  # type: ignore[no-any-return]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the same shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        config = super().get_config()
        config.pop("scale_initializer")
        return {**config, "axis": list(self.axis) if self.built else self._said(), "epsilon": self.epsilon}

    def _said(self) -> Any:
        return self.axis[0] if len(self.axis) == 1 else list(self.axis)
