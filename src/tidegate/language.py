"""The language in which people are spoken to: English, or what `TIDEGATE_LANG` or the locale asks for.

Texts stand in the code in English, with places for values, and are translated by the catalogue `catalogue_zh/`.

>>> say("{count} rows", count=3), say("{count} rows are left", count=1)
('3 rows', '1 row is left')
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from numbers import Integral
from typing import Any

# What is counted in texts, and what it does, each with its form for one of them.
_REGULAR = (
    "argument", "array", "attribute", "byte", "candidate", "channel", "character", "column", "date", "day",
    "digit", "dimension", "epoch", "feature", "field", "gap", "gate", "gradient", "group", "hour", "input",
    "layer", "level", "line", "minute", "month", "name", "number", "origin", "output", "part", "place",
    "point", "row", "sample", "second", "sequence", "shape", "shard", "size", "source", "state", "step",
    "sum", "target", "thread", "timestep", "token", "unit", "value", "vector", "weight", "week", "window",
    "word", "year",
)  # fmt: skip
_NOUNS = {f"{noun}s": noun for noun in _REGULAR} | {
    "axes": "axis", "batches": "batch", "boundaries": "boundary", "classes": "class",
}  # fmt: skip
_VERBS = {"are": "is", "were": "was", "have": "has", "hold": "holds", "follow": "follows", "lie": "lies"}
_COUNTED = re.compile(
    r"(\{(\w+)[^}]*\})((?: (?!(?:of|to|for|in|at|and|or|by|from|a|the)\b)[a-z-]+){0,2}?)"
    rf" ({'|'.join(_NOUNS)})\b(?: ({'|'.join(_VERBS)})\b)?"
)

__all__ = ["LANGUAGES", "can_write", "language", "say", "set_language", "speaking", "width"]

LANGUAGES = ("en", "zh")
_chosen: str | None = None


def language() -> str:
    """Return 'en' or 'zh': what `set_language` or TIDEGATE_LANG said, or else what the locale says."""
    if _chosen is not None:
        return _chosen
    for name in ("TIDEGATE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def set_language(name: str | None) -> None:
    """Speak this language from now on, 'en' or 'zh'; None goes by the environment again."""
    from tidegate.errors import ArgumentError, complaint

    global _chosen
    if name is not None and name not in LANGUAGES:
        raise ArgumentError(
            complaint("set_language", say("{some} or {last}", some="'en'", last="'zh'"), repr(name))
        )
    _chosen = name


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak this language for a while."""
    global _chosen
    before, _chosen = _chosen, name
    try:
        yield
    finally:
        _chosen = before


def can_write(text: str) -> bool:
    """Return whether the standard output has letters for a text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def say(text: str, /, **values: Any) -> str:
    """Return a text in the language that is spoken, with its values put in."""
    if language() == "zh":
        text = _catalogue().get(text, text)  # where nouns have no plural
    elif any(_is_one(value) for value in values.values()):
        text = _COUNTED.sub(lambda found: _one(found, values), text)
    return text.format(**values)


def _is_one(value: Any) -> bool:
    return value is not True and isinstance(value, Integral) and value == 1


def _one(found: re.Match[str], values: Mapping[str, Any]) -> str:
    """Return a count with what is counted: in the singular where it is 1."""
    place, name, between, noun, verb = found.groups()
    if not _is_one(values.get(name)):
        return found[0]
    return f"{place}{between} {_NOUNS[noun]}" + (f" {_VERBS[verb]}" if verb else "")


def width(text: str) -> int:
    """Return how many places a text takes in a terminal: Chinese characters take two.

    >>> width("op"), width("运算")
    (2, 4)
    """
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)


def _catalogue() -> Mapping[str, str]:
    from tidegate.catalogue_zh import CATALOGUE

    return CATALOGUE
