"""The optimizers by name: as `compile` is told one, and as files hold it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tidegate.arguments import checked
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.optimizers.adafactor import Adafactor
from tidegate.optimizers.adam import Adam, Adamax, AdamW, Lamb, Nadam
from tidegate.optimizers.base import Optimizer
from tidegate.optimizers.momentum import SGD, Lion
from tidegate.optimizers.muon import Muon
from tidegate.optimizers.schedule_free import ScheduleFreeAdamW
from tidegate.optimizers.squares import Adadelta, Adagrad, Ftrl, RMSprop
from tidegate.utils import objects
from tidegate.utils.naming import look_up

# What Keras has and this package has not, and what to write instead.
INSTEAD = {
    "LossScaleOptimizer": "the optimizer inside: in float32 no gradient needs a scale",
}

EVERY: tuple[type[Optimizer], ...] = (
    SGD, Adam, AdamW, Nadam, Adamax, RMSprop, Adagrad, Adadelta, Adafactor, Lamb, Lion, Ftrl, Muon,
    ScheduleFreeAdamW,
)  # fmt: skip
CLASSES: dict[str, Callable[..., Optimizer]] = {c.__name__.lower(): c for c in EVERY}


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
        for name, instead in INSTEAD.items():
            if identifier.lower() == name.lower():
                raise ArgumentError(
                    complaint("optimizer", say("one that is here"), repr(identifier), say(instead))
                )
        return look_up(say("optimizer"), identifier, CLASSES)()
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if identifier in CLASSES.values():
        return identifier()  # type: ignore[no-any-return]
    raise ArgumentError(
        complaint("optimizer", say("a name or an object of tidegate.optimizers"), repr(identifier), "'adam'")
    )


@checked
def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """Return an optimizer as Keras writes it into a file."""
    return objects.described(optimizer, "keras.optimizers", optimizer.get_config())


@checked
def deserialize(config: dict[str, Any]) -> Optimizer:
    """Return the optimizer that `serialize` described."""
    make = look_up(say("optimizer"), str(config.get("class_name")).lower(), CLASSES)
    return make(**(config.get("config") or {}))
