"""Losses of numbers, shares, signs and overlaps."""

from __future__ import annotations

from typing import Any

from tidegate.arguments import number
from tidegate.losses import functions
from tidegate.losses.base import Named


class MeanSquaredError(Named):
    """mean((y_true - y_pred)²)."""

    says = staticmethod(functions.mean_squared_error)


class MeanAbsoluteError(Named):
    """mean(|y_true - y_pred|)."""

    says = staticmethod(functions.mean_absolute_error)


class MeanAbsolutePercentageError(Named):
    """100 mean(|y_true - y_pred| / |y_true|)."""

    says = staticmethod(functions.mean_absolute_percentage_error)


class MeanSquaredLogarithmicError(Named):
    """mean((log(1 + y_true) - log(1 + y_pred))²)."""

    says = staticmethod(functions.mean_squared_logarithmic_error)


class LogCosh(Named):
    """mean(log(cosh(y_pred - y_true)))."""

    says = staticmethod(functions.log_cosh)


class KLDivergence(Named):
    """Σ y log(y / p), for shares."""

    says = staticmethod(functions.kl_divergence)


class Poisson(Named):
    """mean(p - y log p), for counts."""

    says = staticmethod(functions.poisson)


class Hinge(Named):
    """mean(max(1 - y p, 0)), for y -1 and 1."""

    says = staticmethod(functions.hinge)


class SquaredHinge(Named):
    """mean(max(1 - y p, 0)²), for y -1 and 1."""

    says = staticmethod(functions.squared_hinge)


class CategoricalHinge(Named):
    """max(1 + the largest p of the other classes - p of the right one, 0)."""

    says = staticmethod(functions.categorical_hinge)


class Huber(Named):
    """d²/2 where |d| is at most delta, else delta (|d| - delta/2), with d = y_true - y_pred.

    Parameters
    ----------
    delta : float, default 1.0
    """

    says = staticmethod(functions.huber)

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype, delta=number("Huber", "delta", delta, 0))


class CosineSimilarity(Named):
    """-cos of the angle between y_true and y_pred.

    Parameters
    ----------
    axis : int, default -1
    """

    says = staticmethod(functions.cosine_similarity)

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype, axis=axis)


class Dice(Named):
    """1 - 2 Σ y p / (Σ y + Σ p).

    Parameters
    ----------
    axis : int or tuple, optional
        Over which the sums go; all by default, the samples included.
    """

    says = staticmethod(functions.dice)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype, axis=axis)


class Tversky(Named):
    """1 - Σ y p / (Σ y p + alpha Σ y (1 - p) + beta Σ p (1 - y)).

    Parameters
    ----------
    alpha, beta : float, default 0.5
    axis : int or tuple, optional
        Over which the sums go; all by default, the samples included.
    """

    says = staticmethod(functions.tversky)

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)
