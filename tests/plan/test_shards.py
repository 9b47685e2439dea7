from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidegate.plan.shards import HELD, LIGHT, MOST, shard_rows


@given(st.integers(1, 10_000), st.floats(0, 1e9), st.booleans(), st.booleans())
def test_every_sample_is_in_a_shard(batch: int, flops: float, training: bool, coupled: bool) -> None:
    rows = shard_rows(batch, flops, training, coupled)
    assert 1 <= rows <= batch


@given(st.integers(1, 10_000), st.floats(0, 1e9))
def test_few_gradients_are_held_at_once(batch: int, flops: float) -> None:
    assert -(-batch // shard_rows(batch, flops, training=True)) <= MOST


@given(st.integers(64, 10_000))
def test_threads_of_a_power_of_two_get_the_same_work(batch: int) -> None:
    rows = shard_rows(batch, 1e9, training=True)
    shards = -(-batch // rows)
    assert shards in (2, 4, 8, MOST)


def test_long_sequences_are_cut_finer_unless_the_weights_are_many() -> None:
    few, many = 10_000, 10 * LIGHT
    assert shard_rows(64, 1e7, training=True, held=HELD / 8, weights=few) == 8
    assert shard_rows(64, 1e7, training=True, held=HELD / 8, weights=many) == 32
    assert shard_rows(64, 1e7, training=True, held=HELD, weights=few) == 8
    assert shard_rows(64, 1e7, training=True, held=HELD / 32, weights=few) == 32


def test_samples_that_depend_on_each_other_stay_together() -> None:
    assert shard_rows(4096, 1e9, training=True, coupled=True) == 4096
