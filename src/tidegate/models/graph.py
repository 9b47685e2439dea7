"""The calls of layers between symbolic inputs and outputs: what a model is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, ShapeError, complaint, nearest
from tidegate.language import say
from tidegate.layers import Embedding, InputLayer, Layer
from tidegate.layers.operation import Operation
from tidegate.layers.symbolic import Call, Tensor
from tidegate.ops import Value
from tidegate.utils.nested import leaves, map_nested, pack

__all__ = ["Graph", "arrange"]


class Graph:
    """Calls in an order in which each finds what it needs.

    Parameters
    ----------
    x, y : nests of Tensor
        Where it begins and what it gives. A tensor among the inputs may be the output of a layer: what lies before
        it is left out.
    who : name of the model, for messages

    Attributes
    ----------
    inputs, outputs : list of Tensor
    calls : list of Call, in the order in which Keras makes them: a stateful layer called twice goes on by it
    layers : list of Layer, in Keras's order: the longer the way to an output, the earlier
    """

    def __init__(self, x: Any, y: Any, who: str) -> None:
        self.x, self.y, self.who = x, y, who
        self.inputs, self.outputs = _tensors(who, say("inputs"), x), _tensors(who, say("outputs"), y)
        if len({id(t) for t in self.inputs}) < len(self.inputs):
            raise ArgumentError(complaint(who, say("inputs that differ"), say("one of them twice")))
        self.entrances = [
            t.call.layer
            if isinstance(t.call.layer, InputLayer)
            else InputLayer(batch_shape=t.shape, dtype=t.dtype, name=f"{t.name}_input")
            for t in self.inputs
        ]
        calls, first = self._ordered()
        self.calls, self.layers = self._sorted(calls, first)
        self.names = [layer.name for layer in self.entrances]
        self._check_names()

    def _ordered(self) -> tuple[list[Call], dict[int, int]]:
        """Return the calls, and when each layer (by id) was first met on the way back from the outputs."""
        given = {id(t) for t in self.inputs}
        done: dict[int, Call] = {}
        met: dict[int, int] = {}
        first: dict[int, int] = {}
        for output in self.outputs:
            todo = [(output, False)]
            while todo:
                tensor, ready = todo.pop()
                call = tensor.call
                if id(tensor) in given:
                    first.setdefault(id(self._entrance_of(tensor)), len(first))
                elif ready:
                    done.setdefault(id(call), call)
                elif id(call) not in met:
                    if isinstance(call.layer, InputLayer):
                        raise ShapeError(
                            complaint(
                                self.who,
                                say("outputs that its inputs lead to"),
                                say(
                                    "'{name}', which needs the input '{other}' as well",
                                    name=output.name,
                                    other=call.layer.name,
                                ),
                                say("'{name}' among the inputs", name=call.layer.name),
                            )
                        )
                    met[id(call)] = 1
                    first.setdefault(id(call.layer), len(first))
                    todo.append((tensor, True))
                    todo += [(t, False) for t in reversed(call.inputs)]
        return list(done.values()), first

    def _entrance_of(self, tensor: Tensor) -> Layer:
        return next(e for e, t in zip(self.entrances, self.inputs, strict=True) if t is tensor)

    def _sorted(self, calls: list[Call], first: dict[int, int]) -> tuple[list[Call], list[Layer]]:
        """Return calls and layers by their distance from the outputs, then by the order in which they were met."""
        depths: dict[int, int] = {}  # of calls and of inputs, by id
        layers: dict[int, int] = {}  # of layers, by id
        known: dict[int, Layer] = {}
        given = {id(t): e for t, e in zip(self.inputs, self.entrances, strict=True)}
        for call in reversed(calls):
            depth = max(depths.get(id(call), 0), layers.get(id(call.layer), 0))
            depths[id(call)] = layers[id(call.layer)] = depth
            known[id(call.layer)] = call.layer
            for t in call.inputs:
                if id(t) in given:
                    entrance = given[id(t)]
                    layers[id(entrance)] = max(layers.get(id(entrance), 0), depth + 1)
                else:
                    depths[id(t.call)] = max(depths.get(id(t.call), 0), depth + 1)
        for entrance in self.entrances:
            known[id(entrance)] = entrance
            layers.setdefault(id(entrance), 0)
        by_id = {id(call): call for call in calls}
        return (
            [by_id[k] for k in sorted(depths, key=lambda k: -depths[k])],
            [known[k] for k in sorted(known, key=lambda k: (-layers[k], first.get(k, -1)))],
        )

    def _check_names(self) -> None:
        seen: set[str] = set()
        for layer in self.layers:
            if layer.name in seen:
                raise ArgumentError(
                    complaint(
                        self.who,
                        say("layers of different names"),
                        say("two named '{name}'", name=layer.name),
                        say("{code} on one", code="name=..."),
                    )
                )
            seen.add(layer.name)

    @cached_property
    def output_names(self) -> list[str]:
        """The names by which targets, losses and metrics are given: those of the layers that make the outputs."""
        made = {id(t): name for t, name in zip(self.inputs, self.names, strict=True)}
        return [made.get(id(t), t.call.layer.name) for t in self.outputs]

    # What is done before it computes.

    @cached_property
    def preparation(self) -> list[Call]:
        """The calls on the data themselves, before anything is computed: texts become codes."""
        return [call for call in self.calls if call.layer.prepares]

    @cached_property
    def core(self) -> Graph:
        """What is computed: from the inputs that are numbers, and from what the others are prepared to."""
        if not self.preparation:
            return self
        made = [*self.inputs, *(t for call in self.preparation for t in call.outputs)]
        computed = [call for call in self.calls if not call.layer.prepares]
        read = {id(t) for call in computed for t in call.inputs} | {id(t) for t in self.outputs}
        return Graph([t for t in made if id(t) in read], self.y, self.who)

    @cached_property
    def by_batch(self) -> bool:
        """Whether the timesteps of a batch are those of its longest sample."""
        return any(call.layer.pads for call in self.preparation)

    def prepare(self, arrays: list[Any]) -> list[Any]:
        """Return what the core is fed with, for the data of the inputs."""
        found: dict[int, Any] = {id(t): a for t, a in zip(self.inputs, arrays, strict=True)}
        for call in self.preparation:
            made: Any = call.layer.call(map_nested(lambda t: found[id(t)], call.x))
            found[id(call.outputs[0])] = made.astype(np.int32) if made.dtype.kind == "i" else made
        return [found[id(t)] for t in self.core.inputs]

    def again(self, tensors: list[Tensor]) -> Any:
        """Make all calls on other symbolic tensors, and return the nest of what comes out."""
        found: dict[int, Any] = {id(t): other for t, other in zip(self.inputs, tensors, strict=True)}

        def look(t: Any) -> Any:
            return found[id(t)] if isinstance(t, Tensor) else t

        for call in self.calls:
            x, more = map_nested(look, call.x), map_nested(look, call.more)
            made = call.layer(*x) if isinstance(call.layer, Operation) else call.layer(x, **more)
            found |= {id(t): new for t, new in zip(call.outputs, leaves(made), strict=True)}
        return pack(self.y, [found[id(t)] for t in self.outputs])

    # What it computes.

    def record(self, values: list[Value], training: bool | None = None) -> Any:
        """Record all calls on the values of the inputs; return the nest of the outputs."""
        found: dict[int, Any] = {id(t): v for t, v in zip(self.inputs, values, strict=True)}

        def look(t: Any) -> Any:
            return found[id(t)] if isinstance(t, Tensor) else t

        with Layer.recording(training):
            for call in self.calls:
                more = map_nested(look, call.more)
                made = leaves(call.layer.record(map_nested(look, call.x), **{"training": training, **more}))
                found |= {id(t): v for t, v in zip(call.outputs, made, strict=True)}
        return pack(self.y, [found[id(t)] for t in self.outputs])

    def specs(self, tensors: list[Tensor]) -> Any:
        """Return what comes out, a nest of things with a shape, for inputs of other shapes."""
        found: dict[int, Any] = {id(t): other for t, other in zip(self.inputs, tensors, strict=True)}

        def look(t: Any) -> Any:
            return found[id(t)] if isinstance(t, Tensor) else t

        for call in self.calls:
            again = Call(call.layer, map_nested(look, call.x), map_nested(look, call.more))
            specs = leaves(call.layer.compute_output_spec(again.x, **again.more))
            found |= {
                id(t): Tensor(s.shape, s.dtype, again, k)
                for k, (t, s) in enumerate(zip(call.outputs, specs, strict=True))
            }
        return pack(self.y, [found[id(t)] for t in self.outputs])

    # What it is fed with.

    def readers(self, tensor: Tensor) -> Iterator[Layer]:
        """Yield the layers that read a tensor's numbers, within models and past layers that only move numbers."""
        for call in self.calls:
            for k, t in enumerate(leaves(call.x)):
                if t is not tensor:
                    continue
                inner = getattr(call.layer, "graph", None)
                if inner is not None:
                    yield from inner.readers(inner.inputs[k])
                else:
                    yield call.layer
                if call.layer.carries:
                    for made in call.outputs:
                        yield from self.readers(made)

    @cached_property
    def types(self) -> list[str]:
        """For each input how its numbers come in: whole where a layer looks rows up by them, or may."""

        def whole(t: Tensor) -> bool:
            readers = list(self.readers(t))
            own = any(not type(k).__module__.startswith("tidegate.") for k in readers)
            return any(k.input_dtype == "int32" for k in readers) or (own and t.dtype.startswith("int"))

        return ["int32" if whole(t) else "float32" for t in self.inputs]

    @cached_property
    def codes(self) -> list[int | None]:
        """For each input how many codes an Embedding behind it knows."""
        found = [[k.input_dim for k in self.readers(t) if isinstance(k, Embedding)] for t in self.inputs]
        return [min(known) if known else None for known in found]

    def arrange(self, data: Any, who: str, what: str) -> list[Any]:
        """Return what is given for each input, in their order."""
        form = self.x if isinstance(self.x, dict) else None
        return arrange(data, self.names, who, what, sorted(form) if form is not None else None)


def arrange(data: Any, names: list[str], who: str, what: str, keys: list[str] | None = None) -> list[Any]:
    """Return a list or dict of things in the order of these names.

    Parameters
    ----------
    keys : what stands for the names in a dict, where these differ
    """
    if isinstance(data, dict):
        for asked in (keys, names):
            if asked is not None and all(name in data for name in asked):
                return [data[name] for name in asked]
        missing = next(name for name in keys or names if name not in data)
        near = nearest(missing, data) or say("the keys {names}", names=", ".join(map(repr, keys or names)))
        came = (
            say("the keys {names}", names=", ".join(map(repr, data)))
            if data
            else say("the keys of an empty dict")
        )
        raise ArgumentError(
            complaint(
                who,
                say("{what} for '{missing}'", what=what, missing=missing),
                came,
                near.replace("did you mean", "is it"),
            )
        )
    parts = leaves(data) if len(names) > 1 else [data]
    if isinstance(data, list | tuple) and len(data) == len(names) > 1:  # rows in lists are no nest
        parts = [leaves(p)[0] if len(leaves(p)) == 1 and hasattr(leaves(p)[0], "shape") else p for p in data]
    if len(names) == 1 and isinstance(data, list | tuple) and len(data) == 1 and hasattr(data[0], "shape"):
        parts = list(data)
    if len(parts) != len(names) or (len(names) > 1 and not isinstance(data, list | tuple)):
        came = (
            f"{len(parts)}"
            if isinstance(data, list | tuple)
            else say("a single {kind}", kind=type(data).__name__)
        )
        order = say(
            "a list of {count}, in the order {names}", count=len(names), names=", ".join(map(repr, names))
        )
        raise ArgumentError(
            complaint(
                who, say("{count} {what}, {order}, or a dict", count=len(names), what=what, order=order), came
            )
        )
    return parts


def _tensors(who: str, what: str, nest: Any) -> list[Tensor]:
    found = leaves(nest)
    for t in found:
        if not isinstance(t, Tensor):
            came = f"a {type(t).__name__}"
            raise ArgumentError(
                complaint(who, say("{what} that are symbolic tensors", what=what), came, "Input(shape=...)")
            )
    if not found:
        raise ArgumentError(complaint(who, say("at least one of its {what}", what=what), say("none")))
    return found
