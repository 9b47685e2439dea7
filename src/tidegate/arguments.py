"""Checks of single arguments, on the line that gave them."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say

__all__ = ["listed", "number", "whole"]


def whole(who: str, argument: str, value: Any, example: str, least: int = 1) -> int:
    """Return a whole number of at least `least`, or raise on the line that gave it."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ArgumentError(
            complaint(
                who,
                say("{argument} to be a whole number of at least {least}", argument=argument, least=least),
                repr(value),
                example,
            )
        )
    return int(value)


def number(
    who: str,
    argument: str,
    value: Any,
    least: float = -math.inf,
    most: float = math.inf,
    above: bool = False,
) -> float:
    """Return a finite number between two, `above` the lesser, or raise on the line that gave it."""
    plain = isinstance(value, Real) and not isinstance(value, bool)
    if not plain or not math.isfinite(value) or not least <= value <= most or (above and value == least):
        if math.isfinite(least) and math.isfinite(most):
            expected = say("{name} from {least} to {most}", name=argument, least=least, most=most)
        elif math.isfinite(least):
            expected = say(
                "{name} above {least}" if above else "{name} of at least {least}", name=argument, least=least
            )
        else:
            expected = say("{name} as a number", name=argument)
        raise ArgumentError(complaint(who, expected, repr(value)))
    return float(value)


def listed(who: str, argument: str, value: Any, example: str) -> list[Any]:
    """Return what is in a list, or raise on the line that gave something else."""
    if not (isinstance(value, list | tuple | range) or int(getattr(value, "ndim", False)) > 0):
        raise ArgumentError(complaint(who, say("{name} as a list", name=argument), repr(value), example))
    return list(value)
