"""A column becomes an evenly spaced series, or the message says why it does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tidegate.errors import DataError
from tidegate.toolkit.series import Series, read_series

DAYS = np.arange("2024-01-01", "2024-01-21", dtype="datetime64[D]")
SOLD = np.arange(20.0)


def read(
    table: object,
    target: str = "sold",
    date: str | None = None,
    inputs: tuple[str, ...] = (),
    fill: bool = False,
) -> Series:
    return read_series(table, target, date, inputs, fill)


def csv(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "make",
    [
        lambda t: t,
        pd.DataFrame,
        pl.DataFrame,
        lambda t: pd.DataFrame({"sold": t["sold"], "rain": t["rain"]}, index=pd.DatetimeIndex(t["day"])),
    ],
    ids=["dict", "pandas", "polars", "pandas with its dates in the index"],
)
def test_every_kind_of_table_gives_the_same_series(make: object) -> None:
    series = read(make({"day": DAYS, "sold": SOLD, "rain": SOLD * 2}), inputs=("rain",))  # type: ignore[operator]
    assert series.values.tolist() == SOLD.tolist()
    assert series.inputs.ravel().tolist() == (SOLD * 2).tolist()
    assert series.frequency is not None
    assert series.frequency.name == "daily"
    assert [series.label(0), series.label(19)] == ["2024-01-01", "2024-01-20"]
    assert series.seasons == (7, 365)


def test_a_table_without_dates_is_numbered_and_says_so() -> None:
    series = read({"sold": SOLD})
    assert series.dates is None
    assert series.label(3) == "row 3"
    assert "no dates were found" in series.notes[0]


def test_dates_in_several_columns_and_running_years(tmp_path: Path) -> None:
    hours = "\n".join(f"2010,1,{1 + k // 24},{k % 24},{k}" for k in range(48))
    series = read(csv(tmp_path, f"year,month,day,hour,sold\n{hours}\n"))
    assert series.label(47) == "2010-01-02 23:00"
    years = "\n".join(f"{1 + k // 12}-{k % 12 + 1:02d},{k}" for k in range(24))
    series = read(csv(tmp_path, f"Month,sold\n{years}\n"))
    assert (series.label(0), series.label(23), series.seasons) == ("1-01", "2-12", (12,))


def test_filling_carries_the_last_value_on_and_never_looks_ahead(tmp_path: Path) -> None:
    days = ("01,NA,1", "02,5,2", "03,,3", "06,9,", "07,8,4", "08,7,5")
    text = "day,sold,rain\n" + "".join(f"2024-01-{day}\n" for day in days)
    series = read(csv(tmp_path, text), inputs=("rain",), fill=True)
    assert series.dates is not None
    assert series.text(series.dates) == [f"2024-01-0{k}" for k in range(2, 9)]
    assert series.values.tolist() == [5, 5, 5, 5, 9, 8, 7]
    assert series.inputs.ravel().tolist() == [2, 3, 3, 3, 3, 4, 5]
    said = "; ".join(series.notes)
    assert "2 missing values and 2 missing dates filled" in said
    assert "the first 1 row left out" in said


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("day,sold\n2024-01-01,1\n2024-01-02,x1\n", {}, r"column 'sold', line 3: 'x1' is no number"),
        (
            "day,sold\n2024-01-01,a\n2024-01-02,b\n",
            {},
            r"'sold' holds no number: 'a' in line 2. Columns that do: none",
        ),
        ("day,sold,w\n2024-01-01,,1\n2024-01-02,,2\n", {}, r"'sold' holds no number. Columns that do: 'w'"),
        (
            "day,sold\n2024-01-01,1\n2024-01-02,\n2024-01-03,\n",
            {},
            r"2 values are missing, the first in line 3",
        ),
        (
            "day,sold\n2024-01-01,1\n2024-01-02,2\n2024-01-02,3\n",
            {},
            r"2024-01-02 stands twice, in line 3 and line 4",
        ),
        (
            "day,sold\n2024-01-01,1\n2024-01-03,2\n2024-01-02,3\n",
            {},
            r"not in order: 2024-01-03 is followed by",
        ),
        (
            "day,sold\n2024-01-01,1\n2024-01-02,2\n2024-01-03,2\n2024-01-06,3\n",
            {},
            r"daily, but 2 are missing between 2024-01-03 and 2024-01-06 \(line 5\).*--fill",
        ),
        (
            "day,sold\n2024-01-01,1\n2024-01-02,2\n",
            {"target": "sodl"},
            r"no column 'sodl'; did you mean 'sold'",
        ),
        ("day,sold\n2024-01-01,1\n2024-01-02,2\n", {"target": "day"}, r"'day' holds the dates"),
        ("day,sold\n2024-01-01,1\n2024-01-02,2\n", {"inputs": ("day",)}, r"'day' holds the dates"),
        ("day,sold\n2024-01-01,1\n2024-01-02,2\n", {"inputs": ("sold",)}, r"'sold' is the target"),
        ("day,sold\n2024-01-01,1\n2024-01-02,2\n", {"date": "when"}, r"no column 'when'"),
    ],
)
def test_what_stands_in_the_way_is_said(
    tmp_path: Path, text: str, options: dict[str, str], message: str
) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read(csv(tmp_path, text), **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_an_infinite_value_is_refused() -> None:
    with pytest.raises(DataError, match=r"'sold', row 4: the value is infinite"):
        read({"sold": np.where(np.arange(20) == 4, np.inf, SOLD)})
    with pytest.raises(DataError, match=r"'sold', row 4: the value is too large"):
        read({"sold": np.where(np.arange(20) == 4, -1e200, SOLD)})


def test_a_mistyped_date_does_not_make_a_million_rows(tmp_path: Path) -> None:
    text = "day,sold\n" + "".join(f"2024-01-{k:02d},{k}\n" for k in range(1, 20)) + "9024-01-20,3\n"
    with pytest.raises(DataError, match="mistyped"):
        read(csv(tmp_path, text), fill=True)
