"""Windows and word pairs as Keras 2 makes them; the expected values were printed by it."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from tidegate.errors import TidegateError
from tidegate.preprocessing.sequence import TimeseriesGenerator, make_sampling_table, skipgrams

TABLE = np.arange(10) * 10


def test_a_window_ends_before_its_target() -> None:
    batches = TimeseriesGenerator(TABLE, TABLE, length=4, sampling_rate=2, batch_size=2)
    assert len(batches) == 3
    x, y = batches[0]
    assert (x.tolist(), y.tolist()) == ([[0, 20], [10, 30]], [40, 50])
    assert [len(x) for x, _ in (batches[k] for k in range(3))] == [2, 2, 2]
    assert batches[-1][1].tolist() == [80, 90]


def test_stride_start_end_and_reverse() -> None:
    batches = TimeseriesGenerator(
        TABLE, TABLE, length=2, stride=3, start_index=1, end_index=8, reverse=True, batch_size=2
    )
    assert [(x.tolist(), y.tolist()) for x, y in (batches[k] for k in range(len(batches)))] == [
        ([[20, 10], [50, 40]], [30, 60])
    ]


def test_columns_pass_and_iteration_ends() -> None:
    table = np.arange(20).reshape(10, 2)
    batches = TimeseriesGenerator(table, table[:, 0], length=3, batch_size=4)
    shapes = [(x.shape, y.shape) for x, y in batches]
    assert shapes == [((4, 3, 2), (4,)), ((3, 3, 2), (3,))]


def test_shuffled_windows_are_windows() -> None:
    np.random.seed(3)
    x, y = TimeseriesGenerator(TABLE, TABLE, length=2, shuffle=True, batch_size=50)[0]
    assert len(x) == 50
    assert (x[:, 1] + 10 == y).all()


def test_it_says_what_it_was_made_of() -> None:
    made = json.loads(TimeseriesGenerator(TABLE, TABLE, length=2, batch_size=5).to_json())
    assert made["config"]["batch_size"] == 5
    assert json.loads(made["config"]["data"]) == TABLE.tolist()


def test_mistakes_are_named() -> None:
    with pytest.raises(TidegateError, match="10 rows of data and 9 targets"):
        TimeseriesGenerator(TABLE, TABLE[1:], length=2)
    with pytest.raises(TidegateError, match="more than 10 rows"):
        TimeseriesGenerator(TABLE, TABLE, length=10)
    with pytest.raises(TidegateError, match="stride to be a whole number of at least 1"):
        TimeseriesGenerator(TABLE, TABLE, length=2, stride=0)


def test_frequent_words_are_kept_less_often() -> None:
    table = make_sampling_table(1000)
    assert table[0] == table[1]
    assert (np.diff(table[1:]) > 0).all()
    np.testing.assert_allclose(table[[1, 10, 999]], [0.00315225, 0.0171136, 0.27343685], rtol=1e-4)


def test_neighbours_and_random_pairs() -> None:
    random.seed(0)
    couples, labels = skipgrams([1, 0, 2, 3], 10, window_size=1, negative_samples=2.0, seed=5)
    assert len(couples) == len(labels) == 6
    assert sorted(c for c, label in zip(couples, labels, strict=True) if label) == [[2, 3], [3, 2]]
    _, rows = skipgrams([1, 2], 5, negative_samples=1, categorical=True, shuffle=False)
    assert rows == [[0, 1], [0, 1], [1, 0], [1, 0]]
    assert skipgrams([1, 2], 5, sampling_table=np.zeros(5)) == ([], [])
