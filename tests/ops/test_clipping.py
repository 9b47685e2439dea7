"""Clipping: what it promises, the native twin, and the same bits at any number of threads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tidegate import kernels, ops
from tidegate.ops import CLIPS, Clip, Spec, Value
from tidegate.plan import Parameter, Plan, Step, Update

ISAS = [isa for isa in kernels.instruction_sets() if isa != "reference"]
SIZES = [(1, 1), (17, 3), (130, 70), (50, 400)]  # the last two reach over several chunks of the gradient
SGD = {"momentum": 0.0, "nesterov": 0.0}


@pytest.fixture(autouse=True)
def threads_as_before() -> Iterator[None]:
    before = kernels.get_threads()
    yield
    kernels.set_threads(before)


def gradients() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=s) * k for k, s in enumerate(SIZES)]


def norm(arrays: list[np.ndarray]) -> float:
    return float(np.sqrt(sum(np.square(a).sum() for a in arrays)))


def test_what_each_kind_promises() -> None:
    before = gradients()
    for kind in CLIPS:
        g = [a.copy() for a in before]
        Clip(kind, 0.7).apply(g)
        if kind == "clipvalue":
            for a, b in zip(g, before, strict=True):
                np.testing.assert_array_equal(a, np.clip(b, -0.7, 0.7))
            continue
        if kind == "clipnorm":
            for a, b in zip(g, before, strict=True):
                assert np.isclose(norm([a]), min(0.7, norm([b])))
        else:
            assert np.isclose(norm(g), 0.7)
        for a, b in zip(g, before, strict=True):  # the direction stays
            np.testing.assert_allclose(a * norm([b]), b * norm([a]), atol=1e-12)


@pytest.mark.parametrize("kind", CLIPS)
def test_what_is_small_enough_stays_as_it_is(kind: str) -> None:
    g = gradients()
    Clip(kind, 1e4).apply(g)
    for a, b in zip(g, gradients(), strict=True):
        np.testing.assert_array_equal(a, b)


def plan(executor: str, clip: Clip | None, spoilt: float = 1.0) -> tuple[Plan, list[Parameter]]:
    """Return a step whose gradients are those of four linear layers, of very different sizes."""
    rng = np.random.default_rng(2)
    inputs, terms, held = [], [], []
    for k, (K, N) in enumerate(SIZES):
        x, w = Value(Spec((None, K)), "input", f"x{k}"), Value(Spec((None, N)), "input", f"w{k}")
        held.append(Parameter(f"p{k}", rng.normal(size=(K, N))))
        factor = spoilt if k == 1 else 1.0
        terms.append(ops.weighted_sum(ops.dense(x, held[-1].value, None), w, None, factor=factor))
        inputs += [x, w]
    loss = terms[0]
    for term in terms[1:]:
        loss = ops.add(loss, term)
    return Plan(Step(inputs, (), [loss], 0, [loss], held, Update(ops.sgd, SGD, clip=clip)), executor), held


def trained(executor: str, clip: Clip | None, threads: int = 1, spoilt: float = 1.0) -> list[np.ndarray]:
    kernels.set_threads(threads)
    made, held = plan(executor, clip, spoilt)
    rng = np.random.default_rng(3)
    sources = [rng.normal(size=(60, n)).astype(np.float32) for K, N in SIZES for n in (K, N)]
    made.run(sources, 60, 25, lr=0.1)
    return [p.numpy() for p in held]


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("kind", CLIPS)
def test_the_native_twin(isa: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.plan.shards.SMALL", 0.0)
    clip = Clip(kind, 2.0)
    found, expected = trained(isa, clip), trained("reference", clip)
    for f, e, free in zip(found, expected, trained("reference", None), strict=True):
        np.testing.assert_allclose(f, e, rtol=1e-5, atol=1e-5)
        assert np.abs(e - free).max() > 1e-3  # clipping changed something
    for threads in (2, 3, 8):
        for a, b in zip(trained(isa, clip, threads), found, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("executor", ["reference", *ISAS])
def test_an_infinite_gradient_is_not_hidden(executor: str) -> None:
    with np.errstate(all="ignore"):
        one = trained(executor, Clip("clipnorm", 1.0), spoilt=np.inf)
        every = trained(executor, Clip("global_clipnorm", 1.0), spoilt=np.inf)
        value = trained(executor, Clip("clipvalue", 1.0), spoilt=np.nan)
    assert [bool(np.isnan(p).any()) for p in one] == [False, True, False, False]
    assert all(np.isnan(p).all() for p in every)
    assert [bool(np.isnan(p).any()) for p in value] == [False, True, False, False]


def test_the_plan_shows_it() -> None:
    assert "clipnorm 2  " in repr(plan("reference", Clip("clipnorm", 2.0))[0])
    assert "clip" not in repr(plan("reference", None)[0])
