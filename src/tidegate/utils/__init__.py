"""The small helpers that Keras keeps in `keras.utils`."""

from __future__ import annotations

from tidegate.utils.categorical import to_categorical
from tidegate.utils.datasets import PyDataset, Sequence
from tidegate.utils.naming import clear_session
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

__all__ = [
    "CustomObjectScope",
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "pad_sequences",
    "register_keras_serializable",
    "set_random_seed",
    "to_categorical",
]
