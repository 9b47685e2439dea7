"""Models.

>>> from tidegate.layers import LSTM, Dense
>>> model = Sequential([LSTM(50, input_shape=(10, 1)), Dense(1)])
>>> model.output_shape
(None, 1)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tidegate.arguments import checked
from tidegate.language import say
from tidegate.layers.arguments import not_yet
from tidegate.models.cloning import cloned
from tidegate.models.model import Model
from tidegate.models.sequential import Sequential
from tidegate.utils.objects import CustomObjectScope

__all__ = [
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "model_from_yaml",
    "save_model",
]


def load_model(
    filepath: Any, custom_objects: Any = None, compile: bool = True, safe_mode: bool = True
) -> Model:
    """Read a model from a .keras or .h5 file, written here or by Keras. No file can run code.

    Parameters
    ----------
    filepath : path of a .keras archive or of a .h5 file
    compile : bool, default True
        Also compile it as it was, the optimizer's state included.
    custom_objects : dict, optional
        The classes and functions of one's own that the file names: {"MyLayer": MyLayer}.
    safe_mode : accepted; there is no other mode.

    Returns
    -------
    Model, a Sequential where it was one

    Raises
    ------
    DataError
        If it is no such file, or holds layers that are not there.

    Examples
    --------
    >>> from tidegate.layers import LSTM
    >>> Sequential([LSTM(4, input_shape=(10, 1))]).save("small.keras")
    >>> load_model("small.keras").output_shape
    (None, 4)
    """
    from tidegate.models.files import read_model

    with CustomObjectScope(custom_objects):
        model: Model = read_model(filepath, compile)
    return model


@checked
def clone_model(
    model: Model,
    input_tensors: Any = None,
    clone_function: Callable[[Any], Any] | None = None,
    call_function: Any = None,
    **old: Any,
) -> Model:
    """Return a model of the same layers, made anew: it has the names and arguments, and fresh weights.

    Parameters
    ----------
    model : Sequential or functional model
    clone_function : function, optional
        From a layer to the one that takes its place; by default one of the same arguments.
    input_tensors, call_function : accepted at None.

    Examples
    --------
    >>> from tidegate.layers import LSTM
    >>> model = Sequential([LSTM(4, input_shape=(10, 1))])
    >>> twin = clone_model(model)
    >>> twin.layers[0].name == model.layers[0].name, twin.weights[0] is model.weights[0]
    (True, False)
    """
    not_yet("clone_model", input_tensors=(input_tensors, None), call_function=(call_function, None))
    return cloned(model, clone_function)


def model_from_yaml(yaml_string: str, custom_objects: Any = None) -> Model:
    """Return the model that `model.to_yaml()` described here or in Keras; other YAML than JSON needs PyYAML."""
    from tidegate.spelling import note

    note("model_from_yaml(...)", "model_from_json(...)")
    if isinstance(yaml_string, str) and not yaml_string.lstrip().startswith("{"):
        import importlib
        import json

        try:
            yaml = importlib.import_module("yaml")
        except ModuleNotFoundError:
            raise ModuleNotFoundError(
                say("model_from_yaml needs PyYAML; write: pip install pyyaml"), name="yaml"
            ) from None
        yaml_string = json.dumps(yaml.safe_load(yaml_string))
    return model_from_json(yaml_string, custom_objects)


@checked
def save_model(model: Model, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
    """Write a model; the same as `model.save(filepath)`."""
    model.save(filepath, overwrite=overwrite, **kwargs)


@checked
def model_from_json(json_string: str, custom_objects: Any = None) -> Model:
    """Return the model that `model.to_json()` described; its weights are fresh.

    Examples
    --------
    >>> from tidegate.layers import LSTM
    >>> model_from_json(Sequential([LSTM(4, input_shape=(10, 1))]).to_json()).output_shape
    (None, 4)
    """
    from tidegate.models import files

    with CustomObjectScope(custom_objects):
        model: Model = files.model_from_json(json_string)
    return model
