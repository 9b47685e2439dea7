"""Older spellings: what they mean today, and the one short note about each.

A script of any year runs unchanged; the first use of an old spelling says what it is called now.
"""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tidegate.language import say

__all__ = ["OldSpelling", "modern", "note", "older"]

Function = TypeVar("Function", bound=Callable[..., Any])
HERE = str(Path(__file__).parent)
_noted: set[str] = set()


class OldSpelling(UserWarning):
    """A spelling of an older Keras, served."""


def note(old: str, today: str) -> None:
    """Say once for each run that a spelling is old, on the user's line."""
    if old not in _noted:
        _noted.add(old)
        level, frame = 2, sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename.startswith(HERE):
            level, frame = level + 1, frame.f_back
        said = say("{old} is the older spelling of {today}; served", old=old, today=today)
        warnings.warn(f"tidegate: {said}", OldSpelling, level)


def modern(who: str, given: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """Return keyword arguments under today's names.

    >>> with warnings.catch_warnings(record=True) as said:
    ...     modern("Tide", {"nb_high": 2}, {"nb_high": "highs"})
    {'highs': 2}
    """
    found = {}
    for name, value in given.items():
        if name in renamed and renamed[name] not in given:
            note(say("{name}= of {who}", name=name, who=who), f"{renamed[name]}=")
            name = renamed[name]
        found[name] = value
    return found


def older(**renamed: str) -> Callable[[Function], Function]:
    """Decorate a function whose arguments once had other names: `old="today"`."""

    def decorate(function: Function) -> Function:
        who = function.__qualname__.removesuffix(".__init__")

        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            if not kwargs.keys().isdisjoint(renamed):
                kwargs = modern(who, kwargs, renamed)
            return function(*args, **kwargs)

        return called  # type: ignore[return-value]

    return decorate
