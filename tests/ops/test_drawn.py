"""Shapes that nobody thought of: what broadcasts, reduces and moves numbers, in every instruction set, against NumPy.

Hypothesis prints what it drew; `@reproduce_failure` brings it back.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ops.case import Case, Input
from tests.ops.test_native import ISAS, assert_same, record, run
from tidegate.ops.binary import BINARY
from tidegate.plan.native import NativeExecutor
from tidegate.plan.reference import ReferenceExecutor

pytestmark = pytest.mark.skipif(not ISAS, reason="no native kernels here")
some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
sizes = st.sampled_from([1, 1, 2, 3, 4, 5, 8, 15, 16, 17, 33])
shapes = st.lists(sizes, min_size=0, max_size=3).map(tuple)
rows = st.sampled_from([1, 2, 3, 7, 17])
SMOOTH = {"add", "subtract", "multiply", "divide", "maximum", "minimum", "arctan2", "power"}


@st.composite
def broadcast(draw: Any) -> Case:
    """Draw a function of two arrays that are spread over each other; one may be a weight, of fewer axes."""
    name = draw(st.sampled_from(sorted(BINARY)))
    shape = draw(shapes)
    kind = "positive" if name in ("divide", "power", "arctan2") else "normal"

    def one(parameter: bool) -> Input:
        kept = tuple(1 if draw(st.booleans()) and draw(st.booleans()) else n for n in shape)
        kept = kept[draw(st.integers(0, len(kept) - 1)) :] if parameter else kept
        return Input(kept, kind, parameter, name in SMOOTH)

    weight = draw(st.sampled_from([None, 0, 1])) if shape else None
    return Case(name, (one(weight == 0), one(weight == 1)), rows=draw(rows))


@st.composite
def reduced(draw: Any) -> Case:
    """Draw sums, means and extremes along any axes, the samples' among them where others are left."""
    shape = draw(shapes.filter(bool))
    axis = draw(st.sets(st.integers(0, len(shape)), min_size=1, max_size=len(shape)))
    attrs = {"axis": tuple(sorted(axis)), "keepdims": draw(st.booleans())}
    return Case(draw(st.sampled_from(["sum", "mean", "max", "min"])), (Input(shape),), attrs, draw(rows))


@st.composite
def moved(draw: Any) -> Case:
    """Draw a part of an array, backwards or with gaps, one with a border, or with its axes in another order."""
    shape = draw(shapes.filter(bool))
    name = draw(st.sampled_from(["cut", "pad", "transpose"]))
    whole = range(1, len(shape) + 1)
    if name == "transpose":
        attrs: dict[str, Any] = {"axes": (0, *draw(st.permutations(whole)))}
    elif name == "pad":
        border = st.tuples(*(st.integers(0, 3) for _ in shape))
        attrs = {
            "before": (0, *draw(border)),
            "behind": (0, *draw(border)),
            "value": draw(st.sampled_from([0.0, -1.5])),
        }
    else:
        start, step, size = [0], [1], [None]
        for n in shape:
            d = draw(st.sampled_from([1, 1, 2, 3, -1, -2]))
            count = draw(st.integers(1, (n - 1) // abs(d) + 1))
            reach = abs(d) * (count - 1)
            first = draw(st.integers(0, n - 1 - reach))
            start.append(first if d > 0 else first + reach)
            step.append(d)
            size.append(count)
        attrs = {"start": tuple(start), "step": tuple(step), "size": tuple(size)}
    return Case(name, (Input(shape),), attrs, draw(rows))


@some
@given(broadcast() | reduced() | moved())
def test_any_shape_gives_what_numpy_gives(case: Case) -> None:
    print(case.attrs)
    arrays, rng = case.draw()
    step, sources = record(case, arrays, rng)
    shard = case.rows if step.coupled else -(-case.rows * 2 // 5)
    expected = run(ReferenceExecutor(step), sources, case.rows, shard)
    for isa in ISAS:
        print(isa, "shard", shard)
        assert_same(run(NativeExecutor(step, isa), sources, case.rows, shard), expected)
