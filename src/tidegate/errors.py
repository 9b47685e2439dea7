"""The errors a person can cause, and the one form of their messages."""

from __future__ import annotations

import sys
import warnings

from tidegate.language import say

__all__ = [
    "ArgumentError",
    "DataError",
    "NoNumbersError",
    "ShapeError",
    "TidegateError",
    "complaint",
    "lacking",
    "nearest",
    "warn",
]


class TidegateError(Exception):
    """Anything this package refuses, with a message that says what to write instead."""


class ShapeError(TidegateError, ValueError):
    """Shapes that do not fit each other: of data, of layers, or of a target and an output."""


class ArgumentError(TidegateError, ValueError):
    """An argument that means nothing, or that is not there yet."""


class DataError(TidegateError, ValueError):
    """A table, column, date or value that cannot be used as it is."""


class NoNumbersError(TidegateError, TypeError):
    """Numbers asked of what is recorded or symbolic, and has none before data come."""


def complaint(who: str, expected: str, came: str, instead: str = "") -> str:
    """Return the message of an error: who speaks, what was expected, what came, what to write instead.

    >>> complaint("LSTM 'lstm'", "units of at least 1", "0", "write LSTM(32)")
    "LSTM 'lstm' expects units of at least 1; got 0. Instead: write LSTM(32)."
    >>> complaint("fit", "epochs, batch_size", "epoch=", "did you mean 'epochs'?")
    "fit expects epochs, batch_size; got epoch=. Did you mean 'epochs'?"
    """
    if instead.endswith(("?", "？")):
        asked = instead[0].upper() + instead[1:]
        return say(
            "{who} expects {expected}; got {came}. {asked}",
            who=who,
            expected=expected,
            came=came,
            asked=asked,
        )
    text = say("{who} expects {expected}; got {came}.", who=who, expected=expected, came=came)
    return say("{text} Instead: {instead}.", text=text, instead=instead.rstrip(".。")) if instead else text


def nearest(name: str, known: object, count: int = 3) -> str:
    """Return the known names that `name` may have meant, as text for a message ('' when none is near).

    >>> nearest("adm", ["adam", "sgd"])
    "did you mean 'adam'?"
    """
    import difflib

    name, names = str(name), [str(k) for k in known]  # type: ignore[attr-defined]
    near = difflib.get_close_matches(name, names, n=count, cutoff=0.5)
    near = near or [k for k in names if k.lower() == name.lower()]
    return say("did you mean {names}?", names=say(" or ").join(map(repr, near))) if near else ""


def lacking(module: str, name: str, known: object) -> str:
    """Return the message for a name that a module does not have.

    >>> lacking("tidegate.layers", "LSTN", ["LSTM", "GRU"])
    "tidegate.layers has no 'LSTN'; did you mean 'LSTM'?"
    """
    near = nearest(name, known)
    return say(
        "{module} has no {name!r}; {near}" if near else "{module} has no {name!r}",
        module=module,
        name=name,
        near=near,
    )


def warn(text: str, category: type[Warning] = RuntimeWarning) -> None:
    """Say something at the line outside this package that led here."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "tidegate":
        level, frame = level + 1, frame.f_back
    warnings.warn(text, category, stacklevel=level)
