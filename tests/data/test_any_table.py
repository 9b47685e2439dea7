"""NumPy arrays, dicts and dataframes give the same windows; what is no table of numbers is refused."""

import datetime
import decimal
import subprocess
import sys

import numpy as np
import pytest

from tidegate.data import frame, read_csv
from tidegate.errors import DataError

DAYS = np.arange("2024-01-01", "2024-01-09", dtype="datetime64[D]")
A, B = np.arange(8.0), np.arange(8) * 10


def tables():
    pd = pytest.importorskip("pandas")
    pl = pytest.importorskip("polars")
    plain = {"day": DAYS, "a": A, "b": B}
    return {
        "dict": plain,
        "polars": pl.DataFrame(plain),
        "pandas": pd.DataFrame(plain),
        "pandas index": pd.DataFrame({"a": A, "b": B}, index=pd.DatetimeIndex(DAYS)),
        "pandas index with a time zone": pd.DataFrame(
            {"a": A, "b": B}, index=pd.DatetimeIndex(DAYS, tz="Asia/Tokyo")
        ),
        "polars with a time zone": pl.DataFrame(plain).with_columns(
            pl.col("day").cast(pl.Datetime).dt.replace_time_zone("Europe/Berlin")
        ),
        "structured array": np.array(
            list(zip(DAYS, A, B, strict=True)), dtype=[("day", "M8[D]"), ("a", "f8"), ("b", "i4")]
        ),
        "pyarrow-like dict of lists": {"day": DAYS.tolist(), "a": A.tolist(), "b": B.tolist()},
    }


@pytest.mark.parametrize("kind", tables())
def test_every_table_gives_the_same_windows(kind):
    dates = "day" if "lists" in kind else None
    f = frame(tables()[kind], look_back=3, horizon=2, targets="b", dates=dates)
    assert f.inputs == ("a", "b")
    assert f.x[0].tolist() == [[0, 0], [1, 10], [2, 20]]
    assert f.y[0].tolist() == [30, 40]
    assert f.frequency.name == "daily"
    assert f.restore(f.y).dates[0].astype("datetime64[D]").tolist() == [DAYS[3].item(), DAYS[4].item()]


def test_a_series():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    for series in (pd.Series(A, name="a"), pl.Series("a", A), A.tolist()):
        assert frame(series, look_back=3).y.ravel().tolist() == [3, 4, 5, 6, 7]


def test_a_csv_table_finds_its_dates(airline):
    f = frame(read_csv(airline), look_back=12)
    assert f.inputs == f.targets == ("Passengers",)
    assert (f.frequency.name, f.x.shape) == ("monthly", (132, 12, 1))
    assert f.x[0, :3, 0].tolist() == [112, 118, 132]


def test_whole_numbers_halves_and_foreign_byte_order():
    for dtype, kept in (
        (np.int8, np.float64),
        (bool, np.float64),
        (np.float16, np.float32),
        (">f8", np.float64),
    ):
        f = frame(np.ones((6, 1), dtype=dtype), look_back=2)
        assert f.x.dtype == kept
        assert f.x.dtype.isnative
        assert f.x[0, 0, 0] == 1


def test_columns_of_one_kind_stay_float32():
    columns = {"a": A.astype(np.float32), "b": B.astype(np.float32)}
    assert frame(columns, look_back=2).x.dtype == np.float32


def test_missing_values_are_named_or_kept():
    pl = pytest.importorskip("polars")
    table = pl.DataFrame({"a": [1.0, 2.0, None, 4.0], "b": [1, 2, 3, 4]})
    with pytest.raises(DataError, match=r"Column 'a', row 2: the value is missing.*missing='skip'"):
        frame(table, look_back=2)
    assert np.isnan(frame(table, look_back=2, missing="keep").x[1, 1, 0])
    masked = np.ma.masked_equal(np.array([1, 2, -9, 4]), -9)
    with pytest.raises(DataError, match="row 2: the value is missing"):
        frame(masked, look_back=2)
    long = np.zeros((400_000, 2))
    long[300_000, 1] = np.inf
    with pytest.raises(DataError, match="Column 'column 1', row 300000: the value is inf"):
        frame(long, look_back=2)
    with pytest.raises(DataError, match="'a', row 1: the value is missing"):
        frame({"a": np.array([1, None, 3], dtype=object)}, look_back=1)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (np.zeros((4, 3, 2)), r"a table \(rows, columns\).*shape \(4, 3, 2\).*before it was cut"),
        (np.zeros((4, 0)), r"shape \(4, 0\)"),
        (np.float64(3), r"a table; got float64"),
        ("sales.csv", "a table; got str"),
        ({}, "an empty dict"),
        ({"a": [1, 2], "b": [1]}, "columns of one length; got {'a': 2, 'b': 1}"),
        ({"a": np.zeros((4, 2))}, r"one value per row in column 'a'; got shape \(4, 2\)"),
        (
            {"a": [1, 2, 3], "b": ["x", "y", "z"]},
            "Column 'b' holds text: 'x' in row 0. .*inputs=.* without it",
        ),
        ({"a": [1, 2, 3], "b": ["1", "2", "3"]}, "Column 'b' holds text: '1' in row 0. .*into numbers first"),
        ({"a": [1, 2, 3], "b": ["2024-01-01"] * 3}, "name it by dates= if it is the date"),
        ({"a": [1, {}, 3]}, "Column 'a', row 1: {} is no number"),
        ({"a": [[1, 2], [3]]}, "rows of one length in column 'a'"),
        (None, "a table; got NoneType"),
        ([1, 2, "x"], "holds text: '1' in row 0"),
        (DAYS, "The table holds dates, not numbers"),
        ({"a": DAYS.tolist()}, "Column 'a' holds dates, not numbers"),
        ({"a": np.array([1j, 2, 3])}, "holds complex numbers"),
    ],
)
def test_what_is_no_table(table, message):
    with pytest.raises(DataError, match=message):
        frame(table, look_back=1)


def test_dates_as_numbers_are_refused():
    with pytest.raises(DataError, match=r"Column 'day' holds dates.*dates="):
        frame({"day": DAYS, "a": A}, look_back=2, inputs=["day", "a"])


def test_dataframes_with_their_own_kinds_of_numbers():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    cents = [decimal.Decimal("1.5")] * 4
    for column in (pd.array([1, 2, 3, 4], dtype="Int64"), cents, pd.array([True] * 4, dtype="boolean")):
        assert frame(pd.DataFrame({"a": column}), look_back=2).x.dtype == np.float64
    assert frame(pl.DataFrame({"a": cents}), look_back=2).x[0, 0, 0] == 1.5
    missing = pd.DataFrame({"a": pd.array([1, None, 3, 4], dtype="Int64")})
    assert np.isnan(frame(missing, look_back=2, missing="keep").x[0, 1, 0])
    numbered = frame(pd.DataFrame(np.arange(10.0).reshape(5, 2)), look_back=2, targets=1)
    assert (numbered.targets, numbered.y.ravel().tolist()) == (("1",), [5, 7, 9])
    months = pd.DataFrame({"a": A}, index=pd.period_range("2024-01", periods=8, freq="M"))
    assert frame(months, look_back=2).frequency.name == "monthly"
    for wrong, message in (
        (pd.DataFrame(np.zeros((4, 2)), columns=["a", "a"]), "a name of its own for each column"),
        (pl.DataFrame(), "at least one column"),
        (pd.DataFrame({"a": ["x", "y"]}, dtype="category"), "Column 'a' holds text: 'x' in row 0"),
        (pl.DataFrame({"a": [[1], [2]]}), r"Column 'a', row 0: .* is no number"),
    ):
        with pytest.raises(DataError, match=message):
            frame(wrong, look_back=1)


def test_a_lazy_table_is_to_be_collected():
    pl = pytest.importorskip("polars")
    with pytest.raises(DataError, match=r"table.collect\(\)"):
        frame(pl.LazyFrame({"a": A}), look_back=2)


@pytest.mark.parametrize(
    "dates",
    [
        DAYS,
        [str(d) for d in DAYS],
        [d.strftime("%d.%m.%Y") for d in DAYS.tolist()],
        DAYS.tolist(),
        [datetime.datetime(2024, 1, d, tzinfo=datetime.UTC) for d in range(1, 9)],
        np.arange(20240101, 20240109),
        np.arange(2001, 2009),
    ],
)
def test_dates_of_any_kind(dates):
    f = frame(A, look_back=2, dates=dates)
    assert f.frequency.name == ("yearly" if isinstance(dates, np.ndarray) and dates[0] == 2001 else "daily")


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        (DAYS[:5], "one date for each of 8 rows; got 5 dates"),
        (DAYS[[0, 1, 2, 2, 4, 5, 6, 7]], "The date 2024-01-03 stands twice, in row 2 and row 3"),
        (DAYS[[0, 1, 3, 2, 4, 5, 6, 7]], "2024-01-04 is followed by 2024-01-03"),
        (DAYS[::-1], "run backwards"),
        (
            np.delete(np.arange("2024-01-01", "2024-01-10", dtype="M8[D]"), 4),
            "1 is missing between .*gaps='keep'",
        ),
        (["2024-01-01", None] * 4, "row 1: the date is missing"),
        (np.array(["2024-01-01", "NaT"] * 4, dtype="M8[D]"), "date in row 1 is missing"),
        ("dya", "no column 'dya'"),
    ],
)
def test_bad_dates(dates, message):
    with pytest.raises(DataError, match=message):
        frame(A, look_back=2, dates=dates)


def test_numpy_alone_is_imported():
    code = (
        "import sys, numpy as np, tidegate.data as d; d.frame({'a': np.arange(9.)}, look_back=2); "
        "d.frame(np.arange(9.), look_back=2).split(6, scaler=d.Standard()); "
        "print(sorted({'narwhals', 'polars', 'pandas'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_without_narwhals_the_extra_is_named():
    pytest.importorskip("polars")
    code = (
        "import sys; sys.modules['narwhals'] = None\n"
        "import polars, tidegate.data as d\n"
        "try: d.frame(polars.DataFrame({'a': [1.0, 2.0]}), look_back=1)\n"
        "except ValueError as why: print(why)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'tidegate[frames]'; or give a NumPy array or a dict of columns" in said.stdout


def test_what_a_mask_hides_is_missing() -> None:
    hidden = np.ma.masked_array(np.arange(6.0), [0, 0, 1, 0, 0, 0])
    for table in ({"a": hidden}, hidden[:, None], hidden):
        with pytest.raises(DataError, match="the value is missing"):
            frame(table, look_back=1)
