"""Lists, tuples and dicts of things, one inside the other: what models take and give.

Dicts count in the order of their sorted keys, as in Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["leaves", "map_nested", "pack", "single"]


def leaves(nest: Any) -> list[Any]:
    """Return the things in a nest, in order.

    >>> leaves({"b": 1, "a": [2, (3,)]})
    [2, 3, 1]
    """
    if isinstance(nest, dict):
        return [leaf for key in sorted(nest) for leaf in leaves(nest[key])]
    if isinstance(nest, list | tuple):
        return [leaf for part in nest for leaf in leaves(part)]
    return [nest]


def map_nested(function: Callable[[Any], Any], nest: Any) -> Any:
    """Return a nest of the same form with what the function makes of each thing in it.

    >>> map_nested(str, {"a": [1, 2]})
    {'a': ['1', '2']}
    """
    if isinstance(nest, dict):
        return {key: map_nested(function, nest[key]) for key in nest}
    if isinstance(nest, list | tuple):
        made = [map_nested(function, part) for part in nest]
        return made if isinstance(nest, list) else tuple(made)
    return function(nest)


def pack(nest: Any, things: list[Any]) -> Any:
    """Return a nest of the form of `nest` that holds these things, in order.

    >>> pack({"b": 0, "a": [0, 0]}, [1, 2, 3])
    {'b': 3, 'a': [1, 2]}
    """
    return _pack(nest, iter(things))


def _pack(nest: Any, things: Iterator[Any]) -> Any:
    if isinstance(nest, dict):
        made = {key: _pack(nest[key], things) for key in sorted(nest)}
        return {key: made[key] for key in nest}
    if isinstance(nest, list | tuple):
        parts = [_pack(part, things) for part in nest]
        return parts if isinstance(nest, list) else tuple(parts)
    return next(things)


def single(nest: Any) -> Any:
    """Return what a list of one thing holds, and anything else as it is.

    >>> single([1]), single([1, 2]), single(3)
    (1, [1, 2], 3)
    """
    return nest[0] if isinstance(nest, list | tuple) and len(nest) == 1 else nest
