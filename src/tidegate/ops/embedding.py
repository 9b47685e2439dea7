"""embedding: rows of a table, picked by whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = ["embedding"]


class Embedding(Op):
    """y = table[codes], with codes (B, ...) of whole numbers below V and table (V, D); y is (B, ..., D).

    Native twin: native/kernels/embedding.hpp. A run checks that codes lie in the table.
    """

    name = "embedding"
    arguments = ("codes", "table")
    reads = ("codes", "table")
    slopes = ("table",)

    def infer(self, codes: Spec, table: Spec) -> Spec:  # type: ignore[override]
        if len(table.shape) != 2:
            raise ShapeError(
                complaint(
                    "embedding",
                    say("a table of rows, (V, D)"),
                    say("one of shape {shape}", shape=table.shape),
                )
            )
        return Spec((*codes.shape, table.shape[1]), table.dtype)

    def codes(self, specs: Sequence[Spec | None]) -> dict[str, int]:
        table = specs[1]
        assert table is not None and table.shape[0] is not None
        return {"codes": table.shape[0]}

    def forward(self, codes: Array, table: Array) -> tuple[Array, None]:
        return table[codes.astype(np.int64)], None  # 1: (B, ..., D)

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Array) -> tuple[Array | None, ...]:  # type: ignore[override]
        codes, table = inputs
        dtable = np.zeros(table.shape, dy.dtype)
        np.add.at(dtable, codes.astype(np.int64), dy)  # undo 1: a row gets the sum over all its places
        return None, dtable

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        codes, table = specs
        assert codes is not None and table is not None
        V, D = table.shape
        assert V is not None and D is not None
        by_sample = len(codes.shape) == 2  # codes (B, T) lie by sample, y (B, T, D) by step
        return [codes.row if by_sample else 1, 1 if by_sample else codes.row, V, D], []


embedding = Embedding()
