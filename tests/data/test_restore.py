"""The way back: from predictions of the shape of y to dated values in original units."""

import numpy as np
import pytest

from tidegate.data import MinMax, Standard, frame, read_csv
from tidegate.errors import DataError

MONTHS = np.arange("2020-01", "2021-03", dtype="datetime64[M]")  # 14 of them


@pytest.mark.parametrize("scaler", [None, Standard(), MinMax()])
@pytest.mark.parametrize("horizon", [1, 3])
@pytest.mark.parametrize("targets", [["a"], ["b", "a"]])
@pytest.mark.parametrize("gap", [0, 2])
def test_restoring_y_gives_the_table_back(scaler, horizon, targets, gap):
    table = {"when": MONTHS, "a": np.arange(14.0) ** 2, "b": -np.arange(14.0)}
    f = frame(table, look_back=4, horizon=horizon, targets=targets, gap=gap)
    _, test = f.split(at=9, scaler=scaler)
    back = test.restore(test.y)
    row_of = {month: row for row, month in enumerate(MONTHS)}
    assert back.values.shape == (len(test), horizon, len(targets))
    for sample in range(len(test)):
        origin = row_of[back.origin[sample]]
        for step in range(horizon):
            row = row_of[back.dates[sample, step]]
            assert row == origin + gap + 1 + step
            for name in targets:
                assert back[name][sample, step] == pytest.approx(table[name][row])


def test_the_future_is_dated():
    f = frame({"sales": np.arange(14.0)}, look_back=3, horizon=3, dates=MONTHS)
    back = f.restore(np.array([[14.0, 15.0, 16.0]]), latest=True)
    assert f.latest().ravel().tolist() == [11, 12, 13]
    assert back.origin.astype(str).tolist() == ["2021-02"]
    assert back.dates.astype(str).tolist() == [["2021-03", "2021-04", "2021-05"]]
    assert f.future_dates().astype(str).tolist() == back.dates[0].astype(str).tolist()
    assert back["sales"].tolist() == [[14, 15, 16]]


@pytest.mark.parametrize(("gap", "first"), [(-1, "2021-02"), (0, "2021-03"), (2, "2021-05")])
def test_the_future_begins_behind_the_gap(gap, first):
    table = {"a": np.arange(14.0), "b": np.arange(14.0)}
    f = frame(table, look_back=3, inputs="a", targets="b", gap=gap, dates=MONTHS)
    assert f.future_dates().astype(str).tolist() == [first]


def test_without_dates_rows_are_numbered_across_the_split():
    _, test = frame(np.arange(10.0), look_back=3).split(at=8)
    back = test.restore(test.y)
    assert back.dates.ravel().tolist() == [8, 9]
    assert back.origin.tolist() == [7, 8]
    assert test.future_dates().tolist() == [10]


def test_a_column_named_as_the_table_names_its_own_is_refused():
    f = frame({"step": np.arange(6.0)}, look_back=3)
    back = f.restore(f.y)
    assert back["step"].ravel().tolist() == [3, 4, 5]
    with pytest.raises(DataError, match=r"other names than 'origin', 'date', 'step'; got 'step'"):
        back.to_dict()


def test_a_long_table_for_dataframes():
    f = frame({"a": np.arange(6.0)}, look_back=3, horizon=2, dates=MONTHS[:6])
    back = f.restore(f.y)
    table = back.to_dict()
    assert table["origin"].astype(str).tolist() == ["2020-03", "2020-03", "2020-04", "2020-04"]
    assert table["date"].astype(str).tolist() == ["2020-04", "2020-05", "2020-05", "2020-06"]
    assert table["step"].tolist() == [1, 2, 1, 2]
    assert table["a"].tolist() == [3, 4, 4, 5]
    polars = pytest.importorskip("polars")
    assert back.to_polars().schema["date"] == polars.Datetime("ms")
    assert back.to_polars()["a"].to_list() == [3, 4, 4, 5]
    pytest.importorskip("pandas")
    assert back.to_pandas()["date"].dt.strftime("%Y-%m").tolist() == table["date"].astype(str).tolist()


def test_forms_of_predictions():
    f = frame(np.arange(10.0), look_back=3)
    for shape in ((7, 1), (7,), (7, 1, 1)):
        assert f.restore(np.zeros(shape)).values.shape == (7, 1, 1)
    with pytest.raises(DataError, match=r"\(samples=7, targets=1\); got shape \(3, 1\)"):
        f.restore(np.zeros((3, 1)))
    with pytest.raises(DataError, match=r"\(samples=1, targets=1\); got shape \(7, 1\).*frame.latest\(\)"):
        f.restore(np.zeros((7, 1)), latest=True)
    with pytest.raises(DataError, match=r"samples=5, steps ahead=3.*got shape \(5, 2\)"):
        frame(np.arange(10.0), look_back=3, horizon=3).restore(np.zeros((5, 2)))


def test_an_unknown_column_names_the_near_ones(airline):
    f = frame(read_csv(airline), look_back=12)
    with pytest.raises(DataError, match="did you mean 'Passengers'"):
        f.restore(f.y)["Pasengers"]


def test_uneven_dates_have_no_future():
    days = np.array(
        ["2024-01-01", "2024-01-02", "2024-01-07", "2024-01-19", "2024-02-25"], dtype="datetime64[D]"
    )
    f = frame(np.arange(5.0), look_back=2, dates=days, gaps="keep")
    assert f.restore(f.y).dates.ravel().tolist() == days[2:].tolist()
    with pytest.raises(DataError, match="no fixed step"):
        f.future_dates()


def test_nothing_is_foreseen_from_a_missing_value_where_these_are_skipped():
    values = np.arange(12.0)
    values[10] = np.nan
    with pytest.raises(DataError, match="last look_back=3 rows hold a missing value, at 10"):
        frame(values, look_back=3, missing="skip").latest()
    assert frame(values, look_back=3, missing="mask").latest().ravel().tolist() == [9, -10, 11]
    values[10], values[2] = 10, np.nan
    assert frame(values, look_back=3, missing="skip").latest().ravel().tolist() == [9, 10, 11]
