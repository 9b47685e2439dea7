"""Preparing data, under the names of Keras: `sequence.pad_sequences`."""

from __future__ import annotations

from tidegate.preprocessing import sequence

__all__ = ["sequence"]
