"""Segments, places and loops along a first axis; the numbers are those of `keras.ops`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.errors import ArgumentError
from tidegate.layers import Input, Lambda, Layer
from tidegate.models import Model, Sequential

X = np.arange(12, dtype=np.float32).reshape(4, 3) - 5
IDS = np.array([0, 2, 2, -1])
PLACES, UPDATES = np.array([[0, 1], [2, 0], [0, 1]]), np.array([1.0, 2.0, 5.0], np.float32)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (ops.segment_sum(X, IDS), [[-5, -4, -3], [0, 0, 0], [-1, 1, 3]]),
        (ops.segment_max(X, IDS), [[-5, -4, -3], [-np.inf] * 3, [1, 2, 3]]),
        (ops.segment_min(X, IDS, num_segments=2), [[-5, -4, -3], [np.inf] * 3]),
        (ops.segment_prod(X, IDS), [[-5, -4, -3], [1, 1, 1], [-2, -2, 0]]),
        (ops.scatter(PLACES, UPDATES, (3, 2)), [[0, 6], [0, 0], [2, 0]]),
        (ops.scatter([[1], [0]], X[:2], (3, 3)), [[-2, -1, 0], [-5, -4, -3], [0, 0, 0]]),
        (ops.scatter_update(X[:3], PLACES[:2], UPDATES[:2]), [[-5, 1, -3], [-2, -1, 0], [2, 2, 3]]),
        (ops.scatter_update(X[:3], PLACES, UPDATES, "add"), [[-5, 2, -3], [-2, -1, 0], [3, 2, 3]]),
        (ops.scatter_update(X[:3], PLACES, UPDATES, "max"), [[-5, 5, -3], [-2, -1, 0], [2, 2, 3]]),
        (ops.map(lambda row: ops.sum(row), X), [-12, -3, 6, 15]),
        (ops.norm(X), 12.083046),
        (ops.norm(X, 1), 12),
        (ops.norm(X, np.inf), 15),
        (ops.norm(X, -np.inf, axis=0), [1, 1, 0]),
        (ops.norm(X, 0, axis=1), [3, 2, 3, 3]),
        (ops.norm(X, 3, axis=1), [6, 2.080084, 3.301927, 7.398636]),
        (ops.norm(X, 1, axis=(0, 1), keepdims=True), [[12]]),
    ],
)
def test_numbers(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_scan_carries_a_value_along() -> None:
    carry, sums = ops.scan(lambda c, x: (c + x, c * x), np.zeros(3, np.float32), X)
    assert carry.tolist() == [-2, 2, 6] and sums[1].tolist() == [10, 4, 0]
    carry, before = ops.scan(lambda c, x: (c * 2 + x["b"], {"c": c}), np.zeros(3), {"b": X}, reverse=True)
    assert carry.tolist() == [27, 42, 57] and before["c"][0].tolist() == [16, 23, 30]
    assert ops.scan(lambda c, _: (c + 1, None), 0, length=3) == (3, None)


class Held(Layer):
    """Functions of a weight."""

    def build(self, input_shape: Any) -> None:
        self.w = self.add_weight((4, 3), name="w")

    def call(self, inputs: Any) -> Any:
        w = self.w
        last, sums = ops.scan(lambda c, row: (c * 0.5 + row, ops.sum(row)), w[0] * 0.0, w)
        parts = [
            last,
            ops.map(lambda row: ops.max(row), w),
            sums,
            *(ops.reshape(f(w, IDS), (9,)) for f in (ops.segment_sum, ops.segment_prod)),
            ops.segment_max(w, np.array([0, 1, 1, 0]))[1],
            ops.reshape(ops.scatter([[2], [0], [1], [2]], w, (3, 3)), (9,)),
            ops.reshape(ops.scatter_update(w, [[0, 1], [3, 2]], ops.stack([sums[0], sums[1]])), (12,)),
            ops.reshape(ops.scatter_update(w, [[1], [1]], w[:2], reduction="add"), (12,)),
        ]
        parts += [ops.expand_dims(ops.norm(w, n), 0) for n in (1, np.inf, "fro")] + [ops.norm(w, 3, axis=0)]
        return inputs + ops.sum(ops.concatenate([part * part for part in parts], axis=0))


def test_weights_are_computed_with_as_arrays_are_and_have_gradients() -> None:
    layer = Held()
    model = Sequential([Input((1,)), layer])
    rng = np.random.default_rng(1)
    start = rng.normal(size=(4, 3)).astype(np.float32)
    layer.w.assign(start)
    model.compile("sgd", "mae", metrics=[])

    def value(w: Any) -> float:
        layer.w.assign(w)
        return float(model.predict(np.zeros((1, 1)), verbose=0)[0, 0])

    class Plain:
        w = start

    expected = Held.call(Plain, 0.0)  # type: ignore[arg-type]
    assert value(start) == pytest.approx(float(expected), rel=1e-5)
    layer.w.assign(start)
    model.optimizer.learning_rate = 1e-3
    model.train_on_batch(np.zeros((1, 1)), np.zeros((1, 1)))
    slope = (start - layer.w.numpy()) / 1e-3  # the loss is the value, which is above 0
    for k in [(0, 0), (1, 2), (3, 1)]:
        step = np.zeros_like(start)
        step[k] = 1e-2
        assert slope[k] == pytest.approx(
            (value(start + step) - value(start - step)) / 2e-2, rel=2e-2, abs=2e-2
        )


def test_segments_of_the_samples() -> None:
    x, ids = Input((3,)), Input((), dtype="int32")
    total = Lambda(lambda v: ops.zeros_like(v[0]) + ops.segment_sum(v[0], v[1], 3)[2])([x, ids])
    found = Model([x, ids], total).predict([X, np.array([0, 2, 2, 1])], verbose=0)
    np.testing.assert_allclose(found, np.tile(X[1] + X[2], (4, 1)))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda x: ops.scan(lambda c, row: (c, row), 0.0, x),
            r"first axis .* got that of the samples. Instead: `\[f",
        ),
        (lambda x: ops.scan(lambda c, k: (c, x), 0.0, length=2)[1], "a y without the samples"),
        (lambda x: ops.map(lambda row: row, x), "that of the samples"),
        (lambda x: ops.scatter([[0]], x, (3, 3)), "a first axis that is counted; got that of the samples"),
        (lambda x: ops.scatter_update(x, [[0]], x), "that of the samples"),
        (lambda x: ops.segment_sum(x, x[:, 0]), "num_segments=10"),
        (lambda x: ops.norm(x, 2, axis=(0, 1)), "ord among None, 'fro', 1"),
        (lambda x: ops.norm(x, "nuc"), "ord among"),
    ],
)
def test_what_cannot_be_had_is_refused(function: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Model(x := Input((3,)), Lambda(function)(x))
    with pytest.raises(ArgumentError, match="scan expects a first axis of one size"):
        ops.scan(lambda c, x: (c, x), 0, X, length=3)
