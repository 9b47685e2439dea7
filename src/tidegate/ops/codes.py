"""codes: computed numbers as whole ones, by which rows of a table are looked up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = ["codes"]


class Codes(Op):
    """y = x without what stands behind the point, held between 0 and below - 1; NaN is 0.

    Codes that are fed in are checked where they come in; those that a step computes can only be held within the table.
    No gradient. Native twin: native/kernels/elementwise.hpp.
    """

    name = "codes"
    arguments = ("x",)
    by_row = True
    flat = True

    def infer(self, x: Spec, *, below: int) -> Spec:  # type: ignore[override]
        return Spec(x.shape, "int32")

    def forward(self, x: Array, *, below: int) -> tuple[Array, None]:
        return np.clip(np.nan_to_num(np.trunc(x)), 0, below - 1).astype(np.int32), None

    def numbers(self, specs: Sequence[Spec | None], *, below: int) -> Numbers:  # type: ignore[override]
        assert specs[0] is not None
        return [specs[0].row, below], []


codes = Codes()
