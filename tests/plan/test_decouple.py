"""A batch whose samples depend on each other is cut all the same where sums over its shards are all that joins them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tidegate import kernels, ops
from tidegate.ops import Spec, Value
from tidegate.plan import Parameter, Plan, Step, Update, assign, gather

from .models import ADAM

T, F, ROWS = 3, 5, 23
ISAS = kernels.instruction_sets()


@pytest.fixture(autouse=True)
def threads_as_before() -> Iterator[None]:
    before = kernels.get_threads()
    yield
    kernels.set_threads(before)


def normalized(x: Value, mask: Value, w: Value) -> Value:
    m = ops.batch_mean(x, None, None)
    y: Value = ops.standardize(x, m, ops.batch_variance(x, m, None, None), w, None, epsilon=1e-3)
    return y


def normalized_under_mask(x: Value, mask: Value, w: Value) -> Value:
    m = ops.batch_mean(x, mask, None, epsilon=1e-7)
    v = ops.batch_variance(x, m, mask, None, epsilon=1e-7)
    y: Value = ops.standardize(x, m, v, w, None, epsilon=1e-3)
    return y


def less_the_mean(x: Value, mask: Value, w: Value) -> Value:
    y: Value = ops.multiply(x - ops.mean(x, axis=(0, 1)), w)
    return y


def beside_the_sum(x: Value, mask: Value, w: Value) -> Value:
    z = ops.multiply(x, w)
    y: Value = z / (1.0 + ops.square(ops.sum(z, axis=0, keepdims=True)))
    return y


def twice(x: Value, mask: Value, w: Value) -> Value:
    return normalized(ops.activation(normalized(x, mask, w), function="tanh"), mask, w)


JOINED: list[Callable[[Value, Value, Value], Value]] = [
    normalized, normalized_under_mask, less_the_mean, beside_the_sum, twice,
]  # fmt: skip


def made(join: Callable[[Value, Value, Value], Value], isa: str) -> Plan:
    rng = np.random.default_rng(3)
    w = Parameter("w", rng.normal(size=F))
    gather([w])
    x, mask = Value(Spec((None, T, F)), "input", "x"), Value(Spec((None, T)), "input", "mask")
    y = join(x, mask, w.value)
    loss = ops.couple(ops.mean(ops.square(y)) + ops.mean(y))
    return Plan(Step([x, mask], [y], [loss], 0, [loss], [w], None, [x]), isa)


def run(plan: Plan, shard: int) -> list[Any]:
    """Return loss, outputs, gradient of x and gradient of w."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(ROWS, T, F)).astype(np.float32)
    mask = (rng.random((ROWS, T)) < 0.7).astype(np.float32)
    outputs = [np.empty((ROWS, T, F), np.float32) for _ in plan.step.outputs]
    sums, last = np.zeros(1), np.zeros(1)
    plan.executor.run([x, mask], ROWS, ROWS, shard, sums, last, outputs=outputs)
    return [last, *outputs, plan.executor.gradients]


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("join", JOINED, ids=lambda f: f.__name__)
def test_shards_compute_what_the_whole_batch_does(join: Any, isa: str) -> None:
    plan = made(join, isa)
    assert not plan.step.coupled
    for whole, cut in zip(run(plan, ROWS), run(plan, 4), strict=True):
        assert np.abs(whole - cut).max() <= 1e-5 * max(1, np.abs(whole).max())


@pytest.mark.skipif(ISAS == ["reference"], reason="no compiled kernels")
@pytest.mark.parametrize("threads", [2, 3, 8])
def test_equal_bits_at_any_number_of_threads(threads: int) -> None:
    kernels.set_threads(1)
    one = run(made(twice, ISAS[0]), 4)
    kernels.set_threads(threads)
    for a, b in zip(one, run(made(twice, ISAS[0]), 4), strict=True):
        np.testing.assert_array_equal(a, b)


def test_shards_meet_as_seldom_as_can_be() -> None:
    x = Value(Spec((None, T, F)), "input", "x")
    towers = [ops.multiply(ops.sum(ops.activation(x, function=f), axis=0), 2.0) for f in ("tanh", "relu")]
    step = Step([x], [ops.subtract(x, ops.multiply(*towers))])
    assert [len(sums) for _, sums in step.stretches] == [2, 0]


def test_the_largest_of_a_batch_keeps_it_in_one_shard() -> None:
    x = Value(Spec((None, F)), "input", "x")
    assert Step([x], [ops.subtract(x, ops.max(x, axis=0))]).coupled


def test_a_total_that_stands_on_all_samples_keeps_them_in_one_shard() -> None:
    x = Value(Spec((None, F)), "input", "x")
    w = ops.subtract(x, ops.mean(x, axis=0))
    total = ops.batch_total(ops.weighted_sum(w, None, None))
    step = Step([x], scalars=[ops.weighted_sum(x, w, total)])
    assert step.coupled and len(step.stretches) == 1


@pytest.mark.parametrize("isa", ISAS)
def test_a_weight_that_follows_the_batch_is_written_once(isa: str) -> None:
    mean, w = Parameter("mean", np.zeros(F), trainable=False), Parameter("w", np.ones(F))
    gather([w])
    x = Value(Spec((None, F)), "input", "x")
    m = ops.mean(x, axis=0)
    y = assign(ops.multiply(x - m, w.value), mean, ops.add(mean.value, m))
    loss = ops.weighted_sum(ops.square(y), None, None)
    plan = Plan(Step([x], [], [loss], 0, [loss], [w], Update(ops.adam, ADAM)), isa)
    data = np.random.default_rng(5).normal(size=(ROWS, F)).astype(np.float32)
    plan.executor.run([data], ROWS, ROWS, 4, plan.sums, plan.last)
    assert not plan.step.coupled
    np.testing.assert_allclose(mean.numpy(), data.mean(axis=0), atol=1e-6)


def test_a_weight_written_by_chance_keeps_the_batch_in_one_shard() -> None:
    noise, seen = (
        Parameter("noise", np.ones(F), trainable=False),
        Parameter("seen", np.ones(F), trainable=False),
    )
    x = Value(Spec((None, F)), "input", "x")
    drawn = ops.dropout.record(noise.value, rate=0.5, seed=1)
    assert Step([x], [assign(ops.multiply(x, 2.0), seen, drawn)]).coupled
