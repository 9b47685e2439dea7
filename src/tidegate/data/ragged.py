"""Strings, and sequences of different lengths, as one array that an LSTM can read.

"cat"    ->  0 0 1 2 3        codes, 0 stands for nothing: Embedding(..., mask_zero=True)
[5.1, 4] ->  m m m 5.1 4.0    measurements, m is the mask value: Masking(m)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tidegate.data.windows import Array
from tidegate.errors import DataError, complaint
from tidegate.language import say
from tidegate.shapes import describe

__all__ = ["Sequences", "are_sequences", "sequences"]

MASK_VALUE = -10.0


@dataclass(frozen=True, eq=False, repr=False)
class Sequences:
    """Sequences in one array. Made by `sequences`.

    Attributes
    ----------
    x : int32 codes (samples, timesteps), or float32 measurements (samples, timesteps, features)
    y : one row for each sample: whole numbers for classes, floats for measurements; None without targets
    lengths : int64 (samples,), steps that count
    vocabulary : what the codes 1, 2, ... stand for; () for measurements
    classes : what the numbers in y stand for; () for measurements
    mask_value : what fills up measurements, None for codes, which 0 fills up
    padding, truncating : "pre" or "post"
    """

    x: Array
    y: Array | None
    lengths: Array
    vocabulary: tuple[Any, ...] = ()
    classes: tuple[Any, ...] = ()
    mask_value: float | None = None
    padding: str = "pre"
    truncating: str = "pre"

    def __len__(self) -> int:
        return len(self.x)

    def encode(self, items: Sequence[Any]) -> Array:
        """Return further sequences as `x` holds them; what the vocabulary does not know is left out."""
        length = self.x.shape[1]
        if not self.vocabulary:
            parts = [_measurements(item, k) for k, item in enumerate(items)]
            return _fill(
                parts, length, self.padding, self.truncating, float(self.mask_value or 0), np.float32
            )
        code = {token: k + 1 for k, token in enumerate(self.vocabulary)}
        rows = [np.array([code[t] for t in item if t in code], np.int32) for item in items]
        return _fill(rows, length, self.padding, self.truncating, 0, np.int32)

    def decode(self, codes: Any) -> list[Any]:
        """Return sequences of codes as text, or as lists of tokens; 0 is left out.

        >>> sequences(["ab", "b"]).decode([[0, 2, 1]])
        ['ba']
        """
        if not self.vocabulary:
            raise DataError(say("decode is for codes; these sequences are measurements."))
        array = np.atleast_2d(np.asarray(codes)).astype(np.int64)
        if array.size and not (0 <= array.min() and array.max() <= len(self.vocabulary)):
            came = f"{int(array.max() if array.max() > len(self.vocabulary) else array.min())}"
            raise DataError(complaint("decode", say("codes from 0 to {n}", n=len(self.vocabulary)), came))
        found = [[self.vocabulary[c - 1] for c in row if c] for row in array.tolist()]
        joined = all(isinstance(t, str) and len(t) == 1 for t in self.vocabulary)
        return ["".join(row) for row in found] if joined else found

    def expected_model(self) -> str:
        """Return code to start from.

        >>> print(sequences(["spam", "ham"], [1.5, 2.5]).expected_model())
        Sequential([Embedding(6, 16, mask_zero=True), LSTM(50), Dense(1)])
        """
        units = len(self.classes) or (1 if self.y is None else int(np.prod(self.y.shape[1:])))
        activation = ", activation='softmax'" if len(self.classes) > 2 else ""
        if len(self.classes) == 2:
            units, activation = 1, ", activation='sigmoid'"
        last = f"Dense({units}{activation})"
        if self.vocabulary:
            return (
                f"Sequential([Embedding({len(self.vocabulary) + 1}, 16, mask_zero=True), LSTM(50), {last}])"
            )
        shape = (self.x.shape[1], self.x.shape[2])
        return f"Sequential([Masking({self.mask_value:g}, input_shape={shape}), LSTM(50), {last}])"

    def __repr__(self) -> str:
        low, high = (int(self.lengths.min()), int(self.lengths.max())) if len(self) else (0, 0)
        axes = ("samples", "timesteps") if self.x.ndim == 2 else None
        lines = [say("Sequences: {n} of length {low} to {high}", n=len(self), low=low, high=high)]
        if self.vocabulary:
            first = " ".join(f"{t}={k + 1}" for k, t in enumerate(self.vocabulary[:8]))
            said = say("codes {first}, 0 for nothing", first=first)
            lines.append(f"  x {describe(self.x.shape, axes)}: {said}")
        else:
            said = say("measurements, {value} for nothing", value=f"{self.mask_value:g}")
            lines.append(f"  x {describe(self.x.shape)}: {said}")
        if self.y is not None:
            axes = ("samples", "targets") if self.y.ndim == 2 else None
            said = (
                ": " + say("classes {names}", names=", ".join(map(str, self.classes[:6])))
                if self.classes
                else ""
            )
            lines.append(f"  y {describe(self.y.shape, axes)}{said}")
        return "\n".join([*lines, say("  model: {code}", code=self.expected_model())])


def are_sequences(table: Any) -> bool:
    """Return whether a list holds strings, or sequences of different lengths: no table then.

    >>> are_sequences(["cat", "mouse"]), are_sequences([[1], [2, 3]]), are_sequences([[1, 2], [3, 4]])
    (True, True, False)
    """
    if not isinstance(table, list | tuple) or not table:
        return False
    if all(isinstance(item, str) for item in table):
        return any(not _number(item) for item in table)
    if not all(isinstance(item, list | tuple | np.ndarray) for item in table):
        return False
    return len({np.shape(item)[0] if np.ndim(item) else 0 for item in map(_plain, table)}) > 1


def _plain(item: Any) -> Any:
    try:
        return np.asarray(item)
    except ValueError:
        return np.empty(len(item), object)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def sequences(
    items: Sequence[Any],
    targets: Any = None,
    *,
    length: int | None = None,
    padding: Literal["pre", "post"] = "pre",
    truncating: Literal["pre", "post"] = "pre",
    codes: bool | None = None,
    mask_value: float = MASK_VALUE,
) -> Sequences:
    """Bring strings, or sequences of different lengths, into one array.

    Parameters
    ----------
    items : strings (a step is a character), lists of words, of whole numbers or of measurements, or arrays
        (steps, features)
    targets : one value, row or word for each sequence, optional. Words become classes, numbered in the order of the
        alphabet
    length : timesteps of the result; by default the longest sequence. Longer ones lose steps, shorter ones are filled
    padding, truncating : whether that happens in front ("pre") or behind ("post")
    codes : whether whole numbers are codes; by default words and characters alone are
    mask_value : what fills up measurements; it may not occur as a whole step

    Raises
    ------
    DataError
        For an empty sequence, steps of different widths, NaN, or another number of targets than sequences.

    Examples
    --------
    >>> found = sequences(["cab", "a"], ["yes", "no"])
    >>> found.x, found.y, found.vocabulary, found.classes
    (array([[3, 1, 2],
           [0, 0, 1]], dtype=int32), array([1, 0]), ('a', 'b', 'c'), ('no', 'yes'))
    >>> sequences([[1.5], [2.5, 3.5]]).x[:, :, 0]
    array([[-10. ,   1.5],
           [  2.5,   3.5]], dtype=float32)
    """
    if isinstance(items, str | bytes | Mapping) or not isinstance(items, Iterable):
        came = say("a {kind}", kind=type(items).__name__)
        raise DataError(
            complaint("sequences", say("a list of sequences"), came, "sequences([first, second])")
        )
    found = list(items)
    if not found:
        raise DataError(complaint("sequences", say("at least one sequence"), say("none")))
    for name, word in (("padding", padding), ("truncating", truncating)):
        if word not in ("pre", "post"):
            raise DataError(complaint("sequences", say("{name} 'pre' or 'post'", name=name), repr(word)))
    for k, item in enumerate(found):
        if not hasattr(item, "__len__") or not len(item):
            came = (
                say("an empty one at {k}", k=k)
                if hasattr(item, "__len__")
                else say("{item!r} at {k}", item=item, k=k)
            )
            raise DataError(complaint("sequences", say("sequences with at least one step"), came))
    longest = max(map(len, found))
    if length is not None and (isinstance(length, bool) or not isinstance(length, int) or length < 1):
        raise DataError(complaint("sequences", say("length as a whole number of at least 1"), repr(length)))
    steps = length or longest
    lengths = np.minimum(np.array([len(item) for item in found]), steps)
    y, classes = _targets(targets, len(found))
    tokens = codes if codes is not None else all(isinstance(t, str) for t in found[0])
    if tokens:
        vocabulary = tuple(sorted({t for item in found for t in item}, key=lambda t: (str(type(t)), t)))
        code = {token: k + 1 for k, token in enumerate(vocabulary)}
        rows = [np.array([code[t] for t in item], np.int32) for item in found]
        x = _fill(rows, steps, padding, truncating, 0, np.int32)
        return Sequences(x, y, lengths, vocabulary, classes, None, padding, truncating)
    parts = [_measurements(item, k) for k, item in enumerate(found)]
    for k, part in enumerate(parts):
        if part.shape[1] != parts[0].shape[1]:
            expected = say("{n} features at each step, as in sequence 0", n=parts[0].shape[1])
            raise DataError(
                complaint("sequences", expected, say("{n} in sequence {k}", n=part.shape[1], k=k))
            )
        if (part == mask_value).all(axis=1).any():
            raise DataError(
                say(
                    "Sequence {k} holds mask_value={mask_value:g} as a whole step, which a Masking layer "
                    "would leave out. Instead: a mask_value that does not occur.",
                    k=k,
                    mask_value=mask_value,
                )
            )
    x = _fill(parts, steps, padding, truncating, mask_value, np.float32)
    return Sequences(x, y, lengths, (), classes, mask_value, padding, truncating)


def _measurements(item: Any, k: int) -> Array:
    try:
        part = np.asarray(item, np.float32)
    except (TypeError, ValueError):
        raise DataError(
            complaint(
                "sequences", say("numbers, or words alone"), say("sequence {k}: {item!r:.60}", k=k, item=item)
            )
        ) from None
    part = part[:, None] if part.ndim == 1 else part
    if part.ndim != 2:
        raise DataError(
            complaint(
                "sequences",
                say("steps, or (steps, features)"),
                say("shape {shape} at {k}", shape=part.shape, k=k),
            )
        )
    if not np.isfinite(part).all():
        raise DataError(
            say(
                "Sequence {k}, step {step}: a value is missing.",
                k=k,
                step=int((~np.isfinite(part).all(axis=1)).argmax()),
            )
        )
    return part


def _fill(parts: list[Array], steps: int, padding: str, truncating: str, value: float, dtype: Any) -> Array:
    out = np.full((len(parts), steps, *parts[0].shape[1:]), value, dtype)
    for row, part in zip(out, parts, strict=True):
        part = part[-steps:] if truncating == "pre" else part[:steps]
        if len(part):
            row[slice(steps - len(part), None) if padding == "pre" else slice(0, len(part))] = part
    return out


def _targets(targets: Any, count: int) -> tuple[Array | None, tuple[Any, ...]]:
    if targets is None:
        return None, ()
    y = np.asarray(targets)
    if len(y) != count:
        raise DataError(
            complaint("sequences", say("{count} targets, one for each sequence", count=count), f"{len(y)}")
        )
    if y.dtype.kind in "UO" and y.ndim == 1 and all(isinstance(t, str) for t in y.tolist()):
        classes, numbers = np.unique(y.astype(str), return_inverse=True)
        return numbers.ravel(), tuple(classes.tolist())
    if y.dtype.kind not in "iufb":
        raise DataError(
            complaint("sequences", say("targets as numbers or words"), say("dtype {dtype}", dtype=y.dtype))
        )
    return y, ()
