from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import kernels, ops
from tidegate.ops import Op, Spec, Value
from tidegate.plan import Plan, Step, fold

from .models import weights

T, V, D, U = 6, 9, 5, 17
GATES = {"lstm": 4, "gru": 3, "simple_rnn": 1}


def recorded(op: Op, also_read: bool = False, rows: int = V) -> tuple[Any, ...]:
    """codes -> embedding -> recurrent layer with the embedding's mask -> a scalar."""
    G = GATES[op.name]
    bias = (2, G * U) if op is ops.gru else (G * U,)
    p = weights(3, (rows, D), (D, G * U), (U, G * U), bias)
    E, W, R, b = (q.value for q in p)
    codes = Value(Spec((None, T), "int32"), "input", "codes")
    x = ops.embedding(codes, E)
    extra: dict[str, Any] = {} if op is ops.simple_rnn else {"recurrent_activation": "sigmoid"}
    mask = ops.not_equal(codes, 0)
    h = op(x, W, R, b, mask, activation="tanh", return_sequences=False, go_backwards=False, **extra)
    loss = ops.weighted_sum(ops.activation(h, function="tanh"), None, None)
    if also_read:
        loss = ops.weighted_sum(x, x, None)
    return codes, h, loss, p


def names(values: list[Value]) -> list[str]:
    return [n.op.name for n in ops.ancestors(values)]


@pytest.mark.parametrize("op", [ops.lstm, ops.gru, ops.simple_rnn], ids=str)
@pytest.mark.parametrize("executor", kernels.instruction_sets())
def test_folded_equals_unfolded(op: Op, executor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = np.random.default_rng(0).integers(0, V, size=(40, T))
    found = []
    for folding in (True, False):
        codes, h, loss, p = recorded(op)
        if not folding:
            monkeypatch.setattr("tidegate.plan.step.fold", list)
        step = Step([codes], [h], [loss], 0, [loss], p)
        assert ("embedding" in [n.op.name for n in step.body]) is not folding
        plan, out = Plan(step, executor), np.empty((40, U), np.float32)
        plan.run([given], 40, 40, outputs=[out])
        found.append((out, plan.executor.gradients.copy()))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_an_embedding_read_elsewhere_stays() -> None:
    _, h, loss, _ = recorded(ops.lstm, also_read=True)
    assert "embedding" in names(fold([h, loss]))


def test_both_readers_of_an_embedding_look_codes_up() -> None:
    _, h, loss, (_, W, R, b) = recorded(ops.lstm)
    attrs = {**h.node.attrs, "go_backwards": True}
    back = ops.lstm(h.node.inputs[0], W.value, R.value, b.value, None, **attrs)
    found = names(fold([h, back, loss]))
    assert "embedding" not in found and found.count("lstm") == found.count("dense") == 2


def test_a_long_table_stays() -> None:
    _, h, _, _ = recorded(ops.lstm, rows=1000)
    assert fold([h]) == [h]


def test_what_has_nothing_to_fold_is_the_same_value() -> None:
    x = Value(Spec((None, 3)), "input", "x")
    y = ops.activation(x, function="tanh")
    assert fold([y, x]) == [y, x]
