"""What every callback is, the list of those that one call of a verb has, and the history that it returns."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tidegate.arguments import Careful
from tidegate.errors import ArgumentError, complaint, nearest
from tidegate.language import say
from tidegate.spelling import note

__all__ = ["Callback", "CallbackList", "History", "LambdaCallback", "Logs", "ProgbarLogger"]

Logs = dict[str, Any]


class Callback(Careful):
    """Base: a callback of your own overrides the methods it needs.

    The methods for batches cost a return to Python at each batch, and only when one of them is overridden.

    Attributes
    ----------
    model : the model that trains
    params : dict with "epochs", "steps" and "verbose"
    """

    def __init__(self) -> None:
        self.model: Any = None
        self.params: dict[str, Any] = {}
        self.validation_data: Any = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Take what `fit` was called with."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Take the model."""
        self.model = model

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch; the first is 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch and its validation, with the loss and each metric."""

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a training batch; the older name."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a training batch; the older name."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a training batch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a training batch, with the means since the epoch began."""
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before an evaluation, the validation of an epoch included."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After an evaluation."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of an evaluation."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of a prediction, with its "outputs"."""


_HOOKS = [name for name in vars(Callback) if name.startswith("on_")]


class Numbers(dict[str, list[float]]):
    """What was reported, by its name; 'acc' and 'accuracy' stand for each other, as Keras changed the name."""

    def __missing__(self, name: str) -> list[float]:
        from tidegate.callbacks.monitor import find

        there = find(name, self)
        if there is None:
            raise KeyError(name)
        note(f"'{name}'", f"'{there}'")
        return self[there]


class History(Callback):
    """What `fit` returns: the loss and each metric, epoch by epoch.

    Attributes
    ----------
    history : dict of lists; one number for each epoch under "loss", "accuracy", "val_loss", ...
    epoch : list of the epochs' numbers
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = Numbers()
        self.epoch: list[int] = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Append the numbers of an epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class ProgbarLogger(Callback):
    """Accepted where Keras has it. The verbs print their progress by themselves, as `verbose` says."""

    def __init__(self, count_mode: str = "samples", stateful_metrics: Any = None) -> None:
        super().__init__()


class BaseLogger(Callback):
    """Accepted where Keras 2 has it. The verbs take the means of an epoch by themselves."""

    def __init__(self, stateful_metrics: Any = None) -> None:
        super().__init__()


class LambdaCallback(Callback):
    """A callback made of functions.

    Parameters
    ----------
    on_epoch_begin, on_epoch_end, on_train_begin, on_train_end, on_train_batch_begin, on_train_batch_end : functions
        Called with what that method of `Callback` is called with.
    **functions
        The other methods by name: on_test_begin, on_batch_end, ...

    Examples
    --------
    >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **functions: Callable[..., Any] | None,
    ) -> None:
        super().__init__()
        functions |= {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        for name, function in functions.items():
            if name not in _HOOKS:
                raise ArgumentError(
                    complaint("LambdaCallback", say("methods of Callback"), f"{name}=", nearest(name, _HOOKS))
                )
            if function is not None:
                setattr(self, name, function)


class CallbackList:
    """Several callbacks called as one; only what at least one of them overrides.

    Parameters
    ----------
    callbacks : list of Callback
    add_history, add_progbar : bool
        Whether to add a `History` and a `ProgbarLogger` where there is none.
    model : what they watch
    **params
        What their `params` hold.
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        self.callbacks = _flat(callbacks)
        for wanted, kind in ((add_history, History), (add_progbar, ProgbarLogger)):
            if wanted and not any(isinstance(c, kind) for c in self.callbacks):
                self.callbacks.append(kind())
        for c in self.callbacks:
            lacking = [m for m in ("set_model", "set_params") if not callable(getattr(c, m, None))]
            if lacking or isinstance(c, type):
                if isinstance(c, type):
                    instead = say("{name}(), as a class is called first", name=c.__name__)
                elif len(lacking) == 1:
                    instead = say("a subclass of Callback, as it has no {name}", name=lacking[0])
                else:
                    instead = ""
                raise ArgumentError(
                    complaint("callbacks", say("objects of tidegate.callbacks"), repr(c), instead)
                )
        self.set_model(model)
        self.set_params(params)
        self._called: dict[str, list[tuple[Any, Callable[..., Any]]]] = {
            name: [(c, getattr(c, own)) for c in self.callbacks if (own := _own(c, name))] for name in _HOOKS
        }

    def set_model(self, model: Any) -> None:
        """Show all of them the model."""
        self.model = model
        for c in self.callbacks:
            c.set_model(model)

    def set_params(self, params: dict[str, Any]) -> None:
        """Tell all of them what the verb was called with."""
        self.params = params
        for c in self.callbacks:
            c.set_params(params)

    @property
    def watched(self) -> set[str]:
        """Which of "train", "test" and "predict" are watched batch by batch."""
        return {
            kind
            for kind in ("train", "test", "predict")
            for when in ("begin", "end")
            if any(not getattr(c, "only_lost", False) for c, _ in self._called[f"on_{kind}_batch_{when}"])
        }

    def call(self, hook: str, *args: Any) -> None:
        """Call that method of all who have one."""
        for _, method in self._called[hook]:
            method(*args)

    def __getattr__(self, name: str) -> Any:
        if name in _HOOKS:
            return functools.partial(self.call, name)
        raise AttributeError(say("'{kind}' object has no attribute {name!r}", kind="CallbackList", name=name))


def _flat(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    if isinstance(callbacks, CallbackList):
        return list(callbacks.callbacks)
    if isinstance(callbacks, list | tuple):
        return [c for part in callbacks for c in _flat(part)]
    return [callbacks]


def _own(callback: Any, name: str) -> str | None:
    """Return the method that a callback has for a hook: of that name, or of the older one that it stands for."""
    for given in (name, name.replace("on_train_batch", "on_batch")):
        own = getattr(callback, given, None)
        base = own is None or getattr(own, "__func__", own) is getattr(Callback, given)
        if not base and not getattr(own, "_is_default", False):  # as Keras marks what its base class does
            return given
    return None
