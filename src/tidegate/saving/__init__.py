"""Files: whole models as `.keras` or `.h5`, weights as `.weights.h5` or `.h5`, all as Keras 3 writes and reads them.

Needs h5py, which comes with `pip install tidegate[keras]`. No file can run code: layers, losses and optimizers
are made from their names and plain arguments alone.
"""

from __future__ import annotations

import importlib
from typing import Any

from tidegate.arguments import shown
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.utils.described import deserialize_keras_object, serialize_keras_object
from tidegate.utils.objects import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]


def save_model(model: Any, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
    """Write a model; the same as `model.save(filepath)`."""
    _model("save_model", model).save(filepath, overwrite=overwrite, **kwargs)


def load_model(
    filepath: Any, custom_objects: Any = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """Read a model; the same as `tidegate.models.load_model`."""
    models = importlib.import_module(
        "tidegate.models"
    )  # models stand above this: reached when called, not before
    return models.load_model(filepath, custom_objects, compile, safe_mode)


def save_weights(model: Any, filepath: Any, overwrite: bool = True) -> None:
    """Write the weights; the same as `model.save_weights(filepath)`."""
    _model("save_weights", model).save_weights(filepath, overwrite=overwrite)


def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
    """Read weights into a model; the same as `model.load_weights(filepath)`."""
    _model("load_weights", model).load_weights(filepath, skip_mismatch=skip_mismatch, **kwargs)


def _model(who: str, given: Any) -> Any:
    """Return a model, or raise on the line that gave something else."""
    if not hasattr(given, "save_weights"):
        raise ArgumentError(complaint(who, say("a model"), shown(given)))
    return given
