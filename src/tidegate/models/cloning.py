"""A model made anew, layer by layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.layers import InputLayer, Layer
from tidegate.layers.operation import Operation
from tidegate.layers.symbolic import Tensor
from tidegate.models.graph import Graph
from tidegate.models.model import Model
from tidegate.models.sequential import Sequential
from tidegate.utils import objects
from tidegate.utils.nested import leaves, map_nested

__all__ = ["cloned"]


def cloned(model: Any, clone_function: Callable[[Any], Any] | None = None) -> Model:
    """Return a model of the same form; each layer is what the function makes of it."""
    if not isinstance(model, Model):
        raise ArgumentError(complaint("clone_model", say("a model"), repr(model)))

    def clone(layer: Layer) -> Layer:
        if isinstance(layer, Operation):
            return Operation(layer.function, layer.more, layer.name)
        if clone_function is not None:
            found: Layer = clone_function(layer)
            return found
        if isinstance(layer, Model):
            return cloned(layer)
        with objects.copying():
            return type(layer).from_config(layer.get_config())

    if isinstance(model, Sequential):
        begins = (
            [InputLayer.from_config(t.layer.get_config()) for t in model.graph.inputs] if model.graph else []
        )
        return type(model)([*begins, *map(clone, model.layers)], name=model.name)
    if model.graph is not None:
        return type(model)(*_copied(model.graph, clone), name=model.name)
    with objects.copying():
        found: Model = type(model).from_config(model.get_config())  # a class of the user's own
    return found


def _copied(graph: Graph, clone: Callable[[Layer], Layer]) -> tuple[Any, Any]:
    """Return inputs and outputs of the same calls on other layers."""
    others = {id(layer): clone(layer) for layer in graph.layers if not isinstance(layer, InputLayer)}
    found: dict[int, Any] = {}
    for tensor, entrance in zip(graph.inputs, graph.entrances, strict=True):
        found[id(tensor)] = InputLayer.from_config(entrance.get_config()).output

    def look(thing: Any) -> Any:
        return found[id(thing)] if isinstance(thing, Tensor) else thing

    for call in graph.calls:
        made = _called(others[id(call.layer)], map_nested(look, call.x), map_nested(look, call.more))
        found |= {id(t): new for t, new in zip(call.outputs, leaves(made), strict=True)}
    return map_nested(look, graph.x), map_nested(look, graph.y)


def _called(layer: Layer, x: Any, more: dict[str, Any]) -> Any:
    return layer(*x) if isinstance(layer, Operation) else layer(x, **more)
