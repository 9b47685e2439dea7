"""The words that layers of a model know, as Keras keeps them in a .keras archive: one a line, beside the weights.

Here they are written into the description of the layer, which Keras reads as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tidegate.layers.holder import numbered
from tidegate.utils.naming import snake_case

__all__ = ["add_words", "weights_of_words"]

Array = np.ndarray[Any, Any]


def add_words(
    description: Any, assets: Mapping[str, str], arrays: Mapping[str, Array], path: str = ""
) -> None:
    """Write the words of an archive into the descriptions of the layers that know them.

    Parameters
    ----------
    description : of a model
    assets : texts in the archive, by their paths
    arrays : weights in the archive, among them those of words, by their paths
    path : of the model in the archive
    """
    config = description.get("config") if isinstance(description, dict) else None
    layers = config.get("layers") if isinstance(config, dict) else None
    seen: Counter[str] = Counter()
    for layer in layers if isinstance(layers, list) else ():
        if not isinstance(layer, dict) or not isinstance(layer.get("config"), dict):
            continue
        name = snake_case(str(layer.get("class_name")))
        place = f"{path}layers/{name}_{seen[name]}" if seen[name] else f"{path}layers/{name}"
        seen[name] += 1
        words, own = assets.get(f"assets/{place}/vocabulary.txt"), layer["config"]
        if words is not None and not isinstance(own.get("vocabulary"), list):  # none, or a path of those days
            own["vocabulary"] = words.rstrip("\n").split("\n")
            weights = arrays.get(f"{place}/vars/idf_weights")
            own["idf_weights"] = None if weights is None else weights.tolist()
        add_words(layer, assets, arrays, f"{place}/")


def weights_of_words(model: Any, path: str = "") -> Iterator[tuple[str, Array]]:
    """Yield the weights of words in a model's layers, by their paths in a file of Keras."""
    for name, layer in numbered(model.layers):
        place = f"{path}layers/{name}"
        lookup: Any = getattr(layer, "_lookup_layer", layer)
        if layer.prepares and getattr(lookup, "idf_weights", None) is not None:
            yield f"{place}/vars/idf_weights", lookup.idf_weights
            if lookup is not layer:
                yield f"{place}/_lookup_layer/vars/idf_weights", lookup.idf_weights
        elif hasattr(layer, "layers"):
            yield from weights_of_words(layer, f"{place}/")
