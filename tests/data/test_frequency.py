"""The step between dates: found, kept into the future, and mended where rows are missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data import Frequency, find_frequency, find_gaps, future_dates, regularise, season_lengths
from tidegate.data.frequency import DAY, HOUR, MINUTE, SECOND
from tidegate.errors import DataError


def dates(*texts):
    return np.array(texts, dtype="datetime64")


def run(start, stop, step="1", unit="D"):
    return np.arange(start, stop, np.timedelta64(int(step), unit), dtype=f"datetime64[{unit}]")


WORKING_DAYS = np.busday_offset("2024-01-01", np.arange(12))
HALF_MINUTES = run("2024-01-01", "2024-01-02", 30, "s")
JAN_2 = "2024-01-02T"


@pytest.mark.parametrize(
    ("given", "name", "next_ones", "seasons"),
    [
        (run("2001", "2009", unit="Y"), "yearly", ["2009", "2010"], ()),
        (dates("2001-06-30", "2002-06-30", "2003-06-30"), "yearly", ["2004-06-30", "2005-06-30"], ()),
        (run("2001-01", "2003-01", 3, "M"), "quarterly", ["2003-01", "2003-04"], (4,)),
        (dates("2023-03-31", "2023-06-30", "2023-09-30"), "quarterly", ["2023-12-31", "2024-03-31"], (4,)),
        (run("2001-01", "2002-01", unit="M"), "monthly", ["2002-01", "2002-02"], (12,)),
        (dates("2023-11-01", "2023-12-01", "2024-01-01"), "monthly", ["2024-02-01", "2024-03-01"], (12,)),
        (dates("2023-11-30", "2023-12-31", "2024-01-31"), "monthly", ["2024-02-29", "2024-03-31"], (12,)),
        (dates("2023-12-30", "2024-01-30", "2024-02-29"), "monthly", ["2024-03-30", "2024-04-30"], (12,)),
        (dates("2024-01-31", "2024-02-29", "2024-03-29"), "monthly", ["2024-04-30", "2024-05-31"], (12,)),
        (run("2024-01-01", "2024-03-01", 7), "weekly", ["2024-03-04", "2024-03-11"], (52,)),
        (run("2024-01-01", "2024-06-01", 28), "every 4 weeks", ["2024-06-17", "2024-07-15"], ()),
        (run("2024-01-01", "2024-02-01"), "daily", ["2024-02-01", "2024-02-02"], (7, 365)),
        (WORKING_DAYS, "every working day", ["2024-01-17", "2024-01-18"], (5, 261)),
        (run("2024-01-01", "2024-01-03", 1, "h"), "hourly", ["2024-01-03T00", "2024-01-03T01"], (24, 168)),
        (
            run("2024-01-01", "2024-01-02", 15, "m"),
            "every 15 minutes",
            [f"{JAN_2}00:00", f"{JAN_2}00:15"],
            (96, 672),
        ),
        (HALF_MINUTES, "every 30 seconds", [f"{JAN_2}00:00:00", f"{JAN_2}00:00:30"], (120, 2880)),
    ],
)
def test_frequencies(given, name, next_ones, seasons):
    frequency = find_frequency(given)
    assert frequency.name == name
    assert future_dates(given[-1], frequency, 2).astype(str).tolist() == next_ones
    assert future_dates(given[-1], frequency, 1, skip=1).astype(str).tolist() == next_ones[1:]
    assert season_lengths(frequency) == seasons
    assert find_gaps(given, frequency) == []
    assert frequency.positions(given).tolist() == list(range(len(given)))


def test_names():
    assert Frequency("ticks", 90 * MINUTE).name == "every 90 minutes"
    assert Frequency("ticks", SECOND // 4).name == "every 0.25 seconds"
    assert Frequency("ticks", 2 * DAY).name == "every 2 days"
    assert Frequency("months", 24).name == "every 2 years"
    assert Frequency("months", 6).name == "every 6 months"


def test_no_step():
    assert find_frequency(dates("2024-01-01")) is None
    assert find_frequency(dates("2024-01-01", "2024-01-02", "2024-01-07", "2024-01-19")) is None
    assert season_lengths(None) == ()


def test_text_is_as_short_as_the_step_allows():
    hours = dates("2018-06-26T19:00:00")
    assert Frequency("ticks", HOUR).text(hours) == ["2018-06-26 19:00"]
    assert Frequency("ticks", 30 * SECOND).text(hours) == ["2018-06-26 19:00:00"]
    assert Frequency("ticks", DAY).text(dates("2018-06-26T00:00:00")) == ["2018-06-26"]
    assert Frequency("ticks", DAY).text(hours) == ["2018-06-26 19:00"]
    assert Frequency("months", 1, 31).text(dates("2024-01-31")) == ["2024-01-31"]
    assert Frequency("months", 12).text(dates("2024")) == ["2024"]


def test_a_date_off_the_grid_is_a_gap_of_nothing():
    given = dates("2024-01-01", "2024-01-08", "2024-01-15", "2024-01-18", "2024-01-22", "2024-01-29")
    assert [(g.missing, g.row) for g in find_gaps(given, find_frequency(given))] == [(0, 3), (0, 4)]


def test_regularise_draws_straight_lines():
    given = dates("2024-01-31", "2024-02-29", "2024-04-30", "2024-05-31", "2024-06-30")
    values = np.array([[1.0, 0], [2, 0], [6, 9], [7, 9], [8, 9]])
    whole, filled, added = regularise(given, values, find_frequency(given))
    assert added == 1
    assert whole.astype(str).tolist()[2] == "2024-03-31"
    assert filled[2].tolist() == [4.0, 4.5]
    assert np.array_equal(np.delete(filled, 2, axis=0), values)


def test_regularise_refuses_to_invent_most_of_the_rows():
    given = dates("2024-01-01", "2024-01-02", "2024-01-03", "9024-01-04")
    with pytest.raises(DataError, match=r"would invent 2556697 rows beside 4 real ones.*Is a date mistyped"):
        regularise(given, np.zeros((4, 1)), find_frequency(given))
    uneven = dates("2024-01-01T00:00", "2024-01-02T00:00", "2024-01-03T00:00", "2024-01-03T07:00")
    with pytest.raises(DataError, match="2024-01-03T07:00 does not fit daily steps"):
        regularise(uneven, np.zeros((4, 1)), find_frequency(uneven))


@given(
    start=st.dates(), count=st.sampled_from([1, 2, 3, 6, 12]), n=st.integers(3, 30), drop=st.integers(1, 28)
)
def test_month_steps_are_found_again_from_any_day(start, count, n, drop):
    if not 1000 < start.year < 9900:
        return
    first = np.datetime64(start, "D")
    day = start.day
    made = future_dates(first, Frequency("months", count, day), n)
    frequency = find_frequency(made)
    assert frequency.count == count
    assert find_gaps(made, frequency) == []
    more = future_dates(made[-1], frequency, 3)
    assert (np.diff(more.astype("datetime64[M]").astype(int)) == count).all()
    if n >= 8 and drop < n - 1:
        holed = np.delete(made, drop)
        found = find_gaps(holed, find_frequency(holed))
        assert [(g.missing, g.row) for g in found] == [(1, drop)]
