"""Layers that draw at random while training, and do nothing else."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidegate import ops, regularizers
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.arguments import number, seeded
from tidegate.layers.base import Layer
from tidegate.ops import Value
from tidegate.shapes import Shape

__all__ = [
    "ActivityRegularization",
    "AlphaDropout",
    "Dropout",
    "GaussianDropout",
    "GaussianNoise",
    "SpatialDropout1D",
]


def share(who: str, argument: str, value: Any, example: str, last: bool = False) -> float:
    """Return a number from 0 to 1, the latter if `last`, or raise on the line that gave it."""
    plain = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not plain or not (0 <= value < 1 or (last and value == 1)):
        expected = (
            say("a {argument} from 0 to 1", argument=argument)
            if last
            else say("a {argument} from 0 up to, but not, 1", argument=argument)
        )
        raise ArgumentError(complaint(who, expected, repr(value), example))
    return float(value)


class _Noise(Layer):
    supports_masking = True
    noise_shape: Shape | None = None

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        self.seed = seed
        self._drawn = seeded(type(self).__name__, seed)
        super().__init__(**kwargs)

    def build(self, input_shape: Shape) -> None:
        """Hold what is drawn against the inputs."""
        if self.noise_shape is not None:
            self._sizes(input_shape, self.noise_shape)

    def _draw(self, x: Value, kind: str, shape: Any = None, rate: float = 0.0) -> Value:
        """Record random numbers for x: one each, or of a shape that is repeated along axes of size 1."""
        sizes = tuple(x.shape[1:]) if shape is None else self._sizes(x.shape, shape)
        each = shape is None or shape[0] != 1
        r: Value = ops.random(
            x, shape=sizes if each else (1, *sizes), kind=kind, seed=self._drawn, rate=rate, each=each
        )
        return r

    def _sizes(self, given: Shape, shape: Any) -> tuple[int, ...]:
        """Return what `noise_shape` says of a sample, None taken from the shape of the inputs."""
        have = given[1:]
        if len(shape) != len(given):
            raise ShapeError(
                complaint(
                    f"{type(self).__name__} '{self.name}'",
                    say("a noise_shape of {n} sizes", n=len(given)),
                    f"{shape}",
                    f"`noise_shape={_fitting(len(given))}`",
                )
            )
        found = tuple(d if n is None else n for n, d in zip(shape[1:], have, strict=True))
        if any(d is not None and n not in (1, d) for n, d in zip(found, have, strict=True)):
            raise ShapeError(
                complaint(
                    f"{type(self).__name__} '{self.name}'",
                    say("a noise_shape of sizes that are 1, None or those of {shape}", shape=given),
                    f"{shape}",
                    f"`noise_shape={_fitting(len(given))}`",
                )
            )
        return found  # type: ignore[return-value]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "seed": self.seed}


def _fitting(rank: int) -> Shape:
    """Return a noise_shape that suits: the same numbers at all steps."""
    return (None, *(1,) * (rank - 2), None)


def _noise_shape(who: str, shape: Any) -> tuple[int | None, ...] | None:
    if shape is None:
        return None
    try:
        found = tuple(shape)
    except TypeError:
        found = (0,)
    if isinstance(shape, str) or any(d is not None and (not isinstance(d, int) or d < 1) for d in found):
        raise ArgumentError(
            complaint(
                who,
                say("noise_shape as sizes of at least 1 or None"),
                repr(shape),
                "noise_shape=(None, 1, None)",
            )
        )
    return found


class Dropout(_Noise):
    """While training, sets numbers to 0 at random and scales up the rest (Srivastava et al. 2014).

    Parameters
    ----------
    rate : float
        Share that is set to 0, from 0 up to but not 1.
    noise_shape : tuple, optional
        What is drawn: along an axis of size 1 the same for all, None takes the size of the input. (None, 1, None)
        drops a feature at all steps or at none.
    seed : int, optional
        By default drawn from `utils.set_random_seed`.

    Examples
    --------
    >>> import numpy as np
    >>> Dropout(0.5)(np.ones((1, 3)))
    array([[1., 1., 1.]], dtype=float32)
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        self.rate = share(type(self).__name__, "rate", rate, f"{type(self).__name__}(0.2)", last=True)
        self.noise_shape = _noise_shape(type(self).__name__, noise_shape)
        super().__init__(seed=seed, **kwargs)

    def call(self, inputs: Value, training: bool = False) -> Value:
        """Record the drawing, while training."""
        if not training or not self.rate:
            return inputs
        return self._drop(inputs, self.noise_shape)

    def _drop(self, x: Value, shape: Any) -> Value:
        if self.rate == 1:
            nothing: Value = ops.multiply(x, 0.0)
            return nothing
        if shape is None or (shape[0] != 1 and self._sizes(x.shape, shape) == x.shape[1:]):
            y: Value = ops.dropout(x, rate=self.rate, seed=self._drawn)
            return y
        kept = ops.multiply(self._draw(x, "keep", shape, self.rate), 1 / (1 - self.rate))
        y = ops.multiply(x, kept)
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        shape = None if self.noise_shape is None else list(self.noise_shape)
        return {**super().get_config(), "rate": self.rate, "noise_shape": shape}


class SpatialDropout1D(Dropout):
    """While training, sets features to 0 at all steps of a sample, at random, and scales up the rest.

    Parameters
    ----------
    rate : float
        Share that is set to 0, from 0 up to but not 1.
    seed : int, optional
        By default drawn from `utils.set_random_seed`.

    References
    ----------
    Tompson et al. 2014, https://arxiv.org/abs/1411.4280

    Examples
    --------
    >>> import numpy as np
    >>> y = SpatialDropout1D(0.5, seed=1)(np.ones((1, 3, 4)), training=True)
    >>> bool((y[0, 0] == y[0, 2]).all())
    True
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed=seed, **kwargs)

    def call(self, inputs: Value, training: bool = False) -> Value:
        """Record the drawing, while training."""
        if len(inputs.shape) != 3:
            raise ShapeError(
                complaint(
                    f"SpatialDropout1D '{self.name}'",
                    "(samples, timesteps, features)",
                    say("an input of shape {shape}", shape=inputs.shape),
                    say("Dropout for other shapes"),
                )
            )
        if not training or not self.rate:
            return inputs
        return self._drop(inputs, (None, 1, None))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        config = super().get_config()
        return {key: config[key] for key in ("rate", "seed", "name", "dtype")}  # as Keras forgets the rest


class GaussianNoise(_Noise):
    """While training, adds normal numbers with mean 0.

    Parameters
    ----------
    stddev : float
        Their standard deviation, from 0 to 1.
    seed : int, optional
        By default drawn from `utils.set_random_seed`.

    Examples
    --------
    >>> import numpy as np
    >>> GaussianNoise(0.1)(np.ones((1, 3)))
    array([[1., 1., 1.]], dtype=float32)
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        self.stddev = share("GaussianNoise", "stddev", stddev, "GaussianNoise(0.1)", last=True)
        super().__init__(seed=seed, **kwargs)

    def call(self, inputs: Value, training: bool = False) -> Value:
        """Record the drawing, while training."""
        if not training or not self.stddev:
            return inputs
        y: Value = ops.add(inputs, ops.multiply(self._draw(inputs, "normal"), self.stddev))
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "stddev": self.stddev}


class GaussianDropout(_Noise):
    """While training, multiplies by normal numbers with mean 1 and variance rate / (1 - rate).

    Parameters
    ----------
    rate : float
        From 0 up to but not 1.
    seed : int, optional
        By default drawn from `utils.set_random_seed`.

    Examples
    --------
    >>> import numpy as np
    >>> GaussianDropout(0.5)(np.ones((1, 3)))
    array([[1., 1., 1.]], dtype=float32)
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        self.rate = share("GaussianDropout", "rate", rate, "GaussianDropout(0.2)")
        super().__init__(seed=seed, **kwargs)

    def call(self, inputs: Value, training: bool = False) -> Value:
        """Record the drawing, while training."""
        if not training or not self.rate:
            return inputs
        spread = math.sqrt(self.rate / (1 - self.rate))
        noise = ops.add(ops.multiply(self._draw(inputs, "normal"), spread), 1.0)
        y: Value = ops.multiply(inputs, noise)
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "rate": self.rate}


class AlphaDropout(_Noise):
    """While training, sets numbers to where selu saturates, and keeps mean and variance (Klambauer et al. 2017).

    With k 1 where a number is kept and 0 elsewhere, s = -1.7581, r the rate and a = ((1 - r) (1 + r s²))^(-1/2)::

        y = a (x k + s (1 - k)) - a s r

    Parameters
    ----------
    rate : float
        Share that is not kept, from 0 up to but not 1.
    noise_shape : tuple, optional
        As in `Dropout`.
    seed : int, optional
        By default drawn from `utils.set_random_seed`.

    Examples
    --------
    >>> import numpy as np
    >>> AlphaDropout(0.5)(np.ones((1, 3)))
    array([[1., 1., 1.]], dtype=float32)
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        self.rate = share("AlphaDropout", "rate", rate, "AlphaDropout(0.2)")
        self.noise_shape = _noise_shape("AlphaDropout", noise_shape)
        super().__init__(seed=seed, **kwargs)

    def call(self, inputs: Value, training: bool = False) -> Value:
        """Record the drawing, while training."""
        if not training or not self.rate:
            return inputs
        s = -1.6732632423543772 * 1.0507009873554805
        a = ((1 - self.rate) * (1 + self.rate * s * s)) ** -0.5
        kept = self._draw(inputs, "keep", self.noise_shape, self.rate)
        shift = ops.add(ops.multiply(kept, -a * s), a * s - a * s * self.rate)
        y: Value = ops.add(ops.multiply(ops.multiply(inputs, kept), a), shift)
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        shape = None if self.noise_shape is None else list(self.noise_shape)
        return {**super().get_config(), "rate": self.rate, "noise_shape": shape}


class ActivityRegularization(Layer):
    """Passes its input on, and adds what it costs to the loss: Σ l1 |x| + l2 x², divided by the samples.

    Parameters
    ----------
    l1, l2 : float, default 0

    Examples
    --------
    >>> import numpy as np
    >>> ActivityRegularization(l2=0.1)(np.ones((1, 2)))
    array([[1., 1.]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        self.l1, self.l2 = (number("ActivityRegularization", *pair, 0) for pair in (("l1", l1), ("l2", l2)))
        kwargs["activity_regularizer"] = regularizers.L1L2(l1=self.l1, l2=self.l2)
        super().__init__(**kwargs)

    def call(self, inputs: Value) -> Value:
        """Pass the input on."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        config = super().get_config()
        config.pop("activity_regularizer", None)
        return {**config, "l1": self.l1, "l2": self.l2}
