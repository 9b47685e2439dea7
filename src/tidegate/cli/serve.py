"""Serves `keras` and `tensorflow` to a script from this package.

`install()` puts a finder before all others, so that `import keras`, `from tensorflow.keras import layers` and
`import tensorflow as tf` come here even where the real ones are installed. Each module a script imports
becomes a `Served` module: a name looked up in it is looked up in the module of tidegate of the same name, and
what stands nowhere is refused by its full name, with the nearest ones that exist.

    tensorflow.keras.layers.recurrent -> layers.recurrent -> layers -> tidegate.layers
       what the script wrote            without the root     today    where it lies
"""

from __future__ import annotations

import difflib
import functools
import importlib
import pkgutil
import re
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, cast

import tidegate
from tidegate.language import say
from tidegate.layers.spelling import CLASSES
from tidegate.spelling import note
from tidegate.utils.naming import snake_case

__all__ = ["install"]

KERAS_VERSION = f"3.16.0+tidegate.{tidegate.__version__}"

# Every name under which Keras is imported, the longer before what it starts with.
ROOTS = (
    "tensorflow.compat.v1.keras",
    "tensorflow.compat.v2.keras",
    "tensorflow.python.keras",
    "tensorflow.keras",
    "tf_keras",
    "scikeras",
    "keras",
)

# Modules of tidegate that Keras does not have.
OWN = ("data", "explaining", "kernels", "toolkit")

# Where the modules of older versions went.
MOVED = {
    "_tf_keras.keras": "",
    "api": "",
    "backend.tensorflow_backend": "backend",
    "callbacks.callbacks": "callbacks",
    "callbacks.experimental": "callbacks",
    "engine": "layers",
    "engine.base_layer": "layers",
    "engine.functional": "models",
    "engine.input_layer": "layers",
    "engine.network": "models",
    "engine.sequential": "models",
    "engine.topology": "layers",
    "engine.training": "models",
    "layers.advanced_activations": "layers",
    "layers.convolutional": "layers",
    "layers.core": "layers",
    "layers.cudnn_recurrent": "layers",
    "layers.embeddings": "layers",
    "layers.experimental": "layers",
    "layers.experimental.preprocessing": "layers",
    "layers.merge": "layers",
    "layers.merging": "layers",
    "layers.noise": "layers",
    "layers.normalization": "layers",
    "layers.pooling": "layers",
    "layers.preprocessing": "layers",
    "layers.recurrent": "layers",
    "layers.recurrent_v2": "layers",
    "layers.regularization": "layers",
    "layers.reshaping": "layers",
    "layers.rnn": "layers",
    "layers.wrappers": "layers",
    "experimental": "optimizers.schedules",
    "legacy": "layers",
    "legacy.layers": "layers",
    "objectives": "losses",
    "optimizer_v2": "optimizers",
    "optimizer_v2.gradient_descent": "optimizers",
    "optimizer_v2.learning_rate_schedule": "optimizers.schedules",
    "optimizers.experimental": "optimizers",
    "optimizers.gradient_descent_v2": "optimizers",
    "optimizers.legacy": "optimizers",
    "optimizers.optimizer_v2": "optimizers",
    "src": "",
    "topology": "layers",
    "utils.data_utils": "utils",
    "utils.generic_utils": "utils",
    "utils.layer_utils": "utils",
    "utils.np_utils": "utils",
    "utils.vis_utils": "utils",
    "utils.visualize_util": "utils",
}

# What stands at the root itself (`keras.Sequential`), and in which module.
ROOT_NAMES = {
    "Initializer": "initializers",
    "Input": "layers",
    "InputSpec": "layers",
    "Layer": "layers",
    "Loss": "losses",
    "Metric": "metrics",
    "Model": "models",
    "Optimizer": "optimizers",
    "Regularizer": "regularizers",
    "Sequential": "models",
    "Variable": "layers",
}


# What Keras has and tidegate never will, and what to write.
ABSENT = {
    "applications": "it has models of sequences and none of images",
    "estimator": "a keras model takes its place",
}


def install() -> None:
    """Serve `keras`, `tf_keras` and `tensorflow` from this package to everything imported from now on."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())


# The packages that are served.
SERVED = ("keras", "keras_preprocessing", "scikeras", "tensorflow", "tf_keras")


def keras_path(name: str) -> str | None:
    """Return what follows the root of Keras in a module's name: '' at the root, None outside Keras.

    >>> keras_path("tensorflow.keras.layers"), keras_path("keras"), keras_path("tensorflow.random")
    ('layers', '', None)
    """
    if name.partition(".")[0] == "keras_preprocessing":  # once a package of its own
        return name.removeprefix("keras_")
    for root in ROOTS:
        if name == root:
            return ""
        if name.startswith(root + "."):
            return name[len(root) + 1 :]
    return None


@functools.cache  # a script asks with each K.mean
def modules() -> tuple[str, ...]:
    """Return the paths of the modules served: the public ones of tidegate, and those that stand in them."""
    first = [name for name in _inside(tidegate) if name not in OWN]
    inside = [
        f"{name}.{inner}" for name in first for inner in _inside(importlib.import_module(f"tidegate.{name}"))
    ]
    return (*first, *inside)


def _inside(module: ModuleType) -> list[str]:
    """Return the public names of a module that are modules in its folder."""
    there = {found.name for found in pkgutil.iter_modules(getattr(module, "__path__", []))}
    return [name for name in public(module) if name in there]


def moved(path: str) -> str | None:
    """Return where a module of another version went, None where it did not.

    A module of one class alone, as later versions have them, stands for the one around it.

    >>> moved("layers.core"), moved("layers.rnn.lstm"), moved("optimizers.adam_v2"), moved("layers")
    ('layers', 'layers', 'optimizers', None)
    """
    path = path.removeprefix("src.")
    if path in MOVED:
        return MOVED[path]
    around, _, last = path.rpartition(".")
    module = own(MOVED.get(around, around)) if around else None
    if module is None or own(path):
        return None
    stem = re.sub(r"_v\d$", "", last)
    held = any(
        isinstance(getattr(module, n), type) and stem in (snake_case(n), n.lower()) for n in public(module)
    )
    return MOVED.get(around, around) if held else None


def today(path: str) -> ModuleType | None:
    """Return tidegate's module for a path of any version, or None."""
    gone = moved(path)
    return own(path.removeprefix("src.") if gone is None else gone)


def own(path: str) -> ModuleType | None:
    """Return tidegate's module for a path such as 'layers', or None where it has none."""
    return importlib.import_module(f"tidegate.{path}") if path in modules() else None


def public(module: ModuleType) -> list[str]:
    """Return the names a module offers, its `__all__` or else whatever has no underscore in front."""
    names = getattr(module, "__all__", None) or [n for n in dir(module) if not n.startswith("_")]
    return sorted(names)


class Served(ModuleType):
    """A module of Keras as a script sees it; its names are those of a module of tidegate."""

    def _find(self, name: str) -> Any:
        """Return what stands under a name, or raise AttributeError without a message."""
        raise AttributeError(name)

    def _names(self) -> Sequence[str]:
        return ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__version__":
            raise AttributeError(
                say("module '{module}' has no attribute {name!r}", module=self.__name__, name=name)
            )
        try:
            return self._find(name)
        except AttributeError:
            raise AttributeError(self._missing(name), name=name, obj=self) from None

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *self._names()})

    def _missing(self, name: str) -> str:
        """Return the message for a name that is not here."""
        said = f"{self.__name__}.{name}"
        elsewhere = [
            f"{self._root()}.{path}.{name}"
            for path in modules()
            if path.partition(".")[0] not in ("backend", "ops", "preprocessing")
            and name in public(importlib.import_module(f"tidegate.{path}"))
        ]
        if elsewhere:
            return say("there is no {name}; it stands in {place}", name=said, place=elsewhere[0])
        names = list(self._names())
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        if near:
            return say(
                "tidegate does not have {name}; the nearest names it has: {names}",
                name=said,
                names=", ".join(near),
            )
        if 0 < len(names) <= 24:
            return say(
                "tidegate does not have {name}; {module} has here: {names}",
                name=said,
                module=self.__name__,
                names=", ".join(names),
            )
        return say("tidegate does not have {name}", name=said)

    def _root(self) -> str:
        return next((r for r in ROOTS if (self.__name__ + ".").startswith(r + ".")), "tensorflow.keras")


def refused(name: str, why: str) -> str:
    """Return the message for a name that is not to be had, with why, or what to write."""
    return say("tidegate does not have {name}: {why}", name=name, why=say(why))


class KerasRoot(Served):
    """`keras` itself."""

    __version__ = KERAS_VERSION

    def _find(self, name: str) -> Any:
        if name in ROOT_NAMES and (module := own(ROOT_NAMES[name])):
            return getattr(module, name)
        if today(name) or name in MOVED:
            return importlib.import_module(f"{self.__name__}.{name}")
        raise AttributeError(name)

    def _missing(self, name: str) -> str:
        if name in ABSENT:
            return refused(f"{self.__name__}.{name}", ABSENT[name])
        return super()._missing(name)

    @property
    def __all__(self) -> list[str]:
        return list(self._names())

    def _names(self) -> Sequence[str]:
        held = [n for n, path in ROOT_NAMES.items() if (m := own(path)) and hasattr(m, n)]
        return sorted(held + [p for p in modules() if "." not in p])


class KerasModule(Served):
    """`keras.layers` and its like: the names of one module of tidegate."""

    def _find(self, name: str) -> Any:
        module = self._own()
        try:
            return getattr(module, name)
        except AttributeError as why:
            if name not in str(why) or not str(why).startswith("tidegate."):
                self.__dict__.setdefault("_said", {})[name] = str(why)
        path = f"{keras_path(self.__name__)}.{name}"
        if today(path):  # from keras.layers import recurrent
            return importlib.import_module(f"{self.__name__}.{name}")
        raise AttributeError(name)

    def _missing(self, name: str) -> str:
        said: str | None = self.__dict__.get("_said", {}).get(name)
        return said if said and said.startswith(name) else super()._missing(name)

    def _names(self) -> Sequence[str]:
        return public(self._own())

    def _own(self) -> ModuleType:
        module = today(keras_path(self.__name__) or "")
        assert module is not None  # or the finder had refused the import
        return module

    @property
    def __all__(self) -> list[str]:
        """The names that a star brings. Older classes are among them, without the note: who uses them is not known."""
        module = self._own()
        older = CLASSES if module is tidegate.layers else {}
        self.__dict__.update({old: getattr(module, new) for old, new in older.items()})
        return [*self._names(), *older]


# Modules of Keras that tensorflow has at its own root as well.
ALIASES = ("initializers", "losses", "metrics", "optimizers")


class TensorFlow(Served):
    """The little of `tensorflow` that stands around a Keras script."""

    @property
    def __version__(self) -> str:
        from tidegate.cli.tensors import VERSION

        return f"{VERSION}+tidegate.{tidegate.__version__}"

    def _find(self, name: str) -> Any:
        from tidegate.cli.tensors import NAMES

        path = self.__name__.removeprefix("tensorflow").removeprefix(".")
        if name in NAMES[path]:
            return NAMES[path][name]
        if path == "" and name in ALIASES:
            return importlib.import_module(f"tensorflow.keras.{name}")
        if path in ("version", "") and name in ("VERSION", "__version__"):
            return self.__version__
        child = f"{path}.{name}".removeprefix(".")
        if child in NAMES or keras_path(f"tensorflow.{child}") == "":
            return importlib.import_module(f"tensorflow.{child}")
        raise AttributeError(name)

    def _missing(self, name: str) -> str:
        from tidegate.cli.tensors import REFUSED

        why = REFUSED.get(name) or REFUSED.get(self.__name__.rpartition(".")[2])
        if why:
            return refused(f"{self.__name__}.{name}", why)
        return super()._missing(name)

    def _names(self) -> Sequence[str]:
        from tidegate.cli.tensors import NAMES

        path = self.__name__.removeprefix("tensorflow").removeprefix(".")
        depth = path.count(".") + 1 if path else 0
        under = [p for p in (*NAMES, "keras") if p and p.count(".") == depth and p.startswith(path)]
        return sorted([*NAMES[path], *(p.rsplit(".", 1)[-1] for p in under)])


class Finder:  # a loader as well; the bases that importlib.abc has for both take long to import
    """Finds `keras`, `tf_keras` and `tensorflow`, and every module below them, here and nowhere else."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in SERVED:
            return None
        if self._kind(fullname) is None:
            parent, _, name = fullname.rpartition(".")
            # With no name of a module in it, so that `from keras.layers import GRU` passes the message on.
            raise ModuleNotFoundError(_served(parent)._missing(name))
        return ModuleSpec(fullname, cast(Any, self), origin="tidegate", is_package=True)

    def _kind(self, fullname: str) -> type[Served] | None:
        path = keras_path(fullname)
        if path is None:
            from tidegate.cli.tensors import NAMES

            return TensorFlow if fullname.removeprefix("tensorflow").removeprefix(".") in NAMES else None
        if path == "":
            return KerasRoot
        if MOVED.get(path) == "":
            return KerasRoot
        return KerasModule if today(path) else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        kind = self._kind(spec.name)
        assert kind is not None  # or find_spec had refused
        path = keras_path(spec.name)
        gone = moved(path or "")
        if path and gone is not None:
            note(spec.name, f"{spec.name.removesuffix(path)}{gone}".rstrip("."))
        return kind(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: the names are looked up when they are asked for."""


def _served(name: str) -> Served:
    module = importlib.import_module(name)
    assert isinstance(module, Served)
    return module
