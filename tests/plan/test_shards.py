from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidegate.plan.shards import GRADIENTS, HELD, LIGHT, MOST, shard_rows


@given(st.integers(1, 10_000), st.floats(0, 1e9), st.booleans(), st.booleans())
def test_every_sample_is_in_a_shard(batch: int, flops: float, training: bool, coupled: bool) -> None:
    rows = shard_rows(batch, flops, training, coupled)
    assert 1 <= rows <= batch


@given(st.integers(1, 10_000), st.floats(0, 1e9))
def test_few_gradients_are_held_at_once(batch: int, flops: float) -> None:
    assert -(-batch // shard_rows(batch, flops, training=True)) <= MOST


@given(st.integers(1, 10_000), st.floats(0, 1e9), st.integers(0, 1 << 30))
def test_gradients_take_no_more_memory_than_they_may(batch: int, flops: float, weights: int) -> None:
    shards = -(-batch // shard_rows(batch, flops, training=True, weights=weights))
    assert shards <= 2 or shards * weights <= GRADIENTS


def test_a_small_batch_of_much_work_is_cut_for_many_cores() -> None:
    assert shard_rows(32, 4e6, training=True, weights=20_000) == 8
    assert (
        shard_rows(64, 2e8, training=True, weights=300_000) == 16
    )  # they are gone through anew for each shard
    assert shard_rows(32, 4e5, training=True, weights=20_000) == 16  # a core would be woken for too little
    assert (
        shard_rows(64, 4e6, training=True, weights=300_000) == 32
    )  # adding gradients up would cost too much


@given(st.integers(64, 10_000))
def test_threads_of_a_power_of_two_get_the_same_work(batch: int) -> None:
    rows = shard_rows(batch, 1e9, training=True)
    shards = -(-batch // rows)
    assert shards in (2, 4, 8, MOST)


def test_long_sequences_are_cut_finer_unless_the_weights_are_many() -> None:
    few, many = 10_000, 10 * LIGHT
    assert shard_rows(64, 5e5, training=True, held=HELD / 8, weights=few) == 8
    assert shard_rows(64, 5e5, training=True, held=HELD / 8, weights=many) == 32
    assert shard_rows(64, 5e5, training=True, held=HELD, weights=few) == 8
    assert shard_rows(64, 5e5, training=True, held=HELD / 32, weights=few) == 32


def test_samples_that_depend_on_each_other_stay_together() -> None:
    assert shard_rows(4096, 1e9, training=True, coupled=True) == 4096
