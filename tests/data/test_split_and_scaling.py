"""Nothing of the test part is learned from: neither by windows nor by scalers."""

import datetime
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data import MinMax, Scaler, Standard, frame
from tidegate.errors import DataError


@given(
    rows=st.integers(12, 60),
    look_back=st.integers(1, 5),
    horizon=st.integers(1, 4),
    gap=st.integers(-1, 3),
    stride=st.integers(1, 3),
    at=st.integers(1, 59),
)
def test_no_window_crosses_the_split(rows, look_back, horizon, gap, stride, at):
    number = np.arange(float(rows))  # each value is the number of its row
    spans = {"look_back": look_back, "horizon": horizon, "gap": gap, "stride": stride}
    f = frame({"a": number, "b": number}, inputs="a", targets="b", **spans)
    need = max(look_back, look_back + gap + horizon)
    at = min(at, rows - 1)
    if at < need or rows - at < horizon:
        with pytest.raises(DataError, match="too few for one sample"):
            f.split(at)
        return
    train, test = f.split(at)
    assert max(train.x.max(), train.y.max()) < at
    assert test.y.min() >= at
    assert np.array_equal(
        test.x[:, -1, 0] + gap + 1, test.y[:, 0]
    )  # each target still follows its own window
    if stride == 1 and gap >= 0:
        assert test.y.min() == at
        assert len(train) == at - need + 1


def test_split_by_row_share_and_date():
    days = np.arange("2024-01-01", "2024-01-11", dtype="datetime64[D]")
    f = frame(np.arange(10.0), look_back=2, dates=days)
    for at in (7, -3, 0.7, "2024-01-08", datetime.date(2024, 1, 8), np.datetime64("2024-01-08"), np.int64(7)):
        train, test = f.split(at)
        assert train.y.ravel().tolist() == [2, 3, 4, 5, 6]
        assert test.y.ravel().tolist() == [7, 8, 9]
        assert str(test.dates[0]) == "2024-01-06"


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (0, "a row from 1 to 9; got 0"),
        (10, "a row from 1 to 9"),
        (1.5, "a share between 0 and 1; got 1.5"),
        ("2024-01-05", "the rows have none"),
        (None, "a row number, a share or a date; got None"),
        (2, "leaves 2 rows for the training part, too few"),
    ],
)
def test_wrong_splits(at, message):
    with pytest.raises(DataError, match=message):
        frame(np.arange(10.0), look_back=3).split(at)


@pytest.mark.parametrize("kind", [Standard, MinMax])
def test_a_scaler_learns_from_the_training_rows_alone(kind):
    table = np.concatenate([np.arange(8.0), [1e6, 1e6]])
    train, test = frame(table, look_back=2).split(at=8, scaler=kind())
    alone = kind().fit(table[:8, None])
    assert np.array_equal(train.scaler.offset, alone.offset)
    assert np.array_equal(train.scaler.factor, alone.factor)
    assert test.scaler is train.scaler
    assert np.allclose(test.restore(test.y).values.ravel(), [1e6, 1e6])
    assert table[0] == 0  # the given table is untouched
    assert table[9] == 1e6


def test_standard_and_min_max_by_hand():
    table = np.array([[1.0, 10.0], [3.0, 30.0]])
    standard = Standard().fit(table, ["a", "b"])
    assert standard.transform(table).tolist() == [[-1, -1], [1, 1]]
    assert standard.transform(np.array([[40.0]]), ["b"]).tolist() == [[2.0]]
    assert standard.inverse(np.array([[2.0, 2.0]]), ["b", "a"]).tolist() == [[40.0, 4.0]]
    small = MinMax(-1, 1).fit(table, ["a", "b"])
    assert small.transform(table).tolist() == [[-1, -1], [1, 1]]
    assert small.inverse(np.array([[0.0, 0.0]])).tolist() == [[2.0, 20.0]]


@pytest.mark.parametrize("kind", [Standard, MinMax])
def test_missing_values_and_constant_columns(kind):
    table = np.array([[1.0, 5.0], [np.nan, 5.0], [3.0, 5.0]])
    scaler = kind().fit(table)
    scaled = scaler.transform(table)
    assert np.isnan(scaled[1, 0])
    assert np.isfinite(scaled[:, 1]).all()
    assert np.allclose(scaler.inverse(scaled), table, equal_nan=True)


@pytest.mark.parametrize("kind", [Standard, MinMax])
def test_a_constant_whose_mean_is_rounded_is_only_shifted(kind):
    scaler = kind().fit(np.full(3, 0.1))  # whose standard deviation in float64 is 1e-17
    assert np.allclose(scaler.transform(np.array([[0.1], [0.3]])), [[0.0], [0.2]])


def test_min_max_sends_a_constant_to_its_low_end():
    assert MinMax(2, 4).fit(np.array([7.0, 7.0])).transform(np.array([[7.0]])).tolist() == [[2.0]]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.sampled_from([Standard, MinMax]))
def test_inverse_undoes_transform(values, kind):
    table = np.array(values)[:, None]
    scaler = kind().fit(table)
    assert np.allclose(scaler.inverse(scaler.transform(table)), table, rtol=1e-9, atol=1e-6)


def test_float32_stays_float32():
    table = np.arange(6, dtype=np.float32)[:, None]
    assert Standard().fit(table).transform(table).dtype == np.float32


def test_a_scaler_survives_json():
    scaler = MinMax(-1, 1).fit(np.array([[1.0, 2.0], [5.0, 9.0]]), ["a", "b"])
    again = Scaler.from_dict(json.loads(json.dumps(scaler.to_dict())))
    assert type(again) is MinMax
    assert (
        again.transform(np.array([[3.0, 4.0]])).tolist() == scaler.transform(np.array([[3.0, 4.0]])).tolist()
    )
    with pytest.raises(DataError, match=r"kind 'Standard' or 'MinMax'; got 'os.system'"):
        Scaler.from_dict({"kind": "os.system", "names": [], "offset": [], "factor": []})


@pytest.mark.parametrize(("name", "value"), [("factor", 0.0), ("offset", float("nan"))])
def test_numbers_that_scale_nothing_are_refused(name, value):
    plain = Standard().fit(np.array([[1.0], [5.0]])).to_dict() | {name: [value]}
    with pytest.raises(DataError, match="expects finite numbers, and no factor of 0"):
        Scaler.from_dict(plain)


def test_wrong_uses_of_a_scaler():
    with pytest.raises(DataError, match=r"Standard\(\)\.fit\(training_rows, names\) first"):
        Standard().transform(np.zeros((2, 1)))
    fitted = Standard().fit(np.arange(4.0)[:, None], ["Sales"])
    with pytest.raises(DataError, match="did you mean 'Sales'"):
        fitted.inverse(np.zeros((2, 1)), ["sales"])
    with pytest.raises(DataError, match=r"1 column on the last axis; got shape \(2, 3\)"):
        fitted.transform(np.zeros((2, 3)))
    with pytest.raises(DataError, match="holds no value to learn from"):
        Standard().fit(np.full((3, 1), np.nan))
    with pytest.raises(DataError, match="low < high"):
        MinMax(1, 1)
    with pytest.raises(DataError, match="scaled already"):
        frame(np.arange(9.0), look_back=2).split(6, scaler=Standard())[0].scaled(fitted)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            lambda: frame(np.arange(9.0), look_back=2).split(0.7, scaler=Standard),
            r"scaler=Standard\(\) or MinMax",
        ),
        (lambda: frame(np.arange(9.0), look_back=2).split(0.7, scaler="x"), r"scaler=Standard\(\) or MinMax"),
        (lambda: frame(np.arange(4.0), look_back=2).restore([["a"], ["b"]]), "holds text: 'a' in row 0"),
        (lambda: Standard().fit([["a"]]), "Standard holds text: 'a' in row 0"),
        (lambda: MinMax("a", "b"), "low < high; got low=a"),
    ],
)
def test_what_is_no_scaler_or_no_number_is_refused(wrong, said):
    with pytest.raises(DataError, match=said):
        wrong()
