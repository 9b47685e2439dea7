"""Pictures show what is there, at one sample and at ten million, and stay small."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tidegate.data import frame
from tidegate.errors import DataError
from tidegate.explaining import Picture, pictures
from tidegate.explaining.pictures.networks import Stage

SVG = "{http://www.w3.org/2000/svg}"
TABLE = {
    "day": np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]"),
    "sold": np.arange(60.0) + 100,
    "price": np.arange(60.0) / 8,
}


def words(picture: Picture) -> list[str]:
    """Return what is written in a picture, and check that all of it lies on the card."""
    root = ElementTree.fromstring(picture.svg)
    width, height = float(root.get("width") or 0), float(root.get("height") or 0)
    for box in root.iter(f"{SVG}rect"):
        assert float(box.get("x") or 0) + float(box.get("width") or 0) <= width
        assert float(box.get("y") or 0) + float(box.get("height") or 0) <= height
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


def test_windows_show_rows_as_they_stand() -> None:
    found = words(pictures.windows(frame(TABLE, look_back=4, horizon=2, targets="sold")))
    for text in ("2024-01-01", "100", "sample 0", "sample 2", "4 timesteps", "55 in all"):
        assert text in found
    assert "y (samples=55, steps ahead=2): sold" in found


def test_long_windows_leave_rows_out() -> None:
    f = frame(TABLE, look_back=30, horizon=10)
    found = words(pictures.windows(f))
    assert "⋮" in found
    assert f.label(29) in found  # the last row of sample 0
    assert f.label(39) in found  # its last target
    assert f.label(15) not in found


def test_ten_million_samples_make_a_small_picture() -> None:
    f = frame(np.zeros((10_000_000, 7), np.float32), look_back=96, horizon=24)
    for picture in (pictures.windows(f), pictures.block(f.x, f.inputs), pictures.forms(f)):
        assert len(picture.svg) < 60_000
    assert "samples = 9,999,881" in words(pictures.block(f.x))


def test_one_sample() -> None:
    f = frame(np.arange(5.0), look_back=4)
    assert "sample 0" in words(pictures.windows(f))
    assert "the one sample" in words(pictures.block(f.x))


def test_a_target_on_the_row_of_the_last_input() -> None:
    picture = pictures.windows(frame(TABLE, look_back=3, inputs="price", targets="sold", gap=-1))
    assert words(picture).count("y") == 3  # one for each sample drawn
    boxes = [node.attrib for node in ElementTree.fromstring(picture.svg).iter(f"{SVG}rect")]
    x, y = (next(b for b in boxes if b["class"].startswith(kind)) for kind in ("input", "target"))
    bottom = [float(b["y"]) + float(b["height"]) for b in (x, y)]
    assert bottom[0] == bottom[1]  # both end with the same row
    assert float(y["x"]) >= float(x["x"]) + float(x["width"])  # and stand beside one another


@pytest.mark.parametrize("horizon", [1, 6])
@pytest.mark.parametrize("targets", [["sold"], ["sold", "price"]])
def test_the_form_of_a_frame_is_marked_once(horizon: int, targets: list[str]) -> None:
    found = words(pictures.forms(frame(TABLE, look_back=3, horizon=horizon, targets=targets)))
    assert found.count("this one") == 1
    assert f"Dense({horizon})" in found


def test_return_sequences_gives_an_output_at_each_step() -> None:
    found = words(pictures.return_sequences(4, 1, 50))
    assert found.count("y") == 1
    assert [f"y[{k}]" for k in range(4)] == [t for t in found if t.startswith("y[")]


def test_an_open_number_of_steps_is_drawn() -> None:
    stage = Stage("LSTM(3)", (None, 3), ("samples", "units"), "recurrent")
    found = words(pictures.unrolled((None, None, 2), ("samples", "timesteps", "features"), [stage]))
    assert "x[T-1]" in found
    assert "(samples=any, timesteps=any, features=2)" in found


def test_a_mask_shows_each_step() -> None:
    x = np.array([[0, 0, 7], [5, 6, 8]])
    picture = pictures.mask(x, x > 0)
    assert picture.svg.count("stroke-dasharray") == 2 + 1  # the steps left out, and the legend
    assert {"7", "5", "6", "8"} <= set(words(picture))


def test_heat_maps_of_long_sequences_are_thinned() -> None:
    values = np.sin(np.arange(2 * 5000 * 200).reshape(2, 5000, 200))
    assert len(pictures.gates({"h": values}).svg) < 3_000_000


def test_pictures_follow_light_and_dark() -> None:
    assert "prefers-color-scheme: dark" in pictures.return_sequences().svg


def test_a_picture_that_cannot_be_written(tmp_path: Path) -> None:
    pictures.return_sequences().save(tmp_path / "p.svg")
    with pytest.raises(DataError, match="cannot be written"):
        pictures.return_sequences().save(tmp_path / "none" / "p.svg")
