"""Numbers as text that people read and spreadsheets take."""

from __future__ import annotations

import numpy as np

from tidegate.language import say

__all__ = ["number", "steps"]


def number(value: float, digits: int = 6) -> str:
    """Return a number with so many digits that count, and never with an exponent.

    >>> number(1234567.891), number(0.5), number(-0.000123456789), number(46.7712, 4)
    ('1234568', '0.5', '-0.000123457', '46.77')
    """
    size = int(np.floor(np.log10(abs(value)))) if value and np.isfinite(value) else 0
    text = f"{value:.{max(0, digits - 1 - size)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def steps(count: int) -> str:
    """Return how many steps, in words.

    >>> steps(1), steps(12)
    ('1 step', '12 steps')
    """
    return say("{n} steps", n=count)
