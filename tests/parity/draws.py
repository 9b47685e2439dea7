"""Random small trainings, as plain data that can be printed, and that any package like Keras can build.

A *spec* is a pair of a name and arguments, `("layers.LSTM", {"units": 3})`; `made` turns it into an object. A *graph*
is a list of nodes (spec, the nodes it is called on, what else it is called with); a node that returns a list is
referred to by (node, position).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from random import Random
from typing import Any

import numpy as np

Spec = tuple[str, dict[str, Any]]
ACTIVATIONS = [
    "tanh",
    "sigmoid",
    "softsign",
    "elu",
    "relu",
    "softplus",
    "silu",
    "gelu",
    "hard_sigmoid",
    "linear",
]
CODES = 7


def made(k: Any, value: Any) -> Any:
    """Return what a spec, or a list of them, stands for in the package k; anything else as it is."""
    if isinstance(value, list):
        return [made(k, each) for each in value]
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], dict):
        name, arguments = value
        return reduce(getattr, name.split("."), k)(**{key: made(k, each) for key, each in arguments.items()})
    return value


def chance(draw: Random, of: int) -> bool:
    """One time in so many."""
    return draw.randint(1, of) == of


def some(draw: Random, every: int, **choices: list[Any]) -> dict[str, Any]:
    """Draw each argument with a chance of one in `every`, from its choices."""
    return {name: draw.choice(values) for name, values in choices.items() if chance(draw, every)}


@dataclass(frozen=True)
class Flow:
    """What flows between layers: where it comes from, its number of steps (None: no sequence) and its width."""

    source: Any
    steps: int | None
    width: int


@dataclass
class Graph:
    draw: Random
    nodes: list[tuple[Spec, Any, dict[str, Any]]] = field(default_factory=list)
    stateful: bool = False
    masked: bool = False

    def add(self, name: str, arguments: dict[str, Any], on: Any, **more: Any) -> int:
        self.nodes.append(((f"layers.{name}", arguments), on, more))
        return len(self.nodes) - 1

    def has(self, *names: str) -> bool:
        return any(spec[0].removeprefix("layers.") in names for spec, *_ in self.nodes)


# --- recurrent layers -------------------------------------------------------------------------------------------------

REGULARIZERS = [
    "l1",
    "l2",
    ("regularizers.L2", {"l2": 0.02}),
    ("regularizers.L1L2", {"l1": 0.01, "l2": 0.01}),
]
CONSTRAINTS = [
    "non_neg",
    "unit_norm",
    ("constraints.MaxNorm", {"max_value": 0.8}),
    ("constraints.MinMaxNorm", {"min_value": 0.4, "max_value": 0.9, "rate": 0.7}),
]


def recurrent(draw: Random, units: int | None = None, **fixed: Any) -> Spec:
    """Draw a recurrent layer with any of its arguments."""
    kind = draw.choice(["LSTM", "LSTM", "GRU", "SimpleRNN"])
    return cell_arguments(draw, kind, units, **fixed)


def cell_arguments(draw: Random, kind: str, units: int | None, **fixed: Any) -> Spec:
    arguments: dict[str, Any] = {"units": units or draw.randint(1, 5)}
    arguments |= some(
        draw,
        4,
        use_bias=[False],
        activation=ACTIVATIONS,
        kernel_initializer=["he_uniform", "lecun_normal"],
        recurrent_initializer=["glorot_uniform"],
        bias_initializer=["ones"],
    )
    weights = ["kernel", "recurrent"] + ["bias"] * arguments.get("use_bias", True)
    arguments |= some(draw, 12, **{f"{w}_regularizer": REGULARIZERS for w in weights})
    arguments |= some(draw, 12, **{f"{w}_constraint": CONSTRAINTS for w in weights})
    if not kind.endswith("Cell"):
        arguments |= some(
            draw,
            8,
            activity_regularizer=REGULARIZERS,
            go_backwards=[True],
            unroll=[True],
            zero_output_for_mask=[True],
        )
    if "LSTM" in kind:
        arguments |= some(draw, 4, unit_forget_bias=[False])
    if "SimpleRNN" not in kind:
        arguments |= some(
            draw, 4, recurrent_activation=["hard_sigmoid", "tanh", "softsign"], implementation=[1, 2]
        )
        if kind.endswith("Cell"):
            arguments.pop("implementation", None)
    if "GRU" in kind:
        arguments |= some(draw, 2, reset_after=[False])
    return f"layers.{kind}", {**arguments, **fixed}


def cells(draw: Random, **fixed: Any) -> tuple[Spec, int]:
    """Draw an RNN of cells, and its width."""
    kinds = draw.choices(["LSTMCell", "GRUCell", "SimpleRNNCell"], k=draw.randint(1, 2))
    found = [cell_arguments(draw, kind, None) for kind in kinds]
    arguments = {**some(draw, 6, go_backwards=[True]), **fixed}
    return ("layers.RNN", {"cell": found if len(found) > 1 else found[0], **arguments}), found[-1][1]["units"]


def any_recurrent(g: Graph, x: Flow, sequences: bool) -> Flow:
    """Add a recurrent layer, a pair of them in both directions, or an RNN of cells."""
    draw, steps = g.draw, x.steps if sequences else None
    way = draw.randint(0, 7)
    if way == 0 and not g.stateful:
        spec, width = cells(draw, return_sequences=sequences)
        return Flow(g.add(spec[0].removeprefix("layers."), spec[1], x.source), steps, width)
    if way <= 2:
        inner = recurrent(draw, return_sequences=sequences, go_backwards=False)
        merge = draw.choice(["concat", "concat", "sum", "mul", "ave", None])
        arguments = {"layer": inner, "merge_mode": merge}
        if chance(draw, 4):
            arguments["backward_layer"] = recurrent(
                draw,
                inner[1]["units"],
                return_sequences=sequences,
                go_backwards=True,
                zero_output_for_mask=True,
            )
            arguments["layer"] = (inner[0], {**inner[1], "zero_output_for_mask": True})
        at = g.add("Bidirectional", arguments, x.source)
        width = inner[1]["units"]
        if merge is None:
            at = g.add("Concatenate", {}, [(at, 0), (at, 1)])
        return Flow(at, steps, width * (2 if merge in ("concat", None) else 1))
    spec = recurrent(draw, return_sequences=sequences)
    if chance(draw, 6) and not sequences:
        states = 2 if spec[0] == "layers.LSTM" else 1
        at = g.add(spec[0].removeprefix("layers."), {**spec[1], "return_state": True}, x.source)
        at = g.add("Concatenate", {}, [(at, j) for j in range(states + 1)])
        return Flow(at, steps, spec[1]["units"] * (states + 1))
    return Flow(g.add(spec[0].removeprefix("layers."), spec[1], x.source), steps, spec[1]["units"])


# --- other layers from sequence to sequence ---------------------------------------------------------------------------


def convolution(g: Graph, x: Flow) -> Flow:
    draw, steps = g.draw, x.steps or 1
    kind = draw.choice(["Conv1D", "Conv1D", "SeparableConv1D", "DepthwiseConv1D", "Conv1DTranspose"])
    size = draw.randint(1, min(3, steps))
    paddings = ["valid", "same"] + ["causal"] * (kind == "Conv1D")
    arguments: dict[str, Any] = {"kernel_size": size, "padding": draw.choice(paddings)}
    arguments |= some(draw, 3, use_bias=[False], activation=ACTIVATIONS)
    if chance(draw, 3):
        arguments["strides"] = 2
    elif kind != "Conv1DTranspose" and (size - 1) * 2 < steps and chance(draw, 3):
        arguments["dilation_rate"] = 2
    stride, wide = arguments.get("strides", 1), (size - 1) * arguments.get("dilation_rate", 1) + 1
    if kind == "Conv1DTranspose":
        steps = steps * stride if arguments["padding"] == "same" else steps * stride + max(size - stride, 0)
    else:
        steps = -(-(steps if arguments["padding"] != "valid" else steps - wide + 1) // stride)
    width = x.width
    if kind == "DepthwiseConv1D":
        arguments["depth_multiplier"] = draw.randint(1, 2)
        width *= arguments["depth_multiplier"]
    else:
        width = arguments["filters"] = draw.randint(1, 5)
    return Flow(g.add(kind, arguments, x.source), steps, width)


def window(g: Graph, x: Flow) -> Flow:
    draw, steps = g.draw, x.steps or 1
    kind = draw.choice(["MaxPooling1D", "AveragePooling1D", "ZeroPadding1D", "Cropping1D", "UpSampling1D"])
    if kind == "ZeroPadding1D":
        return Flow(g.add(kind, {"padding": (1, 0)}, x.source), steps + 1, x.width)
    if kind == "UpSampling1D":
        return Flow(g.add(kind, {"size": 2}, x.source), steps * 2, x.width)
    if steps < 2:
        return x
    if kind == "Cropping1D":
        return Flow(g.add(kind, {"cropping": (0, 1)}, x.source), steps - 1, x.width)
    padding = draw.choice(["valid", "same"])
    stride = draw.randint(1, 2)
    arguments = {"pool_size": 2, "strides": stride, "padding": padding}
    steps = -(-(steps - (padding == "valid")) // stride)
    return Flow(g.add(kind, arguments, x.source), steps, x.width)


NORMALIZATIONS = [
    ("LayerNormalization", {}),
    ("LayerNormalization", {"epsilon": 0.1, "center": False}),
    ("LayerNormalization", {"scale": False}),
    ("BatchNormalization", {"momentum": 0.5, "epsilon": 0.01}),
    ("BatchNormalization", {"momentum": 0.8, "epsilon": 0.1, "scale": False}),
    ("UnitNormalization", {}),
]
ELEMENTWISE = [
    *(("Activation", {"activation": name}) for name in ["softmax", *ACTIVATIONS]),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}),
    ("LeakyReLU", {"negative_slope": 0.2}),
    ("PReLU", {"alpha_initializer": "uniform"}),
    ("ELU", {"alpha": 0.5}),
    ("Softmax", {}),
    ("Dropout", {"rate": 0.0}),
    ("SpatialDropout1D", {"rate": 0.0}),
    ("GaussianNoise", {"stddev": 0.0}),
    ("GaussianDropout", {"rate": 0.0}),
    ("AlphaDropout", {"rate": 0.0}),
    ("ActivityRegularization", {"l1": 0.01, "l2": 0.01}),
    ("Identity", {}),
    ("Rescaling", {"scale": 0.5, "offset": 0.3}),
]


def elementwise(g: Graph, x: Flow) -> Flow:
    name, arguments = g.draw.choice(NORMALIZATIONS + ELEMENTWISE)
    if name == "SpatialDropout1D" and x.steps is None:
        name = "Dropout"
    if name == "Softmax" and g.masked:  # Keras wants a mask of the shape of the inputs there
        name, arguments = "Activation", {"activation": "softmax"}
    if name in ("LayerNormalization", "UnitNormalization") and x.width < 3:
        return x  # one or two numbers are all but constant then, and their gradient is rounding
    return Flow(g.add(name, dict(arguments), x.source), x.steps, x.width)


def dense(g: Graph, x: Flow, width: int | None = None) -> Flow:
    draw = g.draw
    arguments = {
        "units": width or draw.randint(1, 5),
        **some(draw, 3, use_bias=[False], activation=ACTIVATIONS),
    }
    arguments |= some(draw, 8, kernel_regularizer=REGULARIZERS, kernel_constraint=CONSTRAINTS)
    if x.steps is not None and chance(draw, 2):
        at = g.add("TimeDistributed", {"layer": ("layers.Dense", arguments)}, x.source)
    else:
        at = g.add("Dense", arguments, x.source)
    return Flow(at, x.steps, arguments["units"])


def moved(g: Graph, x: Flow) -> Flow:
    if chance(g.draw, 2):
        return Flow(g.add("Permute", {"dims": (2, 1)}, x.source), x.width, x.steps or 1)
    return Flow(g.add("Reshape", {"target_shape": (x.width, x.steps)}, x.source), x.width, x.steps or 1)


def merged(g: Graph, x: Flow) -> Flow:
    """A layer of the same shape beside what it was given, and both merged."""
    draw = g.draw
    other = dense(g, x, x.width)
    if x.steps is not None and chance(draw, 2):
        spec = recurrent(draw, x.width, return_sequences=True)
        other = Flow(g.add(spec[0].removeprefix("layers."), spec[1], x.source), x.steps, x.width)
    kind = draw.choice(["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"])
    on = [other.source, x.source]
    if kind == "Dot":
        if x.steps is None:
            return Flow(g.add(kind, {"axes": 1, "normalize": chance(draw, 2)}, on), None, 1)
        return Flow(g.add(kind, {"axes": 2}, on), x.steps, x.steps)
    if kind == "Concatenate" and x.steps is not None and chance(draw, 2):
        return Flow(g.add(kind, {"axis": 1}, on), 2 * x.steps, x.width)
    return Flow(g.add(kind, {}, on), x.steps, x.width * (2 if kind == "Concatenate" else 1))


def attention(g: Graph, query: Flow, value: Flow) -> Flow:
    """Attention of one sequence to another, or to itself."""
    draw = g.draw
    if chance(draw, 3):
        arguments = {
            "num_heads": draw.randint(1, 2),
            "key_dim": 2,
            **some(draw, 3, use_bias=[False], value_dim=[3]),
        }
        at = g.add("MultiHeadAttention", arguments, [query.source, value.source], spread=True)
        return Flow(at, query.steps, query.width)
    value = value if value.width == query.width else dense(g, value, query.width)
    causal = {"use_causal_mask": True} if chance(draw, 3) else {}
    if chance(draw, 2):
        arguments = some(draw, 2, use_scale=[True], score_mode=["concat"])
        if arguments.get("score_mode") == "concat":
            arguments["use_scale"] = True
        at = g.add("Attention", arguments, [query.source, value.source], **causal)
    else:
        at = g.add(
            "AdditiveAttention", some(draw, 2, use_scale=[False]), [query.source, value.source], **causal
        )
    return Flow(at, query.steps, query.width)


def sequence_layer(g: Graph, x: Flow, plain: bool) -> Flow:
    """Add anything from sequence to sequence; `plain`: that a chain can hold."""
    ways = [any_recurrent] * 5 + [convolution, window, elementwise, elementwise, dense, moved]
    ways += [] if plain else [merged, merged, attention]
    way = g.draw.choice(ways)
    if way is any_recurrent:
        return any_recurrent(g, x, True)
    return attention(g, x, x) if way is attention else way(g, x)


def end(g: Graph, x: Flow) -> Flow:
    """Add what makes one row of a sequence."""
    way = g.draw.randint(0, 7)
    if way == 0:
        return Flow(g.add("Flatten", {}, x.source), None, x.width * (x.steps or 1))
    if way == 1:
        return Flow(g.add("GlobalAveragePooling1D", {}, x.source), None, x.width)
    if way == 2:
        return Flow(g.add("GlobalMaxPooling1D", {}, x.source), None, x.width)
    return any_recurrent(g, x, False)


def with_states(g: Graph, x: Flow, y: Flow) -> Flow:
    """An encoder of x hands its states to a decoder of y."""
    draw = g.draw
    kind = draw.choice(["LSTM", "GRU", "SimpleRNN"])
    units, sequences = draw.randint(1, 5), chance(draw, 2)
    both = chance(draw, 4)
    first = cell_arguments(draw, kind, units, return_state=True)
    second = cell_arguments(draw, kind, units, return_sequences=sequences)
    names = [kind, kind]
    arguments = [first[1], second[1]]
    if both:
        names = ["Bidirectional"] * 2
        arguments = [{"layer": (spec[0], {**spec[1], "go_backwards": False})} for spec in (first, second)]
    encoder = g.add(names[0], arguments[0], x.source)
    states = [(encoder, 1 + j) for j in range((2 if kind == "LSTM" else 1) * (2 if both else 1))]
    at = g.add(names[1], arguments[1], y.source, initial_state=states)
    return Flow(at, y.steps if sequences else None, units * (2 if both else 1))


# --- goals, optimizers, what fit is given -----------------------------------------------------------------------------


def of(name: str, **arguments: Any) -> Spec:
    return name, arguments


# by kind of target: the activations of the last layer, losses, metrics
GOALS: dict[str, tuple[list[Any], list[Any], list[Any]]] = {
    "numbers": (
        [None, "tanh"],
        ["mse", "mae", of("losses.Huber", delta=0.5), "log_cosh", of("losses.CosineSimilarity")],
        ["mae", "mse", "cosine_similarity", of("metrics.RootMeanSquaredError"), of("metrics.LogCoshError"),
         of("metrics.MeanAbsoluteError")],
    ),
    "positive": (
        ["softplus", "exponential"],
        ["msle", "poisson", "mape", of("losses.MeanSquaredLogarithmicError")],
        ["mape", "msle", "poisson"],
    ),
    "shares": (["softmax"], ["kl_divergence", "categorical_crossentropy"], ["kl_divergence", "mae"]),
    "bits": (
        ["sigmoid"],
        ["binary_crossentropy", of("losses.BinaryCrossentropy", label_smoothing=0.1),
         of("losses.BinaryFocalCrossentropy", gamma=1.5, apply_class_balancing=True), of("losses.Dice"),
         of("losses.Tversky", alpha=0.3), "mse", "hinge", "squared_hinge"],
        ["accuracy", "bce", "binary_accuracy", of("metrics.AUC", num_thresholds=20),
         of("metrics.AUC", curve="PR", num_thresholds=11), of("metrics.Precision"),
         of("metrics.Recall", thresholds=0.4),
         of("metrics.TruePositives"), of("metrics.FalseNegatives"),
         of("metrics.SpecificityAtSensitivity", sensitivity=0.5)],
    ),
    "logits": (
        [None],
        [of("losses.BinaryCrossentropy", from_logits=True, label_smoothing=0.2),
         of("losses.BinaryFocalCrossentropy", from_logits=True)],
        [of("metrics.BinaryCrossentropy", from_logits=True)],
    ),
    "signs": (["tanh"], ["hinge", "squared_hinge"], ["hinge", "squared_hinge"]),
    "one-hot": (
        ["softmax"],
        ["categorical_crossentropy", of("losses.CategoricalCrossentropy", label_smoothing=0.1),
         of("losses.CategoricalFocalCrossentropy", alpha=0.4), "categorical_hinge"],
        ["accuracy", "categorical_accuracy", of("metrics.TopKCategoricalAccuracy", k=2), "categorical_hinge",
         of("metrics.CategoricalCrossentropy", label_smoothing=0.1)],
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
         of("metrics.SparseCategoricalCrossentropy")],
    ),
    "class logits": (
        [None],
        [of("losses.SparseCategoricalCrossentropy", from_logits=True),
         of("losses.SparseCategoricalCrossentropy", from_logits=True, ignore_class=0)],
        ["accuracy", of("metrics.SparseCategoricalCrossentropy", from_logits=True)],
    ),
}  # fmt: skip

SCHEDULES = [
    of("optimizers.schedules.ExponentialDecay", decay_steps=4, decay_rate=0.5),
    of("optimizers.schedules.InverseTimeDecay", decay_steps=3, decay_rate=0.5, staircase=True),
    of("optimizers.schedules.PolynomialDecay", decay_steps=5, end_learning_rate=0.001, cycle=True),
    of("optimizers.schedules.CosineDecay", decay_steps=6, alpha=0.1),
    of("optimizers.schedules.CosineDecayRestarts", first_decay_steps=3, t_mul=1.5, m_mul=0.8),
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
        arguments["learning_rate"] = (kind, {"initial_learning_rate": rate, **schedule})
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
        "input": draw.choice(["numbers", "numbers", "masked numbers", "codes", "masked codes"]),
    }
    steps, width = draw.randint(1, 7), draw.randint(1, 4)
    c["stateful"] = chance(draw, 12)
    g.stateful, g.masked = c["stateful"], "masked" in c["input"]
    if c["stateful"]:
        c["batch_size"] = draw.randint(2, 5)
        c["samples"] = c["batch_size"] * draw.randint(2, 4)
    first = {"batch_size": c["batch_size"]} if c["stateful"] else {}
    if "codes" in c["input"]:
        at = g.add("Input", {"shape": (steps,), "dtype": "int32", **first}, None)
        at = g.add(
            "Embedding", {"input_dim": CODES, "output_dim": width, "mask_zero": "masked" in c["input"]}, at
        )
    else:
        at = g.add("Input", {"shape": (steps, width), **first}, None)
        if "masked" in c["input"]:
            at = g.add("Masking", {"mask_value": -1.0}, at)
    x = Flow(at, steps, width)
    plain = c["stateful"] or chance(draw, 2)
    for _ in range(draw.randint(0, 2)):
        x = sequence_layer(g, x, plain)
    if not plain and chance(draw, 2):
        other = Flow(g.add("Input", {"shape": (4, 3)}, None), 4, 3)
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
        activation = draw.choice(activations)
        at = g.add("Dense", {"units": units, "activation": activation, "name": f"goal_{k}"}, x.source)
        c["outputs"].append(
            {
                "at": at,
                "goal": goal,
                "steps": x.steps,
                "units": units,
                "loss": draw.choice(losses),
                "metrics": draw.sample(metrics, min(len(metrics), draw.randint(0, 2))),
                "weighted_metrics": draw.choice([[], [], metrics[:1]]),
            }
        )
    if len(goals) > 1 and chance(draw, 2):
        c["loss_weights"] = [0.5, 2.0]
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
    c["nodes"] = g.nodes
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
    if (
        c["validation"] is not None
    ):  # with torch, Keras overwrites sums of fit, such as true positives, in validation
        for out in c["outputs"]:
            out["metrics"] = [
                m for m in out["metrics"] if "Positives" not in m[0] and "Negatives" not in m[0]
            ]
    return c


# --- the model and the data of a drawing ------------------------------------------------------------------------------


def build(k: Any, c: dict[str, Any]) -> Any:
    """Return the compiled model of a drawing."""
    k.utils.clear_session()  # names of metrics are numbered
    found: list[Any] = []

    def value(source: Any) -> Any:
        if isinstance(source, list):
            return [value(each) for each in source]
        return found[source[0]][source[1]] if isinstance(source, tuple) else found[source]

    for spec, on, more in c["nodes"]:
        if on is None:
            found.append(made(k, spec))
            continue
        more = dict(more)
        if "initial_state" in more:
            more["initial_state"] = value(more["initial_state"])
        layer = made(k, spec)
        found.append(layer(*value(on)) if more.pop("spread", False) else layer(value(on), **more))
    inputs = [node for node, (_, on, _) in zip(found, c["nodes"], strict=True) if on is None]
    outputs = [found[out["at"]] for out in c["outputs"]]
    single = len(outputs) == 1
    model = k.models.Model(inputs[0] if len(inputs) == 1 else inputs, outputs[0] if single else outputs)
    each = {
        name: [made(k, out[name]) for out in c["outputs"]] for name in ("loss", "metrics", "weighted_metrics")
    }
    model.compile(
        optimizer=made(k, c["optimizer"]),
        **{name: values[0] if single else values for name, values in each.items()},
        **({"loss_weights": c["loss_weights"]} if "loss_weights" in c else {}),
    )
    return model


def inputs_of(c: dict[str, Any]) -> Any:
    rng = np.random.RandomState(c["seed"])
    n = c["samples"]
    found: list[np.ndarray] = []
    for (kind, arguments), on, _ in c["nodes"]:
        if on is not None or kind != "layers.Input":
            continue
        shape = (n, *arguments["shape"])
        if found:
            found.append(rng.randn(*shape).astype("float32"))
            continue
        steps = shape[1]
        counts = np.arange(steps) >= rng.randint(0, steps + c["empty"], size=(n, 1))
        if rng.rand() < 0.5:
            counts = counts[:, ::-1]
        if "masked" not in c["input"]:
            counts = np.ones_like(counts)
        if "codes" in c["input"]:
            found.append((rng.randint(1, CODES, size=shape) * counts).astype("int32"))
        else:
            found.append(np.where(counts[..., None], rng.randn(*shape), -1.0).astype("float32"))
    return found[0] if len(found) == 1 else found


def targets_of(c: dict[str, Any]) -> list[np.ndarray]:
    rng = np.random.RandomState(c["seed"] + 1)
    found = []
    for out in c["outputs"]:
        goal = out["goal"]
        shape = (c["samples"], *([] if out["steps"] is None else [out["steps"]]))
        wide = rng.randn(*shape, out["units"])
        if goal == "numbers":
            y = wide
        elif goal == "positive":
            y = np.abs(wide) + 0.3
        elif goal == "shares":
            y = np.exp(wide) / np.exp(wide).sum(axis=-1, keepdims=True)
        elif goal in ("bits", "logits"):
            y = wide > 0
        elif goal == "signs":
            y = np.sign(wide)
        elif "one-hot" in goal:
            y = np.eye(3)[wide.argmax(axis=-1)]
        else:
            y = wide.argmax(axis=-1)
        found.append(y.astype("int32" if "class" in goal else "float32"))
    return found


def training_of(c: dict[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
    """Return inputs, targets, and what else fit is given (but for callbacks)."""
    x, y = inputs_of(c), targets_of(c)
    rng = np.random.RandomState(c["seed"] + 2)
    more: dict[str, Any] = {"batch_size": c["batch_size"]}
    if c["weights"] == "samples":
        # of a sequence, each step has a weight: Keras cannot spread those of whole samples
        w = [rng.rand(*(part.shape[:1] if out["steps"] is None else part.shape[:2])).astype("float32")
             for part, out in zip(y, c["outputs"], strict=True)]  # fmt: skip
        more["sample_weight"] = w[0] if len(w) == 1 else w
    elif c["weights"] == "classes" and len(y) == 1 and c["outputs"][0]["steps"] is None:
        goal, units = c["outputs"][0]["goal"], c["outputs"][0]["units"]
        if "class" in goal or "one-hot" in goal or (goal == "bits" and units == 1):
            more["class_weight"] = {0: 1.0, 1: 2.5, 2: 0.5}
    y = y[0] if len(y) == 1 else y
    part = c["batch_size"] if c["stateful"] else 5
    if c["validation"] == "split":
        more["validation_split"] = 0.25
    elif c["validation"] is not None:
        more["validation_data"] = tuple(
            [each[:part] for each in data] if isinstance(data, list) else data[:part] for data in (x, y)
        )
        if c["validation"] == "every second":
            more["validation_freq"] = 2
    return x, y, more
