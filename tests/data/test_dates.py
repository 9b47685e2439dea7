"""Dates as people write them, found where they stand; what may be read in two ways is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("polars")

from tidegate.data import find_dates, read_csv
from tidegate.data.parsing import parse_dates
from tidegate.errors import DataError


@pytest.mark.parametrize(
    ("texts", "dates"),
    [
        (["1949", "1950"], ["1949", "1950"]),
        (["1949-01", "1949-12"], ["1949-01", "1949-12"]),
        (["2024-1", "2024-10"], ["2024-01", "2024-10"]),
        (["2024-01-31", "2024-02-29"], ["2024-01-31", "2024-02-29"]),
        (["2024/1/5", "2024/11/15"], ["2024-01-05", "2024-11-15"]),
        (["20240105", "20241115"], ["2024-01-05", "2024-11-15"]),
        (["05.01.2024", "3.2.2024"], ["2024-01-05", "2024-02-03"]),
        (["5.1.99", "3.2.24"], ["1999-01-05", "2024-02-03"]),
        (["12/31/2023", "01/01/2024"], ["2023-12-31", "2024-01-01"]),
        (["31/12/2023", "01/01/2024"], ["2023-12-31", "2024-01-01"]),
        (["12/31/99", "1/1/00"], ["1999-12-31", "2000-01-01"]),
        (["13-01-2024", "14-01-2024"], ["2024-01-13", "2024-01-14"]),
        (["01/2024", "02/2024"], ["2024-01", "2024-02"]),
        (["Jan 1949", "Sept. 1949"], ["1949-01", "1949-09"]),
        (["Jan-49", "Feb-49"], ["2049-01", "2049-02"]),
        (["99-11", "99-12", "100-01"], ["0099-11", "0099-12", "0100-01"]),
        (["1 January 2024", "15 feb 2024"], ["2024-01-01", "2024-02-15"]),
        (["January 1, 2024", "Feb 15, 2024"], ["2024-01-01", "2024-02-15"]),
        (["2024 Jan", "2024 Feb"], ["2024-01", "2024-02"]),
        (["2024Q1", "2024-Q4"], ["2024-01", "2024-10"]),
        (["Q1 2024", "Q2 2024"], ["2024-01", "2024-04"]),
        (["2020-W53", "2021-W01"], ["2020-12-28", "2021-01-04"]),
        (["1-01", "1-02", "1-03"], ["0001-01", "0001-02", "0001-03"]),
        (["2024-01-01 05:00", "2024-01-01 06:30"], ["2024-01-01T05:00:00", "2024-01-01T06:30:00"]),
        (["2024-01-01T05:00:00Z", "2024-01-01T06:30:01Z"], ["2024-01-01T05:00:00", "2024-01-01T06:30:01"]),
        (["2024-10-27 02:00+0200", "2024-10-27 02:00+01:00"], ["2024-10-27T00:00:00", "2024-10-27T01:00:00"]),
        (["12/31/2023 11:30 PM", "1/1/2024 12:05 am"], ["2023-12-31T23:30:00", "2024-01-01T00:05:00"]),
        (["31.12.2023 9:05", "31.12.2023 23:59:59"], ["2023-12-31T09:05:00", "2023-12-31T23:59:59"]),
        (["2024-01-01 00:00:00.25"], ["2024-01-01T00:00:00.250000"]),
    ],
)
def test_forms(texts, dates):
    found, _ = parse_dates(texts, "when")
    assert found.astype(str).tolist() == dates


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["01/02/2024", "03/04/2024"], "'01/02/2024' may be day/month or month/day, and no day exceeds 12"),
        (["13/02/2024", "02/13/2024"], "both numbers exceed 12"),
        (["1-01", "2-01"], "'1-01' may be year-month, month-day or day-month"),
        (["2024-01-01", "2024-02-30"], "row 1: '2024-02-30' is no date: the month has no such day"),
        (["2024-01-01", "2024-13-01"], "row 1: '2024-13-01' is no date: there is no such month"),
        (["2024-01-01 25:00"], "no such time"),
        (["2020-W54"], "no such week"),
        (["5.1.2024", "3.2.24"], "row 1: '3.2.24' is no date: other rows write their years with 4 digits"),
        (["Jan-49", "Feb-1949"], "row 1: 'Feb-1949' is no date: other rows write their years with 2 digits"),
        (["5 Jan 24", "6 Jan 2024"], "row 1: .* other rows write their years with 2 digits"),
        (["1.1.2024 1:00 PM", "1.1.2024 2:00"], "row 1: .* other rows say AM or PM"),
        (["2024-01-01 02:00", "2024-01-01 02:00Z"], "row 0: .* other rows say their offset from UTC"),
        (["1.1.2024 13:00 PM"], "no such hour"),
        (
            ["2024-01-01", "yesterday"],
            r"row 1: 'yesterday' is no date like '2024-01-01' \(year, month, day\)",
        ),
        (["yesterday"], "row 0: 'yesterday' is no known date"),
        (["2024-01-01", " "], "row 1: the date is missing"),
        (["2024-01-01", None], "row 1: the date is missing"),
        (["29.02.2023"], "no such day"),
    ],
)
def test_refused(texts, message):
    with pytest.raises(DataError, match=message):
        parse_dates(texts, "when")


@given(st.lists(st.datetimes(), min_size=1, max_size=20))
def test_slow_and_quick_ways_agree_with_datetime(moments):
    moments = [m.replace(microsecond=0) for m in moments if m.year >= 1000]
    if not moments:
        return
    expected = np.array(moments, dtype="datetime64[s]")
    for form in ("%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %I:%M:%S %p", "%d %b %Y %H:%M:%S"):
        found, _ = parse_dates([m.strftime(form) for m in moments], "when")
        assert np.array_equal(found, expected)


def find(csv, content, name=None):
    return find_dates(read_csv(csv(content)), name)


def test_the_hinted_column_wins(csv):
    dates = find(csv, "code,Date\n2024-01-01,2023-05-01\n2024-01-02,2023-05-02\n")
    assert dates.columns == ("Date",)
    assert dates.frequency.name == "daily"


def test_any_text_column_that_reads_as_dates(csv):
    assert find(csv, "x,y\n1,2024-01-01\n2,2024-01-02\n").columns == ("y",)
    assert find(csv, "x,y\n1,2024-01-01\n2,sold out\n") is None
    assert find(csv, "a,b\n1,2\n3,4\n") is None


def test_numbers_that_only_look_like_years_are_no_dates(csv):
    assert find(csv, "sales,n\n2001,1\n2002,2\n") is None
    assert find(csv, "day,n\n1,1\n2,2\n") is None
    assert find(csv, "time,n\n0.1,1\n0.2,2\n") is None
    assert find(csv, "time,n\n1949.12,1\n1950.01,2\n") is None
    assert find(csv, "year,n\n2001,1\n2002,2\n").frequency.name == "yearly"
    assert find(csv, "date,n\n20240131,1\n20240229,2\n").values.astype(str).tolist() == [
        "2024-01-31",
        "2024-02-29",
    ]


def test_parts_in_columns_of_their_own(csv):
    dates = find(csv, "n,Year,Month,Day,Hour\n1,2024,2,28,23\n2,2024,2,29,0\n")
    assert dates.columns == ("Year", "Month", "Day", "Hour")
    assert dates.values.astype(str).tolist() == ["2024-02-28T23:00:00", "2024-02-29T00:00:00"]
    dates = find(csv, "n,year,month\n1,2024,2\n2,2024,3\n")
    assert dates.values.astype(str).tolist() == ["2024-02", "2024-03"]
    with pytest.raises(DataError, match="line 3: '2023-2-29 0:00' is no date"):
        find(csv, "year,month,day,hour\n2023,2,28,23\n2023,2,29,0\n")


def test_date_and_time_side_by_side(csv):
    dates = find(csv, "Date;Time;n\n16/12/2006;17:24:00;1\n16/12/2006;17:25:00;2\n")
    assert dates.columns == ("Date", "Time")
    assert dates.frequency.name == "every minute"
    assert dates.values.astype(str).tolist() == ["2006-12-16T17:24:00", "2006-12-16T17:25:00"]


def test_seconds_since_1970(csv):
    dates = find(csv, "timestamp,n\n1704067200,1\n1704070800,2\n")
    assert dates.values.astype(str).tolist() == ["2024-01-01T00:00:00", "2024-01-01T01:00:00"]
    assert find(csv, "timestamp,n\n1704067200000,1\n1704070800000,2\n").frequency.name == "hourly"


@pytest.mark.parametrize(
    ("days", "dates"),
    [
        (["45292", "45293"], ["2024-01-01", "2024-01-02"]),
        (["45292.25", "45292.75"], ["2024-01-01T06:00:00", "2024-01-01T18:00:00"]),
    ],
)
def test_days_as_excel_counts_them(csv, days, dates):
    found = find_dates(read_csv(csv("date,sold\n" + "".join(f"{day},1\n" for day in days))))
    assert found.values.astype(str).tolist() == dates
    assert found.form == "days since the end of 1899, as Excel counts them"


def test_a_named_column_is_taken_at_its_word(csv):
    content = "Date,other\n2024-01-01,2023-05-01\n2024-01-02,2023-05-02\n"
    assert find(csv, content, "other").columns == ("other",)
    with pytest.raises(DataError, match="did you mean 'other'"):
        find(csv, content, "othr")
    with pytest.raises(DataError, match="line 2: 'x' is no known date"):
        find(csv, "a,b\nx,1\ny,2\n", "a")


def test_an_ambiguous_date_column_is_refused(csv):
    with pytest.raises(DataError, match="may be day/month or month/day"):
        find(csv, "date,n\n01/02/2024,1\n01/03/2024,2\n")


def test_order_and_gaps_name_the_line(csv):
    with pytest.raises(DataError, match="2024-01-01 stands twice, in line 2 and line 3"):
        find(csv, "date,n\n2024-01-01,1\n2024-01-01,2\n").check_order()
    with pytest.raises(
        DataError, match=r"not in order: 2024-01-03 is followed by 2024-01-02 \(line 3 and line 4\)"
    ):
        find(csv, "date,n\n2024-01-01,1\n2024-01-03,1\n2024-01-02,2\n2024-01-04,2\n").check_order()
    days = [1, 2, 3, 6, 7, 8, 10]
    dates = find(csv, "date,n\n" + "".join(f"2024-01-{d:02d},{d}\n" for d in days))
    dates.check_order()
    message = r"daily, but 2 are missing between 2024-01-03 and 2024-01-06 \(line 5\); 1 more such.*Why not"
    with pytest.raises(DataError, match=message):
        dates.check_gaps("Why not?")
    assert [(g.missing, g.row) for g in dates.gaps()] == [(2, 3), (1, 6)]


def test_running_years_are_written_back_as_they_came(csv):
    rows = "".join(f"{y}-{m:02d},{m}\n" for y in (1, 2, 3) for m in range(1, 13))
    dates = find(csv, f"Month,Sales\n{rows}")
    assert dates.text(dates.future(2)) == ["4-01", "4-02"]
    assert "running years: the first is called year 1" in repr(dates)
