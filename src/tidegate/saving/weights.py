"""Between a model's weights and their places in a file of Keras 3."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from tidegate.errors import DataError, ShapeError, complaint
from tidegate.layers import Layer
from tidegate.utils.naming import snake_case

__all__ = ["collect", "restore"]

Array = np.ndarray[Any, Any]
Groups = dict[str, tuple[str, list[Array]]]


def places(layers: list[Layer]) -> list[tuple[str, Layer]]:
    """Return the group of each layer: the class in lower case, numbered from the second one on."""
    seen: Counter[str] = Counter()
    found = []
    for layer in layers:
        name = snake_case(type(layer).__name__)
        found.append((f"layers/{name}_{seen[name]}" if seen[name] else f"layers/{name}", layer))
        seen[name] += 1
    return found


def collect(model: Any, with_optimizer: bool = True) -> Groups:
    """Return the groups that Keras writes for a model."""
    groups: Groups = {"": (model.name, [])}
    for path, layer in places(model.layers):
        groups[path] = (layer.name, [])
        for inner, name, parameters in layer.saved_groups():
            groups[path + inner] = (name, [p.array for p in parameters])
    if with_optimizer and model.optimizer is not None:
        groups["optimizer"] = (model.optimizer.name, model.optimizer.state())
    return groups


def restore(model: Any, arrays: dict[str, Array], who: str) -> None:
    """Write the arrays of a file into a model's weights: all of them, or none."""
    pairs = []
    for path, layer in places(model.layers):
        for inner, _, parameters in layer.saved_groups():
            for k, parameter in enumerate(parameters):
                place = f"{path}{inner}/vars/{k}"
                if place not in arrays:
                    raise DataError(
                        complaint(
                            who,
                            f"weights at {place} for '{layer.name}'",
                            "none",
                            "a model of the same layers",
                        )
                    )
                if arrays[place].shape != parameter.shape:
                    raise ShapeError(
                        complaint(
                            who,
                            f"{parameter.name} of shape {parameter.shape}",
                            f"shape {arrays[place].shape}",
                        )
                    )
                pairs.append((parameter, arrays[place]))
    if not pairs and any(k.weights for k in model.layers):
        raise DataError(complaint(who, "weights", "none"))
    for parameter, array in pairs:
        parameter.assign(array)
    if model.optimizer is not None:
        count = 0
        while f"optimizer/vars/{count}" in arrays:
            count += 1
        model.optimizer.restore(
            model.trainable_weights, [arrays[f"optimizer/vars/{k}"] for k in range(count)]
        )
