"""Objects as plain data and back, as classes of one's own hand them to `get_config`."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tidegate import (
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
    saving,
    utils,
)
from tidegate.layers import LSTM, Layer, LSTMCell
from tidegate.saving import deserialize_keras_object, serialize_keras_object


@pytest.mark.parametrize(
    "thing",
    [
        LSTMCell(3, dropout=0.5),
        regularizers.L2(0.1),
        initializers.Constant(2.0),
        constraints.MaxNorm(3.0),
        losses.Huber(2.0),
        metrics.Precision(name="p"),
        optimizers.SGD(0.5),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_it_comes_back(thing: Any) -> None:
    written = json.loads(json.dumps(serialize_keras_object(thing)))
    again = deserialize_keras_object(written)
    assert type(again) is type(thing) and again.get_config() == thing.get_config()


def test_plain_values_and_nests() -> None:
    nest = {"a": [1, None, "x"], "b": (2.5, True)}
    assert deserialize_keras_object(serialize_keras_object(nest)) == nest
    array = deserialize_keras_object(serialize_keras_object(np.arange(3)))
    np.testing.assert_array_equal(array, np.arange(3))
    assert utils.serialize_keras_object is saving.serialize_keras_object


class Around(Layer):
    """A cell around another one."""

    def __init__(self, cell: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cell, self.state_size = cell, cell.state_size

    def call(self, inputs: Any, states: Any) -> Any:
        return self.cell(inputs, states)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "cell": serialize_keras_object(self.cell)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Around:
        return cls(deserialize_keras_object(config.pop("cell")), **config)


def test_a_cell_around_another_one_is_copied_into_both_directions() -> None:
    x = np.random.default_rng(5).normal(size=(2, 4, 3))
    one = layers.Bidirectional(layers.RNN(Around(LSTMCell(2))))
    other = layers.Bidirectional(LSTM(2))
    one(x), other(x)
    one.set_weights(other.get_weights())
    np.testing.assert_allclose(one(x), other(x), atol=1e-6)
    written = serialize_keras_object(one)
    again = deserialize_keras_object(written, custom_objects={"Around": Around})
    again(x)
    again.set_weights(one.get_weights())
    np.testing.assert_array_equal(again(x), one(x))
