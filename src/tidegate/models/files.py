"""A model and its files."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tidegate import losses, metrics, optimizers
from tidegate.errors import ArgumentError, DataError, TidegateError, complaint
from tidegate.layers.base import Layer, not_yet
from tidegate.models.training import Trainer

if TYPE_CHECKING:
    from pathlib import Path  # loaded, as json is, by those alone who touch a file

__all__ = ["Saved", "read_model"]

KERAS = "3.15.1"  # the version whose files these are
LIMIT = 64 * 2**20  # characters of a description


class Saved(Trainer):
    """A stack of layers that can be written and read."""

    def get_config(self) -> dict[str, Any]:
        """Return the layers as plain data."""
        raise NotImplementedError

    def save(self, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
        """Write the model into one file: layers, weights, and if compiled also loss, metrics and optimizer.

        Written beside and renamed, so that the file is there whole or not at all. Keras 3 opens it.

        Parameters
        ----------
        filepath : path ending in .keras
        overwrite : bool, default True
            Replace a file that is there.
        """
        from tidegate.saving.files import pack, put  # loaded by those alone who touch a file
        from tidegate.saving.hdf5 import write_arrays
        from tidegate.saving.weights import collect

        path = _path(filepath, ".keras", "model.save('model.keras')")
        self._expect_built("save")
        described = {
            "module": "keras",
            "class_name": type(self).__name__,
            "config": self.get_config(),
            "registered_name": None,
            "build_config": {"input_shape": list(self.input_shape)},
        }
        if self._loss is not None and self.optimizer is not None:
            described["compile_config"] = self._compile_config()
        metadata = {"keras_version": KERAS, "date_saved": time.strftime("%Y-%m-%d@%H:%M:%S")}
        weights = write_arrays(collect(self))
        put(path, lambda stream: pack(stream, metadata, described, weights), overwrite)

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the weights alone, into a file ending in .weights.h5."""
        from tidegate.saving.files import put
        from tidegate.saving.hdf5 import write_arrays
        from tidegate.saving.weights import collect

        path = _path(filepath, ".weights.h5", "model.save_weights('model.weights.h5')")
        self._expect_built("save_weights")
        weights = write_arrays(collect(self))

        def write(stream: Any) -> None:
            stream.write(weights)

        put(path, write, overwrite)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False) -> None:
        """Read weights written by `save_weights`, here or in Keras 3, into a model of the same layers."""
        from tidegate.saving.hdf5 import read_arrays
        from tidegate.saving.weights import restore

        not_yet("load_weights", skip_mismatch=(skip_mismatch, False))
        self._expect_built("load_weights")
        path = _path(filepath, ".weights.h5", "model.load_weights('model.weights.h5')")
        if not path.is_file():
            raise DataError(complaint("load_weights", "a file", f"nothing at {path}"))
        with path.open("rb") as stream:
            arrays = read_arrays(stream, str(path))
        restore(self, arrays, str(path))

    def to_json(self, **kwargs: Any) -> str:
        """Return the layers, without weights, as JSON for `models.model_from_json`."""
        import json

        described = {"module": "keras", "class_name": type(self).__name__, "config": self.get_config()}
        return json.dumps({**described, "registered_name": None}, **kwargs)

    def _compile_config(self) -> dict[str, Any]:
        assert self.optimizer is not None and self._loss is not None
        given = self.loss
        return {
            "optimizer": optimizers.serialize(self.optimizer),
            "loss": given if isinstance(given, str) else losses.serialize(self._loss),
            "loss_weights": None,
            "metrics": [
                m if isinstance(m, str) else metrics.serialize(metrics.get(m)) for m in self._metrics
            ],
            "weighted_metrics": None,
            "run_eagerly": False,
            "steps_per_execution": 1,
            "jit_compile": False,
        }


def read_model(filepath: Any, make: Any, compile: bool = True) -> Any:
    """Return the model of a .keras file, written here or by Keras 3.

    Parameters
    ----------
    make : from a description of layers to a model
    compile : bool
        Also compile it as it was, the optimizer's state included.
    """
    from tidegate.saving.files import unpack
    from tidegate.saving.hdf5 import read_arrays
    from tidegate.saving.weights import restore

    path = _path(filepath, ".keras", "load_model('model.keras')")
    if not path.is_file():
        raise DataError(complaint("load_model", "a file", f"nothing at {path}"))
    config, stream = unpack(path)
    arrays = read_arrays(stream, str(path))
    budget = sum(a.size for a in arrays.values())  # no weight is made that the file has no numbers for
    with Layer.at_most(budget, str(path)):
        model = described_model(config, make, str(path))
        if not model.built:
            raise DataError(complaint(str(path), "a model with an input shape", "none"))
    compiled = config.get("compile_config")
    if compile and compiled:
        model.compile(
            optimizer=optimizers.get(compiled.get("optimizer") or "rmsprop"),
            loss=_named(compiled.get("loss"), losses),
            metrics=[_named(m, metrics) for m in compiled.get("metrics") or []],
        )
    restore(model, arrays, str(path))
    return model


def described_model(config: Any, make: Any, who: str) -> Any:
    """Return the model that a description of Keras stands for."""
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        raise DataError(complaint(who, "the description of a model", repr(config)[:60]))
    if config.get("class_name") != "Sequential":
        raise DataError(
            complaint(
                who, "a Sequential model", repr(config.get("class_name")), "other models are not there yet"
            )
        )
    try:
        return make(config["config"])
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(
            complaint(who, "layers as Keras describes them", f"{type(error).__name__}: {error}")
        ) from None


def model_from_json(text: str, make: Any) -> Any:
    """Return the model that `to_json` described; its weights are fresh."""
    import json

    if len(text) > LIMIT:
        raise DataError(complaint("model_from_json", f"at most {LIMIT} characters", f"{len(text)}"))
    try:
        config = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(complaint("model_from_json", "JSON", f"something else ({error})")) from None
    return described_model(config, make, "model_from_json")


def _named(described: Any, module: Any) -> Any:
    if isinstance(described, dict) and described.get("class_name") == "function":
        return str(described.get("config"))
    return module.deserialize(described) if isinstance(described, dict) else described


def _path(given: Any, ending: str, example: str) -> Path:
    from pathlib import Path

    try:
        path = Path(given)
    except TypeError:
        raise ArgumentError(complaint("a file", "a path", repr(given), example)) from None
    if not path.name.endswith(ending):
        old = path.suffix in (".h5", ".hdf5", "")
        hint = f"{example}; older .h5 files and folders are not there yet" if old else example
        raise TidegateError(complaint("a file", f"a name ending in {ending}", repr(str(given)), hint))
    return path
