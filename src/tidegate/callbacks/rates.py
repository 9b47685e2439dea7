"""A learning rate that follows a function of the epoch."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from tidegate.callbacks.base import Callback, Logs
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say

__all__ = ["LearningRateScheduler"]


class LearningRateScheduler(Callback):
    """Set the learning rate before each epoch.

    Parameters
    ----------
    schedule : function of (epoch, learning_rate) or of (epoch)
        Returns the learning rate of that epoch, of which the first is 0.
    verbose : 0 or 1
        1 says each rate.

    Examples
    --------
    >>> halve = LearningRateScheduler(lambda epoch, rate: rate if epoch < 10 else rate / 2)
    """

    def __init__(self, schedule: Any, verbose: int = 0) -> None:
        super().__init__()
        if not callable(schedule):
            came = repr(schedule)
            raise ArgumentError(
                complaint(
                    "LearningRateScheduler", say("a function"), came, say("lambda epoch, rate: 0.9 * rate")
                )
            )
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Ask the function."""
        optimizer = self.model.optimizer
        rate = float(optimizer.learning_rate)
        found = self.schedule(*(epoch, rate)[: _takes(self.schedule)])
        number = isinstance(found, int | float | np.number | np.ndarray) and not isinstance(found, bool)
        if not number or np.ndim(found):
            raise ArgumentError(
                complaint(
                    "LearningRateScheduler",
                    say("a number from its function"),
                    repr(found),
                    say("return rate"),
                )
            )
        optimizer.learning_rate = float(found)
        if self.verbose:
            print(
                say(
                    "Epoch {epoch}: LearningRateScheduler setting learning rate to {rate}.",
                    epoch=epoch + 1,
                    rate=float(found),
                )
            )

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Put the rate into the logs, and so into the history."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def _takes(function: Callable[..., Any]) -> int:
    """Return with how many of (epoch, rate) the function is called."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some built-in ones have none
        return 2
    try:
        signature.bind(0, 0.1)
    except TypeError:
        return 1
    return 2
