"""Rows at uneven dates become one row for each step of the clock or calendar."""

import datetime

import numpy as np
import pytest

import tidegate
from tidegate.data import frame
from tidegate.data.even import evened, likely_step, step_of
from tidegate.errors import DataError


def minutes(*numbers):
    return np.datetime64("2024-03-01T00:00") + np.array(numbers, "timedelta64[m]")


METER = {"time": minutes(3, 17, 64, 66, 128, 170, 175, 250), "level": np.array([1.0, 3, 4, 6, 8, 9, 13, 20])}


@pytest.mark.parametrize(
    ("written", "name", "short"),
    [
        ("1h", "hourly", "1h"),
        ("15min", "every 15 minutes", "15min"),
        ("30 Seconds", "every 30 seconds", "30s"),
        ("day", "daily", "1d"),
        ("2 weeks", "every 2 weeks", "2w"),
        ("month", "monthly", "1mo"),
        ("quarter", "quarterly", "3mo"),
        (datetime.timedelta(hours=6), "every 6 hours", "6h"),
        (np.timedelta64(90, "s"), "every 90 seconds", "90s"),
    ],
)
def test_steps_as_people_write_them(written, name, short):
    assert step_of(written).name == name
    assert step_of(written).short == short
    assert step_of(short) == step_of(written)


@pytest.mark.parametrize("wrong", ["", "0h", "1x", "m", 3, datetime.timedelta(0), None])
def test_what_is_no_step(wrong):
    with pytest.raises(DataError, match="every as a step of time: '1h', '15min'"):
        step_of(wrong)


@pytest.mark.parametrize(
    ("dates", "short"),
    [
        (minutes(0, 61, 118, 190), "1h"),
        (minutes(0, 9, 21, 30), "10min"),
        (np.array(["2024-01-03", "2024-02-11", "2024-03-02"], "M8[D]"), "1mo"),
        (np.array(["2024-01-03", "2024-01-04", "2024-01-05", "2024-01-09"], "M8[D]"), "1d"),
    ],
)
def test_the_usual_step_nearest_to_the_dates(dates, short):
    assert likely_step([dates]).short == short


def test_each_step_is_the_mean_or_the_last_of_its_rows():
    dates, values, first = evened(METER["time"], METER["level"][:, None], step_of("1h"), "mean")
    assert dates.astype(str).tolist() == [f"2024-03-01T0{h}:00" for h in (0, 1, 2, 4)]
    assert values.ravel().tolist() == [2, 5, 10, 20]
    assert first.tolist() == [0, 2, 4, 7]
    last = evened(METER["time"], METER["level"][:, None], step_of("1h"), "last")[1]
    assert last.ravel().tolist() == [3, 6, 13, 20]


def test_what_is_missing_is_left_out_of_a_step():
    values = np.array([[np.nan, 1], [4, np.nan], [np.nan, 2], [np.nan, np.nan]])
    for how in ("mean", "last"):
        found = evened(minutes(1, 2, 61, 62), values, step_of("1h"), how)[1]
        np.testing.assert_array_equal(found, [[4, 1], [np.nan, 2]])


def test_steps_begin_on_the_calendar():
    days = np.array(["2024-02-29", "2024-03-01", "2024-03-31", "2024-04-07"], "M8[D]")
    ones = np.ones((4, 1))
    assert evened(days, ones, step_of("month"), "mean")[0].astype(str).tolist() == [
        "2024-02-01", "2024-03-01", "2024-04-01"
    ]  # fmt: skip
    mondays = evened(days, ones, step_of("week"), "mean")[0]
    assert mondays.astype(str).tolist() == ["2024-02-26", "2024-03-25", "2024-04-01"]


def test_steps_without_a_row_are_gaps():
    with pytest.raises(
        DataError, match=r"hourly, but 1 is missing between 2024-03-01 02:00 and 2024-03-01 04:00"
    ):
        frame(METER, look_back=2, every="1h")
    f = frame(METER, look_back=2, every="1h", gaps="fill")
    assert f.values.ravel().tolist() == [2, 5, 10, 15, 20]
    assert f.frequency.name == "hourly"
    assert f.notes == (
        "8 rows brought to 4, hourly: the mean of each step",
        "1 row put in where dates were missing, by straight lines",
    )
    assert len(frame(METER, look_back=2, every="1h", gaps="skip")) == 1


def test_the_step_may_be_found():
    assert frame(METER, look_back=2, every="found", gaps="keep").frequency.short == "30min"


def test_rows_are_sorted_and_dates_may_repeat():
    table = {"time": minutes(70, 5, 5, 130), "level": np.array([7.0, 1, 3, 9])}
    f = frame(table, look_back=1, every="1h")
    assert f.values.ravel().tolist() == [2, 7, 9]
    assert f.notes[0] == "rows were sorted by date"


def test_each_series_is_brought_to_the_step_by_itself():
    table = {
        "pump": ["a", "b"] * 4,
        "time": np.repeat(minutes(1, 59, 61, 130), 2),
        "level": [1.0, 10, 3, 30, 5, 50, 7, 70],
        "state": ["on", "off", "off", "on", "on", "off", "on", "on"],
    }
    f = frame(table, look_back=1, series="pump", every="1h", text="codes")
    assert f.values.ravel().tolist() == [2, 5, 7, 20, 50, 70]
    assert f.words[0].decode(f.words[0].codes) == [
        "off",
        "on",
        "on",
        "on",
        "off",
        "on",
    ]  # the last of each step
    assert f.segments.tolist() == [[0, 3], [3, 6]]


def test_working_days_stay_working_days():
    days = np.datetime64("2024-01-01") + np.array([k for k in range(21) if k % 7 < 5])
    times = np.concatenate([days + np.timedelta64(h, "h") for h in (9, 15)])
    f = frame({"t": times, "v": np.arange(30.0)}, look_back=3, every="day")
    assert f.frequency.name == "every working day"


def test_a_step_that_holds_no_value_is_refused_by_its_date():
    table = {"time": minutes(1, 65, 125), "a": [1.0, np.nan, 3], "b": [1.0, 2, 3]}
    with pytest.raises(DataError, match="'a', 2024-03-01 01:00: the value is missing"):
        frame(table, look_back=1, every="1h")


def test_every_needs_dates():
    with pytest.raises(DataError, match="dates, as every is given; got none"):
        frame(np.arange(9.0), look_back=2, every="1h")


def test_dates_beside_their_step_are_answered_with_every():
    days = np.arange("2024-01-01", "2024-01-12", dtype="M8[h]")[::24] + np.array([0] * 9 + [5, 0])
    table = {"day": days, "sold": np.arange(11.0)}
    with pytest.raises(DataError, match=r"does not fit after 2024-01-09 00:00.*Instead: every='1d'"):
        frame(table, look_back=2)
    assert len(frame(table, look_back=2, every="1d")) == 9


def test_explain_proposes_a_step_for_uneven_dates():
    said = str(tidegate.explain(METER))
    code = next(line.strip() for line in said.splitlines() if "tidegate.frame(" in line)
    assert code.endswith("every='30min')")
    made = eval(code.replace("30min')", "30min', gaps='fill')"), {"tidegate": tidegate, "table": METER})
    assert made.frequency.short == "30min"


def test_a_forecast_brings_uneven_rows_to_a_step(tmp_path):
    from tidegate.toolkit import forecast

    draw = np.random.default_rng(0)
    hours = np.sort(draw.choice(48 * 60, 300, replace=False))
    table = {"time": minutes(*hours), "load": np.sin(hours / 200)}
    with pytest.raises(DataError, match=r"no fixed step. Instead: every='\d+min'.*--every"):
        forecast(table, target="load", horizon=2)
    made = forecast(table, target="load", horizon=2, every="1h", epochs=1)
    assert made.series.frequency.name == "hourly"
    assert "300 rows brought to 48, hourly: the mean of each step" in made.series.notes
    assert made.date_text == ["2024-03-03 00:00", "2024-03-03 01:00"]
