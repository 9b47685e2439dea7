"""What a run is given, before kernels see it: whether arrays fit the step, and the bounds of whole numbers.

The native executor asks here only after its own checks, which cost nothing, have refused; then the message says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, DataError, ShapeError, complaint
from tidegate.language import say
from tidegate.ops import Node, Value
from tidegate.shapes import describe

__all__ = ["bounds", "check", "outside", "readable"]

Array = np.ndarray[Any, Any]
MOST = 2**31  # what int32 holds lies below


def bounds(inputs: Sequence[Value], outputs: Sequence[Value], nodes: Sequence[Node]) -> list[int | None]:
    """Return for each input what its whole numbers must lie below, None where no row is looked up by them.

    Kernels take a row of a table without asking whether it is there, so the bound is held where samples come in.
    """
    for v in outputs:
        if v.dtype != "float32" or v.kind == "parameter":
            raise ShapeError(complaint(say("a plan"), say("outputs that are float32 results"), repr(v)))
        if v.joined:
            raise ShapeError(
                complaint(
                    say("a plan"),
                    say("samples in front of its outputs"),
                    say("what `reshape` made of samples and steps together"),
                    say("{code} before it", code=f"reshape(x, (-1, {v.joined}, n))"),
                )
            )
    found: dict[int, int] = {}

    def hold(v: Value | None, bound: int, reader: Node) -> None:
        if v is None:
            return
        if v.kind == "input":
            found[id(v)] = min(bound, found.get(id(v), MOST))
        elif v.node is not None and v.node.undoes is None and v.node.op.carries:
            for name, source in zip(v.node.op.arguments, v.node.inputs, strict=True):
                if name in v.node.op.carries:
                    hold(source, bound, reader)
        elif v.node is None or v.node.attrs.get("below", MOST) > bound:  # else it was made to lie there
            raise ShapeError(
                complaint(
                    reader.op.name,
                    say("whole numbers that come from an input"),
                    say("{name}, which a step computes", name=v.label or v.kind),
                )
            )

    for node in nodes:
        if node.undoes is None:
            for name, bound in node.op.codes([None if u is None else u.spec for u in node.inputs]).items():
                hold(node.inputs[node.op.arguments.index(name)], bound, node)
    return [found.get(id(v)) for v in inputs]


def readable(source: Any) -> Array:
    """Return an array that is gathered as it is, a copy where its type is not among those."""
    a: Array = np.asarray(source)
    kind, size = a.dtype.kind, a.dtype.itemsize
    if kind not in "biuf":
        raise DataError(
            complaint(say("a plan"), say("sources of numbers"), say("dtype {dtype}", dtype=a.dtype))
        )
    if kind == "f" and size not in (4, 8):
        return a.astype(np.float32 if size < 4 else np.float64)
    return a if a.dtype.isnative else a.astype(a.dtype.newbyteorder("="))


def check(
    inputs: Sequence[Value],
    handed_out: Sequence[Value],
    sources: Sequence[Array],
    rows: int,
    batch: int,
    start: int,
    order: Array | None,
    outputs: Sequence[Array],
) -> None:
    """Raise where a run is asked for what cannot be, as far as shapes and types tell."""
    if rows < 1 or batch < 1 or start < 0:
        raise ArgumentError(
            complaint(
                say("a plan"),
                say("rows and batch of at least 1, start of at least 0"),
                f"{rows}, {batch}, {start}",
            )
        )
    if len(sources) != len(inputs):
        raise ShapeError(complaint(say("a plan"), say("{n} sources", n=len(inputs)), f"{len(sources)}"))
    if order is not None:
        if not isinstance(order, np.ndarray) or order.dtype != np.int64 or order.ndim != 1:
            came = f"{order.dtype} {order.shape}" if isinstance(order, np.ndarray) else type(order).__name__
            raise ShapeError(complaint(say("a plan"), say("an order of type int64, one axis"), came))
        if len(order) < rows:
            raise ShapeError(
                complaint(
                    say("a plan"),
                    say("an order of {rows} places", rows=rows),
                    say("one of {n}", n=len(order)),
                )
            )
    for v, s in zip(inputs, sources, strict=True):
        shape = (rows if order is None else None, *v.shape[1:])
        numbers = np.prod(np.shape(s)[1:], dtype=object)
        if np.ndim(s) < 1 or (order is None and len(s) < rows) or numbers != v.spec.row:
            raise ShapeError(
                complaint(
                    say("input '{label}'", label=v.label),
                    describe(shape),
                    say("an array of shape {shape}", shape=np.shape(s)),
                )
            )
    if len(outputs) != len(handed_out):
        raise ShapeError(
            complaint(say("a plan"), say("{n} output arrays", n=len(handed_out)), f"{len(outputs)}")
        )
    for v, out in zip(handed_out, outputs, strict=True):
        good = isinstance(out, np.ndarray) and out.dtype == np.float32 and out.flags.c_contiguous
        if not (good and out.flags.writeable and out.size >= rows * v.spec.row):
            came = f"{out.dtype} {out.shape}" if isinstance(out, np.ndarray) else type(out).__name__
            raise ShapeError(
                complaint(
                    say("output '{label}'", label=v.label),
                    say("a writable float32 array in C order, {shape}", shape=describe((rows, *v.shape[1:]))),
                    say("{array}, not writable", array=came) if good and not out.flags.writeable else came,
                )
            )


def outside(v: Value, bound: int | None, source: Array, place: int) -> DataError:
    """Return the error of a sample that an input refused: none lies at that place, or a code is out of bounds."""
    if not 0 <= place < len(source):
        return DataError(
            complaint(
                say("a plan"),
                say("places from 0 to {last}", last=len(source) - 1),
                say("{place} in the order", place=place),
            )
        )
    low, high = (0, bound) if bound else (-MOST, MOST)
    sample = np.ravel(source[place])
    bad = sample[~((sample > low - 1) & (sample < high))]
    came = (
        say("{bad} at sample {place}", bad=bad[0], place=place)
        if len(bad)
        else say("another number at sample {place} for a moment", place=place)
    )
    return DataError(
        complaint(
            say("input '{label}'", label=v.label),
            say("whole numbers from {low} to {last}", low=low, last=high - 1),
            came,
        )
    )
