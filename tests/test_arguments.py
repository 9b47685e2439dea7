"""A wrong argument of whatever is made by name is refused in one form, on the line that gave it."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import numpy as np
import pytest

from tidegate import (
    callbacks,
    data,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    preprocessing,
    random,
    regularizers,
    utils,
)
from tidegate.arguments import listed, number, whole
from tidegate.errors import ArgumentError, TidegateError
from tidegate.models import Sequential, clone_model

WRONG: list[Any] = [None, "no such thing", object(), [], {}, -1.5, float("nan"), (1, 2)]
NEEDED = {  # by those without which a class cannot be made
    "num_classes": 3,
    "target_class_ids": [0],
    "schedule": lambda epoch: 0.1,
    "backup_dir": "b",
    "filepath": "m.keras",
    "filename": "l.csv",
    "boundaries": [1],
    "values": [1.0, 2.0],
    "initial_learning_rate": 0.1,
    "decay_steps": 5,
    "decay_rate": 0.5,
    "first_decay_steps": 3,
    **dict.fromkeys(("recall", "precision", "specificity", "sensitivity"), 0.5),
}
MODULES = (callbacks, initializers, losses, metrics, optimizers, optimizers.schedules, regularizers)
FOUND = {
    f"{module.__name__.rpartition('.')[2]}.{name}": thing
    for module in MODULES
    for name in module.__all__
    if inspect.isclass(thing := getattr(module, name))
}


@pytest.mark.parametrize("name", sorted(FOUND))
def test_wrong_arguments(name: str) -> None:
    made = FOUND[name]
    taken = [
        p
        for p in inspect.signature(made).parameters.values()
        if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
    ]
    needed = {p.name: NEEDED.get(p.name) for p in taken if p.default is p.empty}
    for p in taken:
        for wrong in WRONG:
            try:
                made(**{**needed, p.name: wrong})
            except TidegateError:
                continue
            except Exception as error:
                raise AssertionError(
                    f"{name}({p.name}={wrong!r}): {type(error).__name__}: {error}"
                ) from error


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: number("LSTM", "dropout", 1.5, 0, 1), "dropout from 0 to 1; got 1.5"),
        (lambda: number("LSTM", "rate", 0, 0, above=True), "rate above 0; got 0"),
        (lambda: number("LSTM", "rate", -1, 0), "rate of at least 0; got -1"),
        (lambda: number("LSTM", "rate", True), "rate as a number; got True"),
        (lambda: number("LSTM", "rate", float("inf")), "rate as a number; got inf"),
        (lambda: whole("LSTM", "units", 2.0, "LSTM(2)"), "units to be a whole number of at least 1; got 2.0"),
        (lambda: listed("LSTM", "cells", "ab", "[a, b]"), "cells as a list; got 'ab'"),
        (lambda: listed("LSTM", "cells", np.float32(1), "[a, b]"), "cells as a list"),
    ],
)
def test_one_argument(call: Any, said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        call()


def test_numbers_of_numpy_are_numbers() -> None:
    assert number("LSTM", "dropout", np.float32(0.5), 0, 1) == 0.5
    assert whole("LSTM", "units", np.int64(3), "") == 3 and listed("LSTM", "x", np.arange(2), "") == [0, 1]


CARELESS: list[Any] = [*WRONG, np.array([1, 0]), np.array(["a"]), 1j, b"x", "", {1, 2}, [[1], [1, 2]]]
X = np.ones((6, 4, 2), np.float32)
DAYS = np.arange("2024-01-01", "2024-01-09", dtype="datetime64[D]")


def small() -> Any:
    model = Sequential([layers.Input((4, 2)), layers.LSTM(2, name="read"), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


# Functions, each with arguments that fit; then each argument in turn is careless.
CALLS: dict[str, tuple[Any, dict[str, Any]]] = {
    **{
        f"random.{name}": (getattr(random, name), {"shape": (2, 3), **more})
        for name, more in {
            "normal": {},
            "uniform": {},
            "truncated_normal": {},
            "randint": {"minval": 0, "maxval": 5},
            "gamma": {"alpha": 1.0},
            "beta": {"alpha": 1.0, "beta": 2.0},
            "binomial": {"counts": 3, "probabilities": 0.5},
        }.items()
    },
    "skipgrams": (preprocessing.sequence.skipgrams, {"sequence": [1, 2, 3], "vocabulary_size": 4}),
    "make_sampling_table": (preprocessing.sequence.make_sampling_table, {"size": 5}),
    "hashing_trick": (preprocessing.text.hashing_trick, {"text": "a b", "n": 5}),
    "normalize": (utils.normalize, {"x": np.ones((2, 3))}),
    "map": (utils.Dataset.range(4).map, {"map_func": abs}),
    "filter": (utils.Dataset.range(4).filter, {"predicate": bool}),
    "take": (utils.Dataset.range(4).take, {"count": 2}),
    "repeat": (utils.Dataset.range(4).repeat, {"count": 2}),
    "concatenate": (utils.Dataset.range(4).concatenate, {"dataset": utils.Dataset.range(2)}),
    "from_tensor_slices": (utils.Dataset.from_tensor_slices, {"tensors": X}),
    "summary": (lambda **given: small().summary(**given), {"line_length": 80, "print_fn": len}),
    "get_layer": (lambda **given: small().get_layer(**given), {"name": "read", "index": 0}),
    "fit": (
        lambda **given: small().fit(**given),
        {"x": X, "y": X[:, 0, 0], "shuffle": True, "class_weight": {0: 1.0, 1: 2.0}, "verbose": 0},
    ),
    **{
        name: (getattr(losses, name), {"y_true": np.ones((2, 3)), "y_pred": np.ones((2, 3))})
        for name in (
            "mean_squared_error",
            "huber",
            "binary_crossentropy",
            "cosine_similarity",
            "kl_divergence",
        )
    },
    "huber by delta": (losses.huber, {"y_true": np.ones(3), "y_pred": np.ones(3), "delta": 1.0}),
    "find_frequency": (data.find_frequency, {"dates": DAYS}),
    "find_gaps": (data.find_gaps, {"dates": DAYS, "frequency": data.find_frequency(DAYS)}),
    "future_dates": (
        data.future_dates,
        {"last": DAYS[-1], "frequency": data.find_frequency(DAYS), "count": 2},
    ),
    "clone_model": (clone_model, {"model": Sequential(), "clone_function": lambda layer: layer}),
    "SGD": (optimizers.SGD, {"learning_rate": 0.1, "nesterov": True}),
    "Conv1D": (
        layers.Conv1D,
        {"filters": 2, "kernel_size": 2, "padding": "same", "data_format": "channels_last"},
    ),
    "LSTM": (layers.LSTM, {"units": 2, "return_sequences": True, "stateful": False, "go_backwards": True}),
    "Dense": (layers.Dense, {"units": 2, "use_bias": True}),
}


@pytest.mark.parametrize("name", CALLS)
def test_careless_calls(name: str) -> None:
    call, fitting = CALLS[name]
    call(**fitting)
    for argument, wrong in itertools.product(fitting, CARELESS):
        try:
            call(**{**fitting, argument: wrong})
        except TidegateError:
            continue
        except Exception as error:
            raise AssertionError(f"{name}({argument}={wrong!r}): {type(error).__name__}: {error}") from error


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: layers.LSTM(2, return_sequences=np.array([1, 0])),
            "LSTM expects return_sequences as True or",
        ),
        (lambda: layers.LSTM(2, return_sequences="False"), "return_sequences as True or False; got 'False'"),
        (
            lambda: small().fit(X, X[:, 0, 0], shuffle=np.ones(3)),
            "fit expects shuffle as True or False or a text",
        ),
        (lambda: small().summary(line_length="a"), "summary expects line_length as a whole number; got 'a'"),
        (lambda: utils.Dataset.range(3).map(None), "map expects map_func as a function; got None"),
        (lambda: utils.normalize("ab"), "normalize expects x as an array of numbers; got 'ab'"),
        (
            lambda: callbacks.LambdaCallback(on_epoch_end="a"),
            "LambdaCallback expects on_epoch_end as a function",
        ),
    ],
)
def test_what_an_argument_is_is_said(call: Any, said: str) -> None:
    with pytest.raises(TidegateError) as caught:
        call()
    assert said in str(caught.value)


@pytest.mark.parametrize("given", [None, np.ones((3, 2)), "text", (1.0, 2.0)], ids=str)
def test_a_function_as_metric_gives_numbers(given: Any) -> None:
    model = small()

    def closeness(y_true: Any, y_pred: Any) -> Any:
        return given

    model.compile("adam", "mse", metrics=[closeness])
    with pytest.raises(TidegateError, match="metric 'closeness'"):
        model.fit(X, X[:, 0, 0], verbose=0)
