"""Pictures of models, and the bar."""

from __future__ import annotations

import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tidegate import spelling
from tidegate.errors import TidegateError
from tidegate.layers import LSTM, Dense, Input
from tidegate.models import Model, Sequential
from tidegate.utils import Progbar, model_to_dot, plot_model


def branching() -> Model:
    a, b = Input((5, 1), name="a"), Input((5, 1), name="b")
    shared = LSTM(3, name="shared")
    return Model([a, b], [Dense(1, name="left")(shared(a)), Dense(2, name="right")(shared(b))])


def test_every_layer_and_every_way_is_drawn() -> None:
    drawing = model_to_dot(branching(), show_shapes=True)
    names = [lines[0].split(" ")[0] for lines in drawing.boxes]
    assert sorted(names) == ["a", "b", "left", "right", "shared", "shared"]
    ways = {(names[a], names[b]) for a, b in drawing.arrows}
    assert ways == {("a", "shared"), ("b", "shared"), ("shared", "left"), ("shared", "right")}
    assert "(None, 2)" in drawing.boxes[names.index("right")][1]


def test_the_picture_is_xml_with_a_box_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spelling, "_noted", set())
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        plot_model(branching(), to_file=tmp_path / "model.png")
    assert "model.svg" in str(said[0].message)
    root = ET.parse(tmp_path / "model.svg").getroot()
    assert len(root.findall("{*}rect")) == 6
    assert ET.fromstring(model_to_dot(branching()).create(format="svg")).tag.endswith("svg")


def test_an_argument_that_there_is_not_is_said(tmp_path: Path) -> None:
    with pytest.raises(TidegateError, match=r"got show_shape=\. Did you mean 'show_shapes'"):
        plot_model(branching(), tmp_path / "model.svg", show_shape=True)
    assert not (tmp_path / "model.svg").exists()


def test_a_model_of_unknown_shape_is_refused() -> None:
    with pytest.raises(TidegateError, match="input shape is known"):
        plot_model(Sequential([Dense(1)]))
    with pytest.raises(TidegateError, match="format='svg'"):
        model_to_dot(branching()).create(format="png")


def test_the_bar_shows_means_and_what_is_no_mean(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Progbar(4, stateful_metrics=["rate"])
    bar.update(2, [("loss", 1.0), ("rate", 8.0)])
    bar.add(2, [("loss", 3.0), ("rate", 6.0)])
    last = capsys.readouterr().out.split("\r")[-1]
    assert last.startswith("4/4 ━") and last.endswith("loss: 2.0000 - rate: 6.0000\n")
    silent = Progbar(None, verbose=0)
    silent.update(3)
    assert capsys.readouterr().out == ""
