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


SCRIPT = """import numpy as np
from keras.layers import LSTM, Dense, Embedding
from keras.models import Sequential
codes = np.array([[1, 2, 3], [3, 2, 1]] * 10)
kinds = np.eye(3)[[0, 2] * 10]
model = Sequential([Embedding(4, 2, mask_zero=True), LSTM(3, go_backwards=True), Dense(3, activation="softmax")])
model.compile("sgd", "categorical_crossentropy")
model.fit(codes, kinds, batch_size=4, epochs=2, validation_split=0.2)  # twenty of them
model.fit(codes, kinds)
other = Sequential([LSTM(2, input_shape=(3, 1))])
print(other.predict(codes[..., None]).shape)
"""


def test_the_models_of_a_script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.py").write_text(SCRIPT)
    fit = Sequential.fit
    assert main(["explain", str(tmp_path / "s.py")]) == 0
    assert Sequential.fit is fit
    said = capsys.readouterr().out
    first, second = said.split("s.py, line ")[1:]
    assert first.startswith("8: model.fit(codes, kinds, batch_size=4, epochs=2, validation_split=0.2)\n")
    for line in (
        "takes (samples=any, timesteps=3)",
        "looks up 2 numbers for each code; steps of code 0 do not count",
        "with gates that decide what stays; begins at the last step",
        "gives 3 weighted sums of all features; softmax turns them into shares",
        "2 epochs of 16 samples in batches of 4: 4 steps each",
        "the model sees 1, 2, 3 and should answer class 0 (one-hot)",
        "Answering the share of each class every time costs a loss of 0.693",
    ):
        assert line in first, line
    assert second.startswith("11: print(other.predict(")
    assert "(20, 2)\n" not in said


def test_a_script_that_trains_batch_by_batch_and_sets_its_output_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "s.py"
    script.write_text(
        "import sys\nimport numpy as np\nfrom keras import Sequential, layers\n"
        "sys.stdout.reconfigure(encoding='utf-8')\n"
        "model = Sequential([layers.Dense(1, input_shape=(2,))])\nmodel.compile('sgd', 'mse')\n"
        "model.train_on_batch(np.zeros((4, 2)), np.zeros(4))\n"
    )
    assert main(["explain", str(script)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("s.py, line 7: model.train_on_batch(")
    assert "gives one weighted sum" in said and "epoch" not in said


def test_a_script_without_a_model_and_one_that_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "s.py"
    script.write_text("print('hello')")
    assert main(["explain", str(script)]) == 2
    assert "uses no model" in capsys.readouterr().err
    script.write_text("import keras\nkeras.nothing")
    assert main(["explain", str(script)]) == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "the following arguments are required: FILE"),
        (["none.csv"], "none.csv"),
        (["none.keras"], "none.keras"),
        ([str(AIRLINE), "--look-back", "x"], "invalid int value"),
        ([str(AIRLINE), "--look-back", "500"], "need at least 501 rows"),
        ([str(AIRLINE), "--look-back", "5", "--target", "Passenger"], "did you mean 'Passengers'"),
        ([str(AIRLINE), "--horizon", "3", "--target", "x"], "--horizon, --target go with --look-back N"),
        (["m.keras", "--look-back", "3"], "--look-back cut a table into samples; m.keras is none"),
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
