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
    mask_value : what marks rows that hold a missing value, None where none is marked
    known_shape : (horizon, columns) of what is known ahead, or None
    static_shape : (columns,) of what is known of a series, or None
    """

    input_shape: tuple[int, int]
    output_shape: tuple[int, ...]
    units: int
    mask_value: float | None = None
    known_shape: tuple[int, int] | None = None
    static_shape: tuple[int] | None = None

    def __str__(self) -> str:
        if self.known_shape is None and self.static_shape is None:
            return f"Sequential([{', '.join([*self._first(), *self._then()])}])"
        return self._functional()

    def _first(self) -> list[str]:
        if self.mask_value is None:
            return [f"LSTM(50, input_shape={self.input_shape})"]
        return [f"Masking({self.mask_value:g}, input_shape={self.input_shape})", "LSTM(50)"]

    def _then(self) -> list[str]:
        if len(self.output_shape) == 1:
            return [f"Dense({self.units})"]
        steps = self.output_shape[0]
        return [
            f"RepeatVector({steps})",
            "LSTM(50, return_sequences=True)",
            f"TimeDistributed(Dense({self.units}))",
        ]

    def _functional(self) -> str:
        """Several inputs: the past through an LSTM, then beside it what is known of the steps ahead."""
        inputs, lines = ["x"], [f"x = Input({self.input_shape})"]
        past = "x"
        if self.mask_value is not None:
            past = f"Masking({self.mask_value:g})(x)"
        lines.append(f"state = LSTM(50)({past})")
        if self.static_shape is not None:
            inputs.append("static")
            lines.insert(1, f"static = Input({self.static_shape})")
            lines.append("state = concatenate([state, static])")
        if self.known_shape is None:
            steps = self.output_shape[0] if len(self.output_shape) == 2 else 0
            if not steps:
                lines.append(f"y = Dense({self.units})(state)")
            else:
                lines.append(f"steps = LSTM(50, return_sequences=True)(RepeatVector({steps})(state))")
                lines.append(f"y = TimeDistributed(Dense({self.units}))(steps)")
        else:
            horizon = self.known_shape[0]
            inputs.insert(1, "known")
            lines.insert(1, f"known = Input({self.known_shape})")
            lines.append(f"steps = concatenate([RepeatVector({horizon})(state), known])")
            if len(self.output_shape) == 2:
                lines.append(
                    f"y = TimeDistributed(Dense({self.units}))(LSTM(50, return_sequences=True)(steps))"
                )
            elif horizon > 1:
                lines.append(
                    "y = Flatten()(TimeDistributed(Dense(1))(LSTM(50, return_sequences=True)(steps)))"
                )
            else:
                lines.append(f"y = Dense({self.units})(Flatten()(steps))")
        return "\n".join([*lines, f"model = Model([{', '.join(inputs)}], y)"])
