"""Layers that turn strings and codes into numbers before a model, in arrays: what they share."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.layers.base import Layer
from tidegate.layers.symbolic import Tensor
from tidegate.ops import Value

__all__ = ["MODES", "Outside", "encoded", "texts"]

Array = np.ndarray[Any, Any]
MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


class Outside(Layer):
    """Base of the layers that compute on arrays alone, and cannot be recorded in a model."""

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(inputs, Value | Tensor):
            raise self.refusal()
        return self.call(inputs)

    def record(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse: no string can stand in a plan."""
        raise self.refusal()

    def ensure_built(self, input_shape: Any) -> None:
        """Refuse, as a model asks for it when the layer is put in."""
        raise self.refusal()

    def refusal(self) -> ArgumentError:
        who = type(self).__name__
        return ArgumentError(
            complaint(
                f"{who} '{self.name}'",
                say("data itself, before the model"),
                say("a place inside a model"),
                say("codes = layer(texts), then model.fit(codes, y)"),
            )
        )


def encoded(codes: Any, mode: str, depth: int) -> Array:
    """Return codes as rows of ones or counts over `depth` columns; -1 counts nowhere."""
    if mode == "one_hot":
        flat = np.asarray(codes)
        if flat.ndim > 1 and flat.shape[-1] == 1:
            flat = flat[..., 0]
        hot: Array = (flat[..., None] == np.arange(depth)).astype(np.float32)
        return hot
    rows = [np.asarray(row).ravel() for row in codes] if np.ndim(codes[0]) or len(codes) == 0 else [codes]
    out = np.zeros((len(rows), depth), np.float32)  # (samples, depth)
    for k, row in enumerate(rows):
        row = np.asarray(row, np.int64)
        np.add.at(out[k], row[row >= 0], 1)
    if mode == "multi_hot":
        out = (out > 0).astype(np.float32)
    single: Array = out[0]
    return out if np.ndim(codes[0]) else single


def texts(data: Any) -> Array:
    """Return texts as an array of str, bytes decoded."""
    found = np.asarray(data)
    if found.dtype.kind == "S":
        return np.char.decode(found, "utf-8")
    if found.dtype.kind == "O":
        plain = [t.decode("utf-8") if isinstance(t, bytes) else str(t) for t in found.ravel()]
        return np.array(plain, object).reshape(found.shape)
    return found
