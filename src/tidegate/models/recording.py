"""From a model, its losses and metrics to a plan for one shape of sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from tidegate import metrics as metrics_module
from tidegate import ops, regularizers
from tidegate.data.windows import Windows
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.layers import Layer
from tidegate.losses import Loss
from tidegate.metrics import Metric
from tidegate.models.own_steps import OwnSteps, Targets
from tidegate.models.reducing import at_each_position, counted, metric_weights_at, weights_at
from tidegate.ops import Node, Spec, Value
from tidegate.ops.base import Constant
from tidegate.plan import Parameter, Plan, Step, Update
from tidegate.shapes import Shape, elements
from tidegate.utils.nested import leaves, map_nested, pack, single

__all__ = ["Ready", "ready_to_predict", "ready_to_score", "resolve"]

Array = np.ndarray[Any, Any]
AT_ONCE = 2**22  # numbers of outputs held for metrics that are computed on the host
Forward = Callable[[list[Value], bool], Any]  # from the inputs to the nest of outputs; True to train


@dataclass
class Reported:
    """A number that is reported: a metric that the plan sums up, or one that is fed with the outputs."""

    name: str
    metric: Metric
    total: int = 0  # where its sum and its count stand among the scalars of the plan
    count: int = 0
    head: int = 0  # which output feeds it
    weighted: bool = False
    fed: bool = False
    positions: int = (
        1  # of a sample, where the sum goes over all: a longer sample counts no more, as in Keras
    )
    final: bool = False  # whether the last batch alone counts, as of a number that one's own step returns


class Ready:
    """A plan with the names of what it reports.

    Attributes
    ----------
    plan : Plan
    shapes : of the outputs
    form : the nest in which outputs are handed out
    losses : (name, factor) of each loss; their sum is "loss"
    reported : list of Reported
    positions : for each target, the shape of its loss: what weights have
    """

    def __init__(self, plan: Plan, outputs: Sequence[Value], form: Any) -> None:
        self.plan = plan
        self.shapes: list[Shape] = [v.shape for v in outputs]
        self.rows = [tuple(d or 1 for d in shape[1:]) for shape in self.shapes]
        self.form = form
        self.losses: list[tuple[str, float]] = []
        self.reported: list[Reported] = []
        self.tracker: Metric | None = None  # of the loss
        self.heads: list[int] = []  # the outputs that have targets
        self.fed: list[int] = []  # the outputs that the plan hands out for metrics
        self.masked: list[int] = []  # of these, whose masks it hands out behind them
        self.stateful = False  # whether a batch goes on where the one before ended
        self.drawn = any(n.op in (ops.dropout, ops.random) for n in plan.step.body)  # whether by chance
        self.joined = plan.step.joined  # whether samples of one batch depend on each other
        self.coded = False  # whether inputs are codes, which are checked each time

    def empty(self, rows: int) -> list[Array]:
        """Return arrays for the outputs of so many samples."""
        return [np.empty((rows, *row), np.float32) for row in self.rows]

    def handed_out(self, arrays: list[Array]) -> Any:
        """Return outputs in the nest that the model gives; one alone as it is."""
        return arrays[0] if self.form is None else single(pack(self.form, arrays))

    @property
    def names(self) -> list[str]:
        """The names of what it reports."""
        return list(self._named(self.plan.last, 1.0))

    def in_order(self) -> list[str]:
        """Return the names in the order in which Keras lists them."""
        names, first = self.names, 1 + (len(self.losses) if len(self.losses) > 1 else 0)
        return names[:first] + (names[first:] if len(self.shapes) == 1 else sorted(names[first:]))

    def begin(self, before: Ready | None = None) -> None:
        """Start the sums at nothing, or go on with those of the plan for another shape that ran before."""
        self.plan.reset()
        if before is not None:
            self.plan.sums[:], self.plan.samples = before.plan.sums, before.plan.samples
            for r, b in zip(self.reported, before.reported, strict=True):
                if not r.fed:
                    self.plan.sums[[r.total, r.count]] *= r.positions / b.positions
            return
        for r in self.reported:
            if r.fed:
                r.metric.reset_state()

    @property
    def lost(self) -> bool:
        """Whether a loss has been NaN or infinite since the beginning."""
        return not np.isfinite(self.plan.sums[: self.plan.step.means]).all()

    def logs(self, prefix: str = "") -> dict[str, Any]:
        """Return the loss and each metric over what was run since the last reset."""
        found = self._named(self.plan.sums, self.plan.samples)
        if self.tracker is not None:  # so that metrics can be asked by themselves
            self.tracker.take(found["loss"] * self.plan.samples, self.plan.samples)
            for r in self.reported:
                if not r.fed:
                    total, count = self.plan.sums[[r.total, r.count]] / r.positions
                    r.metric.take(total, count)
        return {prefix + name: value for name, value in found.items()} if prefix else found

    def last(self) -> list[float]:
        """Return the loss and each metric of the last batch."""
        return list(self._named(self.plan.last, 1.0).values())

    def _named(self, scalars: Array, samples: float) -> dict[str, Any]:
        numbers = scalars.tolist()
        each = [n / samples if samples else 0.0 for n in numbers[: self.plan.step.means]]
        found: dict[str, Any] = {"loss": sum(f * n for (_, f), n in zip(self.losses, each, strict=False))}
        found["loss"] += sum(each[len(self.losses) :])  # penalties
        if len(self.losses) > 1:
            found |= {f"{name}_loss": n for (name, _), n in zip(self.losses, each, strict=False)}
        for r in self.reported:
            if r.fed:
                result = r.metric.result()  # of a metric that is not averaged, a number for each class
                found[r.name] = np.asarray(result, np.float32) if np.ndim(result) else float(result)
            else:
                total, count = (self.plan.last if r.final else scalars)[[r.total, r.count]].tolist()
                found[r.name] = r.metric.of(total, count)
        return found

    def run(
        self,
        sources: Sequence[Array],
        rows: int,
        batch: int,
        *,
        order: Array | None = None,
        start: int = 0,
        stop: int | None = None,
        **how: Any,
    ) -> int:
        """Run batches as `Plan.run` does; metrics that the plan does not hold are fed, some batches at a time."""
        if self.drawn and self.plan.step.update is None:
            how["iteration"] = next(Layer.draws)
        if any(isinstance(s, Windows) for s in sources):
            return self._run_apart(sources, rows, batch, order, start, stop, how)
        if not self.fed:
            return self.plan.run(sources, rows, batch, order=order, start=start, stop=stop, **how)
        numbers = sum(int(np.prod(self.rows[k])) for k in self.fed)
        few = max(1, AT_ONCE // max(1, numbers * batch))
        how.pop("outputs", None)
        batches = -(-rows // batch)
        until = min(start + few, batches if stop is None else stop)
        first, last = start * batch, min(until * batch, rows)
        if order is None:
            places: Any = slice(first, last)
            here, part = [s[places] for s in sources], None
        else:
            here, places = list(sources), order[first:last]
            part = places
        rows_of = [self.rows[k] for k in self.fed] + [self.rows[k][:-1] for k in self.masked]
        outputs = [np.empty((last - first, *row), np.float32) for row in rows_of]
        done = self.plan.run(here, last - first, batch, order=part, outputs=outputs, **how)
        self._feed(sources, places, min(done * batch, last - first), batch, outputs)
        return start + done

    def _run_apart(
        self,
        sources: Sequence[Array],
        rows: int,
        batch: int,
        order: Array | None,
        start: int,
        stop: int | None,
        how: dict[str, Any],
    ) -> int:
        """Run the next batches over windows that lie apart: copied for some batches at a time."""
        numbers = sum(int(np.prod(s.shape[1:])) for s in sources)
        few = max(1, AT_ONCE // max(1, numbers * batch))
        until = min(start + few, -(-rows // batch) if stop is None else stop)
        first, last = start * batch, min(until * batch, rows)
        places: Any = slice(first, last) if order is None else order[first:last]
        here = [np.asarray(s[places]) for s in sources]
        if "outputs" in how:
            how = {**how, "outputs": [o[first:last] for o in how["outputs"]]}
        return start + self.run(here, last - first, batch, **how)

    def _feed(
        self, sources: Sequence[Array], places: Any, rows: int, batch: int, outputs: Sequence[Array]
    ) -> None:
        inputs = len(self.plan.step.inputs) - len(self.heads) - sum(self.weighted)
        weights = iter(range(inputs + len(self.heads), len(sources)))
        weight = {k: next(weights) if w else None for k, w in zip(self.heads, self.weighted, strict=True)}
        for r in self.reported:
            if r.fed:
                y = sources[inputs + self.heads.index(r.head)][places][:rows]
                w = weight[r.head] if r.weighted else None
                p = outputs[self.fed.index(r.head)][:rows]
                y = y.reshape(len(y), *p.shape[1:]) if y.size == p.size else y
                weights_of = None if w is None else sources[w][places][:rows]
                if r.head in self.masked:
                    mask = outputs[len(self.fed) + self.masked.index(r.head)][:rows]
                    weights_of = mask if weights_of is None else mask * weights_of.reshape(mask.shape)
                for a in range(
                    0, rows, batch
                ):  # what takes a mean of its own takes it of each batch, as in Keras
                    part = slice(a, min(a + batch, rows))
                    r.metric.update_state(y[part], p[part], None if weights_of is None else weights_of[part])

    weighted: Sequence[bool] = ()  # for each target, whether weights are given


def forward(
    run: Forward, types: Sequence[str], shapes: Sequence[tuple[int, ...]], training: bool
) -> tuple[Any, Any]:
    """Record a model on inputs of these types and shapes; return the inputs and the nest of outputs."""
    inputs = [
        Value(Spec((None, *shape), dtype), kind="input", label="x" if len(shapes) == 1 else f"x{k}")
        for k, (dtype, shape) in enumerate(zip(types, shapes, strict=True))
    ]
    with Layer.recording(training):
        nest = run(inputs, training)

    seen: set[int] = set()

    def own(v: Value) -> Value:
        """Return a result that is computed, and handed out once."""
        if v.node is None or id(v) in seen:
            mask, v = v.mask, ops.activation(v, function="linear")
            v.mask = mask
        seen.add(id(v))
        return v

    return inputs, map_nested(own, nest)


def ready_to_predict(run: Forward, types: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> Ready:
    """Return the plan that gives the outputs."""
    inputs, nest = forward(run, types, shapes, training=False)
    outputs = leaves(nest)
    return Ready(Plan(Step(inputs, outputs)), outputs, map_nested(lambda v: None, nest))


def ready_to_score(
    model: Any,
    types: Sequence[str],
    shapes: Sequence[tuple[int, ...]],
    weighted: Sequence[bool] = (),
    parameters: Sequence[Parameter] = (),
    bind: Callable[[Sequence[Parameter]], Update] | None = None,
    penalised: Sequence[Parameter] = (),
    given: Mapping[int, Spec] = MappingProxyType({}),
    axes: Mapping[int, int] = MappingProxyType({}),
) -> Ready:
    """Return the plan that gives losses and metrics, and with an update also trains.

    Parameters
    ----------
    model : whose layers, losses and metrics these are
    types, shapes : of the inputs, without the samples
    weighted : for each head with targets, whether weights are given
    parameters : what may be trained
    bind : from the parameters that the losses depend on to the optimizer's update; None to score alone
    penalised : weights whose regularizers add to the loss
    given : by the place of their output, targets that the class's own loss alone looks at
    axes : by the place of their output, how many axes the weights came with
    """
    sums: list[Value] = []
    own = OwnSteps(model, lambda value: _place(sums, value), Reported, bind is not None)
    with own:
        inputs, nest = forward(model._run, types, shapes, training=bind is not None)
    outputs = leaves(nest)
    heads, many = model._heads(len(outputs), nest), len(outputs) > 1
    losses: list[tuple[str, float]] = []
    means: list[Value] = []
    minimise: list[Value] = []
    reported: tuple[list[Reported], list[Reported]] = ([], [])
    targets: list[Value] = []
    weights: list[Value] = []
    own.parts = [Targets(head, p) for head, p in zip(heads, outputs, strict=True)]
    targeted = [k for k, head in enumerate(heads) if head.targeted or k in given]
    weighted = list(weighted) or [False] * len(targeted)
    for k, has_weights in zip(targeted, weighted, strict=True):
        head, p = heads[k], outputs[k]
        chosen = [[resolve(m, p, head.loss) for m in asked] for asked in (head.metrics, head.weighted)]
        sparse = head.loss.sparse if head.loss else any(m.sparse for part in chosen for m in part)
        spec = Spec(p.shape[:-1] if sparse else p.shape, "int32" if sparse else "float32")
        y = Value(given.get(k, spec), kind="input", label=head.name)
        own.parts[k].y = y
        targets.append(y)
        w = None
        if has_weights:
            w = Value(Spec(p.shape[:-1]), kind="input", label=f"weights of {head.name}")
            own.parts[k].take(w, axes.get(k, len(w.shape)))
            weights.append(w)
        with Node.within("loss"):
            if head.loss is not None and not own.brings_loss:
                each = at_each_position(head.loss.record(p, y, has_weights), w)  # (B, ...)
                means.append(_reduced(head.loss, each, p.mask, w, 1.0))
                minimise.append(
                    means[-1] if head.factor == 1 else _reduced(head.loss, each, p.mask, w, head.factor)
                )
                losses.append((head.name, head.factor))
        with Node.within("metrics"):
            for with_weights, found in enumerate(chosen):
                for m in found:
                    name = f"{head.name}_{m.name}" if many else m.name
                    r = Reported(
                        name, m, head=k, weighted=bool(with_weights), fed=not getattr(m, "in_plan", True)
                    )
                    if not r.fed:
                        at = m.record(p, y)
                        over = metric_weights_at(at, p.mask, w if with_weights else None)
                        r.total = _place(sums, ops.weighted_sum(at, over, None))
                        r.count = _place(sums, counted(at, over))
                        r.positions = elements(at.shape[1:])
                    reported[with_weights].append(r)

    penalties = [*ops.penalties_of(outputs), *weight_penalties(penalised)]
    own.compiled, own.penalties = _named_apart([*reported[0], *reported[1]], len(reported[0])), penalties
    with own:
        x, ys, ps = model._nest_of(inputs), [t.y for t in own.parts], [t.p for t in own.parts]
        ws = pack(nest, [t.given for t in own.parts]) if weights else None
        asked = (x, pack(nest, ys), pack(nest, ps), ws)
        own.run = x, asked[2]
        if own.own_step:
            with Layer.recording(own.training), Node.within("loss"):
                told = own.step(x, asked[1] if targets else None, ws)
            kept = set(map(id, own.weights))
            parameters = [p for p in parameters if id(p) in kept]
            loss = ops.sum(Constant(0.0).value) if own.minimised is None else own.minimised
            penalties = [regularizers.added_penalty("loss", loss)]
        elif own.own_loss:
            with Node.within("loss"):
                penalties = [regularizers.added_penalty("compute_loss", own.loss(*asked, bind is not None))]
        if not own.own_step:
            with Node.within("metrics"):
                told = own.metrics(*asked)
    means, minimise = [*means, *penalties], [*minimise, *penalties]
    if not means:
        raise ArgumentError(
            complaint(
                say("a model"), say("a loss"), say("none"), say("compile(loss=...), or add_loss in a layer")
            )
        )
    read = {id(v) for node in ops.ancestors(minimise) for v in node.inputs if v is not None}
    reached = [p for p in parameters if id(p.value) in read]
    fed = sorted({r.head for r in told if r.fed})
    step = Step(
        [*inputs, *targets, *weights],
        [*(outputs[k] for k in fed), *(mask for k in fed if (mask := outputs[k].mask) is not None)],
        scalars=[*means, *sums],
        means=len(means),
        minimise=minimise if bind is not None else (),
        parameters=reached,
        update=None if bind is None else bind(reached),
    )
    ready = Ready(Plan(step), outputs, map_nested(lambda v: None, nest))
    ready.tracker = model._loss_tracker
    ready.losses, ready.heads, ready.fed, ready.weighted = losses, targeted, fed, list(weighted)
    ready.masked = [k for k in fed if outputs[k].mask is not None]
    ready.reported = told
    for r in ready.reported:
        r.total, r.count = r.total + len(means), r.count + len(means)
    return ready


def _reduced(loss: Loss, each: Value, mask: Value | None, w: Value | None, factor: float) -> Value:
    """Record one number for the batch: over what counts, sum(loss · weight) / how many there are."""
    reduction = getattr(loss, "reduction", "sum_over_batch_size")
    over = weights_at(each, mask, w)
    if reduction == "sum":
        total = None
    elif reduction == "mean_with_sample_weight":
        total = ops.batch_total(counted(each, over))
    else:  # weights make a sample count more, and the number of samples stays
        total = ops.batch_total(counted(each, weights_at(each, mask, None)))
    found: Value = ops.weighted_sum(each, over, total, factor=factor)
    return found


def _place(sums: list[Value], value: Value) -> int:
    sums.append(value)
    return len(sums) - 1


def _named_apart(reported: list[Reported], plain: int) -> list[Reported]:
    """Give metrics of one name names of their own, as Keras does."""
    seen: dict[str, int] = {}
    for k, r in enumerate(reported):
        if k >= plain and r.name in seen:
            r.name = r.name.removesuffix(r.metric.name) + f"weighted_{r.metric.name}"
        n = seen[r.name] = seen.get(r.name, -1) + 1
        r.name += f"_{n}" if n else ""
    return reported


def weight_penalties(parameters: Sequence[Parameter]) -> list[Value]:
    """Return what the regularizers of these weights add to the loss."""
    return [
        regularizers.weight_penalty(f"weight '{p.name}'", p.regularizer, p.value)
        for p in parameters
        if p.regularizer is not None
    ]


def resolve(identifier: Any, output: Value, loss: Loss | None) -> Metric:
    """Return the metric that was asked for; 'accuracy' becomes one of three, as in Keras."""
    classes = output.shape[-1]
    if metrics_module.is_accuracy(identifier):
        if loss is not None and loss.sparse:
            return metrics_module.SparseCategoricalAccuracy(name=identifier)
        if classes == 1:
            return metrics_module.BinaryAccuracy(name=identifier)
        return metrics_module.CategoricalAccuracy(name=identifier)
    metric = metrics_module.get(identifier)
    if loss is None:
        return metric
    if loss.sparse and metric.dense:
        raise ArgumentError(
            complaint(
                say("metric '{name}'", name=metric.name),
                say("targets of the output's shape"),
                say("classes as whole numbers, which {name} takes", name=loss.name),
                "metrics=['accuracy']",
            )
        )
    if not loss.sparse and metric.sparse:
        raise ArgumentError(
            complaint(
                say("metric '{name}'", name=metric.name),
                say("classes as whole numbers"),
                say("targets of the output's shape, which {name} takes", name=loss.name),
                "metrics=['accuracy']",
            )
        )
    return metric
