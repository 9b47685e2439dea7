"""The six forms of forecasting, with numbers written by hand."""

import numpy as np
import pytest

from tidegate.data import frame
from tidegate.errors import DataError

ONE = np.arange(10.0, 100.0, 10.0)  # 10 20 ... 90
TWO = np.stack([ONE, ONE + 1], axis=1)  # 10 11, 20 21, ...


def test_one_in_one_out_one_step():
    f = frame(ONE[:7], look_back=5)
    assert f.x.shape == (2, 5, 1)
    assert f.x[:, :, 0].tolist() == [[10, 20, 30, 40, 50], [20, 30, 40, 50, 60]]
    assert f.y.tolist() == [[60], [70]]


def test_several_in_one_out_one_step():
    f = frame(TWO[:7], look_back=5, targets=0)
    assert f.x[0].tolist() == [[10, 11], [20, 21], [30, 31], [40, 41], [50, 51]]
    assert f.y.tolist() == [[60], [70]]


def test_several_in_several_out_one_step():
    f = frame(TWO[:7], look_back=5)
    assert f.x.shape == (2, 5, 2)
    assert f.y.tolist() == [[60, 61], [70, 71]]


def test_one_in_one_out_several_steps():
    f = frame(ONE, look_back=5, horizon=2)
    assert f.x.shape == (3, 5, 1)
    assert f.y.tolist() == [[60, 70], [70, 80], [80, 90]]


def test_several_in_one_out_several_steps():
    f = frame(TWO, look_back=5, horizon=2, targets=[1])
    assert f.x.shape == (3, 5, 2)
    assert f.y.tolist() == [[61, 71], [71, 81], [81, 91]]


def test_several_in_several_out_several_steps():
    f = frame(TWO, look_back=5, horizon=2)
    assert f.y.tolist()[0] == [[60, 61], [70, 71]]
    assert f.y.shape == (3, 2, 2)


def test_target_on_the_row_of_the_last_input():
    """The other reading of 'two parallel series -> 65': the sum that belongs to the last row."""
    a, b = np.array([10.0, 20, 30, 40]), np.array([15.0, 25, 35, 45])
    f = frame({"a": a, "b": b, "sum": a + b}, look_back=3, inputs=["a", "b"], targets="sum", gap=-1)
    assert f.x.tolist() == [[[10, 15], [20, 25], [30, 35]], [[20, 25], [30, 35], [40, 45]]]
    assert f.y.tolist() == [[65], [85]]
    assert f.latest().tolist() == [[[20, 25], [30, 35], [40, 45]]]
    assert f.future_dates().tolist() == [3]


def test_gap_and_stride():
    f = frame(np.arange(12.0), look_back=3, horizon=2, gap=2, stride=2)
    assert f.x[:, :, 0].tolist() == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]
    assert f.y.tolist() == [[5, 6], [7, 8], [9, 10]]
    assert f.latest()[0, :, 0].tolist() == [9, 10, 11]
    assert f.future_dates().tolist() == [14, 15]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"look_back": 5}, "Sequential([LSTM(50, input_shape=(5, 2)), Dense(2)])"),
        (
            {"look_back": 4, "targets": 0, "horizon": 3},
            "Sequential([LSTM(50, input_shape=(4, 2)), Dense(3)])",
        ),
        (
            {"look_back": 4, "horizon": 3},
            "Sequential([LSTM(50, input_shape=(4, 2)), RepeatVector(3), LSTM(50, return_sequences=True), "
            "TimeDistributed(Dense(2))])",
        ),
    ],
)
def test_expected_model(arguments, code):
    f = frame(TWO, **arguments)
    assert str(f.expected_model()) == code
    assert f.expected_model().output_shape == f.y.shape[1:]
    assert f.expected_model().input_shape == f.x.shape[1:]


def test_repr_names_the_axes():
    text = repr(frame(TWO, look_back=5, horizon=2, targets=0))
    assert "x (samples=3, timesteps=5, features=2)" in text
    assert "y (samples=3, steps ahead=2): column 0, 2 steps ahead" in text
    assert "sample 0: x 0 .. 4, y 5 .. 6" in text


def test_a_target_may_not_stand_in_its_own_input():
    with pytest.raises(DataError, match=r"column 1.*own input"):
        frame(TWO, look_back=3, targets=1, gap=-1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"look_back": 0}, "look_back as a whole number of at least 1; got 0"),
        ({"look_back": 2.0}, "look_back as a whole number of at least 1; got 2.0"),
        ({"look_back": True}, "look_back as a whole number"),
        ({"look_back": 2, "horizon": 0}, "horizon as a whole number of at least 1"),
        ({"look_back": 2, "gap": -2}, "gap as a whole number of at least -1"),
        ({"look_back": 2, "stride": 0}, "stride as a whole number"),
        (
            {"look_back": 8, "horizon": 4},
            "look_back=8 and horizon=4 need at least 12 rows .* the table has 9",
        ),
        ({"look_back": 5, "gap": 6}, "look_back=5 and horizon=1 and gap=6 need at least 12 rows"),
        ({"look_back": 2, "targets": "Sales"}, "no column 'Sales'"),
        ({"look_back": 2, "targets": 2}, "targets names column 2, but there are 2 columns"),
        ({"look_back": 2, "inputs": [0, 0]}, "inputs names column 'column 0' twice"),
        ({"look_back": 2, "inputs": 0.5}, "inputs as a name, a position, or a list of them; got 0.5"),
        ({"look_back": 2, "inputs": []}, "inputs is empty"),
        ({"look_back": 2, "missing": "drop"}, "missing 'refuse', 'keep', 'skip' or 'mask'; got 'drop'"),
        ({}, r"look_back, the past rows in one sample; got none. Instead: frame\(table, look_back=12\)"),
        ({"look_back": 2, "known": 1}, "known names 'column 1', which is to be foreseen"),
    ],
)
def test_wrong_arguments(wrong, message):
    with pytest.raises(DataError, match=message):
        frame(TWO, **wrong)
