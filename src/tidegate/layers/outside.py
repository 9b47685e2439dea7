"""Layers that turn strings and codes into numbers before a model, in arrays: what they share."""

from __future__ import annotations

import os
from typing import Any, ClassVar

import numpy as np

from tidegate.errors import ArgumentError, DataError, complaint
from tidegate.language import say
from tidegate.layers.base import Layer
from tidegate.layers.input import InputLayer
from tidegate.layers.symbolic import Tensor
from tidegate.ops import Spec, Value
from tidegate.shapes import Shape
from tidegate.utils.nested import leaves
from tidegate.utils.stream import as_tensors

__all__ = ["MODES", "Outside", "encoded", "shape_of", "texts"]

Array = np.ndarray[Any, Any]
MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


class Outside(Layer):
    """Base of the layers that turn strings and codes into numbers in arrays, and are no part of a plan.

    In a model they stand directly behind an input, or behind one another: they prepare what comes in, and all behind
    them is compiled (`Graph.core`).
    """

    prepares: ClassVar[bool] = True
    input_dtype: ClassVar[str] = "string"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("dtype", None)  # whatever Keras says of strings
        super().__init__(**kwargs)
        self.built = True

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        """Return the layer that `get_config` described; a description, which may be a stranger's, opens no file."""
        words = config.get("vocabulary")
        if isinstance(words, str | bytes | os.PathLike):
            instead = say("vocabulary=words, or set_vocabulary(path) afterwards")
            came = say("the path {path!r}", path=words)
            raise DataError(complaint(cls.__name__, say("the words in its description"), came, instead))
        return super().from_config(config)

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        things = leaves(inputs)
        for t in things:
            if isinstance(t, Value):
                raise self.refusal(say("a value inside call()"))
            if isinstance(t, Tensor) and not (isinstance(t.call.layer, InputLayer) or t.call.layer.prepares):
                raise self.refusal(say("'{name}', which is computed", name=t.name))
        if any(isinstance(t, Tensor) for t in things):
            return super().__call__(inputs)
        return as_tensors(self.call(inputs))

    def record(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse: no string can stand in a plan."""
        raise self.refusal(say("a value inside call()"))

    def ensure_built(self, input_shape: Any) -> None:
        """Do nothing: there is nothing that the shape changes."""

    def compute_output_spec(self, x: Any, **more: Any) -> Spec:
        """Return shape and type of what comes out."""
        shape = tuple(x.shape)
        return Spec(self.compute_output_shape(shape), self.gives)

    def axis_names(self, rank: int) -> tuple[str, ...]:
        """Return what the axes of the output are called: codes follow one on another."""
        coded = rank == 2 and self.gives != "float32"
        return ("samples", "timesteps") if coded else super().axis_names(rank)

    @property
    def gives(self) -> str:
        """The type of what comes out."""
        return "int64" if getattr(self, "output_mode", "int") == "int" else "float32"

    def refusal(self, came: str) -> ArgumentError:
        return ArgumentError(
            complaint(
                f"{type(self).__name__} '{self.name}'",
                say("an Input before it, or another layer that prepares data"),
                came,
                say("that place, or codes = layer(texts), then model.fit(codes, y)"),
            )
        )


def shape_of(shape: Shape, mode: str, depth: int) -> Shape:
    """Return the shape of codes as `encoded` gives them."""
    if mode == "int":
        return shape
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    return (*shape[:1], depth)


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


def texts(data: Any, who: str = "") -> Array:
    """Return texts as an array of str, bytes decoded.

    Raises
    ------
    DataError
        Where one is missing, or numbers stand in place of texts.
    """
    found = np.asarray(data)
    if found.dtype.kind == "S":
        return np.char.decode(found, "utf-8")
    if found.dtype.kind == "O":
        plain = [t.decode("utf-8") if isinstance(t, bytes) else t for t in found.ravel()]
        for k, t in enumerate(plain):
            if not isinstance(t, str):
                at = tuple(int(i) for i in np.unravel_index(k, found.shape))
                came = say("{value!r} at {at}", value=t, at=at)
                raise DataError(
                    complaint(who, say("texts"), came, "`['' if t is None else str(t) for t in texts]`")
                )
        return np.array(plain, object).reshape(found.shape)
    if found.dtype.kind != "U":
        raise DataError(
            complaint(
                who,
                say("texts"),
                say("numbers of type {dtype}", dtype=found.dtype),
                "`np.asarray(x).astype(str)`",
            )
        )
    return found
