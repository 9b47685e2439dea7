"""Models whose layers take the timesteps in front, as tf.keras had them, put so that the samples stand there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tidegate.errors import warn
from tidegate.language import say

__all__ = ["samples_first"]

RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU")
# Layers that look at the last axis alone, so that the first two may change places.
INDIFFERENT = (
    *RECURRENT, "InputLayer", "Bidirectional", "Dense", "Dropout", "Activation", "LayerNormalization", "Embedding",
    "Masking", "LeakyReLU", "ReLU", "ELU", "Softmax", "GaussianNoise", "GaussianDropout", "Add", "Concatenate",
    "Multiply", "Average", "Maximum", "Subtract",
)  # fmt: skip
LAST = (None, -1, 2, [-1], [2])  # the last axis, as layers name it
SHAPES = ("batch_input_shape", "batch_shape")


def samples_first(description: Any, who: str) -> Any:
    """Return the description of a model with the samples in front, and say so, where the timesteps stood there.

    Parameters
    ----------
    description : of a model, which is changed
    who : the file
    """
    configs = list(_layers(description))
    recurrent = [config for kind, config in configs if kind in RECURRENT]
    majors = [bool(config.get("time_major")) for config in recurrent]
    fits = all(kind in INDIFFERENT and config.get("axis") in LAST for kind, config in configs)
    if not any(majors) or not all(majors) or not fits:
        return description  # several ways in one model are refused where the layer is made
    for _, config in configs:
        config.pop("time_major", None)
        for name in SHAPES:
            shape = config.get(name)
            if isinstance(shape, list | tuple) and len(shape) > 1:
                config[name] = [shape[1], shape[0], *shape[2:]]
    warn(
        say(
            "{file}: its layers took (timesteps, samples, features); here samples come first, in what goes in and in "
            "what comes out: X.transpose(1, 0, 2)",
            file=who,
        ),
        UserWarning,
    )
    return description


def _layers(description: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield class and config of each layer, those inside wrappers as well; of an inner model nothing but its class."""
    config = description.get("config") if isinstance(description, dict) else None
    for layer in (config.get("layers") or []) if isinstance(config, dict) else []:
        yield from _with_inner(layer)


def _with_inner(layer: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    config = layer.get("config") if isinstance(layer, dict) else None
    if isinstance(config, dict):
        yield str(layer.get("class_name")), config
        for name in ("layer", "backward_layer"):
            yield from _with_inner(config.get(name))
