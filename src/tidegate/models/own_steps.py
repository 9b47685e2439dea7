"""What a class of the user's own says of its loss, metrics and steps: `compute_loss`, `train_step` and their like.

They run once for each shape of data, on recorded values. What they give to metrics becomes scalars of the plan, or for
metrics that are fed on the host, the outputs that the plan hands out.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tidegate import ops
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.metrics import Mean, Metric, Sum
from tidegate.metrics.base import RECORDER
from tidegate.models.heads import Head
from tidegate.models.reducing import at_each_position, counted, metric_weights_at, weights_at
from tidegate.ops import Value
from tidegate.ops.base import Constant, Numberless
from tidegate.shapes import elements
from tidegate.utils.nested import leaves, map_nested

if TYPE_CHECKING:
    from tidegate.models.recording import Reported

__all__ = ["CompiledMetrics", "Gradient", "OwnSteps", "Pending", "brings_loss", "is_own", "own_metrics"]


def is_own(model: Any, method: str) -> bool:
    """Return whether a model's class brings a method of its own."""
    return (
        not type(model).__dict__.get(method, getattr(type(model), method)).__module__.startswith("tidegate.")
    )


def brings_loss(model: Any) -> bool:
    """Return whether the loss is a matter of the model's own class."""
    return any(is_own(model, method) for method in ("compute_loss", "train_step", "test_step"))


def _unknown(self: Any, *args: Any) -> Any:
    raise ArgumentError(
        complaint(
            "compute_metrics",
            say("results as they are"),
            say("arithmetic with result(), which is known after the batch"),
            say("the same on what update_state() is given"),
        )
    )


def own_metrics(model: Any) -> list[Metric]:
    """Return the metrics that a model of the user's own class has among its attributes."""
    held = vars(model).items() if not type(model).__module__.startswith("tidegate.") else ()
    found = [
        part for name, value in held if name not in ("_loss_tracker", "_given") for part in leaves(value)
    ]
    return [part for part in found if isinstance(part, Metric)]


class Gradient(Numberless):
    """What a gradient is while a step is recorded: of which loss, by which weight."""

    def __init__(self, recorder: OwnSteps, loss: Value, weight: Any) -> None:
        self.recorder, self.loss, self.weight = recorder, loss, weight

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        who, expected = say("the gradient of {name}", name=self.weight.name), say("apply_gradients as it is")
        instead = say("clipnorm=, clipvalue= or global_clipnorm= of the optimizer")
        raise ArgumentError(complaint(who, expected, say("arithmetic with it"), instead))


class CompiledMetrics:
    """Stands for the metrics of `compile` in a step of one's own: they are given y and y_pred in any case."""

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing more."""


class Pending:
    """What `result()` of a metric gives while a step is recorded: the number is there after each batch."""

    def __init__(self, metric: Metric) -> None:
        self.metric = metric

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _unknown
    __float__ = __neg__ = __pow__ = __array__ = __bool__ = __lt__ = __gt__ = _unknown


@dataclass
class Targets:
    """An output beside what it is compared with.

    Attributes
    ----------
    head, p, y, w : what was compiled for it, the output, its targets and weights
    given : the weights with as many axes as they came with
    """

    head: Head
    p: Value
    y: Value | None = None
    w: Value | None = None
    given: Value | None = None

    def take(self, w: Value, axes: int) -> None:
        """Take weights that the plan has at each position, and that came with so many axes."""
        self.w, more = w, len(w.shape) - axes
        self.given = w[(slice(None), *[0] * more)] if more > 0 else ops.expand_dims(w, -1) if more < 0 else w


class OwnSteps:
    """Takes what metrics are given while a step is recorded, and calls the methods of the model's class.

    Parameters
    ----------
    model : whose step it is
    place : from a scalar to its place among the sums of the plan
    new : makes a `Reported`
    training : whether it is a step of training

    Attributes
    ----------
    reported : what metrics were given, in that order
    """

    def __init__(
        self, model: Any, place: Callable[[Value], int], new: type[Reported], training: bool = False
    ) -> None:
        self.model, self._place, self._new, self.training = model, place, new, training
        self.own_step = is_own(model, "train_step" if training else "test_step")
        self.own_loss, self.own_metrics = is_own(model, "compute_loss"), is_own(model, "compute_metrics")
        self.reported: list[Reported] = []
        self.compiled: list[Reported] = []  # what `compile` asked for
        self.parts: list[Targets] = []
        self.penalties: list[Value] = []
        self.run: tuple[Any, Any] | None = None  # the inputs and what the model made of them
        self.minimised: Value | None = None  # the loss of a step of one's own, where it says one
        self.weights: list[Any] = []  # by which it is made small

    @property
    def brings_loss(self) -> bool:
        """Whether the loss is the class's own matter."""
        return self.own_loss or self.own_step

    def __enter__(self) -> OwnSteps:
        self._before = RECORDER.set(self)
        return self

    def __exit__(self, *error: Any) -> None:
        RECORDER.reset(self._before)

    # What metrics are given.

    def update(self, metric: Any, given: Sequence[Any]) -> None:
        """Take what `update_state` of a metric was given."""
        if any(metric is r.metric for r in self.compiled):
            return  # given y and y_pred in any case
        given = [thing for thing in given if thing is not None]
        r = self._new(metric.name, metric)
        if isinstance(metric, Mean):
            v, w = given[0], given[1] if len(given) > 1 else None
            self._mean(r, v, w)
        else:
            self._compared(r, metric, given)
        self.reported.append(r)

    def _mean(self, r: Reported, v: Any, w: Any) -> None:
        if not isinstance(v, Value):
            v = _number(v)
        if v.shape == ():
            r.total = self._place(ops.couple(v if w is None else v * w))
            r.count = self._place(ops.once(_number(1.0)) if w is None else ops.couple(w))
            return
        if w is not None:
            w = w[..., 0] if len(w.shape) > len(v.shape) else w
            v = (
                ops.mean(v, axis=tuple(range(len(w.shape), len(v.shape))))
                if len(w.shape) < len(v.shape)
                else v
            )
        over = weights_at(v, v.mask, w)
        r.total, r.count = self._place(ops.weighted_sum(v, over, None)), self._place(counted(v, over))
        r.positions = 1 if isinstance(r.metric, Sum) else elements(v.shape[1:])

    def _compared(self, r: Reported, metric: Any, given: Sequence[Any]) -> None:
        y, p = (*given, None, None)[:2]
        w = given[2] if len(given) > 2 else None
        if getattr(metric, "in_plan", False) and isinstance(p, Value):
            at = metric.record(p, y)
            over = metric_weights_at(at, p.mask, w)
            r.total, r.count = self._place(ops.weighted_sum(at, over, None)), self._place(counted(at, over))
            r.positions = elements(at.shape[1:])
            return
        for k, part in enumerate(self.parts):
            if (
                part.p is p
                and part.y is y
                and len(given) < 4
                and (w is None or w is part.w or w is part.given)
            ):
                r.head, r.fed, r.weighted = k, True, w is not None
                return
        raise ArgumentError(
            complaint(
                say("metric '{name}'", name=metric.name),
                say("y, y_pred and sample_weight as they came"),
                say("something made of them"),
                say("metrics.Mean, given a value made by tidegate.ops"),
            )
        )

    def result(self, metric: Any) -> Any:
        """Return what stands for the result of a metric."""
        return Pending(metric)

    # What the model is asked.

    def loss(self, x: Any, y: Any, p: Any, w: Any, training: bool) -> Value:
        """Record the class's own loss: one number for the batch."""
        method = self.model.compute_loss
        more = {"training": training} if "training" in inspect.signature(method).parameters else {}
        found: Any = method(x, y, p, w, **more)
        who = say("compute_loss of '{name}'", name=self.model.name)
        if not isinstance(found, Value) or found.shape != () or found.dtype == "float64":
            came = say("shape {shape}", shape=found.shape) if isinstance(found, Value) else repr(found)
            raise ArgumentError(
                complaint(
                    who, say("one number made by tidegate.ops"), came, "ops.mean(ops.square(y - y_pred))"
                )
            )
        return found

    def compiled_loss(self, y: Any, p: Any, w: Any, penalties: Sequence[Any] | None = None) -> Value:
        """Record what the loss is without a `compute_loss` of the class's own, for these targets and outputs.

        Penalties are those of the layers and regularizers, unless others are given.
        """
        ys, ps, ws = (leaves(nest) for nest in (y, p, w))
        ws = ws * len(ps) if len(ws) == 1 else ws
        found = list(self.losses if penalties is None else penalties)
        for part, target, output, weight in zip(self.parts, ys, ps, ws, strict=True):
            loss = part.head.loss
            if loss is not None:
                weight = part.w if weight is not None and weight is part.given else weight
                each = at_each_position(loss.record(output, target, weight is not None), weight)
                over = weights_at(each, output.mask, weight)
                counts = over
                if loss.reduction != "mean_with_sample_weight":
                    counts = weights_at(each, output.mask, None)
                v = each if over is None else each * over
                if loss.reduction == "sum":
                    mean = ops.sum(v)
                else:
                    mean = ops.mean(v) if counts is None else ops.sum(v) / ops.sum(counts)
                if len(self.parts) > 1:
                    self.update(Mean(name=f"{part.head.name}_loss"), [mean])
                found.append(mean if part.head.factor == 1 else mean * part.head.factor)
        if not found:
            expected, came = say("a loss"), say("none")
            raise ArgumentError(
                complaint("compute_loss", expected, came, "model.compile('adam', loss='mse')")
            )
        total: Value = found[0]
        for one in found[1:]:
            total = total + one
        self.minimised = total
        return total

    def outputs_for(self, model: Any, x: Any, training: Any) -> Any:
        """Return what the model made of its inputs already, where a step asks for that once more; else None."""
        if self.run is None or model is not self.model or bool(training) is not self.training:
            return None
        inputs, made = self.run
        before, now = leaves(inputs), leaves(x)
        same = len(before) == len(now) and all(a is b for a, b in zip(before, now, strict=True))
        return made if same else None

    def gradients(self, loss: Any, weights: Any) -> Any:
        """Return what stands for the gradients of a loss."""
        if not isinstance(loss, Value) or loss.shape != () or loss.dtype == "float64":
            came = say("shape {shape}", shape=loss.shape) if isinstance(loss, Value) else repr(loss)
            instead = "tf.reduce_mean(tf.square(y - y_pred))"
            raise ArgumentError(complaint("tape.gradient", say("one number as the loss"), came, instead))
        return map_nested(lambda weight: Gradient(self, loss, weight), weights)

    def apply(self, optimizer: Any, gradients: Sequence[Gradient]) -> None:
        """Take what an optimizer is to make small, and by which weights: one loss in each step."""
        losses = list({id(g.loss): g.loss for g in gradients}.values())
        if self.weights or len(losses) != 1 or optimizer is not self.model.optimizer:
            raise ArgumentError(
                complaint(
                    "train_step",
                    say("one loss that the optimizer of compile makes small"),
                    say("another optimizer, or a further loss"),
                    say("the sum of the losses; or a model for each, each with a fit of its own"),
                )
            )
        self.minimised, self.weights = losses[0], [g.weight for g in gradients]

    def step(self, x: Any, y: Any, w: Any) -> list[Reported]:
        """Record the class's own step, and return what it reports."""
        who = "train_step" if self.training else "test_step"
        data = (x, y, w) if w is not None else (x, y) if y is not None else x
        found = getattr(self.model, who)(data)
        if self.training and not self.weights:
            instead = "self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))"
            raise ArgumentError(complaint(who, say("a step of the optimizer"), say("none"), instead))
        if not isinstance(found, dict):
            instead = "{m.name: m.result() for m in self.metrics}"
            raise ArgumentError(complaint(who, say("a dict of results"), type(found).__name__, instead))
        for name, result in found.items():
            if isinstance(result, Value):
                if name == "loss" and not self.training:
                    self.minimised = result
                self.update(mean := Mean(name=str(name)), [result])
                self.reported[-1].final = True
                found[name] = Pending(mean)
        return self._told(who, found)

    @property
    def losses(self) -> list[Value]:
        """What layers and regularizers add to the loss, as numbers that can be computed with."""
        return [_single(v) for v in self.penalties]

    def metrics(self, x: Any, y: Any, p: Any, w: Any) -> list[Reported]:
        """Return what is reported, by the names of the class's own `compute_metrics`."""
        if not self.own_metrics:
            return self.all()
        return self._told("compute_metrics", self.model.compute_metrics(x, y, p, w))

    def _told(self, who: str, found: Any) -> list[Reported]:
        """Return what is reported, by the names that a method gave the results."""
        known = {id(r.metric): r for r in reversed(self.all())}
        made = []
        for name, result in found.items() if isinstance(found, dict) else ():
            if isinstance(result, Pending) and id(result.metric) in known:
                made.append(replace(known[id(result.metric)], name=str(name)))
            elif not (isinstance(result, Pending) and result.metric is self.model._loss_tracker):
                raise ArgumentError(
                    complaint(
                        who,
                        say("results of metrics that were given something"),
                        say("{value} for '{name}'", value=type(result).__name__, name=name),
                        f"self.{name} = Mean(); self.{name}.update_state(...); self.{name}.result()",
                    )
                )
        return made

    def all(self) -> list[Reported]:
        """Return what was compiled, and what the class's own metrics were given; one that got nothing is 0."""
        given = {id(r.metric) for r in self.reported}
        for metric in own_metrics(self.model):
            if id(metric) not in given:
                r = self._new(metric.name, metric)
                r.total = r.count = self._place(ops.once(_number(0.0)))
                self.reported.append(r)
        return [*self.compiled, *self.reported]

    def results(self) -> dict[str, Any]:
        """Return what stands for all results, by their names."""
        own = [r.metric for r in self.reported] + own_metrics(self.model)
        found = {"loss": Pending(self.model._loss_tracker)} | {
            r.name: Pending(r.metric) for r in self.compiled
        }
        return found | {metric.name: Pending(metric) for metric in own}


def _number(v: Any) -> Value:
    """Return a number as a value that can be recorded."""
    found: Value = ops.sum(Constant(v).value)
    return found


def _single(v: Value) -> Value:
    """Return what a layer or a regularizer adds to the loss as a number that can be computed with."""
    node = v.node
    if v.dtype != "float64" or node is None:
        return v
    first: Any = node.inputs[0]
    if node.op is ops.l1_l2:
        l1, l2 = node.attrs.get("l1", 0.0), node.attrs.get("l2", 0.0)
        parts = [ops.sum(ops.abs(first)) * l1] * bool(l1) + [ops.sum(ops.square(first)) * l2] * bool(l2)
        total: Value = parts[0] + parts[1] if len(parts) > 1 else parts[0]
        return total
    if node.op is ops.weighted_sum and node.inputs[1] is None and node.inputs[2] is None:
        total = ops.sum(first)
        return total
    if node.op is ops.once or node.op is ops.couple:
        return _single(first)
    raise ArgumentError(
        complaint(
            "compute_loss",
            say("penalties of weights (l1, l2, functions over tidegate.ops) or of add_loss"),
            say("one by '{op}'", op=node.op.name),
            say("the penalty written with tidegate.ops"),
        )
    )
