"""The small helpers that Keras keeps in `keras.utils`."""

from __future__ import annotations

from tidegate.utils.categorical import to_categorical
from tidegate.utils.datasets import PyDataset, Sequence
from tidegate.utils.naming import clear_session
from tidegate.utils.numbers import normalize
from tidegate.utils.objects import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from tidegate.utils.random import set_random_seed
from tidegate.utils.sequences import pad_sequences
from tidegate.utils.splitting import split_dataset
from tidegate.utils.stream import Dataset
from tidegate.utils.timeseries import timeseries_dataset_from_array

__all__ = [
    "CustomObjectScope",
    "Dataset",
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "normalize",
    "pad_sequences",
    "register_keras_serializable",
    "set_random_seed",
    "split_dataset",
    "timeseries_dataset_from_array",
    "to_categorical",
]
