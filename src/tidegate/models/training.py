"""The verbs fit and evaluate."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from tidegate.arguments import flags_checked
from tidegate.callbacks import CallbackList, History
from tidegate.errors import ArgumentError, DataError, TidegateError, complaint, nearest, warn
from tidegate.language import say
from tidegate.models import checks
from tidegate.models.arguments import count, size
from tidegate.models.diverging import Watch
from tidegate.models.feeds import (
    ArrayFeed,
    Feed,
    PreparedFeed,
    Stream,
    StreamFeed,
    Stretch,
    is_stream,
    steps_of,
)
from tidegate.models.loop import Interrupts, Pass, run_pass
from tidegate.models.predicting import Predictor
from tidegate.models.progress import Progress, level
from tidegate.models.recording import Ready
from tidegate.models.samples import Samples
from tidegate.spelling import note

__all__ = ["Trainer"]

Array = np.ndarray[Any, Any]


class Trainer(Predictor):
    """A stack of layers that can be trained and scored."""

    @flags_checked
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
        shuffle: bool | str = True,
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
            Any numeric type, strided or memory-mapped; it is read in place. Of several inputs, a list or a dict. Or
            what gives batches (x, y) or (x, y, sample_weight): a generator, a `utils.PyDataset`, or anything that can
            be iterated over again and again. A generator is read on from epoch to epoch.
        y : array, one row for each sample; of several outputs, a list or a dict
        batch_size : int, default 32
        epochs : int, default 1
        verbose : 0, 1, 2 or "auto"
            Silence, a progress bar, or one line for each epoch. "auto" is 1.
        callbacks : list of `tidegate.callbacks.Callback`
        validation_split : float
            This last part of the data, before shuffling, is not trained on but scored after each epoch.
        validation_data : (x, y) or (x, y, sample_weight), or what gives batches of them
            Scored after each epoch.
        shuffle : bool or "batch", default True
            A new order for each epoch, of the samples or of whole batches; generators have their own.
        initial_epoch : int
            The number of the first epoch, for a training taken up again.
        steps_per_epoch : int, optional
            Batches after which an epoch ends; the next one goes on there. Without `batch_size`, into how many
            batches the samples are cut.
        validation_steps, validation_batch_size : optional
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
        old.pop("use_multiprocessing", None)  # threads serve
        making = {"workers": old.pop("workers", None), "ahead": old.pop("max_queue_size", None)}
        if old:
            wrong, known = next(iter(old)), [*inspect.signature(self.fit).parameters][:-1]
            near = nearest(wrong, known)
            expected = (
                say("arguments that it knows")
                if near
                else say("arguments among {names}", names=", ".join(known))
            )
            raise ArgumentError(complaint("fit", expected, f"{wrong}=", near))
        epochs, initial_epoch = count("fit", "epochs", epochs), count("fit", "initial_epoch", initial_epoch)
        _validates(validation_freq, 1)
        show = level(verbose)
        part = batch_size if validation_batch_size is None else validation_batch_size
        feed: Feed
        held: Feed | None = None
        if is_stream(x):
            if validation_split:
                came = say(
                    "{argument} of a {kind}",
                    argument=f"validation_split={validation_split}",
                    kind=type(x).__name__,
                )
                raise ArgumentError(complaint("fit", say("arrays to split"), came, "validation_data=..."))
            feed = self._stream(
                "fit", x, y, True, steps_per_epoch, shuffle, sample_weight, class_weight, making
            )
        else:
            samples, _ = self._samples("fit", x, y, True, sample_weight, class_weight, cut=True)
            if validation_split and validation_data is None:
                samples, rest = samples.split(validation_split)
                if class_weight is not None:  # as in Keras, classes weigh in training alone
                    rest = self._samples("fit", x, y, False, sample_weight, cut=True)[0]
                    rest = rest.split(validation_split)[1]
                held = self._arrays("validation", rest, part, validation_steps)
            self._check_finite(samples)
            feed = self._arrays("fit", samples, batch_size, steps_per_epoch, shuffle)
        if validation_data is not None:
            held = self._held_out(validation_data, part, validation_steps)
            if validation_steps is None and isinstance(held, StreamFeed) and held.stream.once and epochs > 1:
                came = say("{name}, which is read once", name=held.stream.name)
                raise ArgumentError(
                    complaint("fit", say("validation data for each epoch"), came, "validation_steps=...")
                )
        assert self.optimizer is not None

        history = History()
        params: dict[str, Any] = {
            "verbose": show,
            "epochs": epochs,
            "steps": feed.steps,
            "batch_size": feed.batch,
            "do_validation": held is not None,
        }
        if isinstance(feed, ArrayFeed):
            params["samples"] = feed.rows
        calls = CallbackList([callbacks, history], model=self, **params)
        self.history = history
        self.stop_training, self._initial_epoch = False, None
        bar: Progress | None = None
        logs: dict[str, Any] = {}
        watch = Watch(self)
        try:
            with Interrupts() as interrupts:
                calls.call("on_train_begin", {})
                begin = initial_epoch if self._initial_epoch is None else self._initial_epoch
                for epoch in range(begin, epochs):
                    calls.call("on_epoch_begin", epoch, {})
                    watch.epoch = epoch
                    if show:
                        bar = Progress(feed.steps, show, f"Epoch {epoch + 1}/{epochs}")
                    done = run_pass(
                        "train",
                        feed.stretches(),
                        interrupts,
                        optimizer=self.optimizer,
                        callbacks=calls,
                        bar=bar,
                        stopped=lambda: self.stop_training,
                        watch=watch,
                    )
                    self.stop_training = self.stop_training or watch.stopped
                    if not done.steps:
                        text = say(
                            "the data ended: training stops before epoch {epoch} of {epochs}; "
                            "steps_per_epoch says where an epoch ends",
                            epoch=epoch + 1,
                            epochs=epochs,
                        )
                        warn(text, UserWarning)
                        break
                    logs = done.logs()
                    if held is not None and _validates(validation_freq, epoch + 1):
                        logs |= self._score(held, interrupts, calls).logs("val_")
                    if bar is not None:
                        bar.finish(logs, done.steps)
                    calls.call("on_epoch_end", epoch, logs)
                    self._ran(done.ready)
                    if self.stop_training:
                        break
                self.optimizer.finalize_variable_values()
                calls.call("on_train_end", logs)
        finally:
            if bar is not None:
                bar.abandon()
        return history

    def _arrays(
        self, verb: str, samples: Samples, batch_size: Any, steps: Any, shuffle: Any = False
    ) -> ArrayFeed:
        """Return the batches of samples: of 32, or of as many as so many steps make."""
        names = ("steps_per_epoch", "batch_size") if verb == "fit" else ("steps", "batch_size")
        start = "validation_" if verb == "validation" else ""
        most = None if steps is None else size(verb, start + names[0], steps, 1)
        default = 32 if most is None else -(-len(samples) // most)
        batch, training = size(verb, start + names[1], batch_size, default), verb == "fit"
        if self._by_batch:
            cut = partial(self._cut, verb, training=training)
            return PreparedFeed(cut, None, samples, batch, most, shuffle)
        return ArrayFeed(self._scorer(verb, samples, training), samples, batch, most, shuffle)

    def _check_finite(self, samples: Samples) -> None:
        """Raise where there is NaN or infinity among the numbers that are trained on."""
        for what, arrays in (("X", samples.inputs), ("y", samples.targets)):
            for k, a in enumerate(arrays):
                label = what if len(arrays) == 1 else f"{what}[{k}]"
                checks.check_finite(label, a, "feature" if what == "X" else "output")

    def _stream(
        self,
        verb: str,
        data: Any,
        y: Any,
        training: bool,
        steps: Any = None,
        shuffle: Any = False,
        sample_weight: Any = None,
        class_weight: Any = None,
        making: dict[str, Any] | None = None,
    ) -> StreamFeed:
        """Return batches that come one by one, with their targets and weights in them."""
        for name, given in (("y", y), ("sample_weight", sample_weight)):
            if given is not None:
                came = f"{name}= beside a {type(data).__name__}"
                raise ArgumentError(
                    complaint(verb, say("targets and weights within the batches"), came, "(x, y, w)")
                )

        def prepare(x: Any, y: Any, w: Any) -> tuple[Samples, Ready]:
            samples, ready = self._samples(verb, x, y, training, w, class_weight)
            if training:
                self._check_finite(samples)
            return samples, ready

        most = None if steps is None else size(verb, "steps_per_epoch" if training else "steps", steps, 1)
        return StreamFeed(Stream(data, shuffle, **(making or {})), prepare, most)

    def _held_out(self, data: Any, batch_size: int | None, steps: int | None) -> Feed:
        try:
            if is_stream(data):
                return self._stream("fit", data, None, False, steps)
            if not isinstance(data, tuple | list) or len(data) not in (2, 3):
                raise ArgumentError(
                    complaint("fit", say("validation_data as a pair"), type(data).__name__, "(x_val, y_val)")
                )
            weight = data[2] if len(data) == 3 else None
            samples, _ = self._samples("fit", data[0], data[1], False, weight, cut=True)
        except TidegateError as error:
            raise type(error)(f"{say('In validation_data')}{say(': ')}{error}") from None
        return self._arrays("validation", samples, batch_size, steps)

    def _score(
        self,
        feed: Feed,
        interrupts: Interrupts,
        calls: CallbackList,
        bar: Progress | None = None,
    ) -> Pass:
        self.stop_evaluating = False
        feed.restart()
        calls.call("on_test_begin", {})
        done = run_pass(
            "test",
            feed.stretches(),
            interrupts,
            callbacks=calls,
            bar=bar,
            stopped=lambda: self.stop_evaluating,
        )
        if done.ready is None:
            raise DataError(complaint("evaluate", say("at least one batch"), say("none")))
        calls.call("on_test_end", done.logs())
        return done

    def fit_generator(
        self,
        generator: Any,
        steps_per_epoch: int | None = None,
        epochs: int = 1,
        verbose: Any = 1,
        callbacks: Any = None,
        validation_data: Any = None,
        validation_steps: int | None = None,
        **more: Any,
    ) -> History:
        """Do what `fit` does, under the name of Keras 1 and 2."""
        note("fit_generator", "fit")
        more.pop("pickle_safe", None)  # threads serve
        for name, today in (("nb_worker", "workers"), ("max_q_size", "max_queue_size")):
            if name in more:
                more[today] = more.pop(name)
        if "samples_per_epoch" in more:
            note(_of_generator("samples_per_epoch="), "steps_per_epoch=")
            generator, steps_per_epoch = steps_of(generator, more.pop("samples_per_epoch"))
        if "nb_val_samples" in more:
            note(_of_generator("nb_val_samples="), "validation_steps=")
            samples = more.pop("nb_val_samples")
            if is_stream(validation_data):
                validation_data, validation_steps = steps_of(validation_data, samples)
        steps = {"steps_per_epoch": steps_per_epoch, "validation_steps": validation_steps}
        known = {"epochs": epochs, "verbose": verbose, "callbacks": callbacks}
        return self.fit(generator, validation_data=validation_data, **{**known, **steps, **more})

    @flags_checked
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
        x, y : arrays as in `fit`; or x alone that gives batches
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
        feed: Feed
        if is_stream(x):
            feed = self._stream("evaluate", x, y, False, steps, sample_weight=sample_weight)
        else:
            samples, _ = self._samples("evaluate", x, y, False, sample_weight, cut=True)
            feed = self._arrays("evaluate", samples, batch_size, steps)
        show = level(verbose)
        bar = Progress(feed.steps, show) if show else None
        calls = CallbackList(callbacks, model=self, verbose=show, epochs=1, steps=feed.steps)
        try:
            with Interrupts() as interrupts:
                done = self._score(feed, interrupts, calls, bar)
        finally:
            if bar is not None:
                bar.abandon()
        logs = done.logs()
        if bar is not None:
            bar.finish(logs, done.steps)
        assert done.ready is not None
        if done.lost is not None:
            warn(
                say(
                    "the loss is {loss} since step {step} of the evaluation",
                    loss=done.lost[1],
                    step=done.lost[0],
                )
            )
        self._ran(done.ready)
        values = [logs[name] for name in done.ready.in_order()]
        return logs if return_dict else values[0] if len(values) == 1 else values

    def evaluate_generator(
        self, generator: Any, steps: int | None = None, callbacks: Any = None, verbose: Any = 0, **old: Any
    ) -> Any:
        """Do what `evaluate` does, under the name of Keras 1 and 2."""
        note("evaluate_generator", "evaluate")
        if "val_samples" in old:
            generator, steps = steps_of(generator, old["val_samples"])
        return self.evaluate(generator, steps=steps, callbacks=callbacks, verbose=verbose)

    @flags_checked
    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
        *,
        reset_metrics: bool = True,
    ) -> Any:
        """Make one step on these samples, and return the loss (and metrics) before it.

        Parameters
        ----------
        x, y, sample_weight, class_weight : as in `fit`
        return_dict : bool, default False
            Return a dict by name.
        reset_metrics : bool, default True
            False returns the mean over this and the steps before it, back to the last `reset_metrics()`; of Keras 2.
        """
        samples, ready = self._samples("train_on_batch", x, y, True, sample_weight, class_weight)
        self._check_finite(samples)
        return self._one_batch("train", ready, samples, return_dict, reset_metrics)

    @flags_checked
    def test_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        return_dict: bool = False,
        *,
        reset_metrics: bool = True,
    ) -> Any:
        """Return the loss (and metrics) of these samples; the arguments are those of `train_on_batch`."""
        samples, ready = self._samples("test_on_batch", x, y, False, sample_weight)
        return self._one_batch("test", ready, samples, return_dict, reset_metrics)

    def _one_batch(self, kind: str, ready: Ready, samples: Samples, as_dict: bool, reset: bool) -> Any:
        """Run a plan once, and return what it reports: of this batch, or of all since the last reset."""
        with Interrupts() as interrupts:
            run_pass(
                kind,
                [Stretch(ready, samples.sources, len(samples), len(samples))],
                interrupts,
                optimizer=self.optimizer if kind == "train" else None,
                after=None if reset else self._summed.get(kind),
            )
        self._summed[kind] = ready
        self._ran(ready)
        logs = ready.logs()
        if as_dict:
            return logs
        return logs["loss"] if len(logs) == 1 else [logs[name] for name in ready.in_order()]


def _validates(frequency: Any, epoch: int) -> bool:
    """Return whether an epoch, counted from 1, is followed by a validation."""
    if isinstance(frequency, Sequence) and not isinstance(frequency, str):
        return epoch in frequency
    return epoch % size("fit", "validation_freq", frequency, 1) == 0


def _of_generator(argument: str) -> str:
    return say("{name} of {who}", name=argument, who="fit_generator")
