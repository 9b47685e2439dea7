"""`tidegate explain`: tables and kept models, on the terminal and as a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidegate.cli.main import main
from tidegate.layers import LSTM, Dense
from tidegate.models import Sequential

AIRLINE = Path(__file__).parents[2] / "examples" / "airline-passengers.csv"


def test_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("polars")
    assert main(["explain", str(AIRLINE)]) == 0
    assert "dates 1949-01 to 1960-12, monthly" in capsys.readouterr().out
    assert main(["explain", str(AIRLINE), "--look-back", "12", "--horizon", "3"]) == 0
    assert "x (samples=130, timesteps=12, features=1)" in capsys.readouterr().out


def test_a_page_with_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("polars")
    page = tmp_path / "page.html"
    assert main(["explain", str(AIRLINE), "--look-back", "12", "--save", str(page)]) == 0
    assert page.read_text(encoding="utf-8").count("<svg ") == 3
    assert capsys.readouterr().out == f"{page}\n"


def test_a_kept_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("h5py")
    Sequential([LSTM(50, input_shape=(12, 1)), Dense(1)]).save(tmp_path / "m.keras")
    assert main(["explain", str(tmp_path / "m.keras")]) == 0
    assert "4 gates × 50 × (1 + 50 + 1)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "the following arguments are required: FILE"),
        (["none.csv"], "none.csv"),
        (["none.keras"], "none.keras"),
        ([str(AIRLINE), "--look-back", "x"], "invalid int value"),
        ([str(AIRLINE), "--look-back", "500"], "need at least 501 rows"),
        ([str(AIRLINE), "--look-back", "5", "--target", "Passenger"], "did you mean 'Passengers'"),
        ([str(AIRLINE), "--save", "/nowhere/page.html"], "cannot be written"),
    ],
)
def test_mistakes_are_said_in_one_line(
    args: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("polars")
    assert main(["explain", *args]) == 2
    said = capsys.readouterr().err
    assert message.lower() in said.lower()
    assert said.count("\n") == 1
