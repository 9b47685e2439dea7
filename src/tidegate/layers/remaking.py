"""Layers made anew: from the arguments that they were made of, and as copies with their weights.

A copy goes the way of a file: a description, and weights in Keras's order. Plans, recorded values and symbolic tensors
stay behind. What a file could only name, classes and functions of one's own, goes along as it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.utils.objects import CustomObjectScope, copying

if TYPE_CHECKING:
    from tidegate.layers.base import Layer

__all__ = ["arguments_of", "copied", "from_arguments", "made_of", "remade"]

STANDARD = ("name", "trainable", "dtype")  # what each description says
OF_A_FIRST = {"input_shape", "batch_input_shape", "batch_shape", "input_dim", "input_length", "batch_size"}


def made_of(cls: type, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return by name what a class is made of; None where plain data cannot say it, as a file has to."""
    bound = inspect.signature(cls).bind(*args, **kwargs)
    found: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            return None
        if (
            kind is inspect.Parameter.VAR_KEYWORD
        ):  # what `Layer` takes; an InputLayer says the shapes, files the weights
            found |= {key: part for key, part in value.items() if key not in OF_A_FIRST | {"weights"}}
        else:
            found[name] = value
    return found if _is_plain(found) else None


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(part) for key, part in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str | int | float)


def arguments_of(layer: Layer) -> dict[str, Any]:
    """Return the arguments of a layer of one's own that has no `get_config`."""
    if layer.made_of is None:
        raise ArgumentError(
            complaint(
                f"{type(layer).__name__} '{layer.name}'",
                say("a get_config of its own, where its arguments are more than numbers and texts"),
                say("none"),
                "`return {**super().get_config(), 'units': self.units}`",
            )
        )
    return layer.made_of


def from_arguments(cls: type[Layer], config: Mapping[str, Any]) -> Layer:
    """Return a layer made of these arguments; what each description says is set where its class does not take it."""
    parameters = inspect.signature(cls).parameters.values()
    every = any(p.kind is p.VAR_KEYWORD for p in parameters)
    taken = {p.name for p in parameters}
    layer = cls(
        **{key: value for key, value in config.items() if every or key in taken or key not in STANDARD}
    )
    if not every:
        layer.name = layer.name if "name" in taken else str(config.get("name") or layer.name)
        if config.get("trainable") is False:
            layer.trainable = False
    return layer


def copied(layer: Layer) -> tuple[Any, tuple[Any, ...]]:
    """Return what pickle and `copy` keep of a layer: what makes it anew, and of what."""
    from tidegate.layers.configs import serialize

    with copying() as own:
        description = serialize(layer)
    shapes = [one.built_shape for one in _with_those_inside(layer)]
    return remade, (description, own, shapes, [p.numpy() for p in layer.weights])


def remade(description: Any, own: Mapping[str, Any], shapes: Sequence[Any], weights: Sequence[Any]) -> Layer:
    """Return a layer, or model, of that description with these weights.

    Parameters
    ----------
    own : the classes and functions of one's own that the description names
    shapes : that it, and each layer inside, was built for; None where it was not
    """
    from tidegate.layers.configs import deserialize

    with CustomObjectScope(own):
        layer = deserialize(description)
    for one, shape in zip(_with_those_inside(layer), shapes, strict=False):  # builds what holds others first
        one.build_from_config({"input_shape": shape})
    if weights:
        layer.set_weights(weights)
    return layer


def _with_those_inside(layer: Layer) -> Iterator[Layer]:
    yield layer
    for inner in layer.inner_layers:
        yield from _with_those_inside(inner)
