"""From a model's layers, loss and metrics to a plan for one shape of sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidegate import metrics as metrics_module
from tidegate import ops
from tidegate.errors import ArgumentError, complaint
from tidegate.layers import Layer
from tidegate.losses import Loss
from tidegate.metrics import Metric
from tidegate.ops import Node, Spec, Value
from tidegate.plan import Parameter, Plan, Step, Update

__all__ = ["Ready", "ready_to_predict", "ready_to_score", "resolve"]


class Ready:
    """A plan with the names of what it reports.

    Attributes
    ----------
    plan : Plan
    output : shape of what the last layer gives
    names : "loss", then the metrics
    """

    def __init__(self, plan: Plan, output: Value, metrics: Sequence[Metric] = ()) -> None:
        self.plan = plan
        self.output = output.shape
        self.row = tuple(d or 1 for d in output.shape[1:])
        self.metrics = list(metrics)
        self.names = ["loss", *(m.name for m in metrics)]

    def logs(self, prefix: str = "") -> dict[str, float]:
        """Return the loss and each metric over what was run since the last reset."""
        plan = self.plan
        loss, *sums, counted = plan.sums.tolist()
        found = {f"{prefix}loss": loss / plan.samples if plan.samples else 0.0}
        for metric, total in zip(self.metrics, sums, strict=True):
            found[prefix + metric.name] = metric.finish(total / counted) if counted else 0.0
        return found

    def last(self) -> list[float]:
        """Return the loss and each metric of the last batch."""
        loss, *sums, counted = self.plan.last.tolist()
        return [
            loss,
            *(m.finish(s / counted) if counted else 0.0 for m, s in zip(self.metrics, sums, strict=True)),
        ]


def forward(layers: Sequence[Layer], sample: tuple[int, ...], training: bool) -> tuple[Value, Value]:
    """Record the layers on an input of that shape; return the input and the output."""
    dtype = next((k.input_dtype for k in layers if type(k).__name__ != "InputLayer"), "float32")
    x = y = Value(Spec((None, *sample), dtype), kind="input", label="x")
    for layer in layers:
        y = layer.record(y, training)
    if y.node is None:  # nothing is computed: hand out a copy
        y = ops.activation(y, function="linear")
    return x, y


def ready_to_predict(layers: Sequence[Layer], sample: tuple[int, ...]) -> Ready:
    """Return the plan that gives the outputs."""
    x, y = forward(layers, sample, training=False)
    return Ready(Plan(Step([x], [y])), y)


def ready_to_score(
    layers: Sequence[Layer],
    sample: tuple[int, ...],
    loss: Loss,
    metrics: Sequence[Any],
    parameters: Sequence[Parameter] = (),
    update: Update | None = None,
) -> Ready:
    """Return the plan that gives loss and metrics, and with an update also trains.

    Parameters
    ----------
    sample : shape of one sample of X
    update : the optimizer's, or None to score alone
    """
    x, p = forward(layers, sample, training=update is not None)
    chosen = [resolve(m, p, loss) for m in metrics]
    shape = p.shape[:-1] if loss.sparse else p.shape
    y = Value(Spec(shape, "int32" if loss.sparse else "float32"), kind="input", label="y")

    Node.scopes.append("loss")
    each = loss.record(p, y)  # (B, ...)
    mask = p.mask if p.mask is not None and p.mask.shape == each.shape else None
    counted = ops.count(each) if mask is None else ops.weighted_sum(mask, None, None)
    total = ops.weighted_sum(each, mask, ops.batch_total(counted))
    Node.scopes[-1] = "metrics"
    sums = [ops.weighted_sum(m.record(p, y), mask, None) for m in chosen]
    Node.scopes.pop()

    step = Step(
        [x, y],
        scalars=[total, *sums, counted],
        means=1,
        minimise=[total] if update is not None else (),
        parameters=parameters,
        update=update,
    )
    return Ready(Plan(step), p, chosen)


def resolve(identifier: Any, output: Value, loss: Loss) -> Metric:
    """Return the metric that was asked for; 'accuracy' becomes one of three, as in Keras."""
    classes = output.shape[-1]
    if metrics_module.is_accuracy(identifier):
        if loss.sparse:
            return metrics_module.SparseCategoricalAccuracy(name=identifier)
        if classes == 1:
            return metrics_module.BinaryAccuracy(name=identifier)
        return metrics_module.CategoricalAccuracy(name=identifier)
    metric = metrics_module.get(identifier)
    if loss.sparse and metric.dense:
        raise ArgumentError(
            complaint(
                f"metric '{metric.name}'",
                "targets of the output's shape",
                f"classes as whole numbers, which {loss.name} takes",
                "metrics=['accuracy']",
            )
        )
    if not loss.sparse and metric.sparse:
        raise ArgumentError(
            complaint(
                f"metric '{metric.name}'",
                "classes as whole numbers",
                f"targets of the output's shape, which {loss.name} takes",
                "metrics=['accuracy']",
            )
        )
    return metric
