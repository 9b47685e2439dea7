"""Learning rates that follow the number of steps. Names and numbers as in Keras 3.

A schedule is called with a step, or with an array of steps: an optimizer asks for the rates of the coming batches at
once, and no step comes back to Python.

>>> ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20).item()
0.025
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.arguments import Careful, checked, listed, number
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.utils import objects
from tidegate.utils.naming import look_up

__all__ = [
    "CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay", "LearningRateSchedule",
    "PiecewiseConstantDecay", "PolynomialDecay", "deserialize", "serialize",
]  # fmt: skip

Array = np.ndarray[Any, Any]


class LearningRateSchedule(Careful):
    """Base: one of your own writes `__call__(self, step)`, which is given whole numbers one by one."""

    at_once = False  # whether `__call__` takes an array of steps

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step."""
        raise NotImplementedError

    def rates(self, steps: Array) -> Array:
        """Return the rates of these steps."""
        found = self(steps) if self.at_once else [float(self(int(step))) for step in steps]
        return np.asarray(found, np.float64)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a schedule."""
        return {name.lstrip("_"): value for name, value in vars(self).items()}

    @classmethod
    @checked
    def from_config(cls, config: dict[str, Any]) -> LearningRateSchedule:
        """Return the schedule that `get_config` described."""
        return cls(**config)


def _at_least_one(who: str, name: str, value: Any) -> None:
    number(who, name, value, 0, above=True)


class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate * decay_rate ** (step / decay_steps), the quotient cut down if staircase."""

    at_once = True

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        _at_least_one("ExponentialDecay", "decay_steps", decay_steps)
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.decay_rate, self.staircase, self.name = decay_rate, staircase, name

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step."""
        p = np.asarray(step) / self.decay_steps
        return self.initial_learning_rate * self.decay_rate ** (np.floor(p) if self.staircase else p)


class InverseTimeDecay(LearningRateSchedule):
    """initial_learning_rate / (1 + decay_rate * step / decay_steps), the quotient cut down if staircase."""

    at_once = True

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        _at_least_one("InverseTimeDecay", "decay_steps", decay_steps)
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.decay_rate, self.staircase, self.name = decay_rate, staircase, name

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step."""
        p = np.asarray(step) / self.decay_steps
        return self.initial_learning_rate / (1 + self.decay_rate * (np.floor(p) if self.staircase else p))


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[k] up to and with step boundaries[k], and the last value from there on."""

    at_once = True

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        example = "PiecewiseConstantDecay([100], [0.1, 0.01])"
        for name_, given in (("boundaries", boundaries), ("values", values)):
            for one in listed("PiecewiseConstantDecay", name_, given, example):
                number("PiecewiseConstantDecay", name_, one)
        if len(boundaries) != len(values) - 1:
            came = say(
                "{values} values for {boundaries} boundaries", values=len(values), boundaries=len(boundaries)
            )
            raise ArgumentError(
                complaint("PiecewiseConstantDecay", say("one value more than boundaries"), came)
            )
        self.boundaries, self.values, self.name = list(boundaries), list(values), name

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step."""
        return np.asarray(self.values)[np.searchsorted(self.boundaries, step, side="left")]


class PolynomialDecay(LearningRateSchedule):
    """(initial - end) (1 - step / decay_steps) ** power + end; with cycle decay_steps grows by its multiples."""

    at_once = True

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        _at_least_one("PolynomialDecay", "decay_steps", decay_steps)
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.end_learning_rate, self.power, self.cycle, self.name = end_learning_rate, power, cycle, name

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step."""
        step = np.asarray(step, np.float64)
        whole = self.decay_steps * np.maximum(1, np.ceil(step / self.decay_steps) if self.cycle else 1)
        share = 1 - np.minimum(step, whole) / whole
        return (
            self.initial_learning_rate - self.end_learning_rate
        ) * share**self.power + self.end_learning_rate


class CosineDecay(LearningRateSchedule):
    """Half a cosine from initial_learning_rate down to alpha times it, after a line up to any warmup_target."""

    at_once = True

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        _at_least_one("CosineDecay", "decay_steps", decay_steps)
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.alpha, self.name, self.warmup_target, self.warmup_steps = (
            alpha,
            name,
            warmup_target,
            warmup_steps,
        )

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step."""
        step = np.asarray(step, np.float64)
        if self.warmup_target is None:
            return self.initial_learning_rate * self._falling(step)
        delta = self.warmup_target - self.initial_learning_rate
        rising = self.initial_learning_rate + delta * step / max(self.warmup_steps, 1)
        falling = self.warmup_target * self._falling(step - self.warmup_steps)
        return np.where(step < self.warmup_steps, rising, falling)

    def _falling(self, step: Array) -> Array:
        done = np.clip(step, 0, self.decay_steps) / self.decay_steps
        found: Array = (1 - self.alpha) * 0.5 * (1 + np.cos(math.pi * done)) + self.alpha
        return found


class CosineDecayRestarts(LearningRateSchedule):
    """Half a cosine again and again: each t_mul times as long, and m_mul times as high, as the one before."""

    at_once = True

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        _at_least_one("CosineDecayRestarts", "first_decay_steps", first_decay_steps)
        self.initial_learning_rate, self.first_decay_steps = initial_learning_rate, first_decay_steps
        self._t_mul, self._m_mul, self.alpha, self.name = t_mul, m_mul, alpha, name

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step."""
        done = np.asarray(step, np.float64) / self.first_decay_steps
        if self._t_mul == 1:
            restarts = np.floor(done)
            done = done - restarts
        else:  # 1e-9: a restart on a whole step must not fall below it by rounding
            restarts = np.floor(np.log(1 - done * (1 - self._t_mul)) / math.log(self._t_mul) + 1e-9)
            done = (done - (1 - self._t_mul**restarts) / (1 - self._t_mul)) / self._t_mul**restarts
        high = 0.5 * self._m_mul**restarts * (1 + np.cos(math.pi * done))
        return self.initial_learning_rate * ((1 - self.alpha) * high + self.alpha)


CLASSES: dict[str, type[LearningRateSchedule]] = {
    c.__name__: c
    for c in (
        ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay, CosineDecay,
        CosineDecayRestarts,
    )
}  # fmt: skip


def serialize(schedule: LearningRateSchedule) -> dict[str, Any]:
    """Return a schedule as Keras writes it into a file."""
    return objects.described(schedule, "keras.optimizers.schedules")


def deserialize(config: Any) -> Any:
    """Return the schedule that `serialize`, or Keras, described."""
    config = objects.resolved(config)
    if not isinstance(config, dict):
        return config
    return look_up(say("schedule"), str(config.get("class_name")), CLASSES)(**(config.get("config") or {}))
