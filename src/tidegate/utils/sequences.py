"""Sequences of unequal length, brought to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tidegate.arguments import checked, whole
from tidegate.errors import ArgumentError, DataError, complaint
from tidegate.language import say

__all__ = ["pad_sequences"]

WHO = "pad_sequences"


@checked
def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: DTypeLike = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: float | str = 0.0,
) -> NDArray[Any]:
    """Bring sequences to one length: fill the short ones, cut the long ones.

    Parameters
    ----------
    sequences : list of sequences
        Each of shape (steps,) or (steps, ...), the steps differing.
    maxlen : int, optional
        Length of the result; by default that of the longest sequence.
    dtype : dtype, default "int32"
        Type of the result. Real numbers need "float32" here: "int32" cuts their fractions off.
    padding, truncating : {"pre", "post"}, default "pre"
        On which end to fill, and on which to cut.
    value : float or str, default 0.0
        What to fill with.

    Returns
    -------
    array of shape (samples, maxlen, ...)

    Raises
    ------
    DataError
        For what is no list of sequences, and for steps of unequal shape.
    ArgumentError
        For an unknown `padding` or `truncating`, and a `maxlen` below 1.

    Examples
    --------
    >>> pad_sequences([[1], [2, 3], [4, 5, 6]])
    array([[0, 0, 1],
           [0, 2, 3],
           [4, 5, 6]], dtype=int32)
    >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2, padding="post")
    array([[1, 0],
           [2, 3],
           [5, 6]], dtype=int32)
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in ("pre", "post"):
            expected = say("{some} or {last}", some=f"{name}='pre'", last="'post'")
            raise ArgumentError(complaint(WHO, expected, repr(side)))
    lengths = _lengths(sequences)
    if maxlen is None:
        if not lengths:
            raise DataError(
                complaint(WHO, say("at least one sequence"), say("none"), say("give maxlen as well"))
            )
        maxlen = max(lengths)
    maxlen = whole(WHO, "maxlen", maxlen, "maxlen=100", least=0 if not lengths or not max(lengths) else 1)
    text = np.dtype(dtype).kind in "USO"
    if not text and any(isinstance(s, str) for s in sequences):
        instead = say("Tokenizer, whose texts_to_sequences makes numbers of words")
        raise DataError(complaint(WHO, say("sequences of numbers"), say("a text"), instead))
    if isinstance(value, str) and not text:
        expected = say("a number to fill {dtype} with", dtype=np.dtype(dtype))
        instead = say("write {code}", code="dtype=object")
        raise ArgumentError(complaint(WHO, expected, repr(value), instead))

    first: Any = next((s for s, n in zip(sequences, lengths, strict=True) if n), [])
    step = np.shape(first)[1:]
    padded = np.full((len(lengths), maxlen, *step), value, dtype=dtype)  # (samples, maxlen, ...)
    for k, (sequence, length) in enumerate(zip(sequences, lengths, strict=True)):
        if length == 0:
            continue
        kept = np.asarray(sequence[-maxlen:] if truncating == "pre" else sequence[:maxlen], dtype=dtype)
        if kept.shape[1:] != step:
            expected = say("steps of one shape, {shape}", shape=step)
            came = say("{shape} in sequence {k}", shape=kept.shape[1:], k=k)
            raise DataError(complaint(WHO, expected, came))
        if padding == "pre":
            padded[k, maxlen - len(kept) :] = kept
        else:
            padded[k, : len(kept)] = kept
    return padded


def _lengths(sequences: Sequence[Any]) -> list[int]:
    """Return how many steps each sequence has."""
    if not hasattr(sequences, "__len__"):
        came = say("a {kind}", kind=type(sequences).__name__)
        raise DataError(complaint(WHO, say("a list of sequences"), came, say("write list(...) around it")))
    lengths = []
    for k, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            came = say("{item!r} at position {k}", item=sequence, k=k)
            raise DataError(complaint(WHO, say("a list of sequences"), came, say("write [x] for a single x")))
        lengths.append(len(sequence))
    return lengths
