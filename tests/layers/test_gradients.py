"""Each layer's gradient against central differences in float64: every weight and the input, over odd sizes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tidegate import ops
from tidegate.layers import (
    GRU,
    LSTM,
    Activation,
    Bidirectional,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    RepeatVector,
    Reshape,
    SimpleRNN,
    TimeDistributed,
)
from tidegate.ops import Context, Spec, Value
from tidegate.plan import Parameter, Step
from tidegate.plan.reference import ReferenceExecutor

STEP, LARGEST_ERROR = 1e-5, 1e-6
PLACES = 25  # of a larger array so many places are tried

# layers, sample shape; each with sizes among 1, 3 and 17
STACKS: dict[str, tuple[Callable[[], list[Layer]], tuple[int, ...]]] = {
    "lstm 1": (lambda: [LSTM(1)], (1, 1)),
    "lstm 3": (lambda: [LSTM(3, activation="elu", recurrent_activation="softsign")], (17, 3)),
    "lstm 17": (lambda: [LSTM(17, return_sequences=True, go_backwards=True)], (3, 1)),
    "lstm no bias": (lambda: [LSTM(3, use_bias=False, activation="silu")], (3, 17)),
    "gru 3": (lambda: [GRU(3, activation="elu", recurrent_activation="softsign")], (17, 3)),
    "gru 17": (lambda: [GRU(17, return_sequences=True, go_backwards=True)], (3, 1)),
    "simple 3": (lambda: [SimpleRNN(3, return_sequences=True), SimpleRNN(1)], (3, 17)),
    "both ways": (lambda: [Bidirectional(LSTM(3, return_sequences=True)), Bidirectional(GRU(1))], (3, 3)),
    "both added": (lambda: [Bidirectional(SimpleRNN(3, return_sequences=True), "sum"), Dense(1)], (3, 1)),
    "both multiplied": (lambda: [Bidirectional(GRU(3, return_sequences=True), "mul"), Dense(1)], (3, 1)),
    "the mean of both": (lambda: [Bidirectional(LSTM(3), "ave")], (17, 1)),
    "both masked": (
        lambda: [Embedding(3, 3, mask_zero=True), Bidirectional(GRU(3, return_sequences=True)), Dense(3)],
        (17,),
    ),
    "stacked": (lambda: [LSTM(3, return_sequences=True), LSTM(1)], (3, 3)),
    "dense": (lambda: [Dense(17, activation="softplus")], (3,)),
    "dense on steps": (lambda: [Dense(1, activation="sigmoid")], (3, 17)),
    "softmax": (lambda: [Dense(3), Activation("softmax")], (17,)),
    "embedding": (lambda: [Embedding(17, 3)], (3,)),
    "masked": (lambda: [Embedding(3, 3, mask_zero=True), LSTM(3, return_sequences=True), Dense(3)], (17,)),
    "dropout": (lambda: [Dense(17), Dropout(0.4, seed=1)], (3,)),
    "moved": (lambda: [Reshape((3, 17)), Flatten(), Dense(3), RepeatVector(3), Dense(1)], (17, 3)),
    "time distributed": (lambda: [TimeDistributed(Dense(3, activation="tanh"))], (3, 1)),
}


@pytest.mark.parametrize("name", STACKS)
def test_gradient_is_the_central_difference(name: str) -> None:
    make, sample = STACKS[name]
    layers, rng = make(), np.random.default_rng(5)
    codes = layers[0].input_dtype == "int32"
    x = Value(Spec((None, *sample), layers[0].input_dtype), kind="input", label="x")
    held: list[Parameter] = []
    y = x
    if not codes:  # x itself is reached through a weight of its shape: every sample gets the same one added
        shift = Parameter("shift", np.zeros((int(np.prod(sample)),)))
        flat = ops.reshape(x, shape=(int(np.prod(sample)),))
        eye = Parameter("eye", np.eye(int(np.prod(sample))))
        y = ops.reshape(ops.dense(flat, eye.value, shift.value), shape=sample)
        held.append(shift)
    for layer in layers:
        y = layer.record(y, training=True)
        held += layer.weights
    out = ops.reshape(y, shape=(y.spec.row,))
    weight = Parameter("weight", np.empty((y.spec.row, 1)))
    total = ops.weighted_sum(ops.dense(out, weight.value, None), None, None)
    step = Step([x], scalars=[total], minimise=[total], parameters=held)
    assert step.parameters == held  # every weight is reached

    rows = 3
    for p in [*held, weight]:  # in double precision, and off zero
        p.array = p.array + rng.normal(size=p.shape) * 0.3
    if codes:
        data = rng.integers(0, 17 if sample == (3,) else 3, size=(rows, *sample)).astype(np.int32)
    else:
        data = rng.normal(size=(rows, *sample))
        eye.array = np.eye(int(np.prod(sample)))
    run = ReferenceExecutor(step)

    def evaluate() -> dict[int, np.ndarray]:
        return next(run.compute([({id(x): data}, Context(1, 0, rows))]))[0]

    gradients = [evaluate()[id(g)] for g in step.gradients]
    for p, g in zip(held, gradients, strict=True):
        assert g.dtype == np.float64
        places = rng.permutation(p.array.size)[:PLACES]
        flat_values, expected = p.array.reshape(-1), []
        for k in places:
            kept = flat_values[k]
            flat_values[k] = kept + STEP
            above = float(evaluate()[id(step.scalars[0])])
            flat_values[k] = kept - STEP
            below = float(evaluate()[id(step.scalars[0])])
            flat_values[k] = kept
            expected.append((above - below) / (2 * STEP))
        error = np.abs(np.ravel(g)[places] - expected).mean() / max(np.abs(expected).mean(), 1e-3)
        assert error <= LARGEST_ERROR, f"{p.name}: {error:.1e}"
        assert np.abs(expected).max() > 0 or "shift" not in p.name
