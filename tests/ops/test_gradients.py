"""Each op's gradient in NumPy against central differences in float64, for every weight and every input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.ops.case import Array, Case
from tests.ops.cases import CASES
from tidegate.ops import NAMED, Context

STEP = 1e-5
LARGEST_ERROR = 1e-6  # mean |difference| / mean |gradient| (or 1e-3, where there is hardly any)
PLACES = 40  # of a larger array so many places are tried, and one random direction through all of it


def gradients(
    case: Case, arrays: list[Array | None], dy: list[Any], context: dict[str, Any]
) -> list[Array | None]:
    """Call `backward` with what the op says that it reads, and nothing else."""
    op = NAMED[case.op]
    y, saved = op.forward(*arrays, **case.attrs, **context)
    dy = dy[0] if len(dy) == 1 else tuple(dy)
    read = tuple(a if name in op.reads else None for a, name in zip(arrays, op.arguments, strict=False))
    return list(op.backward(read, y if "outputs" in op.reads else None, saved, dy, **case.attrs, **context))


def slope(f: Callable[[], float], a: Array, direction: Array) -> float:
    """Return the central difference of f along a direction of its array a."""
    kept = a.copy()
    a[...] = kept + STEP * direction
    above = f()
    a[...] = kept - STEP * direction
    below = f()
    a[...] = kept
    return (above - below) / (2 * STEP)


@pytest.mark.parametrize("case", [c for c in CASES if c.differentiable], ids=str)
def test_gradient_is_the_central_difference(case: Case) -> None:
    arrays, rng = case.draw()
    op = NAMED[case.op]
    context = {"context": Context(step=4, row=2, rows=case.rows)} if op.contextual else {}

    def outputs() -> tuple[Any, ...]:
        made = op.forward(*arrays, **case.attrs, **context)[0]
        return made if isinstance(made, tuple) else (made,)

    dy = [rng.normal(size=np.shape(y)) for y in outputs()]

    def f() -> float:
        return sum(float(np.sum(y * d)) for y, d in zip(outputs(), dy, strict=True))

    found = gradients(case, arrays, dy, context)
    for k, (i, a) in enumerate(zip(case.inputs, arrays, strict=True)):
        if i is None or not i.gradient:
            continue
        assert isinstance(a, np.ndarray)
        da = found[k]
        assert da is not None
        assert da.shape == a.shape, op.arguments[k]
        chosen = np.arange(a.size) if a.size <= PLACES else rng.choice(a.size, PLACES, replace=False)
        ones = np.eye(a.size)[chosen].reshape(-1, *a.shape)  # one place each
        directions = np.concatenate([ones, rng.normal(size=(1, *a.shape))])
        expected = np.array([slope(f, a, d) for d in directions])
        got = np.array([np.sum(da * d) for d in directions])
        error = np.abs(got - expected).mean() / max(np.abs(expected).mean(), 1e-3)
        assert error <= LARGEST_ERROR, f"{op.arguments[k]}: {error:.1e}"
