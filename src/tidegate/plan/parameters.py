"""Weights: where they lie, and how they are read and written in Keras's order and shapes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import NoNumbersError, ShapeError, complaint
from tidegate.language import say
from tidegate.ops import Node, Operators, Spec, Value

__all__ = ["ALIGN", "Parameter", "gather"]

ALIGN = 16  # floats: each parameter starts on a cache line
_versions = itertools.count(1)


class Parameter(Operators):
    """One weight of a layer: a float32 array in Keras's shape that never moves once it lies in a model's buffer.

    `version` changes with every write, so that what kernels made of the old numbers is never used again.
    """

    version = 0  # of all parameters together: comparing one number tells whether any was written

    def __init__(self, name: str, value: np.ndarray[Any, Any], trainable: bool = True) -> None:
        self.name = name
        self.trainable = trainable
        self.array = np.array(value, np.float32, order="C")  # its own: training writes to it
        self.placed = False  # True once `gather` gave it its lasting place
        self.regularizer: Any = None  # gives what is added to the loss for this weight
        self.constraint: Any = None  # gives what this weight becomes after an update
        self.value = Value(Spec(self.array.shape or (1,)), kind="parameter", label=name)  # () is what adds up
        self.value.parameter = self

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def ndim(self) -> int:
        return self.array.ndim

    @property
    def dtype(self) -> str:
        return "float32"

    @property
    def path(self) -> str:
        """The name, which begins with that of the layer."""
        return self.name

    def numpy(self) -> np.ndarray[Any, Any]:
        """Return a copy of the numbers."""
        return self.array.copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        if Node.scopes:  # what is recorded stands on the weight, and not on what it holds today
            raise NoNumbersError(
                say(
                    "{self!r} has no numbers yet. Instead: a layer, or a function of tidegate.ops.", self=self
                )
            )
        return self.array.astype(dtype or self.array.dtype)

    def __len__(self) -> int:
        return len(self.array)

    def __float__(self) -> float:
        return float(np.asarray(self).reshape(()))

    def __int__(self) -> int:
        return int(float(self))

    def __bool__(self) -> bool:
        return True  # that there is one, whatever its length

    def assign_add(self, value: Any) -> None:
        """Add numbers of the same shape."""
        self.assign(self.array + np.asarray(value))

    def assign_sub(self, value: Any) -> None:
        """Subtract numbers of the same shape."""
        self.assign(self.array - np.asarray(value))

    def assign(self, value: Any) -> None:
        """Write new numbers of the same shape."""
        new = np.asarray(value)
        if new.shape != self.shape:
            raise ShapeError(
                complaint(
                    say("weight '{name}'", name=self.name),
                    say("an array of shape {shape}", shape=self.shape),
                    say("one of shape {shape}", shape=new.shape),
                )
            )
        self.array[...] = new
        Parameter.touch()

    @staticmethod
    def touch() -> None:
        """Say that numbers were written."""
        Parameter.version = next(_versions)

    def __repr__(self) -> str:
        return f"<Parameter {self.name} {self.shape}>"


def gather(parameters: Sequence[Parameter]) -> None:
    """Lay these parameters into one buffer, one after the other, so that an optimizer is one pass.

    Those that already lie in a buffer (a layer shared with another model) stay where they are.
    """
    new = [p for p in parameters if not p.placed]
    starts = offsets(new)
    buffer = aligned(starts[-1])
    for p, start in zip(new, starts, strict=False):
        view = buffer[start : start + p.array.size].reshape(p.shape)
        view[...] = p.array
        p.array, p.placed = view, True
    Parameter.touch()


def offsets(parameters: Sequence[Parameter]) -> list[int]:
    """Return where each parameter starts in a flat buffer, in floats, and the length of the whole."""
    starts = [0]
    for p in parameters:
        starts.append(starts[-1] + -(-p.array.size // ALIGN) * ALIGN)
    return starts


def aligned(size: int, dtype: str = "float32") -> np.ndarray[Any, Any]:
    """Return zeros that start on a 64-byte line."""
    raw = np.zeros(size * np.dtype(dtype).itemsize + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size * np.dtype(dtype).itemsize].view(dtype)
