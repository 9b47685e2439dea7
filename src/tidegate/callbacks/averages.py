"""The running means of an optimizer in place of the weights."""

from __future__ import annotations

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
        self._swapped = False

    def _swap(self, swapped: bool) -> None:
        """Let the means stand in the model, or the weights."""
        if swapped == self._swapped:
            return
        optimizer = self.model.optimizer
        if optimizer is None or not getattr(optimizer, "use_ema", False):
            came = say("{name} without", name=type(optimizer).__name__)
            raise ArgumentError(
                complaint("SwapEMAWeights", say("an optimizer with use_ema=True"), came, "Adam(use_ema=True)")
            )
        for parameter, mean in optimizer.means():
            weights = parameter.numpy()
            parameter.assign(mean)
            mean[...] = weights
        self._swapped = swapped

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Train with the weights."""
        self._swap(False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Hand out the means where asked."""
        if self.swap_on_epoch:
            self._swap(True)
            if self.model.stop_training or epoch + 1 == self.params["epochs"]:
                for parameter, mean in self.model.optimizer.means():  # they are the result, in both places
                    mean[...] = parameter.array
                self._swapped = False

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Score the means."""
        self._swap(True)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Take the weights back."""
        self._swap(False)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Predict with the means."""
        self._swap(True)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Take the weights back."""
        self._swap(False)
