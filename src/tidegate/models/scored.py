"""What is reported of a model, and the methods by which a class of one's own says what its loss and metrics are."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.metrics import Mean
from tidegate.metrics.base import RECORDER
from tidegate.models.heads import Head
from tidegate.models.network import Network
from tidegate.models.own_steps import CompiledMetrics, own_metrics
from tidegate.models.recording import Ready
from tidegate.utils.nested import leaves, pack
from tidegate.utils.packing import unpack_x_y_sample_weight

__all__ = ["Scored"]


class Scored(Network):
    """A model with a loss and metrics."""

    def __init__(self, name: str | None = None, trainable: bool = True) -> None:
        super().__init__(name, trainable)
        self._loss_tracker = Mean(name="loss")
        self._used: Ready | None = None  # the plan that ran last, and the last of those that report
        self._told: Ready | None = None
        self._summed: dict[str, Ready] = {}  # whose sums the next step on a batch may go on with
        self._form: Any = None  # the nest in which a `call` of the user's own takes its inputs

    @property
    def compiled(self) -> bool:
        """Whether it has a loss and an optimizer."""
        raise NotImplementedError

    def _heads(self, count: int, nest: Any = None) -> list[Head]:
        """Return what was compiled for each output."""
        raise NotImplementedError

    def _scores(self) -> Ready | None:
        """Return a plan that reports what this model was compiled with, before anything has run."""
        raise NotImplementedError

    @property
    def metrics(self) -> list[Any]:
        """The mean of the loss, then the metrics of the plan that ran last, once for each output they report on."""
        if not self.compiled:
            return []
        recorder = RECORDER.get()
        reported = recorder.compiled if recorder is not None else self._told.reported if self._told else []
        found = [r.metric for r in reported]
        found = [self._loss_tracker, *found, *own_metrics(self)]
        return list({id(metric): metric for metric in found}.values())

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, in its order."""
        if self._told is not None:
            return self._told.in_order()
        found = self._scores() if self.compiled else None
        return found.in_order() if found is not None else ["loss"] if self.compiled else []

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the loss of outputs: what was compiled, and what layers add.

        A class of one's own may say another one, over `tidegate.ops`: it is recorded with the step, and `super()` gives
        this one as a value to go on with. The batch is then one shard.

        Parameters
        ----------
        x, y, y_pred, sample_weight : inputs, targets, outputs and weights, in the nests in which the model has them
        training : whether it is trained on
        """
        recorder = RECORDER.get()
        if recorder is not None:
            return recorder.compiled_loss(y, y_pred, sample_weight)
        parts = [leaves(nest) for nest in (y, y_pred, sample_weight)]
        parts[2] = parts[2] * len(parts[1]) if len(parts[2]) == 1 else parts[2]
        total = sum(self.losses)
        for head, target, p, w in zip(self._heads(len(parts[1]), y_pred), *parts, strict=True):
            if head.loss is not None:
                total += head.factor * float(head.loss(np.asarray(target), np.asarray(p), w))
        return total

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Return what is reported, by its names.

        A class of one's own may give further metrics something by `update_state`, and return their `result()` as
        well. It is recorded with the step, so a result is what it will be, and not a number yet.

        Parameters
        ----------
        x, y, y_pred, sample_weight : as `compute_loss` takes them
        """
        return self.get_metrics_result()

    def train_step(self, data: Any) -> dict[str, Any]:
        """Say what a step of training does: outputs, loss, the optimizer's step, and what is reported.

        A class of one's own may say it another way, over `tidegate.ops`, with gradients from
        `tf.GradientTape`. Like `compute_loss` it is recorded once for each shape of data and then runs as a part of
        the compiled step, so it sees no numbers.

        Parameters
        ----------
        data : (x, y) as `fit` was given them, (x, y, sample_weight) or x alone

        Returns
        -------
        dict
            Results of metrics, or numbers made by `tidegate.ops`, by their names.
        """
        x, y, w = unpack_x_y_sample_weight(data)
        p, recorder = self(x, training=True), self._recorder("train_step", "train_on_batch")
        gradients = recorder.gradients(self.compute_loss(x, y, p, w), self.trainable_weights)
        recorder.apply(recorder.model.optimizer, gradients)
        return self.compute_metrics(x, y, p, w)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Say what a step of `evaluate` does, as `train_step` does of `fit`."""
        x, y, w = unpack_x_y_sample_weight(data)
        self._recorder("test_step", "test_on_batch")
        p = self(x, training=False)
        self.compute_loss(x, y, p, w)
        return self.compute_metrics(x, y, p, w)

    @property
    def compiled_loss(self) -> Any:
        """The loss of `compile`, as a step in the spelling of Keras 2 calls it."""
        recorder = self._recorder("compiled_loss", "compute_loss")
        return lambda y, p, w=None, regularization_losses=(): recorder.compiled_loss(
            y, p, w, list(regularization_losses or ())
        )

    @property
    def compiled_metrics(self) -> CompiledMetrics:
        """The metrics of `compile`, as a step in the spelling of Keras 2 feeds them."""
        return CompiledMetrics()

    def _recorder(self, who: str, instead: str) -> Any:
        """Return what takes a step that is recorded."""
        recorder = RECORDER.get()
        if recorder is None:
            expected, came = say("a step that is recorded"), say("a call by itself")
            raise ArgumentError(complaint(who, expected, came, f"model.{instead}(x, y)"))
        return recorder

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the loss and each metric by their names, as far as they were summed up."""
        recorder = RECORDER.get()
        if recorder is not None:
            found: dict[str, Any] = recorder.results()
            return found
        return {} if self._told is None else self._told.logs()

    @property
    def losses(self) -> list[Any]:
        """What layers and regularizers add to the loss: within `compute_loss` as values, else as numbers."""
        recorder = RECORDER.get()
        return super().losses if recorder is None else recorder.losses

    def _ran(self, ready: Ready | None) -> None:
        """Keep which plan ran last."""
        self._used = ready
        if ready is not None and ready.plan.step.means:
            self._told = ready

    def _nest_of(self, values: list[Any]) -> Any:
        """Return the values of the inputs in the nest in which the model takes them."""
        if len(values) == 1:
            return values[0]
        form = self._form if self.core is None else self.core.x
        return pack(form, values)

    def reset_metrics(self) -> None:
        """Start the metrics at nothing, as each `fit`, `evaluate` and step on a batch does by itself."""
        self._summed.clear()
        for metric in self.metrics:
            metric.reset_state()
