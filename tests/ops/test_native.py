"""Each native kernel against its definition in NumPy: forward and every gradient, in every instruction set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.ops.case import Array, Case, UpdateCase
from tests.ops.cases import CASES, UPDATES
from tidegate import kernels, ops
from tidegate.ops import NAMED, Spec, Value
from tidegate.plan import Parameter, Step, Update
from tidegate.plan.native import NativeExecutor
from tidegate.plan.reference import ReferenceExecutor

LARGEST_ERROR = 2e-5  # |difference| / the largest number of the array, or of a least size
ISAS = [isa for isa in kernels.instruction_sets() if isa != "reference"]

pytestmark = pytest.mark.skipif(not ISAS, reason="no native kernels here")


def record(case: Case, arrays: list[Array | None], rng: np.random.Generator) -> tuple[Step, list[Array]]:
    """Return a step that computes the op and, by random projections, the gradients; and its sources."""
    values: list[Value | None] = []
    inputs: list[Value] = []
    sources: list[Array] = []
    parameters: list[Parameter] = []
    for k, (i, a) in enumerate(zip(case.inputs, arrays, strict=True)):
        if i is None or a is None:
            values.append(None)
        elif i.kind == "count":
            assert values[0] is not None
            values.append(ops.batch_total(ops.count(values[0])))
        elif i.kind == "scalar":
            parameters.append(Parameter(f"p{k}", a.reshape(1)))
            values.append(ops.l1_l2(parameters[-1].value, l1=1.0))
        elif i.parameter:
            parameters.append(Parameter(f"p{k}", a))
            values.append(parameters[-1].value)
        else:
            inputs.append(Value(Spec((None, *i.shape), i.dtype), "input", f"x{k}"))
            sources.append(np.asarray(a, i.dtype))
            values.append(inputs[-1])
    pairs = zip(values, case.inputs, strict=True)
    wanted = [v for v, i in pairs if v is not None and i and i.gradient and not i.parameter]
    made = case(*values)
    made = list(made) if isinstance(made, tuple) else [made]
    made = [ops.cast(y) if y.dtype == "int32" else y for y in made]
    if made[0].dtype == "float64":
        minimise = made if case.differentiable else []
        return Step(inputs, scalars=made, minimise=minimise, parameters=parameters, wanted=wanted), sources
    weights, results, losses = [], [], []
    for k, y in enumerate(made):
        each = y.shape[:1] == (None,)  # else the same for all samples: spread over them
        weights.append(Value(Spec(y.shape if each else (None, *y.shape)), "input", f"w{k}"))
        results.append(y if each else ops.multiply(y, weights[k]))
        losses.append(ops.weighted_sum(results[k], weights[k] if each else None, None))
    minimise = losses if case.differentiable else []
    step = Step([*inputs, *weights], results, losses, minimise=minimise, parameters=parameters, wanted=wanted)
    sources += [rng.normal(size=(case.rows, *w.shape[1:])).astype(np.float32) for w in weights]
    return step, sources


def run(executor: Any, sources: list[Array], rows: int, shard: int) -> dict[str, Array]:
    """Return everything that a step gives: outputs, gradients of inputs, scalars, gradients of parameters."""
    step = executor.step
    outputs = [np.full((rows, *v.shape[1:]), np.nan, np.float32) for v in step.outputs]
    sums, last = np.zeros(len(step.scalars)), np.zeros(len(step.scalars))
    assert executor.run(sources, rows, rows, shard, sums, last, iteration=4, outputs=outputs) == 1
    found = {f"{k} {v.label}": a for k, (v, a) in enumerate(zip(step.outputs, outputs, strict=True))}
    found["scalars"] = last
    for start, p in zip(step.offsets, step.parameters, strict=False):
        found[f"d {p.name}"] = executor.gradients[start : start + p.array.size]
    return found


def assert_same(found: dict[str, Array], expected: dict[str, Array]) -> None:
    assert found.keys() == expected.keys()
    for name, e in expected.items():
        assert np.isfinite(e).all(), name
        least = (
            1 if name == "scalars" else 0.01
        )  # in a sum most may cancel; float32 leaves little of z - tanh(z)
        error = np.abs(found[name] - e).max() / max(np.abs(e).max(), least)
        assert error <= LARGEST_ERROR, f"{name}: {error:.1e}"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_kernel_is_its_twin(case: Case) -> None:
    arrays, rng = case.draw()
    step, sources = record(case, arrays, rng)
    shards = {case.rows, case.rows if step.coupled else -(-case.rows * 2 // 5)}
    for shard in sorted(shards):  # whole, and in shards of which the last is smaller
        expected = run(ReferenceExecutor(step), sources, case.rows, shard)
        for isa in ISAS:
            print(isa, "shard", shard)
            assert_same(run(NativeExecutor(step, isa), sources, case.rows, shard), expected)


@pytest.mark.parametrize("isa", ISAS)
def test_dropout_draws_the_same_bits(isa: str) -> None:
    for shape in [(17,), (3, 50)]:
        x = Value(Spec((None, *shape)), "input")
        step = Step([x], [ops.dropout(x, rate=0.4, seed=2**62 + 5)])
        ones = [np.ones((50, *shape), np.float32)]
        found = run(NativeExecutor(step, isa), ones, 50, 17)["0 dropout"]
        np.testing.assert_array_equal(found, run(ReferenceExecutor(step), ones, 50, 50)["0 dropout"])
        assert 0.3 < (found == 0).mean() < 0.5


@pytest.mark.parametrize("isa", ISAS)
def test_a_draw_may_be_shared_by_all_samples(isa: str) -> None:
    x = Value(Spec((None, 3)), "input")
    shared = ops.random(x, shape=(3, 17), kind="normal", seed=5, each=False)
    y = ops.dense(x, shared, None)
    step = Step([x], [y], [ops.weighted_sum(y, None, None)])
    source = [np.tile(np.linspace(-1, 1, 3, dtype=np.float32), (5, 1))]
    found = run(NativeExecutor(step, isa), source, 5, 2)
    assert_same(found, run(ReferenceExecutor(step), source, 5, 5))
    np.testing.assert_array_equal(found["0 dense"][0], found["0 dense"][4])


@pytest.mark.parametrize("isa", ISAS)
def test_scalars_are_added(isa: str) -> None:
    x = Value(Spec((None, 17)), "input")
    w = Value(Spec((None, 17)), "input")
    s = ops.add(ops.weighted_sum(x, None, None, factor=2.0), ops.weighted_sum(x, w, None))
    step = Step([x, w], scalars=[s], minimise=[s], wanted=[x])
    source = [np.linspace(-1, 1, 85, dtype=np.float32).reshape(5, 17), np.ones((5, 17), np.float32)]
    assert_same(run(NativeExecutor(step, isa), source, 5, 2), run(ReferenceExecutor(step), source, 5, 2))


@pytest.mark.parametrize("isa", ISAS)
def test_gradients_of_a_weight_that_is_used_twice_are_added(isa: str) -> None:
    x, W = Value(Spec((None, 17)), "input"), Parameter("W", np.linspace(-1, 1, 17 * 17).reshape(17, 17))
    y = ops.dense(ops.activation(ops.dense(x, W.value, None), function="tanh"), W.value, None)
    s = ops.weighted_sum(ops.activation(y, function="tanh"), None, None)
    step = Step([x], scalars=[s], minimise=[s], parameters=[W], wanted=[x])
    source = [np.linspace(-1, 1, 85, dtype=np.float32).reshape(5, 17)]
    assert_same(run(NativeExecutor(step, isa), source, 5, 2), run(ReferenceExecutor(step), source, 5, 2))


@pytest.mark.parametrize("isa", ISAS)
def test_clipped_shares_and_nan_are_kept(isa: str) -> None:
    """Crossentropy at 0 and 1, where the clip takes over, and NaN, which must not become a number."""
    p, y = Value(Spec((None, 2)), "input"), Value(Spec((None, 2)), "input")
    source = [
        np.array([[0, 1], [1, 0], [0.5, 0.5], [np.nan, 0.5]], np.float32),
        np.array([[0, 1]] * 4, np.float32),
    ]
    for op in (NAMED["binary_crossentropy"], NAMED["categorical_crossentropy"]):
        loss = op(p, y)
        total = ops.weighted_sum(loss, None, None)
        step = Step([p, y], [loss], [total], minimise=[total], wanted=[p])
        found, expected = (run(e, source, 4, 4) for e in (NativeExecutor(step, isa), ReferenceExecutor(step)))
        for name in expected:
            np.testing.assert_allclose(found[name], expected[name], rtol=1e-5, atol=1e-6)
        assert np.isnan(found[f"0 {op.name}"][3])


@pytest.mark.parametrize("case", UPDATES, ids=str)
@pytest.mark.parametrize("size", [(1, 1), (17, 3), (50, 17)], ids=str)
def test_update_is_its_twin(case: UpdateCase, size: tuple[int, int]) -> None:
    print("seed 3")
    rng = np.random.default_rng(3)
    K, N = size
    start, bias = rng.normal(size=size), rng.normal(size=N)
    sources = [rng.integers(-2, 3, (20, n)).astype(np.float32) for n in (K, N)]  # so that gradients are exact

    def train(isa: str) -> dict[str, Array]:
        x, w = Value(Spec((None, K)), "input"), Value(Spec((None, N)), "input")
        W, b = Parameter("W", start), Parameter("b", bias)
        loss = ops.weighted_sum(ops.dense(x, W.value, b.value), w, None)
        update = Update(NAMED[case.op], dict(case.attrs))  # type: ignore[arg-type]
        if case.further:
            update = Update(ops.sgd, {"momentum": 0.0, "nesterov": 0.0}, after=[update])
        step = Step([x, w], scalars=[loss], minimise=[loss], parameters=[W, b], update=update)
        executor = ReferenceExecutor(step) if isa == "reference" else NativeExecutor(step, isa)
        sums, last = np.zeros(1), np.zeros(1)
        for epoch in range(3):  # four batches of 5, the iterations counted on
            executor.run(sources, 20, 5, 5, sums, last, lr=0.01, iteration=4 * epoch)
        return {
            "W": W.numpy(),
            "b": b.numpy(),
            "sums": sums,
            **{f"slot {k}": s for k, s in enumerate(update.arrays)},
        }

    expected = train("reference")
    assert size == (1, 1) or not np.allclose(expected["W"], start)
    for isa in ISAS:
        print(isa)
        assert_same(train(isa), expected)
