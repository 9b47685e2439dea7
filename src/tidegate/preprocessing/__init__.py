"""Preparing data, under the names of Keras: `sequence.pad_sequences`, `text.Tokenizer`."""

from __future__ import annotations

from tidegate.preprocessing import sequence, text, timeseries
from tidegate.utils.timeseries import timeseries_dataset_from_array

__all__ = ["sequence", "text", "timeseries", "timeseries_dataset_from_array"]
