"""The data sets that tutorials use, read without being told anything about them."""

import numpy as np
import pytest

pytest.importorskip("polars")

from tidegate.data import find_dates, frame, read_csv, regularise
from tidegate.errors import DataError


@pytest.mark.parametrize(
    ("name", "rows", "frequency", "last", "following"),
    [
        ("airline-passengers.csv", 144, "monthly", "1960-12", "1961-01"),
        ("shampoo.csv", 36, "monthly", "3-12", "4-01"),
        ("daily-min-temperatures.csv", 3650, "daily", "1990-12-31", "1991-01-01"),
        ("pollution.csv", 43824, "hourly", "2014-12-31 23:00", "2015-01-01 00:00"),
        ("ETTh1.csv", 17420, "hourly", "2018-06-26 19:00", "2018-06-26 20:00"),
    ],
)
def test_dates_are_found(shared, name, rows, frequency, last, following):
    table = read_csv(shared(name))
    dates = find_dates(table)
    assert table.rows == rows
    dates.check_order()
    assert dates.frequency.name == frequency
    assert dates.text(dates.values[-1:]) == [last]
    assert dates.text(dates.future(1)) == [following]


def test_the_days_that_the_temperatures_lack(shared):
    table = read_csv(shared("daily-min-temperatures.csv"))
    dates = find_dates(table)
    assert [str(g.before) for g in dates.gaps()] == ["1985-01-01", "1989-01-01"]
    with pytest.raises(DataError, match=r"1 is missing between 1984-12-30 and 1985-01-01 \(line 1462\)"):
        frame(table, look_back=7)
    whole, values, added = regularise(dates.values, table.matrix(["Temp"]), dates.frequency)
    assert added == 2
    assert len(whole) == 3652
    row = int(np.searchsorted(whole, np.datetime64("1984-12-31")))
    assert values[row, 0] == pytest.approx((values[row - 1, 0] + values[row + 1, 0]) / 2)
    assert frame(values, look_back=7, dates=whole).frequency.name == "daily"
    assert len(frame(table, look_back=7, gaps="keep")) == 3643


def test_pollution_has_missing_values_and_text(shared):
    table = read_csv(shared("pollution.csv"))
    assert len(table.missing("pm2.5")) == 2067
    assert "cbwd" not in table.numeric
    with pytest.raises(DataError, match="column 'cbwd' holds no numbers; line 2 says 'NW'"):
        frame(table, look_back=24)
    with pytest.raises(DataError, match=r"Column 'pm2\.5', line 2: the value is missing"):
        frame(table, look_back=24, inputs=["TEMP"], targets="pm2.5")
    f = frame(table, look_back=24, inputs=["pm2.5", "DEWP", "TEMP"], targets="pm2.5", missing="keep")
    assert f.x.shape == (43800, 24, 3)


def test_etth1_in_its_usual_split(shared):
    month = 30 * 24
    f = frame(read_csv(shared("ETTh1.csv")), look_back=96, horizon=96)
    assert f.x.shape == (17229, 96, 7)
    train, test = f.split(at=12 * month)
    assert train.x.shape == (12 * month - 191, 96, 7)
    assert str(test.restore(test.y).dates[0, 0]) == str(f.dates[12 * month])
