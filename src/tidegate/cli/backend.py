"""What is left of `keras.backend` here: its constants, and the session that scripts clear."""

from __future__ import annotations

from tidegate.utils import clear_session

__all__ = ["backend", "clear_session", "epsilon", "floatx", "image_data_format"]


def backend() -> str:
    """Return the name of what computes."""
    return "tidegate"


def epsilon() -> float:
    """Return the small number that keeps logarithms and divisions finite."""
    return 1e-7


def floatx() -> str:
    """Return the type of weights and results."""
    return "float32"


def image_data_format() -> str:
    """Return the order of the axes of images, of which this package has none."""
    return "channels_last"
