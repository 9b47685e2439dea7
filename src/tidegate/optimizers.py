"""Optimizers: how a gradient changes the weights. Names, defaults and steps as in Keras 3.

`lr=` and `decay=` of the older versions work as they did.

>>> SGD(lr=0.1, momentum=0.3).learning_rate
0.1
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, complaint, nearest
from tidegate.layers.base import not_yet
from tidegate.ops import CLIPS, Clip, UpdateOp
from tidegate.plan import Parameter, Update
from tidegate.plan.parameters import offsets
from tidegate.utils import objects
from tidegate.utils.naming import look_up, snake_case

__all__ = ["SGD", "Adam", "Optimizer", "RMSprop", "deserialize", "get", "serialize"]

# Arguments of Keras that are not there yet, with the defaults at which they are accepted.
_LATER: dict[str, Any] = {
    "weight_decay": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
    "amsgrad": False,
}


class Rate(float):
    """A learning rate: a number that also answers as Keras's variable does."""

    owner: Optimizer

    def assign(self, value: float) -> None:
        """Set the optimizer's learning rate."""
        self.owner.learning_rate = value

    def numpy(self) -> np.float32:
        """Return the number as NumPy's."""
        return np.float32(self)

    value = numpy


def _schedule(rate: Any, decay: float) -> tuple[Any, float]:
    """Return rate and decay for what Keras 3 writes into a file in place of `decay=`."""
    if not isinstance(rate, dict) or rate.get("class_name") != "InverseTimeDecay":
        return rate, decay
    of = rate.get("config") or {}
    return of.get("initial_learning_rate"), of.get("decay_rate", 0.0) / of.get("decay_steps", 1)


def _between(who: str, least: float, most: float, **arguments: float) -> None:
    for name, value in arguments.items():
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not number or not least <= value <= most:
            bounds = f"from {least:g} to {most:g}" if most < float("inf") else f"of at least {least:g}"
            raise ArgumentError(complaint(who, f"{name} {bounds}", repr(value)))


def _clip(who: str, limits: dict[str, Any]) -> Clip | None:
    """Return the one clipping that was asked for."""
    given = {kind: limit for kind, limit in limits.items() if limit is not None}
    if len(given) > 1:
        came = " and ".join(f"{kind}={limit!r}" for kind, limit in given.items())
        raise ArgumentError(complaint(who, "one of clipvalue, clipnorm and global_clipnorm", came))
    for kind, limit in given.items():
        _between(who, 0, float("inf"), **{kind: limit})
        if limit == 0:
            raise ArgumentError(complaint(who, f"{kind} above 0", repr(limit), f"leave {kind} out"))
        return Clip(kind, float(limit))
    return None


class Optimizer:
    """Base of the optimizers here.

    Attributes
    ----------
    learning_rate : float
        Can be set at any time, also while `fit` runs.
    iterations : int
        Updates made so far.
    clipnorm, clipvalue, global_clipnorm : float or None
        How gradients are made smaller before each step; one of the three at most.
    """

    op: ClassVar[UpdateOp]

    def __init__(self, learning_rate: Any, name: str | None = None, **kwargs: Any) -> None:
        who = type(self).__name__
        old = kwargs.pop("lr", None)
        self.decay = kwargs.pop("decay", 0.0) or 0.0
        kwargs.pop("jit_compile", None)
        self.clip = _clip(who, {kind: kwargs.pop(kind, None) for kind in CLIPS})
        learning_rate, self.decay = _schedule(learning_rate, self.decay)
        _between(who, 0, float("inf"), decay=self.decay)
        for key in list(kwargs):
            if key in _LATER:
                not_yet(who, **{key: (kwargs.pop(key), _LATER[key])})
            else:
                known = [
                    *(n for n in inspect.signature(type(self)).parameters if n != "kwargs"),
                    "lr",
                    "decay",
                    *CLIPS,
                ]
                raise ArgumentError(
                    complaint(who, f"arguments among {', '.join(known)}", f"{key}=", nearest(key, known))
                )
        self.name = name or snake_case(who)
        self.iterations = 0
        self._rate = 0.0
        self.learning_rate = learning_rate if old is None else old
        self._update: Update | None = None
        self._bound: list[Parameter] = []

    @property
    def learning_rate(self) -> Rate:
        rate = Rate(self._rate)
        rate.owner = self
        return rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if not isinstance(value, int | float | np.number | np.ndarray) or isinstance(value, bool):
            raise ArgumentError(
                complaint(
                    type(self).__name__,
                    "learning_rate as a number",
                    repr(value),
                    "learning_rate=0.001; schedules are not there yet, decay= is",
                )
            )
        _between(type(self).__name__, 0, float("inf"), learning_rate=float(value))
        self._rate = float(value)

    lr = learning_rate

    @property
    def clipvalue(self) -> float | None:
        return self._limit("clipvalue")

    @property
    def clipnorm(self) -> float | None:
        return self._limit("clipnorm")

    @property
    def global_clipnorm(self) -> float | None:
        return self._limit("global_clipnorm")

    def _limit(self, kind: str) -> float | None:
        return self.clip.limit if self.clip is not None and self.clip.kind == kind else None

    def rate(self) -> float:
        """Return the learning rate of the next step, `decay` included."""
        return self._rate / (1 + self.decay * self.iterations) if self.decay else self._rate

    def numbers(self) -> dict[str, float]:
        """Return the constants of the update."""
        return {name: float(getattr(self, name)) for name in self.op.arguments}

    def bind(self, parameters: Sequence[Parameter]) -> Update:
        """Return the update of these parameters; the same ones keep their moments."""
        same = len(parameters) == len(self._bound) and all(
            a is b for a, b in zip(parameters, self._bound, strict=True)
        )
        if self._update is None or not same:
            self._update, self._bound = Update(self.op, self.numbers(), clip=self.clip), list(parameters)
        return self._update

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such an optimizer."""
        config: dict[str, Any] = {"name": self.name, "learning_rate": self._rate}
        if self.decay:  # what Keras 3 calls it
            config["learning_rate"] = {
                "module": "keras.optimizers.schedules",
                "class_name": "InverseTimeDecay",
                "config": {
                    "initial_learning_rate": self._rate,
                    "decay_steps": 1,
                    "decay_rate": self.decay,
                    "staircase": False,
                    "name": "InverseTimeDecay",
                },
                "registered_name": None,
            }
        for name in self.op.arguments:
            config[name] = getattr(self, name)
        for kind in CLIPS:
            config[kind] = getattr(self, kind)
        for name, default in _LATER.items():
            if name != "amsgrad":
                config[name] = default
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Optimizer:
        """Return the optimizer that `get_config` described."""
        return cls(**config)

    # The state as Keras writes it into files: iterations, learning rate, then the moments.

    by_parameter: ClassVar[bool] = False  # whether the moments of one parameter stand together

    def _moments(self) -> list[np.ndarray[Any, Any]]:
        """Return views of the moments, in Keras's order and shapes."""
        assert self._update is not None
        starts = offsets(self._bound)
        views = [
            [
                slot[at : at + p.array.size].reshape(p.shape)
                for at, p in zip(starts, self._bound, strict=False)
            ]
            for slot in self._update.slots
        ]
        return [v for group in (zip(*views, strict=True) if self.by_parameter else views) for v in group]

    def state(self) -> list[np.ndarray[Any, Any]]:
        """Return what a training that is taken up again needs."""
        rate = [] if self.decay else [np.float32(self._rate)]  # a schedule has no variable of its own
        moments = self._moments() if self._update is not None else []
        return [np.asarray(v) for v in (np.int64(self.iterations), *rate)] + moments

    def restore(self, parameters: Sequence[Parameter], arrays: Sequence[np.ndarray[Any, Any]]) -> None:
        """Take up what `state`, or Keras, wrote for these parameters; nothing where it was never trained."""
        if not arrays:
            return
        update = self.bind(parameters)
        update.allocate(offsets(parameters)[-1])
        moments = self._moments()
        given = list(arrays[len(arrays) - len(moments) :]) if len(arrays) > len(moments) else []
        if [m.shape for m in moments] == [g.shape for g in given]:
            for mine, theirs in zip(moments, given, strict=True):
                mine[...] = theirs
            self.iterations = int(arrays[0])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} learning_rate={self._rate:g}>"


class SGD(Optimizer):
    """Steps against the gradient, with momentum or not::

        m = momentum m - learning_rate g;  p += m   (nesterov: p += momentum m - learning_rate g)

    Parameters
    ----------
    learning_rate : float, default 0.01
    momentum : float, default 0.0
        From 0 to 1.
    nesterov : bool, default False
    clipnorm, clipvalue, global_clipnorm : float, optional
        Largest norm of each weight's gradient, largest size of each of its numbers, or largest norm of all
        gradients together: what is beyond is scaled down, or cut. One of the three at most.
    lr, decay : older spellings; the rate of a step is lr / (1 + decay * iterations).

    Examples
    --------
    >>> SGD(0.1, momentum=0.9)
    <SGD learning_rate=0.1>
    """

    op = ops.sgd

    def __init__(
        self,
        learning_rate: float = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        _between("SGD", 0, 1, momentum=momentum)
        self.momentum, self.nesterov = float(momentum), bool(nesterov)
        super().__init__(learning_rate, name, **kwargs)


class Adam(Optimizer):
    """Steps by the running means of the gradient and its square (Kingma and Ba 2015).

    Parameters
    ----------
    learning_rate : float, default 0.001
    beta_1, beta_2 : float, default 0.9 and 0.999
        What share of the running means is kept at each step.
    epsilon : float, default 1e-7
    clipnorm, clipvalue, global_clipnorm : float, optional
        Largest norm of each weight's gradient, largest size of each of its numbers, or largest norm of all
        gradients together: what is beyond is scaled down, or cut. One of the three at most.
    lr, decay : older spellings; the rate of a step is lr / (1 + decay * iterations).

    Examples
    --------
    >>> Adam(0.01)
    <Adam learning_rate=0.01>
    """

    op = ops.adam
    by_parameter = True

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        amsgrad: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        epsilon = 1e-7 if epsilon is None else epsilon  # Keras 2 wrote None for it
        _between("Adam", 0, 1, beta_1=beta_1, beta_2=beta_2)
        _between("Adam", 0, float("inf"), epsilon=epsilon)
        self.beta_1, self.beta_2, self.epsilon = float(beta_1), float(beta_2), float(epsilon)
        super().__init__(learning_rate, name, amsgrad=amsgrad, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such an optimizer."""
        return {**super().get_config(), "amsgrad": False}


class RMSprop(Optimizer):
    """Steps by the gradient over the root of its mean square (Tieleman and Hinton 2012).

    Parameters
    ----------
    learning_rate : float, default 0.001
    rho : float, default 0.9
        What share of the mean square is kept at each step.
    momentum : float, default 0.0
    epsilon : float, default 1e-7
    centered : bool, default False
        Take the variance in place of the mean square.
    clipnorm, clipvalue, global_clipnorm : float, optional
        Largest norm of each weight's gradient, largest size of each of its numbers, or largest norm of all
        gradients together: what is beyond is scaled down, or cut. One of the three at most.
    lr, decay : older spellings; the rate of a step is lr / (1 + decay * iterations).

    Examples
    --------
    >>> RMSprop(lr=0.01)
    <RMSprop learning_rate=0.01>
    """

    op = ops.rmsprop

    def __init__(
        self,
        learning_rate: float = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float | None = 1e-7,
        centered: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        epsilon = 1e-7 if epsilon is None else epsilon
        _between("RMSprop", 0, 1, rho=rho, momentum=momentum)
        _between("RMSprop", 0, float("inf"), epsilon=epsilon)
        self.rho, self.momentum, self.epsilon = float(rho), float(momentum), float(epsilon)
        self.centered = bool(centered)
        super().__init__(learning_rate, name, **kwargs)


CLASSES: dict[str, Callable[..., Optimizer]] = {c.__name__.lower(): c for c in (SGD, Adam, RMSprop)}


def get(identifier: Any) -> Optimizer:
    """Return the optimizer of that name, or the one given.

    >>> get("adam")
    <Adam learning_rate=0.001>
    """
    identifier = objects.resolved(identifier)
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, str):
        if identifier.lower() in CLASSES:
            return CLASSES[identifier.lower()]()
        return look_up("optimizer", identifier, CLASSES)()
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if identifier in CLASSES.values():
        return identifier()  # type: ignore[no-any-return]
    raise ArgumentError(
        complaint("optimizer", "a name or an object of tidegate.optimizers", repr(identifier), "'adam'")
    )


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """Return an optimizer as Keras writes it into a file."""
    return objects.described(optimizer, "keras.optimizers", optimizer.get_config())


def deserialize(config: dict[str, Any]) -> Optimizer:
    """Return the optimizer that `serialize` described."""
    make = look_up("optimizer", str(config.get("class_name")).lower(), CLASSES)
    return make(**(config.get("config") or {}))
