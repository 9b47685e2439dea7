"""One optimizer step over a run of parameters, in place. Native twins: native/kernels/updates.hpp.

Definitions follow Keras 3 (`keras.optimizers`): p parameter, g gradient, then the optimizer's own arrays, all of the
parameter's shape.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = [
    "UpdateOp", "adadelta", "adafactor", "adagrad", "adam", "adamax", "average", "bounded_norm", "ftrl", "lamb", "lion",
    "muon", "nadam", "non_neg", "rmsprop", "schedule_free_adamw", "sgd", "weight_decay",
]  # fmt: skip


class UpdateOp(Op):
    """Base: `states(**attrs)`, with what each array besides p and g starts, and `update` in place.

    Attributes
    ----------
    start : what `states` gives, unless it depends on the arguments
    whole : whether it has to see all of a parameter, and of one alone
    """

    start: ClassVar[tuple[float, ...]] = ()
    whole = False

    def states(self, **attrs: float) -> tuple[float, ...]:
        return self.start

    def update(self, p: Array, g: Array, *state: Array, lr: float, iteration: int, **attrs: float) -> None:
        raise NotImplementedError

    def numbers(self, specs: Sequence[Spec | None], **attrs: float) -> Numbers:
        """Return what the twin is called with, for the one parameter of `specs` where it sees all of one."""
        return [], [float(attrs[k]) for k in self.arguments]


class SGD(UpdateOp):
    """m = momentum m - lr g; p += m, or with nesterov p += momentum m - lr g."""

    name = "sgd"
    arguments = ("momentum", "nesterov")

    def states(self, *, momentum: float, nesterov: float) -> tuple[float, ...]:  # type: ignore[override]
        return (0.0,) * (momentum != 0)

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
    """m += (1 - β1)(g - m); v += (1 - β2)(g² - v); p -= lr √(1 - β2ᵗ) / (1 - β1ᵗ) m / (√v + ε). Kingma and Ba 2015.

    With amsgrad the largest v so far stands below.
    """

    name = "adam"
    arguments = ("beta_1", "beta_2", "epsilon", "amsgrad")

    def states(self, *, amsgrad: float, **attrs: float) -> tuple[float, ...]:  # type: ignore[override]
        return (0.0,) * (2 + bool(amsgrad))

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
        amsgrad: float,
    ) -> None:
        m, v, *largest = state
        t = iteration + 1
        m += (g - m) * (1 - beta_1)
        v += (g * g - v) * (1 - beta_2)
        if amsgrad:
            (v,) = largest
            np.maximum(v, state[1], out=v)
        p -= m * (lr * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)) / (np.sqrt(v) + epsilon)


class Nadam(UpdateOp):
    """Adam that looks one step of momentum ahead, with uₜ = β1 (1 - 0.96ᵗ / 2) and their product. Dozat 2016."""

    name = "nadam"
    arguments = ("beta_1", "beta_2", "epsilon")
    start = (0.0, 0.0, 1.0)

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
        m, v, product = state
        t = iteration + 1
        u, after = (beta_1 * (1 - 0.5 * 0.96**k) for k in (t, t + 1))
        product *= u
        m += (g - m) * (1 - beta_1)
        v += (g * g - v) * (1 - beta_2)
        ahead = after * m / (1 - product * after) + (1 - u) * g / (1 - product)
        p -= lr * ahead / (np.sqrt(v / (1 - beta_2**t)) + epsilon)


class Adamax(UpdateOp):
    """m += (1 - β1)(g - m); u = max(β2 u, |g|); p -= lr / (1 - β1ᵗ) m / (u + ε). Kingma and Ba 2015."""

    name = "adamax"
    arguments = ("beta_1", "beta_2", "epsilon")
    start = (0.0, 0.0)

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
        m, u = state
        m += (g - m) * (1 - beta_1)
        np.maximum(beta_2 * u, np.abs(g), out=u)
        p -= lr / (1 - beta_1 ** (iteration + 1)) * m / (u + epsilon)


class Adagrad(UpdateOp):
    """a += g²; p -= lr g / √(a + ε). Duchi et al. 2011."""

    name = "adagrad"
    arguments = ("initial_accumulator_value", "epsilon")

    def states(self, *, initial_accumulator_value: float, epsilon: float) -> tuple[float, ...]:  # type: ignore[override]
        return (initial_accumulator_value,)

    def update(  # type: ignore[override]
        self, p: Array, g: Array, *state: Array, lr: float, iteration: int, epsilon: float, **attrs: float
    ) -> None:
        (a,) = state
        a += g * g
        p -= lr * g / np.sqrt(a + epsilon)


class Adadelta(UpdateOp):
    """v = ρ v + (1 - ρ) g²; d = √(a + ε) g / √(v + ε); a = ρ a + (1 - ρ) d²; p -= lr d. Zeiler 2012."""

    name = "adadelta"
    arguments = ("rho", "epsilon")
    start = (0.0, 0.0)

    def update(  # type: ignore[override]
        self, p: Array, g: Array, *state: Array, lr: float, iteration: int, rho: float, epsilon: float
    ) -> None:
        v, a = state
        v *= rho
        v += (1 - rho) * g * g
        d = np.sqrt(a + epsilon) * g / np.sqrt(v + epsilon)
        a *= rho
        a += (1 - rho) * d * d
        p -= lr * d


class Lion(UpdateOp):
    """p -= lr sign(β1 m + (1 - β1) g); m = β2 m + (1 - β2) g. Chen et al. 2023."""

    name = "lion"
    arguments = ("beta_1", "beta_2")
    start = (0.0,)

    def update(  # type: ignore[override]
        self, p: Array, g: Array, *state: Array, lr: float, iteration: int, beta_1: float, beta_2: float
    ) -> None:
        (m,) = state
        p -= lr * np.sign(beta_1 * m + (1 - beta_1) * g)
        m *= beta_2
        m += (1 - beta_2) * g


class Ftrl(UpdateOp):
    """z += g + 2 shrinkage p - (a'⁻ᵏ - a⁻ᵏ) / lr p, with k the power a' = a + g²; p from z. McMahan et al. 2013."""

    name = "ftrl"
    arguments = (
        "learning_rate_power",
        "initial_accumulator_value",
        "l1_regularization_strength",
        "l2_regularization_strength",
        "l2_shrinkage_regularization_strength",
        "beta",
    )

    def states(self, *, initial_accumulator_value: float, **attrs: float) -> tuple[float, ...]:  # type: ignore[override]
        return initial_accumulator_value, 0.0

    def update(  # type: ignore[override]
        self,
        p: Array,
        g: Array,
        *state: Array,
        lr: float,
        iteration: int,
        learning_rate_power: float,
        l1_regularization_strength: float,
        l2_regularization_strength: float,
        l2_shrinkage_regularization_strength: float,
        beta: float,
        **attrs: float,
    ) -> None:
        a, z = state
        l1, l2 = l1_regularization_strength, l2_regularization_strength + beta / (2 * lr)
        grown = a + g * g
        before, after = a**-learning_rate_power, grown**-learning_rate_power
        z += g + 2 * l2_shrinkage_regularization_strength * p - (after - before) / lr * p
        p[...] = (np.clip(z, -l1, l1) - z) / (after / lr + 2 * l2)
        a[...] = grown


class Lamb(UpdateOp):
    """Adam's step d = m̂ / (√v̂ + ε), made as long as the parameter: p -= lr |p| / |d| d. You et al. 2020."""

    name = "lamb"
    arguments = ("beta_1", "beta_2", "epsilon")
    whole = True
    start = (0.0, 0.0)

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
        d = m / (1 - beta_1**t) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
        length, step = (float(np.sqrt(np.square(x, dtype=np.float64).sum())) for x in (p, d))
        p -= (length / step if length > 0 and step > 0 else 1.0) * lr * d


class Adafactor(UpdateOp):
    """p -= max(ε2, rms(p)) min(lr, 1/√t) u / max(1, rms(u) / clip_threshold), u = g / √v. Shazeer and Stern 2018.

    With β = 1 - t^beta_2_decay, a vector has v = β v + (1 - β)(g² + ε1). Else r and c are such running means of the
    rows and columns of g² + ε1 over the last two axes, at the front of their arrays, and v = r cᵀ / mean(r).
    """

    name = "adafactor"
    arguments = ("beta_2_decay", "epsilon_1", "epsilon_2", "clip_threshold")
    whole = True
    start = (0.0, 0.0, 0.0)

    def numbers(self, specs: Sequence[Spec | None], **attrs: float) -> Numbers:
        (spec,) = specs
        assert spec is not None
        rows, columns = ([0, 0, *spec.shape][-2:]) if len(spec.shape) > 1 else (0, 0)
        none, numbers = super().numbers(specs, **attrs)
        return none, [*numbers, float(rows or 0), float(columns or 0)]

    @staticmethod
    def means(shape: tuple[int, ...], r: Array, c: Array) -> tuple[Array, Array]:
        """Return r and c in their own shapes, as views: of a vector one number each, which stays 0, as in Keras."""
        of_rows, of_columns = (shape[:-1], (*shape[:-2], shape[-1])) if len(shape) > 1 else ((), ())
        return (
            r.reshape(-1)[: math.prod(of_rows)].reshape(of_rows),
            c.reshape(-1)[: math.prod(of_columns)].reshape(of_columns),
        )

    def update(  # type: ignore[override]
        self,
        p: Array,
        g: Array,
        *state: Array,
        lr: float,
        iteration: int,
        beta_2_decay: float,
        epsilon_1: float,
        epsilon_2: float,
        clip_threshold: float,
    ) -> None:
        r, c, v = state
        t = iteration + 1
        take = t**beta_2_decay
        squares = np.square(g, dtype=np.float64) + epsilon_1
        if p.ndim < 2:
            v[...] = (1 - take) * v + take * squares
            below = v.astype(np.float64)
        else:
            r, c = self.means(p.shape, r, c)
            r[...] = (1 - take) * r + take * squares.mean(axis=-1)
            c[...] = (1 - take) * c + take * squares.mean(axis=-2)
            share = r / r.mean(axis=-1, keepdims=True, dtype=np.float64)
            below = share[..., None] * c[..., None, :]  # in double: of two small ones float32 would make 0
            v[...] = below
        u = g / np.sqrt(below)
        length, size = (float(np.sqrt(np.square(x, dtype=np.float64).mean())) for x in (u, p))
        p -= max(epsilon_2, size) * min(lr, t**-0.5) / max(1.0, length / clip_threshold) * u


class Muon(UpdateOp):
    """m = momentum m + g; p -= lr scale o(u), u = g + momentum m, and o(u) near the orthogonal matrix next to u.

    That is reached by `ns_steps` of x = a x + (b x xᵀ + c (x xᵀ)²) x from u / |u|, rows and columns changed where there
    are more rows; scale = rms_rate √columns, or 1 with rms_rate 0. Not `orthogonal`, it is Adam. Jordan et al. 2024.
    """

    name = "muon"
    arguments = (
        "momentum", "nesterov", "muon_a", "muon_b", "muon_c", "ns_steps", "rms_rate", "adam_beta_1", "adam_beta_2",
        "epsilon", "adam_lr_ratio", "orthogonal",
    )  # fmt: skip
    whole = True

    def states(self, *, orthogonal: float, **attrs: float) -> tuple[float, ...]:  # type: ignore[override]
        return (0.0,) * (4 if orthogonal else 2)  # three of them are work areas of the native twin

    def numbers(self, specs: Sequence[Spec | None], **attrs: float) -> Numbers:
        (spec,) = specs
        assert spec is not None
        none, numbers = super().numbers(specs, **attrs)
        return none, [*numbers, *(float(d or 0) for d in [1, *spec.shape][-2:])]

    def update(  # type: ignore[override]
        self,
        p: Array,
        g: Array,
        *state: Array,
        lr: float,
        iteration: int,
        momentum: float,
        nesterov: float,
        muon_a: float,
        muon_b: float,
        muon_c: float,
        ns_steps: float,
        rms_rate: float,
        adam_beta_1: float,
        adam_beta_2: float,
        epsilon: float,
        adam_lr_ratio: float,
        orthogonal: float,
    ) -> None:
        if not orthogonal:
            betas = {"beta_1": adam_beta_1, "beta_2": adam_beta_2}
            adam.update(
                p,
                g,
                *state,
                lr=lr * adam_lr_ratio,
                iteration=iteration,
                **betas,
                epsilon=epsilon,
                amsgrad=0.0,
            )
            return
        m = state[0]
        m *= momentum
        m += g
        u = g + momentum * m if nesterov else m
        x = u.reshape(p.shape if p.ndim == 2 else (1, -1))
        turned = x.shape[0] > x.shape[1]
        x = x.T if turned else x
        x = x / np.asarray(np.sqrt(np.square(x, dtype=np.float64).sum()) + 1e-7, p.dtype)
        for _ in range(int(ns_steps)):
            a = x @ x.T
            b = muon_b * a + muon_c * (a @ a)
            x = muon_a * x + b @ x
        scale = rms_rate * np.sqrt(x.shape[1]) if rms_rate else 1.0
        p -= ((x.T if turned else x) * (lr * scale)).reshape(p.shape).astype(p.dtype)


class ScheduleFreeAdamW(UpdateOp):
    """z -= lr g / (√(v / (1 - β2ᵗ)) + ε); x = (1 - 1/t) x + z / t; p = (1 - β1) z + β1 x. Defazio et al. 2024.

    v is Adam's, z begins at p, which the optimizer sees to, and x is found again from p and z; lr grows from 0 over
    `warmup_steps`.
    """

    name = "schedule_free_adamw"
    arguments = ("beta_1", "beta_2", "epsilon", "warmup_steps")
    start = (0.0, 0.0)

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
        warmup_steps: float,
    ) -> None:
        z, v = state
        t = iteration + 1
        rate = lr * min(t / warmup_steps, 1.0) if warmup_steps else lr
        x = (p - (1 - beta_1) * z) / beta_1
        v += (g * g - v) * (1 - beta_2)
        z -= rate * g / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
        x = (1 - 1 / t) * x + z / t
        p[...] = (1 - beta_1) * z + beta_1 * x


class WeightDecay(UpdateOp):
    """p -= weight_decay lr p."""

    name = "weight_decay"
    arguments = ("weight_decay",)

    def update(  # type: ignore[override]
        self, p: Array, g: Array, *state: Array, lr: float, iteration: int, weight_decay: float
    ) -> None:
        p -= p * (weight_decay * lr)


class Average(UpdateOp):
    """a = momentum a + (1 - momentum) p, which takes the place of p each `frequency` steps (0: never)."""

    name = "average"
    arguments = ("momentum", "frequency")
    start = (0.0,)

    def update(  # type: ignore[override]
        self, p: Array, g: Array, *state: Array, lr: float, iteration: int, momentum: float, frequency: float
    ) -> None:
        (a,) = state
        momentum = momentum if iteration else 0.0
        a *= momentum
        a += (1 - momentum) * p
        if frequency and (iteration + 1) % int(frequency) == 0:
            p[...] = a


class NonNeg(UpdateOp):
    """p = max(p, 0)."""

    name = "non_neg"

    def update(self, p: Array, g: Array, *state: Array, lr: float, iteration: int, **attrs: float) -> None:
        np.maximum(p, 0, out=p)


class BoundedNorm(UpdateOp):
    """p *= (rate min(max(|p|, least), most) + (1 - rate) |p|) / (|p| + 1e-7), p seen as (outer, reduced, inner).

    Norms are taken over the middle one of the three axes.
    """

    name = "bounded_norm"
    arguments = ("least", "most", "rate", "reduced", "inner")
    whole = True

    def update(  # type: ignore[override]
        self,
        p: Array,
        g: Array,
        *state: Array,
        lr: float,
        iteration: int,
        least: float,
        most: float,
        rate: float,
        reduced: float,
        inner: float,
    ) -> None:
        w = p.reshape(-1, int(reduced), int(inner))
        norm = np.sqrt(np.square(w, dtype=np.float64).sum(axis=1, keepdims=True))
        w *= ((rate * np.clip(norm, least, most) + (1 - rate) * norm) / (1e-7 + norm)).astype(w.dtype)


class RMSprop(UpdateOp):
    """v = ρ v + (1 - ρ) g²; d = lr g / √(v - a² + ε) with a the running mean of g if centered; p -= d, or by momentum.

    Tieleman and Hinton 2012.
    """

    name = "rmsprop"
    arguments = ("rho", "momentum", "epsilon", "centered")

    def states(self, *, momentum: float, centered: float, **attrs: float) -> tuple[float, ...]:  # type: ignore[override]
        return (0.0,) * (1 + (momentum != 0) + bool(centered))

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
nadam = Nadam()
adamax = Adamax()
rmsprop = RMSprop()
adagrad = Adagrad()
adadelta = Adadelta()
lion = Lion()
ftrl = Ftrl()
lamb = Lamb()
adafactor = Adafactor()
muon = Muon()
schedule_free_adamw = ScheduleFreeAdamW()
weight_decay = WeightDecay()
average = Average()
non_neg = NonNeg()
bounded_norm = BoundedNorm()
