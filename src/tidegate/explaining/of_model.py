"""Models in words: what each layer takes and gives, its numbers, its work, and the kernel that does it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tidegate import kernels
from tidegate.explaining.explanation import Section
from tidegate.explaining.pictures import networks
from tidegate.explaining.pictures.networks import Stage
from tidegate.explaining.words import amount
from tidegate.language import say
from tidegate.layers import Activation, Bidirectional, Dense, Embedding, Layer, TimeDistributed
from tidegate.layers.recurrent import Recurrent
from tidegate.plan.describe import bytes_text
from tidegate.plan.step import flops_of
from tidegate.shapes import Shape, axis_names, describe

__all__ = ["input_axes", "of_layer", "of_model", "title"]

BATCH = 32  # samples that work and memory are said for
TELLING = (
    "units",
    "filters",
    "kernel_size",
    "pool_size",
    "rate",
    "n",
    "target_shape",
    "input_dim",
    "output_dim",
    "dims",
    "mask_value",
)  # fmt: skip  arguments that are written without their names, in this order

FLAGS = ("return_sequences", "go_backwards", "stateful", "mask_zero")


def title(layer: Any) -> str:
    """Return a layer as a person would have written it.

    >>> from tidegate.layers import LSTM
    >>> title(LSTM(50, return_sequences=True))
    'LSTM(50, return_sequences=True)'
    """
    inner = getattr(layer, "layer", getattr(layer, "forward_layer", None))
    config = layer.get_config()
    given = [title(inner)] if isinstance(inner, Layer) else []
    given += [_plain(config[key]) for key in TELLING if config.get(key) is not None and not inner]
    if config.get("activation") not in (None, "linear", "tanh") and not inner:
        name = "" if isinstance(layer, Activation) else "activation="
        given.append(f"{name}{config['activation']!r}")
    given += [f"{key}=True" for key in FLAGS if config.get(key) and not inner]
    if config.get("merge_mode", "concat") != "concat":
        given.append(f"merge_mode={config['merge_mode']!r}")
    return f"{type(layer).__name__}({', '.join(given)})"


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_plain, value))})" if len(value) > 1 else _plain(value[0])
    return f"{value:g}" if isinstance(value, float) else str(value)


def formula(layer: Any) -> str:
    """Return how a layer's number of weights comes about.

    >>> from tidegate.models import Sequential
    >>> from tidegate.layers import LSTM
    >>> model = Sequential([LSTM(50, input_shape=(10, 1))])
    >>> formula(model.layers[0])
    '4 gates × 50 × (1 + 50 + 1)'
    """
    if isinstance(layer, Bidirectional):
        return f"2 × ({formula(layer.forward_layer)})"
    if isinstance(layer, TimeDistributed):
        return formula(layer.layer)
    shapes = [p.shape for p in layer.weights]
    if isinstance(layer, Recurrent) and len(shapes) >= 2:
        gates, F, U = layer.op.gates, shapes[0][0], layer.units
        biases = 0 if len(shapes) == 2 else int(np.prod(shapes[2])) // (gates * U)
        parts = " + ".join([str(F), str(U), *(["1"] if biases == 1 else ["2"] if biases == 2 else [])])
        return f"{say('{n} gates', n=gates)} × {U} × ({parts})" if gates > 1 else f"{U} × ({parts})"
    if not shapes:
        return ""
    return " + ".join(" × ".join(map(str, s)) or "1" for s in shapes)


SAYS = {
    "LSTM": "reads the steps one after the other and keeps {units} numbers, with gates that decide what stays",
    "GRU": "reads the steps one after the other and keeps {units} numbers, with two gates",
    "SimpleRNN": "reads the steps one after the other and keeps {units} numbers",
    "Dense": "gives {units} weighted sums of all features",
    "Embedding": "looks up {output_dim} numbers for each code",
    "Dropout": "sets a share of {rate:g} of the numbers to 0 while training",
    "RepeatVector": "gives the same vector {n} times, as a sequence",
    "Flatten": "puts all numbers of a sample side by side",
    "Masking": "says which steps count: not those whose features all equal {mask_value:g}",
    "Bidirectional": "reads forwards and backwards, and puts both results together",
    "TimeDistributed": "does the same at each step",
    "TextVectorization": "gives the code of each word of a text, on the data before they come to the plan",
    "StringLookup": "gives the place of each word in a vocabulary, on the data before they come to the plan",
    "IntegerLookup": "gives the place of each number in a vocabulary, on the data before they come to the plan",
    "Hashing": "gives one of {num_bins} codes by a hash, on the data before they come to the plan",
}


ACTS = {
    "sigmoid": "sigmoid brings each number between 0 and 1",
    "softmax": "softmax turns them into shares that add up to 1",
    "relu": "relu lets nothing below 0 pass",
}


def does(layer: Any) -> str:
    """Return in a sentence what a layer does."""
    config = layer.get_config()
    known = SAYS.get(type(layer).__name__)
    found = say(known, **{k: v for k, v in config.items() if isinstance(k, str)}) if known else ""
    if isinstance(layer, Dense) and layer.units == 1:
        found = say("gives one weighted sum of all features")
    if isinstance(layer, Dense | Activation) and config.get("activation") in ACTS:
        found = say("; ").join(filter(None, (found, say(ACTS[config["activation"]]))))
    if config.get("mask_zero"):
        found += say("; steps of code 0 do not count")
    if isinstance(layer, Recurrent):
        found += say("; begins at the last step") if layer.go_backwards else ""
        found += (
            say("; gives them at each step") if layer.return_sequences else say("; gives the last ones alone")
        )
        if layer.functions["activation"].__name__ == "relu":
            found += say(". relu has no upper end: states can grow until they are infinite")
    return found


def of_layer(layer: Any) -> list[Section]:
    """Explain one layer by itself."""
    section = Section(f"{title(layer)} '{layer.name}'")
    text = does(layer)
    section.lines = [text] if text else []
    if layer.built and layer.built_shape is not None:
        given = layer.built_shape
        section.lines.append(say("takes {shape}", shape=_described(given)))
        section.lines.append(say("gives {shape}", shape=_given(layer, layer.compute_output_shape(given))))
        if layer.weights:
            section.lines.append(
                say("{n:,} weights = {formula}", n=layer.count_params(), formula=formula(layer))
            )
    elif isinstance(layer, Recurrent):
        section.lines.append(say("takes (samples, timesteps, features)"))
    if isinstance(layer, Recurrent):
        section.picture = networks.return_sequences(units=layer.units)
    return [section]


def _described(shape: Any) -> str:
    if shape and isinstance(shape[0], list | tuple):
        return ", ".join(map(_described, shape))
    return describe(tuple(shape))


def _given(layer: Any, shape: Any) -> str:
    if shape and isinstance(shape[0], list | tuple):
        return ", ".join(map(_described, shape))
    return describe(tuple(shape), layer.axis_names(len(shape)))


def of_model(model: Any) -> list[Section]:
    """Explain a model: its layers, its work, and what runs it."""
    if not model.layers:
        return [
            Section(
                say("'{name}' has no layers yet", name=model.name),
                code="model.add(LSTM(50, input_shape=(10, 1)))",
            )
        ]
    if not model.built or model.graph is None:
        section = Section(say("'{name}' does not know its input shape yet", name=model.name))
        section.lines = [title(layer) for layer in model.layers]
        section.code = "model.build((None, 10, 1))  # samples, timesteps, features"
        return [section]
    graph = model.graph
    heads = ", ".join(describe(t.shape, input_axes(graph, k)) for k, t in enumerate(graph.inputs))
    weights = sum(p.array.size for p in model.weights)
    first = Section(say("'{name}' takes {shape}", name=model.name, shape=heads))
    rows: list[Any] = [(say("layer"), say("gives"), say("weights"), say("multiply-adds a sample"))]
    work, plan = _work(model)
    stages = []
    for call in graph.calls:
        layer = call.layer
        shape = call.outputs[0].shape if len(call.outputs) == 1 else [t.shape for t in call.outputs]
        gives = _given(layer, shape)
        count = f"{layer.count_params():,}" if layer.weights else "–"
        if layer.weights:
            count += f" = {formula(layer)}"
        rows.append((title(layer), gives, count, amount(work.get(layer.name, 0)) if work else "?"))
        stages.append(_stage(layer, call.outputs[0].shape))
    first.table = rows
    total = say("{n:,} weights, {size}", n=weights, size=bytes_text(4 * weights))
    first.lines.append(total)
    parts = [first]
    steps = Section(say("What each layer does"))
    seen: set[int] = set()
    for call in graph.calls:
        text = does(call.layer)
        if text and id(call.layer) not in seen:
            steps.lines.append(f"{call.layer.name}: {text}")
        seen.add(id(call.layer))
    chain = len(graph.inputs) == 1 and len(graph.outputs) == 1 and _is_chain(graph)
    if chain:
        given = graph.inputs[0].shape
        said = say("'{name}' unrolled", name=model.name)
        steps.picture = networks.unrolled(given, input_axes(graph, 0), stages, said)
    if steps.lines or steps.picture:
        parts.append(steps)
    parts.append(_running(plan, work))
    return parts


def input_axes(graph: Any, place: int) -> tuple[str, ...]:
    """Return what the axes of an input are called: codes have timesteps, and no features."""
    shape = graph.inputs[place].shape
    first = next(iter(graph.readers(graph.inputs[place])), None)
    if isinstance(first, Embedding) and len(shape) == 2:
        return ("samples", "timesteps")
    return axis_names(len(shape))


def _is_chain(graph: Any) -> bool:
    made = graph.inputs[0]
    for call in graph.calls:
        if call.inputs != [made] or len(call.outputs) != 1:
            return False
        made = call.outputs[0]
    return True


def _stage(layer: Any, gives: Shape) -> Stage:
    kind = "each" if len(gives) == 3 else "whole"
    if isinstance(layer, Recurrent):
        kind = "recurrent"
    if isinstance(layer, Bidirectional):
        kind = "both"
    return Stage(title(layer), gives, layer.axis_names(len(gives)), kind)


def _work(model: Any) -> tuple[dict[str, float], Any]:
    """Return the multiply-adds of one sample by layer, and the plan that predicts; nothing where a size is open."""
    shapes = [t.shape[1:] for t in model.core.inputs]
    if any(d is None for shape in shapes for d in shape):
        return {}, None
    used = model._used
    ready = model._predictor([np.zeros((1, *shape), np.float32) for shape in shapes])
    model._used = used
    found: dict[str, float] = {}
    for node in ready.plan.step.body:
        for name in _scopes(node.scope):
            found[name] = found.get(name, 0.0) + flops_of(node) / 2
    return found, ready.plan


def _scopes(scope: str) -> Iterator[str]:
    yield from dict.fromkeys(scope.split("/"))


def _running(plan: Any, work: dict[str, float]) -> Section:
    section = Section(say("How it runs"))
    if plan is None:
        section.lines = [say("The number of steps is open; it is known with the first data.")]
        return section
    name = plan.executor.name
    what = (
        say("the NumPy reference, correct and slow")
        if name == "reference"
        else say("native kernels for {isa}", isa=name)
    )
    section.lines = [say("by {what}, on up to {n} threads", what=what, n=kernels.get_threads())]
    total = sum(flops_of(n) for n in plan.step.body) / 2
    section.lines.append(
        say("{n} multiply-adds for a sample, {m} for a batch of {b}; training takes about three times as many",
            n=amount(total), m=amount(total * BATCH), b=BATCH)
    )  # fmt: skip
    if hasattr(plan.executor, "prepare"):
        if plan.executor.capacity < BATCH:
            plan.executor.prepare(BATCH)
        section.lines.append(
            say(
                "{size} of memory for a batch of {b} in prediction",
                b=BATCH,
                size=bytes_text(plan.executor.arena_bytes),
            )
        )
    return section
