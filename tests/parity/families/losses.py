"""Every loss, and every metric beside one that suits its targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.parity.case import Case, Cases, Make

CASES = Cases()


def data(kind: str) -> tuple[np.ndarray, np.ndarray, str]:
    """Return inputs, targets of that kind, and the activation that suits them."""
    rng = np.random.RandomState(7)
    x = rng.randn(26, 4).astype("float32")
    score = x @ rng.randn(4, 3) + 0.3 * rng.randn(26, 3)
    share = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
    found: dict[str, tuple[Any, str]] = {
        "numbers": (score, "linear"),
        "positive": (np.abs(score) + 0.1, "softplus"),
        "bits": (score > 0, "sigmoid"),
        "bit": (score[:, :1] > 0, "sigmoid"),
        "signs": (np.sign(score), "tanh"),
        "one hot": (np.eye(3)[score.argmax(axis=1)], "softmax"),
        "shares": (share, "softmax"),
        "classes": (score.argmax(axis=1), "softmax"),
    }
    y, activation = found[kind]
    return x, y.astype("int32" if kind == "classes" else "float32"), activation


def case(kind: str, loss: Callable[[Any], Any], metrics: Callable[[Any], list[Any]] = lambda k: []) -> Make:
    def make(k: Any) -> Case:
        k.utils.clear_session()  # names of metrics are numbered: auc, auc_1
        x, y, activation = data(kind)
        units = 3 if kind == "classes" else y.shape[1]
        net = k.models.Sequential([k.layers.Input(shape=(4,)), k.layers.Dense(units, activation=activation)])
        net.compile(optimizer=k.optimizers.SGD(0.1), loss=loss(k), metrics=metrics(k))
        return net, x, y, {"batch_size": 10}

    return make


LOSSES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "mape": ("positive", lambda k: "mape"),
    "msle": ("positive", lambda k: k.losses.MeanSquaredLogarithmicError()),
    "huber": ("numbers", lambda k: k.losses.Huber(delta=0.5)),
    "log_cosh": ("numbers", lambda k: k.losses.LogCosh()),
    "cosine": ("numbers", lambda k: k.losses.CosineSimilarity()),
    "kl_divergence": ("shares", lambda k: "kl_divergence"),
    "poisson": ("positive", lambda k: "poisson"),
    "hinge": ("signs", lambda k: "hinge"),
    "hinge_of_bits": ("bits", lambda k: k.losses.Hinge()),
    "squared_hinge": ("signs", lambda k: "squared_hinge"),
    "categorical_hinge": ("one hot", lambda k: "categorical_hinge"),
    "binary_focal": (
        "bits",
        lambda k: k.losses.BinaryFocalCrossentropy(apply_class_balancing=True, gamma=1.5),
    ),
    "binary_smoothed": ("bits", lambda k: k.losses.BinaryCrossentropy(label_smoothing=0.1)),
    "categorical_focal": ("one hot", lambda k: k.losses.CategoricalFocalCrossentropy(label_smoothing=0.1)),
    "ignored_class": ("classes", lambda k: k.losses.SparseCategoricalCrossentropy(ignore_class=1)),
    "dice": ("bits", lambda k: k.losses.Dice()),
    "tversky": ("bits", lambda k: k.losses.Tversky(alpha=0.3, beta=0.7, axis=-1)),
    "summed": ("numbers", lambda k: k.losses.MeanSquaredError(reduction="sum")),
    "weighted_mean": ("numbers", lambda k: k.losses.MeanAbsoluteError(reduction="mean_with_sample_weight")),
    "own_function": (
        "numbers",
        lambda k: lambda y, p: k.ops.mean(k.ops.abs(y - p) * k.ops.sqrt(k.ops.abs(y) + 1), axis=-1),
    ),
    "own_scalar": ("numbers", lambda k: lambda y, p: k.ops.sqrt(k.ops.mean(k.ops.square(y - p)))),
}
for name, (kind, loss) in LOSSES.items():
    CASES[name] = case(kind, loss)

METRICS: dict[str, tuple[str, str, Callable[[Any], list[Any]]]] = {
    "metrics_of_numbers": (
        "numbers",
        "mse",
        lambda k: ["mae", "mse", "cosine_similarity", k.metrics.RootMeanSquaredError(), k.metrics.LogCoshError(),
                   k.metrics.R2Score(), k.metrics.R2Score("variance_weighted_average", num_regressors=2, name="r2_b")],
    ),
    "metrics_of_positive_numbers": (
        "positive", "mse", lambda k: ["mape", "msle", "poisson"],
    ),
    "metrics_of_bits": (
        "bits",
        "binary_crossentropy",
        lambda k: ["accuracy", "bce", "hinge", "squared_hinge",
                   k.metrics.BinaryAccuracy(threshold=0.4), k.metrics.Precision(name="precision"),
                   k.metrics.Recall(thresholds=0.3), k.metrics.Precision(class_id=1, name="precision_of_1"),
                   k.metrics.TruePositives(), k.metrics.FalsePositives(), k.metrics.TrueNegatives(),
                   k.metrics.FalseNegatives(), k.metrics.AUC(), k.metrics.AUC(curve="PR", name="auc_pr"),
                   k.metrics.AUC(num_thresholds=20, summation_method="minoring", name="auc_low"),
                   k.metrics.AUC(curve="PR", summation_method="majoring", name="auc_high"),
                   k.metrics.AUC(thresholds=[0.1, 0.4, 0.8], name="auc_given"),
                   k.metrics.AUC(multi_label=True, num_labels=3, name="auc_each"),
                   k.metrics.F1Score(average="macro", threshold=0.5),
                   k.metrics.FBetaScore(average="micro", beta=2.0, threshold=0.5)],
    ),
    "metrics_of_one_bit": (
        "bit",
        "binary_crossentropy",
        lambda k: ["acc", k.metrics.PrecisionAtRecall(0.6), k.metrics.RecallAtPrecision(0.6),
                   k.metrics.SensitivityAtSpecificity(0.5), k.metrics.SpecificityAtSensitivity(0.5, num_thresholds=50)],
    ),
    "metrics_of_one_hot": (
        "one hot",
        "categorical_crossentropy",
        lambda k: ["accuracy", k.metrics.TopKCategoricalAccuracy(k=2), k.metrics.CategoricalCrossentropy(),
                   "categorical_hinge", "kl_divergence", k.metrics.Precision(top_k=2, name="precision_of_2"),
                   k.metrics.F1Score(average="weighted"),
                   k.metrics.MeanIoU(3, sparse_y_true=False, sparse_y_pred=False)],
    ),
    "metrics_of_classes": (
        "classes",
        "sparse_categorical_crossentropy",
        lambda k: ["accuracy", k.metrics.SparseTopKCategoricalAccuracy(k=2),
                   k.metrics.SparseCategoricalCrossentropy(ignore_class=1)],
    ),
}  # fmt: skip
for name, (kind, text, metrics) in METRICS.items():
    CASES[name] = case(kind, lambda k, text=text: text, metrics)  # type: ignore[misc]
