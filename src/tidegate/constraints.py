"""What a weight becomes after each update. Names and numbers as in Keras 3."""

from __future__ import annotations

from typing import Any

from tidegate.errors import ArgumentError, complaint

__all__ = ["get", "serialize"]


def get(identifier: Any) -> Any:
    """Return the constraint of that name, or the one given; None stays None."""
    if identifier is None:
        return None
    raise ArgumentError(complaint("constraint", "None, as constraints are not there yet", repr(identifier)))


def serialize(constraint: Any) -> Any:
    """Return a constraint as Keras writes it into a file."""
    return None
