"""Metrics of whole tables of classes and targets: F scores, R², intersection over union."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.arguments import listed, number, whole
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.losses import fitting, weights_like
from tidegate.metrics.base import Metric
from tidegate.metrics.confusion import share
from tidegate.ops.losses import EPSILON

__all__ = [
    "BinaryIoU",
    "F1Score",
    "FBetaScore",
    "IoU",
    "MeanIoU",
    "OneHotIoU",
    "OneHotMeanIoU",
    "R2Score",
]


class FBetaScore(Metric):
    """(1 + β²) precision recall / (β² precision + recall), for each output and then averaged.

    Parameters
    ----------
    average : None, "micro", "macro" or "weighted"
        None gives one number for each output.
    beta : float, default 1.0
    threshold : float, optional
        Outputs above it are positive; by default the largest of a sample is.
    """

    _direction = "up"
    dense = True

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        who = type(self).__name__
        if average not in (None, "micro", "macro", "weighted"):
            raise ArgumentError(
                complaint(
                    who,
                    say(
                        "{name} {most} or {last}",
                        name="average",
                        most="None, 'micro', 'macro'",
                        last="'weighted'",
                    ),
                    repr(average),
                )
            )
        beta = number(who, "beta", beta, 0, above=True)
        if threshold is not None and not 0 < number(who, "threshold", threshold) <= 1:
            raise ArgumentError(complaint(who, say("a threshold above 0, at most 1"), repr(threshold)))
        self.average, self.beta, self.threshold = average, beta, threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs, (samples, classes)."""
        y, p = (np.asarray(a, np.float64) for a in fitting(self.name, y_true, y_pred))
        if p.ndim != 2:
            raise ShapeError(
                complaint(self.name, say("outputs (samples, classes)"), say("shape {shape}", shape=p.shape))
            )
        if not self._states:
            self.counts = self.add_variable((4, p.shape[1]))
        if self.threshold is None:
            hit = (p >= p.max(axis=-1, keepdims=True)) & (np.abs(p) > 1e-9)
        else:
            hit = p > self.threshold
        w = 1.0 if sample_weight is None else weights_like(self.name, sample_weight, p)
        parts = (hit * y, hit * (1 - y), ~hit * y, y)
        self.counts.assign_add(np.stack([(part * w).sum(axis=0) for part in parts]))

    def result(self) -> Any:
        """Return the score."""
        if not self._states:
            return 0.0
        counts = np.asarray(self.counts)
        tp, fp, fn, true = counts.sum(axis=1, keepdims=True) if self.average == "micro" else counts
        precision, recall = tp / (tp + fp + EPSILON), tp / (tp + fn + EPSILON)
        b = self.beta**2
        score = (1 + b) * precision * recall / (b * precision + recall + EPSILON)
        if self.average == "weighted":
            return float((score * true / (true.sum() + EPSILON)).sum())
        return score if self.average is None else float(score.mean())

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more = {"average": self.average, "beta": self.beta, "threshold": self.threshold}
        return {**super().get_config(), **more}


class F1Score(FBetaScore):
    """2 precision recall / (precision + recall), for each output and then averaged.

    Parameters
    ----------
    average, threshold : as `FBetaScore`
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {k: v for k, v in super().get_config().items() if k != "beta"}


class R2Score(Metric):
    """1 - Σ (y - p)² / Σ (y - mean y)²: the share of the variance that is told.

    Parameters
    ----------
    class_aggregation : "uniform_average", "variance_weighted_average" or None
        How several outputs are averaged; None gives one number for each.
    num_regressors : int, default 0
        For the adjusted score.
    """

    _direction = "up"
    dense = True

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        known = (None, "uniform_average", "variance_weighted_average")
        if class_aggregation not in known:
            raise ArgumentError(
                complaint(
                    "R2Score",
                    say("{name} among {names}", name="class_aggregation", names=known),
                    repr(class_aggregation),
                )
            )
        whole("R2Score", "num_regressors", num_regressors, "num_regressors=0", least=0)
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs, (samples, outputs)."""
        y, p = (np.asarray(a, np.float64) for a in fitting(self.name, y_true, y_pred))
        if p.ndim != 2:
            raise ShapeError(
                complaint(self.name, say("outputs (samples, outputs)"), say("shape {shape}", shape=p.shape))
            )
        if not self._states:
            self.samples, self.sums = self.add_variable(), self.add_variable((4, p.shape[1]))
        w = np.ones_like(y) if sample_weight is None else weights_like(self.name, sample_weight, y)
        parts = (y * w, y * y * w, (y - p) ** 2 * w, w)
        self.sums.assign_add(np.stack([part.sum(axis=0) for part in parts]))
        self.samples.assign_add(y.size)

    def result(self) -> Any:
        """Return the score."""
        if not self._states:
            return 0.0
        total, squares, residual, count = np.asarray(self.sums)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = squares - total * total / count
            spread[spread <= 1e-14 * squares] = 0.0  # but for rounding
            each = 1 - residual / spread
        each = np.where(np.isinf(each), 0.0, each)
        score: Any = each
        if self.class_aggregation == "uniform_average":
            score = float(each.mean())
        elif self.class_aggregation is not None:
            score = float((spread * each).sum() / spread.sum())
        n, k = float(self.samples), self.num_regressors
        return 1 - (1 - score) * (n - 1) / (n - k - 1) if k and k < n - 1 else score

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **more}


class IoU(Metric):
    """Of each class: positions that target and output share, over those that either has; their mean.

    Weights may be fractions, which Keras 3 cuts to whole numbers unless it is given a dtype.

    Parameters
    ----------
    num_classes : int
    target_class_ids : list of int
        The classes that count.
    ignore_class : int, optional
        Positions of this target count nothing.
    sparse_y_true, sparse_y_pred : bool, default True
        Whether they are whole numbers; else the largest of the last axis is meant.
    """

    _direction = "up"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(dtype, name)
        who = type(self).__name__
        self.num_classes = whole(who, "num_classes", num_classes, "num_classes=3")
        self.target_class_ids = [
            whole(who, "target_class_ids", k, "target_class_ids=[0]", least=0)
            for k in listed(who, "target_class_ids", target_class_ids, "target_class_ids=[0]")
        ]
        if not all(0 <= k < num_classes for k in self.target_class_ids):
            raise ArgumentError(
                complaint(
                    type(self).__name__,
                    say("classes below {most}", most=num_classes),
                    f"{target_class_ids}",
                )
            )
        self.ignore_class, self.axis = ignore_class, axis
        self.sparse_y_true, self.sparse_y_pred = sparse_y_true, sparse_y_pred
        self.table = self.add_variable((num_classes, num_classes))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs."""
        y, p = np.asarray(y_true), np.asarray(y_pred)
        y = y if self.sparse_y_true else y.argmax(axis=self.axis)
        p = p if self.sparse_y_pred else p.argmax(axis=self.axis)
        w = (
            np.ones(y.shape)
            if sample_weight is None
            else weights_like(self.name, sample_weight, y.astype(np.float64))
        )
        y, p, w, n = y.ravel().astype(np.int64), p.ravel().astype(np.int64), w.ravel(), self.num_classes
        good = (
            (y >= 0)
            & (y < n)
            & (p >= 0)
            & (p < n)
            & (y != (n if self.ignore_class is None else self.ignore_class))
        )
        found = np.bincount(y[good] * n + p[good], weights=w[good], minlength=n * n)
        self.table.assign_add(found.reshape(n, n))

    def result(self) -> float:
        """Return the mean over the classes that occur."""
        table = np.asarray(self.table)
        hits = np.diag(table)
        either = table.sum(axis=0) + table.sum(axis=1) - hits
        hits, either = hits[self.target_class_ids], either[self.target_class_ids]
        there = either > 1e-9
        return float(share(hits, either)[there].sum() / (there.sum() + EPSILON))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        names = ("num_classes", "target_class_ids", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")
        return {**super().get_config(), **{k: getattr(self, k) for k in names}}


class MeanIoU(IoU):
    """The mean of `IoU` over all classes.

    Parameters
    ----------
    num_classes, ignore_class, sparse_y_true, sparse_y_pred, axis : as `IoU`
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        every = range(whole(type(self).__name__, "num_classes", num_classes, "num_classes=3"))
        super().__init__(num_classes, every, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {k: v for k, v in super().get_config().items() if k != "target_class_ids"}


class BinaryIoU(IoU):
    """`IoU` of two classes; the output is class 1 from `threshold` on.

    Parameters
    ----------
    target_class_ids : list of int, default (0, 1)
    threshold : float, default 0.5
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs."""
        super().update_state(y_true, np.asarray(y_pred) >= self.threshold, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more = {"target_class_ids": self.target_class_ids, "threshold": self.threshold}
        return {**Metric.get_config(self), **more}


class OneHotIoU(IoU):
    """`IoU` of targets that are one-hot.

    Parameters
    ----------
    num_classes, target_class_ids, ignore_class, axis : as `IoU`
    sparse_y_pred : bool, default False
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {k: v for k, v in super().get_config().items() if k != "sparse_y_true"}


class OneHotMeanIoU(MeanIoU):
    """`MeanIoU` of targets that are one-hot.

    Parameters
    ----------
    num_classes, ignore_class, axis : as `IoU`
    sparse_y_pred : bool, default False
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {k: v for k, v in super().get_config().items() if k != "sparse_y_true"}
