"""Numbers and counts as people write them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.language import language, say, width

__all__ = ["amount", "columns", "listed", "number"]


def number(value: Any) -> str:
    """Return a value in few characters.

    >>> number(112.0), number(0.123456), number(np.nan), number(10037.72), number(1234567.0)
    ('112', '0.1235', 'NaN', '10038', '1.235e+06')
    """
    if isinstance(value, str | np.str_):
        return str(value)
    v = float(value)
    if np.isnan(v):
        return "NaN"
    return f"{v:.0f}" if abs(v) < 1e6 and (v == int(v) or abs(v) >= 1e4) else f"{v:.4g}"


SIZES = {  # of large counts: Chinese counts in ten thousands
    "en": ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand")),
    "zh": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
}


def amount(count: float) -> str:
    """Return a large count in words of size.

    >>> amount(950), amount(12_300), amount(4_560_000)
    ('950', '12.3 thousand', '4.56 million')
    """
    for size, word in SIZES[language()]:
        if count >= max(size, 1e4):
            n = count / size
            return f"{n:.3g} {word}" if n < 1000 else f"{n:,.0f} {word}"
    return f"{count:,.0f}"


def listed(names: Any, most: int = 6) -> str:
    """Return names side by side, and how many more there are.

    >>> listed("abcdefgh", 3)
    'a, b, c and 5 more'
    """
    some = [str(n) for n in names]
    shown = ", ".join(some[:most])
    return say("{names} and {n} more", names=shown, n=len(some) - most) if len(some) > most else shown


def columns(rows: Any) -> list[str]:
    """Return a table as lines of text, its columns side by side.

    >>> columns([("a", "bb"), ("ccc", "d")])
    ['a    bb', 'ccc  d']
    """
    wide = [max(width(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join(cell + " " * (w - width(cell)) for cell, w in zip(row, wide, strict=True)).rstrip()
        for row in rows
    ]
