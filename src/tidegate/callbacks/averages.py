"""The running means of an optimizer in place of the weights."""

from __future__ import annotations

from typing import Any

from tidegate.callbacks.base import Callback, Logs
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say

__all__ = ["SwapEMAWeights"]


class SwapEMAWeights(Callback):
    """Score and predict with the running means of the weights, and train on with the weights.

    The optimizer keeps the means where it was made with `use_ema=True`. After a prediction the weights come back; Keras
    leaves the means there.

    Parameters
    ----------
    swap_on_epoch : bool, default False
        Also let the means stand in the model from the end of an epoch to the beginning of the next one, so that a
        `ModelCheckpoint` after this callback saves them.

    Examples
    --------
    >>> means = SwapEMAWeights(swap_on_epoch=True)
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._weights: list[tuple[Any, Any]] | None = None  # kept while the means stand in the model

    def _take_means(self) -> None:
        """Let the means stand in the model."""
        if self._weights is not None:
            return
        optimizer = self.model.optimizer
        if optimizer is None or not getattr(optimizer, "use_ema", False):
            came = say("{name} without", name=type(optimizer).__name__)
            raise ArgumentError(
                complaint("SwapEMAWeights", say("an optimizer with use_ema=True"), came, "Adam(use_ema=True)")
            )
        means = optimizer.means()
        self._weights = [(parameter, parameter.numpy()) for parameter, _ in means]
        for parameter, mean in means:
            parameter.assign(mean)

    def _take_weights(self) -> None:
        """Let the weights stand in the model again."""
        for parameter, weights in self._weights or ():
            parameter.assign(weights)
        self._weights = None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Train with the weights."""
        self._take_weights()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Hand out the means where asked."""
        if self.swap_on_epoch:
            self._take_means()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Leave the means in the model: they are the result, and what a further training begins with."""
        self._weights = None

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Score the means."""
        self._take_means()

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Take the weights back."""
        self._take_weights()

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Predict with the means."""
        self._take_means()

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Take the weights back."""
        self._take_weights()
