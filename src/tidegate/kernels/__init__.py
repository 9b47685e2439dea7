"""The compiled kernels: whether they are here, which instruction set runs, and how many threads.

Environment: TIDEGATE_THREADS (a number), TIDEGATE_ISA (reference, baseline, avx2, avx512, neon).
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Iterable
from typing import Any

from tidegate.errors import TidegateError, complaint
from tidegate.language import say

__all__ = [
    "available",
    "get_threads",
    "instruction_sets",
    "missing",
    "native",
    "set_isa",
    "set_threads",
    "wanted",
    "warn_once",
]


def _load() -> Any:
    try:
        return importlib.import_module("tidegate.kernels._native")
    except ImportError:
        return None


native: Any = _load()
_warned: set[str] = set()
_isa: str | None = None


def available() -> bool:
    """Return whether compiled kernels stand beside the package."""
    return native is not None


def instruction_sets() -> list[str]:
    """Return the instruction sets that were compiled and that this processor has, best first, then "reference"."""
    return [*(native.instruction_sets() if native else []), "reference"]


def set_isa(name: str | None) -> None:
    """Choose the instruction set of plans made from now on; None is the best one.

    Raises
    ------
    TidegateError
        If it was not compiled, or the processor lacks it.
    """
    global _isa
    if name is not None and name not in instruction_sets():
        raise TidegateError(
            complaint("set_isa", say("one of {known}", known=", ".join(instruction_sets())), repr(name))
        )
    _isa = name


def wanted() -> str:
    """Return the instruction set that new plans use."""
    if _isa is None and "TIDEGATE_ISA" in os.environ:
        set_isa(os.environ["TIDEGATE_ISA"] or None)
    return _isa or instruction_sets()[0]


def missing(names: Iterable[str]) -> set[str]:
    """Return those ops that have no native kernel."""
    return {n for n in names if not native or native.find(n) < 0}


def set_threads(n: int) -> None:
    """Set how many threads share the shards of a batch. Results have the same bits for any number.

    Parameters
    ----------
    n : at least 1; the default is the number of processors this process may use, or TIDEGATE_THREADS.

    Examples
    --------
    >>> import tidegate
    >>> tidegate.set_threads(1)
    >>> tidegate.get_threads()
    1
    """
    global _threads
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise TidegateError(
            complaint("set_threads", say("a whole number of at least 1"), repr(n), "set_threads(2)")
        )
    _threads = n


def get_threads() -> int:
    """Return how many threads share the shards of a batch."""
    return _threads


def _default_threads() -> int:
    text = os.environ.get("TIDEGATE_THREADS", "")
    if text:
        if not text.isdigit() or int(text) < 1:
            raise TidegateError(
                complaint("TIDEGATE_THREADS", say("a whole number of at least 1"), repr(text))
            )
        return int(text)
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def warn_once(text: str) -> None:
    """Say something about speed once in a process, at the line outside this package that led here."""
    if text not in _warned:
        _warned.add(text)
        level, frame = 2, sys._getframe(1)
        while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "tidegate":
            level, frame = level + 1, frame.f_back
        warnings.warn(f"tidegate: {text}", RuntimeWarning, stacklevel=level)


_threads = _default_threads()
