"""What a case of an op is: its inputs and how they are drawn, from a seed of its own; TIDEGATE_TEST_SEED adds to it."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidegate.ops import NAMED, Context, Value

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Input:
    """One input of an op: how it is drawn, and whether the op has a gradient for it.

    kind: "normal"; "share" in (0, 1); "positive", from 0.3 to 3; "bit" 0 or 1; "one hot"; "class": whole numbers
    below `classes`; "count": the scalar that holds how many numbers the first input has in the whole batch;
    "scalar": one that weights give.
    """

    shape: tuple[int, ...]  # of a sample, or of a parameter
    kind: str = "normal"
    parameter: bool = False
    gradient: bool = True
    classes: int = 0
    scale: float = 1.0

    @property
    def dtype(self) -> str:
        return {"class": "int32", "count": "float64", "scalar": "float64"}.get(self.kind, "float32")

    def draw(self, rng: np.random.Generator, rows: int) -> Array:
        shape = self.shape if self.parameter else (rows, *self.shape)
        if self.kind == "class":
            return rng.integers(0, self.classes, shape).astype(np.int32)
        if self.kind == "scalar":
            return np.array(rng.uniform(0.5, 2.0))
        if self.kind == "share":
            return rng.uniform(0.02, 0.98, shape)
        if self.kind == "positive":
            return rng.uniform(0.3, 3.0, shape)
        if self.kind == "bit":
            return rng.integers(0, 2, shape).astype(float)
        if self.kind == "one hot":
            return np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]
        return rng.normal(0, self.scale, shape)


@dataclass(frozen=True)
class Case:
    op: str
    inputs: tuple[Input | None, ...]
    attrs: dict[str, Any] = field(default_factory=dict)
    rows: int = 3
    note: str = ""

    def __str__(self) -> str:
        shapes = ["none" if i is None else "x".join(map(str, i.shape)) or "scalar" for i in self.inputs]
        return ":".join([self.op, str(self.rows), "-".join(shapes), *([self.note] if self.note else [])])

    def __call__(self, *args: Any) -> Any:
        """Compute or record the op, with these arrays or values in the order of its definition."""
        op = NAMED[self.op]
        if self.op == "count":
            return op(*args)
        if any(isinstance(a, Value) for a in args):
            return op.record(*args, **self.attrs)
        more = {"context": Context(rows=self.rows)} if op.contextual else {}
        return op.forward(*args, **self.attrs, **more)[0]

    @property
    def differentiable(self) -> bool:
        return any(i is not None and i.gradient for i in self.inputs)

    def draw(self) -> tuple[list[Array | None], np.random.Generator]:
        """Return the arrays, floats in float64, and the generator they came from; print its seed."""
        seed = zlib.crc32(str(self).encode()) + int(os.environ.get("TIDEGATE_TEST_SEED", "0"))
        print(f"{self}: seed {seed}")
        rng = np.random.default_rng(seed)
        arrays: list[Array | None] = []
        for i in self.inputs:
            if i is None:
                arrays.append(None)
            elif i.kind == "count":
                assert arrays[0] is not None
                arrays.append(np.float64(arrays[0].size))  # type: ignore[arg-type]
            else:
                arrays.append(i.draw(rng, self.rows))
        return arrays, rng


@dataclass(frozen=True)
class UpdateCase:
    op: str
    attrs: dict[str, float]
    further: bool = False  # a pass after one of sgd

    def __str__(self) -> str:
        return f"{self.op}:" + ",".join(f"{k}={v}" for k, v in self.attrs.items())


def x(*shape: int) -> Input:
    return Input(shape)


def weight(*shape: int, scale: float = 1.0) -> Input:
    return Input(shape, parameter=True, scale=scale)


def fixed(*shape: int, kind: str = "normal", classes: int = 0, scale: float = 1.0) -> Input:
    """An input that has no gradient."""
    return Input(shape, kind, gradient=False, classes=classes, scale=scale)
