"""What a forecast leaves behind."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate.errors import DataError, TidegateError
from tidegate.language import language, speaking
from tidegate.models import load_model
from tidegate.toolkit import Forecast, forecast, load
from tidegate.toolkit.picture import draw, figure

HOURS = np.arange("2024-02-27T00", "2024-03-08T00", dtype="datetime64[h]")
LOAD = 10 + np.sin(np.arange(len(HOURS)) * np.pi / 12) + np.random.default_rng(2).normal(0, 0.1, len(HOURS))
TABLE = {"hour": HOURS, "load": LOAD, "wind": LOAD[::-1].copy()}
PNG = b"\x89PNG\r\n\x1a\n"


def quick(table: Any = None, **options: Any) -> Forecast:
    given = {"target": "load", "horizon": 5, "epochs": 1, "units": 3, "look_back": 24, **options}
    return forecast(TABLE if table is None else table, **given)


@pytest.fixture(scope="module")
def made() -> Forecast:
    return quick(inputs=["wind"])


@pytest.fixture(scope="module")
def folder(made: Forecast, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "load-forecast"
    written = made.save(out)
    assert written == sorted(out.iterdir())
    return out


def test_the_table_holds_dates_and_values(made: Forecast, folder: Path) -> None:
    with (folder / "forecast.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["date", "forecast", "low", "high", "same_season_last_time", "last_value"]
    assert [row["date"] for row in rows] == [f"2024-03-08 0{k}:00" for k in range(5)]
    np.testing.assert_allclose([float(row["forecast"]) for row in rows], made.values, rtol=1e-5)
    np.testing.assert_allclose([float(row["last_value"]) for row in rows], LOAD[-1], rtol=1e-5)
    np.testing.assert_allclose([float(r["same_season_last_time"]) for r in rows], LOAD[-24:-19], rtol=1e-5)


def test_the_scores_are_written(made: Forecast, folder: Path) -> None:
    plain = json.loads((folder / "scores.json").read_text())
    assert plain["winner"] == made.winner
    assert plain["scores"]["LSTM"]["mae"] == made.scores["LSTM"].mae
    assert plain["held_out"]["last"] == "2024-03-07 23:00"


def test_the_picture_is_a_picture(folder: Path) -> None:
    raw = (folder / "forecast.png").read_bytes()
    assert raw.startswith(PNG)
    width, height = (int.from_bytes(raw[k : k + 4]) for k in (16, 20))
    assert width > 1000
    assert height > 600


def test_a_saved_forecast_gives_the_same_values_again(made: Forecast, folder: Path) -> None:
    again = load(folder)
    dates, values = again(TABLE)
    assert (values == made.values).all()
    assert (dates == made.dates).all()


def test_a_saved_forecast_goes_on_with_new_rows(folder: Path) -> None:
    longer = {
        "hour": np.arange("2024-02-27T00", "2024-03-08T06", dtype="datetime64[h]"),
        "load": np.append(LOAD, [10.0] * 6),
        "wind": np.append(TABLE["wind"], [9.0] * 6),
    }
    dates, values = load(folder)(longer)
    assert str(dates[0]) == "2024-03-08T06"
    assert values.shape == (5,)
    with pytest.raises(DataError, match="looks back 24 rows, and the table has 20"):
        load(folder)({name: column[:20] for name, column in longer.items()})


def test_a_folder_without_a_whole_forecast_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no forecast"):
        load(tmp_path)
    (tmp_path / "model.keras").write_bytes((folder / "model.keras").read_bytes())
    for spoilt in ("{}", "not json", '{"pipeline": 3}'):
        (tmp_path / "pipeline.json").write_text(spoilt)
        with pytest.raises(DataError, match="holds no forecast that can be read"):
            load(tmp_path)
    (tmp_path / "pipeline.json").write_text((folder / "pipeline.json").read_text())
    (tmp_path / "model.keras").write_bytes(b"no archive")
    with pytest.raises(DataError, match="holds no forecast that can be read"):
        load(tmp_path)
    (tmp_path / "model.keras").unlink()
    with pytest.raises(DataError, match=r"there is no model\.keras in it"):
        load(tmp_path)


def test_inputs_that_change_places_are_refused(tmp_path: Path) -> None:
    quick({**TABLE, "sun": LOAD * 2}, inputs=["wind", "sun"]).save(tmp_path, picture=False)
    path = tmp_path / "pipeline.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"inputs": ["sun", "wind"]}))
    with pytest.raises(DataError, match=r"expects the inputs \('wind', 'sun'\); got \('sun', 'wind'\)"):
        load(tmp_path)


def test_no_picture_of_an_earlier_forecast_stays(tmp_path: Path) -> None:
    for name in ("forecast.png", "notes.txt"):
        (tmp_path / name).write_text("of an earlier one")
    quick(horizon=2).save(tmp_path, picture=False)
    assert not (tmp_path / "forecast.png").exists() and (tmp_path / "notes.txt").exists()


def test_a_network_of_another_forecast_is_refused(folder: Path, tmp_path: Path) -> None:
    quick(horizon=2).save(tmp_path, picture=False)
    (tmp_path / "pipeline.json").write_text((folder / "pipeline.json").read_text())
    with pytest.raises(DataError, match=r"expects a network from .* to \(None, 5\); got .* to \(None, 2\)"):
        load(tmp_path)


def test_the_model_is_an_archive_of_keras(made: Forecast, folder: Path) -> None:
    again = load_model(folder / "model.keras")
    for kept, mine in zip(again.get_weights(), made.model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, mine)


def test_without_h5py_saving_says_what_to_install(made: Forecast, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(TidegateError, match=r"h5py.*pip install"):
        made.save(tmp_path / "out", picture=False)
    assert not list(tmp_path.iterdir())


def test_an_error_while_drawing_leaves_nothing(made: Forecast, tmp_path: Path, monkeypatch: Any) -> None:
    def fail(*_: Any) -> None:
        raise TidegateError("no ink")

    monkeypatch.setattr("tidegate.toolkit.picture.draw", fail)
    with pytest.raises(TidegateError, match="no ink"):
        made.save(tmp_path / "out")
    assert not list(tmp_path.iterdir())


def lines(made: Forecast) -> dict[str, Any]:
    return {line.get_label(): line for line in figure(made).axes[0].get_lines()}


def test_the_picture_shows_each_forecast_at_its_dates(made: Forecast) -> None:
    shown = lines(made)
    assert {"load", "LSTM", "same season last time", "last value"} <= set(shown)
    last = shown["LSTM"]
    assert (last.get_xdata(orig=True) == HOURS[-5:]).all()
    assert (last.get_ydata() == made.held_out.forecasts["LSTM"][-1]).all()


def test_the_picture_is_labelled_in_chinese(made: Forecast) -> None:
    with speaking("zh"):
        drawn = figure(made)
    above, below = drawn.axes
    assert {"load", "LSTM", "上一季节的同期值", "最后一个值"} <= set(above.get_legend_handles_labels()[1])
    assert above.get_title(loc="left").startswith("load：")
    assert below.get_title(loc="left").startswith("留出部分的平均绝对误差")


def test_without_a_chinese_font_the_picture_is_english_and_says_so(
    made: Forecast, tmp_path: Path, monkeypatch: Any
) -> None:
    spoken: list[str] = []

    def drawn(forecast: Forecast) -> Any:
        spoken.append(language())
        return figure(forecast)

    monkeypatch.setattr("tidegate.toolkit.picture.FONTS", ())
    monkeypatch.setattr("tidegate.toolkit.picture.figure", drawn)
    with speaking("zh"), pytest.warns(RuntimeWarning, match="英文"):
        draw(made, tmp_path / "picture.png")
    assert spoken == ["en"]


@pytest.mark.parametrize(
    "options",
    [
        {"horizon": 1},
        {"table": {"load": LOAD}},
        {"table": {"hour": np.arange("0001-01", "0021-01", dtype="datetime64[M]"), "load": LOAD}},
        {"table": {"hour": HOURS, "load": np.zeros(len(HOURS))}},
    ],
    ids=["one step", "no dates", "years before the calendar", "all zero"],
)
def test_odd_forecasts_are_drawn_and_written_too(options: dict[str, Any], tmp_path: Path) -> None:
    quick(**options).save(tmp_path)
    assert (tmp_path / "forecast.png").read_bytes().startswith(PNG)
    with (tmp_path / "forecast.csv").open() as file:
        assert len(file.readlines()) == 1 + options.get("horizon", 5)
