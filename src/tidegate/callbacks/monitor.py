"""Callbacks that watch one number from epoch to epoch."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.arguments import number
from tidegate.callbacks.base import Callback, Logs
from tidegate.errors import ArgumentError, complaint, nearest, warn
from tidegate.language import say
from tidegate.spelling import note
from tidegate.utils.naming import snake_case

__all__ = ["EarlyStopping", "MonitorCallback", "ReduceLROnPlateau", "find"]

# Parts of the names of what is better the smaller it is, looked for first, and of what is better the larger.
_DOWN = (
    *("loss", "error", "mse", "mae", "mape", "msle", "crossentropy", "hinge", "divergence", "poisson"),
    *("log_cosh", "logcosh", "false_", "learning_rate"),
)
_UP = (
    *("acc", "auc", "precision", "recall", "f1", "beta", "r2", "top_k", "io_u", "iou", "true_", "cosine"),
    *("pearson", "concordance", "specificity", "sensitivity"),
)


def find(name: str, logs: Logs) -> str | None:
    """Return the key of a number in the logs: the name itself, or as Keras 1 and 2 called it.

    >>> find("val_acc", {"accuracy": 0.5, "val_accuracy": 0.4})
    'val_accuracy'
    """
    for key in (name, name.replace("acc", "accuracy"), name.replace("accuracy", "acc")):
        if key in logs:
            return key
    return None


class MonitorCallback(Callback):
    """Base of callbacks that ask whether a number became better.

    Parameters
    ----------
    monitor : str, default "val_loss"
        A name in the logs of an epoch.
    mode : "auto", "min" or "max"
        What is better. "auto" goes by the number's name: smaller for losses and errors, larger for accuracies.
    baseline : float, optional
        The best so far.
    min_delta : float, default 0
        How much better it has to be.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        baseline: float | None = None,
        min_delta: float = 0,
    ) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            raise ArgumentError(
                complaint(
                    type(self).__name__,
                    say("{name} {most} or {last}", name="mode", most="'auto', 'min'", last="'max'"),
                    repr(mode),
                    nearest(str(mode), ["min", "max"]),
                )
            )
        self.monitor, self.mode = monitor, mode
        self.best = baseline
        self.min_delta = abs(number(type(self).__name__, "min_delta", min_delta))
        self._sign = 0  # 1 where larger is better, -1 where smaller is; 0 is not known yet

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Find out what is better, before anything runs."""
        self._sign = self._direction()

    def _current(self, logs: Logs | None) -> float | None:
        """Return the number of this epoch, or None and a warning where it is not there."""
        logs = logs or {}
        key = find(self.monitor, logs)
        if key is not None:
            if key != self.monitor:
                note(f"'{self.monitor}'", f"'{key}'")
            if np.ndim(logs[key]):
                came, hint = (
                    say("'{key}' with {count} numbers", key=key, count=np.size(logs[key])),
                    say("a metric with average='macro'"),
                )
                raise ArgumentError(complaint(type(self).__name__, say("one number to watch"), came, hint))
            return float(logs[key])
        hint = nearest(self.monitor, logs) or say("there are {names}", names=", ".join(logs))
        if self.monitor.startswith("val_") and not any(k.startswith("val_") for k in logs):
            hint = say("validation_data or validation_split gives it; {hint}", hint=hint)
        text = say(
            "{name} watches '{monitor}', which was not in the logs of this epoch; {hint}",
            name=type(self).__name__,
            monitor=self.monitor,
            hint=hint,
        )
        warn(text)
        return None

    def _is_improvement(self, value: float, reference: float | None) -> bool:
        if reference is None:
            return True
        if not self._sign:
            self._sign = self._direction()
        return self._sign * value - self.min_delta > self._sign * reference

    def _direction(self) -> int:
        if self.mode != "auto":
            return 1 if self.mode == "max" else -1
        name = self.monitor.removeprefix("val_")
        told = {"up": 1, "down": -1}
        words = [name]
        for metric in getattr(self.model, "metrics", []):
            own = getattr(metric, "name", None)
            if own is not None and (name == own or name.endswith(f"_{own}")):  # of one of several outputs
                if getattr(metric, "_direction", None) in told:
                    return told[metric._direction]
                words.append(snake_case(type(metric).__name__))
        for word in words:
            if any(part in word for part in _DOWN):
                return -1
            if any(part in word for part in _UP):
                return 1
        names = getattr(self.model, "metrics_names", ["loss"])
        there = (
            ""
            if name in names
            else say(", or one of {names}, with val_ in front after a validation", names=", ".join(names))
        )
        raise ArgumentError(
            complaint(
                type(self).__name__,
                say("to know whether '{monitor}' should become larger or smaller", monitor=self.monitor),
                "mode='auto'",
                say("mode='max' or mode='min'{there}", there=there),
            )
        )


class EarlyStopping(MonitorCallback):
    """Stop training when a number has not become better for `patience` epochs.

    Parameters
    ----------
    monitor : str, default "val_loss"
    min_delta : float, default 0
        A smaller change does not count.
    patience : int, default 0
        Epochs without a better number after which training stops.
    verbose : 0 or 1
        1 says when it stops, and what is restored.
    mode : "auto", "min" or "max"
    baseline : float, optional
        A number that has to be passed: epochs behind it count as not better.
    restore_best_weights : bool, default False
        At the end, give the model the weights of its best epoch.
    start_from_epoch : int, default 0
        Epochs before this one are not looked at.

    Examples
    --------
    >>> stop = EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        number("EarlyStopping", "patience", patience, 0)
        self.patience, self.verbose, self.baseline = patience, verbose, baseline
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best_weights: Any = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start anew, so that one callback serves several calls of `fit`."""
        super().on_train_begin(logs)
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best, self.best_weights = None, None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare, and stop where patience is at an end."""
        current = self._current(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        better = self._is_improvement(current, self.best)
        if better:
            self.best, self.best_epoch = current, epoch
        if self.restore_best_weights and (better or self.best_weights is None):
            self.best_weights = self.model.get_weights()
        self.wait += 1
        if better and (self.baseline is None or self._is_improvement(current, self.baseline)):
            self.wait = 0
        elif not better and self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Restore the best weights where asked."""
        if self.stopped_epoch > 0 and self.verbose:
            print(say("Epoch {epoch}: early stopping", epoch=self.stopped_epoch + 1))
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose:
                print(
                    say(
                        "Restoring model weights from the end of the best epoch: {epoch}.",
                        epoch=self.best_epoch + 1,
                    )
                )
            self.model.set_weights(self.best_weights)


class ReduceLROnPlateau(MonitorCallback):
    """Multiply the learning rate by `factor` when a number has not become better for `patience` epochs.

    Parameters
    ----------
    monitor : str, default "val_loss"
    factor : float below 1, default 0.1
    patience : int, default 10
    verbose : 0 or 1
        1 says each change.
    mode : "auto", "min" or "max"
    min_delta : float, default 1e-4
        A smaller change does not count; the older name `epsilon` is understood.
    cooldown : int, default 0
        Epochs after a change in which nothing is counted.
    min_lr : float, default 0
        The learning rate never falls below it.

    Examples
    --------
    >>> slower = ReduceLROnPlateau(monitor="loss", factor=0.5, patience=2)
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **old: Any,
    ) -> None:
        if "epsilon" in old:
            note(say("{name}= of {who}", name="epsilon", who="ReduceLROnPlateau"), "min_delta=")
            min_delta = old.pop("epsilon")
        if old:
            known = ["monitor", "factor", "patience", "verbose", "mode", "min_delta", "cooldown", "min_lr"]
            wrong = next(iter(old))
            expected = say("arguments among {names}", names=", ".join(known))
            raise ArgumentError(complaint("ReduceLROnPlateau", expected, f"{wrong}=", nearest(wrong, known)))
        super().__init__(monitor, mode, min_delta=min_delta)
        if not number("ReduceLROnPlateau", "factor", factor) < 1:
            raise ArgumentError(
                complaint(
                    "ReduceLROnPlateau",
                    say("{name} below {most}", name="factor", most=1),
                    repr(factor),
                    "factor=0.1",
                )
            )
        number("ReduceLROnPlateau", "patience", patience, 0)
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr
        self.wait = self.cooldown_counter = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start anew."""
        super().on_train_begin(logs)
        self.best = None
        self.wait = self.cooldown_counter = 0

    def in_cooldown(self) -> bool:
        """Return whether a change was made a short time ago."""
        return self.cooldown_counter > 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare, and reduce where patience is at an end; the logs get "learning_rate"."""
        logs = {} if logs is None else logs
        rate = logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        current = self._current(logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(current, self.best):
            self.best, self.wait = current, 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                new = max(rate * self.factor, self.min_lr)
                self.model.optimizer.learning_rate = new
                if self.verbose:
                    print(
                        say(
                            "Epoch {epoch}: ReduceLROnPlateau reducing learning rate to {rate}.",
                            epoch=epoch + 1,
                            rate=new,
                        )
                    )
                self.cooldown_counter, self.wait = self.cooldown, 0
