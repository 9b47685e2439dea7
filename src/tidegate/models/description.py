"""A graph as the plain data that Keras writes into its files, and back; that of Keras 1 and 2 is read as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidegate.errors import DataError, complaint
from tidegate.language import say
from tidegate.layers import InputLayer, Layer, deserialize, serialize
from tidegate.layers.operation import Operation
from tidegate.layers.symbolic import Call, Tensor
from tidegate.models.graph import Graph
from tidegate.models.network import Network
from tidegate.utils.nested import leaves, map_nested

__all__ = ["describe", "rebuild"]


def describe(graph: Graph) -> dict[str, Any]:
    """Return layers, how they are called, inputs and outputs of a graph."""
    places: dict[int, tuple[str, int, int]] = {}  # of tensors, by id: layer, number of its call, place in it
    calls: dict[int, list[Call]] = {id(layer): [] for layer in graph.layers}
    for tensor, entrance in zip(graph.inputs, graph.entrances, strict=True):
        places[id(tensor)] = (entrance.name, 0, 0)
    for call in graph.calls:
        calls[id(call.layer)].append(call)
    for layer in graph.layers:
        for number, call in enumerate(sorted(calls[id(layer)], key=lambda c: c.number)):
            places |= {id(t): (layer.name, number, t.place) for t in call.outputs if id(t) not in places}

    def tensor_of(thing: Any) -> Any:
        if not isinstance(thing, Tensor):
            return _plain(thing)
        config = {"shape": list(thing.shape), "dtype": thing.dtype, "keras_history": list(places[id(thing)])}
        return {"class_name": "__keras_tensor__", "config": config}

    def call_of(call: Call) -> dict[str, Any]:
        args = list(call.x) if isinstance(call.layer, Operation) else [call.x]
        args = [map_nested(tensor_of, part) for part in args]
        return {"args": args, "kwargs": {k: map_nested(tensor_of, v) for k, v in call.more.items()}}

    layers = []
    for layer in graph.layers:
        made = sorted(calls[id(layer)], key=lambda c: c.number)
        layers.append({**serialize(layer), "name": layer.name, "inbound_nodes": [call_of(c) for c in made]})

    functional = {layer.name for layer in graph.layers if isinstance(layer, Network) and layer.own_node}

    def end(tensor: Tensor) -> list[Any]:
        name, number, place = places[id(tensor)]
        return [
            name,
            number + (name in functional),
            place,
        ]  # Keras counts the calls of inner models from 1 here

    def ends(nest: Any) -> Any:
        if isinstance(nest, dict):
            return {key: ends(part) for key, part in nest.items()}
        return [ends(part) for part in nest] if isinstance(nest, list | tuple) else end(nest)

    return {"layers": layers, "input_layers": ends(graph.x), "output_layers": ends(graph.y)}


def rebuild(config: dict[str, Any], make: Callable[[dict[str, Any]], Layer] = deserialize) -> tuple[Any, Any]:
    """Return the nests of inputs and outputs that a description stands for; the layers' weights are fresh.

    Parameters
    ----------
    make : from the description of a layer to the layer
    """
    layers: dict[str, Layer] = {}
    made: dict[str, list[list[Tensor]]] = {}  # what each call of a layer gave
    todo: list[tuple[str, Any]] = []
    for described in config["layers"]:
        layer = make(described)
        name = str(described.get("name") or layer.name)
        layers[name], made[name] = layer, []
        if isinstance(layer, InputLayer):
            made[name].append([layer.output])
        else:
            todo += [(name, node) for node in described.get("inbound_nodes") or []]

    def tensor(name: Any, number: Any, place: Any, old: bool = False) -> Tensor:
        inner = isinstance(layers.get(name), Network)
        number = number - 1 if old and inner and number > 0 else number
        if name not in layers or not isinstance(number, int) or not isinstance(place, int):
            raise DataError(complaint(say("a saved model"), say("calls on its own layers"), repr(name)))
        return made[name][number][place]  # IndexError as long as it has not been called

    while todo:
        later: list[tuple[str, Any]] = []
        waiting: set[str] = set()
        for name, node in todo:
            try:
                if name in waiting:  # the calls of a layer keep their order
                    raise IndexError
                args, kwargs = _arguments(node, tensor)
            except IndexError:
                waiting.add(name)
                later.append((name, node))
                continue
            layer = layers[name]
            if isinstance(layer, Operation):
                args = [tuple(a) if isinstance(a, list) and not _has_tensor(a) else a for a in args]
            made[name].append(leaves(layer(*args, **kwargs)))
        if len(later) == len(todo):
            names = ", ".join(sorted(waiting))
            raise DataError(
                complaint(
                    say("a saved model"),
                    say("calls that follow on one another"),
                    say("none for {names}", names=names),
                )
            )
        todo = later

    def end(nest: Any) -> Any:
        if isinstance(nest, dict):
            return {key: end(part) for key, part in nest.items()}
        if len(nest) == 3 and isinstance(nest[0], str):
            name, number, place = nest
            layer = layers.get(name)
            own = isinstance(layer, Network) and number > 0 and number >= len(made[name])
            return tensor(name, number - own, place)
        return [end(part) for part in nest]

    inputs, outputs = end(config["input_layers"]), end(config["output_layers"])
    return _one(inputs), _one(outputs)


def _has_tensor(nest: Any) -> bool:
    return any(isinstance(t, Tensor) for t in leaves(nest))


def _one(nest: Any) -> Any:
    return nest[0] if isinstance(nest, list) and len(nest) == 1 else nest


def _arguments(node: Any, tensor: Callable[..., Tensor]) -> tuple[list[Any], dict[str, Any]]:
    """Return what a layer is called with."""
    if isinstance(node, dict):  # Keras 3
        args = [_revived(part, tensor) for part in node.get("args") or []]
        kwargs = {k: _revived(v, tensor) for k, v in (node.get("kwargs") or {}).items()}
        return args, {
            k: v for k, v in kwargs.items() if v is not None and not (k == "training" and v is False)
        }
    found: list[Any] = []
    more: dict[str, Any] = {}
    for part in node:  # Keras 1 and 2: [layer, call, place, what came by name]
        found.append(tensor(*part[:3], old=True))
        more |= {k: _old(v, tensor) for k, v in (part[3] if len(part) > 3 else {}).items() if v is not None}
    return [_one(found)], more


def _revived(part: Any, tensor: Callable[..., Tensor]) -> Any:
    if isinstance(part, dict):
        kind = part.get("class_name")
        if kind == "__keras_tensor__":
            return tensor(*part["config"]["keras_history"])
        if kind == "__slice__":
            return slice(*(part["config"][end] for end in ("start", "stop", "step")))
        if kind == "__ellipsis__":
            return ...
        return {key: _revived(value, tensor) for key, value in part.items()}
    return [_revived(p, tensor) for p in part] if isinstance(part, list) else part


def _plain(thing: Any) -> Any:
    """Return a number, a slice or the like as Keras writes it."""
    if isinstance(thing, slice):
        ends = {"start": thing.start, "stop": thing.stop, "step": thing.step}
        return {"class_name": "__slice__", "config": ends}
    if thing is ...:
        return {"class_name": "__ellipsis__", "config": {}}
    return thing.item() if isinstance(thing, np.generic) else thing


def _old(part: Any, tensor: Callable[..., Tensor]) -> Any:
    if isinstance(part, list) and len(part) >= 3 and isinstance(part[0], str):
        return tensor(*part[:3], old=True)
    return [_old(p, tensor) for p in part] if isinstance(part, list) else part
