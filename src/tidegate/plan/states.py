"""What outlives a batch: states that samples hand on to the next batch, and weights that a step writes.

Both are written once a batch is done, whatever its shards and threads, and only then: a step reads what stood there
before.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.ops import Spec, Value, ancestors
from tidegate.plan.parameters import Parameter

__all__ = ["State", "assign", "begin_recording", "written"]


class State:
    """Numbers (B, width) that each sample of a batch hands to the sample at its place in the next one.

    Zeros after `reset`; then the first batch says how many samples there are, and every further one has as many.
    Recorded as `now`, and written by `assign`.

    Parameters
    ----------
    owner : who speaks when a batch does not fit
    width : numbers of a sample
    first : array (width,), optional
        What each sample has before the first batch, in place of zeros; not after a `reset`.

    Attributes
    ----------
    value : Value, what stands here at the start of a batch
    """

    def __init__(self, owner: str, width: int, first: Any = None) -> None:
        self.owner = owner
        self.rows: int | None = None  # samples of a batch, None where any number may come
        self.array = np.zeros((0, width), np.float32)
        self.first = 0.0 if first is None else first
        self.value = Value(Spec((None, width)), kind="state", label=f"state of {owner}")
        self.value.parameter = self
        self._written: tuple[int, Value] = (-1, self.value)  # by which recording, and what it wrote last

    @property
    def now(self) -> Value:
        """What stands here at this place of a recording: what was written before in the same one, or `value`.

        As in Keras no gradient goes back through what was written.
        """
        recording, value = self._written
        if recording != _recordings[-1]:
            return self.value
        found: Value = ops.stop_gradient(value)
        return found

    def reset(self, value: Any = None) -> None:
        """Go back to zeros, or to these numbers, (B, width)."""
        self.first = 0.0
        if value is None:
            self.rows = None
            return
        new = np.asarray(value, np.float32)
        if new.ndim != 2 or new.shape[1] != self.array.shape[1]:
            width = self.array.shape[1]
            raise ShapeError(
                complaint(
                    self.owner,
                    say("a state of shape (samples, {width})", width=width),
                    say("one of shape {shape}", shape=new.shape),
                )
            )
        self._start(len(new))
        self.array[...] = new

    def numpy(self) -> np.ndarray[Any, Any]:
        """Return a copy of the numbers, no rows where no batch came yet."""
        return self.array[: self.rows or 0].copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.rows or 0, self.array.shape[1])

    def expect(self, rows: int) -> None:
        """Make ready for batches of so many samples, or say that those before were others."""
        if self.rows is None:
            self._start(rows)
        elif self.rows != rows:
            raise ShapeError(
                complaint(
                    self.owner,
                    say("batches of {rows} samples, whose states it carries on", rows=self.rows),
                    say("one of {n}", n=rows),
                    say("reset_states() before, or a number of samples that batch_size divides"),
                )
            )

    def _start(self, rows: int) -> None:
        if len(self.array) != rows:
            self.array = np.zeros((rows, self.array.shape[1]), np.float32)
            Parameter.touch()  # programs that know the old place look again
        self.array[...] = self.first
        self.rows = rows


_turns = itertools.count()  # the order in which assignments were made
_recordings = [0]  # the number of the recording


def begin_recording() -> None:
    """Begin another recording: states are again what they are at the start of a batch."""
    _recordings[-1] += 1


def assign(beside: Value, target: Parameter | State, value: Value | Callable[[Value], Value], /) -> Value:
    """Let whoever computes the result `beside` also write `value` to `target` after each batch; return `beside`.

    A weight is written whole, so its batch is not cut into shards; a `State` row by row. The last of several
    assignments to one target counts. A function in place of the value is given what the target is before: its
    numbers at the start of the batch, or what the assignment before this one makes of them.

    Examples
    --------
    A layer that counts its batches::

        def call(self, inputs, training=False):
            y = ops.multiply(inputs, 2.0)
            return assign(y, self.counter, ops.add(self.counter.value, self.one.value)) if training else y
    """
    if isinstance(target, Parameter) and target.trainable:
        raise ArgumentError(
            complaint(
                say("weight '{name}'", name=target.name),
                say("trainable=False to be assigned"),
                say("a trainable weight"),
            )
        )
    if isinstance(target, State) and not isinstance(value, Value):
        value = value(target.now)
    if isinstance(value, Value):
        _fits(target, value)
    if beside.node is None:
        raise ArgumentError(complaint("assign", say("a result of an op to stand beside"), repr(beside)))
    beside.node.writes.append((next(_turns), target, value))
    if isinstance(target, State) and isinstance(value, Value):
        target._written = _recordings[-1], value
    return beside


def _fits(target: Parameter | State, value: Value) -> Value:
    if value.shape != target.value.shape or value.dtype != "float32" or value.node is None:
        raise ShapeError(
            complaint("assign", say("a result of shape {shape}", shape=target.value.shape), repr(value))
        )
    return value


def written(values: Sequence[Value]) -> list[tuple[Any, Value]]:
    """Return what is written with these values: each target once, with its new numbers."""
    found: dict[int, tuple[Any, Value]] = {}
    known = 0
    nodes = ancestors(values)
    while len(nodes) > known:  # what is written may stand on what writes as well
        known = len(nodes)
        found = {}
        for _, target, value in sorted((w for node in nodes for w in node.writes), key=lambda w: w[0]):
            _, before = found.get(id(target), (target, target.value))
            new = value if isinstance(value, Value) else _fits(target, value(before))
            found[id(target)] = target, new
        nodes = ancestors([*values, *(v for _, v in found.values())])
    return list(found.values())
