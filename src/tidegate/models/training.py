"""The verbs fit and evaluate."""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.callbacks import CallbackList, History
from tidegate.errors import ArgumentError, ShapeError, TidegateError, complaint, nearest
from tidegate.layers.base import not_yet
from tidegate.models import checks
from tidegate.models.arguments import count, listed, size
from tidegate.models.loop import Interrupts, run_pass
from tidegate.models.predicting import Predictor
from tidegate.models.progress import Progress, level
from tidegate.models.recording import Ready
from tidegate.utils.random import generator

__all__ = ["Trainer"]

Array = np.ndarray[Any, Any]


class Trainer(Predictor):
    """A stack of layers that can be trained and scored."""

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Sequence[Any] | Any | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
        **old: Any,
    ) -> History:
        """Train, and return the history of the loss and each metric.

        Everything is checked before the first step. Ctrl-C leaves `model.history` and the weights of a
        finished step.

        Parameters
        ----------
        x : array of shape (samples, timesteps, features), or (samples, timesteps) of codes for an Embedding
            Any numeric type, strided or memory-mapped; it is read in place.
        y : array, one row for each sample
        batch_size : int, default 32
        epochs : int, default 1
        verbose : 0, 1, 2 or "auto"
            Silence, a progress bar, or one line for each epoch. "auto" is 1.
        callbacks : list of `tidegate.callbacks.Callback`
        validation_split : float
            This last part of the data, before shuffling, is not trained on but scored after each epoch.
        validation_data : (x, y)
            Scored after each epoch.
        shuffle : bool, default True
        initial_epoch : int
            The number of the first epoch, for a training taken up again.
        steps_per_epoch, validation_steps, validation_batch_size : optional
        validation_freq : int or list
            Validate after each so-many-th epoch, or after those in the list, counted from 1.
        class_weight, sample_weight : accepted at None.

        Returns
        -------
        History
            `history.history["loss"]` has one number for each epoch.

        Raises
        ------
        ShapeError
            If X does not fit the model, or y would broadcast against the output.
        DataError
            If there is text, NaN, a code outside the Embedding or a class outside the output.
        """
        epochs = old.pop("nb_epoch", epochs)
        for key in ("workers", "use_multiprocessing", "max_queue_size"):
            old.pop(key, None)
        if old:
            wrong, known = next(iter(old)), [*inspect.signature(self.fit).parameters][:-1]
            near = nearest(wrong, known)
            expected = "arguments that it knows" if near else f"arguments among {', '.join(known)}"
            raise ArgumentError(complaint("fit", expected, f"{wrong}=", near))
        not_yet("fit", class_weight=(class_weight, None), sample_weight=(sample_weight, None))
        batch = size("fit", "batch_size", batch_size, 32)
        epochs, initial_epoch = count("fit", "epochs", epochs), count("fit", "initial_epoch", initial_epoch)
        _validates(validation_freq, 1)
        most = None if steps_per_epoch is None else size("fit", "steps_per_epoch", steps_per_epoch, 1)
        source, target, ready = self._pair("fit", x, y, training=True)
        held = None
        if validation_data is not None:
            held = self._held_out(validation_data)
        elif validation_split:
            source, target, *held_pair = _split(source, target, validation_split)
            held = (held_pair[0], held_pair[1])
        checks.check_finite("X", source)
        checks.check_finite("y", target)
        assert self.optimizer is not None

        rows, show = len(source), level(verbose)
        batch = min(batch, rows)
        steps = -(-rows // batch) if most is None else min(most, -(-rows // batch))
        history = self.history = History()
        params = {"epochs": epochs, "steps": steps, "verbose": show, "batch_size": batch, "samples": rows}
        calls = CallbackList([*listed(callbacks), history], self, params)
        self.stop_training, self._initial_epoch = False, None
        bar: Progress | None = None
        logs: dict[str, float] = {}
        lost = 0.0  # becomes nan with the loss, to say so once
        try:
            with Interrupts() as interrupts:
                calls.call("on_train_begin", {})
                for epoch in range(
                    initial_epoch if self._initial_epoch is None else self._initial_epoch, epochs
                ):
                    calls.call("on_epoch_begin", epoch, {})
                    if show:
                        bar = Progress(steps, show, f"Epoch {epoch + 1}/{epochs}")
                    order = generator().permutation(rows) if shuffle else None
                    run_pass(
                        ready,
                        (source, target),
                        rows,
                        batch,
                        interrupts,
                        order=order,
                        optimizer=self.optimizer,
                        most=most,
                        callbacks=calls,
                        bar=bar,
                        stopped=self._stopped,
                    )
                    logs = ready.logs()
                    if math.isnan(logs["loss"]) and not math.isnan(lost):
                        lost = logs["loss"]
                        text = f"the loss is nan since epoch {epoch + 1}; a smaller learning_rate may keep it finite"
                        warnings.warn(text, RuntimeWarning, stacklevel=2)
                    if held is not None and _validates(validation_freq, epoch + 1):
                        part = size("fit", "validation_batch_size", validation_batch_size, batch)
                        scored = self._score(*held, part, interrupts, calls, validation_steps)
                        logs |= scored.logs("val_")
                    if bar is not None:
                        bar.finish(logs)
                    calls.call("on_epoch_end", epoch, logs)
                    self._used = ready
                    if self.stop_training:
                        break
                calls.call("on_train_end", logs)
        finally:
            if bar is not None:
                bar.abandon()
        return history

    def _stopped(self) -> bool:
        return self.stop_training

    def _held_out(self, data: Any) -> tuple[Array, Array]:
        if not isinstance(data, tuple | list) or len(data) not in (2, 3):
            raise ArgumentError(
                complaint("fit", "validation_data as a pair", type(data).__name__, "(x_val, y_val)")
            )
        if len(data) == 3:
            not_yet("fit", sample_weight=(data[2], None))
        try:
            x, y, _ = self._pair("fit", data[0], data[1], training=False)
        except TidegateError as error:
            raise type(error)(f"In validation_data: {error}") from None
        return x, y

    def _score(
        self,
        x: Array,
        y: Array,
        batch: int,
        interrupts: Interrupts,
        calls: CallbackList | None = None,
        most: int | None = None,
        bar: Progress | None = None,
    ) -> Ready:
        ready = self._scorer("evaluate", x.shape[1:], training=False)
        if calls is not None:
            calls.call("on_test_begin", {})
        run_pass(ready, (x, y), len(x), min(batch, len(x)), interrupts, most=most, callbacks=calls, bar=bar)
        if calls is not None:
            calls.call("on_test_end", ready.logs())
        return ready

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **old: Any,
    ) -> Any:
        """Return the loss and the metrics over data.

        Parameters
        ----------
        x, y : arrays as in `fit`
        batch_size : int, default 32
        verbose : 0, 1, 2 or "auto"
            Silence or one line. "auto" is 1.
        steps : int, optional
            Batches after which to end.
        callbacks : list of `tidegate.callbacks.Callback`
        return_dict : bool
            Return a dict by name.

        Returns
        -------
        float, or [loss, metric, ...] where there are metrics, in the order of `metrics_names`
        """
        not_yet("evaluate", sample_weight=(sample_weight, None))
        batch = size("evaluate", "batch_size", batch_size, 32)
        source, target, _ = self._pair("evaluate", x, y, training=False)
        total, show = -(-len(source) // batch), level(verbose)
        bar = Progress(min(total, steps or total), show) if show else None
        calls = (
            CallbackList(listed(callbacks), self, {"steps": total, "verbose": show}) if callbacks else None
        )
        try:
            with Interrupts() as interrupts:
                ready = self._score(source, target, batch, interrupts, calls, steps, bar)
        finally:
            if bar is not None:
                bar.abandon()
        logs = ready.logs()
        if bar is not None:
            bar.finish(logs)
        values = list(logs.values())
        return logs if return_dict else values[0] if len(values) == 1 else values

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Make one step on these samples, and return the loss (and metrics) before it."""
        not_yet("train_on_batch", sample_weight=(sample_weight, None), class_weight=(class_weight, None))
        source, target, ready = self._pair("train_on_batch", x, y, training=True)
        checks.check_finite("X", source)
        checks.check_finite("y", target)
        with Interrupts() as interrupts:
            run_pass(ready, (source, target), len(source), len(source), interrupts, optimizer=self.optimizer)
        return _result(ready, return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return the loss (and metrics) of these samples."""
        not_yet("test_on_batch", sample_weight=(sample_weight, None))
        source, target, ready = self._pair("test_on_batch", x, y, training=False)
        with Interrupts() as interrupts:
            run_pass(ready, (source, target), len(source), len(source), interrupts)
        return _result(ready, return_dict)


def _result(ready: Ready, as_dict: bool) -> Any:
    values = ready.last()
    if as_dict:
        return dict(zip(ready.names, values, strict=True))
    return values[0] if len(values) == 1 else values


def _validates(frequency: Any, epoch: int) -> bool:
    """Return whether an epoch, counted from 1, is followed by a validation."""
    if isinstance(frequency, Sequence) and not isinstance(frequency, str):
        return epoch in frequency
    return epoch % size("fit", "validation_freq", frequency, 1) == 0


def _split(x: Array, y: Array, share: float) -> tuple[Array, Array, Array, Array]:
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share < 1:
        raise ArgumentError(
            complaint("fit", "validation_split between 0 and 1", repr(share), "validation_split=0.2")
        )
    cut = math.floor(len(x) * (1 - share))
    if cut in (0, len(x)):
        raise ShapeError(
            complaint(
                "fit",
                "samples on both sides of validation_split",
                f"{share} of {len(x)} samples",
                "a larger share or more data",
            )
        )
    return x[:cut], y[:cut], x[cut:], y[cut:]
