"""X, y and weights as one tuple and back, as Keras does it."""

from __future__ import annotations

from typing import Any

import pytest

from tidegate import config
from tidegate.errors import TidegateError
from tidegate.utils import pack_x_y_sample_weight, unpack_x_y_sample_weight


@pytest.mark.parametrize(
    ("parts", "packed"), [((1,), 1), (([1, 2],), ([1, 2],)), ((1, 2), (1, 2)), ((1, 2, 3), (1, 2, 3))]
)
def test_there_and_back(parts: tuple[Any, ...], packed: Any) -> None:
    assert pack_x_y_sample_weight(*parts) == packed
    assert unpack_x_y_sample_weight(packed) == (*parts, None, None)[:3]


def test_four_parts_are_too_many() -> None:
    with pytest.raises(TidegateError, match="a tuple of 4"):
        unpack_x_y_sample_weight((1, 2, 3, 4))


def test_constants() -> None:
    assert (config.floatx(), config.backend(), config.image_data_format()) == (
        "float32", "tidegate", "channels_last"
    )  # fmt: skip
