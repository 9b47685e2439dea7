"""What replaying a recorded step could silently change, one test for each."""

from __future__ import annotations

import numpy as np
import pytest

from tidegate import kernels
from tidegate.plan import Plan

from .models import F, T, data, lstm_regression, numbers

EXECUTORS = [pytest.param(name, id=name) for name in kernels.instruction_sets()]


def fit(plan: Plan, rows: int = 50, batch: int = 16, epochs: int = 2) -> np.ndarray:
    x, y = data(rows)
    out = np.empty((rows, 1), np.float32)
    per_epoch = -(-rows // batch)
    for e in range(epochs):
        plan.run([x, y], rows, batch, lr=0.01, iteration=e * per_epoch, outputs=[out])
    return out


@pytest.mark.parametrize("executor", EXECUTORS)
def test_many_batches_equal_single_calls_on_fresh_recordings(executor: str) -> None:
    whole = lstm_regression(executor)
    fit(whole)
    plan = lstm_regression(executor)
    x, y = data(50)
    for k in range(8):
        fresh = lstm_regression(executor, seed=9)
        for mine, before in zip(fresh.step.parameters, plan.step.parameters, strict=True):
            mine.assign(before.numpy())
        assert fresh.step.update is not None and plan.step.update is not None
        for mine, before in zip(fresh.step.update.slots, plan.step.update.slots, strict=True):
            mine[:] = before
        fresh.run(
            [x, y],
            50,
            16,
            start=k % 4,
            stop=k % 4 + 1,
            lr=0.01,
            iteration=k,
            outputs=[np.empty((50, 1), np.float32)],
        )
        plan = fresh
    for a, b in zip(numbers(whole), numbers(plan), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_new_weights_are_seen(executor: str) -> None:
    plan = lstm_regression(executor)
    fit(plan)
    other = lstm_regression(executor, seed=4)
    for p, q in zip(plan.step.parameters, other.step.parameters, strict=True):
        p.assign(q.numpy())
    for slot in plan.step.update.slots if plan.step.update else []:
        slot[:] = 0
    np.testing.assert_array_equal(fit(plan), fit(other))


@pytest.mark.parametrize("executor", EXECUTORS)
def test_native_follows_the_reference(executor: str) -> None:
    plan, definition = lstm_regression(executor), lstm_regression("reference")
    np.testing.assert_allclose(fit(plan), fit(definition), rtol=2e-4, atol=2e-5)
    for a, b in zip(numbers(plan), numbers(definition), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_larger_batch_than_before_gets_its_room(executor: str) -> None:
    plan, fresh = lstm_regression(executor), lstm_regression(executor)
    x, y = data(300)
    plan.run([x, y], 4, 2, lr=0.0, outputs=[np.empty((4, 1), np.float32)])
    small, large = np.empty((300, 1), np.float32), np.empty((300, 1), np.float32)
    plan.run([x, y], 300, 300, lr=0.0, outputs=[small])
    fresh.run([x, y], 300, 300, lr=0.0, outputs=[large])
    np.testing.assert_array_equal(small, large)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_learning_rate_and_iteration_are_taken_anew(executor: str) -> None:
    plan, definition = lstm_regression(executor), lstm_regression("reference")
    x, y = data(16)
    out = np.empty((16, 1), np.float32)
    for lr, iteration in ((0.1, 0), (0.001, 1), (0.0, 2), (0.05, 3)):
        for p in (plan, definition):
            p.run([x, y], 16, 16, lr=lr, iteration=iteration, outputs=[out])
    for a, b in zip(numbers(plan), numbers(definition), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_order_picks_the_samples(executor: str) -> None:
    x, y = data(40)
    order = np.random.default_rng(3).permutation(40)[:25].astype(np.int64)
    shuffled, direct = lstm_regression(executor), lstm_regression(executor)
    a, b = np.empty((25, 1), np.float32), np.empty((25, 1), np.float32)
    shuffled.run([x, y], 25, 8, order=order, lr=0.01, outputs=[a])
    direct.run([x[order], y[order]], 25, 8, lr=0.01, outputs=[b])
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    "dtype", ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "f2", ">f4", ">i2"]
)
def test_sources_of_any_type(executor: str, dtype: str) -> None:
    x = np.random.default_rng(2).integers(0, 2 if dtype == "?" else 50, size=(9, T, F)).astype(dtype)
    y = np.zeros((9, 1))
    out, same = np.empty((9, 1), np.float32), np.empty((9, 1), np.float32)
    lstm_regression(executor).run([x, y], 9, 9, outputs=[out])
    lstm_regression(executor).run([x.astype(np.float32), y], 9, 9, outputs=[same])
    np.testing.assert_array_equal(out, same)


def _views() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(6)
    table = rng.normal(size=(40, F + 4)).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(table, T, axis=0).transpose(0, 2, 1)
    reading = rng.normal(size=(20, T, F)).astype(np.float32)
    reading.flags.writeable = False
    return {
        "windows of some columns": windows[:, :, 1 : 1 + F],
        "every other column": windows[:, :, :6:2],
        "backwards in time": rng.normal(size=(20, T, F)).astype(np.float32)[:, ::-1],
        "backwards in samples": rng.normal(size=(20, T, F))[::-1],
        "features first": rng.normal(size=(F, T, 20)).transpose(2, 1, 0),
        "read only": reading,
        "one axis more": rng.normal(size=(20, T, F, 1)),
        "cut in parts": rng.normal(size=(20, 2, 5, T // 2, F))[:, :, 1:2],
        "not aligned": np.frombuffer(
            rng.normal(size=20 * T * F).astype(np.float32).tobytes() + b"xxx", np.uint8
        )[:-3]
        .view(np.float32)
        .reshape(20, T, F),
    }


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("view", list(_views()))
def test_sources_of_any_strides(executor: str, view: str) -> None:
    x = _views()[view]
    rows = len(x)
    y = np.zeros(rows)  # (samples,) for an input of (samples, 1)
    out, same = np.empty((rows, 1), np.float32), np.empty((rows, 1), np.float32)
    lstm_regression(executor).run([x, y], rows, 7, outputs=[out])
    copy = np.ascontiguousarray(x, np.float32).reshape(rows, T, F)
    lstm_regression(executor).run([copy, y], rows, 7, outputs=[same])
    if executor == "reference":  # NumPy's products may differ in the last bit where strides do
        np.testing.assert_allclose(out, same, rtol=1e-5, atol=1e-6)
    else:
        np.testing.assert_array_equal(out, same)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_it_comes_back_between_batches(executor: str) -> None:
    plan, whole = lstm_regression(executor), lstm_regression(executor)
    x, y = data(50)
    out = np.empty((50, 1), np.float32)
    done, calls = 0, 0
    while done < 4:
        done, calls = (
            plan.run([x, y], 50, 16, start=done, lr=0.01, iteration=done, outputs=[out], seconds=0.0),
            calls + 1,
        )
    whole.run([x, y], 50, 16, lr=0.01, outputs=[out])
    assert calls == 4 and plan.samples == 50
    np.testing.assert_array_equal(plan.sums, whole.sums)
    for a, b in zip(numbers(plan), numbers(whole), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("executor", EXECUTORS)
def test_it_comes_back_where_the_loss_is_first_lost(executor: str) -> None:
    plan = lstm_regression(executor)
    x, y = data(80)
    y[37] = np.inf
    out = np.empty((80, 1), np.float32)
    assert plan.run([x, y], 80, 16, lr=0.01, outputs=[out]) == 3  # sample 37 is in the batch before
    assert not np.isfinite(plan.last[0])
    assert plan.run([x, y], 80, 16, start=3, lr=0.01, iteration=3, outputs=[out]) == 5  # once is enough
    plan.reset()
    assert plan.run([x, y], 80, 16, lr=0.01, outputs=[out]) == 1  # by now all weights are NaN


def test_plan_tells_what_it_does() -> None:
    plan = lstm_regression(dropout=0.5)
    fit(plan)
    text = str(plan)
    memory = ["arena"] if kernels.available() else []
    for word in ("lstm", "undo lstm", "dropout", "adam", "(B, 6, 3)", plan.executor.name, *memory):
        assert word in text, text
