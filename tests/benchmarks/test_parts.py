"""The parts beside the race, in small: each result is checked for what it means, never for a time."""

from __future__ import annotations

import pytest

from benchmarks import details, footprint, machine, scale, sweep
from benchmarks.memory import STATUS, Watch

LINUX = pytest.mark.skipif(not STATUS.exists(), reason="memory is read as Linux tells it")


@LINUX
@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "int32"])
def test_letters_are_trained_on_in_little_memory(dtype: str, mapped: bool) -> None:
    found = scale.letters(dtype, mapped, 0.05, sequences=30_000)
    assert 0 < found["trained"] <= found["samples"] == 30_000
    assert found["memory"] < 100e6


@LINUX
def test_windows_are_trained_on_without_copies() -> None:
    found = scale.windows(0.05, rows=300_000)
    assert found["samples"] == 300_000 - 96 and found["copied"] > 100e6
    assert found["framing_memory"] < 20e6 and found["memory"] < 60e6


@LINUX
def test_memory_is_seen() -> None:
    with Watch() as watch:
        held = bytearray(b"x" * 30_000_000)
    assert 29e6 < watch.growth < 80e6 and len(held) == 30_000_000


@LINUX
def test_what_stands_around_the_kernels() -> None:
    assert details.recording(2) > 0
    cost = details.step_cost(2, 50)
    assert 0 < cost["least"] and 0 < cost["plan"] and 0 < cost["fit"]
    found = details.loop(3000)
    assert found["first"] > 0 and found["last"] > 0 and found["grown"] < 1e6


@LINUX
def test_imports_and_disk() -> None:
    found = footprint.imports(1, ["tidegate"])
    assert set(found) == {"import numpy", "import tidegate", "from tidegate.models import Sequential"}
    assert all(seconds > 0 and size > 1e6 for seconds, size in found.values())
    disk = footprint.installed()
    assert disk["numpy"] > 1e7 and disk["tidegate"] > 1e5


def test_the_script_of_the_cold_start_runs() -> None:
    assert all(s > 0 for s in footprint.cold_start(1, ["tidegate"])["tidegate"])


def test_the_machine_is_described() -> None:
    found = machine.describe()
    assert "cores usable" in found["Processor"] and found["Python"].startswith("3.")


def _line(micros: list[float]) -> sweep.Line:
    points = [sweep.Point(units=2**k) for k in range(len(micros))]
    return sweep.Line("units", sweep.Point(), 1, points, micros, [1e6] * len(micros))


def test_a_cliff_is_found_and_a_slope_is_none() -> None:
    assert sweep.cliffs(_line([1.0, 4.0, 16.0, 64.0])) == []
    found = sweep.cliffs(_line([1.0, 2.0, 7.0, 8.0]))
    assert len(found) == 1 and found[0].startswith("| units 4 ") and "1.75" in found[0]


def test_a_sweep_measures_and_draws(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("matplotlib")
    options = [
        "--lines",
        "units",
        "--threads",
        "1",
        "--thin",
        "12",
        "--seconds",
        "0.001",
        "--out",
        str(tmp_path),
    ]
    assert sweep.main(options) == 0
    assert "9 points" in capsys.readouterr().out
    assert (tmp_path / "sweep-lstm.svg").read_text().lstrip().startswith("<?xml")
