"""RNN over a cell: the built-in cells become the layers they are one step of; others are recorded step by step."""

from __future__ import annotations

from typing import Any, ClassVar

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.advice import sequence_wanted
from tidegate.layers.base import Layer
from tidegate.layers.gru import GRU
from tidegate.layers.lstm import LSTM
from tidegate.layers.recurrent import Recurrent, begun, zeroed
from tidegate.layers.simple_rnn import SimpleRNN
from tidegate.ops import Value
from tidegate.plan import Parameter
from tidegate.shapes import Shape
from tidegate.utils.nested import leaves, map_nested, pack

__all__ = ["RNN", "GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"]


class Cell(Layer):
    """Base of the built-in cells: one step of a recurrent layer, which holds the weights.

    Parameters
    ----------
    args, kwargs : those of the layer
    """

    layer_class: ClassVar[type[Recurrent]]

    def __init__(self, *args: Any, name: str | None = None, trainable: bool = True, **kwargs: Any) -> None:
        super().__init__(name=name)
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


OF_A_SEQUENCE = (
    "return_sequences", "return_state", "go_backwards", "stateful", "unroll", "zero_output_for_mask",
    "activity_regularizer", "batch_input_shape",
)  # fmt: skip


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


class RNN(Layer):
    """A cell applied at each step of a sequence::

        y_t, s_t = cell(x_t, s_{t-1})

    Parameters
    ----------
    cell : LSTMCell, GRUCell, SimpleRNNCell, a list of cells (stacked), or a cell of your own
        One of your own has `state_size` (a number or a list of them) and `call(inputs, states)`, built from
        `tidegate.ops`, that returns the output and the list of new states.
    return_sequences, return_state, go_backwards, zero_output_for_mask, unroll : as in `LSTM`

    Notes
    -----
    Built-in cells run as fast as the layers of their name. One of your own becomes ops at each step: the number of
    steps has to be known, and long sequences make large plans. A state carried over batches (`stateful`) is for
    the layers.

    Examples
    --------
    >>> import numpy as np
    >>> RNN([LSTMCell(4), GRUCell(3)])(np.zeros((2, 10, 1))).shape
    (2, 3)
    """

    supports_masking = True
    units_axis: ClassVar[str] = "units"

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
        self.return_sequences, self.return_state = bool(return_sequences), bool(return_state)
        self.go_backwards, self.unroll = bool(go_backwards), bool(unroll)
        self.zero_output_for_mask = bool(zero_output_for_mask)
        if stateful:
            raise ArgumentError(
                complaint(
                    "RNN",
                    "stateful=False",
                    "stateful=True",
                    say("LSTM(32, stateful=True), the layer of that cell"),
                )
            )
        super().__init__(**kwargs)

    def _input_rank(self) -> int:
        return 3

    @property
    def stack(self) -> list[Any]:
        """The cells, from the lowest on."""
        return self.cell.cells if isinstance(self.cell, StackedRNNCells) else [self.cell]

    def ensure_built(self, input_shape: Any) -> None:
        """Build for the sequence, the first of several inputs."""
        super().ensure_built(input_shape[0] if isinstance(input_shape[0], list | tuple) else input_shape)

    def build(self, input_shape: Shape) -> None:
        """Build the cell for one step."""
        if len(input_shape) < 3:
            raise sequence_wanted(self, input_shape)
        if isinstance(self.cell, Layer):
            self.cell.ensure_built((input_shape[0], *input_shape[2:]))

    def call(
        self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        """Record the cells over the steps, from `initial_state` on; `sequences` carries its mask itself."""
        if isinstance(sequences, list | tuple):
            sequences, *given = sequences
            initial_state = given or initial_state
        if initial_state is not None and not isinstance(initial_state, list | tuple):
            initial_state = [initial_state]
        built_in = all(isinstance(cell, Cell) for cell in self.stack)
        y, states = (self._layers if built_in else self._steps)(sequences, initial_state, training)
        if sequences.mask is not None:
            if self.zero_output_for_mask:
                y = zeroed(y, sequences.mask, self.go_backwards)
            elif built_in and initial_state is not None:
                y = begun(y, sequences.mask, self.go_backwards)
        return [y, *states] if self.return_state else y

    def _in_order(self, mask: Value) -> Value:
        """Return the mask in the order of processing."""
        turned: Value = ops.reverse(mask) if self.go_backwards else mask
        return turned

    def _layers(self, x: Value, initial_state: Any, training: bool) -> tuple[Value, list[Any]]:
        """Record the layers of built-in cells one on the other."""
        given = None if initial_state is None else iter(leaves(initial_state))
        states, mask = [], x.mask
        for k, cell in enumerate(self.stack):
            before = [] if given is None else [next(given) for _ in range(cell.layer.op.cells)]
            last = k == len(self.stack) - 1
            sequences, backwards = self.return_sequences or not last, self.go_backwards and k == 0
            x, *after = cell.layer.over(x, before, training, sequences, backwards)
            x.mask = None if mask is None or last else self._in_order(mask)
            states.append(after)
        return x, states if len(self.stack) > 1 else states[0]

    def _steps(self, x: Value, initial_state: Any, training: bool) -> tuple[Value, list[Any]]:
        """Record a cell of one's own at each step."""
        T, size = x.shape[1], self.cell.state_size
        size = size if isinstance(size, list | tuple) else [size]
        if T is None:
            raise ShapeError(
                complaint(
                    f"RNN '{self.name}'",
                    say("a known number of timesteps"),
                    say("shape {shape}", shape=x.shape),
                    say("Input(shape=(10, 1)) for 10 timesteps"),
                )
            )
        nothing = ops.zeros_like(ops.get_item(x, (slice(None), 0, slice(0, 1))))
        states = initial_state or map_nested(lambda n: ops.repeat(nothing, n, axis=1), list(size))
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

    def compute_mask(self, mask: Any) -> Any:
        """Return the mask where there is an output at each step; states have none."""
        mask = (mask[0] if isinstance(mask, list | tuple) else mask) if self.return_sequences else None
        sizes = leaves(self.cell.state_size)
        return [mask, *[None] * len(sizes)] if self.return_state else mask

    def compute_output_shape(self, input_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return (samples, units), or (samples, timesteps, units); and that of each state where it is handed out."""
        shape = input_shape[0] if isinstance(input_shape[0], list | tuple) else input_shape
        units, batch = output_size(self.cell), shape[0]
        y = (batch, shape[1], units) if self.return_sequences else (batch, units)
        size = self.cell.state_size
        states = map_nested(lambda n: (batch, n), list(size) if isinstance(size, list | tuple) else [size])
        return [y, *states] if self.return_state else y

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: in the cells."""
        if not isinstance(self.cell, StackedRNNCells):
            return [("/cell", self.cell.name, self.weights)]
        found, seen = [], dict[str, int]()
        for cell in self.cell.cells:
            kind = NAMES.get(type(cell).__name__, type(cell).__name__.lower())
            count = seen[kind] = seen.get(kind, -1) + 1
            found.append((f"/cell/cells/{kind}{f'_{count}' if count else ''}", cell.name, cell.weights))
        return found

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        from tidegate.layers.configs import serialize

        return {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": False,
            "unroll": self.unroll,
            "zero_output_for_mask": self.zero_output_for_mask,
            "cell": serialize(self.cell),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> RNN:
        """Return the layer that `get_config` described."""
        from tidegate.layers.configs import deserialize

        config = dict(config)
        return cls(deserialize(config.pop("cell")), **config)


NAMES = {
    "LSTMCell": "lstm_cell",
    "GRUCell": "gru_cell",
    "SimpleRNNCell": "simple_rnn_cell",
}  # in files of Keras


def checked(who: str, cell: Any) -> Any:
    """Return a cell, or say what it lacks."""
    if not callable(getattr(cell, "call", None)) or not hasattr(cell, "state_size"):
        raise ArgumentError(
            complaint(
                who,
                say("a cell, with call(inputs, states) and state_size"),
                repr(cell),
                f"{who}(LSTMCell(32))",
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
        out, new = cell.record(inputs, training, states=states)
    else:
        out, new = cell.call(inputs, states)
    new = list(new) if isinstance(new, list | tuple) else [new]
    return out, (new[0] if single and len(new) == 1 else new)
