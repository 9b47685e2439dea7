"""Names: of layers that were given none, and of the things that are asked for by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

from tidegate.errors import ArgumentError, nearest
from tidegate.language import say

__all__ = ["auto_name", "clear_session", "look_up", "snake_case"]

Found = TypeVar("Found")
_made: Counter[str] = Counter()


def snake_case(name: str) -> str:
    """Return the name of a class as Keras writes it in lower case.

    >>> snake_case("LSTM"), snake_case("TimeDistributed")
    ('lstm', 'time_distributed')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(kind: str) -> str:
    """Return a name no other of its kind has had: lstm, lstm_1, lstm_2, ..."""
    base = snake_case(kind)
    _made[base] += 1
    return base if _made[base] == 1 else f"{base}_{_made[base] - 1}"


def clear_session(free_memory: bool = True) -> None:
    """Start the automatic names again at lstm, dense, ...; there is nothing else to clear."""
    _made.clear()


def look_up(kind: str, name: str, table: Mapping[str, Found]) -> Found:
    """Return what stands under a name, or say which name may have been meant.

    >>> look_up("optimizer", "adm", {"adam": 1, "sgd": 2})
    Traceback (most recent call last):
    tidegate.errors.ArgumentError: optimizer 'adm' is not known; did you mean 'adam'?
    """
    if isinstance(name, str) and name in table:
        return table[name]
    near = nearest(name, table) or say("known are {names}.", names=", ".join(table))
    raise ArgumentError(say("{kind} {name!r} is not known; {near}", kind=kind, name=name, near=near))
