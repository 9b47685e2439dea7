"""Normalization: of the features of a step, of a batch, or of the length of a vector."""

from __future__ import annotations

from typing import Any

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.arguments import not_yet, number
from tidegate.layers.base import Layer
from tidegate.layers.weighted import Weighted
from tidegate.ops import Value
from tidegate.plan import assign
from tidegate.shapes import Shape

__all__ = ["BatchNormalization", "LayerNormalization", "UnitNormalization"]

_FLOOR = 1e-7  # what Keras adds to the number of steps that count


def _axes(layer: Layer, axis: Any, shape: Shape) -> tuple[int, ...]:
    """Return axes as places from 1 on, in order, all of a known size."""
    given = axis if isinstance(axis, list | tuple) else [axis]
    rank = len(shape)
    found = tuple(sorted(a + rank if a < 0 else a for a in given))
    if any(not 1 <= a < rank for a in found) or len(set(found)) < len(found):
        raise ShapeError(
            complaint(
                f"{type(layer).__name__} '{layer.name}'",
                say("axes from 1 to {last}", last=rank - 1),
                f"axis={axis!r}",
                "`axis=-1`",
            )
        )
    if any(shape[a] is None for a in found):
        raise ShapeError(
            complaint(
                f"{type(layer).__name__} '{layer.name}'",
                say("known sizes on axis {axis}", axis=axis),
                say("an input of shape {shape}", shape=shape),
                "input_shape=(timesteps, features)",
            )
        )
    return found


def _axis_argument(who: str, axis: Any) -> Any:
    listed = list(axis) if isinstance(axis, list | tuple) else [axis]
    if not listed or any(isinstance(a, bool) or not isinstance(a, int) for a in listed):
        raise ArgumentError(
            complaint(who, say("axis as a whole number, or a list of them"), repr(axis), "axis=-1")
        )
    return listed if isinstance(axis, list | tuple) else axis


def _brought_last(x: Value, axes: tuple[int, ...]) -> tuple[Value, tuple[int, ...]]:
    """Return x with these axes behind the others, and the order that brings them back."""
    rank = len(x.shape)
    order = (*(a for a in range(rank) if a not in axes), *axes)
    back = tuple(order.index(a) for a in range(rank))
    return (x if order == tuple(range(rank)) else ops.transpose(x, axes=order)), back


def _brought_back(y: Value, back: tuple[int, ...]) -> Value:
    return y if back == tuple(range(len(back))) else ops.transpose(y, axes=back)


class LayerNormalization(Weighted):
    """Each step by itself with mean 0 and variance 1, then scaled and shifted (Ba et al. 2016)::

        y = gamma (x - mean x) / sqrt(var x + epsilon) + beta

    Parameters
    ----------
    axis : int or list of int, default -1
        What mean and variance are taken over.
    epsilon : float, default 0.001
    center, scale : bool, default True
        Whether there is a beta, and a gamma.
    beta_initializer, gamma_initializer : default "zeros", "ones"
    beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint : default None

    Attributes
    ----------
    gamma, beta : float32 parameters of the sizes of `axis`, or None

    Examples
    --------
    >>> import numpy as np
    >>> LayerNormalization()(np.array([[1.0, 3.0]])).round(2)
    array([[-1.,  1.]], dtype=float32)
    """

    supports_masking = True
    gamma: Any
    beta: Any

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 0.001,
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
        not_yet("LayerNormalization", rms_scaling=(kwargs.pop("rms_scaling", False), False))
        self.axis = _axis_argument("LayerNormalization", axis)
        self.epsilon = number("LayerNormalization", "epsilon", epsilon, 0)
        self.center, self.scale = bool(center), bool(scale)
        self._takes_weight("beta", beta_initializer, beta_regularizer, beta_constraint)
        self._takes_weight("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)
        super().__init__(**kwargs)

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta."""
        shape = tuple(input_shape[a] or 0 for a in _axes(self, self.axis, input_shape))
        if self.scale:
            self._make("gamma", shape)
        if self.center:
            self._make("beta", shape)

    def call(self, inputs: Value) -> Value:
        """Record the normalization."""
        axes = _axes(self, self.axis, inputs.shape)
        gamma = self.gamma.value if self.scale else None
        beta = self.beta.value if self.center else None
        x, back = _brought_last(inputs, axes)
        if len(axes) == 1:
            y: Value = ops.layer_norm(x, gamma, beta, epsilon=self.epsilon)
        else:
            over = tuple(range(len(x.shape) - len(axes), len(x.shape)))
            z = ops.subtract(x, ops.mean(x, axis=over, keepdims=True))
            variance = ops.mean(ops.square(z), axis=over, keepdims=True)
            y = ops.multiply(z, ops.rsqrt(ops.add(variance, self.epsilon)))
            y = y if gamma is None else ops.multiply(y, gamma)
            y = y if beta is None else ops.add(y, beta)
        return _brought_back(y, back)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "rms_scaling": False,
        }


class BatchNormalization(Weighted):
    """Each feature over the whole batch with mean 0 and variance 1, then scaled and shifted (Ioffe and Szegedy 2015)::

        y = gamma (x - m) / sqrt(v + epsilon) + beta

    While training, m and v are mean and variance of the batch (of its steps that count), and what predictions use
    follows them: moving_mean = momentum moving_mean + (1 - momentum) m, and moving_variance likewise. With
    `trainable=False` these are used while training as well.

    Parameters
    ----------
    axis : int, default -1
        The axis of the features.
    momentum : float, default 0.99
    epsilon : float, default 0.001
    center, scale : bool, default True
        Whether there is a beta, and a gamma.
    beta_initializer, gamma_initializer : default "zeros", "ones"
    moving_mean_initializer, moving_variance_initializer : default "zeros", "ones"
    beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint : default None
    synchronized : accepted, as there is one batch.
    Renormalization (renorm) is accepted at False.

    Attributes
    ----------
    gamma, beta : float32 parameters of shape (features,), or None
    moving_mean, moving_variance : float32 parameters of shape (features,), which `fit` does not train

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1.0], [3.0]])
    >>> BatchNormalization()(x, training=True).round(2).ravel()
    array([-1.,  1.], dtype=float32)
    """

    supports_masking = True
    gamma: Any
    beta: Any
    moving_mean: Any
    moving_variance: Any

    def __init__(
        self,
        axis: Any = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Any = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        not_yet("BatchNormalization", renorm=(renorm, False), renorm_clipping=(renorm_clipping, None))
        if isinstance(axis, list | tuple) and len(axis) == 1:  # as files of Keras 2 have it
            axis = axis[0]
        self.axis = _axis_argument("BatchNormalization", axis)
        if isinstance(self.axis, list):
            raise ArgumentError(complaint("BatchNormalization", say("one axis"), repr(axis), "axis=-1"))
        self.momentum = number("BatchNormalization", "momentum", momentum, 0, 1)
        self.epsilon = number("BatchNormalization", "epsilon", epsilon, 0)
        self.center, self.scale = bool(center), bool(scale)
        self.renorm_momentum, self.synchronized = renorm_momentum, bool(synchronized)
        self._takes_weight("beta", beta_initializer, beta_regularizer, beta_constraint)
        self._takes_weight("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)
        self._takes_weight("moving_mean", moving_mean_initializer, alone=True)
        self._takes_weight("moving_variance", moving_variance_initializer, alone=True)
        super().__init__(**kwargs)

    def build(self, input_shape: Shape) -> None:
        """Make gamma, beta and the moving statistics."""
        shape = tuple(input_shape[a] or 0 for a in _axes(self, self.axis, input_shape))
        if self.scale:
            self._make("gamma", shape)
        if self.center:
            self._make("beta", shape)
        self._make("moving_mean", shape, trainable=False)
        self._make("moving_variance", shape, trainable=False)

    def call(self, inputs: Value, training: bool = False, mask: Value | None = None) -> Value:
        """Record the normalization, and while training what becomes of the moving statistics."""
        axes = _axes(self, self.axis, inputs.shape)
        if mask is not None and axes != (len(inputs.shape) - 1,):
            raise ShapeError(
                complaint(
                    f"BatchNormalization '{self.name}'",
                    say("axis=-1 under a mask"),
                    f"axis={self.axis}",
                    "`axis=-1`",
                )
            )
        if mask is not None and len(inputs.shape) == 2:  # of whole samples, as of sequences of one step
            one = self.call(ops.expand_dims(inputs, 1), training, ops.expand_dims(mask, 1))
            whole: Value = ops.reshape(one, shape=inputs.shape[1:])
            return whole
        gamma = self.gamma.value if self.scale else None
        beta = self.beta.value if self.center else None
        x, back = _brought_last(inputs, axes)
        m, v = self.moving_mean.value, self.moving_variance.value
        learns = training and self.trainable
        if learns:
            m = ops.batch_mean(x, mask, None, epsilon=_FLOOR)
            v = ops.batch_variance(x, m, mask, None, epsilon=_FLOOR)
        y: Value = ops.standardize(x, m, v, gamma, beta, epsilon=self.epsilon)
        if learns:
            assign(y, self.moving_mean, lambda before: self._moved(before, m))
            assign(y, self.moving_variance, lambda before: self._moved(before, v))
        return _brought_back(y, back)

    def _moved(self, before: Value, new: Value) -> Value:
        y: Value = ops.add(ops.multiply(before, self.momentum), ops.multiply(new, 1 - self.momentum))
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "synchronized": self.synchronized,
            "renorm": False,
            "renorm_clipping": None,
            "renorm_momentum": self.renorm_momentum,
        }


class UnitNormalization(Layer):
    """Vectors of length 1: y = x / sqrt(Σ x²), at most 1e12 x.

    Parameters
    ----------
    axis : int or list of int, default -1
        What the sum is taken over.

    Examples
    --------
    >>> import numpy as np
    >>> UnitNormalization()(np.array([[3.0, 4.0]])).round(2)
    array([[0.6, 0.8]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        self.axis = _axis_argument("UnitNormalization", axis)
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the normalization."""
        axes = _axes(self, self.axis, inputs.shape)
        length = ops.rsqrt(ops.maximum(ops.sum(ops.square(inputs), axis=axes, keepdims=True), 1e-24))
        y: Value = ops.multiply(inputs, length)
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "axis": self.axis}
