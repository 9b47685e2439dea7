"""Checks of single arguments, on the line that gave them.

Where a function's annotations say what an argument is, `checked` holds what comes against them:

>>> @checked
... def shares(count: int, ordered: bool = True, name: str | None = None) -> None: ...
>>> shares(3, ordered=[1, 0])
Traceback (most recent call last):
    ...
tidegate.errors.ArgumentError: shares expects ordered as True or False; got [1, 0].
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from typing import Any, TypeVar, cast

import numpy as np

from tidegate.errors import ArgumentError, DataError, complaint
from tidegate.language import say

__all__ = [
    "Careful",
    "along",
    "check_flags",
    "checked",
    "flags_checked",
    "listed",
    "number",
    "numbers",
    "shown",
    "sizes",
    "typed",
    "whole",
]

Function = TypeVar("Function", bound=Callable[..., Any])


def shown(value: Any) -> str:
    """Return what came as text that fits into a message."""
    if getattr(value, "ndim", 0):
        return say("an array of shape {shape}", shape=tuple(value.shape))
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else f"{text[:77]}..."


def _plain(value: Any) -> Any:
    """Return what an array of no axes, or a tensor of another library, holds."""
    return value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value


def _is_flag(value: Any) -> bool:
    value = _plain(value)
    return value is None or (isinstance(value, Integral) and value in (0, 1))


def _is_whole(value: Any) -> bool:
    return isinstance(_plain(value), Integral)


def _is_number(value: Any) -> bool:
    value = _plain(value)
    return isinstance(value, Real) and value == value  # NaN is none


def _is_listed(value: Any) -> bool:
    return (
        isinstance(value, Iterable) and not isinstance(value, str | bytes) and getattr(value, "ndim", 1) > 0
    )


# What annotations mean: whether a value is that, and what it is called. Others say nothing.
FITS: dict[str, Callable[[Any], bool]] = {
    "None": lambda value: value is None,
    "bool": _is_flag,
    "int": _is_whole,
    "float": _is_number,
    "str": lambda value: isinstance(value, str),
    "Callable": callable,
    "Sequence": _is_listed,
    "Iterable": _is_listed,
    "Moments": lambda value: isinstance(value, np.ndarray) and value.dtype.kind == "M" and value.ndim == 1,
    "np.datetime64": lambda value: isinstance(value, np.datetime64),
    "Mapping": lambda value: isinstance(value, Mapping),
    "dict": lambda value: isinstance(value, Mapping),
}
NOUNS = {
    "bool": "True or False",
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "Callable": "a function",
    "Sequence": "a list",
    "Iterable": "a list",
    "Moments": "an array of dates",
    "np.datetime64": "a date",
    "Mapping": "a dict",
    "dict": "a dict",
}


@functools.cache
def _kinds(function: Callable[..., Any], *only: str) -> tuple[tuple[str, ...], dict[str, tuple[Any, ...]]]:
    """Return the names of what a function takes by place, and of each argument that can be checked its kinds."""
    placed, found = [], {}
    for p in inspect.signature(function).parameters.values():
        names = [part.strip().partition("[")[0] for part in _split(str(p.annotation))]
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            placed += [p.name] if p.kind is not p.KEYWORD_ONLY else []
            kinds = tuple(
                name if name in (only or FITS) else None if only else _own_class(name, function)
                for name in names
            )
            if all(kinds):
                found[p.name] = kinds
    return tuple(placed), found


def _own_class(name: str, function: Callable[..., Any]) -> type | None:
    """Return the class of this package that a function's module knows by that name."""
    found = getattr(function, "__globals__", {}).get(name)
    return found if isinstance(found, type) and found.__module__.startswith("tidegate.") else None


def _fits(value: Any, kind: Any) -> bool:
    return FITS[kind](value) if isinstance(kind, str) else isinstance(value, kind)


def _noun(kind: Any) -> str:
    return say(NOUNS[kind]) if isinstance(kind, str) else say("a {kind}", kind=kind.__name__)


def _split(annotation: str) -> list[str]:
    """Return the parts of a union; those within brackets stay together."""
    parts, depth = [""], 0
    for sign in annotation:
        depth += (sign == "[") - (sign == "]")
        if sign == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _check(who: str, function: Callable[..., Any], args: Any, kwargs: Mapping[str, Any], *only: str) -> None:
    placed, kinds = _kinds(function, *only)
    for name, value in (*zip(placed, args, strict=False), *kwargs.items()):
        meant = kinds.get(name, ())
        if meant and not any(_fits(value, kind) for kind in meant):
            names = say(" or ").join(_noun(kind) for kind in meant if kind != "None")
            raise ArgumentError(complaint(who, say("{name} as {kind}", name=name, kind=names), shown(value)))


def numbers(who: str, argument: str, value: Any) -> np.ndarray[Any, Any]:
    """Return an array of real numbers, or raise on the line that gave something else."""
    try:
        found = np.asarray(value)
    except ValueError:  # rows of several lengths
        found = np.empty(0, object)
    if found.dtype.kind not in "biuf":
        raise DataError(complaint(who, say("{name} as an array of numbers", name=argument), shown(value)))
    return found


def along(who: str, axis: int, axes: int) -> int:
    """Return the place of an axis among so many, counted from the last one where it is below 0."""
    if not -axes <= axis < axes:
        expected = say("{name} from {least} to {most}", name="axis", least=-axes, most=axes - 1)
        came = repr(axis) if axes else say("a single number")
        raise ArgumentError(complaint(who, expected, came))
    return int(axis)


def sizes(who: str, argument: str, value: Any, least: int = 0) -> tuple[int, ...]:
    """Return a shape, of one size or of several, or raise on the line that gave something else."""
    given = tuple(value) if isinstance(value, tuple | list) else (value,)
    if not all(_is_whole(d) and d >= least for d in given):
        expected = say("{argument} as sizes of at least {least}", argument=argument, least=least)
        raise ArgumentError(complaint(who, expected, shown(value)))
    return tuple(map(int, given))


def typed(who: str, dtype: Any) -> np.dtype[Any] | None:
    """Return a type of numbers by its name, or raise on the line that gave none."""
    try:
        found = None if dtype is None else np.dtype(dtype)
    except (TypeError, ValueError):
        found = np.dtype("O")
    if found is not None and found.kind not in "biuf":
        raise ArgumentError(
            complaint(who, say("{name} as a type of numbers", name="dtype"), shown(dtype), "'float32'")
        )
    return found


def checked(function: Function, *only: str) -> Function:
    """Decorate a function so that it takes what its annotations say: flags, numbers, texts, functions, lists, dicts.

    `only` names the annotations that count; by default all of `FITS`.
    """

    @functools.wraps(function)
    def careful(*args: Any, **kwargs: Any) -> Any:
        who = type(args[0]).__name__ if function.__name__ == "__init__" and args else function.__name__
        _check(who, function, args, kwargs, *only)
        return function(*args, **kwargs)

    return cast(Function, careful)


def flags_checked(function: Function) -> Function:
    """Decorate a function so that its flags are flags; of numbers it says more itself."""
    return checked(function, "bool", "str", "None")


def check_flags(cls: type, args: Any, kwargs: Mapping[str, Any]) -> None:
    """Raise where a flag or a text among the arguments of a class, or of a base that it passes them on to, is none."""
    for base in cls.__mro__:
        if "__init__" in vars(base) and base is not object:
            init = vars(base)["__init__"]
            _check(cls.__name__, init, (None, *args) if base is cls else (), kwargs, "bool", "str", "None")


class Careful:
    """Base of classes whose constructors take what their annotations say."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls) and cls.__module__.startswith("tidegate."):
            cls.__init__ = checked(cls.__init__)  # type: ignore[method-assign]


def whole(who: str, argument: str, value: Any, example: str, least: int = 1) -> int:
    """Return a whole number of at least `least`, or raise on the line that gave it."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ArgumentError(
            complaint(
                who,
                say("{argument} to be a whole number of at least {least}", argument=argument, least=least),
                shown(value),
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
        raise ArgumentError(complaint(who, expected, shown(value)))
    return float(value)


def listed(who: str, argument: str, value: Any, example: str) -> list[Any]:
    """Return what is in a list, or raise on the line that gave something else."""
    if not (isinstance(value, list | tuple | range) or int(getattr(value, "ndim", False)) > 0):
        raise ArgumentError(complaint(who, say("{name} as a list", name=argument), shown(value), example))
    return list(value)
