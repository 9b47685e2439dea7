"""Bins and codes as rows: boundaries from data, both ways of calling, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.errors import ArgumentError, DataError, ShapeError
from tidegate.layers import (
    CategoryEncoding,
    Dense,
    Discretization,
    Embedding,
    Input,
    Lambda,
    TimeDistributed,
    deserialize,
    serialize,
)
from tidegate.models import Model, Sequential


def test_boundaries_from_batches_are_those_of_keras() -> None:
    layer = Discretization(num_bins=4, epsilon=0.2)
    layer.adapt([np.arange(10.0) ** 2, np.arange(7.0) * 9])
    np.testing.assert_allclose(layer.bin_boundaries, [7.2, 22.5, 43.11], rtol=1e-6)
    layer = Discretization(num_bins=4)
    layer.adapt(np.arange(20.0) ** 2)
    np.testing.assert_allclose(layer.bin_boundaries, [16.0, 81.0, 196.0], rtol=1e-6)


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("shape", [(3,), (1,), (3, 2)])
def test_a_model_bins_as_the_layer_does_on_arrays(mode: str, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(2).normal(size=(4, *shape)).astype(np.float32)
    x.flat[0] = np.nan  # in the last bin, as in NumPy
    layer = Discretization([-0.5, 0.0, 0.5], output_mode=mode)
    a = Input(shape)
    made = Model(a, layer(a)).predict(x, verbose=0)
    np.testing.assert_array_equal(made, layer(x))
    assert made.shape[1:] == layer.compute_output_shape((None, *shape))[1:]


def test_a_sample_of_codes_alone_is_one_row() -> None:
    assert CategoryEncoding(3)([0, 2, 2]).tolist() == [1.0, 0.0, 1.0]
    assert CategoryEncoding(3, output_mode="one_hot")(2).tolist() == [[0.0, 0.0, 1.0]]
    weighed = CategoryEncoding(3, output_mode="count")([[0, 2, 2]], count_weights=[[1.0, 0.5, 2.0]])
    assert weighed.tolist() == [[1.0, 0.0, 2.5]]


def test_what_is_made_of_each_step() -> None:
    codes = np.array([[[0, 1], [2, 2]], [[1, 1], [0, 2]]])
    a = Input((2, 2), dtype="int32")
    made = Model(a, TimeDistributed(CategoryEncoding(3))(a)).predict(codes, verbose=0)
    assert made[0].tolist() == [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


@pytest.mark.parametrize("layer", [CategoryEncoding(4, "count"), Discretization([0.0, 1.0]), "adapted"])
def test_the_description_comes_back(layer: Any) -> None:
    if layer == "adapted":
        layer = Discretization(num_bins=3)
        layer.adapt(np.arange(9.0))
    again = deserialize(serialize(layer))
    assert again.get_config() == layer.get_config()
    x = np.array([[0, 2, 3]])
    np.testing.assert_array_equal(again(x), layer(x))


def test_codes_that_a_step_computes_stay_in_the_table() -> None:
    table = Embedding(3, 1)
    model = Sequential([Lambda(lambda x: ops.cast(x * 2.0, "int32")), table])
    y = model.predict(np.array([[-3.0, 0.7, 1.2, 9.0, np.nan]]), verbose=0)
    rows = table.get_weights()[0][[0, 1, 2, 2, 0]]
    np.testing.assert_array_equal(y[0], rows)


def test_what_is_learnt_is_no_code() -> None:
    with pytest.raises(ShapeError, match="put it first in the model"):
        Sequential([Dense(3, input_shape=(2,)), Embedding(3, 1)]).predict(np.zeros((1, 2)))


def test_a_layer_that_a_model_computes_with_is_not_adapted_anew() -> None:
    layer = Discretization(num_bins=2)
    with pytest.raises(ArgumentError, match="boundaries; got none"):
        layer(np.zeros(3))
    layer.adapt(np.arange(4.0))
    Sequential([layer]).predict(np.zeros((1, 2)), verbose=0)
    with pytest.raises(ArgumentError, match="before the model's first data"):
        layer.adapt(np.arange(8.0))


@pytest.mark.parametrize(
    ("wrong", "kind", "match"),
    [
        (lambda: Discretization(), ArgumentError, "bin_boundaries or num_bins; got neither"),
        (lambda: Discretization([0.0], num_bins=2), ArgumentError, "got both"),
        (lambda: Discretization([1.0, 0.0]), ArgumentError, "ascend"),
        (lambda: Discretization([0.0], output_mode="onehot"), ArgumentError, "one_hot"),
        (lambda: Discretization([0.0]).adapt(np.zeros(3)), ArgumentError, "bin_boundaries given"),
        (lambda: Discretization(num_bins=3).adapt([np.nan]), DataError, "NaN"),
        (lambda: CategoryEncoding(), ArgumentError, "num_tokens"),
        (lambda: CategoryEncoding(2)([[0, 5]]), DataError, "codes from 0 to 1; got 5"),
        (lambda: CategoryEncoding(2)([[0]], count_weights=[[1.0]]), ArgumentError, "output_mode='count'"),
    ],
)
def test_what_does_not_fit_is_refused(wrong: Any, kind: type[Exception], match: str) -> None:
    with pytest.raises(kind, match=match):
        wrong()
