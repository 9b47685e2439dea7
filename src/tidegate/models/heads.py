"""What `compile` was given, for each output: its loss, how much that counts, and its metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tidegate import losses, metrics
from tidegate.errors import ArgumentError, complaint, nearest
from tidegate.language import say
from tidegate.losses import Loss
from tidegate.utils.nested import leaves

__all__ = ["Head", "check", "heads"]


@dataclass
class Head:
    """One output.

    Attributes
    ----------
    name : of the output
    loss : None where it is not trained on
    factor : the loss weight
    metrics, weighted : what is asked for, without and with sample weights
    """

    name: str
    loss: Loss | None
    factor: float = 1.0
    metrics: list[Any] = field(default_factory=list)
    weighted: list[Any] = field(default_factory=list)

    @property
    def targeted(self) -> bool:
        """Whether targets are needed for it."""
        return self.loss is not None or bool(self.metrics or self.weighted)


def heads(
    names: Sequence[str],
    loss: Any,
    loss_weights: Any = None,
    asked: Any = None,
    weighted: Any = None,
) -> list[Head]:
    """Return one head for each output, from what `compile` takes: one thing for all, a list, or a dict by name."""
    n = len(names)
    found = [None if part is None else losses.get(part) for part in _each("loss", loss, names)]
    factors = [1.0 if part is None else _number(part) for part in _each("loss_weights", loss_weights, names)]
    plain, with_weights = _metrics("metrics", asked, names), _metrics("weighted_metrics", weighted, names)
    made = [Head(names[k], found[k], factors[k], plain[k], with_weights[k]) for k in range(n)]
    return made


def check(loss: Any, asked: Any) -> None:
    """Raise where a loss or a metric is not known."""
    for part in [loss] if isinstance(loss, dict) and "class_name" in loss else leaves(loss):
        if part is not None:
            losses.get(part)
    for m in leaves(asked):
        if m is not None and not metrics.is_accuracy(m):
            metrics.get(m)


def _each(what: str, given: Any, names: Sequence[str]) -> list[Any]:
    """Return what is given for each output."""
    if isinstance(given, dict) and "class_name" not in given:
        for key in given:
            if key not in names:
                known = say("{what} for the outputs {names}", what=what, names=", ".join(map(repr, names)))
                raise ArgumentError(complaint("compile", known, repr(key), nearest(key, names)))
        return [given.get(name) for name in names]
    if isinstance(given, list | tuple):
        if len(given) != len(names):
            expected = say(
                "{what} for {count} outputs, {names}",
                what=what,
                count=len(names),
                names=", ".join(map(repr, names)),
            )
            raise ArgumentError(complaint("compile", expected, f"{len(given)}", say("a dict by these names")))
        return list(given)
    return [given] * len(names)


def _number(given: Any) -> float:
    try:
        return float(given)
    except (TypeError, ValueError):
        raise ArgumentError(complaint("compile", say("loss_weights as numbers"), repr(given))) from None


def _metrics(what: str, given: Any, names: Sequence[str]) -> list[list[Any]]:
    """Return the metrics of each output; one list alone is for all of them."""
    if given is None:
        return [[] for _ in names]
    if len(names) == 1:
        parts = [[m for m in leaves(given) if m is not None]]
    elif isinstance(given, dict) or (isinstance(given, list | tuple) and len(given) == len(names)):
        parts = [_listed(part) for part in _each(what, given, names)]
    elif isinstance(given, list | tuple) and any(isinstance(part, list | tuple) for part in given):
        parts = [_listed(part) for part in _each(what, given, names)]  # says how many are expected
    else:
        parts = [_listed(given) for _ in names]
    check(None, parts)
    return parts


def _listed(part: Any) -> list[Any]:
    return [] if part is None else [m for m in leaves(part) if m is not None]
