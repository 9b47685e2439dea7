"""What to write instead where one layer does not stand on another: which one to change, by its name."""

from __future__ import annotations

from typing import Any

from tidegate.errors import ShapeError, complaint
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
    origin = f" from {_who(below)}" if below is not None and not _is_input(below) else ""
    return f"{describe(shape, names)}{origin}"


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
    ways = "`Flatten()` below it"
    if len(shape) == 3:
        ways = "`GlobalAveragePooling1D()` below it"
        if found is not None and found.return_sequences:
            ways = f"`return_sequences=False` on {_who(found)}"
    return ShapeError(complaint(_who(layer), "(samples, features)", came(layer, shape), ways))


def sized(layer: Any, shape: Shape) -> str:
    """Return what to write where the last axis is open, on which weights are needed."""
    below = layer.below
    if type(below).__name__ == "Flatten":
        return f"`GlobalAveragePooling1D()` in place of {_who(below)}, as the number of timesteps is open"
    return "`input_shape=(8,)` for 8 columns"


def merged(layer: Any, shapes: list[Shape]) -> str:
    """Return what to write where inputs to be put together do not fit."""
    ranks = sorted({len(shape) for shape in shapes})
    if ranks == [2, 3]:
        steps = next(shape[1] for shape in shapes if len(shape) == 3)
        repeat = f"`RepeatVector({steps})` on the vector; or " if steps else ""
        return f"{repeat}`return_sequences=False` where the sequence is made"
    if ranks == [3] and len({shape[2] for shape in shapes}) == 1:
        joined = "" if type(layer).__name__ == "Concatenate" else "; or steps of one number"
        return f"`Concatenate(axis=1)` to put the steps one after the other{joined}"
    if len(ranks) == 1 and type(layer).__name__ != "Concatenate":
        return f"`Dense({shapes[0][-1]})` on the others; or `Concatenate()` to put them side by side"
    return "inputs with the same timesteps"


def _to_sequence(layer: Any, shape: Shape) -> str:
    below, found = layer.below, _recurrent(layer)
    if len(shape) == 3:
        return "`input_shape=(10, 1)`, with a size for the features; only the timesteps can stay open"
    if len(shape) == 4 and (below is None or _is_input(below)):
        _, _, steps, features = shape
        return f"`input_shape=({steps}, {features})`, without the samples"
    if len(shape) != 2:
        size = None if None in shape[2:] else _product(shape[2:])
        return f"`Reshape(({shape[1] or -1}, {size}))` below it" if size else "an input of three axes"
    if found is not None and not found.return_sequences:
        return f"`return_sequences=True` on {_who(found)}"
    k = shape[1]
    if below is None or _is_input(below):
        one = f"`input_shape=({k}, 1)` for one number at each of {k} timesteps"
        return f"{one}; `input_shape=(None, {k})` for {k} features; or an Embedding first for codes"
    if type(below).__name__ in ("Flatten", "GlobalAveragePooling1D", "GlobalMaxPooling1D"):
        return f"leave {_who(below)} out; or `Reshape(({k}, 1))` below {_who(layer)}"
    return f"`Reshape(({k}, 1))` below it for {k} timesteps; `Reshape((1, {k}))` for {k} features of one"


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
