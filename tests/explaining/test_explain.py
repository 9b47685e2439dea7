"""What `explain` says is true of the thing, and its proposals run."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import tidegate
from tidegate import explain
from tidegate.data import MinMax, Table, frame, read_csv
from tidegate.errors import ArgumentError
from tidegate.explaining import Explanation
from tidegate.explaining.words import amount
from tidegate.language import speaking
from tidegate.layers import GRU, LSTM, Bidirectional, Dense, Embedding, RepeatVector, TimeDistributed
from tidegate.models import Sequential

AIRLINE = Path(__file__).parents[2] / "examples" / "airline-passengers.csv"


def airline() -> Table:
    pytest.importorskip("polars")
    return read_csv(AIRLINE)


def test_a_frame_is_told_with_its_dates_and_values() -> None:
    text = explain(frame(airline(), look_back=12)).text
    assert "132 samples cut from 144 rows" in text
    assert "sees 1949-01 to 1949-12\n    Passengers: 112, 118, 132, …, 104, 118" in text
    assert "is to foresee 1950-01\n    Passengers: 115" in text
    assert "Sequential([LSTM(50, input_shape=(12, 1)), Dense(1)])" in text


def test_a_scaled_frame_is_told_in_the_units_of_the_table() -> None:
    part = frame(airline(), look_back=3).split(0.8, scaler=MinMax())[0]
    assert "Passengers: 112, 118, 132" in explain(part).text


def test_the_frame_proposed_for_a_table_runs() -> None:
    table = airline()
    code = explain(table).sections[-1].code
    assert code == "tidegate.frame(table, look_back=12)"
    assert eval(code, {"tidegate": tidegate, "table": table}).x.shape == (132, 12, 1)


@pytest.mark.parametrize(
    "x",
    [np.arange(40.0), np.random.default_rng(0).integers(0, 25, (30, 7)), np.ones((50, 3)), np.arange(2.0)],
    ids=lambda x: str(x.shape),
)
def test_what_is_proposed_for_an_array_gives_the_shape_it_says(x: np.ndarray) -> None:
    (section,) = explain(x).sections
    rows = [tuple(row) for row in section.table[1:]]
    assert len(rows) >= 2
    for _, code, shape in rows:
        if code.startswith("Embedding"):
            layer = eval(code, {"Embedding": Embedding})
            found = layer(x).shape
        else:
            found = eval(code, {"tidegate": tidegate, "x": x}).shape
        names = ("samples", "timesteps", "features")
        assert shape == f"({', '.join(f'{n}={d}' for n, d in zip(names, found, strict=True))})"


def test_samples_are_told_with_their_first_steps() -> None:
    text = explain(np.arange(24.0).reshape(2, 4, 3) * 10).text
    assert "sample 0: t=0 [0, 10, 20], t=1 [30, 40, 50], t=2 [60, 70, 80] …" in text
    assert "values from 0 to 230: scaled" in text
    assert "LSTM(50, input_shape=(4, 3))" in text


def test_nan_is_told_where_it_first_stands() -> None:
    x = np.zeros((3, 4, 2))
    x[1, 2, 0] = np.nan
    assert "NaN or infinite first at sample 1, step 2" in explain(x).text


def test_one_step_of_many_features_is_pointed_out() -> None:
    assert "x.transpose(0, 2, 1)" in explain(np.zeros((5, 1, 8))).text


def test_strings_and_ragged_lists() -> None:
    assert "a=1, b=2, c=3" in explain(["abc", "ca"]).text
    assert "-10 fills up shorter sequences" in explain([[1.0], [2.0, 3.0]]).text


def test_a_model_is_told_with_formulas_that_count_right() -> None:
    model = Sequential(
        [
            Embedding(25, 16, input_length=9, mask_zero=True),
            Bidirectional(LSTM(32, return_sequences=True)),
            GRU(20),
            RepeatVector(3),
            LSTM(8, return_sequences=True),
            TimeDistributed(Dense(2, activation="softmax")),
        ]
    )
    table = explain(model).sections[0].table
    counted = 0
    for (_, _, weights, _), layer in zip(table[1:], model.layers, strict=True):
        if layer.weights:
            count, formula = weights.split(" = ")
            value = eval(formula.replace("×", "*").replace(" gates", ""))
            assert value == int(count.replace(",", "")) == layer.count_params(), layer.name
            counted += value
    assert counted == model.count_params()


def test_the_work_of_a_layer_is_its_products() -> None:
    model = Sequential([LSTM(50, input_shape=(12, 1)), Dense(1)])
    table = explain(model).sections[0].table
    assert table[1][3] == "122 thousand"  # 12 steps of 4 × 50 × (1 + 50)
    assert table[2][3] == "50"


def test_a_model_that_has_no_shape_yet_says_how_it_gets_one() -> None:
    assert "model.build((None, 10, 1))" in explain(Sequential([LSTM(4), Dense(1)])).text
    assert "has no layers yet" in explain(Sequential()).text


def test_explaining_leaves_the_model_as_it_was() -> None:
    model = Sequential([LSTM(4, input_shape=(5, 1)), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.zeros((4, 5, 1)), np.zeros(4), verbose=0)
    plan, before = model.plan, model.get_weights()
    explain(model, np.zeros((4, 5, 1)), np.zeros(4))
    assert model.history is not None
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    explain(model)
    assert model.plan is not None
    assert plan is not None


def test_data_beside_a_model() -> None:
    model = Sequential([LSTM(4, input_shape=(5, 1)), Dense(1)])
    x = np.zeros((40, 5, 1))
    assert "the model gives (1,) for a sample" in explain(model, x).text
    model.compile("sgd", "mse")
    assert "fit together" in explain(model, x, np.zeros(40)).text
    wrong = explain(model, x, np.zeros((40, 5))).text
    assert "They do not fit" in wrong
    assert "`Dense(5)` in place of Dense" in wrong


@pytest.mark.parametrize("thing", [None, 3, "text", len, 2.5, True])
def test_what_cannot_be_explained_is_refused(thing: object) -> None:
    with pytest.raises(ArgumentError, match="explain expects a table, array, frame, layer or model"):
        explain(thing)


def test_every_picture_is_whole_and_a_page_holds_them_all(tmp_path: Path) -> None:
    table = {"a": np.arange(30.0), "b": np.arange(30.0) ** 2}
    model = Sequential([LSTM(4, input_shape=(5, 2)), Dense(1)])
    things = [frame(table, look_back=5), model, LSTM(3), ["abc", "d"], np.zeros((3, 4, 5))]
    for thing in things:
        found = explain(thing)
        assert isinstance(found, Explanation)
        assert found.pictures
        for picture in found.pictures:
            ElementTree.fromstring(picture.svg)
        page = tmp_path / "page.html"
        found.save(page)
        assert page.read_text(encoding="utf-8").count("<svg ") == len(found.pictures)
        assert found._repr_html_().count("<svg ") == len(found.pictures)


@pytest.mark.parametrize(
    ("loss", "y", "least"),
    [
        ("mse", [[0.0], [2.0]], 1.0),
        ("mae", [[0.0], [0.0], [3.0]], 1.0),
        ("binary_crossentropy", [[0.0], [1.0], [1.0], [1.0]], 0.562),
        ("sparse_categorical_crossentropy", [0, 1, 2, 2], 1.04),
    ],
)
def test_the_loss_of_who_does_not_look_at_x(loss: str, y: Any, least: float) -> None:
    model = Sequential(
        [LSTM(2, input_shape=(3, 1)), Dense(3 if loss.startswith("sparse") else 1, activation="sigmoid")]
    )
    model.compile("sgd", loss)
    said = explain(model, np.zeros((len(y), 3, 1)), np.array(y)).text
    assert f"costs a loss of {least:g};" in said


def test_large_counts_are_chinese_in_chinese() -> None:
    assert [amount(n) for n in (950, 45_000, 7.4e6)] == ["950", "45 thousand", "7.4 million"]
    with speaking("zh"):
        assert [amount(n) for n in (950, 45_000, 7.4e6, 5.77e7)] == ["950", "4.5 万", "740 万", "5,770 万"]


@pytest.mark.parametrize("ran", [False, True])
def test_a_stateful_model_is_tried_with_the_batches_that_it_takes(ran: bool) -> None:
    model = Sequential([LSTM(2, stateful=True, batch_input_shape=(4, 3, 1)), Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((12, 3, 1)), np.ones(12)
    if ran:
        model.fit(x, y, batch_size=4, verbose=0)
    text = explain(model, x, y).text
    assert "fit together" in text and "in batches of 4: 3 steps" in text
    assert "x fits" in explain(model, x).text
    assert "do not fit: LSTM" in explain(model, x[:10], y[:10]).text


def test_sample_0_of_a_table_is_its_first_row_whatever_its_label() -> None:
    pd = pytest.importorskip("pandas")
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    x = pd.DataFrame({"a": [1.0, 2, 3], "b": [4.0, 5, 6]}, index=[2, 1, 0])
    y = pd.Series([7.0, 8, 9], index=[2, 1, 0])
    assert "sees 1, 4 and should answer 7" in explain(model, x, y).text


@pytest.mark.parametrize("compiled", [False, True])
def test_explaining_leaves_the_states_of_a_model_as_they_are(compiled: bool) -> None:
    model = Sequential([LSTM(2, stateful=True, batch_input_shape=(4, 3, 1)), Dense(1)])
    if compiled:
        model.compile("sgd", "mse")
    x, y = np.ones((4, 3, 1)), np.ones(4)
    first = model.predict(x, batch_size=4, verbose=0)
    second = model.predict(x, batch_size=4, verbose=0)
    model.reset_states()
    assert "fit" in explain(model, x, y).text
    np.testing.assert_array_equal(model.predict(x, batch_size=4, verbose=0), first)
    explain(model, x, y)
    np.testing.assert_array_equal(model.predict(x, batch_size=4, verbose=0), second)
