"""Losses alone: the functions, and the objects with their reductions and weights."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from tests.parity.draws.metrics import pair, spelled
from tests.parity.draws.scripts import Script
from tests.parity.draws.spec import chance, some

AXES: list[Any] = [0, 1, -2]
# by kind of target: functions with arguments that may be drawn, and the class of each
KINDS: dict[str, dict[str, tuple[str, dict[str, list[Any]]]]] = {
    "numbers": {
        "mean_squared_error": ("MeanSquaredError", {}),
        "mean_absolute_error": ("MeanAbsoluteError", {}),
        "mean_absolute_percentage_error": ("MeanAbsolutePercentageError", {}),
        "mean_squared_logarithmic_error": ("MeanSquaredLogarithmicError", {}),
        "huber": ("Huber", {"delta": [0.3, 2.0]}),
        "log_cosh": ("LogCosh", {}),
        "cosine_similarity": ("CosineSimilarity", {"axis": AXES}),
    },
    "positive": {"poisson": ("Poisson", {}), "mean_squared_logarithmic_error": ("MeanSquaredLogarithmicError", {})},
    "shares": {"kl_divergence": ("KLDivergence", {})},
    "signs": {"hinge": ("Hinge", {}), "squared_hinge": ("SquaredHinge", {})},
    "bits": {
        "hinge": ("Hinge", {}),
        "squared_hinge": ("SquaredHinge", {}),
        "binary_crossentropy": (
            "BinaryCrossentropy",
            {"from_logits": [True], "label_smoothing": [0.1, 1.0], "axis": AXES},
        ),
        "binary_focal_crossentropy": (
            "BinaryFocalCrossentropy",
            {"from_logits": [True], "label_smoothing": [0.1], "axis": AXES, "gamma": [0.0, 1.5],
             "apply_class_balancing": [True], "alpha": [0.6]},
        ),
        "dice": ("Dice", {"axis": [0, -1, (1,), [0, 1]]}),
        "tversky": ("Tversky", {"alpha": [0.2], "beta": [0.9], "axis": [0, -1, (1,), [0, 1]]}),
    },
    "one-hot": {
        "categorical_crossentropy": (
            "CategoricalCrossentropy",
            {"from_logits": [True], "label_smoothing": [0.1, 1.0], "axis": AXES},
        ),
        "categorical_focal_crossentropy": (
            "CategoricalFocalCrossentropy",
            {"from_logits": [True], "label_smoothing": [0.1], "gamma": [0.0, 1.5], "alpha": [0.6, [0.1, 0.2, 0.7]]},
        ),
        "categorical_hinge": ("CategoricalHinge", {}),
    },
    "classes": {
        "sparse_categorical_crossentropy": (
            "SparseCategoricalCrossentropy",
            {"from_logits": [True], "ignore_class": [0, -1, 2]},
        ),
    },
}  # fmt: skip
REDUCTIONS = ["sum", "mean", "mean_with_sample_weight", "none", None]
TWO = ("dice", "tversky")  # that sum over the samples
UNFITTED = ("hinge", "squared_hinge", "poisson", "cosine_similarity", "huber", "kl_divergence", *TWO)


def loss(seed: int) -> Script:
    draw = Random(seed)
    rng = np.random.RandomState(seed % 2**31)
    kind = draw.choice(list(KINDS))
    name = draw.choice(list(KINDS[kind]))
    cls, choices = KINDS[kind][name]
    arguments = some(draw, 3, **choices)
    if kind == "one-hot" and arguments.get("axis", -1) != -1:
        arguments.pop("label_smoothing", None)  # Keras takes the last axis for that of the classes
    n, inner = draw.choice([1, 2, 5]), draw.choice([(), (), (4,), (2, 3)])
    width = draw.choice([1, 2, 3, 4]) if kind in ("numbers", "positive", "bits", "signs") else 3
    # of a target without the last axis of 1, Keras takes the steps for it, or spreads it over the samples
    whole = inner or name in UNFITTED or "axis" in arguments
    y, p = pair(draw, rng, kind, n, inner, width, arguments.get("from_logits", False), bool(whole))
    if "ignore_class" in arguments and chance(draw, 2):
        y[rng.rand(*y.shape) < 0.4] = arguments["ignore_class"]
    given = spelled(draw, y), spelled(draw, p)
    if chance(draw, 3):
        return Script().then(f"losses.{name}", *given, **arguments)
    arguments |= some(draw, 2, reduction=REDUCTIONS)
    script = Script((f"losses.{cls}", arguments))
    shape = p.shape[:-1] if p.ndim > 1 else p.shape
    if chance(draw, 2) and name not in TWO and arguments.get("axis", -1) == -1 and p.ndim > 1:
        sizes = [shape]
        reduction = arguments.get("reduction", "mean")
        if reduction not in (None, "none") or len(shape) > 1:  # Keras lets the weights say the shape there
            sizes.append((*shape, 1))
        if reduction != "mean_with_sample_weight":  # whose sum Keras takes before it spreads them
            sizes += [(n, 1)] * (len(shape) == 2) + [()] * (n > 1)
        w = np.asarray(rng.rand(*draw.choice(sizes)) * draw.choice([1, 1, 1, 0]), "float32")
        return script.then("__call__", *given, sample_weight=spelled(draw, w))
    return script.then(draw.choice(["__call__", "__call__", "call"]), *given)
