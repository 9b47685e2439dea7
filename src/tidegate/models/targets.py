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
from tidegate.language import say
from tidegate.layers import Activation, Dense, Layer, RepeatVector, Softmax, TimeDistributed
from tidegate.losses import Loss
from tidegate.losses.base import FunctionLoss
from tidegate.models.proposals import codes_in, either, way
from tidegate.shapes import Shape, describe, elements

__all__ = ["Output", "check_labels", "check_loss", "check_target", "for_each_output"]

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
        return _who(self.layers[0]) if self.layers else say("output '{name}'", name=self.name)

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
        where = _who(self.recurrent) if self.recurrent is not None else say("the last recurrent layer")
        return say("`{code}` on {who}", code=f"return_sequences={on}", who=where)

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
            return say("`{code}` in place of {who}", code=code, who=self.who)
        if isinstance(last, TimeDistributed):
            return say("`{code}` in place of {who}", code=f"TimeDistributed({code})", who=self.who)
        return (
            say("`{code}` on top of {who}", code=code, who=self.who)
            if last is not None
            else say("`{code}` as the last layer", code=code)
        )


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


def _gives(code: str, shape: Got, steps: int | None = None, when: str = "") -> str:
    """Return a proposal for a target, and what it gives."""
    text = say("{way} gives {shape}", way=f"`{code}`", shape=_shown(shape, steps))
    return say("{way} if {when}", way=text, when=when) if when else text


def with_loss(proposal: str, loss: str) -> str:
    """Return a proposal that needs another loss as well."""
    return say("{way} with `{code}`", way=proposal, code=f"loss='{loss}'")


def _of_a_measurement(proposal: str) -> str:
    return say("{way} if {when}", way=with_loss(proposal, "mse"), when=say("y is a measurement"))


def check_loss(loss: Loss, output: Shape, place: Output) -> None:
    """Raise where an output of one unit says the same whatever the weights are."""
    if output[-1] != 1 or len(output) < 2:
        return
    if place.function() == "softmax":
        ways = either(
            with_loss(place.dense(1, "sigmoid"), "binary_crossentropy"),
            with_loss(place.dense(2, "softmax"), CLASSES),
        )
        if not loss.name.endswith("crossentropy"):
            ways = say(
                "{one} if y is a measurement; {other} for a share",
                one=place.dense(1, ""),
                other=place.dense(1, "sigmoid"),
            )
        if isinstance(place.layers[0], Activation | Softmax):
            ways = say(
                "{way} with `{code}`",
                way=say("`{code}` in place of {who}", code="Activation('sigmoid')", who=place.who),
                code="loss='binary_crossentropy'",
            )
        came = say("softmax over a single one, which is always 1")
        raise ArgumentError(complaint(place.who, say("two units or more under softmax"), came, ways))
    if loss.name == ONE_HOT:
        came = say("one unit, whose share of the sum is always 1")
        ways = say(
            "`loss='binary_crossentropy'` for yes or no; {two} for one-hot targets",
            two=place.dense(2, "softmax"),
        )
        raise ArgumentError(
            complaint(
                say("{loss} on {who}", loss=ONE_HOT, who=place.who), say("a unit for each class"), came, ways
            )
        )


def check_target(y: Array, output: Shape, loss: Loss, place: Output) -> None:
    """Raise where y would broadcast against the output."""
    got = tuple(y.shape)
    want = (len(y), *(d or 1 for d in output[1:]))  # every axis of a recorded output is known
    if loss.sparse:
        if got in (want[:-1], (*want[:-1], 1)):
            return
        expected = say("one whole number for each position, y {shape}", shape=_shown(want[:-1], _steps(want)))
        ways = _for_classes(y, want, place)
        who = loss.name
    elif got == want or (want[-1] == 1 and got == want[:-1]) or got == (*want, 1):
        return
    elif loss.name == ONE_HOT and got in (want[:-1], (*want[:-1], 1)):
        who, expected = loss.name, say("one-hot targets, y {shape}", shape=_shown(want))
        ways = say(
            "`loss='{classes}'` for classes as whole numbers; {hot}",
            classes=CLASSES,
            hot=_to_categorical(y, want),
        )
    else:
        who, expected = (
            say("{loss} on {who}", loss=loss.name, who=place.who),
            say("y of the output's shape {shape}", shape=_shown(want)),
        )
        ways = either(*_for_numbers(y, want, place, loss))
    raise ShapeError(complaint(who, expected, f"y {_shown(got, _steps(want) or place.steps)}", ways))


def for_each_output(y: Array, output: Shape, loss: Loss | None) -> Array:
    """Return one number for each position, that a loss of the user's own compares with several outputs, as often."""
    want = (len(y), *(d or 1 for d in output[1:]))
    said: Any = loss.fn if isinstance(loss, FunctionLoss) else type(loss)
    single = y.shape in (want[:-1], (*want[:-1], 1)) and want[-1] > 1
    if loss is None or loss.sparse or not single or str(said.__module__).startswith("tidegate."):
        return y
    return np.broadcast_to(y.reshape(*want[:-1], 1), want)


def _steps(want: Got) -> int | None:
    return want[1] if len(want) == 3 else None


def _to_categorical(y: Array, want: Got) -> str:
    low, high = y.min(), y.max()
    code = f"to_categorical(y - {int(low)}, {want[-1]})" if low > 0 and high >= want[-1] else ""
    return _gives(code or f"to_categorical(y, {want[-1]})", want)


def _for_classes(y: Array, want: Got, place: Output) -> str:
    """Return what to write where y is not one whole number for each position of the output."""
    got, steps = tuple(y.shape), _steps(want)
    if got == want:
        one_hot = way(f"loss='{ONE_HOT}'", when=say("y is one-hot"))
        return either(one_hot, _gives("y.argmax(axis=-1)", want[:-1], steps))
    if steps and len(got) <= 2 and got[1:] != (steps,):
        return say("{way} for one class a sample", way=place.sequences(False))
    if not steps and got[1:] == (place.steps,):
        return say("{way} for a class at each step; `y[:, -1]` for the last one", way=place.sequences(True))
    if len(got) == len(want) and got[:-1] == want[:-1]:
        return say("{way} if {when}", way=with_loss(place.dense(got[-1]), ONE_HOT), when=say("y is one-hot"))
    return say("y with one class for each position")


def _for_numbers(y: Array, want: Got, place: Output, loss: Loss) -> Iterator[str]:
    """Yield what to write where y has not the shape of the output."""
    got, steps, units = tuple(y.shape), _steps(want), want[-1]
    if loss.name == "binary_crossentropy" and want == (len(y), 1) and got == (len(y), 2):
        yield way("y[:, 1]", when=say("y is one-hot"))
        yield with_loss(place.dense(2, "softmax"), ONE_HOT)
    elif steps and got[1:] == (steps,):
        yield say("{way}, as y has one number at each of {steps} steps", way=place.dense(1), steps=steps)
    elif steps and len(got) <= 2:
        yield say("{way} for one target a sample", way=place.sequences(False))
        if isinstance(place.layers[0] if place.layers else None, TimeDistributed):
            yield say("and the Dense without TimeDistributed around it")
        yield say("or a target at each step, y {shape}", shape=_shown(want))
    elif steps and got == (want[0], want[2], want[1]):
        yield say("{way}, as timesteps come before outputs", way=_gives("y.transpose(0, 2, 1)", want))
    elif steps and len(got) == 3 and got[1] == steps:
        yield place.dense(got[2])
        if got[2] > units:
            yield _gives(f"y[..., :{units}]", want, when=say("the first outputs are meant"))
    elif steps and len(got) == 3 and got[2] == units:
        repeat = next((k for k in place.layers if isinstance(k, RepeatVector)), None)
        if repeat is not None:
            yield say("`{code}` in place of {who}", code=f"RepeatVector({got[1]})", who=f"'{repeat.name}'")
        if got[1] > steps:
            yield _gives(f"y[:, -{steps}:]", want, when=say("the last steps are meant"))
    elif not steps and len(got) == 3:
        if got[2] == units and place.steps in (None, got[1]):
            yield say("{way} for a target at each step", way=place.sequences(True))
        if got[2] == units:
            yield say("{way} for the last step alone", way=_gives("y[:, -1]", want))
        total = elements(got[1:])
        yield say(
            "{way} with {other}",
            way=_gives(f"y.reshape(-1, {total})", (got[0], total)),
            other=place.dense(total),
        )
    elif not steps and len(got) == 2 and got[1] == place.steps and units == 1:
        yield say("{way} for a number at each step", way=place.sequences(True))
        yield say("{way} for {n} numbers at the end", way=place.dense(got[1]), n=got[1])
    elif not steps and len(got) <= 2:
        if units > 1 and 0 < codes_in(y) <= units and place.function() == "softmax":
            yield way(f"loss='{CLASSES}'", when=say("y holds classes"))
        yield place.dense(got[1] if len(got) == 2 else 1)
        if len(got) == 2 and got[1] > units:
            yield say(
                "{way} for the first {n} of {all} outputs alone",
                way=_gives(f"y[:, :{units}]", want),
                n=units,
                all=got[1],
            )
    elif elements(want) == elements(got):
        yield way(f"y.reshape({', '.join(map(str, (-1, *want[1:])))})")
    else:
        yield say("a target or a last layer of the other's shape")


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
            ways = _of_a_measurement(place.dense(1, ""))
            raise DataError(
                complaint(loss.name, say("whole-number classes"), say("{bad:g} in y", bad=bad), ways)
            )
        if not (low >= 0 and high < classes):
            bad = high if high >= classes else low
            came = say(
                "{value} in y, whose classes run from {low} to {high}",
                value=int(bad),
                low=int(low),
                high=int(high),
            )
            ways = _other_classes(y, classes, place)
            raise DataError(
                complaint(loss.name, say("classes from 0 to {last}", last=classes - 1), came, ways)
            )
    elif not (low >= 0 and high <= 1):
        ways = _other_probabilities(y, low, high, place)
        raise DataError(
            complaint(
                loss.name,
                say("targets from 0 to 1"),
                say("y from {low:g} to {high:g}", low=low, high=high),
                ways,
            )
        )


def _other_classes(y: Array, classes: int, place: Output) -> str:
    low, high = int(y.min()), int(y.max())
    if classes == 1 and low == 0 and high == 1:
        yes = with_loss(place.dense(1, "sigmoid"), "binary_crossentropy")
        return say("{way}, one unit for each class; {yes}", way=place.dense(2, "softmax"), yes=yes)
    if low == -1 and high == 1 and len(kinds := np.unique(y)) == 2:
        return say(
            "{way}, as classes are counted from 0 (y holds {low:g} and {high:g})",
            way="`(y > 0).astype(int)`",
            low=kinds[0],
            high=kinds[1],
        )
    if low != 0 and high - low < classes:
        change = f"y - {low}" if low > 0 else f"y + {-low}"
        return say("{way}, as classes are counted from 0", way=f"`{change}`")
    if low >= 0 and high < 10 * classes and len(np.unique(y)) > classes:
        return say("{way}, one unit for each class", way=place.dense(high + 1))
    kinds = np.unique(y)
    inverse = say(
        "{way} counts the classes from 0", way="`np.unique(y, return_inverse=True)[1].reshape(y.shape)`"
    )
    if len(kinds) <= classes:
        return inverse
    return say("{inverse}, with {way}", inverse=inverse, way=place.dense(len(kinds)))


def _other_probabilities(y: Array, low: Any, high: Any, place: Output) -> str:
    if low == -1 and high == 1 and not ((y != -1) & (y != 1)).any():
        return "`(y > 0).astype(int)`"
    if not ((y != low) & (y != high)).any():
        if high == low + 1:
            return f"`y - {int(low)}`"
        return say("{way}, as there are two kinds", way=f"`(y == {high:g}).astype(int)`")
    kinds = codes_in(y)
    measured = say(
        "{way} with {other}", way="`loss='mse'`", other=place.dense(y.shape[-1] if y.ndim > 1 else 1, "")
    )
    measured = say("{way} if {when}", way=measured, when=say("y is a measurement"))
    if not (2 < kinds <= 1000 and (y.ndim == 1 or y.shape[-1] == 1)):
        return measured
    several = with_loss(place.dense(kinds, "softmax"), CLASSES)
    return either(say("{way} if {when}", way=several, when=say("y holds {n} classes", n=kinds)), measured)
