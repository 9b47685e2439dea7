"""The functions by Keras's names: recorded and run, each gives what it gives for arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.ops.test_operators import computed
from tidegate import ops
from tidegate.errors import ShapeError
from tidegate.ops import Spec, Value
from tidegate.plan import Parameter, Plan, Step

MATRIX = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)

# Of x (samples, 6, 4).
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "last step": lambda x: ops.get_item(x, (slice(None), -1)),
    "features": lambda x: ops.get_item(x, (Ellipsis, slice(1, 3))),
    "every second, backwards": lambda x: ops.get_item(x, (slice(None), slice(None, None, -2))),
    "a new axis": lambda x: ops.get_item(x, (slice(None), None, 2, slice(0, 2))),
    "mean": lambda x: ops.mean(x, axis=-1),
    "sum of squares": lambda x: ops.sum(ops.square(x), axis=[1, 2]),
    "var": lambda x: ops.var(x, axis=1, keepdims=True),
    "std": lambda x: ops.std(x, axis=-1),
    "logsumexp": lambda x: ops.logsumexp(x, axis=-1),
    "norm": lambda x: ops.norm(x, axis=1),
    "normalize": lambda x: ops.normalize(x, axis=-1),
    "any": lambda x: ops.any(x > 1.5, axis=-1) * 1,
    "all": lambda x: ops.all(x > -1.5, axis=1) * 1,
    "count_nonzero": lambda x: ops.count_nonzero(x > 0, axis=1) * 1,
    "clip": lambda x: ops.clip(x, -0.5, 0.7),
    "softmax over steps": lambda x: ops.softmax(x, axis=1),
    "log_softmax": lambda x: ops.log_softmax(x, axis=-1),
    "log2": lambda x: ops.log2(ops.abs(x) + 1),
    "log10": lambda x: ops.log10(ops.abs(x) + 1),
    "logaddexp": lambda x: ops.logaddexp(x, -x),
    "gelu": ops.gelu,
    "elu": lambda x: ops.elu(x, alpha=0.5),
    "celu": lambda x: ops.celu(x, alpha=0.5),
    "leaky_relu": lambda x: ops.leaky_relu(x, negative_slope=0.3),
    "glu": ops.glu,
    "flip": lambda x: ops.flip(x, axis=1),
    "roll": lambda x: ops.roll(x, 2, axis=1),
    "tile": lambda x: ops.tile(x, (1, 2, 3)),
    "repeat": lambda x: ops.repeat(x, 3, axis=-1),
    "swapaxes": lambda x: ops.swapaxes(x, 1, 2),
    "moveaxis": lambda x: ops.moveaxis(x, -1, 1),
    "stack": lambda x: ops.stack([x, -x], axis=1),
    "split": lambda x: ops.split(x, [2, 3], axis=1)[2],
    "unstack": lambda x: ops.unstack(x, axis=2)[1],
    "take steps": lambda x: ops.take(x, [0, 0, -1], axis=1),
    "take features": lambda x: ops.take(x, [3, 1], axis=2),
    "take one": lambda x: ops.take(x, 2, axis=1),
    "expand and squeeze": lambda x: ops.squeeze(ops.expand_dims(x, -1) * 2, axis=-1),
    "reshape": lambda x: ops.reshape(x, (-1, 3, 8)),
    "reshape, one size open": lambda x: ops.reshape(x, (-1, 12, 2)),
    "pad": lambda x: ops.pad(x, ((0, 0), (2, 0), (0, 1)), constant_values=1.5),
    "cumsum": lambda x: ops.cumsum(x, axis=1),
    "ones_like": lambda x: ops.ones_like(x) + x,
    "where": lambda x: ops.where(x > 0, x, 0.1),
    "matmul": lambda x: ops.matmul(x, MATRIX),
    "attention": lambda x: ops.matmul(ops.matmul(x, ops.transpose(x, (0, 2, 1))), x),
    "argmax": lambda x: ops.argmax(x, axis=1),
    "binary_crossentropy": lambda x: ops.binary_crossentropy(x > 0, ops.sigmoid(x + 0.3)),
    "of logits": lambda x: ops.binary_crossentropy(x > 0, x, from_logits=True),
    "categorical_crossentropy": lambda x: ops.categorical_crossentropy(ops.softmax(x), ops.softmax(-x)),
    "sparse": lambda x: ops.sparse_categorical_crossentropy(ops.argmax(x), x, from_logits=True),
    "relu": lambda x: ops.relu(x) + ops.sigmoid(x) * ops.tanh(x),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_recorded_it_gives_what_it_gives_for_arrays(name: str) -> None:
    found, x = computed(FUNCTIONS[name], 6, 4)
    np.testing.assert_allclose(found, FUNCTIONS[name](x), rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: x[:, -1], lambda x: x[:, -1]),
        (lambda x: x[:, 1:4, ::-1], lambda x: x[:, 1:4, ::-1]),
        (lambda x: x @ MATRIX, lambda x: x @ MATRIX),
        (lambda x: ops.one_hot(ops.argmax(x, axis=-1), 4), lambda x: np.eye(4)[x.argmax(axis=-1)]),
        (lambda x: ops.mean(x) + ops.zeros_like(x), lambda x: np.full_like(x, x.mean())),
        (lambda x: x - ops.mean(x, axis=0), lambda x: x - x.mean(axis=0)),
        (lambda x: x / ops.sqrt(ops.sum(x * x)), lambda x: x / np.sqrt((x * x).sum())),
    ],
)
def test_it_gives_what_numpy_gives(f: Callable[[Any], Any], expected: Callable[[Any], Any]) -> None:
    found, x = computed(f, 6, 4)
    np.testing.assert_allclose(found, expected(x), rtol=2e-6, atol=1e-6)


def test_rows_of_a_table_are_looked_up() -> None:
    table, codes = Parameter("table", MATRIX), Value(Spec((None, 2), "int32"), "input")
    out = np.empty((2, 2, 3), np.float32)
    places = np.array([[0, 3], [1, 1]])
    Plan(Step([codes], [ops.take(table, codes, axis=0)])).run([places], 2, 2, outputs=[out])
    np.testing.assert_array_equal(out, MATRIX[places])
    hot = np.empty((2, 2, 4), np.float32)
    Plan(Step([codes], [ops.one_hot(codes, 4)])).run([places], 2, 2, outputs=[hot])
    np.testing.assert_array_equal(hot, np.eye(4)[places])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[0],
        lambda x: x[:, 6],
        lambda x: x[:, 2:2],
        lambda x: x[:, [0, 1]],
        lambda x: ops.transpose(x),
        lambda x: ops.reshape(x, (4, 6)),
        lambda x: ops.concatenate([x, x]),
        lambda x: ops.mean(x, axis=3),
        lambda x: ops.split(x, 2),
        lambda x: ops.expand_dims(x, 0),
        lambda x: ops.squeeze(x, 1),
    ],
)
def test_what_would_mix_samples_or_is_not_there_is_refused(f: Callable[[Any], Any]) -> None:
    with pytest.raises(ShapeError, match=r"expects .*; got "):
        f(Value(Spec((None, 6, 4)), "input"))


def test_arrays_that_are_there_already() -> None:
    made = {
        "arange": (ops.arange(3), [0, 1, 2], "int32"),
        "arange of floats": (ops.arange(1, 2, 0.5), [1, 1.5], "float32"),
        "zeros": (ops.zeros(2), [0, 0], "float32"),
        "ones": (ops.ones((1, 2)), [[1, 1]], "float32"),
        "full": (ops.full((2,), 3, "int32"), [3, 3], "int32"),
        "eye": (ops.eye(2), [[1, 0], [0, 1]], "float32"),
        "linspace": (ops.linspace(0, 1, 3), [0, 0.5, 1], "float32"),
        "convert_to_numpy": (ops.convert_to_numpy([1, 2]), [1, 2], "int64"),
    }
    for name, (array, expected, dtype) in made.items():
        np.testing.assert_array_equal(array, expected, err_msg=name)
        assert array.dtype == dtype, name
    with pytest.raises(ShapeError, match="zeros_like"):
        ops.zeros((None, 3))
