"""The small helpers that Keras keeps in `keras.utils`."""

from __future__ import annotations

from tidegate.utils.categorical import to_categorical
from tidegate.utils.datasets import PyDataset, Sequence
from tidegate.utils.naming import clear_session
from tidegate.utils.random import set_random_seed
from tidegate.utils.sequences import pad_sequences

__all__ = ["PyDataset", "Sequence", "clear_session", "pad_sequences", "set_random_seed", "to_categorical"]
