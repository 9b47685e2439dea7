"""Clipping: gradients made smaller before the optimizer takes its step. Native twin: native/clip.hpp.

Definitions follow Keras 3 (`clipvalue`, `clipnorm` and `global_clipnorm` of its optimizers).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tidegate.ops.base import Array

__all__ = ["CLIPS", "Clip"]

CLIPS = ("clipvalue", "clipnorm", "global_clipnorm")  # the native twin knows each by its position


@dataclass(frozen=True, slots=True)
class Clip:
    """How far gradients may reach.

    "clipvalue": each number of each g becomes min(max(g, -limit), limit); "clipnorm": each parameter's g is scaled to
    |g| <= limit; "global_clipnorm": all are scaled by one factor, to √(Σ |g|²) <= limit. Norms are taken in double.

    >>> g = np.array([3.0, 4.0])
    >>> Clip("clipnorm", 1.0).apply([g])
    >>> g
    array([0.6, 0.8])
    """

    kind: str
    limit: float

    def apply(self, gradients: Sequence[Array]) -> None:
        """Clip the gradients of the parameters in place."""
        if self.kind == "clipvalue":
            for g in gradients:
                np.clip(g, -self.limit, self.limit, out=g)
            return
        squares = [float(np.sum(np.square(g, dtype=np.float64))) for g in gradients]
        if self.kind == "global_clipnorm":
            squares = [sum(squares)] * len(squares)
        for g, s in zip(gradients, squares, strict=True):
            g *= self.factor(np.sqrt(s))

    def factor(self, norm: float) -> float:
        """Return what a gradient of that norm is multiplied by; NaN, or what is infinite, stays visible as NaN."""
        if norm <= self.limit:
            return 1.0
        return self.limit / norm + (norm - norm if self.kind == "global_clipnorm" else 0.0)
