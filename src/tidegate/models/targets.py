"""Whether y fits the output and the loss.

That is one number for each number of the output, or one class for each position.

Keras subtracts (32, 1) from (32, 5, 1) without a word; here what would broadcast is refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.errors import DataError, ShapeError, complaint
from tidegate.shapes import Shape, elements

__all__ = ["check_labels", "check_target"]

Array = np.ndarray[Any, Any]


def check_target(y: Array, output: Shape, sparse: bool, loss: str, last_layer: str) -> None:
    """Raise where y would broadcast against the output."""
    n, got = len(y), tuple(y.shape)
    want = (n, *(d or 1 for d in output[1:]))  # every axis of a recorded output is known
    if sparse:
        if got in (want[:-1], (*want[:-1], 1)):
            return
        if got == want:
            raise ShapeError(
                complaint(
                    loss,
                    f"one whole number for each position, y of shape {want[:-1]}",
                    f"y of shape {got}",
                    "loss='categorical_crossentropy' if y is one-hot, or y.argmax(axis=-1)",
                )
            )
        raise ShapeError(
            complaint(loss, f"y of shape {want[:-1]}", f"y of shape {got}", _for_target(want[:-1], got))
        )
    if got == want or (want[-1] == 1 and got == want[:-1]) or got == (*want, 1):
        return
    if loss == "categorical_crossentropy" and got in (want[:-1], (*want[:-1], 1)):
        raise ShapeError(
            complaint(
                loss,
                f"one-hot targets, y of shape {want}",
                f"y of shape {got}",
                f"loss='sparse_categorical_crossentropy' for classes, or to_categorical(y, {want[-1]})",
            )
        )
    who = f"{loss} on {last_layer}"
    if loss == "binary_crossentropy" and want == (n, 1) and got == (n, 2):
        instead = "y[:, 1] if y is one-hot, or Dense(2, activation='softmax') with 'categorical_crossentropy'"
        raise ShapeError(complaint(who, f"y of the output's shape {want}", f"y of shape {got}", instead))
    raise ShapeError(
        complaint(
            who, f"y of the output's shape {want}", f"y of shape {got}", _for_target(want, got, last_layer)
        )
    )


def _for_target(want: tuple[int, ...], got: tuple[int, ...], last_layer: str = "the last layer") -> str:
    steps = want[1] if len(want) == 3 else 0
    if steps and len(got) == 2 and got[1] == steps:
        return f"Dense(1) as the last layer, as y has one number at each of {steps} steps"
    if steps and len(got) <= 2:
        return (
            "return_sequences=False on the last LSTM for one target a sample, "
            f"or a target at each step, y of shape {want}"
        )
    if steps and len(got) == 3 and got[1] == steps:
        return f"Dense({got[2]}) as the last layer"
    if len(want) == 2 and len(got) == 3 and got[2] == want[1]:
        return (
            "return_sequences=True on the last LSTM for a target at each step, or y[:, -1] for the last one"
        )
    if len(want) == 2 and len(got) <= 2:
        return (
            f"Dense({got[1] if len(got) == 2 else 1}) as the last layer, or one column of y for each output"
        )
    if elements(want) == elements(got):
        return f"y.reshape({', '.join(map(str, (-1, *want[1:])))})"
    return "a target or a last layer of the other's shape"


def check_labels(y: Array, output: Shape, sparse: bool, probabilities: bool, loss: str) -> None:
    """Raise where a target's numbers mean nothing to the loss: no class of that number, no probability."""
    if not (sparse or probabilities):
        return
    low, high = y.min(), y.max()
    if sparse:
        classes = output[-1] or 1
        if not (low >= 0 and high < classes):
            instead = (
                f"y - {int(low)}, as classes are counted from 0"
                if low > 0 and high - low < classes
                else f"Dense({int(high) + 1}) as the last layer"
                if low >= 0
                else "whole numbers from 0 on"
            )
            bad = high if high >= classes else low
            raise DataError(complaint(loss, f"classes from 0 to {classes - 1}", f"{bad} in y", instead))
        if y.dtype.kind == "f" and (y != np.floor(y)).any():
            raise DataError(complaint(loss, "whole-number classes", f"{y[y != np.floor(y)].ravel()[0]} in y"))
    elif not (low >= 0 and high <= 1):
        instead = "(y > 0).astype(int)" if low == -1 and high == 1 else "loss='mse' if y is a measurement"
        if low >= 1 and high == low + 1:
            instead = f"y - {int(low)}"
        raise DataError(complaint(loss, "targets from 0 to 1", f"y from {low} to {high}", instead))
