"""Training that runs away: it stops at the step after which all weights are NaN, and says which layer's states grew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import warn
from tidegate.language import say
from tidegate.models.feeds import Stretch
from tidegate.plan import Parameter
from tidegate.plan.reference import ReferenceExecutor

__all__ = ["Watch"]

Array = np.ndarray[Any, Any]
BOUNDED = ("tanh", "sigmoid", "hard_sigmoid", "hard_tanh", "softsign", "softmax")
STATES = {"lstm": 2, "gru": 2, "simple_rnn": 1}  # where an op keeps its states for the way back
MOST = 32  # samples that are looked at
LARGE = 1e3  # states that ordinary data do not lead to


class Watch:
    """Keeps the weights of a model whose states can grow without end, from before they were lost.

    Parameters
    ----------
    model : the model in training

    Attributes
    ----------
    told : whether the loss was said to be lost
    stopped : whether training was stopped for it
    """

    def __init__(self, model: Any) -> None:
        self.model, self.epoch = model, 0
        self.told = self.stopped = False
        self._open = [k for k in _recurrent(model.inner_layers) if _unbounded(k)]
        self._weights: list[Parameter] = []
        self._kept: list[Array] = []

    def before(self) -> None:
        """Keep the weights as they are, each time that native code is entered: some batches at most."""
        if self._open:
            if not self._kept:
                self._weights = self.model.weights
                self._kept = [np.empty_like(p.array) for p in self._weights]
            for kept, p in zip(self._kept, self._weights, strict=True):
                np.copyto(kept, p.array)

    def lost(self, part: Stretch, batch: int, step: int, loss: float) -> bool:
        """Say what happened at the first loss of an epoch that is NaN or infinite; return whether to stop.

        Training goes on where all weights are numbers still, and where the user has stopped it already.
        """
        if self.model.stop_training or self.told:
            return False
        ruined = not all(np.isfinite(p.array).all() for p in self.model.trainable_weights)
        self.told, self.stopped = True, ruined
        text = say(
            "the loss is {loss} since epoch {epoch}, step {step}", loss=loss, epoch=self.epoch + 1, step=step
        )
        if ruined:
            text += say(", and weights are NaN from there on: training stops")
        ways = say(
            "`clipnorm=1.0` in the optimizer, or a smaller `learning_rate` and data scaled to about -1 to 1"
        )
        if self._open:
            worst, grown = self._cause(part, batch)
            text = f"{text}{say('. ')}{say('{layer} {grown}', layer=worst, grown=grown)}"
            ways = say("`activation='tanh'` on it, {ways}", ways=ways)
        warn(say("{text}. Instead: {instead}.", text=text, instead=ways))
        return ruined

    def _cause(self, part: Stretch, batch: int) -> tuple[str, str]:
        """Return which layer's states grew, and how large they were on the batch with the weights from before."""
        names = {k.name: f"{type(k).__name__} '{k.name}'" for k in self._open}
        rows = np.arange(batch * part.batch, min((batch + 1) * part.batch, part.rows))[:MOST]
        rows = rows if part.order is None else part.order[rows]
        now = [p.array.copy() for p in self._weights]
        largest, worst = 0.0, next(iter(names))
        try:
            for p, kept in zip(self._weights, self._kept, strict=True):
                p.assign(kept)
            count = len(self.model.core.inputs) if self.model.core is not None else 1
            inputs = [np.asarray(x[rows]) for x in part.sources[:count]]
            step = self.model._predictor(inputs).plan.step
            with np.errstate(all="ignore"):
                saved = ReferenceExecutor(step).inside(inputs)
            for node in step.body:
                name = node.scope.split("/")[-1]
                if name in names and node.op.name in STATES:
                    top = float(np.abs(saved[node.order][STATES[node.op.name]]).max())
                    top = np.inf if top != top else top
                    if top > largest:
                        largest, worst = top, name
        finally:
            for p, kept in zip(self._weights, now, strict=True):
                p.assign(kept)
        grown = (
            say("had states of up to {largest:.1e} before", largest=largest)
            if largest > LARGE
            else say("can grow without end")
        )
        if largest == np.inf:
            grown = say("had states beyond all numbers")
        function = next(k for k in self._open if k.name == worst).functions["activation"].__name__
        return say("{layer} with {code}", layer=names[worst], code=f"activation='{function}'"), grown


def _recurrent(layers: Sequence[Any]) -> list[Any]:
    """Return the recurrent layers, those inside Bidirectional too."""
    both = [(getattr(k, "forward_layer", k), getattr(k, "backward_layer", k)) for k in layers]
    return list({id(k): k for pair in both for k in pair}.values())


def _unbounded(layer: Any) -> bool:
    """Return whether a recurrent layer's states have no upper end."""
    functions = getattr(layer, "functions", None)
    return isinstance(functions, dict) and functions["activation"].__name__ not in BOUNDED
