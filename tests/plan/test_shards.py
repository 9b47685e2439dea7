from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidegate.plan.shards import MOST, shard_rows


@given(st.integers(1, 10_000), st.floats(0, 1e9), st.booleans(), st.booleans())
def test_every_sample_is_in_a_shard(batch: int, flops: float, training: bool, coupled: bool) -> None:
    rows = shard_rows(batch, flops, training, coupled)
    assert 1 <= rows <= batch


@given(st.integers(1, 10_000), st.floats(0, 1e9))
def test_few_gradients_are_held_at_once(batch: int, flops: float) -> None:
    assert -(-batch // shard_rows(batch, flops, training=True)) <= MOST


def test_samples_that_depend_on_each_other_stay_together() -> None:
    assert shard_rows(4096, 1e9, training=True, coupled=True) == 4096
