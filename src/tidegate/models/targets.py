"""Whether y fits the output and the loss.

That is one number for each number of the output, or one class for each position.

Keras subtracts (32, 1) from (32, 5, 1) without a word; here what would broadcast is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, DataError, ShapeError, complaint
from tidegate.layers import Activation, Dense, Layer, RepeatVector, Softmax, TimeDistributed
from tidegate.losses import Loss
from tidegate.models.proposals import codes_in, way
from tidegate.shapes import Shape, describe, elements

__all__ = ["Output", "check_labels", "check_loss", "check_target"]

Array = np.ndarray[Any, Any]
Got = tuple[int, ...]
ONE_HOT, CLASSES = "categorical_crossentropy", "sparse_categorical_crossentropy"


@dataclass
class Output:
    """What stands before an output, for messages.

    Attributes
    ----------
    name : the output
    layers : the layer that makes it, the one below, and so on; none where the model is a call of the user's own
    """

    name: str
    layers: list[Layer]

    @property
    def who(self) -> str:
        return _who(self.layers[0]) if self.layers else f"output '{self.name}'"

    @property
    def recurrent(self) -> Layer | None:
        """The nearest layer that gives its last state or all of them."""
        return next((k for k in self.layers if hasattr(k, "return_sequences")), None)

    @property
    def steps(self) -> int | None:
        """How many timesteps that layer reads."""
        shape = self.recurrent.built_shape if self.recurrent is not None else None
        return shape[1] if isinstance(shape, tuple) and len(shape) == 3 else None

    def sequences(self, on: bool) -> str:
        """Return the proposal to turn return_sequences on or off."""
        where = _who(self.recurrent) if self.recurrent is not None else "the last recurrent layer"
        return f"`return_sequences={on}` on {where}"

    def function(self) -> str:
        """Return the name of the function that comes last."""
        layer: Any = self.layers[0] if self.layers else None
        layer = layer.layer if isinstance(layer, TimeDistributed) else layer
        if isinstance(layer, Softmax):
            return "softmax" if layer.axis in (-1, len(layer.output_shape) - 1) else ""
        if isinstance(layer, Dense | Activation):
            return getattr(layer.activation, "__name__", "")
        return ""

    def dense(self, units: int, activation: str | None = None) -> str:
        """Return a last layer of so many units, and in whose place it stands."""
        chosen = self.function() if activation is None else activation
        code = f"Dense({units}, activation='{chosen}')" if chosen not in ("", "linear") else f"Dense({units})"
        last = self.layers[0] if self.layers else None
        if isinstance(last, Dense):
            return f"`{code}` in place of {self.who}"
        if isinstance(last, TimeDistributed):
            return f"`TimeDistributed({code})` in place of {self.who}"
        return f"`{code}` on top of {self.who}" if last is not None else f"`{code}` as the last layer"


def _who(layer: Layer) -> str:
    return f"{type(layer).__name__} '{layer.name}'"


def _shown(shape: Got, steps: int | None = None) -> str:
    """Return a target's shape with its axes named.

    >>> _shown((40, 5, 1)), _shown((40, 5), steps=5)
    ('(samples=40, timesteps=5, outputs=1)', '(samples=40, timesteps=5)')
    """
    if len(shape) == 2:
        return describe(shape, ("samples", "timesteps" if shape[1] == steps else "outputs"))
    return describe(shape, ("samples", "timesteps", "outputs") if len(shape) == 3 else None)


def check_loss(loss: Loss, output: Shape, place: Output) -> None:
    """Raise where an output of one unit says the same whatever the weights are."""
    if output[-1] != 1 or len(output) < 2:
        return
    if place.function() == "softmax":
        two = place.dense(2, "softmax")
        ways = f"{place.dense(1, 'sigmoid')} with `loss='binary_crossentropy'`; {two} with `loss='{CLASSES}'`"
        if not loss.name.endswith("crossentropy"):
            ways = f"{place.dense(1, '')} if y is a measurement; {place.dense(1, 'sigmoid')} for a share"
        if isinstance(place.layers[0], Activation | Softmax):
            ways = f"`Activation('sigmoid')` in place of {place.who} with `loss='binary_crossentropy'`"
        came = "softmax over a single one, which is always 1"
        raise ArgumentError(complaint(place.who, "two units or more under softmax", came, ways))
    if loss.name == ONE_HOT:
        came = "one unit, whose share of the sum is always 1"
        ways = f"`loss='binary_crossentropy'` for yes or no; {place.dense(2, 'softmax')} for one-hot targets"
        raise ArgumentError(complaint(f"{ONE_HOT} on {place.who}", "a unit for each class", came, ways))


def check_target(y: Array, output: Shape, loss: Loss, place: Output) -> None:
    """Raise where y would broadcast against the output."""
    got = tuple(y.shape)
    want = (len(y), *(d or 1 for d in output[1:]))  # every axis of a recorded output is known
    if loss.sparse:
        if got in (want[:-1], (*want[:-1], 1)):
            return
        expected = f"one whole number for each position, y {_shown(want[:-1], _steps(want))}"
        ways = _for_classes(y, want, place)
        who = loss.name
    elif got == want or (want[-1] == 1 and got == want[:-1]) or got == (*want, 1):
        return
    elif loss.name == ONE_HOT and got in (want[:-1], (*want[:-1], 1)):
        who, expected = loss.name, f"one-hot targets, y {_shown(want)}"
        ways = f"`loss='{CLASSES}'` for classes as whole numbers; {_to_categorical(y, want)}"
    else:
        who, expected = f"{loss.name} on {place.who}", f"y of the output's shape {_shown(want)}"
        ways = "; ".join(_for_numbers(y, want, place, loss))
    raise ShapeError(complaint(who, expected, f"y {_shown(got, _steps(want) or place.steps)}", ways))


def _steps(want: Got) -> int | None:
    return want[1] if len(want) == 3 else None


def _to_categorical(y: Array, want: Got) -> str:
    low, high = y.min(), y.max()
    code = f"to_categorical(y - {int(low)}, {want[-1]})" if low > 0 and high >= want[-1] else ""
    return f"`{code or f'to_categorical(y, {want[-1]})'}` gives {_shown(want)}"


def _for_classes(y: Array, want: Got, place: Output) -> str:
    """Return what to write where y is not one whole number for each position of the output."""
    got, steps = tuple(y.shape), _steps(want)
    if got == want:
        gives = _shown(want[:-1], steps)
        return f"`loss='{ONE_HOT}'` if y is one-hot; `y.argmax(axis=-1)` gives {gives}"
    if steps and len(got) <= 2 and got[1:] != (steps,):
        return f"{place.sequences(False)} for one class a sample"
    if not steps and got[1:] == (place.steps,):
        return f"{place.sequences(True)} for a class at each step; `y[:, -1]` for the last one"
    if len(got) == len(want) and got[:-1] == want[:-1]:
        return f"{place.dense(got[-1])} with `loss='{ONE_HOT}'` if y is one-hot"
    return "y with one class for each position"


def _for_numbers(y: Array, want: Got, place: Output, loss: Loss) -> Iterator[str]:
    """Yield what to write where y has not the shape of the output."""
    got, steps, units = tuple(y.shape), _steps(want), want[-1]
    if loss.name == "binary_crossentropy" and want == (len(y), 1) and got == (len(y), 2):
        yield "`y[:, 1]` if y is one-hot"
        yield f"{place.dense(2, 'softmax')} with `loss='{ONE_HOT}'`"
    elif steps and got[1:] == (steps,):
        yield f"{place.dense(1)}, as y has one number at each of {steps} steps"
    elif steps and len(got) <= 2:
        yield f"{place.sequences(False)} for one target a sample"
        if isinstance(place.layers[0] if place.layers else None, TimeDistributed):
            yield "and the Dense without TimeDistributed around it"
        yield f"or a target at each step, y {_shown(want)}"
    elif steps and got == (want[0], want[2], want[1]):
        yield f"`y.transpose(0, 2, 1)` gives {_shown(want)}, as timesteps come before outputs"
    elif steps and len(got) == 3 and got[1] == steps:
        yield place.dense(got[2])
        if got[2] > units:
            yield f"`y[..., :{units}]` gives {_shown(want)} if the first outputs are meant"
    elif steps and len(got) == 3 and got[2] == units:
        repeat = next((k for k in place.layers if isinstance(k, RepeatVector)), None)
        if repeat is not None:
            yield f"`RepeatVector({got[1]})` in place of '{repeat.name}'"
        if got[1] > steps:
            yield f"`y[:, -{steps}:]` gives {_shown(want)} if the last steps are meant"
    elif not steps and len(got) == 3:
        if got[2] == units and place.steps in (None, got[1]):
            yield f"{place.sequences(True)} for a target at each step"
        if got[2] == units:
            yield f"`y[:, -1]` gives {_shown(want)} for the last step alone"
        total = elements(got[1:])
        yield f"`y.reshape(-1, {total})` gives {_shown((got[0], total))} with {place.dense(total)}"
    elif not steps and len(got) == 2 and got[1] == place.steps and units == 1:
        yield f"{place.sequences(True)} for a number at each step"
        yield f"{place.dense(got[1])} for {got[1]} numbers at the end"
    elif not steps and len(got) <= 2:
        if units > 1 and 0 < codes_in(y) <= units and place.function() == "softmax":
            yield f"`loss='{CLASSES}'` if y holds classes"
        yield place.dense(got[1] if len(got) == 2 else 1)
        if len(got) == 2 and got[1] > units:
            yield f"`y[:, :{units}]` gives {_shown(want)} for the first {units} of {got[1]} outputs alone"
    elif elements(want) == elements(got):
        yield way(f"y.reshape({', '.join(map(str, (-1, *want[1:])))})")
    else:
        yield "a target or a last layer of the other's shape"


def check_labels(y: Array, output: Shape, loss: Loss, place: Output) -> None:
    """Raise where a target's numbers mean nothing to the loss: no class of that number, no probability."""
    if not (loss.sparse or loss.probabilities):
        return
    low, high = y.min(), y.max()
    whole = y.dtype.kind in "iu"
    if loss.sparse:
        classes = output[-1] or 1
        if not whole and (y != np.floor(y)).any():
            bad = y[y != np.floor(y)].ravel()[0]
            ways = f"{place.dense(1, '')} with `loss='mse'` if y is a measurement"
            raise DataError(complaint(loss.name, "whole-number classes", f"{bad:g} in y", ways))
        if not (low >= 0 and high < classes):
            bad = high if high >= classes else low
            came = f"{int(bad)} in y, whose classes run from {int(low)} to {int(high)}"
            ways = _other_classes(y, classes, place)
            raise DataError(complaint(loss.name, f"classes from 0 to {classes - 1}", came, ways))
    elif not (low >= 0 and high <= 1):
        ways = _other_probabilities(y, low, high, place)
        raise DataError(complaint(loss.name, "targets from 0 to 1", f"y from {low:g} to {high:g}", ways))


def _other_classes(y: Array, classes: int, place: Output) -> str:
    low, high = int(y.min()), int(y.max())
    if classes == 1 and low == 0 and high == 1:
        yes = f"{place.dense(1, 'sigmoid')} with `loss='binary_crossentropy'`"
        return f"{place.dense(2, 'softmax')}, one unit for each class; {yes}"
    if low == -1 and high == 1 and len(kinds := np.unique(y)) == 2:
        return f"`(y > 0).astype(int)`, as classes are counted from 0 (y holds {kinds[0]:g} and {kinds[1]:g})"
    if low != 0 and high - low < classes:
        change = f"y - {low}" if low > 0 else f"y + {-low}"
        return f"`{change}`, as classes are counted from 0"
    if low >= 0 and high < 10 * classes and len(np.unique(y)) > classes:
        return f"{place.dense(high + 1)}, one unit for each class"
    kinds = np.unique(y)
    inverse = "`np.unique(y, return_inverse=True)[1].reshape(y.shape)` counts the classes from 0"
    if len(kinds) <= classes:
        return inverse
    return f"{inverse}, with {place.dense(len(kinds))}"


def _other_probabilities(y: Array, low: Any, high: Any, place: Output) -> str:
    if low == -1 and high == 1 and not ((y != -1) & (y != 1)).any():
        return "`(y > 0).astype(int)`"
    if not ((y != low) & (y != high)).any():
        if high == low + 1:
            return f"`y - {int(low)}`"
        return f"`(y == {high:g}).astype(int)`, as there are two kinds"
    kinds = codes_in(y)
    several = (
        f"{place.dense(kinds, 'softmax')} with `loss='{CLASSES}'` if y holds {kinds} classes; "
        if 2 < kinds <= 1000 and (y.ndim == 1 or y.shape[-1] == 1)
        else ""
    )
    return f"{several}`loss='mse'` with {place.dense(y.shape[-1] if y.ndim > 1 else 1, '')} if y is a measurement"
