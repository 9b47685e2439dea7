"""Shapes, strides, types and ways of running that nobody thought of: native code against its definition.

Hypothesis prints what it drew; `@reproduce_failure` brings it back.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidegate import kernels, ops
from tidegate.ops import Spec, Value
from tidegate.ops.activations import ACTIVATIONS
from tidegate.plan import Parameter, Step, Update
from tidegate.plan.native import NativeExecutor
from tidegate.plan.reference import ReferenceExecutor

Array = np.ndarray[Any, Any]
ISAS = [isa for isa in kernels.instruction_sets() if isa != "reference"]
LARGEST_ERROR = (
    1e-4  # of the largest number of an array, or of a least size: sums over samples and steps add up
)
WIDTHS = sorted({w * k + d for w in (4, 8, 16) for k in (1, 2, 4) for d in (-1, 0, 1)} | {1, 2})

pytestmark = pytest.mark.skipif(not ISAS, reason="no native kernels here")
some = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
sizes = st.sampled_from(WIDTHS) | st.integers(1, 20)
few = st.integers(1, 7)


@dataclass
class Layout:
    """How an array lies in memory: built from one in C order, equal to it."""

    name: str

    def of(self, a: Array, rng: np.random.Generator) -> Array:
        if self.name == "every other":
            wide = np.empty([2 * n for n in a.shape], a.dtype)
            view = wide[tuple(slice(rng.integers(2), None, 2) for _ in a.shape)]
            view[...] = a
        elif self.name == "backwards":
            view = np.ascontiguousarray(np.flip(a))[(slice(None, None, -1),) * a.ndim]
        elif self.name == "transposed":
            view = np.ascontiguousarray(a.T).T
        elif self.name == "unaligned":
            view = np.frombuffer(b"x" + a.tobytes(), np.uint8)[1:].view(a.dtype).reshape(a.shape)
        elif self.name == "field":
            view = np.empty(a.shape, np.dtype([("before", "i1"), ("it", a.dtype)]))["it"]
            view[...] = a
        elif self.name == "repeated":
            a[:] = a[:1]
            view = np.broadcast_to(a[0], a.shape)
        elif self.name == "file":
            with tempfile.TemporaryFile() as file:
                view = np.memmap(file, a.dtype, "r+", 0, a.shape)
            view[...] = a
        else:
            view = a
        assert np.array_equal(view, a)
        return view


layouts = st.sampled_from(
    ["C", "every other", "backwards", "transposed", "unaligned", "field", "repeated", "file"]
).map(Layout)
real = st.sampled_from(["f4", "f8", "f2", ">f4", "i1", "u1", "i2", ">i4", "u4", "i8", "u8", "?", "g"])
whole = st.sampled_from(["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", ">i4", ">u2"])


@dataclass
class Run:
    """How samples are gone through."""

    rows: int
    batch: int
    shard: int
    threads: int
    ordered: bool
    seed: int


runs = st.builds(
    Run,
    st.integers(1, 40) | st.sampled_from(WIDTHS),
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([1, 2, 3, 70]),
    st.booleans(),
    st.integers(0, 2**16),
)


def compare(record: Any, sources: list[Array], run: Run) -> None:
    """Run what `record` makes by definition and in every instruction set, and compare all that comes out."""
    rng = np.random.default_rng(run.seed)
    rows, batch = run.rows, min(run.batch, run.rows)
    order = rng.integers(0, len(sources[0]), rows) if run.ordered else None
    before = kernels.get_threads()

    def finish(isa: str) -> dict[str, Array]:
        step: Step = record()
        executor = ReferenceExecutor(step) if isa == "reference" else NativeExecutor(step, isa)
        outputs = [np.full((rows, *v.shape[1:]), np.nan, np.float32) for v in step.outputs]
        sums, last = np.zeros(len(step.scalars)), np.zeros(len(step.scalars))
        args = (sources, rows, batch, min(run.shard, batch), sums, last, order)
        done = executor.run(*args, lr=0.001, outputs=outputs)
        assert done == -(-rows // batch)
        parameters = {p.name: p.array for p in step.parameters}
        given = {f"output {k}": o for k, o in enumerate(outputs)}
        return {"sums": sums, "last": last, "gradients": executor.gradients, **parameters, **given}

    expected = finish("reference")
    try:
        kernels.set_threads(run.threads)
        for isa in ISAS:
            found = finish(isa)
            for name, e in expected.items():
                error = np.abs(found[name] - e).max(initial=0) / max(np.abs(e).max(initial=0), 0.1)
                assert error <= LARGEST_ERROR, f"{isa} {name}: {error:.1e}"
    finally:
        kernels.set_threads(before)


def weights(rng: np.random.Generator, *shapes: tuple[int, ...] | None) -> list[Parameter | None]:
    return [
        None if s is None else Parameter(f"w{k}", rng.normal(size=s) / s[0] ** 0.5 / 2)
        for k, s in enumerate(shapes)
    ]


def numbers(rng: np.random.Generator, dtype: str, shape: tuple[int, ...]) -> Array:
    """Return small numbers that the type holds."""
    if np.dtype(dtype).kind == "f":
        return rng.normal(size=shape).astype(dtype)
    return rng.integers(0, 2, shape).astype(dtype)


GATES = {"lstm": (4, 1), "gru": (3, 2), "gru_before": (3, 1), "simple_rnn": (1, 1)}


@some
@given(st.sampled_from(sorted(GATES)), few, sizes, sizes, runs, real | whole, layouts, st.data())
def test_recurrent(
    op: str, T: int, F: int, U: int, run: Run, dtype: str, layout: Layout, data: st.DataObject
) -> None:
    """A recurrent layer on any source, with or without codes, mask, bias, states and dropping, trained for an epoch."""
    codes, masked, biased, sequences, backwards = (data.draw(st.booleans()) for _ in range(5))
    given, handed, drop_x, drop_h = (data.draw(st.booleans()) for _ in range(4))
    if codes and np.dtype(dtype).kind == "b":
        dtype = "u1"
    names = (
        {"activation": "tanh"}
        if op == "simple_rnn"
        else {"activation": "tanh", "recurrent_activation": "sigmoid"}
    )
    if data.draw(st.booleans()):
        bounded = [
            "tanh",
            "sigmoid",
            "softsign",
        ]  # as gates must be, or the weights leave float32 in some batches
        free = [*bounded, "relu", "linear"]
        names = {k: data.draw(st.sampled_from(free if k == "activation" else bounded)) for k in names}
    rng = np.random.default_rng(run.seed)
    samples = run.rows + 3
    x = rng.integers(0, F, (samples, T)).astype(dtype) if codes else numbers(rng, dtype, (samples, T, F))
    sources = [layout.of(x, rng), (rng.random((samples, T)) < 0.7)]
    G, biases = GATES[op]
    states = [(U,) if given else None, (U,) if given and op == "lstm" else None]
    shapes = [*states, (G * F,) if drop_x and not codes else None, (G * U,) if drop_h else None]
    sources += [rng.random((samples, *shape)) for shape in shapes if shape is not None]

    def record() -> Step:
        r = np.random.default_rng(run.seed)
        bias = ((G * U,) if biases == 1 else (2, G * U)) if biased else None
        found = weights(r, (F, G * U), (U, G * U), bias)
        W, R, b = (None if p is None else p.value for p in found)
        v = Value(Spec((None, T), "int32") if codes else Spec((None, T, F)), "input", "x")
        mask = Value(Spec((None, T)), "input", "mask")
        more = [None if s is None else Value(Spec((None, *s)), "input", "more") for s in shapes]
        flags = {"return_sequences": sequences, "go_backwards": backwards, "return_state": handed}
        made = ops.NAMED[op](v, W, R, b, mask if masked else None, *more, **names, **flags)
        y, *last = made if handed else (made,)
        loss = ops.weighted_sum(ops.multiply(y, y), None, ops.batch_total(ops.count(y)))
        for state in last:
            loss = ops.add(loss, ops.weighted_sum(state, None, None, factor=0.1))
        update = Update(ops.sgd, {"momentum": 0.9, "nesterov": 0.0})
        kept = [p for p in found if p is not None]
        wanted = [*([] if codes else [v]), *(m for m in more[:2] if m is not None)]
        inputs = [v, mask, *(m for m in more if m is not None)]
        return Step(inputs, [y, *last], [loss], 1, [loss], kept, update, wanted)

    compare(record, sources, run)


@some
@given(few, few, sizes, sizes, sizes, runs, whole, real, layouts, layouts, st.booleans())
def test_embedding_dense_and_classes(
    T: int,
    D: int,
    V: int,
    N: int,
    K: int,
    run: Run,
    code: str,
    kind: str,
    one: Layout,
    two: Layout,
    sequences: bool,
) -> None:
    """Codes through a table, joined to measurements, to N classes at each step or for each sample."""
    rng = np.random.default_rng(run.seed)
    samples = run.rows + 2
    codes = rng.integers(0, V, (samples, T)).astype(code)
    x = numbers(rng, kind, (samples, T, K))
    classes = rng.integers(0, N, (samples, T) if sequences else samples).astype(code)
    sources = [one.of(codes, rng), two.of(x, rng), classes]

    def record() -> Step:
        r = np.random.default_rng(run.seed)
        steps = (T, D + K) if sequences else (T * (D + K),)
        found = weights(r, (V, D), (steps[-1], N), (N,))
        table, W, b = (None if p is None else p.value for p in found)
        c, v = Value(Spec((None, T), "int32"), "input", "c"), Value(Spec((None, T, K)), "input", "x")
        k = Value(Spec((None, T) if sequences else (None,), "int32"), "input", "k")
        y = ops.concatenate([ops.embedding(ops.reverse(c), table), v], axis=-1)
        y = ops.reshape(y, shape=steps) if not sequences else y
        p = ops.dense(y, W, b)
        each = ops.NAMED["sparse_categorical_crossentropy"](p, k, from_logits=True)
        loss = ops.weighted_sum(each, None, ops.batch_total(ops.count(each)))
        kept = [p for p in found if p is not None]
        return Step(
            [c, v, k], [p, each], [loss], 1, [loss], kept, Update(ops.sgd, {"momentum": 0.0, "nesterov": 0.0})
        )

    compare(record, sources, run)


@some
@given(
    st.lists(
        st.sampled_from(["activation", "softmax", "multiply", "scale", "reverse", "reshape", "concatenate"]),
        max_size=5,
    ),
    st.lists(few, min_size=1, max_size=3),
    sizes,
    runs,
    real,
    layouts,
    st.data(),
)
def test_chains_of_small_ops(
    names: list[str],
    shape: list[int],
    last: int,
    run: Run,
    dtype: str,
    layout: Layout,
    data: st.DataObject,
) -> None:
    """Any chain of the ops that work number by number or move them, forward and backward."""
    rng = np.random.default_rng(run.seed)
    dims = (*shape, last)
    functions = [data.draw(st.sampled_from(sorted(set(ACTIVATIONS) - {"exponential"}))) for _ in names]
    sources = [layout.of(numbers(rng, dtype, (run.rows + 1, *dims)), rng)]

    def record() -> Step:
        x = y = Value(Spec((None, *dims)), "input", "x")
        for name, function in zip(names, functions, strict=True):
            if name == "activation":
                y = ops.activation(y, function=function)
            elif name == "multiply":
                y = ops.multiply(y, x) if x.shape == y.shape else y
            elif name == "scale":
                y = ops.multiply(y, 0.7)
            elif name == "reshape":
                row = y.spec.row
                first = next(k for k in (3, 2, 5, 1) if row % k == 0)
                y = ops.reshape(y, shape=(first, row // first))
            elif name == "concatenate":
                y = ops.concatenate([y, y], axis=-1) if y.spec.row < 2000 else y
            else:
                y = getattr(ops, name)(y)
        loss = ops.weighted_sum(y, None, None)
        outputs = [y] if y.node else []
        return Step([x], outputs, [loss], minimise=[loss], wanted=[x])

    compare(record, sources, run)
