"""`pad_sequences` gives what Keras 3 gives; the expected values were printed by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate.errors import DataError
from tidegate.utils import pad_sequences

UNEQUAL = [[1, 2, 3], [4], [], [5, 6, 7, 8, 9]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [[0, 0, 1, 2, 3], [0, 0, 0, 0, 4], [0, 0, 0, 0, 0], [5, 6, 7, 8, 9]]),
        ({"padding": "post"}, [[1, 2, 3, 0, 0], [4, 0, 0, 0, 0], [0, 0, 0, 0, 0], [5, 6, 7, 8, 9]]),
        ({"maxlen": 2}, [[2, 3], [0, 4], [0, 0], [8, 9]]),
        ({"maxlen": 2, "truncating": "post"}, [[1, 2], [0, 4], [0, 0], [5, 6]]),
        (
            {"maxlen": 4, "padding": "post", "truncating": "post", "value": -1},
            [[1, 2, 3, -1], [4, -1, -1, -1], [-1, -1, -1, -1], [5, 6, 7, 8]],
        ),
    ],
)
def test_lists_of_codes(arguments: dict[str, Any], expected: list[list[int]]) -> None:
    padded = pad_sequences(UNEQUAL, **arguments)
    assert padded.dtype == np.int32
    assert padded.tolist() == expected


def test_real_numbers_keep_their_fractions_in_a_float_type() -> None:
    steps = [[[1.5, 2.5]], [[3.5, 4.5], [5.5, 6.5]]]
    padded = pad_sequences(steps, dtype="float32")
    assert padded.dtype == np.float32
    assert padded.tolist() == [[[0, 0], [1.5, 2.5]], [[3.5, 4.5], [5.5, 6.5]]]
    assert pad_sequences([np.array([1.9, 2.1]), (3,)]).tolist() == [[1, 2], [0, 3]]


def test_text_and_arrays() -> None:
    assert pad_sequences([["a", "b"], ["c"]], dtype=object, value="<pad>").tolist() == [
        ["a", "b"],
        ["<pad>", "c"],
    ]
    assert pad_sequences(np.arange(6).reshape(2, 3), maxlen=4).tolist() == [[0, 0, 1, 2], [0, 3, 4, 5]]
    assert pad_sequences([[], []]).shape == (2, 0)


@pytest.mark.parametrize(
    ("sequences", "arguments", "message"),
    [
        ([1, 2], {}, r"pad_sequences expects a list of sequences; got 1 at position 0"),
        ((x for x in UNEQUAL), {}, "write list"),
        ([], {}, "at least one sequence"),
        (UNEQUAL, {"padding": "before"}, "padding='pre' or 'post'; got 'before'"),
        (UNEQUAL, {"truncating": "end"}, "truncating='pre' or 'post'; got 'end'"),
        (UNEQUAL, {"maxlen": 0}, "maxlen to be a whole number of at least 1; got 0"),
        (UNEQUAL, {"value": "<pad>"}, "write dtype=object"),
        ([[[1, 2]], [[1, 2, 3]]], {}, r"steps of one shape, \(2,\); got \(3,\) in sequence 1"),
    ],
)
def test_a_mistake_is_said(sequences: Any, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pad_sequences(sequences, **arguments)


def test_it_stands_at_the_old_path_too() -> None:
    from tidegate.preprocessing import sequence

    assert sequence.pad_sequences is pad_sequences
    assert issubclass(DataError, ValueError)
