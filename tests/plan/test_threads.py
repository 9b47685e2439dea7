"""The same bits at any number of threads: shards are cut by the batch alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tidegate import kernels
from tidegate.plan.plan import Plan

from .models import data, lstm_regression, numbers

pytestmark = pytest.mark.skipif(not kernels.available(), reason="no compiled kernels")


@pytest.fixture(autouse=True)
def threads_as_before() -> Iterator[None]:
    before = kernels.get_threads()
    yield
    kernels.set_threads(before)


def trained(threads: int, monkeypatch: pytest.MonkeyPatch) -> Plan:
    kernels.set_threads(threads)
    monkeypatch.setattr("tidegate.plan.shards.SMALL", 0.0)  # cut even this small batch
    plan = lstm_regression(dropout=0.3)
    x, y = data(500)
    for e in range(3):
        plan.run([x, y], 500, 200, lr=0.01, iteration=3 * e, outputs=[np.empty((500, 1), np.float32)])
    assert plan.shard(200) < 100  # several shards
    return plan


@pytest.mark.parametrize("threads", [2, 3, 8, 64])
def test_equal_bits(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    one, many = trained(1, monkeypatch), trained(threads, monkeypatch)
    np.testing.assert_array_equal(one.sums, many.sums)
    for a, b in zip(numbers(one), numbers(many), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "two", True])
def test_number_of_threads_is_checked(wrong: object) -> None:
    with pytest.raises(Exception, match="at least 1"):
        kernels.set_threads(wrong)  # type: ignore[arg-type]


def test_plans_run_from_several_python_threads_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    kernels.set_threads(2)

    def work(seed: int) -> np.ndarray:
        plan = lstm_regression(seed=seed)
        x, y = data(200, seed)
        out = np.empty((200, 1), np.float32)
        for _ in range(5):
            plan.run([x, y], 200, 100, lr=0.01, outputs=[out])
        return out

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(work, range(8)))
    for seed, out in enumerate(together):
        np.testing.assert_array_equal(out, work(seed))
