"""Between a model's weights and their places in a file of Keras 3."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tidegate.errors import DataError, ShapeError, complaint, warn
from tidegate.language import say
from tidegate.plan import Parameter
from tidegate.saving.vocabularies import weights_of_words

__all__ = ["collect", "restore", "restore_optimizer"]

Array = np.ndarray[Any, Any]


def collect(model: Any) -> tuple[dict[str, Array], dict[str, dict[str, str]]]:
    """Return the arrays that Keras writes for a model, and the name of each owner, by their paths."""
    groups: dict[str, tuple[str, list[Array]]] = {}
    for path, name, parameters in _groups(model):
        groups[f"{path}/" if path else ""] = (name, [p.array for p in parameters])
    if model.optimizer is not None:
        groups["optimizer/"] = (model.optimizer.name, model.optimizer.state())
    names = {f"{path}vars": {"name": name} for path, (name, _) in groups.items()}
    arrays = {f"{path}vars/{k}": a for path, (_, held) in groups.items() for k, a in enumerate(held)}
    arrays |= dict(weights_of_words(model))
    return arrays, names


def _groups(model: Any) -> list[tuple[str, str, list[Parameter]]]:
    """Return the groups of a file: path, name of the owner, weights; weights that stand at two paths at the first."""
    seen: set[int] = set()
    found = []
    for path, name, parameters in model.saved_groups():
        found.append((path.removeprefix("/"), name, [p for p in parameters if id(p) not in seen]))
        seen |= set(map(id, parameters))
    return found


def current(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return arrays by the paths of today; Keras 2.12 to 2.15 named the layers' group otherwise."""
    return {
        path.replace("\\", "/").replace("_layer_checkpoint_dependencies", "layers"): array
        for path, array in arrays.items()
    }


def restore(model: Any, arrays: Mapping[str, Array], who: str, skip_mismatch: bool = False) -> None:
    """Write the arrays of a file into a model's weights: all of them, or none."""
    arrays = current(arrays)
    pairs = []
    for path, name, parameters in _groups(model):
        for k, parameter in enumerate(parameters):
            place = f"{path}/vars/{k}" if path else f"vars/{k}"
            found = arrays.get(place)
            if found is not None and found.shape == parameter.shape:
                pairs.append((parameter, found))
                continue
            if found is None:
                expected = say("weights at {place} for '{name}'", place=place, name=name)
                message = complaint(who, expected, say("none"), say("a model of the same layers"))
                error: Exception = DataError(message)
            else:
                expected = say("{name} of shape {shape}", name=parameter.name, shape=parameter.shape)
                message = complaint(who, expected, say("shape {shape}", shape=found.shape))
                error = ShapeError(message)
            if not skip_mismatch:
                raise error
            kept = say("{message} '{name}' keeps its numbers.", message=message, name=name)
            warn(kept, UserWarning)
    if not pairs and not skip_mismatch and any(k.weights for k in model.layers):
        raise DataError(complaint(who, say("weights"), say("none")))
    for parameter, array in pairs:
        parameter.assign(array)
    if model.optimizer is not None:
        states = itertools.takewhile(arrays.__contains__, (f"optimizer/vars/{k}" for k in itertools.count()))
        restore_optimizer(model, [arrays[path] for path in states], who)


def restore_optimizer(model: Any, state: Sequence[Array], who: str) -> None:
    """Take up the state of an optimizer, so that training goes on where it stopped; say so where it does not fit."""
    optimizer = model.optimizer
    try:
        optimizer.restore(model.trainable_weights, state)
    except ShapeError as error:
        goes_on = say(
            "Training goes on from the state that the optimizer has."
            if optimizer.iterations
            else "Training goes on with a fresh optimizer."
        )
        warn(f"{who}{say(': ')}{error} {goes_on}", UserWarning)
