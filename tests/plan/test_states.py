"""What outlives a batch: states that samples hand on, and weights that a step writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tidegate import kernels, ops
from tidegate.errors import ArgumentError, ShapeError
from tidegate.ops import Spec, Value
from tidegate.plan import Parameter, Plan, State, Step, assign

F = 3
ISAS = kernels.instruction_sets()


@pytest.fixture(params=[1, 3])
def threads(request: pytest.FixtureRequest) -> Iterator[None]:
    before = kernels.get_threads()
    kernels.set_threads(request.param)
    yield
    kernels.set_threads(before)


def summing(isa: str) -> tuple[Plan, State]:
    """A step that adds each sample to what stood at its place before."""
    x, state = Value(Spec((None, F)), "input", "x"), State("sum", F)
    y = ops.add(state.value, x)
    return Plan(Step([x], [assign(y, state, y)]), isa), state


def run(plan: Plan, x: Any, batch: int, **how: Any) -> Any:
    out = np.empty(np.shape(x), np.float32)
    plan.run([x], len(x), batch, outputs=[out], **how)
    return out


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("shard", [4, 3, 1])
def test_a_state_is_handed_to_the_sample_at_the_same_place(isa: str, shard: int) -> None:
    plan, state = summing(isa)
    plan.shard = lambda batch: shard  # type: ignore[method-assign]
    x = np.arange(12 * F, dtype=np.float32).reshape(12, F)
    expected = x.reshape(3, 4, F).cumsum(axis=0)
    np.testing.assert_array_equal(run(plan, x, 4), expected.reshape(12, F))
    np.testing.assert_array_equal(state.numpy(), expected[-1])
    np.testing.assert_array_equal(run(plan, x[:4], 4), expected[-1] + x[:4])


@pytest.mark.parametrize("isa", ISAS)
def test_after_a_reset_any_number_of_samples_may_come(isa: str) -> None:
    plan, state = summing(isa)
    ones = np.ones((6, F), np.float32)
    run(plan, ones, 3)
    with pytest.raises(ShapeError, match="3 samples, whose states it carries on"):
        run(plan, ones, 6)
    state.reset()
    assert state.numpy().shape == (0, F)
    assert (run(plan, ones, 6) == 1).all()
    state.reset(np.full((2, F), 5.0))
    np.testing.assert_array_equal(run(plan, ones, 2)[:, 0], [6, 6, 7, 7, 8, 8])


@pytest.mark.parametrize("isa", ISAS)
def test_a_smaller_last_batch_is_refused_before_anything_runs(isa: str) -> None:
    plan, state = summing(isa)
    with pytest.raises(ShapeError, match="batches of 4 samples"):
        run(plan, np.ones((6, F), np.float32), 4)
    assert (state.numpy() == 0).all()
    assert plan.run([np.ones((6, F), np.float32)], 6, 4, stop=1, outputs=[np.empty((6, F), np.float32)]) == 1
    assert (state.numpy() == 1).all()


@pytest.mark.parametrize("isa", ISAS)
def test_a_batch_that_is_refused_writes_nothing(isa: str) -> None:
    state, table = State("sum", 1), Parameter("table", [[1.0], [2.0]])
    codes = Value(Spec((None,), "int32"), "input", "codes")
    y = ops.add(state.value, ops.embedding(codes, table.value))
    plan = Plan(Step([codes], [assign(y, state, y)]), isa)
    plan.shard = lambda batch: 1  # type: ignore[method-assign]
    with pytest.raises(Exception, match="whole numbers from 0 to 1"):
        plan.run([np.array([1, 5])], 2, 2, outputs=[np.empty((2, 1), np.float32)])
    assert (state.numpy() == 0).all()


@pytest.mark.parametrize("isa", ISAS)
def test_a_weight_is_written_after_each_batch(isa: str) -> None:
    power, W = Parameter("power", np.eye(1, 2), trainable=False), Parameter("W", [[1.0, 1.0], [1.0, 0.0]])
    x = Value(Spec((None, 2)), "input", "x")
    y = ops.dense(x, W.value, None)  # W is in panels
    assign(y, power, ops.dense(power.value, W.value, None))
    plan = Plan(Step([x], [ops.multiply(y, 1.0)]), isa)
    assert plan.shard(10**6) < 10**6  # the same in every shard
    before = Parameter.version
    run(plan, np.ones((10, 2), np.float32), 1)
    np.testing.assert_array_equal(power.numpy(), [[89, 55]])
    assert Parameter.version != before


@pytest.mark.parametrize("isa", ISAS)
def test_panels_are_made_anew_of_a_weight_that_was_written(isa: str) -> None:
    W = Parameter("W", np.eye(2) * 2, trainable=False)
    x = Value(Spec((None, 2)), "input", "x")
    y = ops.dense(x, W.value, None)
    plan = Plan(Step([x], [assign(y, W, ops.dense(W.value, W.value, None))]), isa)
    np.testing.assert_array_equal(run(plan, np.ones((3, 2), np.float32), 1)[:, 0], [2, 4, 16])


def test_a_step_that_computes_less_writes_less() -> None:
    x, state = Value(Spec((None, F)), "input", "x"), State("sum", F)
    y = ops.add(x, x)
    top = assign(ops.add(y, x), state, y)
    assert [t for t, _ in Step([x], [top]).writes] == [state]
    assert Step([x], [y]).writes == []


def test_assign_takes_results_of_the_shape_of_its_target() -> None:
    x, state = Value(Spec((None, F)), "input", "x"), State("sum", F)
    y = ops.add(x, x)
    with pytest.raises(ShapeError, match="result of shape"):
        assign(y, state, ops.concatenate([x, x], axis=-1))
    with pytest.raises(ArgumentError, match="trainable=False"):
        assign(y, Parameter("w", np.zeros((1, F))), y)
    with pytest.raises(ShapeError, match=r"shape \(samples, 3\)"):
        state.reset(np.zeros((2, 2)))


def test_what_is_assigned_twice_follows_on_the_first() -> None:
    x, sum_ = Value(Spec((None, F)), "input", "x"), State("sum", F)
    late, early = ops.multiply(x, 3.0), ops.add(x, x)
    assign(early, sum_, lambda before: ops.multiply(before, 10.0))
    assign(late, sum_, lambda before: ops.add(before, early))
    plan = Plan(Step([x], [ops.add(late, early)]))
    for _ in range(2):
        run(plan, np.ones((3, F), np.float32), 3)
    np.testing.assert_array_equal(sum_.numpy(), np.full((3, F), 22.0))
