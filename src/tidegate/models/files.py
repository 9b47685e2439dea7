"""A model and its files."""

from __future__ import annotations

import time
from typing import Any

from tidegate import losses, metrics, optimizers
from tidegate.arguments import flags_checked
from tidegate.errors import ArgumentError, DataError, complaint, nearest
from tidegate.language import say
from tidegate.layers import configs
from tidegate.layers.arguments import not_yet
from tidegate.layers.base import Layer
from tidegate.models.training import Trainer
from tidegate.spelling import note
from tidegate.utils import objects
from tidegate.utils.nested import map_nested

__all__ = ["Saved", "read_model"]


class Saved(Trainer):
    """A stack of layers that can be written and read."""

    def get_config(self) -> dict[str, Any]:
        """Return the layers as plain data."""
        raise NotImplementedError

    @flags_checked
    def save(self, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
        """Write the model into one file: layers, weights, and if compiled also loss, metrics and optimizer.

        Written beside and renamed, so that the file is there whole or not at all. Keras 3 opens it.

        Parameters
        ----------
        filepath : path ending in .keras, or in .h5 or .hdf5 for the layout of Keras 2
        overwrite : bool, default True
            Replace a file that is there.
        zipped : accepted at True; the other layout is a folder.
        include_optimizer : bool, default True
            Of a .h5 file: also write how it was compiled, and the optimizer's state.
        save_format : accepted; the name of the file says it.
        """
        from tidegate.saving import files, h5, hdf5  # loaded by those alone who touch a file
        from tidegate.saving.weights import collect

        not_yet("save", zipped=(zipped, True if zipped else None))
        with_optimizer = bool(kwargs.pop("include_optimizer", True))
        kwargs.pop("save_format", None)
        for name in kwargs:
            known = ["filepath", "overwrite", "zipped", "include_optimizer"]
            raise ArgumentError(complaint("save", ", ".join(known), f"{name}=", nearest(name, known)))
        path = files.ending("save", filepath, ".keras", *files.H5)
        self._expect_built("save")
        description = configs.serialize(self)
        compiled = self.get_compile_config() if self.compiled else None
        if path.suffix in files.H5:
            versions = {"keras_version": files.VERSION, "backend": "tensorflow"}
            content = h5.pack_model(self, versions, description, compiled if with_optimizer else None)
            files.put(path, lambda stream: files.pour(stream, content), overwrite)
            return
        if compiled is not None:
            description["compile_config"] = compiled
        metadata = {"keras_version": files.VERSION, "date_saved": time.strftime("%Y-%m-%d@%H:%M:%S")}
        weights = hdf5.write(*collect(self))
        files.put(path, lambda stream: files.pack(stream, metadata, description, weights), overwrite)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let pickle and `copy` make a model of what a file would hold; History and plans stay behind, as in Keras."""
        if self.optimizer is None:
            return super().__reduce__()
        with objects.copying() as own:
            compiled = self.get_compile_config()
        return *super().__reduce__(), (compiled, own, self.optimizer.get_weights())

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        compiled, own, moments = state
        with objects.CustomObjectScope(own):
            self.compile_from_config(compiled)
        from tidegate.saving.weights import restore_optimizer

        if self.built:
            restore_optimizer(self, moments, f"'{self.name}'")

    def export(self, filepath: Any, format: str = "tf_saved_model", **kwargs: Any) -> None:
        """Refused: a SavedModel, an ONNX or an OpenVINO graph is not written here."""
        raise ArgumentError(
            complaint(
                "export",
                say("another program to make it"),
                f"format={format!r}",
                say(
                    "model.save('model.keras') here, then keras.models.load_model('model.keras').export(...) in Keras"
                ),
            )
        )

    @flags_checked
    def save_weights(self, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
        """Write the weights alone.

        Parameters
        ----------
        filepath : path ending in .weights.h5, or in any other .h5 or .hdf5 for the layout of Keras 2
        overwrite : bool, default True
            Replace a file that is there.
        """
        from tidegate.saving import files, h5, hdf5
        from tidegate.saving.weights import collect

        not_yet("save_weights", max_shard_size=(kwargs.pop("max_shard_size", None), None))
        kwargs.pop("save_format", None)
        for name in kwargs:
            known = ["filepath", "overwrite"]
            raise ArgumentError(complaint("save_weights", ", ".join(known), f"{name}=", nearest(name, known)))
        path = files.ending("save_weights", filepath, ".weights.h5", *files.H5)
        self._expect_built("save_weights")
        if path.name.endswith(".weights.h5"):
            content = hdf5.write(*collect(self))
        else:
            content = h5.pack_weights(self, {"keras_version": files.VERSION, "backend": "tensorflow"})
        files.put(path, lambda stream: files.pour(stream, content), overwrite)

    @flags_checked
    def load_weights(
        self, filepath: Any, by_name: bool = False, skip_mismatch: bool = False, **kwargs: Any
    ) -> None:
        """Read the weights of a file into a model of the same layers; of a file of a whole model as well.

        Parameters
        ----------
        filepath : .weights.h5, .h5 or .keras, written here or by Keras of any version
        by_name : bool, default False
            Into the layers of the same names, in a .h5 file; other layers stay as they are. By default the layers
            are taken in their order.
        skip_mismatch : bool, default False
            Leave weights of other shapes as they are, with a warning.

        Raises
        ------
        DataError, ShapeError
            If the file is broken or does not fit; the model is then as it was.
        """
        from tidegate.saving import files, stored

        for name in kwargs:
            known = ["filepath", "by_name", "skip_mismatch"]
            raise ArgumentError(complaint("load_weights", ", ".join(known), f"{name}=", nearest(name, known)))
        path = files.existing("load_weights", filepath)
        self._expect_built("load_weights")
        stored.load_weights(self, path, bool(by_name), bool(skip_mismatch))

    def to_json(self, **kwargs: Any) -> str:
        """Return the layers, without weights, as JSON for `models.model_from_json`."""
        import json

        return json.dumps(configs.serialize(self), **kwargs)

    def to_yaml(self, **kwargs: Any) -> str:
        """Return the layers as YAML, of which JSON is a part; Keras dropped it in 2.6."""
        note("to_yaml()", "to_json()")
        return self.to_json()

    def get_compile_config(self) -> dict[str, Any]:
        """Return how the model was compiled, as plain data."""
        assert self.optimizer is not None
        given = self._given
        return {
            "optimizer": optimizers.serialize(self.optimizer),
            "loss": map_nested(_describe_loss, given["loss"]),
            "loss_weights": given["loss_weights"],
            "metrics": map_nested(_describe_metric, given["metrics"]),
            "weighted_metrics": map_nested(_describe_metric, given["weighted_metrics"]),
            "run_eagerly": False,
            "steps_per_execution": 1,
            "jit_compile": False,
        }

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile the model as `get_compile_config`, or Keras, described it."""
        self.compile(
            optimizer=optimizers.get(config.get("optimizer") or "rmsprop"),
            loss=_made(config.get("loss"), losses),
            loss_weights=config.get("loss_weights"),
            metrics=_made(config.get("metrics"), metrics),
            weighted_metrics=_made(config.get("weighted_metrics"), metrics),
        )


def _describe_loss(loss: Any) -> Any:
    return loss if loss is None or isinstance(loss, str) else losses.serialize(losses.get(loss))


def _describe_metric(metric: Any) -> Any:
    return metric if metric is None or isinstance(metric, str) else metrics.serialize(metrics.get(metric))


def read_model(filepath: Any, compile: bool = True) -> Any:
    """Return the model of a file, written here or by Keras; compiled as it was, the optimizer's state included."""
    from tidegate.saving import files, stored

    path = files.existing("load_model", filepath)
    held = stored.open_model(path)
    with files.as_described(str(path)):
        with Layer.at_most(held.numbers, str(path)):  # no weight is made that the file has no numbers for
            model = described_model(held.description, str(path))
            model.build_from_config(held.description.get("build_config") or {})  # a class of one's own
            if not model.built:
                raise DataError(complaint(str(path), say("a model with an input shape"), say("none")))
        if compile and held.compiled:
            model.compile_from_config(held.compiled)
        held.restore(model)
    return model


def described_model(config: Any, who: str) -> Any:
    """Return the model that a description of Keras stands for."""
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict | list):
        raise DataError(complaint(who, say("the description of a model"), repr(config)[:60]))
    if isinstance(config["config"], list):  # Keras 1
        config = {**config, "config": {"layers": config["config"]}}
    try:
        model = configs.deserialize(config)
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise DataError(
            complaint(who, say("layers as Keras describes them"), f"{type(error).__name__}: {error}")
        ) from None
    if not isinstance(model, Saved):
        raise DataError(complaint(who, say("a model"), say("a {name} alone", name=type(model).__name__)))
    return model


def model_from_json(text: str) -> Any:
    """Return the model that `to_json` described; its weights are fresh."""
    import json

    from tidegate.saving import files, older

    who = "model_from_json"
    if not isinstance(text, str) or len(text) > files.LIMIT:
        came = f"{len(text)}" if isinstance(text, str) else repr(text)[:60]
        raise DataError(complaint(who, say("at most {limit} characters of JSON", limit=files.LIMIT), came))
    with files.as_described(who):
        try:
            config = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DataError(
                complaint(who, "JSON", say("something else ({why})", why=files.one_line(error)))
            ) from None
        files.check_depth(config, who)
        if isinstance(config, dict) and older.is_older(config.get("keras_version", files.VERSION)):
            config = older.modern(config)
        return described_model(config, who)


def _made(described: Any, module: Any) -> Any:
    """Return losses or metrics from a description, in the lists and dicts that it has; names stay names."""
    if isinstance(described, list):
        return [_made(one, module) for one in described]
    if not isinstance(described, dict):
        return described
    if "class_name" not in described:
        return {name: _made(one, module) for name, one in described.items()}
    if described["class_name"] == "function":
        name = str(described.get("config"))
        own = objects.custom(name)
        if own is None and name not in module.KNOWN:
            what = module.__name__.rpartition(".")[2]
            raise ArgumentError(
                complaint(
                    say("a saved model"),
                    say("{name} that are here", name=what),
                    repr(name),
                    f"custom_objects={{{name!r}: {name}}}",
                )
            )
        return name if own is None else own
    return module.get(described)
