"""A file of a model or of weights, whatever wrote it, as what has to be done with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tidegate.errors import DataError, complaint
from tidegate.language import say
from tidegate.saving import h5, hdf5
from tidegate.saving.files import LIMIT, VERSION, as_described, check_depth, unpack
from tidegate.saving.older import is_older, modern, modern_training
from tidegate.saving.time_major import samples_first
from tidegate.saving.vocabularies import add_words
from tidegate.saving.weights import restore

__all__ = ["StoredModel", "load_weights", "open_model"]


class StoredModel(NamedTuple):
    """A model in a file.

    description : its class and config, as Keras 3 writes them
    compiled : the arguments of compile in the same form, or None
    numbers : how many numbers the file holds for weights
    restore : writes the weights, and the optimizer's state where the model has one, into the model made of these
    """

    description: Any
    compiled: dict[str, Any] | None
    numbers: int
    restore: Callable[[Any], None]


def open_model(path: Path) -> StoredModel:
    """Return the model in a file; whether it is a .keras archive or an HDF5 file, its first bytes say."""
    with as_described(str(path)):
        held = _opened(path)
        check_depth(held.description, str(path))
        check_depth(held.compiled, str(path))
        return held


def _opened(path: Path) -> StoredModel:
    with path.open("rb") as stream:
        if hdf5.is_hdf5(stream.read(8)):
            return _from_h5(hdf5.read(stream, str(path)), str(path))
    metadata, description, weights, words = unpack(path)
    contents = hdf5.read(weights, str(path))
    older = isinstance(metadata, dict) and is_older(metadata.get("keras_version", VERSION))
    if older:
        description = samples_first(modern(description), str(path))
    add_words(description, words, contents.arrays)
    compiled = description.get("compile_config") if isinstance(description, dict) else None
    if older and isinstance(compiled, dict):
        compiled = modern_training(compiled)
    return StoredModel(
        description, compiled, _numbers(contents), lambda model: restore(model, contents.arrays, str(path))
    )


def _from_h5(contents: hdf5.Contents, who: str) -> StoredModel:
    described = _json(contents, "model_config", who)
    if described is None:
        instead = say("model.load_weights of a model of the same layers")
        raise DataError(complaint(who, say("a whole model"), say("weights alone"), instead))
    if is_older(contents.attributes[""].get("keras_version")):
        described = samples_first(modern(described), who)
    training = _json(contents, "training_config", who)
    compiled = modern_training(training) if isinstance(training, dict) else None

    def take(model: Any) -> None:
        h5.load_in_order(model, contents, who)
        if model.optimizer is not None:
            h5.restore_optimizer(model, contents, who)

    return StoredModel(described, compiled, _numbers(contents), take)


def _json(contents: hdf5.Contents, name: str, who: str) -> Any:
    text = contents.attributes[""].get(name)
    if text is None:
        return None
    if not isinstance(text, str) or len(text) > LIMIT:
        expected = say("{name} as text of at most {most} characters", name=name, most=LIMIT)
        raise DataError(complaint(who, expected, say("something else")))
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        came = say("something else ({why})", why=error)
        raise DataError(complaint(who, say("{name} in JSON", name=name), came)) from None


def _numbers(contents: hdf5.Contents) -> int:
    return sum(array.size for array in contents.arrays.values())


def load_weights(model: Any, path: Path, by_name: bool = False, skip_mismatch: bool = False) -> None:
    """Write the weights of a file, of weights alone or of a whole model, into a model of the same layers."""
    who = str(path)
    with as_described(who), path.open("rb") as stream:
        contents = hdf5.read(stream, who) if hdf5.is_hdf5(stream.read(8)) else hdf5.read(unpack(path)[2], who)
    if h5.root(contents) is None:
        if by_name:
            expected = say("weights by the names of layers for by_name=True")
            leave = say("leave {name} out", name="by_name")
            raise DataError(complaint(who, expected, say("the layout of Keras 3"), leave))
        restore(model, contents.arrays, who, skip_mismatch)
    elif by_name:
        h5.load_by_name(model, contents, who, skip_mismatch)
    else:
        h5.load_in_order(model, contents, who, skip_mismatch)
