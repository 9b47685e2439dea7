"""The second verb, compile, and the plans that it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate import optimizers
from tidegate.callbacks import History
from tidegate.errors import ArgumentError, ShapeError, TidegateError, complaint, warn
from tidegate.language import say
from tidegate.layers import Bidirectional, Layer
from tidegate.layers.arguments import not_yet
from tidegate.layers.over_steps import OverSteps
from tidegate.layers.symbolic import Tensor
from tidegate.models import checks, targets
from tidegate.models.graph import Graph, arrange
from tidegate.models.heads import Head, check, heads
from tidegate.models.network import Network
from tidegate.models.own_steps import brings_loss, is_own
from tidegate.models.recording import Ready, ready_to_predict, ready_to_score
from tidegate.models.samples import Samples, class_weights, weight_of, weights_for
from tidegate.models.scored import Scored
from tidegate.ops import Spec
from tidegate.optimizers import Optimizer
from tidegate.plan import Parameter, Plan
from tidegate.regularizers import added_penalty
from tidegate.utils.nested import leaves, map_nested, pack

__all__ = ["Compiled"]

Array = np.ndarray[Any, Any]
ROOM = 2**30  # bytes that the plans of a model may hold before those used longest ago give theirs back
FIRST = 32  # samples that a plan is made for where each batch has one of its own


class Compiled(Scored):
    """A model with an optimizer, losses and metrics, and a plan for each shape it has met."""

    def __init__(self, name: str | None = None, trainable: bool = True) -> None:
        super().__init__(name, trainable)
        self.optimizer: Optimizer | None = None
        self.loss: Any = None
        self.history: History | None = None
        self.stop_training = self.stop_evaluating = self.stop_predicting = False  # set by callbacks
        self._initial_epoch: int | None = None  # where a callback takes training up again
        self._given: dict[str, Any] = {}  # what `compile` was called with
        self._made_heads: list[Head] = []
        self._added_tensors: list[Tensor] = []  # scalars given to `add_loss`
        self._trained: list[Parameter] | None = None  # what `fit` changes, as it was at `compile`
        self._ready: dict[Any, Ready] = {}

    def _changed(self) -> None:
        self._ready.clear()
        self._summed.clear()
        self._told = None
        self._made_heads.clear()
        self._seen.clear()
        self._trained = None

    @property
    def compiled(self) -> bool:
        return bool(self._given)

    @property
    def plan(self) -> Plan | None:
        """The plan that ran last; print it to see its ops, shapes and kernels."""
        return self._used.plan if self._used else None

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
            Of several outputs: one for all, a list, or a dict by the names of the outputs; None leaves one out.
        metrics : list of str, Metric or function of `tidegate.metrics`, optional
            "accuracy" stands for the accuracy that suits the output and the loss. Of several outputs: one list for
            all, a list of lists, or a dict by their names.
        loss_weights : list or dict of float, optional
            What the losses of several outputs are multiplied by in the sum that is made small.
        weighted_metrics : as metrics, optional
            These count the samples by their weights.
        run_eagerly, steps_per_execution, jit_compile, auto_scale_loss : accepted; they change nothing here.
        sample_weight_mode : accepted; the shape of the weights says it.
        """
        if metrics is None and isinstance(loss_weights, list | tuple) and _are_metrics(loss_weights):
            metrics, loss_weights = loss_weights, None  # Keras 3 has them in the other order
        not_yet(
            "compile",
            sample_weight_mode=(sample_weight_mode, None if sample_weight_mode is None else "temporal"),
        )
        if isinstance(loss, list | tuple) and len(loss) == 1:
            loss = loss[0]
        brings = self._brings_losses() or brings_loss(self)
        if not any(part is not None for part in leaves(loss)) and not brings:
            raise ArgumentError(
                complaint("compile", say("a loss"), say("none"), "model.compile('adam', loss='mse')")
            )
        self._refuse_own("compile", "compute_loss_and_updates", "make_train_function", "make_test_function")
        chosen = optimizers.get(optimizer)
        given = {
            "optimizer": optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        names = self._head_names()
        if names is not None:
            heads(names, loss, loss_weights, metrics, weighted_metrics)  # says now what does not fit
        else:  # what is wrong whatever the outputs will be
            check(loss, [metrics, weighted_metrics])
        self.optimizer, self.loss, self._given = chosen, loss, given
        self._changed()
        self._trained = self.trainable_weights if self.built else None

    def _refuse_own(self, verb: str, *methods: str) -> None:
        """Raise where a subclass brings a method that Keras would call, and that a recorded step cannot."""
        for cls in type(self).__mro__:
            own = [m for m in methods if m in vars(cls) and not cls.__module__.startswith("tidegate.")]
            if own:
                came = say("{method}() of its own in {name}", method=own[0], name=cls.__name__)
                if verb == "predict":
                    instead = say("a layer of your own at the end, or a function around predict")
                else:
                    instead = say("a loss or metric as a function in compile, or add_loss in call")
                raise ArgumentError(
                    complaint(verb, say("a model whose steps are recorded from its call"), came, instead)
                )

    # What stands behind all verbs.

    def _head_names(self) -> list[str] | None:
        """Return the names by which losses and targets are given, or None as long as the outputs are not known."""
        graph = self.graph
        if graph is None:
            return None
        return sorted(graph.y) if isinstance(graph.y, dict) else graph.output_names

    def _heads(self, count: int, nest: Any = None) -> list[Head]:
        """Return what was compiled for each output."""
        if self._made_heads:
            return self._made_heads
        names = self._head_names()
        if names is None:
            names = sorted(nest) if isinstance(nest, dict) else [f"output_{k + 1}" for k in range(count)]
        g = self._given
        self._made_heads = heads(names, g["loss"], g["loss_weights"], g["metrics"], g["weighted_metrics"])
        return self._made_heads

    def _inputs(self, name: str, data: Any) -> list[Array]:
        """Return X as arrays that the plan reads; the weights exist from here on."""
        return self._prepared(name, self._given_inputs(name, data))

    def _given_inputs(self, name: str, data: Any) -> list[Array]:
        """Return X as an array for each input of the model, whose weights exist from here on."""
        graph = self.graph
        if graph is None:
            return self._first_inputs(name, data)
        parts = graph.arrange(data, f"'{self.name}'", say("inputs"))
        many, computed = len(parts) > 1, {id(t) for t in graph.core.inputs}
        found: list[Array] = []
        for k, (part, tensor) in enumerate(zip(parts, graph.inputs, strict=True)):
            label = f"{name}['{graph.names[k]}']" if many else name
            if id(tensor) in computed:
                x = self._fitting(label, part, tensor, many)
            else:  # whoever prepares it says what does not suit
                x = checks.as_entries(label, part)
                x = checks.with_axes(x, tensor.shape)
                checks.check_input(f"Input '{graph.names[k]}'", label, tensor.shape, x, False, True)
            found.append(x)
        for k, x in enumerate(found[1:], 1):
            if len(x) != len(found[0]):
                expected = say("as many samples in each input")
                came = say(
                    "{n} in '{name}' and {m} in '{other}'",
                    n=len(found[0]),
                    name=graph.names[0],
                    m=len(x),
                    other=graph.names[k],
                )
                raise ShapeError(complaint(f"'{self.name}'", expected, came))
        return found

    def _prepared(self, name: str, given: list[Array]) -> list[Array]:
        """Return what the plan reads for the data of the inputs: texts as codes, numbers as they are."""
        graph = self.graph
        if graph is None or not graph.preparation:
            return given
        core, found = graph.core, []
        for x, tensor in zip(graph.prepare(given), core.inputs, strict=True):
            by = tensor.call.layer
            if by.prepares:
                label = say("{name} as '{layer}' gives it", name=name, layer=by.name)
                x = self._fitting(label, x, tensor, len(core.inputs) > 1)
            found.append(x)
        return found

    def _fitting(self, label: str, data: Any, tensor: Tensor, many: bool) -> Array:
        """Return numbers that fit an input of the plan."""
        core = self._known().core
        k = next(k for k, t in enumerate(core.inputs) if t is tensor)
        known = core.codes[k]
        x = checks.as_numbers(label, data)
        if x.shape[1:] != tensor.shape[1:]:
            if x.shape[1:] == (*tensor.shape[1:], 1) and many:
                x = x[..., 0]
            elif (*x.shape[1:], 1) == tensor.shape[1:] and many:
                x = x[..., None]
            else:
                open_steps = self._deferred or self._any_length()
                checks.check_input(self._entrance(k), label, tensor.shape, x, known is not None, open_steps)
        if known is not None:
            checks.check_codes(self._entrance(k), label, x, known)
        return x

    def _first_inputs(self, name: str, data: Any) -> list[Array]:
        """Return X for a model that takes its input shape from it."""
        if self._own_call():
            nested = isinstance(data, dict | list | tuple) and any(
                hasattr(part, "shape") for part in leaves(data)
            )
            parts = leaves(data) if nested else [data]
            self._form = data if nested else None
            return [checks.as_numbers(name, part) for part in parts]
        first = self.layers[0] if self.layers else None
        x = (
            checks.as_entries(name, data)
            if first is not None and first.prepares
            else checks.as_numbers(name, data)
        )
        if first is None:
            raise TidegateError(
                say(
                    "{kind} '{name}' has no layers. Instead: model.add(LSTM(32, input_shape=(10, 1))).",
                    kind=type(self).__name__,
                    name=self.name,
                )
            )
        if isinstance(first, OverSteps | Bidirectional):
            who = f"{type(first).__name__} '{first.name}'"
            checks.check_input(who, name, (None, None, None), x, False)
        self._build_from(x.shape)
        return self._given_inputs(name, data)

    def _any_length(self) -> bool:
        """Whether other timesteps than those named are read as well."""
        return False

    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of that shape, samples in front: (None, timesteps, features).

        A `call` of the user's own is recorded for it, an open size taken as 2.
        """
        if self.built or not self._own_call():
            return
        if input_shape is None:
            raise ArgumentError(complaint("build", say("a shape"), say("none"), "model.build((None, 10, 1))"))
        inputs = self._first_inputs("X", _zeros(input_shape))
        try:
            self._build_weights(inputs)
        except ShapeError:  # a shape does not say that codes are meant
            self._build_weights([x.astype(np.int32) for x in inputs])

    def _entrance(self, place: int = 0) -> str:
        """Return who speaks when an input of the plan does not fit."""
        graph = self._known().core
        reader = next(graph.readers(graph.inputs[place]), self)
        return f"{type(reader).__name__} '{reader.name}'"

    def _run(self, values: list[Any], training: bool) -> Any:
        """Record the model on the values of its inputs."""
        if self._own_call():
            nest = values[0] if self._form is None else pack(self._form, values)
            y = self.record(nest, training)
            self.built, self.built_shape = True, map_nested(lambda v: v.shape, nest)
            return y
        graph = self._known().core
        if not self._added_tensors:
            return graph.record(values)
        longer = Graph(graph.x, [*graph.outputs, *self._added_tensors], f"'{self.name}'")
        every = leaves(longer.record(values))
        outputs = every[: len(graph.outputs)]
        for loss in every[len(outputs) :]:  # found from the output on, as those of layers are
            who = say("add_loss of {who}", who=f"'{self.name}'")
            outputs[0].node.penalties.append(added_penalty(who, loss))
        return pack(graph.y, outputs)

    def add_loss(self, loss: Any) -> None:
        """Add a scalar to the loss: a symbolic tensor made of the inputs or outputs, or in `call` a recorded value.

        `compile` may then leave the loss out, and `fit` the targets. It is not kept in files.
        """
        tensors = [t for t in leaves(loss) if isinstance(t, Tensor)]
        self._added_tensors += tensors
        if not tensors:
            super().add_loss(loss)
        self._changed()

    def _brings_losses(self) -> bool:
        """Whether there may be something to make small without a loss for the outputs."""
        own = [k for k in self.inner_layers if not type(k).__module__.startswith("tidegate.")]
        regular = any(p.regularizer is not None for p in self.weights) if self.built else False
        active = any(k.activity_regularizer is not None for k in self.inner_layers)
        return bool(self._added_tensors or own or self._own_call() or regular or active)

    def _types(self, arrays: Sequence[Array]) -> list[str]:
        if self.core is not None:
            return self.core.types
        return ["int32" if a.dtype.kind in "iu" else "float32" for a in arrays]

    def _predictor(self, inputs: list[Array]) -> Ready:
        """Return the plan that gives the outputs for samples of those shapes."""
        shapes = [x.shape[1:] for x in inputs]
        key = ("predict", shapes[0] if len(shapes) == 1 else tuple(shapes))
        ready = self._found(key)
        if ready is None:
            self._build_weights(inputs)
            ready = self._ready[key] = ready_to_predict(self._run, self._types(inputs), shapes)
            ready.stateful = any(getattr(layer, "stateful", False) for layer in self.inner_layers)
            ready.coded = self.core is not None and (self.core is not self.graph or any(self.core.codes))
        return ready

    def _found(self, key: Any) -> Ready | None:
        """Return the plan for a shape, if there is one; where it will take memory, make room."""
        ready = self._ready.pop(key, None)
        if ready is None or not ready.plan.memory:
            held = sum(r.plan.memory for r in self._ready.values())
            for old in [r for r in self._ready.values() if r.plan.memory]:
                if held <= ROOM:
                    break
                held -= old.plan.memory
                old.plan.release()
        if ready is not None:
            self._ready[key] = ready  # used last
        return ready

    def _scores(self) -> Ready | None:
        """Return a plan for any length that reports what this model was compiled with; None without a shape."""
        if self.core is None:
            return None
        return self._record_scores([tuple(d or 2 for d in t.shape[1:]) for t in self.core.inputs], (), False)

    def _build_weights(self, inputs: Sequence[Array]) -> None:
        """Make all weights, and lay them side by side, before a plan is made on them."""
        if not self.built:
            ready_to_predict(self._run, self._types(inputs), [x.shape[1:] for x in inputs])
        self._gather()

    def _scorer(self, verb: str, samples: Samples, training: bool) -> Ready:
        """Return the plan that trains or scores such samples."""
        key = ("train" if training else "score", *samples.key)
        ready = self._found(key)
        if ready is None:
            weighted = [w is not None for w in samples.weights]
            shapes = [x.shape[1:] for x in samples.inputs]
            ready = self._ready[key] = self._record_scores(shapes, weighted, training, verb, samples)
        self._ran(ready)
        return ready

    def _record_scores(
        self,
        shapes: Sequence[tuple[int, ...]],
        weighted: Sequence[bool],
        training: bool,
        verb: str = "evaluate",
        samples: Samples | None = None,
    ) -> Ready:
        assert self.optimizer is not None
        inputs = samples.inputs if samples is not None else ()
        given, axes = (samples.given, samples.axes) if samples is not None else ({}, {})
        self._build_weights(inputs)
        types = self._types(inputs)
        if self._trained is None:
            self._trained = self.trainable_weights
        parameters = self._trained if training else []
        if training and not parameters:
            raise TidegateError(
                say(
                    "{verb} expects weights to train; all layers of '{name}' have trainable=False.",
                    verb=verb,
                    name=self.name,
                )
            )
        bind = self.optimizer.bind if training else None
        return ready_to_score(self, types, shapes, weighted, parameters, bind, self._trained, given, axes)

    def _samples(
        self,
        verb: str,
        x: Any,
        y: Any,
        training: bool,
        sample_weight: Any = None,
        class_weight: Any = None,
        cut: bool = False,
    ) -> tuple[Samples, Ready]:
        """Return the samples and their plan, everything checked that can be before the first step.

        Parameters
        ----------
        x, y, sample_weight : an array each, or a list or dict of them
        class_weight : {class: weight}, of a model with one output
        cut : whether they will be cut into batches: then what is prepared by the batch is left as it came, and the
            plan is that of the first samples
        """
        if not self.compiled:
            raise TidegateError(
                say(
                    "{verb} expects a compiled model. Instead: model.compile('adam', loss='mse') first.",
                    verb=verb,
                )
            )
        if verb == "fit" and training:
            self._check_trained()
        given = self._given_inputs("X", x)
        cut = cut and self._by_batch
        inputs = self._prepared("X", [a[:FIRST] for a in given] if cut else given)
        predictor_heads = self._targeted(inputs, y is not None)
        names = [head.name for _, head in predictor_heads]
        if y is None and names:
            raise ArgumentError(complaint(verb, say("X and y"), say("X alone"), f"model.{verb}(X, y)"))
        parts = self._arranged_targets(verb, y, names) if names else []
        made = [
            np.asarray(checks.as_numbers("y" if len(names) == 1 else f"y['{n}']", p))
            for n, p in zip(names, parts, strict=True)
        ]
        for target in made:
            checks.same_rows(verb, given[0], target)
        weights = weights_for(verb, sample_weight, names, len(given[0]))
        if class_weight is not None:
            if len(names) > 1:
                came = say("{count} outputs", count=len(names))
                raise ArgumentError(
                    complaint(verb, say("class_weight for a model of one output"), came, "sample_weight")
                )
            by_class = class_weights(verb, made[0], class_weight)
            own = weights[0]
            if own is not None:
                by_class = own * by_class.reshape(-1, *(1 for _ in own.shape[1:]))
            weights = [by_class]
        alone = [
            (place, a) for (place, head), a in zip(predictor_heads, made, strict=True) if not head.targeted
        ]
        mine = brings_loss(self) or is_own(self, "compute_metrics")
        places = [place for place, _ in predictor_heads]
        axes = {k: w.ndim for k, w in zip(places, weights, strict=True) if mine and w is not None}
        samples = Samples(inputs, made, weights, {place: _spec_of(a) for place, a in alone}, axes)
        ready = self._scorer(verb, samples, training)
        for k, (place, head) in enumerate(predictor_heads):
            made[k] = samples.targets[k] = targets.for_each_output(made[k], ready.shapes[place], head.loss)
            self._check_target(made[k], ready.shapes[place], head)
            samples.weights[k] = weight_of(verb, weights[k], ready.shapes[place][:-1])
        if cut:
            samples.inputs = given
        return samples, ready

    @property
    def _by_batch(self) -> bool:
        """Whether each batch has timesteps of its own, as its texts are long."""
        return self.graph is not None and self.graph.by_batch

    def _cut(self, verb: str, samples: Samples, rows: Any, training: bool) -> tuple[Samples, Ready]:
        """Return some of the samples, prepared, and their plan."""
        part = samples.at(rows)
        part.inputs = self._prepared("X", part.inputs)
        return part, self._scorer(verb, part, training)

    def _check_trained(self) -> None:
        """Warn where `trainable` is not what it was at `compile`."""
        if self._trained is not None and [*map(id, self._trained)] != [*map(id, self.trainable_weights)]:
            changed = say(
                "`trainable` was changed in '{name}' after compile; it counts from the next compile on",
                name=self.name,
            )
            warn(changed, UserWarning)

    def _targeted(self, inputs: list[Array], given: bool) -> list[tuple[int, Head]]:
        """Return the outputs that need targets, each with its place; with a `compute_loss` of its own all of them."""
        names = self._head_names()
        every = given and brings_loss(self)
        count = len(names) if names is not None else len(self._predictor(inputs).shapes)
        nest = None if names is not None else self._predictor(inputs).form
        return [(k, head) for k, head in enumerate(self._heads(count, nest)) if head.targeted or every]

    def _arranged_targets(self, verb: str, y: Any, names: list[str]) -> list[Any]:
        """Return the targets of these outputs; those of outputs without a loss may be there as well."""
        every = self._head_names()
        if (
            every is not None
            and len(every) > len(names)
            and isinstance(y, list | tuple)
            and len(y) == len(every)
        ):
            return [part for part, name in zip(y, every, strict=True) if name in names]
        graph = self.graph
        if isinstance(y, dict) and graph is not None and isinstance(graph.y, dict):
            by_layer = dict(zip(graph.output_names, sorted(graph.y), strict=True))
            y = {by_layer.get(key, key) if key not in names else key: value for key, value in y.items()}
        return arrange(y, names, verb, say("targets"))

    def _check_target(self, y: Array, output: tuple[int | None, ...], head: Head) -> None:
        if head.loss is None:
            return
        loss, place = head.loss, self._before_output(head.name)
        targets.check_loss(loss, output, place)
        targets.check_target(y, output, loss, place)
        ignored = getattr(loss, "ignore_class", None)
        y = y if ignored is None else y[y != ignored]
        if len(y):
            targets.check_labels(y, output, loss, place)

    def _before_output(self, name: str) -> targets.Output:
        """Return the layers that lead to an output, from the last one down."""
        graph = self.graph
        if graph is None or name not in graph.output_names:
            return targets.Output(name, [])
        found: list[Layer] = []
        tensors = [graph.outputs[graph.output_names.index(name)]]
        while tensors and tensors[0].call is not None:
            layer = tensors[0].call.layer
            inner = layer.graph if isinstance(layer, Network) else None
            if inner is None:
                found.append(layer)
            tensors = inner.outputs if inner is not None else tensors[0].call.inputs
        return targets.Output(name, found)


def _spec_of(a: Array) -> Spec:
    """Return how targets stand in a plan."""
    return Spec((None, *a.shape[1:]), "int32" if a.dtype.kind in "iu" else "float32")


def _are_metrics(given: Any) -> bool:
    """Return whether these are metrics in the place where Keras 3 has loss_weights."""
    return any(isinstance(part, str) or callable(part) for part in given)


def _zeros(shape: Any) -> Any:
    """Return an array of a shape, or a nest of them; open sizes are 2."""
    if isinstance(shape, dict):
        return {key: _zeros(part) for key, part in shape.items()}
    if any(isinstance(part, list | tuple) for part in shape):
        return [_zeros(part) for part in shape]
    return np.zeros([1, *(d or 2 for d in shape[1:])], np.float32)
