"""The verbs after define: compile, fit, evaluate, predict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate import losses, metrics, optimizers
from tidegate.callbacks import CallbackList, History
from tidegate.errors import ArgumentError, ShapeError, TidegateError, complaint
from tidegate.layers.base import not_yet
from tidegate.losses import Loss
from tidegate.models import checks
from tidegate.models.loop import Interrupts, run_pass
from tidegate.models.network import Network
from tidegate.models.progress import Progress, level
from tidegate.models.recording import Ready, ready_to_predict, ready_to_score
from tidegate.optimizers import Optimizer
from tidegate.plan import Plan
from tidegate.utils.random import generator

__all__ = ["Trainer"]

Array = np.ndarray[Any, Any]
CHUNK = 4096  # samples that predict hands to the engine at once; its results do not depend on it


class Trainer(Network):
    """A stack of layers that can be compiled, trained, scored and used."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.optimizer: Optimizer | None = None
        self.loss: Any = None
        self.history: History | None = None
        self.stop_training = False
        self._loss: Loss | None = None
        self._metrics: list[Any] = []
        self._given: dict[str, Any] = {}
        self._ready: dict[Any, Ready] = {}
        self._used: Ready | None = None

    def _changed(self) -> None:
        self._ready.clear()

    @property
    def compiled(self) -> bool:
        return self._loss is not None

    @property
    def plan(self) -> Plan | None:
        """The plan that ran last; print it to see its ops, shapes and kernels."""
        return self._used.plan if self._used else None

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, in its order."""
        return ["loss", *(m if isinstance(m, str) else metrics.get(m).name for m in self._metrics)]

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
        sample_weight_mode: Any = None,
    ) -> None:
        """Choose how the model learns and what is reported.

        Parameters
        ----------
        optimizer : str or Optimizer, default "rmsprop"
        loss : str, Loss or function of `tidegate.losses`
        metrics : list of str, Metric or function of `tidegate.metrics`, optional
            "accuracy" stands for the accuracy that suits the output and the loss.
        run_eagerly, steps_per_execution, jit_compile, auto_scale_loss : accepted; they change nothing here.
        loss_weights, weighted_metrics, sample_weight_mode : accepted at None.
        """
        if loss is None:
            raise ArgumentError(complaint("compile", "a loss", "none", "model.compile('adam', loss='mse')"))
        if isinstance(loss, list | tuple) and len(loss) == 1:
            loss = loss[0]
        not_yet(
            "compile",
            loss_weights=(loss_weights, None),
            weighted_metrics=(weighted_metrics or None, None),
            sample_weight_mode=(sample_weight_mode, None),
        )
        if metrics is None:
            metrics = []
        asked = list(metrics) if isinstance(metrics, list | tuple) else [metrics]
        if len(asked) == 1 and isinstance(asked[0], list | tuple):
            asked = list(asked[0])
        for m in asked:
            _check_metric(m)
        chosen, found = optimizers.get(optimizer), losses.get(loss)
        self.optimizer, self._loss, self.loss, self._metrics = chosen, found, loss, asked
        self._given = {"optimizer": optimizer, "loss": loss, "metrics": asked}
        self._changed()

    # What stands behind all verbs.

    def _source(self, name: str, data: Any) -> Array:
        """Return X as an array that fits the model, whose weights exist from here on."""
        x = checks.as_numbers(name, data)
        if not self.layers:
            raise TidegateError(
                f"Sequential '{self.name}' has no layers. Instead: model.add(LSTM(32, input_shape=(10, 1)))."
            )
        if not self.built:
            self._build_from(x.shape)
        expected = self.input_shape
        if x.shape[1:] != expected[1:]:
            checks.check_input(
                self._entrance(), name, expected, x.shape, self._codes is not None, self._deferred
            )
        return x

    def _target(self, y: Array, ready: Ready) -> None:
        assert self._loss is not None
        last = self.layers[-1]
        loss = self._loss
        checks.check_target(y, ready.output, loss.sparse, loss.name, f"{type(last).__name__} '{last.name}'")
        if len(y):
            checks.check_labels(y, ready.output, loss.sparse, loss.probabilities, loss.name)

    def _scorer(self, verb: str, sample: tuple[int, ...], training: bool) -> Ready:
        """Return the plan that trains or scores samples of that shape."""
        if self._loss is None or self.optimizer is None:
            raise TidegateError(
                f"{verb} expects a compiled model. Instead: model.compile('adam', loss='mse') first."
            )
        key = ("train" if training else "score", sample)
        ready = self._ready.get(key)
        if ready is None:
            self._gather()
            parameters = self.trainable_weights if training else []
            if training and not parameters:
                raise TidegateError(
                    f"{verb} expects weights to train; all layers of '{self.name}' have trainable=False."
                )
            update = self.optimizer.bind(parameters) if training else None
            ready = ready_to_score(self._stack, sample, self._loss, self._metrics, parameters, update)
            self._ready[key] = ready
        self._used = ready
        return ready

    def _pair(self, verb: str, x: Any, y: Any, training: bool) -> tuple[Array, Array, Ready]:
        """Return X, y and their plan, everything checked that can be before the first step."""
        if self._loss is None:
            self._scorer(verb, (), training)
        if y is None:
            raise ArgumentError(complaint(verb, "X and y", "X alone", f"model.{verb}(X, y)"))
        source, target = self._source("X", x), checks.as_numbers("y", y)
        checks.same_rows(source, target)
        if self._codes is not None:
            checks.check_codes(self._entrance(), "X", source, self._codes)
        ready = self._scorer(verb, source.shape[1:], training)
        self._target(target, ready)
        return source, target, ready

    # The verbs.

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
        validation_freq: int = 1,
        **old: Any,
    ) -> History:
        """Train, and return the history of the loss and each metric.

        Everything is checked before the first step. Ctrl-C leaves the weights of a finished step and `model.history`.

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
        steps_per_epoch, validation_steps, validation_batch_size, validation_freq : optional
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
            raise ArgumentError(complaint("fit", "arguments of Keras's fit", f"{next(iter(old))}="))
        not_yet("fit", class_weight=(class_weight, None), sample_weight=(sample_weight, None))
        batch = _size("fit", "batch_size", batch_size, 32)
        epochs, initial_epoch = _count("fit", "epochs", epochs), _count("fit", "initial_epoch", initial_epoch)
        most = None if steps_per_epoch is None else _size("fit", "steps_per_epoch", steps_per_epoch, 1)
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
        calls = CallbackList([*_listed(callbacks), history], self, params)
        self.stop_training = False
        bar: Progress | None = None
        try:
            with Interrupts() as interrupts:
                calls.call("on_train_begin", {})
                for epoch in range(initial_epoch, epochs):
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
                    if held is not None and (epoch + 1) % validation_freq == 0:
                        size = _size("fit", "validation_batch_size", validation_batch_size, batch)
                        scored = self._score(*held, size, interrupts, calls, validation_steps)
                        logs |= scored.logs("val_")
                    if bar is not None:
                        bar.finish(logs)
                    calls.call("on_epoch_end", epoch, logs)
                    self._used = ready
                    if self.stop_training:
                        break
                calls.call("on_train_end", {})
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
        batch = _size("evaluate", "batch_size", batch_size, 32)
        source, target, _ = self._pair("evaluate", x, y, training=False)
        count, show = -(-len(source) // batch), level(verbose)
        bar = Progress(min(count, steps or count), show) if show else None
        calls = (
            CallbackList(_listed(callbacks), self, {"steps": count, "verbose": show}) if callbacks else None
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

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        **old: Any,
    ) -> Array:
        """Return what the output layer gives.

        Parameters
        ----------
        x : array as in `fit`
        batch_size : int, optional
            Accepted; samples are computed in pieces that suit the engine, and results do not depend on them.
        verbose : 0, 1, 2 or "auto"
            1 and 2 print a line; "auto" stays silent.
        steps : int, optional
            Batches of `batch_size` after which to end.
        callbacks : list of `tidegate.callbacks.Callback`

        Returns
        -------
        float32 array of the output's shape, one row for each sample
        """
        found = (
            self._ready.get(("predict", x.shape[1:]))
            if type(x) is np.ndarray and x.dtype.kind in "iuf"
            else None
        )
        if found is None or x.dtype.itemsize == 2 or not x.dtype.isnative:
            x = self._source("X", x)
            found = self._ready.get(("predict", x.shape[1:]))
        if found is None:
            self._gather()
            found = self._ready[("predict", x.shape[1:])] = ready_to_predict(self._stack, x.shape[1:])
        if self._codes is not None:
            checks.check_codes(self._entrance(), "X", x, self._codes)
        self._used = found
        rows = len(x)
        if steps is not None:
            rows = min(rows, steps * _size("predict", "batch_size", batch_size, 32))
        out = np.empty((rows, *found.row), np.float32)
        if rows == 0:
            return out
        if rows <= 32 and callbacks is None and verbose in ("auto", 0):  # nothing to wait for
            found.plan.run((x,), rows, rows, outputs=(out,))
            return out
        show = 0 if verbose == "auto" else level(verbose)
        size = min(rows, CHUNK)
        bar = Progress(-(-rows // size), show) if show else None
        calls = CallbackList(_listed(callbacks), self, {"verbose": show}) if callbacks else None
        if calls is not None:
            calls.call("on_predict_begin", {})
        with Interrupts() as interrupts:
            run_pass(found, (x,), rows, size, interrupts, outputs=(out,))
        if bar is not None:
            bar.finish({})
        if calls is not None:
            calls.call("on_predict_end", {})
        return out

    def __call__(self, inputs: Any, training: bool = False) -> Array:
        """Return the outputs for an array; `predict` under another name."""
        not_yet("calling a model", training=(bool(training), False))
        return self.predict(inputs, verbose=0)

    predict_proba = predict

    def predict_classes(self, x: Any, batch_size: int | None = None, verbose: Any = "auto") -> Array:
        """Return the crisp classes: 0 or 1 by a single sigmoid unit, in the output's shape; else the largest of the last axis."""
        p = self.predict(x, batch_size, verbose)
        return p.argmax(axis=-1) if p.shape[-1] > 1 else (p > 0.5).astype(np.int32)

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

    def predict_on_batch(self, x: Any) -> Array:
        """Return what the output layer gives for these samples."""
        return self.predict(x, verbose=0)


def _result(ready: Ready, as_dict: bool) -> Any:
    values = ready.last()
    if as_dict:
        return dict(zip(ready.names, values, strict=True))
    return values[0] if len(values) == 1 else values


def _check_metric(m: Any) -> None:
    if not metrics.is_accuracy(m):
        metrics.get(m)


def _listed(callbacks: Any) -> list[Any]:
    return (
        [] if callbacks is None else list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
    )


def _size(who: str, name: str, value: Any, default: int) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ArgumentError(
            complaint(who, f"{name} to be a whole number of at least 1", repr(value), f"{name}=32")
        )
    return int(value)


def _count(who: str, name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
        raise ArgumentError(complaint(who, f"{name} to be a whole number", repr(value), f"{name}=10"))
    return int(value)


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
