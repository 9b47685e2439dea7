from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import kernels, ops
from tidegate.errors import TidegateError
from tidegate.ops import Op, Spec, Value
from tidegate.plan import Plan, Step, differentiate

from .models import weights


def shared_twice(executor: str) -> tuple[Plan, float, np.ndarray]:
    """One matrix used by two layers, a value read by two ops: both gradients meet in a sum."""
    (W,) = weights(2, (5, 5))
    x = Value(Spec((None, 5)), "input", "x")
    a = ops.dense(x, W.value, None)
    b = ops.add(ops.dense(a, W.value, None), a)
    loss = ops.weighted_sum(b, b, None)
    plan = Plan(
        Step([x], [], [loss], 0, [ops.weighted_sum(ops.activation(b, function="tanh"), None, None)], [W]),
        executor,
    )
    X = np.random.default_rng(0).normal(size=(7, 5)).astype(np.float32)
    plan.run([X], 7, 7)

    def f(w: np.ndarray) -> float:
        first = X.astype(float) @ w
        return float(np.tanh(first @ w + first).sum())

    w, h = W.numpy().astype(float), 1e-5
    expected = np.zeros_like(w)
    for k in np.ndindex(w.shape):
        step = np.zeros_like(w)
        step[k] = h
        expected[k] = (f(w + step) - f(w - step)) / (2 * h)
    return plan, 0.0, expected


@pytest.mark.parametrize("executor", kernels.instruction_sets())
def test_gradients_of_several_readers_add_up(executor: str) -> None:
    plan, _, expected = shared_twice(executor)
    np.testing.assert_allclose(plan.executor.gradients[:25].reshape(5, 5), expected, rtol=1e-4, atol=1e-4)


def test_what_is_not_reached_has_no_gradient() -> None:
    W, other = weights(2, (3, 1), (3, 1))
    x = Value(Spec((None, 3)), "input", "x")
    loss = ops.weighted_sum(ops.dense(x, W.value, None), None, None)
    found = differentiate([loss], [W.value, other.value])
    assert found[0] is not None and found[1] is None


def test_a_parameter_without_gradient_is_left_alone() -> None:
    W, other = weights(2, (3, 1), (3, 1))
    x = Value(Spec((None, 3)), "input", "x")
    loss = ops.weighted_sum(ops.dense(x, W.value, None), None, None)
    assert Step([x], [], [loss], 0, [loss], [W, other]).parameters == [W]


def test_weights_that_a_step_computes_can_be_a_kernel() -> None:
    given = np.random.default_rng(1).normal(size=(50, 3))
    found = []
    for executor in kernels.instruction_sets():
        A, C = weights(5, (3, 4), (4, 2))
        x = Value(Spec((None, 3)), "input", "x")
        y = ops.dense(x, ops.dense(A.value, C.value, None), None)
        loss = ops.weighted_sum(ops.activation(y, function="tanh"), None, None)
        plan, out = Plan(Step([x], [y], [loss], 0, [loss], [A, C]), executor), np.empty((50, 2), np.float32)
        plan.run([given], 50, 50, outputs=[out])
        found.append((out, plan.executor.gradients.copy()))
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_a_gradient_that_an_op_lacks_is_refused() -> None:
    (W,) = weights(2, (3, 3))
    x = Value(Spec((None, 3)), "input", "x")
    p = ops.dense(x, W.value, None)
    with pytest.raises(TidegateError, match=r"gradient of mean_squared_error.*y does not depend"):
        differentiate([ops.weighted_sum(ops.mean_squared_error(x, p), None, None)], [W.value])


def test_what_changes_in_jumps_has_no_gradient() -> None:
    (W,) = weights(2, (3, 1))
    x = Value(Spec((None, 3)), "input", "x")
    jumps = ops.not_equal(ops.dense(x, W.value, None), 0)
    assert differentiate([ops.weighted_sum(jumps, None, None)], [W.value]) == [None]


class Halves(Op):
    """a, b = the two halves of x (B, 2N)."""

    name = "halves"
    arguments = ("x",)
    reads = ("outputs",)

    def infer(self, x: Spec) -> tuple[Spec, ...]:  # type: ignore[override]
        half = Spec((None, (x.shape[1] or 0) // 2))
        return half, half

    def forward(self, x: Any) -> tuple[Any, None]:
        return tuple(np.split(x, 2, axis=1)), None

    def backward(self, inputs: Any, outputs: Any, saved: Any, dy: Any) -> tuple[Any]:  # type: ignore[override]
        assert inputs == (None,)
        sides = zip(dy, outputs, strict=True)
        return (np.concatenate([np.zeros_like(y) if d is None else d for d, y in sides], axis=1),)


@pytest.mark.parametrize("used", [(0,), (1,), (0, 1)])
def test_an_op_with_several_outputs(used: tuple[int, ...]) -> None:
    x = Value(Spec((None, 6)), "input", "x")
    halves = Halves()(x)
    squares = [ops.multiply(halves[k], halves[k]) for k in used]
    loss = ops.weighted_sum(squares[0] if len(used) == 1 else ops.add(*squares), None, None)
    step = Step([x], [*halves], [loss], minimise=[loss], wanted=[x])
    source = np.arange(12, dtype=np.float32).reshape(2, 6)
    a, b, dx = (np.empty((2, n), np.float32) for n in (3, 3, 6))
    Plan(step, "reference").run([source], 2, 2, outputs=[a, b, dx])
    np.testing.assert_array_equal(np.concatenate([a, b], axis=1), source)
    np.testing.assert_array_equal(dx, 2 * source * np.repeat([0 in used, 1 in used], 3))
