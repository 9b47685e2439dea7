"""cast: whole numbers as floats, to be computed with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.ops.base import Array, Numbers, Op, Spec, recorded

__all__ = ["cast"]


class Cast(Op):
    """y = x as float32. No gradient. Native twin: native/kernels/elementwise.hpp."""

    name = "cast"
    arguments = ("x",)
    by_row = True
    carries = ("x",)
    flat = True

    def __call__(self, x: Any, dtype: Any = "float32") -> Any:
        """All numbers of a recording are float32, but codes; as whole ones they lose what stands behind the point."""
        from tidegate.ops.binary import not_equal
        from tidegate.ops.elementwise import trunc

        value = recorded(x)
        if value is None:
            return np.asarray(x).astype(dtype)
        found = self.record(value) if value.dtype == "int32" else value
        if str(dtype) == "bool":
            return not_equal(found, 0)
        whole = value.dtype != "int32" and str(dtype).startswith(("int", "uint"))
        return trunc(found) if whole else found

    def infer(self, x: Spec) -> Spec:  # type: ignore[override]
        return Spec(x.shape)

    def forward(self, x: Array) -> tuple[Array, None]:
        return x.astype(np.float32), None

    def numbers(self, specs: Sequence[Spec | None]) -> Numbers:  # type: ignore[override]
        assert specs[0] is not None
        return [specs[0].row], []


cast = Cast()
