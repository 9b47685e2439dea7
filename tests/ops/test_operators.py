"""Python's signs on recorded values: numbers, arrays, weights and other values on either side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.errors import ShapeError, TidegateError
from tidegate.ops import Spec, Value
from tidegate.plan import Parameter, Plan, Step

ROW = np.array([1.5, -2.0, 0.5], np.float32)


def computed(f: Callable[[Value], Value], *samples: int) -> tuple[Any, Any]:
    """Return what f gives when recorded and run, and x."""
    x = np.linspace(-2, 2, 4 * int(np.prod(samples)), dtype=np.float32).reshape(4, *samples)
    value = Value(Spec((None, *samples)), "input", "x")
    y = f(value)
    out = np.empty((4, *y.shape[1:]), np.float32)
    Plan(Step([value], [y])).run([x], 4, 4, outputs=[out])
    return out, x


SIGNS: dict[str, Callable[[Any], Any]] = {
    "x + 1": lambda x: x + 1,
    "1 - x": lambda x: 1 - x,
    "x * row": lambda x: x * ROW,
    "row - x": lambda x: ROW - x,
    "2 / (x + 3)": lambda x: 2 / (x + 3),
    "x ** 2": lambda x: x**2,
    "x // 0.7": lambda x: x // 0.7,
    "-x": lambda x: -x,
    "abs(x)": abs,
    "x - x > x / 2": lambda x: x - x > x / 2,
    "(x >= 0) * x": lambda x: (x >= 0) * x,
    "x == x": lambda x: (x == x) * 1,
    "x != -2": lambda x: (x != -2) * 1,
}


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_computes_what_it_does_for_arrays(sign: str) -> None:
    found, x = computed(SIGNS[sign], 5, 3)
    np.testing.assert_allclose(found, SIGNS[sign](x), rtol=1e-6)


def test_a_weight_takes_signs_as_a_value_does() -> None:
    w = Parameter("w", ROW)
    found, x = computed(lambda v: (w * 2 + 1) * v - w, 3)
    np.testing.assert_allclose(found, (ROW * 2 + 1) * x - ROW, rtol=1e-6)


def test_codes_are_computed_with_as_floats() -> None:
    codes = Value(Spec((None, 3), "int32"), "input", "codes")
    out = np.empty((2, 3), np.float32)
    Plan(Step([codes], [(codes != 0) * codes + 0.5])).run(
        [np.array([[0, 1, 2], [3, 0, 5]])], 2, 2, outputs=[out]
    )
    np.testing.assert_array_equal(out, [[0.5, 1.5, 2.5], [3.5, 0.5, 5.5]])


def test_samples_of_one_are_not_spread_over_those_of_another() -> None:
    with pytest.raises(ShapeError, match="equal or 1"):
        Value(Spec((None,))) * Value(Spec((None, 1)))


def test_a_value_is_no_truth() -> None:
    with pytest.raises(TidegateError, match=r"ops\.where"):
        bool(Value(Spec((None, 3))) > 0)


def test_sums_over_the_batch_take_linear_signs_alone() -> None:
    share = ops.weighted_sum(Value(Spec((None, 3)), "input"), None, None)
    assert (share * 2 + share / 4 - share).dtype == "float64"
    for mistake in (lambda: share + 1, lambda: share * share, lambda: 1 / share, lambda: share > 0):
        with pytest.raises(ShapeError, match="add up over the shards"):
            mistake()
