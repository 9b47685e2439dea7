from __future__ import annotations

import numpy as np
import pytest

from tidegate import kernels, ops
from tidegate.ops import Spec, Value
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
