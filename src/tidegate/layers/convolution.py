"""Convolution along the steps of a sequence."""

from __future__ import annotations

from typing import Any, ClassVar

from tidegate import activations, ops, regularizers
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.advice import came
from tidegate.layers.arguments import given, not_yet, whole
from tidegate.layers.dense import apply
from tidegate.layers.weighted import Weighted
from tidegate.layers.windows import Windowed, among, one, pad, span
from tidegate.ops import Value
from tidegate.shapes import Shape

__all__ = ["Conv1D", "Conv1DTranspose"]

_SAID = ("initializer", "regularizer", "constraint")  # what may be said of each weight


class Convolution(Weighted, Windowed):
    """What these share, and those of depthwise.py: windows, a bias and an activation."""

    units_axis: ClassVar[str] = "filters"
    _paddings: ClassVar[tuple[str, ...]] = ("valid", "same")
    _sizes: ClassVar[tuple[str, ...]]  # further arguments that are whole numbers
    _weight_kinds: ClassVar[tuple[str, ...]]
    _example: ClassVar[str]
    filters: int
    bias: Any
    kernel: Any

    def __init__(
        self,
        kernel_size: Any,
        strides: Any,
        padding: str,
        data_format: str | None,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        **kwargs: Any,
    ) -> None:
        who = type(self).__name__
        example = f"{who}(..., kernel_size=3)"
        self.kernel_size = one(who, "kernel_size", kernel_size, example)
        self.strides = one(who, "strides", strides, example)
        self.dilation_rate = one(who, "dilation_rate", dilation_rate, example)
        self.padding = among(who, "padding", padding, self._paddings)
        if self.strides > 1 and self.dilation_rate > 1:
            raise ArgumentError(
                complaint(
                    who,
                    say("strides or dilation_rate above 1, not both"),
                    f"strides={self.strides}, dilation_rate={self.dilation_rate}",
                    say("{some} or {last}", some="`strides=1`", last="`dilation_rate=1`"),
                )
            )
        for name in self._sizes:
            setattr(self, name, whole(who, name, kwargs.pop(name), self._example))
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        for kind in self._weight_kinds:
            self._takes_weight(kind, *(kwargs.pop(f"{kind}_{what}") for what in _SAID))
        super().__init__(data_format=data_format, **kwargs)

    def _channels(self, input_shape: Shape) -> int:
        self.compute_output_shape(input_shape)
        channels = self._turned(input_shape)[2]
        if channels is None:
            raise ShapeError(
                complaint(
                    f"{type(self).__name__} '{self.name}'",
                    say("channels of a known number"),
                    say("an input of shape {shape}", shape=input_shape),
                    "input_shape=(timesteps, channels)",
                )
            )
        return channels

    def _filters(self, channels: int | None) -> int | None:
        """Return how many channels come out."""
        return self.filters

    def _windows(self, steps: int | None) -> int | None:
        """Return how many steps come out."""
        return span(steps, self.kernel_size, self.strides, self.padding, self.dilation_rate)[2]

    def _convolve(self, x: Value) -> Value:
        """Record the windows over x, whose channels stand last, and the bias."""
        raise NotImplementedError

    def _padded(self, x: Value) -> Value:
        left, right, _ = span(x.shape[1], self.kernel_size, self.strides, self.padding, self.dilation_rate)
        return pad(x, left, right)

    def _biased(self, y: Value) -> Value:
        return ops.add(y, self.bias) if self.use_bias else y

    def call(self, inputs: Value) -> Value:
        """Record the windows, the bias and the activation."""
        self.compute_output_shape(inputs.shape)
        return apply(self.activation, self._on_steps(inputs, self._convolve))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape with a step for each window, and the filters."""
        samples, steps, channels = self._turned(input_shape)
        windows = self._windows(steps)
        if windows is not None and windows < 1:
            raise ShapeError(
                complaint(
                    f"{type(self).__name__} '{self.name}'",
                    say("at least {n} timesteps", n=self.dilation_rate * (self.kernel_size - 1) + 1),
                    came(self, input_shape),
                    self._shorter(steps),
                )
            )
        return self._turned((samples, windows, self._filters(channels)))

    def _shorter(self, steps: int | None) -> str:
        """Return what to write where no window fits: the largest one that does among it."""
        size = ((steps or 0) - 1) // self.dilation_rate + 1
        if size < 1:
            return "`padding='same'`"
        return say("`padding='same'`; `kernel_size={size}` at most", size=size)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "kernel_size": [self.kernel_size],
            "strides": [self.strides],
            "padding": self.padding,
            "dilation_rate": [self.dilation_rate],
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            **{name: getattr(self, name) for name in self._sizes},
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
        }


class Conv1D(Convolution):
    """A window moved along the steps, and a matrix product of all that it shows::

        y[o, n] = activation(sum over k, c of x[strides o + dilation_rate k, c] kernel[k, c, n] + bias[n])

    Parameters
    ----------
    filters : int
        Features N of the output. At least 1.
    kernel_size : int
        Steps K that a window shows.
    strides : int, default 1
        Steps from one window to the next.
    padding : str, default "valid"
        "valid": windows lie within the sequence. "same": zeros at both ends, so that there are timesteps / strides
        windows. "causal": zeros in front, so that no window sees a later step.
    data_format : str, default "channels_last"
        "channels_first" for (samples, channels, timesteps).
    dilation_rate : int, default 1
        Distance of the steps that a window shows.
    groups : int, default 1
        Parts that channels and filters are cut into; each part of the filters sees its part of the channels.
    activation : str or function, default None
    use_bias : bool, default True
    kernel_initializer, bias_initializer : default "glorot_uniform", "zeros"
    kernel_regularizer, bias_regularizer, activity_regularizer : default None
    kernel_constraint, bias_constraint : default None

    Attributes
    ----------
    kernel : float32 parameter of shape (K, channels / groups, N)
    bias : float32 parameter of shape (N,), or None

    Call arguments
    --------------
    inputs : (samples, timesteps, channels). A mask ends here, as in Keras.

    Returns
    -------
    (samples, windows, N)

    Raises
    ------
    ArgumentError
        If a size is below 1, or strides and dilation_rate are both above 1.

    Examples
    --------
    >>> import numpy as np
    >>> Conv1D(8, 3, padding="causal")(np.zeros((2, 10, 4))).shape
    (2, 10, 8)
    """

    _paddings = ("valid", "same", "causal")
    _sizes = ("filters", "groups")
    _weight_kinds = ("kernel", "bias")
    _example = "Conv1D(32, 3)"
    groups: int

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        not_yet("Conv1D", **{lora: (kwargs.pop(lora, None), None) for lora in ("lora_rank", "lora_alpha")})
        super().__init__(**given(locals()))
        if self.filters % self.groups:
            raise ArgumentError(
                complaint(
                    "Conv1D",
                    say("filters that {groups} groups divide", groups=self.groups),
                    f"{self.filters}",
                    f"`filters={-(-self.filters // self.groups) * self.groups}`",
                )
            )

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias."""
        channels = self._channels(input_shape)
        if channels % self.groups:
            raise ShapeError(
                complaint(
                    f"Conv1D '{self.name}'",
                    say("channels that {groups} groups divide", groups=self.groups),
                    f"{channels}",
                    "`groups=1`",
                )
            )
        self._make("kernel", (self.kernel_size, channels // self.groups, self.filters))
        if self.use_bias:
            self._make("bias", (self.filters,))

    def _convolve(self, x: Value) -> Value:
        y: Value = ops.conv1d(
            self._padded(x),
            self.kernel.value,
            self.bias.value if self.use_bias else None,
            strides=self.strides,
            dilation=self.dilation_rate,
            groups=self.groups,
        )
        return y


class Conv1DTranspose(Convolution):
    """The way back through a `Conv1D`: each step is spread over the window that it would have come from::

        y[s t + d k - cut, n] = activation(sum over t, k, c of x[t, c] kernel[k, n, c] + bias[n])

    with s `strides` and d `dilation_rate`. With padding "same" there are s timesteps as many, and the windows are cut
    at both ends; with "valid" all that they reach is kept.

    Parameters
    ----------
    filters : int
        Features N of the output. At least 1.
    kernel_size : int
        Steps K that a step is spread over.
    strides : int, default 1
        Steps of the output from one window to the next.
    padding : str, default "valid"
        "valid" or "same".
    output_padding : accepted at None.
    data_format : str, default "channels_last"
    dilation_rate : int, default 1
    activation : str or function, default None
    use_bias : bool, default True
    kernel_initializer, bias_initializer : default "glorot_uniform", "zeros"
    kernel_regularizer, bias_regularizer, activity_regularizer : default None
    kernel_constraint, bias_constraint : default None

    Attributes
    ----------
    kernel : float32 parameter of shape (K, N, channels)
    bias : float32 parameter of shape (N,), or None

    Returns
    -------
    (samples, strides timesteps, N), or with "valid" as many more as windows reach beyond

    Examples
    --------
    >>> import numpy as np
    >>> Conv1DTranspose(8, 3, strides=2, padding="same")(np.zeros((2, 10, 4))).shape
    (2, 20, 8)
    """

    _sizes = ("filters",)
    _weight_kinds = ("kernel", "bias")
    _example = "Conv1DTranspose(32, 3)"

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        not_yet("Conv1DTranspose", output_padding=(output_padding, None))
        super().__init__(**given(locals(), "output_padding"))

    @property
    def _reach(self) -> int:
        return self.dilation_rate * (self.kernel_size - 1) + 1

    def _windows(self, steps: int | None) -> int | None:
        beyond = max(self._reach - self.strides, 0) if self.padding == "valid" else 0
        return None if steps is None else steps * self.strides + beyond

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias."""
        self._make("kernel", (self.kernel_size, self.filters, self._channels(input_shape)))
        if self.use_bias:
            self._make("bias", (self.filters,))

    def _convolve(self, x: Value) -> Value:
        """Record a convolution of the steps with zeros between and around, by the kernel turned round."""
        steps, wanted = x.shape[1], self._windows(x.shape[1])
        assert steps is not None and wanted is not None
        around = (-1,) * (self._reach - 1)
        between = (-1,) * (self.strides - 1)
        apart = (*around, *(k for t in range(steps) for k in (t, *between)), *around)
        cut = max(self._reach - self.strides, 0) // 2 if self.padding == "same" else 0
        shown = apart[cut : cut + wanted + self._reach - 1]
        spread = ops.take_steps(x, index=(*shown, *(-1,) * (wanted + self._reach - 1 - len(shown))))
        kernel = ops.transpose(ops.flip(self.kernel, axis=0), axes=(0, 2, 1))
        bias = self.bias.value if self.use_bias else None
        y: Value = ops.conv1d(spread, kernel, bias, strides=1, dilation=self.dilation_rate, groups=1)
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "output_padding": None}
