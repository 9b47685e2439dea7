"""The losses by name: as `compile` is told one, and as files hold it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tidegate.arguments import checked
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.losses import functions
from tidegate.losses.base import FunctionLoss, Loss, Named
from tidegate.losses.crossentropies import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    SparseCategoricalCrossentropy,
)
from tidegate.losses.distances import (
    CategoricalHinge,
    CosineSimilarity,
    Dice,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SquaredHinge,
    Tversky,
)
from tidegate.utils import objects
from tidegate.utils.naming import look_up

CLASSES: dict[str, type[Loss]] = {
    c.__name__: c
    for c in (
        MeanSquaredError, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredLogarithmicError, Huber, LogCosh,
        CosineSimilarity, KLDivergence, Poisson, Hinge, SquaredHinge, CategoricalHinge, BinaryCrossentropy,
        CategoricalCrossentropy, SparseCategoricalCrossentropy, BinaryFocalCrossentropy, CategoricalFocalCrossentropy,
        Dice, Tversky,
    )
}  # fmt: skip
FUNCTIONS: dict[Callable[..., Any], type[Loss]] = {
    c.says: c for c in CLASSES.values() if issubclass(c, Named)
}
SPELLINGS = (
    "mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "bce", "BCE", "kld", "KLD",
    "kullback_leibler_divergence", "logcosh", "huber_loss", "cosine", "cosine_proximity",
)  # fmt: skip
KNOWN: dict[str, type[Loss]] = (
    {f.__name__: c for f, c in FUNCTIONS.items()}
    | CLASSES
    | {name: FUNCTIONS[getattr(functions, name)] for name in SPELLINGS}
)


def get(identifier: Any) -> Loss:
    """Return the loss of that name, or the one given as object, class or function.

    >>> get("mse")
    <MeanSquaredError mean_squared_error>
    """
    identifier = objects.resolved(identifier)
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, str):
        if identifier.lower() in ("ctc", "ctc_loss", "circle"):
            raise ArgumentError(
                complaint(
                    "loss",
                    say("one of tidegate.losses"),
                    repr(identifier),
                    say("a loss of your own, from tidegate.ops"),
                )
            )
        return look_up(say("loss"), identifier, KNOWN)()
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Loss):
        return identifier()
    if callable(identifier):
        return FUNCTIONS[identifier]() if identifier in FUNCTIONS else FunctionLoss(identifier)
    raise ArgumentError(
        complaint(
            "loss", say("a name, a function or an object of tidegate.losses"), repr(identifier), "loss='mse'"
        )
    )


def serialize(loss: Loss) -> dict[str, Any]:
    """Return a loss as Keras writes it into a file."""
    if type(loss) is FunctionLoss:
        return objects.described(loss.fn, "keras.losses")
    return objects.described(loss, "keras.losses", loss.get_config())


@checked
def deserialize(config: dict[str, Any] | str) -> Loss:
    """Return the loss that `serialize` described."""
    if isinstance(config, str):
        return get(config)
    name = str(config.get("class_name"))
    if name == "function":
        return get(str(config.get("config")))
    return look_up(say("loss"), name, KNOWN).from_config(dict(config.get("config") or {}))
