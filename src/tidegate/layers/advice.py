"""What to write instead where one layer does not stand on another: which one to change, by its name."""

from __future__ import annotations

from typing import Any

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.shapes import Shape, describe

__all__ = ["STACKING", "came", "merged", "sequence_wanted", "sized", "vector_wanted"]

STACKING: list[tuple[Any, Any]] = []  # layers being called on others that are not noted yet


def came(layer: Any, shape: Shape) -> str:
    """Return the shape of an input with its axes named, and whose it is."""
    below = layer.below
    names = None
    if below is not None and len(shape) > 1:
        names = below.axis_names(len(shape))
    elif len(shape) == 4:
        names = ("samples", "timesteps", "features", "axis 3")
    text = describe(shape, names)
    if below is None or _is_input(below):
        return text
    return say("{shape} from {layer}", shape=text, layer=_who(below))


def sequence_wanted(layer: Any, shape: Shape) -> ShapeError:
    """Return the error of a layer that reads a sequence and was given something else."""
    return ShapeError(
        complaint(
            _who(layer), "(samples, timesteps, features)", came(layer, shape), _to_sequence(layer, shape)
        )
    )


def vector_wanted(layer: Any, shape: Shape) -> ShapeError:
    """Return the error of a layer that reads one vector a sample and was given a sequence."""
    found = _recurrent(layer)
    ways = say("`Flatten()` below it")
    if len(shape) == 3:
        ways = say("`GlobalAveragePooling1D()` below it")
        if found is not None and found.return_sequences:
            ways = say("`return_sequences=False` on {layer}", layer=_who(found))
    return ShapeError(complaint(_who(layer), "(samples, features)", came(layer, shape), ways))


def sized(layer: Any, shape: Shape) -> str:
    """Return what to write where the last axis is open, on which weights are needed."""
    below = layer.below
    if type(below).__name__ == "Flatten":
        return say(
            "`GlobalAveragePooling1D()` in place of {layer}, as the number of timesteps is open",
            layer=_who(below),
        )
    return say("`input_shape=(8,)` for 8 columns")


def merged(layer: Any, shapes: list[Shape]) -> str:
    """Return what to write where inputs to be put together do not fit."""
    ranks = sorted({len(shape) for shape in shapes})
    if ranks == [2, 3]:
        steps = next(shape[1] for shape in shapes if len(shape) == 3)
        if not steps:
            return say("`return_sequences=False` where the sequence is made")
        return say(
            "`RepeatVector({steps})` on the vector; or `return_sequences=False` where the sequence is made",
            steps=steps,
        )
    if ranks == [3] and len({shape[2] for shape in shapes}) == 1:
        if type(layer).__name__ == "Concatenate":
            return say("`Concatenate(axis=1)` to put the steps one after the other")
        return say("`Concatenate(axis=1)` to put the steps one after the other; or steps of one number")
    if len(ranks) == 1 and type(layer).__name__ != "Concatenate":
        return say(
            "`Dense({units})` on the others; or `Concatenate()` to put them side by side", units=shapes[0][-1]
        )
    return say("inputs with the same timesteps")


def _to_sequence(layer: Any, shape: Shape) -> str:
    below, found = layer.below, _recurrent(layer)
    if len(shape) == 3:
        return say("`input_shape=(10, 1)`, with a size for the features; only the timesteps can stay open")
    if len(shape) == 4 and (below is None or _is_input(below)):
        _, _, steps, features = shape
        return say("`input_shape=({steps}, {features})`, without the samples", steps=steps, features=features)
    if len(shape) != 2:
        size = None if None in shape[2:] else _product(shape[2:])
        if not size:
            return say("an input of three axes")
        return say("`Reshape({shape})` below it", shape=(shape[1] or -1, size))
    if found is not None and not found.return_sequences:
        return say("`return_sequences=True` on {layer}", layer=_who(found))
    k = shape[1]
    if below is None or _is_input(below):
        return say(
            "`input_shape=({k}, 1)` for one number at each of {k} timesteps; `input_shape=(None, {k})` for {k} "
            "features; or an Embedding first for codes",
            k=k,
        )
    if type(below).__name__ in ("Flatten", "GlobalAveragePooling1D", "GlobalMaxPooling1D"):
        return say(
            "leave {below} out; or `Reshape(({k}, 1))` below {layer}",
            below=_who(below),
            k=k,
            layer=_who(layer),
        )
    return say(
        "`Reshape(({k}, 1))` below it for {k} timesteps; `Reshape((1, {k}))` for {k} features of one", k=k
    )


def _product(sizes: Any) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total


def _recurrent(layer: Any) -> Any:
    """Return the nearest layer below that gives its last state or all of them, on the way of one input each."""
    found = layer.below
    for _ in range(100):  # what was called on itself ends as well
        if found is None or hasattr(found, "return_sequences"):
            return found
        if type(found).__name__ in ("Flatten", "GlobalAveragePooling1D", "GlobalMaxPooling1D"):
            return None
        found = found.below
    return None


def _is_input(layer: Any) -> bool:
    return type(layer).__name__ == "InputLayer"


def _who(layer: Any) -> str:
    return f"{type(layer).__name__} '{layer.name}'"
