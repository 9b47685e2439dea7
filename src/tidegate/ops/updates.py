"""One optimizer step over a run of parameters, in place. Native twins: native/kernels/updates.hpp.

Definitions follow Keras 3 (`keras.optimizers`): p parameter, g gradient, then the optimizer's own arrays, all (n,).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = ["UpdateOp", "adam", "rmsprop", "sgd"]


class UpdateOp(Op):
    """Base: `states(**attrs)` arrays besides p and g, and `update` in place."""

    def states(self, **attrs: float) -> int:
        raise NotImplementedError

    def update(self, p: Array, g: Array, *state: Array, lr: float, iteration: int, **attrs: float) -> None:
        raise NotImplementedError

    def numbers(self, specs: Sequence[Spec | None], **attrs: float) -> Numbers:
        return [], [float(attrs[k]) for k in self.arguments]


class SGD(UpdateOp):
    """m = momentum m - lr g; p += m, or with nesterov p += momentum m - lr g."""

    name = "sgd"
    arguments = ("momentum", "nesterov")

    def states(self, *, momentum: float, nesterov: float) -> int:  # type: ignore[override]
        return int(momentum != 0)

    def update(  # type: ignore[override]
        self, p: Array, g: Array, *state: Array, lr: float, iteration: int, momentum: float, nesterov: float
    ) -> None:
        if not momentum:
            p -= lr * g
            return
        (m,) = state
        m *= momentum
        m -= lr * g
        p += momentum * m - lr * g if nesterov else m


class Adam(UpdateOp):
    """m += (1 - β1)(g - m); v += (1 - β2)(g² - v); p -= lr √(1 - β2ᵗ) / (1 - β1ᵗ) m / (√v + ε). Kingma and Ba 2015."""

    name = "adam"
    arguments = ("beta_1", "beta_2", "epsilon")

    def states(self, **attrs: float) -> int:
        return 2

    def update(  # type: ignore[override]
        self,
        p: Array,
        g: Array,
        *state: Array,
        lr: float,
        iteration: int,
        beta_1: float,
        beta_2: float,
        epsilon: float,
    ) -> None:
        m, v = state
        t = iteration + 1
        m += (g - m) * (1 - beta_1)
        v += (g * g - v) * (1 - beta_2)
        p -= m * (lr * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)) / (np.sqrt(v) + epsilon)


class RMSprop(UpdateOp):
    """v = ρ v + (1 - ρ) g²; d = lr g / √(v - a² + ε) with a the running mean of g if centered; p -= d, or by momentum.

    Tieleman and Hinton 2012.
    """

    name = "rmsprop"
    arguments = ("rho", "momentum", "epsilon", "centered")

    def states(self, *, momentum: float, centered: float, **attrs: float) -> int:  # type: ignore[override]
        return 1 + int(momentum != 0) + int(bool(centered))

    def update(  # type: ignore[override]
        self,
        p: Array,
        g: Array,
        *state: Array,
        lr: float,
        iteration: int,
        rho: float,
        momentum: float,
        epsilon: float,
        centered: float,
    ) -> None:
        v, *more = state
        v *= rho
        v += (1 - rho) * g * g
        below = v + epsilon
        if centered:
            a = more.pop()
            a *= rho
            a += (1 - rho) * g
            below = below - a * a
        d = lr * g / np.sqrt(below)
        if momentum:
            (m,) = more
            m *= momentum
            m += d
            d = m
        p -= d


sgd = SGD()
adam = Adam()
rmsprop = RMSprop()
