"""The language in which people are spoken to: English, or what `TIDEGATE_LANG` or the locale asks for.

Texts stand in the code in English, with places for values, and are translated by the catalogue `catalogue_zh/`.

>>> say("{count} rows", count=3)
'3 rows'
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

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
    return (_catalogue().get(text, text) if language() == "zh" else text).format(**values)


def width(text: str) -> int:
    """Return how many places a text takes in a terminal: Chinese characters take two.

    >>> width("op"), width("运算")
    (2, 4)
    """
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)


def _catalogue() -> Mapping[str, str]:
    from tidegate.catalogue_zh import CATALOGUE

    return CATALOGUE
