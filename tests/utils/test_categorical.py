"""`to_categorical` gives what Keras 3 gives, and refuses what Keras takes wrongly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate.errors import DataError
from tidegate.utils import to_categorical


@pytest.mark.parametrize(
    ("x", "classes", "expected"),
    [
        ([0, 2, 1], None, [[1, 0, 0], [0, 0, 1], [0, 1, 0]]),
        ([[0], [2]], None, [[1, 0, 0], [0, 0, 1]]),
        ([[0, 1], [2, 0]], 4, [[[1, 0, 0, 0], [0, 1, 0, 0]], [[0, 0, 1, 0], [1, 0, 0, 0]]]),
        (np.array([1.0, 0.0]), None, [[0, 1], [1, 0]]),
        (3, None, [0, 0, 0, 1]),
        ([True, False], None, [[0, 1], [1, 0]]),
        (["1", "0"], None, [[0, 1], [1, 0]]),
        ([[[1]]], None, [[[0, 1]]]),
    ],
)
def test_values(x: Any, classes: int | None, expected: Any) -> None:
    rows = to_categorical(x, classes)
    assert rows.dtype == np.float64
    assert rows.tolist() == expected


def test_nothing_gives_no_rows_and_a_type_can_be_asked_for() -> None:
    assert to_categorical([], 3).shape == (0, 3)
    assert to_categorical([1], dtype="float32").dtype == np.float32


@pytest.mark.parametrize(
    ("x", "classes", "message"),
    [
        ([0, 5], 3, "classes from 0 to 2; got the class 5. Instead: use num_classes=6"),
        (
            [0, -1],
            3,
            "got the class -1. Instead: number the classes from 0",
        ),  # Keras: the last class, silently
        ([0, 1.5], None, "whole numbers; got the value 1.5"),  # Keras: class 1, silently
        (np.array([0, 1.5], object), None, "whole numbers; got the value 1.5"),
        ([0, np.nan], None, "whole numbers; got the value nan"),
        (["cat", "dog"], None, "number the classes first"),
        ([], None, "at least one value"),
    ],
)
def test_a_mistake_is_said(x: Any, classes: int | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        to_categorical(x, classes)
