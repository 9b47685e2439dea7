"""Convolution of each channel by itself, along the steps of a sequence."""

from __future__ import annotations

from typing import Any

from tidegate import ops
from tidegate.layers.arguments import given
from tidegate.layers.convolution import Convolution
from tidegate.ops import Value
from tidegate.shapes import Shape

__all__ = ["DepthwiseConv1D", "SeparableConv1D"]


class DepthwiseConv1D(Convolution):
    """A window moved along the steps of each channel by itself::

        y[o, c M + m] = activation(sum over k of x[strides o + dilation_rate k, c] kernel[k, c, m] + bias[c M + m])

    Parameters
    ----------
    kernel_size : int
        Steps K that a window shows.
    strides : int, default 1
    padding : str, default "valid"
        "valid" or "same".
    depth_multiplier : int, default 1
        Outputs M of each channel.
    data_format : str, default "channels_last"
    dilation_rate : int, default 1
    activation : str or function, default None
    use_bias : bool, default True
    depthwise_initializer, bias_initializer : default "glorot_uniform", "zeros"
    depthwise_regularizer, bias_regularizer, activity_regularizer : default None
    depthwise_constraint, bias_constraint : default None

    Attributes
    ----------
    kernel : float32 parameter of shape (K, channels, M)
    bias : float32 parameter of shape (channels M,), or None

    Returns
    -------
    (samples, windows, channels M)

    Examples
    --------
    >>> import numpy as np
    >>> DepthwiseConv1D(3, depth_multiplier=2)(np.zeros((2, 10, 4))).shape
    (2, 8, 8)
    """

    _sizes = ("depth_multiplier",)
    _weight_kinds = ("depthwise", "bias")
    _example = "DepthwiseConv1D(3, depth_multiplier=2)"
    depth_multiplier: int
    depthwise: Any

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**given(locals()))

    @property
    def kernel(self) -> Any:
        return self.depthwise

    def _filters(self, channels: int | None) -> int | None:
        return None if channels is None else channels * self.depth_multiplier

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias."""
        channels = self._channels(input_shape)
        self._make("depthwise", (self.kernel_size, channels, self.depth_multiplier), "kernel")
        if self.use_bias:
            self._make("bias", (channels * self.depth_multiplier,))

    def _convolve(self, x: Value) -> Value:
        kernel = self.depthwise.value
        y = ops.depthwise_conv1d(self._padded(x), kernel, strides=self.strides, dilation=self.dilation_rate)
        return self._biased(y)


class SeparableConv1D(Convolution):
    """`DepthwiseConv1D` without a bias, then a matrix product of the channels of each step.

    Parameters
    ----------
    filters : int
        Features N of the output. At least 1.
    kernel_size : int
        Steps K that a window shows.
    strides : int, default 1
    padding : str, default "valid"
        "valid", "same" or "causal".
    data_format : str, default "channels_last"
    dilation_rate : int, default 1
    depth_multiplier : int, default 1
        Outputs M of each channel, between the two.
    activation : str or function, default None
    use_bias : bool, default True
    depthwise_initializer, pointwise_initializer, bias_initializer : default "glorot_uniform", the same, "zeros"
    depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer : default None
    depthwise_constraint, pointwise_constraint, bias_constraint : default None

    Attributes
    ----------
    depthwise_kernel : float32 parameter of shape (K, channels, M)
    pointwise_kernel : float32 parameter of shape (1, channels M, N)
    bias : float32 parameter of shape (N,), or None

    Returns
    -------
    (samples, windows, N)

    Examples
    --------
    >>> import numpy as np
    >>> SeparableConv1D(8, 3)(np.zeros((2, 10, 4))).shape
    (2, 8, 8)
    """

    _paddings = ("valid", "same", "causal")
    _sizes = ("filters", "depth_multiplier")
    _weight_kinds = ("depthwise", "pointwise", "bias")
    _example = "SeparableConv1D(32, 3)"
    depth_multiplier: int
    depthwise: Any
    pointwise: Any

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**given(locals()))

    @property
    def depthwise_kernel(self) -> Any:
        return self.depthwise

    @property
    def pointwise_kernel(self) -> Any:
        return self.pointwise

    def build(self, input_shape: Shape) -> None:
        """Make both kernels and the bias."""
        channels = self._channels(input_shape)
        self._make("depthwise", (self.kernel_size, channels, self.depth_multiplier), "depthwise_kernel")
        self._make("pointwise", (1, channels * self.depth_multiplier, self.filters), "pointwise_kernel")
        if self.use_bias:
            self._make("bias", (self.filters,))

    def _convolve(self, x: Value) -> Value:
        kernel = self.depthwise.value
        each = ops.depthwise_conv1d(
            self._padded(x), kernel, strides=self.strides, dilation=self.dilation_rate
        )
        bias = self.bias.value if self.use_bias else None
        y: Value = ops.conv1d(each, self.pointwise.value, bias, strides=1, dilation=1, groups=1)
        return y
