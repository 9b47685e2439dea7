"""Functions by Keras's names that make arrays, and that move the numbers of one to other places.

Each takes recorded values, weights and arrays.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Constant, Value, recorded
from tidegate.ops.binary import equal
from tidegate.ops.cast import cast
from tidegate.ops.concatenate import concatenate
from tidegate.ops.embedding import embedding
from tidegate.ops.reduce import Axes, axes_of, only_axis
from tidegate.ops.reshape import reshape
from tidegate.ops.take_steps import take_steps
from tidegate.ops.views import broadcast_to, cut, transpose
from tidegate.ops.views import pad as filled
from tidegate.shapes import Shape

__all__ = [
    "arange",
    "convert_to_numpy",
    "convert_to_tensor",
    "expand_dims",
    "eye",
    "flip",
    "full",
    "full_like",
    "get_item",
    "linspace",
    "moveaxis",
    "ndim",
    "one_hot",
    "ones",
    "ones_like",
    "pad",
    "repeat",
    "reverse",
    "roll",
    "shape",
    "split",
    "squeeze",
    "stack",
    "swapaxes",
    "take",
    "tile",
    "unstack",
    "zeros",
    "zeros_like",
]


def shape(x: Any) -> Shape:
    """Return the shape; None stands for the samples."""
    return tuple(np.shape(x))


def ndim(x: Any) -> int:
    """Return the number of axes."""
    return len(np.shape(x))


def convert_to_tensor(x: Any, dtype: Any = None) -> Any:
    """Return x as what the other functions take: itself where it is recorded, else an array."""
    value = recorded(x)
    if value is not None:
        return value if dtype is None else cast(value, dtype)
    a: Array = np.asarray(x, dtype)
    return a.astype(np.float32) if dtype is None and a.dtype == np.float64 else a


def convert_to_numpy(x: Any) -> Array:
    """Return an array of what has numbers already: a weight, an array, a list."""
    if isinstance(x, Value):
        raise ArgumentError(
            complaint(
                "convert_to_numpy",
                say("numbers that are there"),
                repr(x),
                say("functions of tidegate.ops in their place"),
            )
        )
    return np.array(x.numpy() if hasattr(x, "numpy") else x)


def _sizes(who: str, shape: Any) -> Shape:
    sizes = tuple(shape) if isinstance(shape, list | tuple) else (shape,)
    if None in sizes:
        raise ShapeError(
            complaint(
                who,
                say("a size on each axis"),
                repr(shape),
                say("{who}_like(x), with the samples of x", who=who),
            )
        )
    return sizes


def zeros(shape: Any, dtype: Any = "float32") -> Array:
    """Return an array of zeros."""
    return np.zeros(_sizes("zeros", shape), dtype)


def ones(shape: Any, dtype: Any = "float32") -> Array:
    """Return an array of ones."""
    return np.ones(_sizes("ones", shape), dtype)


def full(shape: Any, fill_value: Any, dtype: Any = "float32") -> Array:
    """Return an array that holds one number."""
    return np.full(_sizes("full", shape), fill_value, dtype)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = "float32") -> Array:
    """Return an array with ones on a diagonal."""
    return np.eye(N, M, k, dtype)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Array:
    """Return the numbers from start to stop, or those below start; whole ones as int32."""
    begin, end = (0, start) if stop is None else (start, stop)
    whole = np.result_type(begin, end, step).kind in "iu"
    found: Array = np.arange(begin, end, step).astype(dtype or ("int32" if whole else "float32"))
    return found


def linspace(
    start: float, stop: float, num: int = 50, endpoint: bool = True, dtype: Any = "float32"
) -> Array:
    """Return so many numbers, evenly from start to stop."""
    return np.linspace(start, stop, num, endpoint, dtype=dtype)


def full_like(x: Any, fill_value: float) -> Any:
    """Return an array of the shape of x that holds one number."""
    value = recorded(x)
    if value is None:
        return np.full_like(x, fill_value)
    return broadcast_to.record(Constant(fill_value).value, shape=value.shape)


def zeros_like(x: Any) -> Any:
    """Return zeros in the shape of x."""
    return full_like(x, 0)


def ones_like(x: Any) -> Any:
    """Return ones in the shape of x."""
    return full_like(x, 1)


def shaped(x: Any, to: Shape) -> Any:
    """Return x in another shape of as many numbers, the samples in front where it has them."""
    value = recorded(x)
    if value is None:
        return np.reshape(x, to)
    samples = value.shape[:1] == (None,)
    return (
        value
        if value.shape == to
        else reshape.record(value, shape=to[1:] if samples else to, samples=samples)
    )


def expand_dims(x: Any, axis: int | Sequence[int]) -> Any:
    """Return x with a new axis of size 1 at that place, or at some."""
    value = recorded(x)
    if value is None:
        return np.expand_dims(x, axis)
    given: list[int] = np.atleast_1d(axis).tolist()
    rank = len(value.shape) + len(given)
    new = {k + (rank if k < 0 else 0) for k in given}
    if not new <= set(range(1 if value.shape[:1] == (None,) else 0, rank)) or len(new) < len(given):
        raise ShapeError(
            complaint("expand_dims", say("a place behind the samples' axis"), str(axis), "axis=1")
        )
    sizes = iter(value.shape)
    return shaped(value, tuple(1 if k in new else next(sizes) for k in range(rank)))


def squeeze(x: Any, axis: Axes = None) -> Any:
    """Return x without an axis of size 1, or without all of them."""
    value = recorded(x)
    if value is None:
        return np.squeeze(x, axis)
    gone = axes_of("squeeze", axis, len(value.shape)) if axis is not None else None
    if gone is None:
        gone = tuple(k for k, n in enumerate(value.shape) if n == 1)
    if not {value.shape[k] for k in gone} <= {1}:
        raise ShapeError(
            complaint(
                "squeeze",
                say("axes of size 1"),
                say("axis={axis} of shape {shape}", axis=axis, shape=value.shape),
                f"`squeeze(x, axis={value.shape.index(1)})`" if 1 in value.shape else "",
            )
        )
    return shaped(value, tuple(n for k, n in enumerate(value.shape) if k not in gone))


def get_item(x: Any, key: Any) -> Any:
    """Return x[key], for whole numbers, slices, None and ... in the key; the samples are taken whole."""
    value = recorded(x)
    if value is None:
        return np.asarray(x)[key]
    keys = list(key) if isinstance(key, tuple) else [key]
    places = len(keys) - len([k for k in keys if k is None or k is Ellipsis])
    at = next((i for i, k in enumerate(keys) if k is Ellipsis), None)
    fill = [slice(None)] * (len(value.shape) - places)
    keys = [*keys, *fill] if at is None else [*keys[:at], *fill, *keys[at + 1 :]]
    start: list[int] = []
    step: list[int] = []
    size: list[int | None] = []
    kept: list[int | None] = []
    for k in keys:
        if k is None:
            kept.append(1)
            continue
        n = value.shape[len(size)] if len(size) < len(value.shape) else 0
        whole = isinstance(k, slice) and k in (slice(None), slice(0, None), slice(None, None, 1))
        if n is None and whole:
            one: tuple[int, int, int | None] = (0, 1, None)
        elif n is not None and isinstance(k, slice):
            places_of = range(*k.indices(n))
            one = (places_of.start, places_of.step, len(places_of))
        elif n is not None and isinstance(k, int | np.integer) and -n <= k < n:
            one = (int(k) % n, 1, 1)
        else:
            one = (0, 1, 0)
        if one[2] == 0:
            raise ShapeError(
                complaint(
                    say("a recorded value of shape {shape}", shape=value.shape),
                    say("places that it has, given as whole numbers and slices, and all of the samples"),
                    f"[{key!r}]",
                    say("{some} or {last}", some="x[:, -1]", last="x[:, 2:5]"),
                )
            )
        start, step, size = [*start, one[0]], [*step, one[1]], [*size, one[2]]
        if isinstance(k, slice):
            kept.append(one[2])
    if tuple(size) != value.shape or set(step) - {1}:
        value = cut.record(value, start=tuple(start), step=tuple(step), size=tuple(size))
    return shaped(value, tuple(kept))


def flip(x: Any, axis: Axes = None) -> Any:
    """Return x with the order along some axes turned round."""
    rank = ndim(x)
    first = 1 if np.shape(x)[:1] == (None,) and axis is None else 0
    turned = axes_of("flip", range(first, rank) if axis is None else axis, rank)
    return get_item(x, tuple(slice(None, None, -1 if k in turned else None) for k in range(rank)))


def reverse(x: Any) -> Any:
    """Return a sequence with its steps in the opposite order."""
    return flip(x, axis=1)


def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Return x with two axes in each other's place."""
    order = list(range(ndim(x)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return transpose(x, order)


def moveaxis(x: Any, source: int | Sequence[int], destination: int | Sequence[int]) -> Any:
    """Return x with one axis, or some, at other places."""
    rank = ndim(x)
    moved, to = ([k % rank for k in np.atleast_1d(axes).tolist()] for axes in (source, destination))
    order = [k for k in range(rank) if k not in moved]
    for place, k in sorted(zip(to, moved, strict=True)):
        order.insert(place, k)
    return transpose(x, order)


def stack(x: Sequence[Any], axis: int = 0) -> Any:
    """Return arrays of one shape as one, along a new axis."""
    parts = [recorded(part) for part in x]
    if not [part for part in parts if part is not None]:
        return np.stack([np.asarray(part) for part in x], axis)
    rank = max_rank(x) + 1
    k = axis % rank
    return concatenate([expand_dims(part, k) for part in x], axis=k)


def max_rank(parts: Sequence[Any]) -> int:
    """Return the largest number of axes."""
    return sorted(map(ndim, parts))[-1]


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Return x cut along an axis, into so many equal parts or at the given places."""
    k, n = axis % ndim(x), np.shape(x)[axis]
    if n is None:
        raise ShapeError(complaint("split", say("an axis that is not the samples'"), str(axis), "axis=1"))
    if isinstance(indices_or_sections, int | np.integer):
        if n % indices_or_sections:
            parts = int(indices_or_sections)
            places = [k * n // parts for k in range(1, parts)]
            raise ShapeError(
                complaint(
                    "split",
                    say("parts of equal size"),
                    say("{n} in {parts}", n=n, parts=indices_or_sections),
                    f"`split(x, {places}, axis={axis})`",
                )
            )
        each = n // int(indices_or_sections)
        ends = list(range(0, n + 1, each))
    else:
        ends = [0, *map(int, indices_or_sections), n]
    front = (slice(None),) * k
    return [get_item(x, (*front, slice(a, b))) for a, b in itertools.pairwise(ends)]


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """Return the parts of x along an axis, without that axis."""
    return [squeeze(part, axis) for part in split(x, np.shape(x)[axis] or 0, axis)]


def repeat(x: Any, repeats: int | Sequence[int], axis: int | None = None) -> Any:
    """Return x with each part along an axis so many times, one behind the other; by default each number of an array."""
    if recorded(x) is None:
        return np.repeat(x, repeats, axis)
    k = only_axis("repeat", axis, ndim(x))
    if not isinstance(repeats, int | np.integer):
        return take(x, np.repeat(np.arange(np.shape(x)[k]), repeats), k)
    wide = expand_dims(x, k + 1)
    spread = broadcast_to(wide, (*wide.shape[: k + 1], int(repeats), *wide.shape[k + 2 :]))
    return shaped(spread, (*x.shape[:k], x.shape[k] * repeats, *x.shape[k + 1 :]))


def tile(x: Any, repeats: Any) -> Any:
    """Return x so many times, one behind the other along each axis; 1 for the samples."""
    counts = [repeats] if isinstance(repeats, int) else list(repeats)
    if recorded(x) is None:
        return np.tile(x, counts)
    counts = [1] * (ndim(x) - len(counts)) + counts
    for k, n in enumerate(counts):
        x = concatenate([x] * n, axis=k) if n != 1 else x
    return x


def roll(x: Any, shift: int | Sequence[int], axis: Axes = None) -> Any:
    """Return x moved along an axis or some, what leaves it at one end coming back at the other.

    By default an array is moved through all its numbers.
    """
    if recorded(x) is None:
        return np.roll(x, shift, axis)
    if isinstance(axis, list | tuple):
        for by, along in zip(np.broadcast_to(shift, len(axis)).tolist(), axis, strict=True):
            x = roll(x, by, along)
        return x
    k = only_axis("roll", axis, ndim(x))
    n, shift = np.shape(x)[k], int(np.sum(shift))
    if n is None:
        raise ShapeError(complaint("roll", say("an axis that is not the samples'"), str(axis), "axis=1"))
    if shift % n == 0:
        return x
    first, second = split(x, [n - shift % n], k)
    return concatenate([second, first], axis=k)


def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Return the parts of x at some places of an axis; places that are recorded look up rows of a table."""
    value, places = recorded(x), recorded(indices)
    if value is None and places is None:
        return np.take(x, indices, axis)
    if places is not None:
        if axis not in (None, 0) or ndim(x) != 2:
            raise ShapeError(
                complaint("take", say("a table (rows, numbers) to look up rows in"), f"axis={axis}", "axis=0")
            )
        return embedding(places, x)
    k = (axis or 0) % ndim(x)
    front = (slice(None),) * k
    if np.ndim(indices) != 1:
        found = take(x, np.ravel(indices), k)
        return shaped(found, (*np.shape(x)[:k], *np.shape(indices), *np.shape(x)[k + 1 :]))
    if k == 1 and ndim(x) > 2 and np.shape(x)[0] is None:
        return take_steps(x, index=tuple(int(i) % (np.shape(x)[1] or 1) for i in np.ravel(indices)))
    wanted = np.ravel(indices).tolist()
    if wanted and wanted[0] >= 0 and wanted == [*range(wanted[0], wanted[-1] + 1)]:
        return get_item(x, (*front, slice(wanted[0], wanted[-1] + 1)))
    return concatenate([get_item(x, (*front, slice(i, i + 1 or None))) for i in wanted], axis=k)


def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: float | None = None) -> Any:
    """Return x with numbers before and behind it on each axis but the samples'.

    Parameters
    ----------
    pad_width : (before, behind) for each axis, or one pair or number for all
    mode : "constant", or "edge", "reflect", "symmetric" and "wrap", which repeat what is there
    """
    if mode == "constant":
        return filled(x, pad_width, constant_values)
    known = ("constant", "edge", "reflect", "symmetric", "wrap")
    if mode not in known:
        raise ArgumentError(complaint("pad", say("a mode among {known}", known=known), repr(mode)))
    for k, width in enumerate(np.broadcast_to(np.asarray(pad_width), (ndim(x), 2)).tolist()):
        if any(width):
            n = np.shape(x)[k]
            if n is None:
                raise ShapeError(complaint("pad", say("an axis that is not the samples'"), str(k)))
            x = take(x, np.pad(np.arange(n), width, mode), k)  # type: ignore[call-overload]
    return x


def one_hot(x: Any, num_classes: int, axis: int = -1) -> Any:
    """Return 1 at the place that x says along a new axis, the last one by default, else 0."""
    if recorded(x) is None:
        found = (np.asarray(x)[..., None] == np.arange(num_classes)).astype(np.float32)
    else:
        found = equal(expand_dims(cast(x), -1), np.arange(num_classes, dtype=np.float32))
    return found if axis in (-1, ndim(x)) else moveaxis(found, -1, axis)
