"""Random small models, trained by this package and by an installed Keras from the same weights, and compared.

    KERAS_BACKEND=torch python -m pytest tests/parity/live.py          a few hundred models, some minutes
    TIDEGATE_PARITY=50 ...                                             fewer

Not part of `make test`, which compares with recorded numbers; `make parity` runs it. With JAX, Keras forgets the
mask in the metrics of fit, so its torch backend is asked for.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

import tidegate
from tests.parity.case import leaves

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")

MODELS = int(os.environ.get("TIDEGATE_PARITY", "300"))
RELATIVE, ABSOLUTE = 1e-4, 1e-4
EPOCHS = 3

ACTIVATIONS = st.sampled_from(["tanh", "tanh", "relu", "sigmoid", "softsign", "elu"])
UNITS = st.integers(1, 6)


@st.composite
def recurrent(draw: Any, sequences: bool) -> tuple[str, dict[str, Any]]:
    """Draw a recurrent layer: its class and arguments."""
    kind = draw(st.sampled_from(["LSTM", "LSTM", "GRU", "SimpleRNN"]))
    arguments: dict[str, Any] = {
        "units": draw(UNITS),
        "return_sequences": sequences,
        "go_backwards": draw(st.booleans()) and draw(st.booleans()),
        "use_bias": draw(st.integers(0, 4)) > 0,
        "activation": draw(ACTIVATIONS),
    }
    if kind == "LSTM":
        arguments["unit_forget_bias"] = draw(st.booleans())
    if kind != "SimpleRNN":
        arguments["recurrent_activation"] = draw(st.sampled_from(["sigmoid", "hard_sigmoid", "tanh"]))
    if kind == "GRU":
        arguments["reset_after"] = draw(st.booleans())
    if draw(st.integers(0, 4)) == 0:
        arguments["kernel_regularizer"] = draw(st.sampled_from(["l1", "l2"]))
    if draw(st.integers(0, 5)) == 0:
        arguments["recurrent_constraint"] = draw(st.sampled_from(["max_norm", "non_neg", "unit_norm"]))
    return kind, arguments


@st.composite
def stacks(draw: Any) -> list[tuple[str, Any]]:
    """Draw the layers between the input and the last one."""
    found: list[tuple[str, Any]] = []
    depth = draw(st.integers(1, 3))
    at_each_step = draw(st.booleans())
    for k in range(depth):
        last = k == depth - 1
        kind, arguments = draw(recurrent(not last or at_each_step))
        if draw(st.integers(0, 3)) == 0:
            arguments["go_backwards"] = False
            merge = draw(st.sampled_from(["concat", "sum", "mul", "ave"]))
            found.append(("Bidirectional", {"inner": (kind, arguments), "merge_mode": merge}))
        else:
            found.append((kind, arguments))
        between = draw(st.integers(0, 9))
        if between == 0:
            found.append(("LayerNormalization", {}))
        elif between == 1 and (not last or at_each_step):
            found.append(
                ("TimeDistributed", {"inner": ("Dense", {"units": draw(UNITS), "activation": "tanh"})})
            )
        elif between == 2:
            found.append(("Dropout", {"rate": 0.0}))
    if draw(st.integers(0, 7)) == 0 and not at_each_step:
        found.append(("RepeatVector", {"n": draw(st.integers(1, 3))}))
    return found


@st.composite
def trainings(draw: Any) -> dict[str, Any]:
    """Draw a model with its data, loss, optimizer and what is given to `fit`."""
    optimizer = draw(
        st.sampled_from(
            [
                ("SGD", {"learning_rate": 0.05}),
                ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
                ("Adam", {"learning_rate": 0.01}),
                ("Adam", {"learning_rate": 0.01, "amsgrad": True}),
                ("AdamW", {"learning_rate": 0.01, "weight_decay": 0.01}),
                ("Nadam", {"learning_rate": 0.01}),
                ("Adamax", {"learning_rate": 0.01}),
                ("RMSprop", {"learning_rate": 0.005}),
                ("RMSprop", {"learning_rate": 0.005, "centered": True, "momentum": 0.5}),
                ("Adagrad", {"learning_rate": 0.05}),
                ("Adadelta", {"learning_rate": 1.0}),
            ]
        )
    )
    clip = draw(st.sampled_from([{}, {}, {"clipnorm": 0.3}, {"clipvalue": 0.05}, {"global_clipnorm": 0.3}]))
    return {
        "seed": draw(st.integers(0, 999)),
        "samples": draw(st.integers(9, 30)),
        "steps": draw(st.integers(1, 7)),
        "features": draw(st.integers(1, 4)),
        "input": draw(st.sampled_from(["numbers", "numbers", "masked numbers", "codes", "masked codes"])),
        "stack": draw(stacks()),
        "goal": draw(st.sampled_from(["mse", "mae", "huber", "log_cosh", "binary", "classes", "one-hot"])),
        "optimizer": (optimizer[0], {**optimizer[1], **clip}),
        "batch_size": draw(st.integers(3, 16)),
        "weights": draw(st.sampled_from(["none", "none", "samples", "classes"])),
        "validation": draw(st.booleans()),
    }


def data(c: dict[str, Any]) -> np.ndarray:
    rng = np.random.RandomState(c["seed"])
    n, steps = c["samples"], c["steps"]
    counts = np.arange(steps) >= rng.randint(0, steps, size=(n, 1))  # at least one step counts
    if rng.rand() < 0.5:
        counts = counts[:, ::-1]
    if "codes" in c["input"]:
        return rng.randint(1, 7, size=(n, steps)) * np.where(counts | (c["input"] == "codes"), 1, 0)
    x = rng.randn(n, steps, c["features"]).astype("float32")
    return np.where(counts[..., None] | (c["input"] == "numbers"), x, np.float32(-1.0)).astype("float32")


def build(k: Any, c: dict[str, Any], x: np.ndarray) -> tuple[Any, Any, dict[str, Any]]:
    """Return the model of a configuration, its targets, and what else `fit` is given."""
    L = k.layers

    def layer(kind: str, arguments: dict[str, Any]) -> Any:
        arguments = dict(arguments)
        if "inner" in arguments:
            return getattr(L, kind)(layer(*arguments.pop("inner")), **arguments)
        return getattr(L, kind)(**arguments)

    codes = "codes" in c["input"]
    parts = [L.Input(shape=x.shape[1:], dtype="int32" if codes else "float32")]
    if codes:
        parts.append(L.Embedding(7, 3, mask_zero=c["input"] == "masked codes"))
    elif c["input"] == "masked numbers":
        parts.append(L.Masking(mask_value=-1.0))
    parts += [layer(kind, arguments) for kind, arguments in c["stack"]]
    goal = c["goal"]
    units, activation, loss, metrics = {
        "binary": (1, "sigmoid", "binary_crossentropy", ["accuracy"]),
        "classes": (3, "softmax", "sparse_categorical_crossentropy", ["accuracy"]),
        "one-hot": (3, "softmax", "categorical_crossentropy", ["accuracy"]),
    }.get(goal, (2, None, goal, ["mae"]))
    model = k.models.Sequential([*parts, L.Dense(units, activation=activation)])
    name, arguments = c["optimizer"]
    model.compile(getattr(k.optimizers, name)(**arguments), loss=loss, metrics=metrics)

    rng = np.random.RandomState(c["seed"] + 1)
    each = tuple(d for d in model.output_shape[1:-1])
    n = len(x)
    classes = rng.randint(0, 3 if goal in ("classes", "one-hot") else 2, size=(n, *each))
    y = {
        "binary": classes[..., None].astype("float32"),
        "classes": classes,
        "one-hot": np.eye(3, dtype="float32")[classes],
    }.get(goal, rng.randn(n, *each, 2).astype("float32"))
    more: dict[str, Any] = {"batch_size": c["batch_size"]}
    if c["weights"] == "samples":
        more["sample_weight"] = rng.rand(n).astype("float32")
    elif c["weights"] == "classes" and goal in ("classes", "binary") and not each:
        more["class_weight"] = {0: 1.0, 1: 2.5, 2: 0.5}
    if c["validation"] and n >= 12:
        more["validation_split"] = 0.25
    return model, y, more


@pytest.mark.slow
@settings(
    max_examples=MODELS,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking trains for minutes, and the draw is small
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(trainings())
def test_random_models_learn_as_in_keras(c: dict[str, Any]) -> None:
    note(repr(c))
    x = data(c)
    theirs, y, more = build(keras, c, x)
    ours, _, _ = build(tidegate, c, x)
    ours.set_weights(theirs.get_weights())
    options = {"epochs": EPOCHS, "shuffle": False, "verbose": 0, **more}
    expected = theirs.fit(x, y, **options).history
    found = ours.fit(x, y, **options).history

    assert set(found) == set(expected)
    for key, values in expected.items():
        np.testing.assert_allclose(found[key], values, rtol=RELATIVE, atol=ABSOLUTE, err_msg=key)
    for weight, a, b in zip(ours.weights, ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=RELATIVE, atol=ABSOLUTE, err_msg=weight.name)
    for a, b in zip(leaves(ours.predict(x, verbose=0)), leaves(theirs.predict(x, verbose=0)), strict=True):
        np.testing.assert_allclose(a, b, rtol=RELATIVE, atol=ABSOLUTE)
