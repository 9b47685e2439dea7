"""A whole training drawn at random: a model with its goals, an optimizer, and what is given to `fit`."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.parity.draws.layers import (
    any_recurrent,
    attention,
    elementwise,
    end,
    sequence_layer,
    with_states,
)
from tests.parity.draws.spec import Flow, Graph, Spec, chance, of, some

# by kind of target: the activations of the last layer, losses, metrics
GOALS: dict[str, tuple[list[Any], list[Any], list[Any]]] = {
    "numbers": (
        [None, "tanh"],
        ["mse", "mae", of("losses.Huber", delta=0.5), "log_cosh", of("losses.CosineSimilarity"),
         of("losses.MeanSquaredError", reduction="sum"), of("losses.LogCosh"),
         of("losses.MeanAbsoluteError", reduction="mean_with_sample_weight")],
        ["mae", "mse", "cosine_similarity", of("metrics.RootMeanSquaredError"), of("metrics.LogCoshError"),
         of("metrics.MeanAbsoluteError"), of("metrics.R2Score"),
         of("metrics.R2Score", class_aggregation="variance_weighted_average"),
         of("metrics.PearsonCorrelation"), of("metrics.ConcordanceCorrelation")],
    ),
    "positive": (
        ["softplus", "exponential"],
        ["msle", "poisson", "mape", of("losses.MeanSquaredLogarithmicError"), of("losses.Poisson"),
         of("losses.MeanAbsolutePercentageError")],
        ["mape", "msle", "poisson", of("metrics.Poisson"), of("metrics.MeanAbsolutePercentageError")],
    ),
    "shares": (
        ["softmax"],
        ["kl_divergence", "categorical_crossentropy", of("losses.KLDivergence", reduction="sum")],
        ["kl_divergence", "mae", of("metrics.KLDivergence")],
    ),
    "bits": (
        ["sigmoid"],
        ["binary_crossentropy", of("losses.BinaryCrossentropy", label_smoothing=0.1),
         of("losses.BinaryFocalCrossentropy", gamma=1.5, apply_class_balancing=True), of("losses.Dice"),
         of("losses.Tversky", alpha=0.3), "mse", "hinge", "squared_hinge"],
        ["accuracy", "bce", "binary_accuracy", of("metrics.AUC", num_thresholds=20),
         of("metrics.AUC", curve="PR", num_thresholds=11),
         of("metrics.AUC", num_thresholds=9, summation_method="minoring"), of("metrics.Precision"),
         of("metrics.Precision", thresholds=[0.3, 0.6]), of("metrics.Recall", thresholds=0.4),
         of("metrics.TruePositives"), of("metrics.FalseNegatives"), of("metrics.TrueNegatives", thresholds=0.6),
         of("metrics.FalsePositives"), of("metrics.SpecificityAtSensitivity", sensitivity=0.5),
         of("metrics.SensitivityAtSpecificity", specificity=0.4), of("metrics.PrecisionAtRecall", recall=0.5),
         of("metrics.RecallAtPrecision", precision=0.5), of("metrics.BinaryAccuracy", threshold=0.6),
         of("metrics.F1Score", threshold=0.5), of("metrics.BinaryIoU", threshold=0.5)],
    ),
    "logits": (
        [None],
        [of("losses.BinaryCrossentropy", from_logits=True, label_smoothing=0.2),
         of("losses.BinaryFocalCrossentropy", from_logits=True)],
        [of("metrics.BinaryCrossentropy", from_logits=True), of("metrics.AUC", num_thresholds=11, from_logits=True)],
    ),
    "signs": (
        ["tanh"],
        ["hinge", "squared_hinge", of("losses.Hinge"), of("losses.SquaredHinge", reduction="sum")],
        ["hinge", "squared_hinge", of("metrics.Hinge"), of("metrics.SquaredHinge")],
    ),
    "one-hot": (
        ["softmax"],
        ["categorical_crossentropy", of("losses.CategoricalCrossentropy", label_smoothing=0.1),
         of("losses.CategoricalFocalCrossentropy", alpha=0.4), "categorical_hinge", of("losses.CategoricalHinge")],
        ["accuracy", "categorical_accuracy", of("metrics.TopKCategoricalAccuracy", k=2), "categorical_hinge",
         of("metrics.CategoricalCrossentropy", label_smoothing=0.1), of("metrics.CategoricalHinge"),
         of("metrics.F1Score", average="macro"), of("metrics.FBetaScore", beta=0.5, average="weighted"),
         of("metrics.OneHotMeanIoU", num_classes=3), of("metrics.OneHotIoU", num_classes=3, target_class_ids=[0, 2])],
    ),
    "one-hot logits": (
        [None],
        [of("losses.CategoricalCrossentropy", from_logits=True),
         of("losses.CategoricalFocalCrossentropy", from_logits=True, label_smoothing=0.1)],
        ["accuracy", of("metrics.CategoricalCrossentropy", from_logits=True)],
    ),
    "classes": (
        ["softmax"],
        ["sparse_categorical_crossentropy", of("losses.SparseCategoricalCrossentropy", ignore_class=1)],
        ["accuracy", "sparse_categorical_accuracy", of("metrics.SparseTopKCategoricalAccuracy", k=2),
         of("metrics.SparseCategoricalCrossentropy"), of("metrics.MeanIoU", num_classes=3, sparse_y_pred=False),
         of("metrics.IoU", num_classes=3, target_class_ids=[1], sparse_y_pred=False)],
    ),
    "class logits": (
        [None],
        [of("losses.SparseCategoricalCrossentropy", from_logits=True),
         of("losses.SparseCategoricalCrossentropy", from_logits=True, ignore_class=0)],
        ["accuracy", of("metrics.SparseCategoricalCrossentropy", from_logits=True)],
    ),
}  # fmt: skip
# metrics of rows alone
ROWS = ("R2Score", "F1Score", "FBetaScore")
# metrics that are no mean of something at each position: Keras 3 counts steps in them that the mask leaves out
BEYOND_MASKS = (
    *("RootMeanSquaredError", "Pearson", "Concordance", "AUC", "Precision", "Recall", "Positives"),
    *("Negatives", "At", "IoU"),
)

# Keras does not freeze what stands inside of layers that are made with trainable=False, and SpatialDropout1D takes none
BEYOND_FREEZING = (
    *("layers.Input", "again", "layers.TimeDistributed", "layers.Bidirectional", "layers.RNN"),
    *("layers.MultiHeadAttention", "layers.SpatialDropout1D"),
)

SCHEDULES = [
    of("optimizers.schedules.ExponentialDecay", decay_steps=4, decay_rate=0.5),
    of("optimizers.schedules.InverseTimeDecay", decay_steps=3, decay_rate=0.5, staircase=True),
    of("optimizers.schedules.PolynomialDecay", decay_steps=5, end_learning_rate=0.001, cycle=True),
    of("optimizers.schedules.CosineDecay", decay_steps=6, alpha=0.1),
    of("optimizers.schedules.CosineDecay", decay_steps=4, warmup_target=0.03, warmup_steps=2),
    of("optimizers.schedules.CosineDecayRestarts", first_decay_steps=3, t_mul=1.5, m_mul=0.8),
    of("optimizers.schedules.PiecewiseConstantDecay", boundaries=[2, 4]),
]
# the epsilons are large: where a gradient is zero but for rounding, a small one makes steps of the rounding
OPTIMIZERS = [
    ("SGD", 0.05, {"momentum": [0.5, 0.9], "nesterov": [True]}),
    ("Adam", 0.01, {"amsgrad": [True], "beta_1": [0.8]}),
    ("AdamW", 0.01, {"amsgrad": [True]}),
    ("Nadam", 0.01, {"beta_2": [0.9]}),
    ("Adamax", 0.01, {"beta_1": [0.8]}),
    ("RMSprop", 0.005, {"rho": [0.8], "momentum": [0.5], "centered": [True]}),
    ("Adagrad", 0.05, {"initial_accumulator_value": [0.3]}),
    ("Adadelta", 1.0, {"rho": [0.9]}),
    ("Lamb", 0.01, {"beta_1": [0.8]}),
    ("Lion", 0.002, {"beta_1": [0.8]}),
    (
        "Ftrl",
        0.05,
        {"l1_regularization_strength": [0.01], "l2_regularization_strength": [0.01], "beta": [0.1]},
    ),
]


def optimizer(draw: Random, among: list[Any]) -> Spec:
    name, rate, more = draw.choice(among)
    arguments = {"learning_rate": rate, **some(draw, 2, **more)}
    if name not in ("SGD", "Lion", "Ftrl"):
        arguments["epsilon"] = 0.001
    if chance(draw, 4):
        kind, schedule = draw.choice(SCHEDULES)
        begin = (
            {"values": [rate, rate / 2, rate / 5]}
            if "boundaries" in schedule
            else {"initial_learning_rate": rate}
        )
        arguments["learning_rate"] = (kind, {**begin, **schedule})
    if chance(draw, 3):
        arguments |= draw.choice([{"clipnorm": 0.3}, {"clipvalue": 0.05}, {"global_clipnorm": 0.3}])
    if chance(draw, 5):
        arguments["weight_decay"] = 0.05
    if chance(draw, 6):
        arguments |= {"use_ema": True, "ema_momentum": 0.8, **some(draw, 2, ema_overwrite_frequency=[2])}
    if chance(draw, 8):
        arguments["gradient_accumulation_steps"] = 2
    return f"optimizers.{name}", arguments


def falling(epoch: int, rate: float) -> float:
    return rate * 0.5 if epoch else rate


# no SwapEMAWeights: with torch, Keras keeps no copy of what it swaps, and the weights are lost
CALLBACKS = [
    of("callbacks.LearningRateScheduler", schedule=falling),
    of("callbacks.ReduceLROnPlateau", monitor="loss", factor=0.3, patience=1, min_delta=0.1),
    of("callbacks.ReduceLROnPlateau", monitor="loss", factor=0.5, patience=0, min_delta=10.0, min_lr=0.0001),
    of("callbacks.EarlyStopping", monitor="loss", patience=1, min_delta=0.3, restore_best_weights=True),
    of("callbacks.EarlyStopping", monitor="loss", start_from_epoch=1, mode="max", restore_best_weights=True),
]


def training(seed: int) -> dict[str, Any]:
    """Draw a model with its losses, its optimizer and what is given to `fit`."""
    draw = Random(seed)
    g = Graph(draw)
    c: dict[str, Any] = {
        "seed": seed % 1000,
        "samples": draw.randint(9, 30),
        "batch_size": draw.randint(3, 16),
    }
    c["stateful"] = g.stateful = chance(draw, 12)
    first = {}
    if c["stateful"]:
        first = {"batch_size": draw.randint(2, 5)}
        c |= first | {"samples": first["batch_size"] * draw.randint(2, 4)}
    codes, masked = chance(draw, 3), chance(draw, 2)
    x = g.entry(draw.randint(1, 7), draw.randint(1, 4), codes, masked, **first)
    plain = c["stateful"] or chance(draw, 2)
    for _ in range(draw.randint(0, 2)):
        x = sequence_layer(g, x, plain)
    if not plain and chance(draw, 2):
        other = g.entry(4, 3, chance(draw, 3), chance(draw, 3))
        x = attention(g, other, x) if chance(draw, 3) else with_states(g, x, other)
    if not any("units" in str(spec) for spec, *_ in g.nodes):
        x = any_recurrent(g, x, chance(draw, 2))
    if x.steps is not None and draw.randint(0, 2):
        x = end(g, x)
        if chance(draw, 6):
            n = draw.randint(1, 3)
            x = Flow(g.add("RepeatVector", {"n": n}, x.source), n, x.width)
            x = any_recurrent(g, x, chance(draw, 2))
    if chance(draw, 3):
        x = elementwise(g, x)
    goals = [draw.choice(list(GOALS)) for _ in range(1 if plain or chance(draw, 2) else 2)]
    c["outputs"] = []
    for k, goal in enumerate(goals):
        activations, losses, metrics = GOALS[goal]
        units = draw.randint(1, 3) if goal in ("numbers", "positive", "bits", "logits", "signs") else 3
        activation, loss = draw.choice(activations), draw.choice(losses)
        if loss[0] == "losses.CosineSimilarity":
            units = max(units, 2)  # a single number has a sign alone, whose gradient is rounding
        unwanted = (ROWS + BEYOND_MASKS * g.masked) if x.steps is not None else ()
        metrics = [m for m in metrics if not any(name in m[0] for name in unwanted)]
        at = g.add("Dense", {"units": units, "activation": activation, "name": f"goal_{k}"}, x.source)
        c["outputs"].append(
            {
                "at": at,
                "goal": goal,
                "steps": x.steps,
                "units": units,
                "loss": loss,
                "metrics": draw.sample(metrics, min(len(metrics), draw.randint(0, 2))),
                "weighted_metrics": draw.choice([[], [], metrics[:1]]),
            }
        )
    if len(goals) > 1 and chance(draw, 2):
        c["loss_weights"] = [0.5, 2.0]
    c["by_name"] = chance(draw, 3)
    for spec, *_ in g.nodes:
        if spec[0] not in BEYOND_FREEZING and chance(draw, 20):
            spec[1]["trainable"] = False
    if c["stateful"]:
        for node in g.nodes:
            kind, arguments = node[0]
            if kind.rpartition(".")[2] in ("LSTM", "GRU", "SimpleRNN", "RNN"):
                arguments["stateful"] = True
            elif kind == "layers.Bidirectional":
                arguments["layer"][1]["stateful"] = True
                if "backward_layer" in arguments:
                    arguments["backward_layer"][1]["stateful"] = True
    if g.masked:  # with torch, an unrolled LSTM of Keras fails under a mask
        for spec, *_ in g.nodes:
            for _, arguments in (spec, spec[1].get("layer", spec), spec[1].get("backward_layer", spec)):
                arguments.pop("unroll", None)
    c["nodes"], c["padded"] = g.nodes, g.padded
    c["empty"] = chance(draw, 2) and not g.has("GlobalAveragePooling1D")  # rows of padding alone: 0 / 0
    # a gradient that is zero but for rounding, as of a bias before a normalization: by its sign or size alone, a step
    normal = g.has("LayerNormalization", "BatchNormalization", "UnitNormalization", "MultiHeadAttention")
    c["optimizer"] = optimizer(draw, [o for o in OPTIMIZERS if not (normal and o[0] in ("Lion", "Lamb"))])
    c["weights"] = draw.choice(["none", "none", "samples", "classes"])
    scheduled = isinstance(c["optimizer"][1]["learning_rate"], tuple)  # which no callback may change
    c["callbacks"] = draw.sample(CALLBACKS[3 * scheduled :], draw.randint(0, 1))
    c["validation"] = draw.choice([None, None, "split", "data", "every second"])
    if c["stateful"] and c["validation"] == "split":
        c["validation"] = "data"
    c["fit"] = {}
    if chance(draw, 8):
        c["fit"]["initial_epoch"] = 1
    if c["validation"] is not None:
        c["fit"] |= some(draw, 3, validation_batch_size=[2, 4])
        # with torch, Keras overwrites sums of fit, such as true positives, in validation
        for out in c["outputs"]:
            out["metrics"] = [
                m for m in out["metrics"] if "Positives" not in m[0] and "Negatives" not in m[0]
            ]
    return c
