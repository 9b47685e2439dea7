"""Every op has cases, a shape rule that agrees with its forward, and a native twin of its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.ops.case import Case
from tests.ops.cases import CASES, GATES, UPDATES
from tidegate import kernels, ops
from tidegate.errors import ShapeError
from tidegate.ops import NAMED, Spec, UpdateOp, Value
from tidegate.ops.activations import ACTIVATIONS
from tidegate.ops.binary import Binary
from tidegate.ops.elementwise import Elementwise

BY_EXECUTOR = {"all_reduce", "batch_total"}  # no kernels: they are what the executor does between shards
SOURCES = Path(__file__).parents[2] / "native" / "kernels"


def test_every_op_has_cases() -> None:
    assert {c.op for c in CASES} | {u.op for u in UPDATES} | BY_EXECUTOR == set(NAMED)


def test_every_activation_has_cases() -> None:
    for argument in ("activation", "recurrent_activation"):
        assert {c.attrs[argument] for c in CASES if c.op == "lstm"} == set(ACTIVATIONS)


def test_no_case_stands_twice() -> None:
    assert len({str(c) for c in CASES}) == len(CASES)


@pytest.mark.skipif(not kernels.available(), reason="no native kernels here")
def test_every_op_has_a_native_kernel() -> None:
    assert kernels.missing(n for n, op in NAMED.items() if not isinstance(op, UpdateOp)) == BY_EXECUTOR


def test_every_twin_stands_in_the_sources_by_its_name() -> None:
    text = "\n".join(f.read_text() for f in sorted(SOURCES.glob("*.?pp")))
    for name, op in NAMED.items():
        if isinstance(op, UpdateOp):
            twin = f"inline void {name}("
        elif isinstance(op, Binary | Elementwise):
            twin = f"{'binary' if isinstance(op, Binary) else 'elementwise'}_kernel<"
            twin = next(
                (line for line in text.splitlines() if f'>("{name}"),' in line and twin in line), "none"
            )
        elif name in GATES:
            twin = f"// Twin of src/tidegate/ops/{name}.py"  # a cell of the recurrent skeleton
        else:
            twin = f"inline void {name}_forward(const Args& a)"
        assert name in BY_EXECUTOR or twin in text, name


@pytest.mark.parametrize("case", CASES, ids=str)
def test_shape_rule_agrees_with_forward(case: Case) -> None:
    arrays: list[Any] = []
    values: list[Value | None] = []
    for i, a in zip(case.inputs, case.draw()[0], strict=True):
        if i is None:
            arrays.append(None)
            values.append(None)
            continue
        arrays.append(np.asarray(a, i.dtype))
        shape = () if i.kind in ("count", "scalar") else i.shape if i.parameter else (None, *i.shape)
        values.append(Value(Spec(shape, i.dtype)))
    made, recorded = case(*arrays), case(*values)
    pairs = zip(made, recorded, strict=True) if isinstance(recorded, tuple) else [(made, recorded)]
    for found, said in pairs:
        assert tuple(case.rows if d is None else d for d in said.shape) == np.shape(found)
        assert said.dtype == np.asarray(found).dtype


def test_arrays_that_do_not_fit_are_refused() -> None:
    three, four = Value(Spec((None, 3))), Value(Spec((None, 4)))
    with pytest.raises(ShapeError, match="equal or 1"):
        ops.add(three, four)
    with pytest.raises(ShapeError, match="3 numbers a sample"):
        ops.reshape(three, shape=(2, 2))
    for op in (NAMED["sparse_categorical_crossentropy"], ops.sparse_categorical_accuracy):
        with pytest.raises(ShapeError, match="int32"):
            op(three, Value(Spec((None,), "float32")))
