"""Python's signs on recorded values: numbers, arrays, weights and other values on either side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.errors import ArgumentError, NoNumbersError, ShapeError, TidegateError
from tidegate.layers import Input
from tidegate.ops import Node, Spec, Value
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


@pytest.mark.parametrize("symbolic", [False, True])
@pytest.mark.parametrize(
    ("asks", "said"),
    [
        (bool, r"neither true nor false\. Instead: ops\.where"),
        (float, r"no number of Python\. Instead: ops\.sum\(x\)"),
        (int, "no number of Python"),
        (round, "no number of Python"),
        (range, "no number of Python"),
        (list, r"iterated over\. Instead: ops\.unstack\(x, axis=1\)"),
        (np.asarray, "a function of tidegate.ops"),
        (np.exp, r"Instead: ops\.exp\(\.\.\.\)"),
        (np.sum, "a function of tidegate.ops"),
        (lambda x: np.add(x, 1, out=np.ones(3)), r"Instead: ops\.add"),
    ],
)
def test_numbers_are_not_to_be_had_before_data_come(symbolic: bool, asks: Any, said: str) -> None:
    with pytest.raises(NoNumbersError, match=said) as told:
        asks(Input((3,)) if symbolic else Value(Spec((None, 3))))
    assert isinstance(told.value, TypeError)


def test_what_has_no_numbers_has_no_numpy_and_no_length() -> None:
    value, tensor = Value(Spec((None, 3))), Input((3,))
    for one in (value, tensor):
        assert not hasattr(one, "numpy")
        with pytest.raises(AttributeError, match="has no numbers yet"):
            one.numpy()
        with pytest.raises(TidegateError):
            len(one)
    with pytest.raises(NoNumbersError, match=r"no length\. Instead: x\.shape"):
        len(tensor)


def test_an_array_on_the_left_of_a_sign_means_the_op() -> None:
    for sign in (np.add, np.multiply, np.remainder, np.power, np.less, np.not_equal, np.bitwise_and):
        found, x = computed(lambda v, sign=sign: sign(np.float32(2), v) * 1, 3)  # type: ignore[misc]
        expected = np.logical_and(2, x) if sign is np.bitwise_and else sign(np.float32(2), x)
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_weight_is_an_array_outside_of_a_recording() -> None:
    w = Parameter("w", ROW)
    np.testing.assert_array_equal(np.asarray(w), ROW)
    assert len(w) == 3 and np.asarray(w) is not w.array
    with Node.within("layer"), pytest.raises(NoNumbersError):
        np.asarray(w)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda x: ops.conv1d(x, x, padding="same"),
            "ops.conv1d expects x, kernel, bias, strides=, dilation=, groups=",
        ),
        (
            lambda x: ops.conv1d(x, x, None, dilation_rate=2),
            r"got dilation_rate=\. Did you mean 'dilation'\?",
        ),
        (lambda x: ops.dense(x), "ops.dense expects x, kernel, bias; got x"),
        (lambda x: ops.lstm(x, x), "ops.lstm expects x, kernel, recurrent_kernel"),
    ],
)
def test_an_op_names_the_arguments_that_it_has(call: Any, said: str) -> None:
    for x in (np.ones((2, 4, 3), np.float32), Value(Spec((None, 4, 3)))):
        with pytest.raises(ArgumentError, match=said):
            call(x)


def test_a_name_that_is_not_among_the_ops() -> None:
    with pytest.raises(AttributeError, match="has no 'conv'; did you mean 'conv1d'"):
        ops.conv  # noqa: B018


def test_sums_over_the_batch_take_linear_signs_alone() -> None:
    share = ops.weighted_sum(Value(Spec((None, 3)), "input"), None, None)
    assert (share * 2 + share / 4 - share).dtype == "float64"
    for mistake in (lambda: share + 1, lambda: share * share, lambda: 1 / share, lambda: share > 0):
        with pytest.raises(ShapeError, match="add up over the shards"):
            mistake()
