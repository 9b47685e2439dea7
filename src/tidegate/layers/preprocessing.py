"""What is done to numbers before a model learns from them, as part of the model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, DataError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.base import Layer
from tidegate.ops import Value
from tidegate.plan import Parameter
from tidegate.shapes import Shape

__all__ = ["Normalization", "Rescaling"]

Array = np.ndarray[Any, Any]
_FLOOR = 1e-7  # the least deviation that is divided by


def _numbers(who: str, argument: str, value: Any, example: str) -> Any:
    """Return a number or an array of them, or raise on the line that gave it."""
    try:
        found = np.asarray(value, np.float32)
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if found.size == 0 or np.isnan(found).any():
        raise ArgumentError(
            complaint(
                who, say("{argument} as a number or a list of them", argument=argument), repr(value), example
            )
        )
    return float(found) if found.ndim == 0 else found


_LEARNT = "`layer = Normalization(); layer.adapt(X_train)`"


class Rescaling(Layer):
    """scale x + offset.

    Parameters
    ----------
    scale : float or array of them
        One for each feature, or for all.
    offset : float or array of them, default 0

    Examples
    --------
    >>> import numpy as np
    >>> Rescaling(2.0, offset=-1.0)(np.array([[0.0, 1.0]]))
    array([[-1.,  1.]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        self.scale = _numbers("Rescaling", "scale", scale, "Rescaling(1 / 255)")
        self.offset = _numbers("Rescaling", "offset", offset, "Rescaling(1 / 255)")
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Record the product and the sum."""
        y: Value = ops.multiply(inputs, self.scale)
        y = ops.add(y, self.offset)
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "scale": np.asarray(self.scale).tolist(),
            "offset": np.asarray(self.offset).tolist(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Rescaling:
        """Return the layer that `get_config`, or Keras, described."""
        return cls(**{key: _plain(value) for key, value in config.items()})


class Normalization(Layer):
    """(x - mean) / deviation, both taken from data by `adapt` or given.

    Parameters
    ----------
    axis : int, tuple of int or None, default -1
        Axes that have a mean and a variance of their own; None for one of all numbers.
    mean, variance : float or array of them, optional
        In place of `adapt`; both or none.
    invert : bool, default False
        x deviation + mean, the way back.

    Attributes
    ----------
    mean, variance : float32 parameters that `fit` does not train, where they are not given
    count : how many numbers they stand on

    Examples
    --------
    >>> import numpy as np
    >>> layer = Normalization()
    >>> layer.adapt(np.array([[1.0], [3.0]]))
    >>> layer(np.array([[3.0]]))
    array([[1.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any
    ) -> None:
        who, example = "Normalization", "Normalization(mean=0.0, variance=1.0)"
        given = () if axis is None else tuple(axis) if isinstance(axis, list | tuple) else (axis,)
        if any(isinstance(a, bool) or not isinstance(a, int) or a == 0 for a in given):
            raise ArgumentError(
                complaint(who, say("axis as whole numbers that are not 0"), repr(axis), "axis=-1")
            )
        if (mean is None) != (variance is None):
            raise ArgumentError(
                complaint(who, say("mean and variance, or neither"), say("one of them"), example)
            )
        self.axis, self.invert = given, bool(invert)
        self.input_mean: Any = mean
        self.input_variance: Any = variance
        if mean is not None:
            self.input_mean = _numbers(who, "mean", mean, example)
            self.input_variance = _numbers(who, "variance", variance, example)
        if np.shape(self.input_mean) != np.shape(self.input_variance):
            raise ArgumentError(
                complaint(
                    who,
                    say("mean and variance of one shape"),
                    say("{a} and {b}", a=np.shape(mean), b=np.shape(variance)),
                    _LEARNT,
                )
            )
        self.mean: Any = None
        self.variance: Any = None
        self.count: Any = None
        super().__init__(**kwargs)

    def _kept(self, shape: Shape) -> tuple[int, ...]:
        rank = len(shape)
        found = tuple(sorted(a + rank if a < 0 else a for a in self.axis))
        if any(not 0 < a < rank or shape[a] is None for a in found):
            raise ShapeError(
                complaint(
                    f"Normalization '{self.name}'",
                    say("known sizes on axes {axis}", axis=self.axis),
                    say("an input of shape {shape}", shape=shape),
                    "input_shape=(timesteps, features)",
                )
            )
        return found

    def build(self, input_shape: Shape) -> None:
        """Make mean, variance and count, unless they were given."""
        shape = tuple(input_shape[a] or 0 for a in self._kept(input_shape))
        if self.input_mean is not None:
            self.mean, self.variance = (
                Parameter(name, np.broadcast_to(value, shape), trainable=False)
                for name, value in (("mean", self.input_mean), ("variance", self.input_variance))
            )
            return
        self.mean = self.add_weight(shape=shape, initializer="zeros", name="mean", trainable=False)
        self.variance = self.add_weight(shape=shape, initializer="ones", name="variance", trainable=False)
        self.count = self.add_weight(shape=(), initializer="zeros", name="count", trainable=False)

    def adapt(self, data: Any) -> None:
        """Take mean and variance from data.

        Parameters
        ----------
        data : array (samples, ...), or batches of such arrays one after the other
        """
        who = f"Normalization '{self.name}'"
        if self.input_mean is not None:
            raise ArgumentError(complaint(who, say("a layer without a given mean"), "adapt", _LEARNT))
        batches = [data] if hasattr(data, "shape") else data
        if not isinstance(batches, Iterable):
            raise DataError(
                complaint(who, say("an array, or batches of them"), repr(data), "layer.adapt(X_train)")
            )
        total, mean, variance = 0, np.zeros(()), np.zeros(())
        for batch in batches:
            x = np.asarray(batch[0] if isinstance(batch, tuple) else batch)
            if x.dtype.kind not in "biuf" or x.ndim < 1 or not x.size:
                raise DataError(
                    complaint(
                        who,
                        say("arrays of numbers"),
                        say("{dtype} of shape {shape}", dtype=x.dtype, shape=x.shape),
                        "`np.asarray(data, 'float32')`",
                    )
                )
            x = x.astype(np.float64) if x.ndim > 1 else x.astype(np.float64)[:, None]
            shape = (None, *x.shape[1:])
            self.ensure_built(shape)
            away = tuple(a for a in range(x.ndim) if a not in self._kept(shape))
            new = int(np.prod([x.shape[a] for a in away]))
            m, v = x.mean(axis=away), x.var(axis=away)
            total, share = total + new, new / (total + new)
            middle = mean + (m - mean) * share  # parts are put together as Chan et al. (1979) do
            variance = (1 - share) * (variance + (mean - middle) ** 2) + share * (v + (m - middle) ** 2)
            mean = middle
        if not total:
            raise DataError(complaint(who, say("at least one batch"), say("none"), "layer.adapt(X_train)"))
        for parameter, value in ((self.mean, mean), (self.variance, variance), (self.count, total)):
            parameter.assign(np.asarray(value).reshape(parameter.shape))

    def call(self, inputs: Value) -> Value:
        """Record difference and quotient."""
        kept = self._kept(inputs.shape)
        order = (*(a for a in range(len(inputs.shape)) if a not in kept), *kept)
        turned = order != tuple(range(len(order)))
        x = ops.transpose(inputs, axes=order) if turned else inputs
        deviation = ops.maximum(ops.sqrt(self.variance), _FLOOR)
        if self.invert:
            y: Value = ops.add(ops.multiply(x, deviation), self.mean)
        else:
            y = ops.divide(ops.subtract(x, self.mean), deviation)
        back = tuple(order.index(a) for a in range(len(order)))
        return ops.transpose(y, axes=back) if turned else y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "axis": list(self.axis),
            "invert": self.invert,
            "mean": None if self.input_mean is None else np.asarray(self.input_mean).tolist(),
            "variance": None if self.input_variance is None else np.asarray(self.input_variance).tolist(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Normalization:
        """Return the layer that `get_config`, or Keras, described."""
        return cls(**{key: _plain(value) for key, value in config.items()})


def _plain(value: Any) -> Any:
    """Return what Keras wrote as an array, as a list."""
    if isinstance(value, dict) and value.get("class_name") == "__numpy__":
        return value.get("config", {}).get("value")
    return value
