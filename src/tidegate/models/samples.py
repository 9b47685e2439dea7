"""What a pass runs over: an array for each input, target and weight of a model, checked and in its order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np

from tidegate.arguments import number, shown
from tidegate.errors import ArgumentError, DataError, ShapeError, complaint
from tidegate.language import say
from tidegate.models import checks
from tidegate.models.graph import arrange
from tidegate.models.proposals import way
from tidegate.ops import Spec
from tidegate.shapes import Shape

__all__ = ["Samples", "class_weights", "weight_of", "weights_for"]

Array = np.ndarray[Any, Any]


@dataclass
class Samples:
    """Arrays with one row for each sample.

    Attributes
    ----------
    inputs : one for each input of the model
    targets : one for each output that has a loss or a metric
    weights : one for each of these, or None where every sample counts the same
    given : by the place of their output, shape and type of targets that the model's own `compute_loss` alone looks at
    axes : by the place of their output, how many axes weights had that methods of the model's own look at
    """

    inputs: list[Array]
    targets: list[Array] = field(default_factory=list)
    weights: list[Array | None] = field(default_factory=list)
    given: dict[int, Spec] = field(default_factory=dict)
    axes: dict[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.inputs[0])

    @property
    def sources(self) -> list[Array]:
        """The flat list that a plan is run on."""
        return [*self.inputs, *self.targets, *(w for w in self.weights if w is not None)]

    @property
    def key(self) -> tuple[Any, ...]:
        """What a plan is made for: the shape of a sample of each input, and which weights are given."""
        shapes = (x.shape[1:] for x in self.inputs)
        return (*shapes, *(w is not None for w in self.weights), *self.given.items(), *self.axes.items())

    def at(self, rows: Any) -> Samples:
        """Return the samples at these places: a slice, or an array of them."""
        return Samples(
            [x[rows] for x in self.inputs],
            [y[rows] for y in self.targets],
            [None if w is None else w[rows] for w in self.weights],
            self.given,
            self.axes,
        )

    def split(self, share: Any) -> tuple[Samples, Samples]:
        """Return the first samples and the last ones, of which there is that share."""
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share < 1:
            raise ArgumentError(
                complaint("fit", say("validation_split between 0 and 1"), repr(share), "validation_split=0.2")
            )
        rows = len(self)
        cut = math.floor(rows * (1 - share))
        if cut in (0, rows):
            raise ShapeError(
                complaint(
                    "fit",
                    say("samples on both sides of validation_split"),
                    say("{share} of {rows} samples", share=share, rows=rows),
                    say("a larger share or more data"),
                )
            )
        return self.at(slice(0, cut)), self.at(slice(cut, rows))


def weights_for(verb: str, given: Any, names: Sequence[str], rows: int) -> list[Array | None]:
    """Return sample_weight for each output by these names: one for all of them, or a list or dict of their own."""
    if given is None:
        return [None] * len(names)
    if isinstance(given, dict):
        wrong = [key for key in given if key not in names]
        if wrong:
            arrange(given, list(names), verb, say("weights"))
        parts = [given.get(name) for name in names]
    elif isinstance(given, list | tuple) and len(given) == len(names) > 1:
        parts = list(given)
    elif isinstance(given, list | tuple) and len(given) == 1 and np.ndim(given[0]) > 0:
        parts = [given[0]] * len(names)
    else:
        parts = [given] * len(names)
    found: list[Array | None] = []
    for part in parts:
        w = None if part is None else checks.as_numbers("sample_weight", part)
        if w is not None and (not w.ndim or len(w) != rows):
            raise ShapeError(
                complaint(
                    verb,
                    say("sample_weight with {rows} rows, as y has", rows=rows),
                    f"{len(w)}",
                    _of_other_length(w, rows),
                )
            )
        if w is not None and w.dtype.kind == "f" and not np.isfinite(w).all():
            raise DataError(complaint(verb, say("finite sample_weight"), say("NaN or infinity")))
        found.append(w)
    return found


def _of_other_length(w: Array, rows: int) -> str:
    if len(w) > rows:
        return way(f"sample_weight[:{rows}]", when=say("the last ones belong to no sample"))
    if w.ndim == 1 and len(w) <= 20:
        return way("class_weight=dict(enumerate(sample_weight))", when=say("there is one for each class"))
    return say("`X[:{count}]` and `y[:{count}]` if the last samples have none", count=len(w))


def weight_of(verb: str, w: Array | None, each: Shape) -> Array | None:
    """Return weights as the loss takes them, one for each of its positions.

    A weight for each sample counts for all its steps.
    """
    if w is None:
        return None
    rows, want = len(w), tuple(d or 1 for d in each[1:])
    if w.shape[1:] == (*want, 1):
        w = w[..., 0]
    if w.ndim == 2 and w.shape[1] == 1:
        w = w[:, 0]
    if w.ndim == 1 and want:
        w = np.broadcast_to(w.reshape(rows, *(1 for _ in want)), (rows, *want))
    if w.shape[1:] != want:
        instead = (
            say("one weight for each sample, or for each step") if want else say("one weight for each sample")
        )
        raise ShapeError(
            complaint(
                verb,
                say("{name} of shape {shape}", name="sample_weight", shape=(rows, *want)),
                f"{w.shape}",
                instead,
            )
        )
    return np.ascontiguousarray(w, np.float32)


def class_weights(verb: str, y: Array, given: Any) -> Array:
    """Return the weight of each sample by its class: {class: weight}, 1 for a class that is not named."""
    if not isinstance(given, dict):
        each = given.tolist() if isinstance(given, np.ndarray) else given
        listed = isinstance(each, list | tuple) and all(isinstance(w, Real) for w in each)
        example = {k: float(w) for k, w in enumerate(each)} if listed else {0: 1.0, 1: 5.0}
        raise ArgumentError(
            complaint(verb, say("class_weight as a dict"), shown(given), f"`class_weight={example}`")
        )
    labels = y
    if y.ndim > 1:
        labels = y[..., 0] if y.shape[-1] == 1 else y.argmax(axis=-1)
    if labels.ndim > 1:
        came = say("targets of shape {shape}", shape=y.shape)
        raise ShapeError(
            complaint(
                verb,
                say("one class for each sample with class_weight"),
                came,
                say("sample_weight for each step"),
            )
        )
    classes, places = np.unique(np.round(labels).astype(np.int64), return_inverse=True)
    for k, weight in given.items():
        number(verb, f"class_weight[{k!r}]", weight, 0)
    table = np.array([given.get(int(k), 1.0) for k in classes], np.float32)
    found: Array = table[places.reshape(labels.shape)]
    return found
