"""The race: every engine computes the same, what does not is not timed, and the tables say what was found."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks import report
from benchmarks.__main__ import arguments
from benchmarks.engines.tidegate import Racer
from benchmarks.models import MODELS, Family
from benchmarks.probe import Probe, compiler
from benchmarks.race import Lane, Row, check, race
from benchmarks.racers import EngineError, Remote, missing
from benchmarks.workloads import PREDICT, TRAIN, WORKLOADS, Workload

SMALL = [w for w in TRAIN if w.name in ("tiny", "forms relu", "stacked")]


@pytest.fixture(scope="module")
def home() -> Iterator[Remote]:
    remote = Remote("tidegate")
    yield remote
    remote.stop()


@pytest.mark.parametrize("engine", ["torch", "torch-loop", pytest.param("keras-jax", marks=pytest.mark.slow)])
def test_an_engine_gives_the_same_numbers_and_is_timed(home: Remote, engine: str) -> None:
    if missing(engine):
        pytest.skip(f"{missing(engine)} not installed")
    other = Remote(engine)
    try:
        for work in SMALL[:2] if engine.startswith("keras") else SMALL:
            row = race(work, {"tidegate": home, engine: other}, [1], 2, 0.002, say=lambda text: None)
            assert not row.notes
            unfit = engine == "torch-loop" and work.activation == "tanh"
            assert len(row.ratios(engine)) == (0 if unfit else 2)
            assert all(r > 0 for r in row.ratios(engine))
    finally:
        other.stop()


def test_onnx_runtime_predicts_the_same(home: Remote) -> None:
    if missing("onnxruntime"):
        pytest.skip("not installed")
    other = Remote("onnxruntime")
    try:
        row = race(
            PREDICT[0], {"tidegate": home, "onnxruntime": other}, [1], 1, 0.002, "call", say=lambda t: None
        )
        assert not row.notes and row.ratios("onnxruntime")[0] > 0
    finally:
        other.stop()


def test_an_engine_that_fails_is_said_and_the_next_question_is_answered(home: Remote) -> None:
    with pytest.raises(EngineError, match="KeyError"):
        home.ask("load", workload="no such")
    assert "Tidegate" in home.ask("load", workload="tiny")["name"]


def _results(shift: float = 0.0) -> dict[str, np.ndarray]:
    return {"before": np.ones((2, 3)) + shift, "losses": np.arange(1.0, 6.0), "after": np.ones((2, 3))}


def test_what_differs_is_found() -> None:
    work = WORKLOADS["tiny"]
    assert check(work, {"a": _results(), "b": _results(1e-6)}) == []
    assert "before of a and b lie 1.0e-02 apart" in check(work, {"a": _results(), "b": _results(0.01)})[0]
    assert "not finite" in check(work, {"a": _results(), "b": _results(np.nan)})[0]
    other = _results() | {"losses": np.arange(4.0)}
    assert "losses" in check(work, {"a": _results(), "b": other})[0]


def test_a_wrong_engine_is_not_timed(home: Remote) -> None:
    class Wrong(Remote):
        def __init__(self) -> None:
            self.engine, self.name = "torch", "wrong"

        def ask(self, do: str, **question: object) -> dict[str, object]:
            if do == "validate":
                np.savez(str(question["file"]), before=np.zeros((10, 1)))
            assert do in ("load", "validate"), "it is timed"
            return {"name": "wrong"}

    row = race(WORKLOADS["tiny"], {"tidegate": home, "torch": Wrong()}, [1], 1, 0.001, say=lambda text: None)
    assert "not timed: tiny: before" in row.notes[0]
    assert row.best("torch") is None and row.best("tidegate") is not None


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_every_engine_starts_another_model_from_the_same_numbers(model: Family) -> None:
    one, other = Racer(model), Racer(model)
    losses = one.losses(2)
    assert losses == other.losses(2) and np.isfinite(losses).all() and losses[0] != losses[1]


def test_the_table_of_other_models_says_how_many_times_as_fast() -> None:
    row = Row(MODELS[0], [Lane("tidegate", 2, [1e-3, 1e-3]), Lane("keras-jax", 0, [4e-3, 5e-3])])
    last = report.models_table([row], ["tidegate", "keras-jax"]).splitlines()[-1]
    assert last.startswith("| gru | GRU 64 | 1.0 ms (2) |") and last.endswith("| **4.5** (4 to 5) |")


@pytest.mark.parametrize("work", [w for w in TRAIN if not w.codes], ids=lambda w: w.name)
def test_the_operations_counted_are_those_of_the_plan(work: Workload) -> None:
    racer = Racer(work)
    racer.losses(1)
    assert racer.model.plan is not None
    counted = racer.model.plan.step.flops() * work.batch
    first = 3 * sum(2 * 4 * u * u for u in work.units) * work.batch  # recurrent product of the first step
    functions = 20 * work.batch * int(np.prod(work.target_shape))  # of the losses
    assert work.flops() <= counted <= work.flops() + first + functions


def test_letters_are_looked_up_not_multiplied() -> None:
    work = WORKLOADS["letters"]
    one_hot = 3 * 2 * 4 * 128 * (32 * 31 + 128 * 30) * 128
    assert 0.7 * one_hot < work.flops() < 0.9 * one_hot


def test_ratios_are_of_rounds_and_of_the_best_threads() -> None:
    row = Row(WORKLOADS["tiny"])
    row.lanes = [Lane("tidegate", 1, [1.0, 2.0, 1.0]), Lane("tidegate", 2, [9.0, 9.0, 9.0])]
    row.lanes += [Lane("torch", 1, [10.0, 10.0, 30.0])]
    assert row.ratios("torch") == [10.0, 5.0, 30.0]
    assert row.ratios("keras-jax") == []
    row.peaks = {1: [1e6, 1e6, 1e6]}
    assert row.share(1) == pytest.approx(work_share := WORKLOADS["tiny"].flops() / 1e6) and work_share > 0
    text = report.train_table([row], ["tidegate", "torch"])
    assert "**10** (5 to 30)" in text and "**not held**" in text  # 80 were wanted


def test_the_probe_knows_a_peak() -> None:
    if compiler() is None:
        pytest.skip("no compiler")
    probe = Probe()
    assert probe.fma(1, 0.005) > 1e8 and probe.copy(1, 0.005) > 1e7


def test_a_wrong_option_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    for options, said in (
        (["--workload", "huge"], "no workload 'huge'"),
        (["--engines", "abacus"], "no engine 'abacus'"),
        (["--threads", "many"], "whole numbers"),
        (["--rounds", "0"], "at least 1"),
    ):
        with pytest.raises(SystemExit):
            arguments(options)
        assert said in capsys.readouterr().err


def test_only_a_whole_run_writes_the_results() -> None:
    assert arguments([]).out.name == "RESULTS.md"
    assert arguments(["--quick"]).out is None and arguments(["--workload", "tiny"]).out is None
    assert arguments(["--workload", "tiny"]).parts == ["train", "predict"]
