"""Numbers put where indices say, and functions called along a first axis, by Keras's names, made of the ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, recorded
from tidegate.ops.binary import add, multiply
from tidegate.ops.matmul import matmul
from tidegate.ops.ordering import prod
from tidegate.ops.places import expand_dims, one_hot, shaped, stack
from tidegate.ops.reduce import max, min, sum
from tidegate.ops.where import where

__all__ = [
    "map",
    "scan",
    "scatter",
    "scatter_update",
    "segment_max",
    "segment_min",
    "segment_prod",
    "segment_sum",
]

INF = float("inf")


def _by_step() -> str:
    return say("`[f(x[:, t]) for t in range(x.shape[1])]`, and ops.stack(found, axis=1)")


def segment_sum(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the sum of the rows of each segment; a row of id -1, or beyond them, belongs to none."""
    return _by_segment("segment_sum", data, segment_ids, num_segments, 0.0, np.add, sum)


def segment_max(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the largest numbers among the rows of each segment, -inf where there is none."""
    return _by_segment("segment_max", data, segment_ids, num_segments, -INF, np.maximum, max)


def segment_min(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the smallest numbers among the rows of each segment, inf where there is none."""
    return _by_segment("segment_min", data, segment_ids, num_segments, INF, np.minimum, min)


def segment_prod(data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False) -> Any:
    """Return the product of the rows of each segment, 1 where there is none."""
    return _by_segment("segment_prod", data, segment_ids, num_segments, 1.0, np.multiply, prod)


def _by_segment(
    who: str, data: Any, ids: Any, count: int | None, start: float, join: Any, reduce: Callable[..., Any]
) -> Any:
    if count is None:
        if recorded(ids) is not None:
            raise ArgumentError(
                complaint(who, say("how many segments there are"), say("none"), "num_segments=10")
            )
        count = int(np.max(ids)) + 1
    if recorded(data) is None and recorded(ids) is None:
        rows, places = np.asarray(data), np.asarray(ids)
        kind = np.result_type(rows.dtype, np.float32) if abs(start) == INF else rows.dtype
        found = np.full((count, *rows.shape[1:]), start, kind)
        there = (places >= 0) & (places < count)
        join.at(found, places[there], rows[there])
        return found
    on = one_hot(ids, count)  # (N, count)
    for _ in range(len(np.shape(data)) - 1):
        on = expand_dims(on, -1)
    return reduce(where(on, expand_dims(data, 1), start), axis=0)


def scatter(indices: Any, values: Any, shape: Any) -> Any:
    """Return zeros of that shape with values added at the places that rows of indices say."""
    whole, places = tuple(shape), _places("scatter", indices)
    if recorded(values) is None:
        rows = np.asarray(values)
        found = np.zeros(whole, rows.dtype)
        np.add.at(found, places, rows)
        return found
    _expect_no_samples("scatter", values)
    front = whole[: len(places)]
    flat = np.ravel_multi_index(places, front)
    size = int(np.prod(front))
    matrix = (np.arange(size)[:, None] == flat).astype(np.float32)  # (size, N)
    each = int(np.prod(whole[len(places) :]))
    return shaped(matmul(matrix, shaped(values, (len(flat), each))), whole)


def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Any:
    """Return inputs with updates at the places that rows of indices say, or joined by "add", "max", "min" or "mul"."""
    places = _places("scatter_update", indices)
    joined = {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}
    if reduction is not None and reduction not in joined:
        names = ", ".join(joined)
        raise ArgumentError(
            complaint(
                "scatter_update", say("{name} among {names}", name="reduction", names=names), repr(reduction)
            )
        )
    if recorded(inputs) is None and recorded(updates) is None:
        found: Array = np.array(inputs)
        if reduction is None:
            found[places] = updates
        else:
            joined[reduction].at(found, places, updates)
        return found
    _expect_no_samples("scatter_update", inputs, updates)
    whole = np.shape(inputs)
    if reduction == "add":
        return add(inputs, scatter(indices, multiply(updates, 1.0), whole))
    flat = np.ravel_multi_index(places, whole[: len(places)])
    if reduction is not None or len(set(flat.tolist())) < len(flat):
        came = repr(reduction) if reduction is not None else say("one place twice")
        raise ArgumentError(
            complaint(
                "scatter_update", say("places that differ, or reduction='add'"), came, "reduction='add'"
            )
        )
    on = scatter(indices, np.ones(np.shape(updates), np.float32), whole)
    return where(on, scatter(indices, updates, whole), inputs)


def _places(who: str, indices: Any) -> tuple[Array, ...]:
    """Return the places along each axis."""
    if recorded(indices) is not None:
        raise ArgumentError(
            complaint(who, say("indices that are there"), repr(indices), say("ops.one_hot and a product"))
        )
    found = np.asarray(indices)
    return tuple(np.moveaxis(found.astype(np.int64), -1, 0))


def _expect_no_samples(who: str, *values: Any) -> None:
    for x in values:
        if np.shape(x)[:1] == (None,):
            raise ArgumentError(
                complaint(
                    who, say("a first axis that is counted"), say("that of the samples"), "ops.where(...)"
                )
            )


def scan(
    f: Callable[[Any, Any], Any], init: Any, xs: Any = None, length: int | None = None, reverse: bool = False,
    unroll: Any = 1,
) -> tuple[Any, Any]:  # fmt: skip
    """Return what is left of init after carry, y = f(carry, x) along the first axis of xs, and all y.

    The loop is written out while a model is recorded. The first axis may not be that of the samples.

    Parameters
    ----------
    xs : array or value, or a nest of them; without it f gets None `length` times
    reverse : whether it begins at the end
    unroll : accepted; it is.
    """
    parts: list[Any] = []
    if xs is not None:
        _each(parts.append, xs)
    sizes = {np.shape(x)[0] for x in parts} | ({length} if length is not None else set())
    if len(sizes) != 1 or None in sizes:
        samples = None in sizes
        came = say("that of the samples") if samples else say("the sizes {sizes}", sizes=sorted(sizes))
        instead = _by_step() if samples else "length=10"
        raise ArgumentError(
            complaint("scan", say("a first axis of one size, that is counted"), came, instead)
        )
    order = range(sizes.pop())
    carry, found = init, []
    for k in reversed(order) if reverse else order:
        carry, y = f(carry, None if xs is None else _each(lambda x, k=k: x[k], xs))
        found.append(y)
    if reverse:
        found.reverse()
    if not found or found[0] is None:
        return carry, None
    return carry, _each(lambda *parts: _stacked(parts), *found)


def _each(function: Callable[..., Any], *nests: Any) -> Any:
    """Return what a function makes of the things at each place of some nests, in such a nest."""
    first = nests[0]
    if isinstance(first, dict):
        return {key: _each(function, *(nest[key] for nest in nests)) for key in first}
    if isinstance(first, tuple | list):
        made = [_each(function, *parts) for parts in zip(*nests, strict=True)]
        return tuple(made) if isinstance(first, tuple) else made
    return function(*nests)


def _stacked(parts: tuple[Any, ...]) -> Any:
    if all(recorded(y) is None for y in parts):
        return np.stack([np.asarray(y) for y in parts])
    if any(np.shape(y)[:1] == (None,) for y in parts):
        raise ArgumentError(
            complaint("scan", say("a y without the samples, or None"), say("one with them"), _by_step())
        )
    return stack(list(parts))


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """Return f of each part along the first axis of xs, one beside the other; not along that of the samples."""
    return scan(lambda carry, x: (carry, f(x)), None, xs)[1]
