"""What runs side by side: the order stays one in which nothing is read before it is made, and no bit changes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tidegate import kernels, ops
from tidegate.layers import GRU, LSTM, Bidirectional, Dense, Embedding, Layer, SimpleRNN
from tidegate.ops import Spec, Value
from tidegate.ops.recurrent import RecurrentOp
from tidegate.plan import Parameter, Plan, Step, Update, gather
from tidegate.utils import set_random_seed

from .models import ADAM

T, F = 30, 16


@pytest.fixture(autouse=True)
def threads_as_before() -> Iterator[None]:
    before = kernels.get_threads()
    yield
    kernels.set_threads(before)


def stack(name: str) -> list[Layer]:
    if name == "masked":
        both = Bidirectional(GRU(24, return_sequences=True))
        return [Embedding(500, 17, mask_zero=True), both, Bidirectional(SimpleRNN(24), "ave"), Dense(1)]
    if name == "folded":
        return [Embedding(9, 17, mask_zero=True), Bidirectional(LSTM(24)), Dense(1)]
    return [Bidirectional(LSTM(24, return_sequences=True)), Bidirectional(LSTM(24), "mul"), Dense(1)]


NAMES = ["numbers", "masked", "folded"]


def recorded(name: str, executor: str | None = None) -> Plan:
    set_random_seed(2)
    x = Value(Spec((None, T, F)) if name == "numbers" else Spec((None, T), "int32"), "input", "x")
    y, weights = x, list[Parameter]()
    for layer in stack(name):
        y = layer.record(y, training=True)
        weights += layer.weights
    gather(weights)
    loss = ops.weighted_sum(ops.activation(y, function="softplus"), None, None)
    return Plan(Step([x], [y], [loss], 0, [loss], weights, Update(ops.adam, ADAM)), executor)


@pytest.mark.parametrize("name", NAMES)
def test_the_two_directions_share_a_group_forward_and_backward(name: str) -> None:
    step = recorded(name).step
    assert [n for group in step.groups for n in group] == step.body
    pairs = [g for g in step.groups if len(g) > 1]
    recurrent = [n for n in step.body if isinstance(n.op, RecurrentOp)]
    assert len(pairs) == len(recurrent) / 2 and all(len(g) == 2 for g in pairs)
    assert {n.order for g in pairs for n in g} == {n.order for n in recurrent}
    for a, b in pairs:
        assert (a.undoes is None) == (b.undoes is None)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_read_before_it_is_made(name: str) -> None:
    made: set[int] = set()
    for group in recorded(name).step.groups:
        for node in group:
            assert all(v is None or v.node is None or v.node.order in made for v in node.inputs)
            assert node.undoes is None or node.undoes.order in made
        made |= {node.order for node in group}


def test_the_plan_shows_it() -> None:
    assert "ops of one number run side by side" in repr(recorded("numbers"))


def test_a_layer_upon_a_layer_waits() -> None:
    x = Value(Spec((None, T, F)), "input", "x")
    y = LSTM(3).record(LSTM(3, return_sequences=True).record(x))
    assert all(len(g) == 1 for g in Step([x], [y]).groups)


@pytest.mark.skipif(not kernels.available(), reason="no compiled kernels")
@pytest.mark.parametrize("name", NAMES)
def test_equal_bits_in_one_shard(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.plan.shards.SMALL", np.inf)  # one shard, whatever its work
    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, T, F)) if name == "numbers" else rng.integers(0, 9, (40, T))
    found = {}
    for threads, executor in ((1, None), (2, None), (5, None), (1, "reference")):
        kernels.set_threads(threads)
        plan, out = recorded(name, executor), np.empty((40, 1), np.float32)
        for e in range(5):
            plan.run([x], 40, 8, lr=0.01, iteration=5 * e, outputs=[out])
        assert plan.shard(8) == 8
        found[threads, executor] = [out, *(p.numpy() for p in plan.step.parameters)]
    for threads in (2, 5):
        for a, b in zip(found[1, None], found[threads, None], strict=True):
            np.testing.assert_array_equal(a, b)
    for a, b in zip(found[1, None], found[1, "reference"], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-2, atol=2e-3)
