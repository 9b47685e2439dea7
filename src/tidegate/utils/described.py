"""Any object of a model as plain data, and back: what `get_config` and `from_config` of one's own classes call."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from tidegate.utils.objects import CustomObjectScope, described, resolved

__all__ = ["deserialize_keras_object", "serialize_keras_object"]

PLACES = ("layers", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers")


def serialize_keras_object(obj: Any) -> Any:
    """Return an object as Keras describes it: layers and the like as dicts, plain values as they are.

    Examples
    --------
    >>> from tidegate.regularizers import L2
    >>> deserialize_keras_object(serialize_keras_object([L2(0.5), 3]))[0].get_config()
    {'l2': 0.5}
    """
    if obj is None or isinstance(obj, bool | int | float | str):
        return obj
    if isinstance(obj, np.ndarray):
        return {
            "class_name": "__numpy__", "config": {"value": obj.tolist(), "dtype": str(obj.dtype)}
        }  # fmt: skip
    if isinstance(obj, np.generic):
        return obj.item()
    if isinstance(obj, tuple):
        return {"class_name": "__tuple__", "config": {"value": [serialize_keras_object(v) for v in obj]}}
    if isinstance(obj, list):
        return [serialize_keras_object(v) for v in obj]
    if isinstance(obj, Mapping):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    own, _, place = type(obj).__module__.partition(".")
    place = place.partition(".")[0]
    if place == "layers" or hasattr(obj, "ensure_built"):
        return importlib.import_module("tidegate.layers").serialize(obj)  # layers stand above this
    if own != "tidegate" and not hasattr(obj, "get_config") and hasattr(obj, "__name__"):
        built_in = str(obj.__module__).startswith("tidegate.")
        return obj.__name__ if built_in else described(obj, "builtins")
    return described(obj, f"keras.{place}")


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True, **kwargs: Any
) -> Any:
    """Return what `serialize_keras_object`, or Keras, described. No code is ever run, whatever `safe_mode` says."""
    with CustomObjectScope(custom_objects):
        return _made(config)


def _made(config: Any) -> Any:
    if isinstance(config, list):
        return [_made(one) for one in config]
    if not isinstance(config, dict):
        return config
    if "class_name" not in config:
        return {key: _made(value) for key, value in config.items()}
    inner: Any = config.get("config")
    if config["class_name"] == "__tuple__":
        return tuple(_made(one) for one in inner["value"])
    if config["class_name"] == "__numpy__":
        return np.array(inner["value"], dtype=inner["dtype"])
    found = resolved(config)
    if found is not config:
        return found
    place = (str(config.get("module") or "keras.layers") + ".layers").split(".")[1]
    return importlib.import_module(f"tidegate.{place if place in PLACES else 'layers'}").deserialize(config)
