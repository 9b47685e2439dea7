"""Numbers that a layer keeps without `add_weight`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import Variable, ops
from tidegate.errors import ArgumentError
from tidegate.layers import Layer
from tidegate.ops import Value


def test_it_is_made_of_numbers_or_by_an_initializer() -> None:
    assert Variable([1, 2]).numpy().tolist() == [1, 2]
    assert Variable(2.0, shape=(2,)).numpy().tolist() == [2, 2]
    assert Variable("ones", shape=(1, 2)).shape == (1, 2)
    assert float(Variable(1.5)) == 1.5 and int(Variable(2.0)) == 2
    with pytest.raises(ArgumentError, match=r"a shape beside an initializer; got 'zeros'"):
        Variable("zeros")


def test_outside_of_a_recording_a_weight_is_numbers() -> None:
    v = Variable([1.0, 2.0])
    np.testing.assert_array_equal(v * 2 + 1, [3, 5])
    assert float(ops.sum(v)) == 3 and v[1] == 2


def test_in_a_recording_it_is_a_weight() -> None:
    class Own(Layer):
        def __init__(self) -> None:
            super().__init__()
            self.scale = Variable(2.0)
            self.seen: Any = None

        def call(self, inputs: Any) -> Any:
            self.seen = self.scale * 2
            return inputs * self.seen

    layer = Own()
    layer.again = layer.scale  # one weight under two names
    assert layer(np.ones((1, 1))).tolist() == [[4]] and isinstance(layer.seen, Value)
    assert len(layer.weights) == len(layer.trainable_weights) == 1
    layer.scale.assign(3.0)
    assert layer(np.ones((1, 1))).tolist() == [[6]]
