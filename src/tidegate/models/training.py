"""The verbs fit and evaluate."""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.callbacks import CallbackList, History
from tidegate.errors import ArgumentError, TidegateError, complaint, nearest
from tidegate.models import checks
from tidegate.models.arguments import count, listed, size
from tidegate.models.loop import Interrupts, run_pass
from tidegate.models.predicting import Predictor
from tidegate.models.progress import Progress, level
from tidegate.models.recording import Ready
from tidegate.models.samples import Samples
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
            Any numeric type, strided or memory-mapped; it is read in place. Of several inputs, a list or a dict.
        y : array, one row for each sample; of several outputs, a list or a dict
        batch_size : int, default 32
        epochs : int, default 1
        verbose : 0, 1, 2 or "auto"
            Silence, a progress bar, or one line for each epoch. "auto" is 1.
        callbacks : list of `tidegate.callbacks.Callback`
        validation_split : float
            This last part of the data, before shuffling, is not trained on but scored after each epoch.
        validation_data : (x, y) or (x, y, sample_weight)
            Scored after each epoch.
        shuffle : bool, default True
        initial_epoch : int
            The number of the first epoch, for a training taken up again.
        steps_per_epoch, validation_steps, validation_batch_size : optional
        validation_freq : int or list
            Validate after each so-many-th epoch, or after those in the list, counted from 1.
        class_weight : dict from classes to numbers, optional
            What the samples of a class count; 1 for those that are not named.
        sample_weight : array, optional
            What each sample counts in the loss, or each step of it; of several outputs, one for all, a list or a dict.

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
        batch = size("fit", "batch_size", batch_size, 32)
        epochs, initial_epoch = count("fit", "epochs", epochs), count("fit", "initial_epoch", initial_epoch)
        _validates(validation_freq, 1)
        most = None if steps_per_epoch is None else size("fit", "steps_per_epoch", steps_per_epoch, 1)
        samples, ready = self._samples("fit", x, y, True, sample_weight, class_weight)
        held = None
        if validation_data is not None:
            held = self._held_out(validation_data)
        elif validation_split:
            samples, held = samples.split(validation_split)
        self._check_finite(samples)
        assert self.optimizer is not None

        rows, show = len(samples), level(verbose)
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
                        samples.sources,
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
                        scored = self._score(held, part, interrupts, calls, validation_steps)
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

    def _check_finite(self, samples: Samples) -> None:
        """Raise where there is NaN or infinity among the numbers that are trained on."""
        for what, arrays in (("X", samples.inputs), ("y", samples.targets)):
            for k, a in enumerate(arrays):
                checks.check_finite(what if len(arrays) == 1 else f"{what}[{k}]", a)

    def _held_out(self, data: Any) -> Samples:
        if not isinstance(data, tuple | list) or len(data) not in (2, 3):
            raise ArgumentError(
                complaint("fit", "validation_data as a pair", type(data).__name__, "(x_val, y_val)")
            )
        try:
            weights = data[2] if len(data) == 3 else None
            samples, _ = self._samples("fit", data[0], data[1], False, weights)
        except TidegateError as error:
            raise type(error)(f"In validation_data: {error}") from None
        return samples

    def _score(
        self,
        samples: Samples,
        batch: int,
        interrupts: Interrupts,
        calls: CallbackList | None = None,
        most: int | None = None,
        bar: Progress | None = None,
    ) -> Ready:
        ready = self._scorer("evaluate", samples, training=False)
        rows = len(samples)
        if calls is not None:
            calls.call("on_test_begin", {})
        run_pass(
            ready, samples.sources, rows, min(batch, rows), interrupts, most=most, callbacks=calls, bar=bar
        )
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
        batch = size("evaluate", "batch_size", batch_size, 32)
        samples, _ = self._samples("evaluate", x, y, False, sample_weight)
        total, show = -(-len(samples) // batch), level(verbose)
        bar = Progress(min(total, steps or total), show) if show else None
        calls = (
            CallbackList(listed(callbacks), self, {"steps": total, "verbose": show}) if callbacks else None
        )
        try:
            with Interrupts() as interrupts:
                ready = self._score(samples, batch, interrupts, calls, steps, bar)
        finally:
            if bar is not None:
                bar.abandon()
        logs = ready.logs()
        if bar is not None:
            bar.finish(logs)
        values = [logs[name] for name in ready.in_order()]
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
        samples, ready = self._samples("train_on_batch", x, y, True, sample_weight, class_weight)
        self._check_finite(samples)
        rows = len(samples)
        with Interrupts() as interrupts:
            run_pass(ready, samples.sources, rows, rows, interrupts, optimizer=self.optimizer)
        return _result(ready, return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return the loss (and metrics) of these samples."""
        samples, ready = self._samples("test_on_batch", x, y, False, sample_weight)
        rows = len(samples)
        with Interrupts() as interrupts:
            run_pass(ready, samples.sources, rows, rows, interrupts)
        return _result(ready, return_dict)


def _result(ready: Ready, as_dict: bool) -> Any:
    logs = dict(zip(ready.names, ready.last(), strict=True))
    if as_dict:
        return logs
    return logs["loss"] if len(logs) == 1 else [logs[name] for name in ready.in_order()]


def _validates(frequency: Any, epoch: int) -> bool:
    """Return whether an epoch, counted from 1, is followed by a validation."""
    if isinstance(frequency, Sequence) and not isinstance(frequency, str):
        return epoch in frequency
    return epoch % size("fit", "validation_freq", frequency, 1) == 0
