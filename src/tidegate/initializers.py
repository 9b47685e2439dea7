"""How weights start. Distributions as in Keras; the numbers are drawn from `utils.set_random_seed`.

>>> Constant(0.5)((2,))
array([0.5, 0.5], dtype=float32)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidegate.arguments import Careful, checked, number, whole
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.utils import objects
from tidegate.utils.naming import look_up, snake_case
from tidegate.utils.random import generator

Array = np.ndarray[Any, Any]


class Initializer(Careful):
    """Base: called with a shape, gives a float32 array. A subclass writes `draw`."""

    @checked
    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        # with a seed of its own an initializer gives the same numbers at each call, as in Keras
        seed = None if self.seed is None else whole(type(self).__name__, "seed", self.seed, "seed=1", 0)
        rng = generator() if seed is None else np.random.default_rng(seed)
        return np.ascontiguousarray(self.draw(tuple(shape), rng), np.float32)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such an initializer."""
        return dict(vars(self))

    @classmethod
    @checked
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """Return the initializer that `get_config` described."""
        return cls(**config)


class _Fixed(Initializer):
    """One without chance."""

    def __init__(self) -> None:
        pass

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Array:
        return np.ascontiguousarray(self.draw(tuple(shape), None), np.float32)  # type: ignore[arg-type]


class Zeros(_Fixed):
    """All 0."""

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return np.zeros(shape, np.float32)


class Ones(_Fixed):
    """All 1."""

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return np.ones(shape, np.float32)


class Constant(_Fixed):
    """All `value`."""

    def __init__(self, value: float = 0.0) -> None:
        self.value = value

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return np.full(shape, self.value, np.float32)


class Identity(_Fixed):
    """`gain` on the diagonal of a matrix, 0 elsewhere."""

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        if len(shape) != 2:
            raise ArgumentError(
                complaint(
                    "Identity",
                    say("a matrix to fill"),
                    say("the shape {shape}", shape=shape),
                    "'glorot_uniform'",
                )
            )
        return self.gain * np.eye(*shape)


class RandomNormal(Initializer):
    """Normal with `mean` and `stddev`."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return rng.normal(self.mean, self.stddev, shape)


class TruncatedNormal(RandomNormal):
    """Normal with `mean` and `stddev`, drawn again beyond two `stddev`."""

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return self.mean + self.stddev * _within_two(shape, rng)


class RandomUniform(Initializer):
    """Uniform from `minval` to `maxval`."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        return rng.uniform(self.minval, self.maxval, shape)


class Orthogonal(Initializer):
    """`gain` times a matrix with orthonormal columns (or rows, where there are fewer), Saxe et al. 2014."""

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        self.gain, self.seed = gain, seed

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        if len(shape) < 2:
            raise ArgumentError(
                complaint(
                    "Orthogonal",
                    say("two axes or more to fill"),
                    say("the shape {shape}", shape=shape),
                    "'glorot_uniform'",
                )
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
        q *= np.sign(np.diag(r))  # makes the draw uniform over all such matrices
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


class VarianceScaling(Initializer):
    """Variance `scale` / n: n inputs ("fan_in"), outputs ("fan_out") or their mean ("fan_avg")."""

    MODES = ("fan_in", "fan_out", "fan_avg")
    DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        if number("VarianceScaling", "scale", scale) <= 0:
            raise ArgumentError(
                complaint("VarianceScaling", say("a scale above 0"), repr(scale), "VarianceScaling(1.0)")
            )
        look_up(say("{name} of {who}", name="mode", who="VarianceScaling"), mode, dict.fromkeys(self.MODES))
        distribution = {"normal": "truncated_normal"}.get(str(distribution), distribution)
        kind = say("{name} of {who}", name="distribution", who="VarianceScaling")
        look_up(kind, distribution, dict.fromkeys(self.DISTRIBUTIONS))
        self.scale, self.mode, self.distribution, self.seed = scale, mode, distribution, seed

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        field = math.prod(shape[:-2])
        fan_in, fan_out = (
            (shape[-2] * field, shape[-1] * field) if len(shape) > 1 else (math.prod(shape),) * 2
        )
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return rng.uniform(-limit, limit, shape)
        if self.distribution == "untruncated_normal":
            return rng.normal(0, math.sqrt(variance), shape)
        return (
            math.sqrt(variance) / 0.87962566103423978 * _within_two(shape, rng)
        )  # the cut takes some variance


def _within_two(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    x = rng.normal(size=shape)
    while (out := np.abs(x) > 2).any():
        x[out] = rng.normal(size=int(out.sum()))
    return x


class _Scaled(VarianceScaling):
    """A VarianceScaling with everything but the seed fixed."""

    fixed: tuple[float, str, str]

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(*self.fixed, seed=seed)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed}


class GlorotUniform(_Scaled):
    """Uniform, variance 2 / (inputs + outputs). Glorot and Bengio 2010."""

    fixed = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Scaled):
    """Truncated normal, variance 2 / (inputs + outputs). Glorot and Bengio 2010."""

    fixed = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_Scaled):
    """Uniform, variance 2 / inputs. He et al. 2015."""

    fixed = (2.0, "fan_in", "uniform")


class HeNormal(_Scaled):
    """Truncated normal, variance 2 / inputs. He et al. 2015."""

    fixed = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_Scaled):
    """Uniform, variance 1 / inputs. LeCun et al. 1998."""

    fixed = (1.0, "fan_in", "uniform")


class LecunNormal(_Scaled):
    """Truncated normal, variance 1 / inputs. LeCun et al. 1998."""

    fixed = (1.0, "fan_in", "truncated_normal")


CLASSES: dict[str, type[Initializer]] = {
    c.__name__: c
    for c in (
        Zeros, Ones, Constant, Identity, RandomNormal, TruncatedNormal, RandomUniform, Orthogonal,
        VarianceScaling, GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal,
    )
}  # fmt: skip
_OLD = {
    "uniform": RandomUniform,
    "normal": RandomNormal,
    "zero": Zeros,
    "one": Ones,
    "IdentityInitializer": Identity,
    "OrthogonalInitializer": Orthogonal,
}
IdentityInitializer, OrthogonalInitializer = Identity, Orthogonal
KNOWN = {snake_case(name): c for name, c in CLASSES.items()} | CLASSES | _OLD
zeros, ones, constant, identity, orthogonal = Zeros, Ones, Constant, Identity, Orthogonal
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
glorot_uniform, glorot_normal, he_uniform, he_normal = GlorotUniform, GlorotNormal, HeUniform, HeNormal
lecun_uniform, lecun_normal, variance_scaling = LecunUniform, LecunNormal, VarianceScaling

__all__ = [
    "Initializer",
    "IdentityInitializer",
    "OrthogonalInitializer",
    *CLASSES,
    *(snake_case(name) for name in CLASSES),
    "deserialize",
    "get",
    "serialize",
]


_AXES = ("input_axes", "output_axes")  # newer arguments of Keras, at their default


def get(identifier: Any) -> Callable[..., Array]:
    """Return the initializer of that name, or the one given.

    >>> get("glorot_uniform").__class__.__name__
    'GlorotUniform'
    """
    identifier = objects.resolved(identifier)
    if identifier is None:
        return Zeros()
    if isinstance(identifier, str):
        return look_up(say("initializer"), identifier, KNOWN)()
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Initializer):
        return identifier()
    if callable(identifier):
        return identifier  # type: ignore[no-any-return]
    raise ArgumentError(
        complaint("initializer", say("a name or an initializer"), repr(identifier), "'glorot_uniform'")
    )


def serialize(initializer: Any) -> dict[str, Any]:
    """Return an initializer as Keras writes it into a file."""
    return objects.described(initializer, "keras.initializers")


@checked
def deserialize(config: dict[str, Any] | str) -> Callable[..., Array]:
    """Return the initializer that `serialize` described."""
    if isinstance(config, str):
        return get(config)
    cls = look_up(say("initializer"), str(config.get("class_name")), KNOWN)
    given = {k: v for k, v in (config.get("config") or {}).items() if v is not None or k not in _AXES}
    return cls.from_config(given)
