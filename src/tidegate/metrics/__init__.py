"""Metrics: what is reported beside the loss.

Those that are a mean over positions are computed within the plan; the others are fed with the outputs of each batch.

>>> metric = MeanAbsoluteError()
>>> metric.update_state([[1.0], [2.0]], [[1.0], [4.0]])
>>> metric.result()
1.0
"""

from __future__ import annotations

import inspect
from typing import Any

from tidegate import losses
from tidegate.arguments import checked
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.losses import Loss
from tidegate.metrics.accuracies import Accuracy as Accuracy
from tidegate.metrics.accuracies import BinaryAccuracy as BinaryAccuracy
from tidegate.metrics.accuracies import CategoricalAccuracy as CategoricalAccuracy
from tidegate.metrics.accuracies import SparseCategoricalAccuracy as SparseCategoricalAccuracy
from tidegate.metrics.accuracies import SparseTopKCategoricalAccuracy as SparseTopKCategoricalAccuracy
from tidegate.metrics.accuracies import TopKCategoricalAccuracy as TopKCategoricalAccuracy
from tidegate.metrics.accuracies import accuracy as accuracy
from tidegate.metrics.accuracies import binary_accuracy as binary_accuracy
from tidegate.metrics.accuracies import categorical_accuracy as categorical_accuracy
from tidegate.metrics.accuracies import sparse_categorical_accuracy as sparse_categorical_accuracy
from tidegate.metrics.accuracies import sparse_top_k_categorical_accuracy as sparse_top_k_categorical_accuracy
from tidegate.metrics.accuracies import top_k_categorical_accuracy as top_k_categorical_accuracy
from tidegate.metrics.base import Array as Array
from tidegate.metrics.base import Metric as Metric
from tidegate.metrics.base import State as State
from tidegate.metrics.confusion import AUC as AUC
from tidegate.metrics.confusion import FalseNegatives as FalseNegatives
from tidegate.metrics.confusion import FalsePositives as FalsePositives
from tidegate.metrics.confusion import Precision as Precision
from tidegate.metrics.confusion import PrecisionAtRecall as PrecisionAtRecall
from tidegate.metrics.confusion import Recall as Recall
from tidegate.metrics.confusion import RecallAtPrecision as RecallAtPrecision
from tidegate.metrics.confusion import SensitivityAtSpecificity as SensitivityAtSpecificity
from tidegate.metrics.confusion import SpecificityAtSensitivity as SpecificityAtSensitivity
from tidegate.metrics.confusion import TrueNegatives as TrueNegatives
from tidegate.metrics.confusion import TruePositives as TruePositives
from tidegate.metrics.means import BinaryCrossentropy as BinaryCrossentropy
from tidegate.metrics.means import CategoricalCrossentropy as CategoricalCrossentropy
from tidegate.metrics.means import CategoricalHinge as CategoricalHinge
from tidegate.metrics.means import ConcordanceCorrelation as ConcordanceCorrelation
from tidegate.metrics.means import CosineSimilarity as CosineSimilarity
from tidegate.metrics.means import Hinge as Hinge
from tidegate.metrics.means import KLDivergence as KLDivergence
from tidegate.metrics.means import LogCoshError as LogCoshError
from tidegate.metrics.means import Mean as Mean
from tidegate.metrics.means import MeanAbsoluteError as MeanAbsoluteError
from tidegate.metrics.means import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from tidegate.metrics.means import MeanMetricWrapper as MeanMetricWrapper
from tidegate.metrics.means import MeanSquaredError as MeanSquaredError
from tidegate.metrics.means import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from tidegate.metrics.means import Named as Named
from tidegate.metrics.means import PearsonCorrelation as PearsonCorrelation
from tidegate.metrics.means import Poisson as Poisson
from tidegate.metrics.means import RootMeanSquaredError as RootMeanSquaredError
from tidegate.metrics.means import SparseCategoricalCrossentropy as SparseCategoricalCrossentropy
from tidegate.metrics.means import SquaredHinge as SquaredHinge
from tidegate.metrics.means import Sum as Sum
from tidegate.metrics.means import concordance_correlation as concordance_correlation
from tidegate.metrics.means import cosine_similarity as cosine_similarity
from tidegate.metrics.means import pearson_correlation as pearson_correlation
from tidegate.metrics.tables import BinaryIoU as BinaryIoU
from tidegate.metrics.tables import F1Score as F1Score
from tidegate.metrics.tables import FBetaScore as FBetaScore
from tidegate.metrics.tables import IoU as IoU
from tidegate.metrics.tables import MeanIoU as MeanIoU
from tidegate.metrics.tables import OneHotIoU as OneHotIoU
from tidegate.metrics.tables import OneHotMeanIoU as OneHotMeanIoU
from tidegate.metrics.tables import R2Score as R2Score
from tidegate.utils import objects
from tidegate.utils.naming import look_up, snake_case

CLASSES: dict[str, type[Metric]] = {
    c.__name__: c
    for c in (
        Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy, TopKCategoricalAccuracy,
        SparseTopKCategoricalAccuracy, MeanSquaredError, MeanAbsoluteError, RootMeanSquaredError,
        MeanAbsolutePercentageError, MeanSquaredLogarithmicError, LogCoshError, CosineSimilarity, KLDivergence, Poisson,
        Hinge, SquaredHinge, CategoricalHinge, BinaryCrossentropy, CategoricalCrossentropy,
        SparseCategoricalCrossentropy, TruePositives, FalsePositives, TrueNegatives, FalseNegatives, Precision, Recall,
        SensitivityAtSpecificity, SpecificityAtSensitivity, PrecisionAtRecall, RecallAtPrecision, AUC, FBetaScore,
        F1Score, R2Score, IoU, MeanIoU, BinaryIoU, OneHotIoU, OneHotMeanIoU, PearsonCorrelation,
        ConcordanceCorrelation, Mean, Sum, MeanMetricWrapper,
    )
}  # fmt: skip
mean_squared_error = mse = MSE = losses.mean_squared_error
mean_absolute_error = mae = MAE = losses.mean_absolute_error
mean_absolute_percentage_error = mape = MAPE = losses.mean_absolute_percentage_error
mean_squared_logarithmic_error = msle = MSLE = losses.mean_squared_logarithmic_error
log_cosh = logcosh = losses.log_cosh
kl_divergence = kld = KLD = kullback_leibler_divergence = losses.kl_divergence
poisson, hinge = losses.poisson, losses.hinge
squared_hinge, categorical_hinge = losses.squared_hinge, losses.categorical_hinge
binary_crossentropy = bce = BCE = losses.binary_crossentropy
categorical_crossentropy = losses.categorical_crossentropy
sparse_categorical_crossentropy = losses.sparse_categorical_crossentropy
cosine = cosine_proximity = cosine_similarity  # of Keras 2
_FUNCTIONS: dict[Any, type[Metric]] = {
    c.says: c for c in CLASSES.values() if issubclass(c, Named) and c is not RootMeanSquaredError
}
_SHORT = (
    "mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "logcosh", "kld", "KLD", "bce", "BCE",
    "kullback_leibler_divergence", "cosine", "cosine_proximity",
)  # fmt: skip
KNOWN: dict[str, type[Metric]] = (
    {snake_case(name): c for name, c in CLASSES.items() if name != "MeanMetricWrapper"}
    | {"fbeta_score": FBetaScore}
    | {f.__name__: c for f, c in _FUNCTIONS.items()}
    | CLASSES
    | {name: _FUNCTIONS[globals()[name]] for name in _SHORT}
    | {"rmse": RootMeanSquaredError, "RMSE": RootMeanSquaredError, "auc": AUC, "accuracy": BinaryAccuracy}
)
__all__ = [
    "Metric", *CLASSES, *(f.__name__ for f in _FUNCTIONS), *_SHORT, "deserialize", "get", "serialize"
]  # fmt: skip


def is_accuracy(identifier: Any) -> bool:
    """Return whether this is 'accuracy', which stands for one of three by the shapes."""
    return isinstance(identifier, str) and identifier.lower() in ("accuracy", "acc")


def get(identifier: Any) -> Metric:
    """Return the metric of that name, or the one given as object, class or function.

    A metric asked for by name is reported under just that name.

    >>> get("mae")
    <MeanAbsoluteError mae>
    """
    identifier = objects.resolved(identifier)
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str):
        return look_up(say("metric"), identifier, KNOWN)(name=identifier)
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, Loss):
        cls, attrs = KNOWN.get(type(identifier).__name__), getattr(identifier, "attrs", {})
        if cls is not None and issubclass(cls, Named):
            known = inspect.signature(cls).parameters
            return cls(name=identifier.name, **{k: v for k, v in attrs.items() if k in known})
        return MeanMetricWrapper(identifier.call, name=identifier.name)
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        built_in: Any = identifier if identifier in CLASSES.values() else None
        return built_in(name=snake_case(identifier.__name__)) if built_in else identifier()
    if callable(identifier):
        if identifier in _FUNCTIONS:
            return _FUNCTIONS[identifier](name=identifier.__name__)
        return MeanMetricWrapper(identifier)
    raise ArgumentError(
        complaint(
            "metric",
            say("a name, a function or an object of tidegate.metrics"),
            repr(identifier),
            say("{some} or {last}", some="metrics=['accuracy']", last="['mae']"),
        )
    )


def serialize(metric: Metric) -> dict[str, Any]:
    """Return a metric as Keras writes it into a file."""
    if type(metric) is MeanMetricWrapper:
        return objects.described(metric.fn, "keras.metrics")
    return objects.described(metric, "keras.metrics", metric.get_config())


@checked
def deserialize(config: dict[str, Any] | str) -> Metric:
    """Return the metric that `serialize` described."""
    if isinstance(config, str):
        return get(config)
    name = str(config.get("class_name"))
    if name == "function":
        return get(str(config.get("config")))
    return look_up(say("metric"), name, KNOWN).from_config(dict(config.get("config") or {}))
