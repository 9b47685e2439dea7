"""The model of a drawing, and its data."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.draws.spec import CODES, PADDING, made


def build(k: Any, c: dict[str, Any]) -> Any:
    """Return the compiled model of a drawing."""
    k.utils.clear_session()  # names of metrics are numbered
    found: list[Any] = []

    def value(source: Any) -> Any:
        if isinstance(source, list):
            return [value(each) for each in source]
        return found[source[0]][source[1]] if isinstance(source, tuple) else found[source]

    layers: list[Any] = []
    for spec, on, more in c["nodes"]:
        layer = layers[spec[1]["of"]] if spec[0] == "again" else made(k, spec)
        layers.append(layer)
        if on is None:
            found.append(layer)
            continue
        more = dict(more)
        if "initial_state" in more:
            more["initial_state"] = value(more["initial_state"])
        if "mask_of" in more:
            at = more.pop("mask_of")
            more["mask"] = layers[at].compute_mask(value(c["nodes"][at][1]))
        spread = more.pop("spread", False)
        found.append(layer(*value(on), **more) if spread else layer(value(on), **more))
    inputs = [node for node, (_, on, _) in zip(found, c["nodes"], strict=True) if on is None]
    outputs = [found[out["at"]] for out in c["outputs"]]
    single = len(outputs) == 1
    names = [f"goal_{i}" for i in range(len(outputs))]

    def spoken(values: list[Any]) -> Any:
        """Return what is said of each output: by name, or in order."""
        return values[0] if single else dict(zip(names, values, strict=True)) if c["by_name"] else values

    model = k.models.Model(inputs[0] if len(inputs) == 1 else inputs, outputs[0] if single else outputs)
    each = {
        name: [made(k, out[name]) for out in c["outputs"]] for name in ("loss", "metrics", "weighted_metrics")
    }
    model.compile(
        optimizer=made(k, c["optimizer"]),
        **{name: spoken(values) for name, values in each.items()},
        **({"loss_weights": spoken(c["loss_weights"])} if "loss_weights" in c else {}),
    )
    return model


def inputs_of(c: dict[str, Any]) -> Any:
    rng = np.random.RandomState(c["seed"])
    n = c["samples"]
    found: list[np.ndarray] = []
    for at, ((kind, arguments), on, _) in enumerate(c["nodes"]):
        if on is not None or kind != "layers.Input":
            continue
        shape = (n, *arguments["shape"])
        steps = shape[1]
        counts = np.arange(steps) >= rng.randint(0, steps + c["empty"], size=(n, 1))
        if rng.rand() < 0.5:
            counts = counts[:, ::-1]
        if at not in c["padded"]:
            counts = np.ones_like(counts)
        if "dtype" in arguments:
            found.append((rng.randint(1, CODES, size=shape) * counts).astype("int32"))
        else:
            found.append(np.where(counts[..., None], rng.randn(*shape), PADDING).astype("float32"))
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
    more: dict[str, Any] = {"batch_size": c["batch_size"], **c["fit"]}
    # of a sequence, each step has a weight: Keras cannot spread those of whole samples
    w: Any = [rng.rand(*(part.shape[:1] if out["steps"] is None else part.shape[:2])).astype("float32")
              for part, out in zip(y, c["outputs"], strict=True)]  # fmt: skip
    y, w = (y[0], w[0]) if len(y) == 1 else (y, w)
    if c["weights"] == "samples":
        more["sample_weight"] = w
    elif c["weights"] == "classes" and len(c["outputs"]) == 1 and c["outputs"][0]["steps"] is None:
        out = c["outputs"][0]
        if (
            "class" in out["goal"]
            or "one-hot" in out["goal"]
            or (out["goal"] == "bits" and out["units"] == 1)
        ):
            more["class_weight"] = {0: 1.0, 1: 2.5, 2: 0.5}
    part = c["batch_size"] if c["stateful"] else 5
    if c["validation"] == "split":
        more["validation_split"] = 0.25
    elif c["validation"] is not None:
        kept = (x, y, w) if c["weights"] == "samples" else (x, y)
        more["validation_data"] = tuple(
            [each[:part] for each in data] if isinstance(data, list) else data[:part] for data in kept
        )
        if c["validation"] == "every second":
            more["validation_freq"] = 2
    return x, y, more
