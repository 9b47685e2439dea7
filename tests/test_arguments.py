"""A wrong argument of whatever is made by name is refused in one form, on the line that gave it."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from tidegate import callbacks, initializers, losses, metrics, optimizers, regularizers
from tidegate.arguments import listed, number, whole
from tidegate.errors import ArgumentError, TidegateError

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
