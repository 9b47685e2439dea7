"""Metrics of true and false positives and negatives, at one threshold or many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from tidegate import ops
from tidegate.arguments import listed, number, whole
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.losses import fitting, weights_like
from tidegate.metrics.base import Array, Metric
from tidegate.ops.losses import EPSILON

__all__ = [
    "AUC",
    "FalseNegatives",
    "FalsePositives",
    "Precision",
    "PrecisionAtRecall",
    "Recall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
    "TrueNegatives",
    "TruePositives",
    "share",
]

_SHARES = {  # each is the share of the first in the first and the second
    "precision": ("true_positives", "false_positives"),
    "recall": ("true_positives", "false_negatives"),
    "sensitivity": ("true_positives", "false_negatives"),
    "specificity": ("true_negatives", "false_positives"),
}


class _Confusion(Metric):
    """Base of what is made of the true and false positives and negatives at several thresholds."""

    _direction = "up"

    def _begin(
        self, thresholds: Sequence[float], top_k: int | None = None, class_id: int | None = None
    ) -> None:
        self.thresholds = [float(t) for t in thresholds]
        self.top_k, self.class_id = top_k, class_id
        n = len(self.thresholds)
        inner = np.linspace(0, 1, n)
        self._even = n > 2 and bool(np.allclose(self.thresholds, inner, atol=EPSILON))
        self._make(())

    def _share(self, name: str) -> Array:
        part, others = _SHARES[name]
        return share(getattr(self, part), getattr(self, part) + getattr(self, others))

    def _make(self, labels: tuple[int, ...]) -> None:
        shape = (len(self.thresholds), *labels)
        self.true_positives, self.false_positives = self.add_variable(shape), self.add_variable(shape)
        self.true_negatives, self.false_negatives = self.add_variable(shape), self.add_variable(shape)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs."""
        pair: tuple[Any, ...] = fitting(self.name, y_true, y_pred)
        y, p = (np.asarray(a, np.float32) for a in pair)
        w = np.ones(p.shape, np.float64)
        if sample_weight is not None:
            w = np.array(weights_like(self.name, sample_weight, p))
        if self.top_k is not None:
            kept = np.zeros(p.shape, bool)
            np.put_along_axis(kept, np.argsort(-p, axis=-1, kind="stable")[..., : self.top_k], True, axis=-1)
            p = np.where(kept, p, np.float32(-1e10))
        if self.class_id is not None:
            if p.ndim < 2 or not -p.shape[-1] <= self.class_id < p.shape[-1]:
                raise ShapeError(
                    complaint(
                        self.name,
                        say("outputs with a class {k}", k=self.class_id),
                        say("shape {shape}", shape=p.shape),
                    )
                )
            y, p, w = y[..., self.class_id], p[..., self.class_id], w[..., self.class_id]
        self._count(y.ravel(), p.ravel(), w.ravel(), ...)

    def _count(self, y: Array, p: Array, w: Array, label: Any) -> None:
        n, order = len(self.thresholds), np.argsort(self.thresholds, kind="stable")
        inner = np.array(self.thresholds, np.float32)[order]
        if self._even:  # positive for the first `above` thresholds, as Keras counts them
            above: Array = np.ceil(np.clip(p, 0, 1) * np.float32(n - 1)).astype(np.int64)
            above = np.maximum(above, 1 if inner[0] < 0 else 0)
        else:
            above = np.searchsorted(inner, p, side="left")
        for weight, positive, negative in (
            (w * (y != 0), self.true_positives, self.false_negatives),
            (w * (y == 0), self.false_positives, self.true_negatives),
        ):
            here = np.bincount(above, weights=weight, minlength=n + 1)  # by how many thresholds lie below
            positive[(order, label)] += here[::-1].cumsum()[::-1][1:]
            negative[(order, label)] += here.cumsum()[:-1]


def _thresholds(who: str, thresholds: Any, default: float) -> list[float]:
    found = (
        [default] if thresholds is None else [thresholds] if np.ndim(thresholds) == 0 else list(thresholds)
    )
    if thresholds is not None and not all(isinstance(t, Real) and 0 <= float(t) <= 1 for t in found):
        raise ArgumentError(
            complaint(
                who,
                say("{name} from {least} to {most}", name="thresholds", least=0, most=1),
                repr(thresholds),
                f"{who}(thresholds=0.5)",
            )
        )
    return found


def share(a: Any, b: Any) -> Array:
    above, below = np.asarray(a, np.float64), np.asarray(b, np.float64)
    found: Array = np.divide(above, below, out=np.zeros(above.shape), where=below != 0)
    return found


def _one(values: Any) -> Any:
    return float(values[0]) if len(values) == 1 else np.asarray(values)


class _Counted(_Confusion):
    """Base of the four counts."""

    what: ClassVar[str]
    _direction = ""

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        self._begin(_thresholds(type(self).__name__, thresholds, 0.5))

    def result(self) -> Any:
        """Return the count, one for each threshold."""
        return _one(getattr(self, self.what))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class TruePositives(_Counted):
    """How many true targets have an output above the threshold."""

    what = "true_positives"


class FalsePositives(_Counted):
    """How many false targets have an output above the threshold."""

    what = "false_positives"


class TrueNegatives(_Counted):
    """How many false targets have no output above the threshold."""

    what = "true_negatives"


class FalseNegatives(_Counted):
    """How many true targets have no output above the threshold."""

    what = "false_negatives"


class Precision(_Confusion):
    """Share of what is called positive that is: TP / (TP + FP).

    Parameters
    ----------
    thresholds : float or list, default 0.5
    top_k : int, optional
        Only the k largest outputs of a position may be called positive.
    class_id : int, optional
        Look at this class alone.
    """

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        default = 0.5 if top_k is None else -1e9
        self._begin(_thresholds(type(self).__name__, thresholds, default), top_k, class_id)

    def result(self) -> Any:
        """Return the precision, one for each threshold."""
        return _one(self._share("precision"))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **more}


class Recall(Precision):
    """Share of what is positive that is called so: TP / (TP + FN).

    Parameters
    ----------
    thresholds, top_k, class_id : as `Precision`
    """

    def result(self) -> Any:
        """Return the recall, one for each threshold."""
        return _one(self._share("recall"))


def _evenly(who: str, n: int) -> list[float]:
    if n < 1:
        raise ArgumentError(
            complaint(who, say("{name} of at least {least}", name="num_thresholds", least=1), repr(n))
        )
    return [0.5] if n == 1 else [0.0, *((i + 1) * 1.0 / (n - 1) for i in range(n - 2)), 1.0]


class _AtLeast(_Confusion):
    """Base: the best of one share at the thresholds where another is at least a given value."""

    argument: ClassVar[str]
    wanted: ClassVar[str]

    def __init__(
        self,
        value: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if not 0 <= number(type(self).__name__, self.argument, value) <= 1:
            raise ArgumentError(
                complaint(
                    type(self).__name__,
                    say("{name} from {least} to {most}", name=self.argument, least=0, most=1),
                    repr(value),
                )
            )
        self.value, self.num_thresholds = value, num_thresholds
        setattr(self, self.argument, value)
        self._begin(_evenly(type(self).__name__, num_thresholds), None, class_id)

    def result(self) -> float:
        """Return the largest share there is."""
        bound, wanted = self._share(self.argument), self._share(self.wanted)
        return float(np.where(bound >= self.value, wanted, 0).max(initial=0))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more = {"num_thresholds": self.num_thresholds, self.argument: self.value, "class_id": self.class_id}
        return {**super().get_config(), **more}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """Return the metric that `get_config` described."""
        rest = {k: v for k, v in config.items() if k != cls.argument}
        return cls(config[cls.argument], **rest)


class SensitivityAtSpecificity(_AtLeast):
    """The best TP / (TP + FN) where TN / (TN + FP) is at least `specificity`."""

    argument, wanted = "specificity", "sensitivity"

    def __init__(self, specificity: float, *args: Any, **kwargs: Any) -> None:
        super().__init__(specificity, *args, **kwargs)


class SpecificityAtSensitivity(_AtLeast):
    """The best TN / (TN + FP) where TP / (TP + FN) is at least `sensitivity`."""

    argument, wanted = "sensitivity", "specificity"

    def __init__(self, sensitivity: float, *args: Any, **kwargs: Any) -> None:
        super().__init__(sensitivity, *args, **kwargs)


class PrecisionAtRecall(_AtLeast):
    """The best TP / (TP + FP) where TP / (TP + FN) is at least `recall`."""

    argument, wanted = "recall", "precision"

    def __init__(self, recall: float, *args: Any, **kwargs: Any) -> None:
        super().__init__(recall, *args, **kwargs)


class RecallAtPrecision(_AtLeast):
    """The best TP / (TP + FN) where TP / (TP + FP) is at least `precision`."""

    argument, wanted = "precision", "recall"

    def __init__(self, precision: float, *args: Any, **kwargs: Any) -> None:
        super().__init__(precision, *args, **kwargs)


class AUC(_Confusion):
    """The area under a curve: TP rate over FP rate (ROC), or precision over recall (PR).

    Parameters
    ----------
    num_thresholds : int, default 200
        At so many outputs the curve is known.
    curve : str, default "ROC"
        Or "PR".
    summation_method : str, default "interpolation"
        Or "minoring", "majoring": between two thresholds the mean, the lower or the higher end.
    thresholds : list, optional
        In place of `num_thresholds` even ones.
    multi_label : bool, default False
        One curve for each output, and the mean of their areas, weighted by `label_weights`.
    num_labels : int, optional
    label_weights : list, optional
    from_logits : bool, default False
        The outputs come before the sigmoid.
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(dtype, name)
        if str(curve).upper() not in ("ROC", "PR"):
            raise ArgumentError(
                complaint(
                    "AUC",
                    say("{name} {most} or {last}", name="curve", most="'ROC'", last="'PR'"),
                    repr(curve),
                )
            )
        method = str(summation_method).lower()
        if method not in ("interpolation", "minoring", "majoring"):
            wanted = say(
                "{name} {most} or {last}",
                name="summation_method",
                most="'interpolation', 'minoring'",
                last="'majoring'",
            )
            raise ArgumentError(complaint("AUC", wanted, repr(summation_method)))
        if thresholds is None and whole("AUC", "num_thresholds", num_thresholds, "num_thresholds=200") < 2:
            raise ArgumentError(
                complaint(
                    "AUC",
                    say("{name} of at least {least}", name="num_thresholds", least=2),
                    repr(num_thresholds),
                )
            )
        if num_labels and not multi_label:
            raise ArgumentError(
                complaint("AUC", say("num_labels with multi_label=True alone"), repr(num_labels))
            )
        given = None if thresholds is None else sorted(_thresholds("AUC", thresholds, 0.5))
        inner = _evenly("AUC", num_thresholds)[1:-1] if given is None else given
        self.curve, self.summation_method = str(curve).upper(), method
        self.init_thresholds, self.multi_label, self.num_labels = given, multi_label, num_labels
        self.num_thresholds = len(inner) + 2
        weights = () if label_weights is None else listed("AUC", "label_weights", label_weights, "[1.0, 2.0]")
        found = np.array([number("AUC", "label_weights", w, 0) for w in weights])
        self.label_weights = None if label_weights is None else found
        self.from_logits = from_logits
        self._begin([-EPSILON, *inner, 1 + EPSILON])
        if multi_label:
            self._states = []
            if num_labels:
                self._make((num_labels,))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add some targets and outputs."""
        y, p = (np.asarray(a, np.float32) for a in fitting(self.name, y_true, y_pred))
        p = ops.sigmoid(p) if self.from_logits else p
        if not self.multi_label and self.label_weights is None:
            return super().update_state(y, p, sample_weight)
        w = np.ones(p.shape) if sample_weight is None else np.array(weights_like(self.name, sample_weight, p))
        if not self.multi_label:
            return self._count(y.ravel(), p.ravel(), (w * self.label_weights).ravel(), ...)
        if not self._states:
            self._make((p.shape[-1],))
        for k in range(p.shape[-1]):
            self._count(y[:, k], p[:, k], w[:, k], k)

    def result(self) -> float:
        """Return the area."""
        if self.multi_label and not self._states:
            return 0.0
        tp, fp, tn, fn = (
            np.asarray(a)
            for a in (self.true_positives, self.false_positives, self.true_negatives, self.false_negatives)
        )
        if self.curve == "PR" and self.summation_method == "interpolation":  # Davis and Goadrich 2006
            d, p = tp[:-1] - tp[1:], tp + fp
            slope = share(d, np.maximum(p[:-1] - p[1:], 0))
            start = tp[1:] - slope * p[1:]
            ratio = np.where((p[:-1] > 0) & (p[1:] > 0), share(p[:-1], p[1:]), 1.0)
            parts = share(slope * (d + start * np.log(ratio)), tp[1:] + fn[1:])
        else:
            recall = share(tp, tp + fn)
            x, y = (share(fp, fp + tn), recall) if self.curve == "ROC" else (recall, share(tp, tp + fp))
            join: dict[str, Callable[[Any, Any], Any]] = {
                "interpolation": lambda a, b: (a + b) / 2,
                "minoring": np.minimum,
                "majoring": np.maximum,
            }
            parts = (x[:-1] - x[1:]) * join[self.summation_method](y[:-1], y[1:])
        area = parts.sum(axis=0)
        if not self.multi_label:
            return float(area)
        return float(np.average(area, weights=self.label_weights))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        more: dict[str, Any] = {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if self.label_weights is None else self.label_weights.tolist(),
            "from_logits": self.from_logits,
        }
        if self.init_thresholds is not None:
            more["thresholds"] = self.init_thresholds
        return {**super().get_config(), **more}
