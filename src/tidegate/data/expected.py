"""What a model must take and give to fit a frame."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Expected"]


@dataclass(frozen=True)
class Expected:
    """What a model must take and give to fit a frame; `str` is the code.

    Attributes
    ----------
    input_shape : (timesteps, features)
    output_shape : shape of one sample of y
    units : units of the last Dense layer
    """

    input_shape: tuple[int, int]
    output_shape: tuple[int, ...]
    units: int

    def __str__(self) -> str:
        first = f"LSTM(50, input_shape={self.input_shape})"
        if len(self.output_shape) == 1:
            return f"Sequential([{first}, Dense({self.units})])"
        steps = self.output_shape[0]
        then = f"RepeatVector({steps}), LSTM(50, return_sequences=True), TimeDistributed(Dense({self.units}))"
        return f"Sequential([{first}, {then}])"
