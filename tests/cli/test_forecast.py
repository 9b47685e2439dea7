"""`tidegate forecast`: the whole way, and one clear line for everything that can be wrong."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.cli.main import main
from tidegate.language import speaking

AIRLINE = Path(__file__).parents[2] / "examples" / "airline-passengers.csv"
ROWS = AIRLINE.read_text(encoding="utf-8").splitlines()
FILES = ["forecast.csv", "forecast.png", "model.keras", "pipeline.json", "scores.json"]
PASSENGERS = ["--target", "Passengers", "--horizon", "12"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_file_in_another_encoding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{k};{5 + k % 3},{k % 2}5 €" for k in range(60)]
    Path("menge.csv").write_bytes("\n".join(["größe;preis", *rows]).encode("cp1252"))
    asked = ["forecast", "menge.csv", "--target", "preis", "--horizon", "2", "--epochs", "1", "--no-plot"]
    assert main(asked) == 2
    assert "--encoding cp1252" in capsys.readouterr().err
    assert main([*asked, "--encoding", "cp1252"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "'€' was left out" in said and "the comma was read as the decimal point" in said


def test_the_demo_from_end_to_end(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tidegate", "forecast", str(AIRLINE), *PASSENGERS],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # no bar where nobody watches
    assert "The LSTM wins" in done.stdout
    assert "same season last time" in done.stdout
    assert "1958-08 to 1960-12" in " ".join(done.stdout.split())
    assert "1961-07" in done.stdout
    assert not any(line.endswith(" ") for line in done.stdout.splitlines())
    out = tmp_path / "airline-passengers-forecast"
    assert sorted(path.name for path in out.iterdir()) == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == [out.name]
    with (out / "forecast.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["date"] for row in rows] == [f"1961-{month:02d}" for month in range(1, 13)]
    assert all(350 < float(row["low"]) < float(row["forecast"]) < float(row["high"]) < 800 for row in rows)
    assert max(rows, key=lambda row: float(row["forecast"]))["date"] == "1961-07"


@pytest.mark.parametrize("seed", range(5))
def test_the_demo_beats_both_naive_forecasts_from_every_seed(seed: int, tmp_path: Path) -> None:
    assert main(["forecast", str(AIRLINE), *PASSENGERS, "--seed", str(seed), "--no-plot", "--quiet"]) == 0
    scores = json.loads((tmp_path / "airline-passengers-forecast" / "scores.json").read_text())["scores"]
    lstm, *naive = scores.values()
    assert len(naive) == 2
    for one in naive:
        assert lstm["mae"] < one["mae"] / 2
        assert lstm["rmse"] < one["rmse"] / 2


def quick(*args: str) -> int:
    return main(["forecast", str(AIRLINE), *PASSENGERS, "--epochs", "1", "--units", "2", "--no-plot", *args])


def test_quiet_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert quick("--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_out_and_no_plot(tmp_path: Path) -> None:
    assert quick("--quiet", "--out", "deep/er") == 0
    assert sorted(path.name for path in (tmp_path / "deep" / "er").iterdir()) == [
        f for f in FILES if f != "forecast.png"
    ]


def test_losing_is_no_error_and_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = "".join(f"2024-{1 + k // 28:02d}-{1 + k % 28:02d},7\n" for k in range(28))  # constant
    (tmp_path / "flat.csv").write_text("day,n\n" + steps)
    assert (
        main(["forecast", "flat.csv", "--target", "n", "--horizon", "1", "--epochs", "1", "--no-plot"]) == 0
    )
    said = " ".join(capsys.readouterr().out.split())
    assert "does no better than" in said
    assert "✓ LSTM" not in said
    assert "what comes same season last time LSTM" in said  # the better one first


def test_the_same_seed_gives_the_same_files_on_any_threads(tmp_path: Path) -> None:
    import tidegate

    before = tidegate.get_threads()
    try:
        for threads in ("1", "2"):
            assert quick("--quiet", "--threads", threads, "--out", threads) == 0
    finally:
        tidegate.set_threads(before)
    for name in ("forecast.csv", "scores.json", "pipeline.json"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def changed(line: int, text: str | None) -> str:
    """Return the airline file with one line (counted from 1) replaced, or left out."""
    rows = [*ROWS]
    rows[line - 1 : line] = [] if text is None else [text]
    return "\n".join(rows) + "\n"


BAD_FILES = {
    "text in a number column": (
        changed(50, '"1953-01",abc'),
        r"column 'Passengers', line 50: 'abc' is no number",
    ),
    "a missing value": (changed(50, '"1953-01",'), "Column 'Passengers': 1 value is missing in line 50"),
    "a date twice": (changed(50, '"1952-12",196'), "1952-12 stands twice, in line 49 and line 50"),
    "dates in no order": (changed(50, '"1950-01",196'), "not in order: 1952-12 is followed by 1950-01"),
    "a gap": (changed(50, None), "1 is missing between 1952-12 and 1953-02 (line 50)"),
    "too few rows": ("\n".join(ROWS[:30]), "need at least 55, and the table has 29"),
    "no number in a column": (
        "Month,Passengers\n1949-01,a\n1949-02,b\n",
        "'Passengers' holds no number: 'a' in line 2",
    ),
    "no rows": ("Month,Passengers\n", "has a header but no rows"),
    "nothing": ("", "is empty"),
}


def refused(capsys: pytest.CaptureFixture[str], folder: Path, *args: str) -> str:
    """Run the command, which must refuse: exit code 2, one line, nothing written. Return the line."""
    before = sorted(folder.rglob("*"))
    assert main(["forecast", *args]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("tidegate forecast: ")
    assert sorted(folder.rglob("*")) == before
    return err


@pytest.mark.parametrize(("text", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_bad_files(text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.csv").write_text(text)
    assert message in refused(capsys, tmp_path, "bad.csv", *PASSENGERS)


A = str(AIRLINE)
TOO_MANY = "need at least 186, and the table has 144"
BAD_ARGUMENTS = {
    "missing file": (["nowhere.csv", *PASSENGERS], "no file nowhere.csv"),
    "unknown column": ([A, "--target", "Pasengers", "--horizon", "2"], "did you mean 'Passengers'?"),
    "date as target": ([A, "--target", "Month", "--horizon", "2"], "'Month' holds the dates"),
    "unknown input": ([A, *PASSENGERS, "--inputs", "x"], "no column 'x'"),
    "unknown date": ([A, *PASSENGERS, "--date", "x"], "no column 'x'"),
    "horizon 0": ([A, "--target", "Passengers", "--horizon", "0"], "at least 1; got 0"),
    "horizon below 0": ([A, "--target", "Passengers", "--horizon", "-3"], "at least 1; got -3"),
    "horizon in words": ([A, "--target", "Passengers", "--horizon", "x"], "--horizon"),
    "no horizon": ([A, "--target", "Passengers"], "Missing option '--horizon'"),
    "look-back too long": ([A, *PASSENGERS, "--look-back", "100"], TOO_MANY),
    "season too long": ([A, *PASSENGERS, "--season", "100"], TOO_MANY),
    "no threads": ([A, *PASSENGERS, "--threads", "0"], "at least 1; got 0"),
    "unknown option": ([A, *PASSENGERS, "--bogus"], "--bogus"),
    "out is a file": ([A, *PASSENGERS, "--out", A], "is a file, not a folder"),
    "out below a file": ([A, *PASSENGERS, "--out", f"{A}/x"], "is a file, not a folder"),
    "nothing at all": ([], "Missing argument"),
}  # fmt: skip


@pytest.mark.parametrize(("args", "message"), BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS)
def test_bad_arguments(
    args: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refused(capsys, tmp_path, *args)


def test_ctrl_c_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tidegate.toolkit.forecasting.fit", interrupt)
    monkeypatch.setattr("tidegate.toolkit.training.fit", interrupt)
    assert quick() == 130
    assert "nothing was written" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("absent", ["typer", "rich"])
def test_without_its_libraries_it_says_what_to_install(
    absent: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [n for n in sys.modules if n.partition(".")[0] == absent or n == "tidegate.cli.forecast"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, absent, None)
    assert main(["forecast", "x.csv"]) == 2
    assert f'needs {absent}; write: pip install "tidegate[all]"' in capsys.readouterr().err


@pytest.mark.parametrize(("absent", "said"), [("matplotlib", "add --no-plot"), ("h5py", "the model's file")])
def test_before_the_work_it_says_what_the_files_need(
    absent: str,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tidegate.cli.forecast.find_spec", lambda name: None if name == absent else name)
    assert said in refused(capsys, tmp_path, A, *PASSENGERS)


def test_a_slow_run_is_told_in_one_line() -> None:
    code = (
        "import sys; sys.modules['tidegate.kernels._native'] = None\n"
        "from tidegate.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    options = ["--epochs", "1", "--units", "2", "--no-plot", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-c", code, "forecast", str(AIRLINE), *PASSENGERS, *options],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("tidegate: no compiled kernels here")
    assert done.stderr.count("\n") == 1


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", "--help"]) == 0
    said = capsys.readouterr().out
    for option in (
        "--target",
        "--horizon",
        "--look-back",
        "--season",
        "--seed",
        "--out",
        "--fill",
        "--quiet",
    ):
        assert option in said


def test_commands_are_handed_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "tidegate forecast FILE.csv" in capsys.readouterr().out
    assert main(["forcast"]) == 2
    assert "did you mean 'forecast'" in capsys.readouterr().err
    assert main(["run"]) == 2
    assert "expects a script" in capsys.readouterr().err
    assert main(["run", "--verbose", "x.py"]) == 2
    assert "got the option --verbose" in capsys.readouterr().err


def test_it_speaks_chinese(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with speaking("zh"):
        assert quick() == 0
        said = capsys.readouterr().out
        assert quick("--horizon", "900") == 2
        assert quick("--nonsense") == 2
        assert main(["forecast", str(AIRLINE), "--horizon", "3"]) == 2
        assert main(["forecast", "--target", "x", "--horizon", "3"]) == 2
    assert "144 行（每月），1949-01 至 1960-12" in said
    assert "平均绝对误差" in said and "季节长度 12 行" in said
    rows, option, missing, file = capsys.readouterr().err.splitlines()
    assert rows.startswith("tidegate forecast: 行数太少：")
    assert option.startswith("tidegate forecast: 没有选项 --nonsense；")
    assert missing.startswith("tidegate forecast: 缺少 --target；")
    assert file.startswith("tidegate forecast: 缺少 FILE.csv；")
    out = tmp_path / "airline-passengers-forecast"
    assert (
        (out / "forecast.csv")
        .read_text()
        .startswith("date,forecast,low,high,same_season_last_time,last_value\n")
    )
    scores = json.loads((out / "scores.json").read_text(encoding="utf-8"))
    assert list(scores["scores"]) == ["LSTM", "same season last time", "last value"]


@pytest.mark.parametrize(
    ("encoding", "expected"), [("gbk", "缺少 --target"), ("ascii", "Missing option '--target'")]
)
def test_an_encoding_without_the_letters_is_no_failure(encoding: str, expected: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tidegate", "forecast", str(AIRLINE), "--horizon", "12"],
        capture_output=True, timeout=60, env=os.environ | {"PYTHONIOENCODING": encoding, "TIDEGATE_LANG": "zh"},
    )  # fmt: skip
    assert done.returncode == 2
    assert expected in done.stderr.decode(encoding)
