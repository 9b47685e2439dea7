"""What a model must take and give to fit a frame."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

__all__ = ["Expected"]

_USED = ("x", "known", "static", "state", "steps", "y", "model")  # names in the code


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
    horizon : steps to be foreseen
    words : (name, role, different codes) of each input of codes; the role is 'x', 'known' or 'static'
    """

    input_shape: tuple[int, int]
    output_shape: tuple[int, ...]
    units: int
    mask_value: float | None = None
    known_shape: tuple[int, int] | None = None
    static_shape: tuple[int] | None = None
    horizon: int = 1
    words: tuple[tuple[str, str, int], ...] = ()

    def __str__(self) -> str:
        if self.known_shape is None and self.static_shape is None and not self.words:
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
        shapes = {"x": self.input_shape, "known": self.known_shape, "static": self.static_shape}
        steps = {"x": self.input_shape[0], "known": self.horizon, "static": 1}
        inputs: list[str] = []
        lines: list[str] = []
        read: dict[str, list[str]] = {"x": [], "known": [], "static": []}  # what is read of each role
        for role, shape in shapes.items():
            if shape is not None:
                inputs.append(role)
                lines.append(f"{role} = Input({shape})")
                masked = role == "x" and self.mask_value is not None
                read[role].append(f"Masking({self.mask_value:g})(x)" if masked else role)
            for name, of, size in self.words:
                if of == role:
                    inputs.append(_variable(name, inputs))
                    lines.append(f"{inputs[-1]} = Input(({steps[role]},))")
                    embedded = f"Embedding({size}, {min(50, (size + 2) // 2)})({inputs[-1]})"
                    read[role].append(f"Flatten()({embedded})" if role == "static" else embedded)
        lines.append(f"state = LSTM(50)({_joined(read['x'])})")
        if read["static"]:
            lines.append(f"state = {_joined(['state', *read['static']])}")
        many = len(self.output_shape) == 2
        if read["known"]:
            lines.append(f"steps = {_joined([f'RepeatVector({self.horizon})(state)', *read['known']])}")
            if many:
                lines.append(
                    f"y = TimeDistributed(Dense({self.units}))(LSTM(50, return_sequences=True)(steps))"
                )
            elif self.horizon > 1:
                lines.append(
                    "y = Flatten()(TimeDistributed(Dense(1))(LSTM(50, return_sequences=True)(steps)))"
                )
            else:
                lines.append(f"y = Dense({self.units})(Flatten()(steps))")
        elif many:
            lines.append(
                f"steps = LSTM(50, return_sequences=True)(RepeatVector({self.output_shape[0]})(state))"
            )
            lines.append(f"y = TimeDistributed(Dense({self.units}))(steps)")
        else:
            lines.append(f"y = Dense({self.units})(state)")
        return "\n".join([*lines, f"model = Model([{', '.join(inputs)}], y)"])


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"concatenate([{', '.join(parts)}])"


def _variable(name: str, taken: list[str]) -> str:
    """Return a name of Python that is like the column's and not yet taken.

    >>> _variable("day of week", ["x"]), _variable("x", ["x"])
    ('day_of_week', 'x_words')
    """
    found = re.sub(r"\W+", "_", name).strip("_") or "words"
    if found[0].isdigit() or keyword.iskeyword(found) or found in (*taken, *_USED):
        found = f"{found}_words" if not found[0].isdigit() else f"words_{found}"
    while found in taken:
        found += "_"
    return found
