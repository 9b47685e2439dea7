"""take_steps: steps of a sequence in another order, left out, repeated, or zeros between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.shapes import describe, elements

__all__ = ["take_steps"]


class TakeSteps(Op):
    """y[:, t] = x[:, index[t]], and 0 where index[t] is -1: (B, T, ...) to (B, len(index), ...).

    Cropping, padding with zeros, strides and repetition are all this. Native twin: native/kernels/movement.hpp.
    """

    name = "take_steps"
    arguments = ("x",)
    carries = ("x",)
    reads = ("x",)  # only its shape

    def infer(self, x: Spec, *, index: tuple[int, ...]) -> Spec:  # type: ignore[override]
        if len(x.shape) < 3 or x.shape[1] is None:
            raise ShapeError(complaint("take_steps", "(samples, timesteps, features)", describe(x.shape)))
        if not index or min(index) < -1 or max(index) >= x.shape[1]:
            raise ShapeError(complaint("take_steps", say("steps below {n}", n=x.shape[1]), f"{index}"))
        return Spec((x.shape[0], len(index), *x.shape[2:]), x.dtype)

    def forward(self, x: Array, *, index: tuple[int, ...]) -> tuple[Array, None]:
        y = x[:, np.array(index)]  # 1
        y[:, np.array(index) < 0] = 0  # 2
        return y, None

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, index: tuple[int, ...]
    ) -> tuple[Array]:
        dx = np.zeros(inputs[0].shape, dy.dtype)
        for t, source in enumerate(index):
            if source >= 0:  # undo 2
                dx[:, source] += dy[:, t]  # undo 1
        return (dx,)

    def numbers(self, specs: Sequence[Spec | None], *, index: tuple[int, ...]) -> Numbers:  # type: ignore[override]
        (x,) = specs
        assert x is not None and x.shape[1] is not None
        return [x.shape[1], elements(x.shape[2:]), len(index), *index], []

    def flops(self, specs: Sequence[Spec | None], **attrs: Any) -> float:
        return 0.0


take_steps = TakeSteps()
