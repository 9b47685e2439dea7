"""What the axes of an array mean, and how a shape is written for a person."""

from __future__ import annotations

from collections.abc import Sequence

from tidegate.language import say

__all__ = ["Shape", "axis_names", "describe", "elements"]

Shape = tuple[int | None, ...]

_NAMES: dict[int, tuple[str, ...]] = {
    1: ("samples",),
    2: ("samples", "features"),
    3: ("samples", "timesteps", "features"),
}


def axis_names(rank: int) -> tuple[str, ...]:
    """Return the names of the axes of an array of that rank.

    >>> axis_names(3)
    ('samples', 'timesteps', 'features')
    """
    return _NAMES.get(rank, ("samples", *(f"axis {k}" for k in range(1, rank))))


def describe(shape: Sequence[int | None], names: Sequence[str] | None = None) -> str:
    """Return a shape with the names of its axes.

    >>> describe((32, 5, 2))
    '(samples=32, timesteps=5, features=2)'
    >>> describe((None, 7), ("samples", "units"))
    '(samples=any, units=7)'
    """
    names = names or axis_names(len(shape))
    sizes = (say("any") if d is None else d for d in shape)
    return "(" + ", ".join(f"{n}={d}" for n, d in zip(names, sizes, strict=True)) + ")"


def elements(shape: Sequence[int | None]) -> int:
    """Return how many numbers one sample of that shape holds: the product of all axes but the open ones.

    >>> elements((None, 5, 2))
    10
    """
    total = 1
    for d in shape:
        total *= 1 if d is None else d
    return total
