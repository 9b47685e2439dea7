"""The small helpers that Keras keeps in `keras.utils`."""

from __future__ import annotations

from typing import Any

from tidegate.utils.categorical import to_categorical
from tidegate.utils.datasets import PyDataset, Sequence
from tidegate.utils.described import deserialize_keras_object, serialize_keras_object
from tidegate.utils.drawing import model_to_dot, plot_model
from tidegate.utils.fetched import get_file
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
from tidegate.utils.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight
from tidegate.utils.progbar import Progbar
from tidegate.utils.random import set_random_seed
from tidegate.utils.sequences import pad_sequences
from tidegate.utils.splitting import split_dataset
from tidegate.utils.stream import Dataset
from tidegate.utils.textfiles import text_dataset_from_directory
from tidegate.utils.timeseries import timeseries_dataset_from_array

__all__ = [
    "CustomObjectScope",
    "Dataset",
    "Progbar",
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]


def __getattr__(name: str) -> Any:
    from tidegate.errors import lacking
    from tidegate.spelling import note

    if name == "plot":
        note("plot", "plot_model")
        return plot_model
    raise AttributeError(lacking("tidegate.utils", name, __all__))
