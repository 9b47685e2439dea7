"""LSTM models with Keras's names and Keras's numbers, on an engine of their own.

Importing this costs next to nothing: each module below is loaded when it is first used, and all of them
together load NumPy and no other library.

>>> import tidegate
>>> tidegate.utils.to_categorical([1, 0])
array([[0., 1.],
       [1., 0.]])
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the same names once more, for editors and type checkers
    from tidegate import activations as activations
    from tidegate import backend as backend
    from tidegate import callbacks as callbacks
    from tidegate import config as config
    from tidegate import constraints as constraints
    from tidegate import data as data
    from tidegate import datasets as datasets
    from tidegate import explaining as explaining
    from tidegate import initializers as initializers
    from tidegate import kernels as kernels
    from tidegate import layers as layers
    from tidegate import losses as losses
    from tidegate import metrics as metrics
    from tidegate import mixed_precision as mixed_precision
    from tidegate import models as models
    from tidegate import ops as ops
    from tidegate import optimizers as optimizers
    from tidegate import preprocessing as preprocessing
    from tidegate import random as random
    from tidegate import regularizers as regularizers
    from tidegate import saving as saving
    from tidegate import toolkit as toolkit
    from tidegate import utils as utils
    from tidegate import wrappers as wrappers
    from tidegate.data import frame as frame
    from tidegate.explaining import explain as explain
    from tidegate.explaining import trace as trace
    from tidegate.kernels import get_threads as get_threads
    from tidegate.kernels import set_threads as set_threads
    from tidegate.language import set_language as set_language
    from tidegate.layers import Input as Input
    from tidegate.layers import Variable as Variable
    from tidegate.models import Model as Model
    from tidegate.models import Sequential as Sequential

__version__ = "0.1.0"

# The public modules, and the names that stand here as well: where they lie.
_MODULES = (
    "activations",
    "backend",
    "callbacks",
    "constraints",
    "config",
    "data",
    "datasets",
    "explaining",
    "initializers",
    "kernels",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "toolkit",
    "utils",
    "wrappers",
)
_NAMES = {
    "Input": "layers",
    "Model": "models",
    "Sequential": "models",
    "Variable": "layers",
    "explain": "explaining",
    "frame": "data",
    "get_threads": "kernels",
    "set_language": "language",
    "set_threads": "kernels",
    "trace": "explaining",
}

__all__ = ["__version__", *_MODULES, *_NAMES]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"tidegate.{name}")
    if name in _NAMES:
        value = getattr(importlib.import_module(f"tidegate.{_NAMES[name]}"), name)
        globals()[name] = value  # found once, then as fast as any name
        return value
    from tidegate.errors import lacking

    raise AttributeError(lacking("tidegate", name, __all__))


def __dir__() -> list[str]:
    return sorted(__all__)
