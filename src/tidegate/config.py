"""The constants of Keras 3's `keras.config`.

>>> floatx()
'float32'
"""

from __future__ import annotations

from tidegate.backend import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)

__all__ = [
    "backend",
    "disable_traceback_filtering",
    "enable_traceback_filtering",
    "epsilon",
    "floatx",
    "image_data_format",
    "is_traceback_filtering_enabled",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
]


def is_traceback_filtering_enabled() -> bool:
    """Return whether errors show the user's lines alone, which `tidegate run` does of what it refuses."""
    return True


def enable_traceback_filtering() -> None:
    """Do nothing: errors are raised on the user's line anyway."""


def disable_traceback_filtering() -> None:
    """Do nothing: an error of this package's own shows all its lines anyway."""
