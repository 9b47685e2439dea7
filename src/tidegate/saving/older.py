"""Descriptions of models as Keras 1, Keras 2 and tf.keras wrote them, put into the words of Keras 3.

What a layer computes was the same; its arguments had other names, and some defaults were others. Whatever is not
listed here means today what it meant then.
"""

from __future__ import annotations

from typing import Any

__all__ = ["is_older", "modern", "modern_training"]

# Arguments by their names in Keras 1, for all layers that have them.
RENAMED = {
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "U_constraint": "recurrent_constraint",
    "b_constraint": "bias_constraint",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "bias": "use_bias",
    "beta_init": "beta_initializer",
    "gamma_init": "gamma_initializer",
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "subsample_length": "strides",
    "border_mode": "padding",
    "atrous_rate": "dilation_rate",
    "pool_length": "pool_size",
    "stride": "strides",
    "sigma": "stddev",
}
# Those whose meaning depends on the class.
OF_CLASS = {
    **{name: {"output_dim": "units"} for name in ("Dense", "LSTM", "GRU", "SimpleRNN")},
    **{name: {"p": "rate"} for name in ("Dropout", "SpatialDropout1D", "GaussianDropout", "AlphaDropout")},
    "Embedding": {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
    },
    "PReLU": {"init": "alpha_initializer"},
    "LeakyReLU": {"alpha": "negative_slope"},
}
# Arguments that chose how something was computed, not what, and those that batch_input_shape says as well.
DROPPED = (
    "consume_less", "implementation", "input_dtype", "input_dim", "input_length", "fused", "renorm",
    "renorm_clipping", "renorm_momentum", "virtual_batch_size", "adjustment", "mode", "experimental_autocast",
)  # fmt: skip
CLASSES = {
    "TimeDistributedDense": "Dense",
    "Convolution1D": "Conv1D",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "LSTMV2": "LSTM",
    "GRUV2": "GRU",
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    "Model": "Functional",
}
NORMS = {"maxnorm": "MaxNorm", "nonneg": "NonNeg", "unitnorm": "UnitNorm"}


def is_older(version: Any) -> bool:
    """Return whether a version of Keras is below 3; a file that names none is the oldest."""
    return str(version or "1").partition(".")[0] in ("0", "1", "2")


def modern(described: Any) -> Any:
    """Return the description of a model of Keras 1 or 2, with all layers inside, in the words of Keras 3."""
    if isinstance(described, list):
        return [modern(one) for one in described]
    if not isinstance(described, dict):
        return described
    if not isinstance(described.get("class_name"), str):
        return {key: modern(value) for key, value in described.items()}
    made = {key: value if key == "config" else modern(value) for key, value in described.items()}
    name, config = described["class_name"], described.get("config")
    if name == "Sequential" and isinstance(config, list):
        config = {"name": "sequential", "layers": config}
    if isinstance(config, dict):
        config = _config(name, {key: modern(value) for key, value in config.items()})
    made["class_name"], made["config"] = CLASSES.get(name, name), config
    return made


def _config(name: str, config: dict[str, Any]) -> dict[str, Any]:
    renamed = {**RENAMED, **OF_CLASS.get(CLASSES.get(name, name), {})}
    if name == "Embedding" and not config.get("dropout"):
        config.pop("dropout", None)  # of whole rows: there is no such argument any more
    made = {renamed.get(k, k): v for k, v in config.items() if k not in DROPPED}
    if name == "Embedding":
        made["input_dim"] = config.get("input_dim")
    if "forget_bias_init" in made:
        made["unit_forget_bias"] = made.pop("forget_bias_init") in ("one", "ones")
    if name in ("CuDNNLSTM", "CuDNNGRU"):
        made.update(activation="tanh", recurrent_activation="sigmoid")
        if name == "CuDNNGRU":
            made["reset_after"] = True
    if CLASSES.get(name, name) in ("GRU", "GRUCell"):
        made.setdefault("reset_after", False)
    axis = made.get("axis")
    if isinstance(axis, list) and len(axis) == 1:
        made["axis"] = axis[0]
    for key, value in made.items():
        if key.endswith("activation"):
            made[key] = (
                {"hard_sigmoid": "hard_sigmoid_2"}.get(value, value) if isinstance(value, str) else value
            )
        elif key.endswith("initializer") and isinstance(value, dict):
            made[key] = {**value, "config": _without(value.get("config"), "dtype")}
        elif key.endswith(("regularizer", "constraint")) and isinstance(value, dict):
            made[key] = _old_norm(value)
        elif key == "dtype" and isinstance(value, dict):
            made[key] = (value.get("config") or {}).get("name")
    return made


def _without(config: Any, *names: str) -> Any:
    return {k: v for k, v in config.items() if k not in names} if isinstance(config, dict) else config


def _old_norm(described: dict[str, Any]) -> dict[str, Any]:
    """Return a regularizer or constraint of Keras 1, which stood there by name and arguments in one dict."""
    if "class_name" in described or "name" not in described:
        return described
    rest = _without(described, "name")
    name = NORMS.get(str(described["name"]).lower())
    if name is None:
        return {"class_name": "L1L2", "config": {k: rest.get(k, 0.0) for k in ("l1", "l2")}}
    if "m" in rest:
        rest["max_value"] = rest.pop("m")
    return {"class_name": name, "config": rest}


# How a model was compiled.


def modern_training(training: dict[str, Any]) -> dict[str, Any]:
    """Return how a model was compiled, in the words of Keras 3."""
    made = {key: training.get(key) for key in ("loss", "metrics", "weighted_metrics", "loss_weights")}
    made["loss"] = _wrapped(made["loss"])
    made["metrics"], made["weighted_metrics"] = _wrapped(made["metrics"]), _wrapped(made["weighted_metrics"])
    optimizer = training.get("optimizer_config") or training.get("optimizer")
    if isinstance(optimizer, dict):
        config = _without(optimizer.get("config") or {}, "is_legacy_optimizer", "schedule_decay", "momentums")
        if isinstance(config, dict) and not config.get("decay"):
            config = _without(config, "decay")
        name = str(optimizer.get("class_name")).rpartition(">")[2]
        optimizer = {"class_name": name, "config": config}
    made["optimizer"] = optimizer
    return made


def _wrapped(described: Any) -> Any:
    """Return losses or metrics, those that wrapped a function as the function's name."""
    if isinstance(described, list):
        return [_wrapped(one) for one in described]
    if not isinstance(described, dict):
        return described
    if "class_name" not in described:
        return {name: _wrapped(one) for name, one in described.items()}
    config = described.get("config")
    if not isinstance(config, dict):
        return described
    name, fn = described["class_name"], config.get("fn")
    if name in ("MeanMetricWrapper", "LossFunctionWrapper") and isinstance(fn, str):
        called = config.get("name")
        if name != "MeanMetricWrapper" or called == fn:
            return fn
        if called in ("accuracy", "acc"):
            return called
        return {"class_name": "".join(map(str.capitalize, fn.split("_"))), "config": {"name": called}}
    config = _without(config, "fn")
    if config.get("reduction") == "auto":
        config["reduction"] = "sum_over_batch_size"
    return {**described, "config": config}
