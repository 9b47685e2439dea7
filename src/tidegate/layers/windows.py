"""What layers share that move a window along the steps of a sequence: arguments, padding, and where the steps are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tidegate import ops
from tidegate.errors import ArgumentError, complaint, nearest
from tidegate.language import say
from tidegate.layers.advice import sequence_wanted
from tidegate.layers.arguments import whole
from tidegate.layers.base import Layer
from tidegate.ops import Value
from tidegate.shapes import Shape

__all__ = ["Windowed", "among", "one", "pad", "span", "two"]


def among(who: str, argument: str, value: Any, known: tuple[str, ...]) -> str:
    """Return one of the known names, or raise on the line that gave another."""
    name = value.lower() if isinstance(value, str) else ""
    if name not in known:
        near = nearest(str(value), known)
        raise ArgumentError(
            complaint(
                who,
                say("{name} among {names}", name=argument, names=", ".join(known)),
                repr(value),
                near,
            )
        )
    return str(name)


def one(who: str, argument: str, value: Any, example: str, least: int = 1) -> int:
    """Return a whole number, given as such or as a tuple of one."""
    if isinstance(value, tuple | list) and len(value) == 1:
        value = value[0]
    return whole(who, argument, value, example, least)


def two(who: str, argument: str, value: Any, example: str) -> tuple[int, int]:
    """Return two whole numbers from 0 on, given as such or as one for both."""
    pair = value if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2:
        raise ArgumentError(
            complaint(who, say("{argument} as one number or two", argument=argument), repr(value), example)
        )
    first, second = (whole(who, argument, k, example, 0) for k in pair)
    return first, second


def pad(x: Value, left: int, right: int) -> Value:
    """Record zeros before and after the steps of x."""
    if not left and not right:
        return x
    steps = x.shape[1]
    assert steps is not None
    y: Value = ops.take_steps(x, index=(*[-1] * left, *range(steps), *[-1] * right))
    return y


class Windowed(Layer):
    """Base of the layers whose windows see (samples, timesteps, channels), or with the last two the other way round."""

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        known = ("channels_last", "channels_first")
        who = type(self).__name__
        self.data_format = among(who, "data_format", data_format or known[0], known)
        super().__init__(**kwargs)

    def _turned(self, shape: Shape) -> Shape:
        """Return a shape with its steps before its channels, or the way back."""
        if len(shape) != 3:
            raise sequence_wanted(self, shape)
        return shape if self.data_format == "channels_last" else (shape[0], shape[2], shape[1])

    def _on_steps(self, x: Value, compute: Callable[[Value], Value]) -> Value:
        """Record what is computed of a sequence whose channels stand last."""
        self._turned(x.shape)
        if self.data_format == "channels_last":
            return compute(x)
        y: Value = ops.transpose(compute(ops.transpose(x, axes=(0, 2, 1))), axes=(0, 2, 1))
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "data_format": self.data_format}


def span(
    steps: int | None, size: int, strides: int, padding: str, dilation: int = 1
) -> tuple[int, int, int | None]:
    """Return zeros before, zeros behind, and how many windows there are, None for open ones."""
    reach = dilation * (size - 1) + 1  # steps that a window spans
    if padding == "causal":
        return reach - 1, 0, None if steps is None else (steps - 1) // strides + 1
    if padding == "same":
        if steps is None:
            return 0, 0, None
        windows = -(-steps // strides)
        missing = max((windows - 1) * strides + reach - steps, 0)
        return missing // 2, missing - missing // 2, windows
    return 0, 0, None if steps is None else (steps - reach) // strides + 1
