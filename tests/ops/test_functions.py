"""The functions by Keras's names: recorded and run, each gives what it gives for arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.ops.test_operators import computed
from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError
from tidegate.ops import Spec, Value
from tidegate.plan import Parameter, Plan, Step

MATRIX = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
ROW = np.float32([1, 2])

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
    "sparse": lambda x: ops.sparse_categorical_crossentropy(ops.argmax(x, axis=-1), x, from_logits=True),
    "sort": lambda x: ops.sort(x, axis=1),
    "argsort": lambda x: ops.argsort(x, axis=-1) * 1.0,
    "top_k": lambda x: ops.top_k(x, 2)[0],
    "places of top_k": lambda x: ops.top_k(x, 2)[1] * 1.0,
    "in_top_k": lambda x: ops.in_top_k(ops.argmax(-x, axis=-1), x, 2),
    "median": lambda x: ops.median(x, axis=1),
    "quantile": lambda x: ops.quantile(x, 0.3, axis=-1, keepdims=True),
    "quantile, lower": lambda x: ops.quantile(x, 0.3, axis=1, method="lower"),
    "searchsorted": lambda x: ops.searchsorted(np.float32([-0.5, 0, 0.5]), x) * 1.0,
    "digitize": lambda x: ops.digitize(x, np.float32([-0.5, 0, 0.5])) * 1.0,
    "prod": lambda x: ops.prod(x, axis=(1, 2)),
    "prod of seven": lambda x: ops.prod(x[:, 1:], axis=1, keepdims=True),
    "cumprod": lambda x: ops.cumprod(x, axis=1),
    "average": lambda x: ops.average(x, axis=1, weights=np.float32([1, 2, 3, 4, 5, 6])),
    "diff": lambda x: ops.diff(x, n=2, axis=1),
    "trapezoid": lambda x: ops.trapezoid(x, dx=0.5, axis=1),
    "trapezoid over places": lambda x: ops.trapezoid(x, x=np.float32([0, 1, 3, 4, 7, 8]), axis=1),
    "moments": lambda x: ops.moments(x, [1])[1],
    "multi_hot": lambda x: ops.multi_hot(ops.argmax(x, axis=-1), 4),
    "nanmean": lambda x: ops.nanmean(ops.where(x > 1.9, np.nan, x), axis=1),
    "nanstd": lambda x: ops.nanstd(ops.where(x > 1.9, np.nan, x), axis=1),
    "nanmax and nanmin": lambda x: ops.nanmax(x, axis=1) + ops.nanmin(ops.where(x > 1, np.nan, x), axis=1),
    "tril": lambda x: ops.tril(x, k=-1),
    "triu": lambda x: ops.triu(x),
    "diagonal": lambda x: ops.diagonal(x, -1, 1, 2),
    "trace": lambda x: ops.trace(x, 1, 2, 1),
    "inner": lambda x: ops.inner(x, MATRIX.T),
    "tensordot": lambda x: ops.tensordot(x, MATRIX, axes=1),
    "dot with a vector": lambda x: ops.dot(x, np.float32([1, 2, -1, 0.5])),
    "rows dot a vector": lambda x: ops.expand_dims(ops.dot(x[:, 0], np.float32([1, 2, -1, 0.5])), 1),
    "take_along_axis": lambda x: ops.take_along_axis(x, ops.argsort(-x, axis=1), axis=1),
    "hstack": lambda x: ops.hstack([x, -x]),
    "dstack": lambda x: ops.dstack([x, -x]),
    "array_split": lambda x: ops.array_split(x, 4, axis=1)[1],
    "fliplr": ops.fliplr,
    "slice": lambda x: ops.slice(x, (0, 1, 2), (len(x.shape) and x.shape[0], 3, 2)),
    "slice_update": lambda x: ops.slice_update(x, (0, 1, 0), x[:, :2, 1:3] * 2),
    "select": lambda x: ops.select([x > 0.5, x > 0], [x, -x], 0.25),
    "cond": lambda x: ops.cond(3 > 2, lambda: x * 2, lambda: x),
    "fori_loop": lambda x: ops.fori_loop(0, 3, lambda k, v: v * 0.5 + k, x),
    "while_loop": lambda x: ops.while_loop(lambda k, v: k < 2, lambda k, v: (k + 1, v + x), (0, x))[1],
    "softmax over steps and features": lambda x: ops.softmax(x, axis=(1, 2)),
    "log_softmax over both": lambda x: ops.log_softmax(x, axis=(2, 1)),
    "round to places": lambda x: ops.round(x * 7, decimals=1),
    "repeat unevenly": lambda x: ops.repeat(x, [0, 1, 3, 1], axis=-1),
    "roll two axes": lambda x: ops.roll(x, (2, -1), axis=(1, 2)),
    "moveaxis, two": lambda x: ops.moveaxis(ops.expand_dims(x, (1, -1)), (1, 4), (-1, 1)),
    "one_hot in front": lambda x: ops.one_hot(ops.argmax(x, axis=-1), 4, axis=1),
    "multi_hot of steps": lambda x: ops.multi_hot(ops.argsort(x, axis=-1)[:, :, :2], 4),
    "take a grid": lambda x: ops.take(x, [[0, 3], [1, 1]], axis=2),
    "pad with the edge": lambda x: ops.pad(x, ((0, 0), (2, 1), (0, 3)), mode="edge"),
    "pad with what stands there": lambda x: ops.pad(x, ((0, 0), (2, 0), (1, 2)), mode="reflect"),
    "inner and dot with a number": lambda x: ops.inner(x, 2.0) + ops.dot(3.0, x),
    "isin": lambda x: ops.isin(ops.round(x), [1.0, -1.0], invert=True) * 1.0,
    "saturate_cast": lambda x: ops.saturate_cast(x * 100, "int8") * 1.0,
    "nanmax of nothing": lambda x: ops.isnan(ops.nanmax(ops.where(x > -9, np.nan, x), axis=1)) * 1.0,
    "relu": lambda x: ops.relu(x) + ops.sigmoid(x) * ops.tanh(x),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_recorded_it_gives_what_it_gives_for_arrays(name: str) -> None:
    found, x = computed(FUNCTIONS[name], 6, 4)
    np.testing.assert_allclose(found, FUNCTIONS[name](x), rtol=2e-6, atol=1e-6)


def test_what_names_no_axis_goes_through_all_numbers_of_an_array() -> None:
    x = np.float32([[1, 5, 3], [4, 2, 6]])
    assert ops.argmax(x) == 5 and ops.argmin(x) == 0
    np.testing.assert_array_equal(ops.argmax(x, keepdims=True), [[5]])
    np.testing.assert_array_equal(ops.cumsum(x), [1, 6, 9, 13, 15, 21])
    np.testing.assert_array_equal(ops.repeat(x, 2)[:4], [1, 1, 5, 5])
    np.testing.assert_array_equal(ops.roll(x, 1), [[6, 1, 5], [3, 4, 2]])
    assert ops.size(x) == 6 and ops.prod(x, axis=[0, 1]) == 720
    for f in (ops.argmax, ops.cumsum, ops.cumprod, lambda v: ops.repeat(v, 2), lambda v: ops.roll(v, 1)):
        with pytest.raises(ShapeError, match="one axis, which is not the samples'"):
            f(Value(Spec((None, 2, 3)), "input"))


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


# Of numbers in (-2, 2): by its name here and in NumPy, what it is made of first.
FORMULAS: dict[str, Callable[[Any], Any]] = {
    "arcsin": lambda x: x / 3,
    "arccos": lambda x: x / 3,
    "arcsinh": lambda x: x,
    "arccosh": lambda x: x * x + 1.5,
    "arctanh": lambda x: x / 3,
    "cbrt": lambda x: x,
    "deg2rad": lambda x: x,
    "rad2deg": lambda x: x,
    "exp2": lambda x: x,
    "fabs": lambda x: x,
    "trunc": lambda x: x * 3,
    "sinc": lambda x: x,
    "signbit": lambda x: x,
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_gives_what_numpy_gives(name: str) -> None:
    prepare = FORMULAS[name]
    found, x = computed(lambda x: getattr(ops, name)(prepare(x)), 6, 4)
    np.testing.assert_allclose(found, getattr(np, name)(prepare(x)), rtol=3e-6, atol=3e-6)


def test_formulas_of_two_numbers_and_those_that_numpy_lacks() -> None:
    def f(x: Any) -> list[Any]:
        return [
            ops.divide_no_nan(x, ops.relu(x)), ops.fmod(x * 3, 2.0), ops.heaviside(x, 0.5), ops.hypot(x, 2.0),
            ops.isclose(x, x + 1e-7), ops.isinf(x / ops.relu(x)), ops.isposinf(x * np.inf), ops.isneginf(x * np.inf),
            ops.nan_to_num(ops.log(x), nan=3.0), ops.fmax(ops.log(x), -1.0), ops.fmin(ops.log(x), -1.0),
            ops.logaddexp2(x, 1.0), ops.erf(ops.erfinv(x / 3)), ops.erfc(x) + ops.erf(x), ops.hard_shrink(x),
            ops.soft_shrink(x), ops.threshold(x, 0.1, 7.0), ops.hard_tanh(x), ops.squareplus(x), ops.tanh_shrink(x),
        ]  # fmt: skip

    found, x = computed(lambda x: ops.stack(f(x), axis=1), 6, 4)
    with np.errstate(all="ignore"):
        up = np.maximum(x, 0)
        expected = [
            (x > 0) * 1.0, np.fmod(x * 3, 2), np.heaviside(x, 0.5), np.hypot(x, 2), np.ones_like(x),
            np.isinf(x / up), x > 0, x < 0, np.nan_to_num(np.log(x), nan=3), np.fmax(np.log(x), -1),
            np.fmin(np.log(x), -1), np.logaddexp2(x, 1), x / 3, np.ones_like(x), x * (abs(x) > 0.5),
            np.sign(x) * np.maximum(abs(x) - 0.5, 0), np.where(x > 0.1, x, 7), np.clip(x, -1, 1),
            (x + np.sqrt(x * x + 4)) / 2, x - np.tanh(x),
        ]  # fmt: skip
    np.testing.assert_allclose(found, np.stack(expected, 1), rtol=5e-6, atol=5e-6)


TABLE = np.linspace(-1, 1, 24, dtype=np.float32).reshape(6, 4)
EINSUMS: dict[str, Callable[[Any], list[Any]]] = {
    "btd,de->bte": lambda x: [x, MATRIX],
    "btd,bsd->bts": lambda x: [x, -x],
    "bts,bsd->btd": lambda x: [ops.matmul(x, ops.swapaxes(x, 1, 2)), x],
    "btd,btd->b": lambda x: [x, x],
    "btd,btd->bt": lambda x: [x, x],
    "btd,td->bd": lambda x: [x, TABLE],
    "btd,btd->btd": lambda x: [x, x],
    "btd,bte->bde": lambda x: [x, x[:, :, :3]],
    "dc,btd->bct": lambda x: [MATRIX, x],
    "btd->bdt": lambda x: [x],
    "btd,bsd,dc->btsc": lambda x: [x, x, MATRIX],
    "...d,de->...e": lambda x: [x, MATRIX],
    "bi,ij": lambda x: [x[:, 0], MATRIX],
    "btd,e->btde": lambda x: [x, ROW],
    "btd->d": lambda x: [x],
    "btd,bte->de": lambda x: [x, x[:, :, :3]],
}


@pytest.mark.parametrize("subscripts", EINSUMS)
def test_einsum_gives_what_numpy_gives(subscripts: str) -> None:
    parts = EINSUMS[subscripts]

    def recorded(x: Any) -> Any:
        y = ops.einsum(subscripts, *parts(x))
        if y.shape[0] is None:
            return y if len(y.shape) > 1 else ops.expand_dims(y, 1)
        return ops.reshape(y, (-1,)) + ops.zeros_like(x)[:, 0, :1]  # a plan gives numbers for each sample

    found, x = computed(recorded, 6, 4)
    expected = np.einsum(subscripts, *parts(x))
    if not subscripts.partition("->")[2].startswith(("b", ".")) and "->" in subscripts:
        expected = np.tile(expected.ravel(), (4, 1))
    np.testing.assert_allclose(found.ravel(), expected.ravel(), rtol=5e-6, atol=5e-6)


@pytest.mark.parametrize("subscripts", ["bt,de->be", "btd,dee->bte", "btd,de->bz", "btd->tbd"])
def test_what_einsum_cannot_read_is_refused(subscripts: str) -> None:
    x = Value(Spec((None, 6, 4)), "input")
    with pytest.raises((ShapeError, ArgumentError), match=r"expects .*; got "):
        ops.einsum(
            subscripts,
            *[x, np.ones((4, 3, 3))[..., 0] if "dee" not in subscripts else np.ones((4, 3, 3))][
                : subscripts.count(",") + 1
            ],
        )


def test_arrays_are_sorted_and_searched() -> None:
    x = np.float32([[3, 1, 2], [5, 5, 4]])
    values, places = ops.top_k(x, 2)
    np.testing.assert_array_equal(values, [[3, 2], [5, 5]])
    np.testing.assert_array_equal(places, [[0, 2], [0, 1]])
    assert places.dtype == np.int32
    np.testing.assert_array_equal(ops.argsort(x), [[1, 2, 0], [2, 0, 1]])
    np.testing.assert_array_equal(ops.in_top_k([0, 2], x, 1), [1, 0])
    with pytest.raises(ShapeError, match="k from 1 to 3"):
        ops.top_k(x, 4)


def test_what_has_no_known_size_is_for_arrays_alone() -> None:
    np.testing.assert_array_equal(ops.unique([2, 1, 2]), [1, 2])
    with pytest.raises(ArgumentError, match="numbers are there"):
        ops.unique(Value(Spec((None, 3)), "input"))
    with pytest.raises(ArgumentError, match=r"ops\.where"):
        ops.while_loop(lambda v: ops.sum(v) > 0, lambda v: v - 1, Value(Spec((None, 3)), "input"))


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
