"""What a run cannot take raises in Python and says why; nothing outside an array is read or written."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate import kernels, ops
from tidegate.errors import DataError, ShapeError, TidegateError
from tidegate.layers import Embedding
from tidegate.ops import Spec, Value
from tidegate.plan import Parameter, Plan, Step, Update, gather

from .models import ADAM, F, T, U, data, lstm_regression, numbers

EXECUTORS = [pytest.param(name, id=name) for name in kernels.instruction_sets()]
NATIVE = [name for name in kernels.instruction_sets() if name != "reference"]
native: Any = kernels.native
compiled = pytest.mark.skipif(not NATIVE, reason="no native kernels here")

V = 7  # rows of the table
ROOT = Path(__file__).parents[2]


def value(*shape: int, dtype: str = "float32", label: str = "x") -> Value:
    return Value(Spec((None, *shape), dtype), "input", label)


def look_up(executor: str | None = None, folded: bool = False) -> Plan:
    """Codes (B, 3) through a table to one of 4 classes, trained."""
    rng = np.random.default_rng(5)
    shapes = [(V, 5), (5, 20), (5, 20), (5, 4)] if folded else [(V, 5), (15, 4)]
    p = [Parameter(f"w{k}", rng.normal(size=s)) for k, s in enumerate(shapes)]
    gather(p)
    x, y = value(3, dtype="int32", label="codes"), value(dtype="int32", label="classes")
    e = ops.embedding(ops.reverse(x) if not folded else x, p[0].value)
    if folded:
        names = {"activation": "tanh", "recurrent_activation": "sigmoid"}
        e = ops.lstm(
            e, p[1].value, p[2].value, None, None, **names, return_sequences=False, go_backwards=False
        )
    out = ops.dense(e if folded else ops.reshape(e, shape=(15,)), p[-1].value, None)
    each = ops.NAMED["sparse_categorical_crossentropy"](out, y, from_logits=True)
    loss = ops.weighted_sum(each, None, ops.batch_total(ops.count(each)))
    return Plan(Step([x, y], [out], [loss], 1, [loss], p, Update(ops.adam, ADAM)), executor)


def run_codes(plan: Plan, codes: Any, classes: Any, **more: Any) -> None:
    rows = len(codes)
    plan.run([codes, classes], rows, 4, lr=0.1, outputs=[np.empty((rows, 4), np.float32)], **more)


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize(
    ("bad", "dtype"),
    [
        (-1, "i4"),
        (V, "u1"),
        (10**6, "i4"),
        (2**32, "i8"),
        (2**63, "u8"),
        (1e30, "f4"),
        (np.nan, "f8"),
        (-1, ">i2"),
    ],
)
def test_a_code_that_has_no_row(executor: str, folded: bool, bad: float, dtype: str) -> None:
    plan = look_up(executor, folded)
    codes, classes = np.ones((12, 3), dtype), np.zeros(12, np.uint8)
    codes[9, 1] = bad
    run_codes(plan, codes[:8], classes)
    before = numbers(plan)
    plan.reset()
    with pytest.raises(
        DataError, match=r"input 'codes' expects whole numbers from 0 to 6; got .* at sample 9"
    ):
        run_codes(plan, codes, classes)
    if executor != "reference":  # two batches were trained on, of the third nothing counts
        assert plan.sums[0] > 0
        run_codes(twin := look_up(executor, folded), codes[:8], classes)
        run_codes(twin, codes[:8], classes)
        for a, b in zip(numbers(plan), numbers(twin), strict=True):
            np.testing.assert_array_equal(a, b)
    run_codes(plan, codes[:8], classes)  # it goes on
    assert not np.array_equal(before[0], numbers(plan)[0])


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_class_that_has_no_output(executor: str) -> None:
    classes = np.array([0, 1, 2, 3, 4, 3, 2, -1])
    order = np.array([0, 3, 7, 4], np.int64)
    with pytest.raises(DataError, match="'classes' expects whole numbers from 0 to 3; got -1 at sample 7"):
        look_up(executor).run(
            [np.zeros((8, 3), int), classes], 4, 4, order=order, outputs=[np.empty((4, 4), np.float32)]
        )


@compiled
def test_the_first_sample_in_order_is_named_whatever_thread_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.plan.shards.SMALL", 0.0)
    codes = np.ones((4000, 3), int)
    codes[[1234, 1235, 3999]] = V
    for _ in range(20):
        with pytest.raises(DataError, match="at sample 1234"):
            look_up().run([codes, np.zeros(4000)], 4000, 4000, outputs=[np.empty((4000, 4), np.float32)])


def test_codes_of_a_layer_that_is_called() -> None:
    with pytest.raises(DataError, match="from 0 to 4; got 1000000 at sample 1"):
        Embedding(5, 2)(np.array([[1], [10**6]]))


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("place", [-1, 20, 2**62, -(2**63)])
def test_a_place_that_names_no_sample(executor: str, place: int) -> None:
    x, y = data(20)
    order = np.arange(20)
    order[13] = place
    with pytest.raises(DataError, match=f"places from 0 to 19; got {place}"):
        lstm_regression(executor).run([x, y], 20, 8, order=order, outputs=[np.empty((20, 1), np.float32)])


def _wrong() -> dict[str, tuple[str, dict[str, Any]]]:
    """What is asked for, in place of what would be right, and a word of the message."""
    x, y = data(20)
    out, frozen = np.empty((20, 1), np.float32), np.empty((20, 1), np.float32)
    frozen.flags.writeable = False
    wide = np.broadcast_to(np.float32(0), (2**40, T, F))
    return {
        "no source": ("2 sources; got 0", {"sources": []}),
        "one source too many": ("2 sources; got 3", {"sources": [x, y, y]}),
        "too few samples": ("samples=20, .*got an array of shape", {"sources": [x[:19], y]}),
        "fewer targets": ("input 'y' expects", {"sources": [x, y[:7]]}),
        "other steps": ("timesteps=6", {"sources": [x[:, 1:], y]}),
        "other features": ("features=3", {"sources": [x[..., :2], y]}),
        "no axis": ("input 'x'", {"sources": [np.float32(1), y]}),
        "empty": ("input 'x'", {"sources": [x[:, :0], y]}),
        "complex": ("complex64", {"sources": [x.astype("c8"), y]}),
        "objects": ("object", {"sources": [x.astype(object), y]}),
        "text": ("numbers; got dtype <U", {"sources": [x.astype(str), y]}),
        "dates": ("datetime64", {"sources": [np.zeros(x.shape, "M8[s]"), y]}),
        "records": (r"numbers; got dtype \[", {"sources": [np.zeros(x.shape, [("a", "f4")]), y]}),
        "no rows": ("rows and batch of at least 1", {"rows": 0}),
        "rows below none": ("rows and batch of at least 1", {"rows": -5}),
        "no batch": ("rows and batch of at least 1", {"batch": 0}),
        "start below none": ("start of at least 0", {"start": -1}),
        "no outputs": ("1 output array; got 0", {"outputs": []}),
        "two outputs": ("1 output array; got 2", {"outputs": [out, out]}),
        "output in float64": ("float32.*got float64", {"outputs": [out.astype(float)]}),
        "output too small": ("got float32 .19, 1.", {"outputs": [out[:19]]}),
        "output with gaps": ("C order.*got float32", {"outputs": [np.empty((40, 1), np.float32)[::2]]}),
        "output that is frozen": ("not writable", {"outputs": [frozen]}),
        "output that is a list": ("got list", {"outputs": [[0.0] * 20]}),
        "order of int32": ("int64", {"order": np.arange(20, dtype=np.int32)}),
        "order in floats": ("int64", {"order": np.arange(20.0)}),
        "order too short": ("20 places; got one of 19", {"order": np.arange(19)}),
        "order of two axes": ("one axis", {"order": np.zeros((20, 1), np.int64)}),
        "order as a list": ("got list", {"order": list(range(20))}),
        "more rows than memory has": ("output 'dense'", {"sources": [wide, wide[:, 0, :1]], "rows": 2**40}),
    }


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("what", _wrong())
def test_what_does_not_fit_is_said(executor: str, what: str) -> None:
    match, wrong = _wrong()[what]
    x, y = data(20)
    plan = lstm_regression(executor)
    good = {"sources": [x, y], "rows": 20, "batch": 8, "outputs": [np.empty((20, 1), np.float32)]}
    before = numbers(plan)
    with pytest.raises(TidegateError, match=match):
        plan.run(**{**good, **wrong})
    for a, b in zip(before, numbers(plan), strict=True):
        np.testing.assert_array_equal(a, b)
    assert plan.run(**good) == 3


def _mistakes() -> dict[str, Any]:
    """Recordings that no kernel can take."""
    x, x2, codes = value(T, F), value(F), value(T, dtype="int32")
    p = {
        s: Parameter("w", np.zeros(s)).value
        for s in [(F, 4 * U), (U, 4 * U), (4 * U,), (3 * U,), (5, 2), (F, 2), (3,)]
    }
    W, R, b, short, E, D, d = p.values()

    def lstm(*inputs: Value | None) -> Value:
        names = {"activation": "tanh", "recurrent_activation": "sigmoid"}
        return ops.lstm(*inputs, **names, return_sequences=True, go_backwards=False)  # type: ignore[no-any-return]

    return {
        "features that the kernel has not": lambda: lstm(value(T, F + 1), W, R, b, None),
        "a kernel of other units": lambda: lstm(x, D, R, b, None),
        "a recurrent kernel that is not square": lambda: lstm(x, W, W, b, None),
        "a short bias": lambda: lstm(x, W, R, short, None),
        "a mask of other steps": lambda: lstm(x, W, R, b, value(T + 1)),
        "a mask of whole numbers": lambda: lstm(x, W, R, b, codes),
        "measurements without their axis": lambda: lstm(x2, W, R, b, None),
        "one number too many axes": lambda: lstm(value(T, F, 1), W, R, b, None),
        "a table looked up by floats": lambda: ops.embedding(x2, E),
        "a table of one axis": lambda: ops.embedding(codes, d),
        "a dense kernel of other inputs": lambda: ops.dense(value(F + 1), D, None),
        "a dense bias of other outputs": lambda: ops.dense(x2, D, d),
        "softmax of codes": lambda: ops.softmax(codes),
        "a target of another shape": lambda: ops.mean_squared_error(x2, value(1)),
        "classes in floats": lambda: ops.NAMED["sparse_categorical_crossentropy"](x2, value()),
        "classes of other steps": lambda: ops.sparse_categorical_accuracy(x, value(T + 1, dtype="int32")),
        "weights of another shape": lambda: ops.weighted_sum(x, x2, None),
        "samples behind each other": lambda: ops.concatenate([x, x]),
        "an axis of nothing": lambda: ops.activation(value(T, 0), function="tanh"),
        "codes that are handed out": lambda: Step([codes], [codes]),
    }


@pytest.mark.parametrize("what", _mistakes())
def test_what_no_kernel_takes_is_not_recorded(what: str) -> None:
    with pytest.raises(ShapeError, match=r"expects .*; got "):
        _mistakes()[what]()


@compiled
@pytest.mark.parametrize("executor", NATIVE)
def test_threads_beyond_any_machine(executor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.plan.shards.SMALL", 0.0)
    x, y = data(200)
    before, found = kernels.get_threads(), []
    try:
        for n in (1, 100, 10**6, 2**40):
            kernels.set_threads(n)
            plan = lstm_regression(executor)
            plan.run([x, y], 200, 200, lr=0.1, outputs=[out := np.empty((200, 1), np.float32)])
            found.append((out, *numbers(plan)))
            assert plan.executor.program.bytes() < 50e6  # type: ignore[attr-defined]
    finally:
        kernels.set_threads(before)
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            np.testing.assert_array_equal(a, b)


@compiled
def test_one_plan_from_several_python_threads() -> None:
    """Each run waits for the one before; a larger shard places the arena anew in between."""
    plan = lstm_regression()
    x, y = data(600)
    done = []

    def work(rows: int) -> None:
        for _ in range(10):
            out = np.full((rows, 1), np.nan, np.float32)
            plan.run([x[:rows], y[:rows]], rows, rows, outputs=[out])  # a learning rate of 0
            done.append((rows, out))

    expected = np.empty((600, 1), np.float32)
    lstm_regression().run([x, y], 600, 600, outputs=[expected])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, (50, 600, 7, 300)))
    assert len(done) == 40
    for rows, out in done:
        np.testing.assert_allclose(out, expected[:rows], rtol=1e-5, atol=1e-6)


@compiled
def test_a_program_refuses_a_second_run_at_once() -> None:
    plan = lstm_regression()
    x, y = data(4000)
    plan.run([x, y], 4000, 50, outputs=[out := np.empty((4000, 1), np.float32)])
    program = plan.executor.program  # type: ignore[attr-defined]
    said: list[str] = []

    def work() -> None:
        for _ in range(30):
            try:
                program.run(
                    [x, y], 4000, 50, 50, None, 0, 80, np.zeros(1), np.zeros(1), [out], [0.0], 0, 1e9, 1, 0
                )
            except RuntimeError as problem:
                said.append(str(problem))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert set(said) <= {"this program runs already, on another thread"}


@compiled
def test_weights_that_moved_are_found() -> None:
    """`gather` lays weights elsewhere after a plan has run: it must not go on with the memory of before."""
    x, W = value(F), Parameter("W", np.ones((F, 1)))
    plan = Plan(Step([x], [ops.dense(x, W.value, None)]))
    source, out = np.ones((2, F), np.float32), np.empty((2, 1), np.float32)
    plan.run([source], 2, 2, outputs=[out])
    gather([W])
    W.assign(np.full((F, 1), 2.0))
    plan.run([source], 2, 2, outputs=[out])
    assert out.tolist() == [[6.0], [6.0]]


@compiled
def test_a_child_goes_on_with_its_parents_plan() -> None:
    """In a process of its own, since pytest's may not fork; another thread holds the plan at that moment."""
    code = """
import os, threading, numpy as np
from tests.plan.models import data, lstm_regression
from tidegate import kernels
import tidegate.plan.shards as shards
shards.SMALL = 0.0
kernels.set_threads(3)
plan, (x, y) = lstm_regression(), data(400)
def run(out): plan.run([x, y], 400, 400, lr=0.01, outputs=[out])
run(first := np.empty((400, 1), np.float32))
plan.executor.lock.acquire()
child = os.fork()
if child == 0:
    run(np.empty((400, 1), np.float32))
    os._exit(0 if np.isfinite(plan.last).all() else 1)
plan.executor.lock.release()
run(first)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    same = ["-S"] * sys.flags.no_site  # the module that is tested here, not an installed one
    done = subprocess.run(
        [sys.executable, *same, "-c", code],
        cwd=ROOT,
        timeout=60,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 0


@compiled
def test_entries_of_the_module_check_what_they_are_given() -> None:
    isa, program = NATIVE[0], native.Program()
    known = native.find("dense")
    z = np.zeros(4, np.float32)
    assert native.find("no such op") == -1
    for call in (
        lambda: native.lanes("sse9"),
        *(partial(native.sizes, isa, wrong, [1, 1, 1, 1], [], 1) for wrong in (-1, 10**6)),
        *(partial(native.packs, isa, wrong) for wrong in (-1, 10**6)),
        *(partial(program.add, isa, "body", wrong, 0, [], [], []) for wrong in (-1, 10**6)),
        *(partial(program.add, isa, "body", known, wrong, [], [], []) for wrong in (-1, 3, 10**6)),
        *(partial(program.set_bound, wrong, 5) for wrong in (-1, 0)),
        lambda: native.activate(isa, -1, z, z.copy(), z.copy()),
        lambda: native.activate(isa, 0, z, z[:3].copy(), z.copy()),
        lambda: native.activate(isa, 0, z.astype(float), z.copy(), z.copy()),
        lambda: native.activate(isa, 0, z, z[::2], z.copy()),
        lambda: program.add(isa, "later", known, 0, [], [], []),
        lambda: program.add(isa, "body", known, 0, [(0, 0)] * 33, [], []),
        lambda: program.add_pass(isa, "no such", [], False, False),
        lambda: program.add_pass(isa, "sgd", [0] * 5, False, False),
        lambda: program.set_clip(0, -1.0, []),
        lambda: program.set_clip(9, 1.0, []),
        lambda: program.set_clip(0, 1.0, [(0, 5)]),
        lambda: program.gradients(np.zeros(3, np.float32)),
        lambda: program.gradients(np.zeros(0, np.float64)),
    ):
        with pytest.raises((ValueError, TypeError)):
            call()


@compiled
def test_a_program_that_has_run_stays_as_it_is() -> None:
    plan = lstm_regression()
    x, y = data(8)
    plan.run([x, y], 8, 8, outputs=[np.empty((8, 1), np.float32)])
    program = plan.executor.program  # type: ignore[attr-defined]
    for name in ("arena_bytes", "capacity", "gradient_size", "panel_bytes", "scalar_count", "total_count"):
        with pytest.raises(RuntimeError, match="stays as it is"):
            setattr(program, name, 2**30)
    for call in (
        lambda: program.add(NATIVE[0], "body", 0, 0, [], [], []),
        lambda: program.add_input(0, 1, 1, False, False),
        lambda: program.add_output(0, 1, 1),
        lambda: program.add_segment(0, 0, 1, []),
        lambda: program.add_total(0, 0),
    ):
        with pytest.raises(RuntimeError, match="stays as it is"):
            call()
