"""The small helpers that Keras keeps in `keras.utils`."""

from __future__ import annotations

from tidegate.utils.categorical import to_categorical
from tidegate.utils.sequences import pad_sequences

__all__ = ["pad_sequences", "to_categorical"]
