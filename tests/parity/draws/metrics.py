"""Metrics alone: drawn targets and outputs, weights of many shapes, several updates."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from tests.parity.draws.scripts import Script
from tests.parity.draws.spec import chance, some

THRESHOLDS = [0.3, [0.5], [0.2, 0.6], (0.1, 0.5, 0.9), [0.0, 0.5, 1.0], 0, 1, [0.7, 0.2]]
COUNTS = ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
AT = {
    "SensitivityAtSpecificity": "specificity",
    "SpecificityAtSensitivity": "sensitivity",
    "PrecisionAtRecall": "recall",
    "RecallAtPrecision": "precision",
}
UNFITTED = ("Hinge", "SquaredHinge", "Poisson")
CONFUSION = (*COUNTS, *AT, "AUC", "Precision", "Recall")
# by kind of target: metrics with arguments that may be drawn
KINDS: dict[str, dict[str, dict[str, list[Any]]]] = {
    "numbers": {
        **{name: {} for name in ("MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError",
                                 "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "LogCoshError")},
        **{name: {"axis": [0, 1, -2]} for name in ("CosineSimilarity", "PearsonCorrelation",
                                                   "ConcordanceCorrelation")},
        "R2Score": {"class_aggregation": [None, "variance_weighted_average"], "num_regressors": [1, 2]},
    },
    "positive": {"Poisson": {}, "MeanSquaredLogarithmicError": {}, "MeanAbsolutePercentageError": {}},
    "shares": {"KLDivergence": {}, "MeanAbsoluteError": {}},
    "signs": {"Hinge": {}, "SquaredHinge": {}},
    "bits": {
        "BinaryAccuracy": {"threshold": [0.3, 0.9]},
        "BinaryCrossentropy": {"from_logits": [True], "label_smoothing": [0.2]},
        "Hinge": {},
        "SquaredHinge": {},
        "AUC": {"curve": ["PR", "ROC"], "num_thresholds": [3, 7], "summation_method": ["minoring", "majoring"],
                "thresholds": [[0.2, 0.5], [0.5]], "multi_label": [True], "from_logits": [True]},
        **{name: {"thresholds": THRESHOLDS} for name in COUNTS},
        **{name: {"thresholds": THRESHOLDS, "top_k": [1, 2], "class_id": [0, 1]} for name in ("Precision", "Recall")},
        **{name: {"num_thresholds": [1, 3, 10], "class_id": [0]} for name in AT},
        "F1Score": {"threshold": [0.4], "average": ["micro", "macro", "weighted"]},
        "FBetaScore": {"threshold": [0.4], "average": ["micro", "macro", "weighted"], "beta": [0.5, 2.0]},
        "BinaryIoU": {"threshold": [0.3], "target_class_ids": [[0], [1]]},
        "Accuracy": {},
    },
    "one-hot": {
        "CategoricalAccuracy": {},
        "TopKCategoricalAccuracy": {"k": [1, 2]},
        "CategoricalCrossentropy": {"from_logits": [True], "label_smoothing": [0.1]},
        "CategoricalHinge": {},
        "F1Score": {"average": ["micro", "macro", "weighted"]},
        "FBetaScore": {"average": ["micro", "macro", "weighted"], "beta": [0.5]},
        "OneHotIoU": {"num_classes": [3, 4], "target_class_ids": [[0], [0, 2]], "ignore_class": [0, -1]},
        "OneHotMeanIoU": {"num_classes": [3, 4], "ignore_class": [0, -1]},
    },
    "classes": {
        "SparseCategoricalAccuracy": {},
        "SparseTopKCategoricalAccuracy": {"k": [1, 2], "from_sorted_ids": []},
        "SparseCategoricalCrossentropy": {"from_logits": [True], "ignore_class": [0, -1]},
        "IoU": {"num_classes": [3, 4], "target_class_ids": [[0], [1, 2], (0, 2)], "ignore_class": [1, -1]},
        "MeanIoU": {"num_classes": [3, 4], "ignore_class": [1, -1]},
    },
    "labels": {
        "Accuracy": {},
        "IoU": {"num_classes": [3], "target_class_ids": [[0], [1, 2]], "ignore_class": [1, -1]},
        "MeanIoU": {"num_classes": [3], "ignore_class": [1, -1]},
    },
    "values": {"Mean": {}, "Sum": {}},
}  # fmt: skip
NEEDED = ("num_classes", "target_class_ids")


def metric(seed: int) -> Script:
    draw = Random(seed)
    rng = np.random.RandomState(seed % 2**31)
    kind = draw.choice(list(KINDS))
    name = draw.choice(list(KINDS[kind]))
    choices = KINDS[kind][name]
    arguments = some(
        draw, 3, **{key: values for key, values in choices.items() if key not in NEEDED and values}
    )
    arguments |= {key: draw.choice(values) for key, values in choices.items() if key in NEEDED}
    if name in AT:
        arguments[AT[name]] = draw.choice([0.0, 0.3, 0.5, 0.8, 1.0])
    if kind == "classes" and "IoU" in name:
        arguments["sparse_y_pred"] = False
    width = draw.choice([1, 2, 3, 3, 4]) if kind in ("numbers", "positive", "bits", "signs", "values") else 3
    inner = draw.choice([(), (), (), (4,), (2, 3)])
    if name in ("R2Score", "F1Score", "FBetaScore"):
        inner = ()
    if arguments.get("multi_label"):
        inner = ()
        if chance(draw, 2):
            arguments["num_labels"] = width
        if chance(draw, 2):
            arguments["label_weights"] = [0.5, 1.0, 2.0, 0.1][:width]
    # Keras spreads (B,) over (B, 1) there, or counts another axis as that of the classes
    whole = name in UNFITTED or "Score" in name or "class_id" in arguments
    script = Script((f"metrics.{name}", arguments))
    for _ in range(draw.randint(0, 3)):
        y, p = pair(
            draw,
            rng,
            kind,
            draw.choice([1, 2, 5, 9]),
            inner,
            width,
            arguments.get("from_logits", False),
            whole,
        )
        weight = weights(draw, rng, name, p.shape)
        more = {} if weight is None else {"sample_weight": spelled(draw, weight)}
        given = (spelled(draw, p),) if kind == "values" else (spelled(draw, y), spelled(draw, p))
        script = script.then(draw.choice(["update_state", "update_state", "__call__"]), *given, **more)
        if chance(draw, 4):
            script = script.then("result")
        if chance(draw, 8):
            script = script.then("reset_state")
    return script.then("result")


def pair(
    draw: Random,
    rng: Any,
    kind: str,
    n: int,
    inner: tuple[int, ...],
    width: int,
    logits: bool = False,
    whole: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw targets and outputs of a kind."""
    shape = (n, *inner, width)
    raw = rng.randn(*shape)
    p = {
        "positive": np.abs(rng.randn(*shape)) + 0.1,
        "shares": np.exp(rng.randn(*shape)),
        "one-hot": np.exp(rng.randn(*shape)),
        "classes": np.exp(rng.randn(*shape)),
        "bits": rng.rand(*shape),
        "labels": rng.randint(0, 3, shape),
    }.get(kind, rng.randn(*shape))
    if kind in ("shares", "one-hot", "classes"):
        p = p / p.sum(axis=-1, keepdims=True)
    if kind == "bits" and chance(draw, 3):
        p = np.round(p * 4) / 4  # ties, and numbers on thresholds
    if logits:
        p = rng.randn(*shape)
    y = {
        "positive": np.abs(raw),
        "shares": np.exp(raw) / np.exp(raw).sum(axis=-1, keepdims=True),
        "signs": np.sign(raw),
        "bits": 1.0 * (raw > 0) * (np.abs(raw) if not whole and chance(draw, 8) else 1),
        "one-hot": np.eye(width)[raw.argmax(axis=-1)],
        "classes": raw.argmax(axis=-1),
        "labels": rng.randint(0, 3, shape),
    }.get(kind, raw)
    if kind == "classes" and chance(draw, 3):
        y = y[..., None]
    if not whole and kind in ("numbers", "positive", "bits") and width == 1 and chance(draw, 3):
        y, p = (y[..., 0], p) if chance(draw, 2) else (y[..., 0], p[..., 0])
    if chance(draw, 8) and kind != "classes":
        y = np.zeros_like(y)
    y = y.astype("int32" if kind in ("classes", "labels") else "float32")
    return y, p.astype("int32" if kind == "labels" else "float32")


def weights(draw: Random, rng: Any, name: str, shape: tuple[int, ...]) -> np.ndarray | None:
    """Draw weights of samples, of positions, of single numbers, or none; where Keras takes them as such."""
    sizes = {"samples": shape[:1], "column": (shape[0], 1), "positions": shape[:-1], "all": shape, "one": ()}
    if "IoU" in name:  # of which Keras cuts weights to whole numbers
        return None if chance(draw, 2) else rng.randint(0, 3, shape[: len(shape) - (name[0] != "B")])
    if "Score" in name:
        sizes = {"samples": shape[:1]}  # Keras spreads a column over the samples
    elif name in CONFUSION and len(shape) > 2:
        sizes = {
            kind: size
            for kind, size in sizes.items()
            if len(size) not in (1, 2) or len(size) == len(shape) - 1
        }
    if chance(draw, 2):
        return None
    kind = draw.choice(list(sizes))
    return np.asarray((rng.rand(*sizes[kind]) + 0.1) * draw.choice([1, 1, 1, 0]), "float32")


def spelled(draw: Random, a: np.ndarray) -> Any:
    """Return an array as it is, of another type, or as lists."""
    way = draw.randint(0, 9)
    if way == 0:
        return a.tolist()
    if way == 1 and a.dtype.kind == "f":
        return a.astype("float64")
    if way == 2 and np.array_equal(a, a.astype("int64")):
        return a.astype("int64")
    if way == 3 and a.size and a.min() >= 0 and a.max() <= 1 and np.array_equal(a, a.astype(bool)):
        return a.astype(bool)
    return a
