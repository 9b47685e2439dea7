"""Models and weights in the layout of Keras 1 and 2, which Keras 3 still writes where a name ends in .h5::

attributes        keras_version, backend, model_config and training_config (JSON)
model_weights     attribute layer_names; in a file of weights alone this group is the file itself
  lstm            attribute weight_names: trainable weights first, then the others
    seq/lstm/lstm_cell/kernel, ...
optimizer_weights attribute weight_names; iterations, learning rate, then the moments
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from tidegate import losses, metrics
from tidegate.errors import DataError, ShapeError, complaint, warn
from tidegate.language import say
from tidegate.layers import Layer
from tidegate.plan import Parameter
from tidegate.saving import weights
from tidegate.saving.converted import converted, moments
from tidegate.saving.hdf5 import Contents, write

__all__ = ["load_by_name", "load_in_order", "pack_model", "pack_weights", "restore_optimizer", "root"]

Array = np.ndarray[Any, Any]
LONGEST = 64512  # bytes of one attribute; a longer list is cut in pieces
TOP = "top_level_model_weights"


class _Page:
    """What goes into a file, collected."""

    def __init__(self) -> None:
        self.arrays: dict[str, Any] = {}
        self.attributes: dict[str, dict[str, Any]] = {}

    def name(self, path: str, attribute: str, names: list[str]) -> None:
        """Note a list of names at a path, in as many pieces as it takes."""
        texts = np.array([n.encode() for n in names]) if names else np.zeros(0)
        pieces = np.array_split(texts, max(1, math.ceil(texts.nbytes / LONGEST)))
        while any(p.nbytes > LONGEST for p in pieces):
            pieces = np.array_split(texts, len(pieces) + 1)
        of = self.attributes.setdefault(path, {})
        if len(pieces) == 1:
            of[attribute] = texts
        else:
            of.update({f"{attribute}{k}": piece for k, piece in enumerate(pieces)})

    def put(self, path: str, named: list[tuple[str, Any]]) -> None:
        """Note arrays by their names, in this order."""
        self.name(path, "weight_names", [name for name, _ in named])
        self.arrays.update({f"{path}/{name}": array for name, array in named})


def pack_model(model: Any, versions: dict[str, str], description: Any, compiled: Any) -> bytes:
    """Return a file of a whole model; `compiled` is None where its optimizer does not come along."""
    page = _Page()
    page.attributes[""] = {**versions, "model_config": json.dumps(description)}
    _weights(page, model, "model_weights", versions)
    if compiled is not None:
        training = {key: value for key, value in compiled.items() if key != "optimizer"}
        training["loss"] = _spelled(training.get("loss"), losses)
        for key in ("metrics", "weighted_metrics"):
            training[key] = _spelled(training.get(key), metrics)
        optimizer = compiled["optimizer"]
        training["optimizer_config"] = {key: optimizer[key] for key in ("class_name", "config")}
        page.attributes[""]["training_config"] = json.dumps(training)
        name, state = model.optimizer.name, model.optimizer.state()
        rated = len(state) > 1 and np.ndim(state[1]) == 0
        first = ["iteration", "learning_rate"] if rated else ["iteration"]
        names = [*first, *(f"moment_{k}" for k in range(len(state) - len(first)))]
        page.put("optimizer_weights", [(f"{name}/{n}", a) for n, a in zip(names, state, strict=True)])
    return write(page.arrays, page.attributes)


def _spelled(given: Any, module: Any) -> Any:
    """Return losses or metrics as configs in place of names, which Keras 3 takes in a .h5 file only in part."""
    if isinstance(given, list | tuple):
        return [_spelled(one, module) for one in given]
    if isinstance(given, dict) and "class_name" not in given:
        return {name: _spelled(one, module) for name, one in given.items()}
    if isinstance(given, str) and given in module.KNOWN and given not in ("accuracy", "acc"):
        return module.serialize(module.get(given))
    return given


def pack_weights(model: Any, versions: dict[str, str]) -> bytes:
    """Return a file of the weights alone."""
    page = _Page()
    _weights(page, model, "", versions)
    return write(page.arrays, page.attributes)


def _weights(page: _Page, model: Any, at: str, versions: dict[str, str]) -> None:
    page.name(at, "layer_names", [layer.name for layer in model.layers])
    page.attributes.setdefault(at, {}).update(versions)
    inside = f"{at}/" if at else ""
    for layer in sorted(model.layers, key=lambda k: k.name):
        page.put(f"{inside}{layer.name}", _named(layer, f"{model.name}/"))
    page.put(f"{inside}{TOP}", [])


def _named(layer: Layer, prefix: str) -> list[tuple[str, Array]]:
    """Return the weights of a layer, by the names of those that hold them: seq/lstm/lstm_cell/kernel."""
    paths: dict[int, str] = {}
    owners = {"": layer.name}
    for inner, name, parameters in layer.saved_groups():
        if inner:
            owners[inner] = name
        above = [owner for part, owner in owners.items() if f"{inner}/".startswith(f"{part}/")]
        for p in parameters:
            paths[id(p)] = "/".join([*above, p.name.rpartition("/")[2]])
    named: dict[str, Array] = {}
    for p in _ordered(layer):
        name = prefix + paths.get(id(p), f"{layer.name}/{p.name}")
        while name in named:
            name += "_"
        named[name] = p.array
    return list(named.items())


def _ordered(layer: Layer) -> list[Parameter]:
    return [*layer.trainable_weights, *layer.non_trainable_weights]


# Reading.


def root(contents: Contents) -> str | None:
    """Return the path below which the weights lie, or None where the file is laid out otherwise."""
    for path in ("", "model_weights"):
        if contents.texts(path, "layer_names") or "layer_names" in contents.attributes.get(path, {}):
            return path
    return None


def stored(contents: Contents, who: str) -> Iterator[tuple[str, list[Array]]]:
    """Yield the layers of a file by their names, each with its arrays in their order."""
    at = root(contents)
    if at is None:
        raise DataError(
            complaint(who, say("weights as Keras lays them out"), say("no layer_names in the file"))
        )
    inside = f"{at}/" if at else ""
    for name in contents.texts(at, "layer_names"):
        yield name, _arrays(contents, f"{inside}{name}", who)


def _arrays(contents: Contents, path: str, who: str) -> list[Array]:
    found = []
    for name in contents.texts(path, "weight_names"):
        if f"{path}/{name}" not in contents.arrays:
            expected = say("an array at {place}", place=f"{path}/{name}")
            raise DataError(complaint(who, expected, say("none")))
        found.append(contents.arrays[f"{path}/{name}"])
    return found


Pairs = list[tuple[Parameter, Array]]


def load_in_order(model: Any, contents: Contents, who: str, skip_mismatch: bool = False) -> None:
    """Write the arrays of a file into the layers that have weights, one after the other: all of them, or none."""
    layers = [layer for layer in model.layers if layer.weights]
    held = [(name, arrays) for name, arrays in stored(contents, who) if arrays]
    if len(layers) != len(held):
        expected = say("{count} layers with weights", count=len(layers))
        raise DataError(complaint(who, expected, f"{len(held)}", say("by_name=True for a part of them")))
    pairs: Pairs = []
    for layer, (name, arrays) in zip(layers, held, strict=True):
        pairs += _fitting(layer, name, arrays, contents, who, skip_mismatch)
    for parameter, array in pairs:
        parameter.assign(array)


def load_by_name(model: Any, contents: Contents, who: str, skip_mismatch: bool = False) -> None:
    """Write the arrays of a file into the layers of the same names; other layers stay as they are."""
    pairs: Pairs = []
    for name, arrays in stored(contents, who):
        for layer in (k for k in model.layers if k.name == name):
            pairs += _fitting(layer, name, arrays, contents, who, skip_mismatch)
    for parameter, array in pairs:
        parameter.assign(array)


def _fitting(
    layer: Layer, name: str, arrays: list[Array], contents: Contents, who: str, skip_mismatch: bool
) -> Pairs:
    """Return which array goes into which weight of a layer."""
    of = contents.attributes.get(root(contents) or "", {})
    version = str(of.get("keras_version") or contents.attributes[""].get("keras_version") or "1")
    arrays = converted(layer, arrays, version, str(of.get("backend")))
    parameters = _ordered(layer)
    if len(parameters) != len(arrays):
        expected = say("{count} arrays for '{layer}'", count=len(parameters), layer=layer.name)
        message = complaint(who, expected, say("{count} in '{name}'", count=len(arrays), name=name))
        if not skip_mismatch:
            raise ShapeError(message)
        kept = say("{message} '{name}' keeps its weights.", message=message, name=layer.name)
        warn(kept, UserWarning)
        return []
    pairs = []
    for parameter, array in zip(parameters, arrays, strict=True):
        if parameter.shape == array.shape:
            pairs.append((parameter, array))
            continue
        expected = say("{name} of shape {shape}", name=parameter.name, shape=parameter.shape)
        message = complaint(who, expected, say("shape {shape}", shape=array.shape))
        if not skip_mismatch:
            raise ShapeError(message)
        warn(say("{message} It keeps its numbers.", message=message), UserWarning)
    return pairs


def restore_optimizer(model: Any, contents: Contents, who: str) -> None:
    """Take up the state of the optimizer that the file holds."""
    names = contents.texts("optimizer_weights", "weight_names")
    arrays = _arrays(contents, "optimizer_weights", who)
    state = moments(names, arrays, len(model.trainable_weights), model.optimizer.together)
    weights.restore_optimizer(model, state, who)
