"""Random numbers by the names of `keras.random`: arrays now, or inside a layer's `call` anew for each batch.

A shape whose first size is None stands for the samples of the batch. The numbers are not those of Keras; their
distributions are.

>>> normal((2, 3), seed=1).shape
(2, 3)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tidegate import ops
from tidegate.arguments import along, checked, numbers, shown, sizes, typed
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.ops import Node, Value
from tidegate.ops.base import Constant, recorded
from tidegate.utils.random import draw_seed, generator

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]

Array = np.ndarray[Any, Any]
CUT = 2.0  # a truncated normal number is at most so many deviations from the mean


class SeedGenerator:
    """Gives a seed after the other, so that what draws with it draws anew each time.

    Parameters
    ----------
    seed : int, optional
        From 0; without one, what `utils.set_random_seed` set decides.

    Examples
    --------
    >>> seeds = SeedGenerator(7)
    >>> bool((normal((3,), seed=seeds) == normal((3,), seed=seeds)).any())
    False
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        if seed is not None and (not isinstance(seed, int | np.integer) or seed < 0):
            raise ArgumentError(complaint("SeedGenerator", say("a whole number from 0 on"), repr(seed)))
        self.name = name or "seed_generator"
        self._initial = draw_seed() if seed is None else int(seed)
        self._config_seed = seed
        self.state: Array = np.array([self._initial, 0], np.int64)

    def next(self, ordered: bool = True) -> Array:
        """Return the next seed: the one it began with, and how often it was asked."""
        found = self.state.copy()
        self.state[1] += 1
        return found

    def get_config(self) -> dict[str, Any]:
        """Return the seed as plain data."""
        return {"seed": self._config_seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """Return one made by `get_config`."""
        return cls(**config)


def _entropy(seed: Any) -> Any:
    if isinstance(seed, SeedGenerator):
        return seed.next().tolist()
    if seed is not None:
        sizes("tidegate.random", "seed", seed)
    return seed


def _rng(seed: Any) -> np.random.Generator:
    """Return what draws now: for a whole number the same each time."""
    entropy = _entropy(seed)
    return generator() if entropy is None else np.random.default_rng(entropy)


def _drawn(who: str, kind: str, shape: Any, seed: Any) -> Any:
    """Return numbers of a simple kind, drawn now, or by the plan that is being recorded."""
    given = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
    each = bool(given) and given[0] is None
    if any(d is None for d in given[each:]) or (each and not Node.scopes):
        wanted = say("sizes that are known; inside a layer's call None stands for the samples")
        raise ShapeError(complaint(who, wanted, str(given), f"{who}((32, 10))"))
    inner = sizes(who, "shape", given[each:])
    if not Node.scopes:
        rng = _rng(seed)
        return (rng.normal(size=inner) if kind == "normal" else rng.random(inner)).astype(np.float32)
    entropy = _entropy(seed)
    number = draw_seed() if entropy is None else int(np.random.default_rng(entropy).integers(2**31))
    found = ops.random.record(Constant(0.0).value, shape=inner or (1,), kind=kind, seed=number, each=each)
    return found if inner or not each else ops.reshape(found, (-1,))


def _typed(who: str, x: Any, dtype: Any) -> Any:
    dtype = typed(who, dtype)
    return x if dtype is None or not isinstance(x, np.ndarray) else x.astype(dtype)


def _spread(who: str, **values: Any) -> list[Any]:
    """Return what a distribution is spread by: numbers, or arrays of them, or what is recorded."""
    return [v if recorded(v) is not None else numbers(who, name, v) for name, v in values.items()]


def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Return numbers of a normal distribution."""
    mean, stddev = _spread("normal", mean=mean, stddev=stddev)
    return _typed("normal", _drawn("normal", "normal", shape, seed) * stddev + mean, dtype)


def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Return numbers from minval to below maxval, each as likely; whole ones for a whole type."""
    dtype = typed("uniform", dtype)
    if dtype is not None and dtype.kind in "iu":
        return randint(shape, minval, maxval, dtype, seed)
    minval, maxval = _spread("uniform", minval=minval, maxval=maxval)
    return _typed("uniform", _drawn("uniform", "uniform", shape, seed) * (maxval - minval) + minval, dtype)


def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Return numbers of a normal distribution that lie within two deviations of its mean."""
    mean, stddev = _spread("truncated_normal", mean=mean, stddev=stddev)
    within = math.erf(CUT / math.sqrt(2))
    u = _drawn("truncated_normal", "uniform", shape, seed) * (2 * within) - within
    return _typed("truncated_normal", ops.erfinv(u) * math.sqrt(2) * stddev + mean, dtype)


def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Any:
    """Return whole numbers from minval to below maxval, each as likely; floats where they are recorded."""
    minval, maxval = _spread("randint", minval=minval, maxval=maxval)
    if not Node.scopes:
        if not np.all(minval < maxval):
            raise ArgumentError(complaint("randint", say("minval below maxval"), f"{minval}, {maxval}"))
        drawn = _rng(seed).integers(minval, maxval, _now("randint", shape, minval, maxval))
        return drawn.astype(typed("randint", dtype))
    return ops.floor(_drawn("randint", "uniform", shape, seed) * (maxval - minval) + minval)


@checked
def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Any:
    """Return for each row (samples, classes) so many classes, drawn by what their logits say of them."""
    if np.ndim(logits) != 2:
        raise ShapeError(complaint("categorical", say("logits (samples, classes)"), shown(logits)))
    rows, classes = np.shape(logits)
    u = _drawn("categorical", "uniform", (rows, num_samples, classes), seed)
    spread = -ops.log(-ops.log(u * (1 - 2.0**-24) + 2.0**-25))  # Gumbel's: the largest sum is a fair draw
    found = ops.argmax(ops.expand_dims(logits, 1) + spread, axis=-1)
    return _typed("categorical", found, dtype)


@checked
def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """Return the inputs with a share of them 0, and the others as much larger."""
    if not 0 <= rate < 1:
        raise ArgumentError(complaint("dropout", say("a rate from 0 to below 1"), repr(rate)))
    shape = tuple(
        n if m is None else m for n, m in zip(np.shape(inputs), noise_shape or np.shape(inputs), strict=True)
    )
    kept = _drawn("dropout", "uniform", shape, seed) >= rate
    return inputs * (kept * (1 / (1 - rate)))


@checked
def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """Return an array with its parts along an axis in another order."""
    rows = np.asarray(x)
    return _rng(seed).permutation(rows, along("shuffle", axis, rows.ndim))


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Array:
    """Return numbers of a gamma distribution, as an array."""
    a = _array("gamma", alpha, 0.0)
    return (
        _rng(seed)
        .gamma(a, size=_now("gamma", shape, a))
        .astype(typed("gamma", "float32" if dtype is None else dtype))
    )


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Array:
    """Return numbers of a beta distribution, as an array."""
    a, b = _array("beta", alpha, 0.0), _array("beta", beta, 0.0)
    return (
        _rng(seed)
        .beta(a, b, size=_now("beta", shape, a, b))
        .astype(typed("beta", "float32" if dtype is None else dtype))
    )


def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Array:
    """Return how many of so many trials succeed, as an array."""
    n, p = _array("binomial", counts, -1), _array("binomial", probabilities)
    if not np.all((p >= 0) & (p <= 1)):
        expected = say("{name} from {least} to {most}", name="probabilities", least=0, most=1)
        raise ArgumentError(complaint("binomial", expected, shown(probabilities)))
    drawn = _rng(seed).binomial(n.astype(np.int64), p, size=_now("binomial", shape, n, p))
    return drawn.astype(typed("binomial", "float32" if dtype is None else dtype))


def _array(who: str, x: Any, above: float | None = None) -> Array:
    """Return numbers that are there, where nothing draws these inside a model."""
    if isinstance(x, Value) or (recorded(x) is not None and Node.scopes):
        wanted = say("an array whose numbers are there")
        raise ArgumentError(complaint(who, wanted, repr(x), say("it before the model, on the data")))
    found = numbers(who, "parameters", x)
    if above is not None and not np.all((found > above) & (found < np.inf)):
        raise ArgumentError(
            complaint(who, say("{name} above {least}", name="numbers", least=above), shown(x))
        )
    return found


def _now(who: str, shape: Any, *parameters: Array) -> Any:
    """Return the shape of what is drawn now, to which the parameters broadcast."""
    if Node.scopes:
        wanted = say("to be called outside of a model")
        raise ArgumentError(complaint(who, wanted, say("a layer's call"), "random.normal, random.uniform"))
    shape = sizes(who, "shape", shape)
    for p in parameters:
        if p.ndim and (
            p.ndim > len(shape)
            or any(a not in (1, b) for a, b in zip(p.shape[::-1], shape[::-1], strict=False))
        ):
            expected = say("numbers that fit the shape {shape}", shape=shape)
            raise ShapeError(complaint(who, expected, shown(p)))
    return shape
