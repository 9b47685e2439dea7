"""Datasets and windows over a table: the elements that TensorFlow and Keras give, again at each pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate.errors import TidegateError
from tidegate.utils import Dataset, normalize, split_dataset, timeseries_dataset_from_array


def listed(dataset: Any) -> list[Any]:
    return [
        tuple(part.tolist() for part in e) if isinstance(e, tuple) else np.asarray(e).tolist()
        for e in dataset
    ]


FIVE = Dataset.range(5)


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        (FIVE.batch(2), [[0, 1], [2, 3], [4]]),
        (FIVE.batch(2, drop_remainder=True), [[0, 1], [2, 3]]),
        (FIVE.batch(2).unbatch(), [0, 1, 2, 3, 4]),
        (FIVE.take(2).repeat(2), [0, 1, 0, 1]),
        (FIVE.skip(3).concatenate(FIVE.take(1)), [3, 4, 0]),
        (FIVE.map(lambda x: x * 2).filter(lambda x: x > 3), [4, 6, 8]),
        (FIVE.repeat().skip(4).take(3), [4, 0, 1]),
        (Dataset.zip((FIVE, FIVE.skip(1))), [(0, 1), (1, 2), (2, 3), (3, 4)]),
        (FIVE.window(2).flat_map(lambda w: w.batch(2)), [[0, 1], [2, 3], [4]]),
        (FIVE.window(2, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(2)).take(2), [[0, 1], [1, 2]]),
        (FIVE.window(2, shift=1, stride=2, drop_remainder=True).flat_map(lambda w: w.batch(2)),
         [[0, 2], [1, 3], [2, 4]]),
        (FIVE.window(2, shift=3).flat_map(lambda w: w.batch(2)), [[0, 1], [3, 4]]),
        (Dataset.from_tensors([1, 2]), [[1, 2]]),
        (Dataset.from_generator(lambda n: iter(range(n)), args=[2]), [0, 1]),
        (FIVE.take(-1).skip(-1), []),
        (FIVE.cache().prefetch(1).apply(lambda d: d.take(1)), [0]),
    ],
)  # fmt: skip
def test_elements(dataset: Dataset, expected: list[Any]) -> None:
    assert listed(dataset) == expected
    assert listed(dataset) == expected  # at each pass
    if dataset.cardinality() >= 0:
        assert len(dataset) == len(expected)


def test_tuples_and_dicts_keep_their_form() -> None:
    x, y = np.arange(6).reshape(3, 2), np.array([7, 8, 9])
    pairs = Dataset.from_tensor_slices((x, y))
    assert listed(pairs.map(lambda a, b: (a + 1, b)).batch(2))[0] == ([[1, 2], [3, 4]], [7, 8])
    named = next(iter(Dataset.from_tensor_slices(({"a": x}, y)).batch(3)))
    assert named[0]["a"].tolist() == x.tolist()
    assert [len(list(a)) for a, _ in pairs.window(2)] == [2, 1]


@pytest.mark.parametrize("buffer", [2, 100])
def test_a_shuffle_keeps_every_element_and_a_seed_its_order(buffer: int) -> None:
    dataset = Dataset.range(50).shuffle(buffer, seed=4)
    first, second = listed(dataset), listed(dataset)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert first == listed(Dataset.range(50).shuffle(buffer, seed=4))
    fixed = Dataset.range(50).shuffle(buffer, reshuffle_each_iteration=False)
    assert listed(fixed) == listed(fixed)


def test_a_shuffle_before_take_and_batch_shows_everything_once() -> None:
    shuffled = Dataset.range(9).shuffle(9)
    assert sorted(k for batch in listed(shuffled.batch(4)) for k in batch) == list(range(9))
    assert len(set(listed(shuffled.take(5)))) == 5


def test_lengths() -> None:
    assert (FIVE.repeat().cardinality(), FIVE.filter(bool).cardinality()) == (-1, -2)
    with pytest.raises(TypeError, match="never ends"):
        len(FIVE.repeat())
    with pytest.raises(TidegateError, match="arrays of one length"):
        Dataset.from_tensor_slices(([1, 2], [1]))
    with pytest.raises(TidegateError, match="batch_size"):
        FIVE.batch(0)


TABLE = np.arange(12)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [([[0, 1, 2], [1, 2, 3]], [100, 101])]),
        ({"sequence_stride": 4}, [([[0, 1, 2], [4, 5, 6]], [100, 104])]),
        ({"sampling_rate": 3}, [([[0, 3, 6], [1, 4, 7]], [100, 101])]),
        ({"start_index": 2, "end_index": 6}, [([[2, 3, 4], [3, 4, 5]], [102, 103])]),
        ({"start_index": 8}, [([[8, 9, 10], [9, 10, 11]], [108, 109])]),
    ],
)
def test_windows(arguments: dict[str, Any], expected: list[Any]) -> None:
    """As Keras 3 makes them: positions count from `start_index`, for the targets as well."""
    batches = timeseries_dataset_from_array(TABLE, TABLE + 100, 3, batch_size=2, **arguments)
    assert listed(batches)[:1] == expected


def test_windows_end_where_the_table_or_the_targets_end() -> None:
    whole = timeseries_dataset_from_array(TABLE, None, 3)
    assert [x.shape for x in whole] == [(10, 3)]
    forecast = timeseries_dataset_from_array(TABLE, TABLE[3:], 3)
    x, y = next(iter(forecast))
    assert len(x) == 9 and (x[:, -1] + 1 == y).all()
    assert next(iter(timeseries_dataset_from_array(TABLE, None, 3, batch_size=None))).tolist() == [0, 1, 2]


def test_shuffled_windows_keep_their_targets() -> None:
    batches = timeseries_dataset_from_array(TABLE, TABLE * 2, 3, batch_size=4, shuffle=True, seed=1)
    seen = [(int(a[0]), int(b)) for x, y in batches for a, b in zip(x, y, strict=True)]
    assert sorted(seen) == [(k, 2 * k) for k in range(10)] != seen


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sequence_length": 13}, "13 rows for one window; got 12 rows"),
        ({"sequence_length": 3, "sampling_rate": 0}, "sampling_rate of at least 1"),
        ({"sequence_length": 3, "sequence_stride": 12}, "sequence_stride below the 12 rows"),
        ({"sequence_length": 3, "start_index": 5, "end_index": 5}, "start_index < end_index"),
    ],
)
def test_wrong_windows_are_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(TidegateError, match=message):
        timeseries_dataset_from_array(TABLE, None, **arguments)


def test_splits() -> None:
    left, right = split_dataset((TABLE, TABLE), left_size=0.75)
    assert (len(left), len(right)) == (9, 3)
    left, right = split_dataset(Dataset.range(10), right_size=3, shuffle=True, seed=1)
    assert sorted(listed(left) + listed(right)) == list(range(10))
    left, right = split_dataset(TABLE, left_size=2, right_size=3)
    assert (listed(left), listed(right)) == ([0, 1], [9, 10, 11])
    with pytest.raises(TidegateError, match="left_size or right_size"):
        split_dataset(TABLE)
    with pytest.raises(TidegateError, match="a dataset with an end"):
        split_dataset(FIVE.repeat(), left_size=2)


def test_repeating_nothing_ends() -> None:
    assert listed(FIVE.take(0).repeat()) == []


def test_whole_numbers_take_the_type_that_was_asked_for() -> None:
    assert next(iter(Dataset.range(2, output_type=np.float32))).dtype == np.float32


def test_rows_of_length_one() -> None:
    np.testing.assert_allclose(normalize([[3, 4], [0, 0]], order=1), [[3 / 7, 4 / 7], [0, 0]])
    np.testing.assert_allclose(normalize([3, 4]), [0.6, 0.8])
    np.testing.assert_allclose(
        normalize(np.array([3, 4])), [[0.6, 0.8]]
    )  # an array, which Keras gives back as a row
    np.testing.assert_allclose(normalize(np.ones((2, 4)), axis=0), np.full((2, 4), 2**-0.5))
