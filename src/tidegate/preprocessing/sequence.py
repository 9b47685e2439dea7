"""Sequences of unequal length, at the path where older scripts look for them."""

from __future__ import annotations

from tidegate.utils.sequences import pad_sequences

__all__ = ["pad_sequences"]
