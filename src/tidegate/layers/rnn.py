"""RNN over a cell: the built-in cells become the layers they are one step of; others are recorded step by step."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.advice import sequence_wanted
from tidegate.layers.arguments import listed
from tidegate.layers.base import Layer
from tidegate.layers.gru import GRU
from tidegate.layers.lstm import LSTM
from tidegate.layers.over_steps import OverSteps
from tidegate.layers.recurrent import Recurrent
from tidegate.layers.simple_rnn import SimpleRNN
from tidegate.ops import Value
from tidegate.plan import Parameter
from tidegate.shapes import Shape
from tidegate.utils.nested import leaves, map_nested, pack

__all__ = ["RNN", "GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"]

OF_A_SEQUENCE = (
    "return_sequences", "return_state", "go_backwards", "stateful", "unroll", "zero_output_for_mask", "time_major",
    "activity_regularizer", "batch_input_shape", "use_cudnn", "implementation",
)  # fmt: skip


class Cell(Layer):
    """Base of the built-in cells: one step of a recurrent layer, which holds the weights.

    Parameters
    ----------
    args, kwargs : those of the layer
    """

    layer_class: ClassVar[type[Recurrent]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "layer_class" in vars(cls):
            cls.__init__ = _constructor(cls.layer_class)  # type: ignore[method-assign]

    def _start(self, *args: Any, name: str | None = None, trainable: bool = True, **kwargs: Any) -> None:
        super().__init__(name=name)
        who = type(self).__name__
        for argument in OF_A_SEQUENCE[:7]:
            if argument in kwargs:
                instead = f"RNN({who}(32), {argument}={kwargs[argument]!r})"
                raise ArgumentError(complaint(who, say("the arguments of one step"), f"{argument}=", instead))
        self.layer = self.layer_class(*args, **kwargs)
        self.trainable = trainable

    @property
    def units(self) -> int:
        return self.layer.units

    @property
    def state_size(self) -> int | list[int]:
        return self.units if self.layer.op.cells == 1 else [self.units] * self.layer.op.cells

    @property
    def output_size(self) -> int:
        return self.units

    def build(self, input_shape: Shape) -> None:
        """Make the weights, for one step of that shape."""
        self.layer.ensure_built((input_shape[0], 1, *input_shape[1:]))
        self.kernel, self.recurrent_kernel = self.layer.kernel, self.layer.recurrent_kernel
        self.bias = self.layer.bias

    @property
    def activation(self) -> Any:
        return self.layer.activation

    @property
    def recurrent_activation(self) -> Any:
        return self.layer.functions["recurrent_activation"]

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Return zeros for so many samples, an array for each state."""
        return self.layer.get_initial_state(batch_size)

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: here, not in the layer."""
        return [("", self.name, self.weights)]

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:  # type: ignore[override]
        """Record one step: the output, and the list of new states."""
        made = self.layer.over(ops.expand_dims(inputs, 1), leaves(states), training, False, False)
        return made[0], list(made[1:])

    def compute_output_shape(self, input_shape: Shape, states_shape: Any = None) -> Any:
        """Return (samples, units), and that of each state."""
        shape = (input_shape[0], self.units)
        return [shape, [shape] * self.layer.op.cells]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a cell, with Keras's keys."""
        config = {k: v for k, v in self.layer.get_config().items() if k not in OF_A_SEQUENCE}
        return {**config, "name": self.name, "trainable": self.trainable}


def _constructor(layer: type[Recurrent]) -> Any:
    """Return the constructor of the cell of a layer, with the arguments of one step."""

    def __init__(self: Cell, *args: Any, **kwargs: Any) -> None:
        self._start(*args, **kwargs)

    own = inspect.signature(layer.__init__)
    shared = inspect.signature(Recurrent.__init__).parameters.values()
    found = {p.name: p for p in own.parameters.values() if p.kind is not p.VAR_KEYWORD}
    found |= {p.name: p for p in shared if p.kind is p.KEYWORD_ONLY and p.name not in OF_A_SEQUENCE}
    named = inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)
    constructor: Any = __init__
    constructor.__signature__ = own.replace(parameters=[*found.values(), named])
    return constructor


class LSTMCell(Cell):
    """One step of an `LSTM`, with its arguments: `output, [h, c] = cell(inputs, [h, c])`."""

    layer_class = LSTM


class GRUCell(Cell):
    """One step of a `GRU`, with its arguments: `output, [h] = cell(inputs, [h])`."""

    layer_class = GRU


class SimpleRNNCell(Cell):
    """One step of a `SimpleRNN`, with its arguments: `output, [h] = cell(inputs, [h])`."""

    layer_class = SimpleRNN


class StackedRNNCells(Layer):
    """Cells one on the other, as one cell.

    Parameters
    ----------
    cells : list of cells
    """

    def __init__(self, cells: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        cells = listed("StackedRNNCells", "cells", cells, "StackedRNNCells([LSTMCell(8), LSTMCell(8)])")
        self.cells = [checked("StackedRNNCells", cell) for cell in cells]

    @property
    def state_size(self) -> list[Any]:
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        return output_size(self.cells[-1])

    def build(self, input_shape: Shape) -> None:
        """Build each cell for the output of the one below."""
        for cell in self.cells:
            if isinstance(cell, Layer):
                cell.ensure_built(input_shape)
            input_shape = (input_shape[0], output_size(cell))

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:  # type: ignore[override]
        """Record one step of each cell."""
        new = []
        for cell, state in zip(self.cells, states, strict=True):
            inputs, made = step(cell, inputs, state, training)
            new.append(made)
        return inputs, new

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a cell, with Keras's keys."""
        from tidegate.layers.configs import serialize

        return {**super().get_config(), "cells": [serialize(cell) for cell in self.cells]}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> StackedRNNCells:
        """Return the cell that `get_config` described."""
        from tidegate.layers.configs import deserialize

        config = dict(config)
        return cls([deserialize(cell) for cell in config.pop("cells")], **config)


class RNN(OverSteps):
    """A cell applied at each step of a sequence::

        y_t, s_t = cell(x_t, s_{t-1})

    Parameters
    ----------
    cell : LSTMCell, GRUCell, SimpleRNNCell, a list of cells (stacked), or a cell of your own
        One of your own has `state_size` (a number or a list of them) and `call(inputs, states)`, built from
        `tidegate.ops`, that returns the output and the list of new states. It may have `output_size`, and
        `get_initial_state(batch_size)` for what stands before the first step in place of zeros.
    return_sequences, return_state, go_backwards, stateful, zero_output_for_mask, unroll : as in `LSTM`

    Notes
    -----
    Built-in cells run as fast as the layers of their name. One of your own becomes ops at each step: the number of
    steps has to be known, and long sequences make large plans.

    Examples
    --------
    >>> import numpy as np
    >>> RNN([LSTMCell(4), GRUCell(3)])(np.zeros((2, 10, 1))).shape
    (2, 3)
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        cell = StackedRNNCells(cell) if isinstance(cell, list | tuple) else cell
        self.cell = checked("RNN", cell)
        super().__init__(
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            zero_output_for_mask=zero_output_for_mask,
            **kwargs,
        )

    @property
    def stack(self) -> list[Any]:
        """The cells, from the lowest on."""
        return self.cell.cells if isinstance(self.cell, StackedRNNCells) else [self.cell]

    @property
    def state_sizes(self) -> list[Any]:
        size = self.cell.state_size
        return list(size) if isinstance(size, list | tuple) else [size]

    @property
    def state_size(self) -> list[Any]:
        """The numbers of each state, as Keras has them."""
        return self.state_sizes

    @property
    def output_size(self) -> int:
        return output_size(self.cell)

    def build(self, input_shape: Shape) -> None:
        """Build the cell for one step."""
        if len(input_shape) < 3:
            raise sequence_wanted(self, input_shape)
        if isinstance(self.cell, Layer):
            self.cell.ensure_built((input_shape[0], *input_shape[2:]))
        self._make_states()
        starts = [start for cell in self.stack for start in _starts(cell)]
        for state, start in zip(leaves(self.states), starts, strict=False):
            state.first = 0.0 if start is None or isinstance(start, Value) else np.asarray(start)[0]

    def run(self, sequences: Value, before: list[Any], training: bool) -> tuple[Value, list[Any]]:
        """Record the layers of built-in cells, and others step by step."""
        starts = [start for cell in self.stack for start in _starts(cell)]
        if not before and any(start is not None for start in starts):
            nothing = ops.zeros_like(sequences[:, 0, :1])
            each = zip(leaves(self.state_sizes), starts, strict=True)
            filled = [ops.repeat(nothing, n, axis=1) + (0.0 if s is None else s) for n, s in each]
            before = pack(self.state_sizes, filled)
        whole = all(_is_built_in(cell) for cell in self.stack) and (
            len(self.stack) == 1 or type(self.cell) is StackedRNNCells
        )
        return (self._layers if whole else self._steps)(sequences, before, training)

    def _layers(self, x: Value, before: list[Any], training: bool) -> tuple[Value, list[Any]]:
        """Record the layers of built-in cells one on the other."""
        given = iter(leaves(before))
        states, mask = [], x.mask
        for k, cell in enumerate(self.stack):
            mine = [next(given) for _ in range(cell.layer.op.cells)] if before else []
            last = k == len(self.stack) - 1
            sequences, backwards = self.return_sequences or not last, self.go_backwards and k == 0
            x, *after = cell.layer.over(x, mine, training, sequences, backwards)
            if mask is not None and not last:  # in the order of processing
                x.mask = ops.reverse(mask) if self.go_backwards else mask
            states += after
        return x, pack(self.state_sizes, states)

    def _steps(self, x: Value, before: list[Any], training: bool) -> tuple[Value, list[Any]]:
        """Record a cell of one's own at each step."""
        T = x.shape[1]
        if T is None:
            raise ShapeError(
                complaint(
                    self._who,
                    say("a known number of timesteps"),
                    say("shape {shape}", shape=x.shape),
                    say("`Input(shape=(10, 1))` for 10 timesteps"),
                )
            )
        nothing = ops.zeros_like(ops.get_item(x, (slice(None), 0, slice(0, 1))))
        states = before or map_nested(lambda n: ops.repeat(nothing, n, axis=1), self.state_sizes)
        y: Any = None
        outputs = []
        for t in reversed(range(T)) if self.go_backwards else range(T):
            out, new = step(self.cell, ops.get_item(x, (slice(None), t)), states, training)
            if x.mask is not None:  # where the step does not count, state and output stay
                counts = ops.get_item(x.mask, (slice(None), slice(t, t + 1)))
                out = ops.where(counts, out, ops.zeros_like(out) if y is None else y)
                pairs = zip(leaves(new), leaves(states), strict=True)
                new = pack(states, [ops.where(counts, a, b) for a, b in pairs])
            y, states = out, new
            outputs.append(y)
        return (ops.stack(outputs, axis=1) if self.return_sequences else y), list(states)

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: in the cells."""
        return self.cell.saved_below("/cell") if isinstance(self.cell, Layer) else []

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        from tidegate.layers.configs import serialize

        return {**super().get_config(), "cell": serialize(self.cell)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> RNN:
        """Return the layer that `get_config` described."""
        from tidegate.layers.configs import deserialize

        config = dict(config)
        return cls(deserialize(config.pop("cell")), **config)


def _is_built_in(cell: Any) -> bool:
    """Return whether a cell is one step of its layer, and nothing else."""
    return isinstance(cell, Cell) and type(cell).call is Cell.call


def _starts(cell: Any) -> list[Any]:
    """Return what a cell of one's own has before the first step, for one sample; None for zeros."""
    own = getattr(cell, "get_initial_state", None)
    sizes = leaves(cell.state_size)
    if own is None or getattr(type(cell), "get_initial_state", None) is Cell.get_initial_state:
        return [None] * len(sizes)
    known = {"batch_size": 1, "dtype": "float32"}
    takes = inspect.signature(own).parameters
    return leaves(own(**{name: value for name, value in known.items() if name in takes}))


def checked(who: str, cell: Any) -> Any:
    """Return a cell, or say what it lacks."""
    if not callable(getattr(cell, "call", None)) or not hasattr(cell, "state_size"):
        raise ArgumentError(
            complaint(
                who,
                say("a cell, with call(inputs, states) and state_size"),
                repr(cell),
                "RNN(LSTMCell(32))",
            )
        )
    return cell


def output_size(cell: Any) -> int:
    """Return how many numbers a cell gives at a step."""
    size = getattr(cell, "output_size", None)
    found: int = leaves(cell.state_size)[0] if size is None else size
    return found


def step(cell: Any, inputs: Any, states: Any, training: bool) -> tuple[Any, Any]:
    """Record one step of a cell."""
    single = not isinstance(states, list | tuple)
    states = [states] if single else list(states)
    if isinstance(cell, Layer):
        out, new = cell.record(inputs, training, **{cell._takes[1]: states})
    else:
        out, new = cell.call(inputs, states)
    new = list(new) if isinstance(new, list | tuple) else [new]
    return out, (new[0] if single and len(new) == 1 else new)
