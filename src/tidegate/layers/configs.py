"""Layers as the plain data that Keras writes into its files, and back.

Nothing but the classes listed here, and those that the user named (utils/objects.py), is ever made from data.
"""

from __future__ import annotations

from typing import Any

from tidegate.arguments import checked
from tidegate.errors import ArgumentError, complaint, nearest
from tidegate.language import say
from tidegate.layers import (
    activation,
    attention,
    bidirectional,
    categories,
    conv_lstm,
    convolution,
    core,
    dense,
    depthwise,
    einsum_dense,
    embedding,
    group_normalization,
    gru,
    input,
    lookup,
    lstm,
    merging,
    noise,
    normalization,
    pooling,
    preprocessing,
    rnn,
    shaping,
    simple_rnn,
    text,
    time_distributed,
)
from tidegate.layers.base import Layer
from tidegate.layers.core import Lambda
from tidegate.layers.input import InputLayer
from tidegate.layers.operation import Operation
from tidegate.utils import objects

__all__ = ["CLASSES", "deserialize", "serialize"]

SOURCES = (
    activation, attention, bidirectional, categories, conv_lstm, convolution, core, dense, depthwise, einsum_dense,
    embedding, group_normalization, gru, input, lookup, lstm, merging, noise, normalization, pooling, preprocessing,
    rnn, shaping, simple_rnn, text, time_distributed,
)  # fmt: skip
CLASSES: dict[str, type[Layer]] = {
    c.__name__: c
    for module in SOURCES
    for c in (getattr(module, name) for name in module.__all__)
    if isinstance(c, type) and issubclass(c, Layer) and c is not Lambda  # which would be code
}


MODULES: dict[type[Layer], str] = {}  # where Keras has those that are not in keras.layers


@checked
def serialize(layer: Layer) -> dict[str, Any]:
    """Return a layer as Keras writes it into a file."""
    if isinstance(layer, Operation):
        return {
            "module": layer.module,
            "class_name": layer.kind,
            "config": layer.get_config(),
            "registered_name": layer.kind,
        }
    known = CLASSES.get(type(layer).__name__) is type(layer)
    module = MODULES.get(type(layer), "keras.layers") if known or not objects.is_copying() else None
    found = objects.described(layer, module, layer.get_config())
    if found["registered_name"] is None and not known:
        raise ArgumentError(
            complaint(
                "saving",
                say("layers of tidegate.layers, or of your own"),
                found["class_name"],
                say("`@tidegate.saving.register_keras_serializable()` above the class"),
            )
        )
    if not isinstance(layer, InputLayer):
        found["config"].pop("batch_input_shape", None)  # the InputLayer in front says it
        if layer.built_shape is not None and not getattr(
            layer, "stateful", False
        ):  # Keras wants samples there
            found["build_config"] = layer.get_build_config()
    return found


def deserialize(config: Any) -> Layer:
    """Return the layer that `serialize`, or Keras, described."""
    found = objects.resolved(config)
    if isinstance(found, Layer):
        return found
    if not isinstance(config, dict) or not isinstance(config.get("config") or {}, dict):
        raise ArgumentError(
            complaint("layers.deserialize", say("the description of a layer"), repr(config)[:60])
        )
    name = str(config.get("class_name"))
    if str(config.get("module")).startswith(("keras.src.ops", "keras.ops")):
        return Operation.described(name, dict(config.get("config") or {}))
    own = str(config.get("module") or "keras").partition(".")[0] not in ("keras", "tf_keras", "tidegate")
    if own or name not in CLASSES:
        hint = nearest(name, CLASSES) if not own else ""
        hint = say("a file never holds code") if name == "Lambda" else hint
        hint = hint or say("custom_objects={{{name!r}: ...}} for a class of your own", name=name)
        raise ArgumentError(
            complaint(say("a saved model"), say("layers of tidegate.layers"), repr(name), hint)
        )
    return CLASSES[name].from_config(dict(config.get("config") or {}))
