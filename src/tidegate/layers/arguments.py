"""Checks that the arguments of layers share, on the line that gave them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.arguments import listed, number, whole
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.shapes import Shape
from tidegate.utils.random import draw_seed

__all__ = ["given", "listed", "not_yet", "number", "sample_shape", "seeded", "whole"]


def given(names: dict[str, Any], *without: str) -> dict[str, Any]:
    """Return the arguments of a constructor, for that of its base: `super().__init__(**given(locals()))`.

    >>> def made(self, units, **kwargs):
    ...     return given(locals())
    >>> made(None, 3, name="a")
    {'units': 3, 'name': 'a'}
    """
    left = {"self", "__class__", "kwargs", *without}
    return {**{k: v for k, v in names.items() if k not in left}, **names["kwargs"]}


def seeded(who: str, seed: Any) -> int:
    """Return the seed of what a layer draws: the one given, or one drawn for it."""
    if seed is None:
        return draw_seed()
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise ArgumentError(
            complaint(who, say("{name} as a whole number", name="seed"), repr(seed), "seed=1")
        )
    return int(seed)


def not_yet(who: str, **arguments: tuple[Any, Any]) -> None:
    """Accept arguments of Keras that are not there yet at their default; each comes as (value, default)."""
    for name, (value, default) in arguments.items():
        same = value is default or (isinstance(value, bool | int | float | str) and value == default)
        if not same:
            came = (
                repr(value)
                if np.ndim(value) == 0
                else say("an array of shape {shape}", shape=np.shape(value))
            )
            raise ArgumentError(
                complaint(
                    who,
                    say("{name}={default!r}, as {name} is not there yet", name=name, default=default),
                    f"{name}={came}",
                    say("leave {name} out", name=name),
                )
            )


def sample_shape(who: str, argument: str, shape: Any, example: str = "") -> Shape:
    """Return a shape as a tuple of whole numbers and None."""
    given = shape
    if isinstance(shape, int | np.integer):
        shape = (shape,)  # input_shape=8 and input_shape=(8) both arrive like this
    try:
        found = tuple(None if d is None else int(d) for d in shape)
    except (TypeError, ValueError):
        found = (-1,)
    if any(d is not None and d < 1 for d in found):
        raise ArgumentError(
            complaint(
                who,
                say("{argument} as sizes of at least 1, None for an open one", argument=argument),
                repr(given),
                example or f"{argument}=(10, 1)",
            )
        )
    return found
