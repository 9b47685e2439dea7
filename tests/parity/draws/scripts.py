"""A few calls on a public door, as plain data: what is asked of both packages, and what each answers.

A *script* is what it makes (a spec, or None) and its calls: the name of a method of what was made, or of a function
of the package, with positional and named arguments.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from tests.parity.case import leaves
from tests.parity.draws.spec import Spec, made

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Script:
    makes: Spec | None = None
    calls: list[Call] = field(default_factory=list)

    def then(self, name: str, *args: Any, **kwargs: Any) -> Script:
        """Return this script with one more call."""
        return Script(self.makes, [*self.calls, (name, args, kwargs)])


@dataclass(frozen=True)
class Flowing:
    """A function of the package, called on the inputs of a model: each array that has as many rows as the first."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def play(self, k: Any) -> list[Any]:
        """Return what the model predicts."""
        rows: list[int] = []
        given: list[np.ndarray] = []
        inputs: list[Any] = []

        def flow(x: Any) -> Any:
            if isinstance(x, list) and x and isinstance(x[0], np.ndarray):
                return [flow(each) for each in x]
            if (
                not isinstance(x, np.ndarray)
                or x.ndim < 2
                or x.dtype != np.float32
                or x.shape[0] != (rows or [len(x)])[0]
            ):
                return x
            rows.append(len(x))
            given.append(x)
            inputs.append(k.layers.Input(x.shape[1:]))
            return inputs[-1]

        answer = reduce(getattr, self.name.split("."), k)(*(flow(x) for x in self.args), **self.kwargs)
        found = plain(k.models.Model(inputs, answer).predict(given, batch_size=max(rows), verbose=0))
        if any(len(leaf) != rows[0] for leaf in leaves(found)):
            raise ValueError("this goes over the samples")
        return found


def play(k: Any, script: Any) -> Any:
    """Return what the package answers to each call, as plain data."""
    if not isinstance(script, Script):
        return script.play(k)
    random.seed(0)
    np.random.seed(0)
    thing = made(k, script.makes)
    found = []
    for name, args, kwargs in script.calls:
        door = reduce(getattr, name.split("."), k if script.makes is None else thing)
        answer = door(*made(k, list(args)), **{key: made(k, value) for key, value in kwargs.items()})
        found.append(None if name == "update_state" else plain(answer))  # a state, in some metrics of Keras
    return found


def plain(answer: Any) -> Any:
    """Return an answer as lists, dicts, strings and arrays."""
    if answer is None or isinstance(answer, str | bytes):
        return answer
    if isinstance(answer, Mapping):
        return {key: plain(value) for key, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [plain(value) for value in answer]
    return np.array(
        answer.detach() if hasattr(answer, "detach") else answer
    )  # what a state is now: it goes on


def differences(
    found: Any, expected: Any, relative: float, absolute: float, where: str = "", types: bool = False
) -> list[str]:
    """Return in words where two answers differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        keys = sorted({*found, *expected}, key=str)
        lost = [
            f"{where}[{key!r}] is in one alone" for key in keys if key not in found or key not in expected
        ]
        return lost or [
            each
            for key in keys
            for each in differences(found[key], expected[key], relative, absolute, f"{where}[{key!r}]", types)
        ]
    if isinstance(expected, list) and isinstance(found, list):
        if len(found) != len(expected):
            return [f"{where} has {len(found)} parts in place of {len(expected)}"]
        pairs = enumerate(zip(found, expected, strict=True))
        return [
            each
            for i, (a, b) in pairs
            for each in differences(a, b, relative, absolute, f"{where}[{i}]", types)
        ]
    if not isinstance(expected, np.ndarray) or not isinstance(found, np.ndarray):
        same = type(found) is type(expected) and found == expected
        return [] if same else [f"{where}: {found!r} in place of {expected!r}"]
    if found.shape != expected.shape:
        return [f"{where}: shape {found.shape} in place of {expected.shape}"]
    if types and found.dtype != expected.dtype:
        return [f"{where}: {found.dtype} in place of {expected.dtype}"]
    if expected.dtype.kind not in "fiub":
        return [] if np.array_equal(found, expected) else [f"{where}: {found} in place of {expected}"]
    a, b = np.float64(found), np.float64(expected)
    return (
        []
        if np.allclose(a, b, relative, absolute, equal_nan=True)
        else [f"{where}: {found.ravel()[:9]} in place of {expected.ravel()[:9]}"]
    )
