"""Numbers as text that people read and spreadsheets take."""

from __future__ import annotations

import numpy as np

__all__ = ["counted", "number"]


def number(value: float, digits: int = 6) -> str:
    """Return a number with so many digits that count, and never with an exponent.

    >>> number(1234567.891), number(0.5), number(-0.000123456789), number(46.7712, 4)
    ('1234568', '0.5', '-0.000123457', '46.77')
    """
    size = int(np.floor(np.log10(abs(value)))) if value and np.isfinite(value) else 0
    text = f"{value:.{max(0, digits - 1 - size)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(count: int, what: str) -> str:
    """Return how many of something, in the singular or the plural.

    >>> counted(1, "step"), counted(12, "step")
    ('1 step', '12 steps')
    """
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
