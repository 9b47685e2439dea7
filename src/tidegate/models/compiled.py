"""The second verb, compile, and the plans that it leads to."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate import losses, metrics, optimizers
from tidegate.callbacks import History
from tidegate.errors import ArgumentError, TidegateError, complaint
from tidegate.layers import Bidirectional
from tidegate.layers.base import not_yet
from tidegate.layers.recurrent import Recurrent
from tidegate.losses import Loss
from tidegate.models import checks, targets
from tidegate.models.network import Network
from tidegate.models.recording import Ready, ready_to_score
from tidegate.optimizers import Optimizer
from tidegate.plan import Plan

__all__ = ["Compiled"]

Array = np.ndarray[Any, Any]


class Compiled(Network):
    """A stack of layers with an optimizer, a loss and metrics, and a plan for each shape it has met."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
        self.optimizer: Optimizer | None = None
        self.loss: Any = None
        self.history: History | None = None
        self.stop_training = False
        self._initial_epoch: int | None = None  # where a callback takes training up again
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
        if metrics is None and isinstance(loss_weights, list | tuple):
            metrics, loss_weights = loss_weights, None  # Keras 3 has them in the other order
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
            if isinstance(self.layers[0], Recurrent | Bidirectional):
                checks.check_input(self._entrance(), name, (None, None, None), x.shape, False)
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
        targets.check_target(y, ready.output, loss.sparse, loss.name, f"{type(last).__name__} '{last.name}'")
        if len(y):
            targets.check_labels(y, ready.output, loss.sparse, loss.probabilities, loss.name)

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
        checks.same_rows(verb, source, target)
        if self._codes is not None:
            checks.check_codes(self._entrance(), "X", source, self._codes)
        ready = self._scorer(verb, source.shape[1:], training)
        self._target(target, ready)
        return source, target, ready


def _check_metric(m: Any) -> None:
    if not metrics.is_accuracy(m):
        metrics.get(m)
