"""LSTMs whose products with a matrix are convolutions: over sequences of rows, pictures or volumes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tidegate import activations, ops, regularizers
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.advice import came
from tidegate.layers.arguments import number, seeded, whole
from tidegate.layers.over_steps import first_shape
from tidegate.layers.rnn import RNN
from tidegate.layers.weighted import Weighted
from tidegate.layers.windows import among, span
from tidegate.ops import Spec, Value
from tidegate.shapes import Shape
from tidegate.utils.nested import map_nested

__all__ = ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]

SIZES = ("kernel_size", "strides", "dilation_rate")


def convolved(
    x: Value,
    kernel: Any,
    first: int,
    strides: Sequence[int],
    padding: str,
    dilation: Sequence[int],
) -> Value:
    """Record windows (K..., C, N) over the axes of x from `first` on, channels last: what all show, and a product."""
    *sizes, channels, filters = kernel.shape
    spans = [span(x.shape[first + k], n, strides[k], padding, dilation[k]) for k, n in enumerate(sizes)]
    around = [(left, right) for left, right, _ in spans]
    if any(map(any, around)):
        x = ops.pad(x, [(0, 0)] * first + around + [(0, 0)])
    shown = []
    for offset in itertools.product(*map(range, sizes)):
        key = [slice(None)] * first
        for k, place in enumerate(offset):
            begin = place * dilation[k]
            key.append(slice(begin, begin + ((spans[k][2] or 0) - 1) * strides[k] + 1, strides[k]))
        shown.append(ops.get_item(x, tuple(key)))
    every = shown[0] if len(shown) == 1 else ops.concatenate(shown, axis=-1)
    y: Value = ops.matmul(every, ops.reshape(kernel, (math.prod(sizes) * channels, filters)))
    return y


class ConvLSTMCell(Weighted):
    """One step: holds arguments and weights, and hands its states on as vectors."""

    def __init__(
        self,
        who: str,
        rank: int,
        filters: Any,
        kernel_size: Any,
        strides: Any,
        padding: Any,
        data_format: Any,
        dilation_rate: Any,
        activation: Any,
        recurrent_activation: Any,
        use_bias: bool,
        unit_forget_bias: bool,
        dropout: float,
        recurrent_dropout: float,
        seed: int | None,
    ) -> None:
        self.rank = rank
        self.filters = whole(who, "filters", filters, f"{who}(32, 3)")
        for name, value in zip(SIZES, (kernel_size, strides, dilation_rate), strict=True):
            several = tuple(value) if isinstance(value, tuple | list) else (value,) * rank
            if len(several) != rank:
                raise ArgumentError(
                    complaint(who, say("{name} of {n} numbers", name=name, n=rank), repr(value), f"{name}=3")
                )
            setattr(self, name, tuple(whole(who, name, n, f"{name}=3") for n in several))
        self.kernel_size: tuple[int, ...]
        self.strides: tuple[int, ...]
        self.dilation_rate: tuple[int, ...]
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            both = say("{a} and {b}", a=self.strides, b=self.dilation_rate)
            wanted = say("strides or dilation_rate above 1, not both")
            raise ArgumentError(complaint(who, wanted, both, "strides=1"))
        self.padding = among(who, "padding", padding, ("valid", "same"))
        known = ("channels_last", "channels_first")
        self.data_format = among(who, "data_format", data_format or known[0], known)
        self.activation = activations.elementwise(who, "activation", activation)
        self.recurrent_activation = activations.elementwise(who, "recurrent_activation", recurrent_activation)
        self.use_bias, self.unit_forget_bias = bool(use_bias), bool(unit_forget_bias)
        self.dropout, self.recurrent_dropout = (
            min(1.0, max(0.0, number(who, name, rate)))  # as Keras takes what lies outside
            for name, rate in (("dropout", dropout), ("recurrent_dropout", recurrent_dropout))
        )
        self.seed = seed
        self._drawn = seeded(who, seed)
        self.spatial: tuple[int, ...] = ()  # of the states
        super().__init__(name="conv_lstm_cell")

    @property
    def state_size(self) -> list[int]:
        return [math.prod(self.spatial) * self.filters] * 2

    @property
    def output_size(self) -> int:
        return self.state_size[0]

    def ensure_built(self, input_shape: Any) -> None:
        """Build once, for a step as it comes in; `call` is given what was made of it."""
        if not self.built:
            super().ensure_built(input_shape)

    def last(self, shape: Shape) -> tuple[tuple[int | None, ...], int | None]:
        """Return of a step (samples, ...) where the places are, and its channels."""
        if self.data_format == "channels_first":
            return tuple(shape[2:]), shape[1]
        return tuple(shape[1:-1]), shape[-1]

    def build(self, input_shape: Shape) -> None:
        """Make kernel, recurrent_kernel and bias."""
        places, channels = self.last(input_shape)
        if None in places or channels is None:
            wanted = say("sizes that are known")
            raise ShapeError(complaint(f"'{self.name}'", wanted, say("shape {shape}", shape=input_shape)))
        self.spatial = self.windows(places)
        N, columns = self.filters, 4 * self.filters
        self._make("kernel", (*self.kernel_size, channels, columns))
        self._make("recurrent_kernel", (*self.kernel_size, N, columns))
        if self.use_bias:
            self._make("bias", (columns,))
            if self.unit_forget_bias:
                start = self.bias.numpy()  # type: ignore[attr-defined]
                start[N : 2 * N] = 1.0
                self.bias.assign(start)  # type: ignore[attr-defined]

    def windows(self, places: Sequence[int | None]) -> tuple[int, ...]:
        """Return how many windows there are on each axis."""
        each = zip(places, self.kernel_size, self.strides, self.dilation_rate, strict=True)
        return tuple(span(n, k, s, self.padding, d)[2] or 0 for n, k, s, d in each)

    def by_gate(self, x: Value, kernel: Any, rate: float, seed: int, training: bool, conv: Any) -> Value:
        """Record a convolution; with numbers dropped each gate has its own."""
        if not training or not 0 < rate < 1:
            found: Value = conv(x, kernel)
            return found
        shape = (*([1] * (len(x.shape) - 2 - self.rank)), *x.shape[-1 - self.rank :])  # the same at all steps
        made = []
        for k, part in enumerate(ops.split(kernel, 4, axis=-1)):
            kept = ops.random(x, shape=shape, kind="keep", seed=(seed + k) % 2**63, rate=rate)
            made.append(conv(ops.multiply(x, ops.multiply(kept, 1 / (1 - rate))), part))
        joined: Value = ops.concatenate(made, axis=-1)
        return joined

    def of_inputs(self, x: Value, training: bool) -> Value:
        """Record what all steps (samples, timesteps, ..., channels) give to the gates."""

        def conv(x: Value, kernel: Any) -> Value:
            return convolved(x, kernel, 2, self.strides, self.padding, self.dilation_rate)

        y = self.by_gate(x, self.kernel, self.dropout, self._drawn, training, conv)  # type: ignore[attr-defined]
        return ops.add(y, self.bias) if self.use_bias else y  # type: ignore[attr-defined]

    def call(self, inputs: Value, states: Any, training: bool = False) -> Any:  # type: ignore[override]
        """Record one step, of what `of_inputs` made."""
        ones = (1,) * self.rank

        def conv(h: Value, kernel: Any) -> Value:
            return convolved(h, kernel, 1, ones, "same", ones)

        def part(vector: Value, channels: int) -> Value:
            found: Value = ops.reshape(vector, (-1, *self.spatial, channels))
            return found

        h, c = (part(state, self.filters) for state in states)
        kernel = self.recurrent_kernel  # type: ignore[attr-defined]
        again = self.by_gate(h, kernel, self.recurrent_dropout, self._drawn + 4, training, conv)
        gates = ops.split(ops.add(part(inputs, 4 * self.filters), again), 4, axis=-1)
        sigma, phi = self.recurrent_activation.__name__, self.activation.__name__
        i, f, o = (ops.activation(gates[k], function=sigma) for k in (0, 1, 3))
        c = ops.add(ops.multiply(f, c), ops.multiply(i, ops.activation(gates[2], function=phi)))
        h = ops.multiply(o, ops.activation(c, function=phi))
        flat, cell = (ops.reshape(v, (-1, self.output_size)) for v in (h, c))
        return flat, [flat, cell]


class ConvLSTM(RNN):
    """Base of the three: the arguments in Keras's order, and shapes."""

    rank: ClassVar[int]
    cell: ConvLSTMCell

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ) -> None:
        cell = ConvLSTMCell(
            type(self).__name__, self.rank, filters, kernel_size, strides, padding, data_format, dilation_rate,
            activation, recurrent_activation, use_bias, unit_forget_bias, dropout, recurrent_dropout, seed,
        )  # fmt: skip
        cell._takes_weight("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        cell._takes_weight(
            "recurrent_kernel", recurrent_initializer, recurrent_regularizer, recurrent_constraint
        )
        cell._takes_weight("bias", bias_initializer, bias_regularizer, bias_constraint)
        super().__init__(
            cell,
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )

    def _input_rank(self) -> int:
        return self.rank + 3

    def build(self, input_shape: Shape) -> None:
        """Build the cell for one step."""
        self.compute_output_shape(input_shape)
        super().build(input_shape)

    def run(self, sequences: Value, before: list[Any], training: bool) -> tuple[Value, list[Any]]:
        """Record what comes in for all steps at once, then what goes round step by step."""
        first = self.cell.data_format == "channels_first"
        x = ops.moveaxis(sequences, 2, -1) if first else sequences
        z = self.cell.of_inputs(x, training)
        flat = ops.reshape(z, (-1, z.shape[1], z.spec.row // (z.shape[1] or 1)))
        flat.mask = sequences.mask
        return self._steps(flat, before, training)

    def call(
        self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        """Record the steps; states go in and come out in their shape."""
        if isinstance(sequences, list | tuple):
            sequences, *states = sequences
            initial_state = states or initial_state
        if initial_state is not None:
            initial_state = [ops.reshape(self._turned(s, -1), (-1, self.output_size)) for s in initial_state]
        made = super().call(sequences, initial_state, training=training)
        if not self.return_state:
            return self._shaped(made, self.return_sequences)
        y, *last = made
        return [self._shaped(y, self.return_sequences), *(self._shaped(v, False) for v in last)]

    def _turned(self, v: Any, to: int) -> Any:
        """Return a step with its channels last (-1), or back where they stand (1)."""
        if self.cell.data_format == "channels_last":
            return v
        return ops.moveaxis(v, 1, -1) if to == -1 else ops.moveaxis(v, -1, 1)

    def _shaped(self, v: Value, steps: bool) -> Value:
        front = (v.shape[1],) if steps else ()
        y: Value = ops.reshape(v, (-1, *front, *self.cell.spatial, self.cell.filters))
        if self.cell.data_format == "channels_first":
            y = ops.moveaxis(y, -1, 1 + steps)
        return y

    def compute_output_shape(self, input_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return (samples, [timesteps,] places, filters), and that of each state where it is handed out."""
        shape = first_shape(input_shape)
        if len(shape) != self.rank + 3:
            names = ("rows", "columns", "layers")[: self.rank]
            wanted = ", ".join(("samples", "timesteps", *names, "channels"))
            if self.cell.data_format == "channels_first":
                wanted = ", ".join(("samples", "timesteps", "channels", *names))
            raise ShapeError(complaint(self._who, f"({wanted})", came(self, shape)))
        places, _ = self.cell.last((shape[0], *shape[2:]))
        windows = self.cell.windows(places)
        if min(windows) < 1:
            raise ShapeError(
                complaint(self._who, say("a window that fits"), came(self, shape), "padding='same'")
            )
        first = self.cell.data_format == "channels_first"
        step = (self.cell.filters, *windows) if first else (*windows, self.cell.filters)
        y = (shape[0], shape[1], *step) if self.return_sequences else (shape[0], *step)
        return [y, (shape[0], *step), (shape[0], *step)] if self.return_state else y

    def compute_output_spec(self, x: Any, initial_state: Any = None, **more: Any) -> Any:
        """Return shape and type of each tensor that comes out for symbolic ones."""
        made = self.compute_output_shape(map_nested(lambda t: t.shape, x))
        return [Spec(shape) for shape in made] if self.return_state else Spec(made)

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return zeros for so many samples, an array for each state."""
        places, filters = self.cell.spatial, self.cell.filters
        first = self.cell.data_format == "channels_first"
        shape = (batch_size, filters, *places) if first else (batch_size, *places, filters)
        return [np.zeros(shape, np.float32) for _ in range(2)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cell, name) if name in OF_CELL else object.__getattribute__(self, name)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        config, cell = super(RNN, self).get_config(), self.cell  # less the cell, whose arguments are these
        return {
            **config,
            "filters": cell.filters,
            **{name: list(getattr(cell, name)) for name in SIZES},
            "padding": cell.padding,
            "data_format": cell.data_format,
            "activation": activations.serialize(cell.activation),
            "recurrent_activation": activations.serialize(cell.recurrent_activation),
            "use_bias": cell.use_bias,
            "unit_forget_bias": cell.unit_forget_bias,
            **cell._said_of_weights(),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "dropout": cell.dropout,
            "recurrent_dropout": cell.recurrent_dropout,
            "seed": cell.seed,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> ConvLSTM:
        """Return the layer that `get_config` described."""
        return cls(**config)


OF_CELL = ("filters", *SIZES, "padding", "data_format", "activation", "recurrent_activation", "use_bias")


class ConvLSTM1D(ConvLSTM):
    """An LSTM over sequences of rows, as `ConvLSTM2D` over pictures.

    Parameters
    ----------
    the same : as in `ConvLSTM2D`; sizes are one number

    Call arguments
    --------------
    sequences : (samples, timesteps, rows, channels)

    Examples
    --------
    >>> import numpy as np
    >>> ConvLSTM1D(4, 3)(np.zeros((2, 5, 8, 1))).shape
    (2, 6, 4)
    """

    rank = 1


class ConvLSTM2D(ConvLSTM):
    """An LSTM over sequences of pictures, with convolutions (*) in place of products with a matrix::

        i, f, g, o = split(x_t * kernel + h_{t-1} * recurrent_kernel + bias, 4)
        c_t = σ(f) c_{t-1} + σ(i) φ(g)
        h_t = σ(o) φ(c_t)

    where φ is `activation` and σ is `recurrent_activation`.

    Parameters
    ----------
    filters : int
        Channels N of what comes out.
    kernel_size : int or two of them
    strides, dilation_rate : int or two of them, default 1
        Of the windows over x_t; those over h_{t-1} move by one, with zeros around.
    padding : {"valid", "same"}, default "valid"
    data_format : {"channels_last", "channels_first"}
    activation, recurrent_activation : str or function, default "tanh", "sigmoid"
    dropout, recurrent_dropout : float, default 0
        Share of x_t and h_{t-1} that is 0 in training, drawn for each gate, the same at all steps.
    the others : as in `LSTM`

    Attributes
    ----------
    cell : holds kernel (K, K, channels, 4N), recurrent_kernel (K, K, N, 4N) and bias (4N,)

    Call arguments
    --------------
    sequences : (samples, timesteps, rows, columns, channels)
    initial_state : [h, c], (samples, rows, columns, N) each, optional

    Returns
    -------
    (samples, rows, columns, N), or (samples, timesteps, rows, columns, N) with `return_sequences`

    Notes
    -----
    The steps are recorded one by one: their number has to be known, and long sequences make large plans.

    References
    ----------
    Shi et al. 2015.

    Examples
    --------
    >>> import numpy as np
    >>> ConvLSTM2D(4, (1, 2))(np.zeros((2, 5, 1, 8, 1))).shape
    (2, 1, 7, 4)
    """

    rank = 2


class ConvLSTM3D(ConvLSTM):
    """An LSTM over sequences of volumes, as `ConvLSTM2D` over pictures.

    Parameters
    ----------
    the same : as in `ConvLSTM2D`; sizes are one number or three

    Call arguments
    --------------
    sequences : (samples, timesteps, rows, columns, layers, channels)

    Examples
    --------
    >>> import numpy as np
    >>> ConvLSTM3D(2, 2, return_sequences=True)(np.zeros((1, 2, 3, 3, 3, 1))).shape
    (1, 2, 2, 2, 2, 2)
    """

    rank = 3
