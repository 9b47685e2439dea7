"""Numbers as people write them: read where there is one way to read the column, refused where there are two."""

from __future__ import annotations

from typing import Any

import pytest

pl = pytest.importorskip("polars")

from tidegate import explain  # noqa: E402
from tidegate.data import read_csv  # noqa: E402
from tidegate.data.numerals import read  # noqa: E402
from tidegate.errors import DataError  # noqa: E402

COMMA, THOUSANDS = "the comma was read as the decimal point", "the comma was read as parting thousands"


@pytest.mark.parametrize(
    ("texts", "numbers", "said"),
    [
        (["1.5", None, "-2"], [1.5, None, -2.0], []),
        (["12,5", "1,234"], [12.5, 1.234], [COMMA]),
        (["0,788", "1,234"], [0.788, 1.234], [COMMA]),
        (["10,037.72", "1.5"], [10037.72, 1.5], [THOUSANDS]),
        (["1,234,567", "2"], [1234567.0, 2.0], [THOUSANDS]),
        (["10.037,72", "937,50"], [10037.72, 937.5], [f"{COMMA}, the point as parting thousands"]),
        (["1 234.5", "1'000"], [1234.5, 1000.0], ["blanks and apostrophes were read as parting thousands"]),
        (["1\u00a0234,5", "7"], [1234.5, 7.0], [f"{COMMA}, blanks and apostrophes as parting thousands"]),
        (["10%", "2.5 %", None], [10.0, 2.5, None], ["'%' was left out"]),
        (["-€5", "€1,234.50"], [-5.0, 1234.5], ["'€' was left out", THOUSANDS]),
        (["5°C", "-6 °C"], [5.0, -6.0], ["'°C' was left out"]),
        (["1,5e3", "2"], [1500.0, 2.0], [COMMA]),
    ],
)
def test_ways_of_writing(texts: Any, numbers: Any, said: Any) -> None:
    found = read(pl.Series(texts, dtype=pl.String), "a")
    assert found.numbers.to_list() == numbers
    assert found.notes == [f"column 'a': {one}" for one in said]


@pytest.mark.parametrize(
    "texts",
    [
        ["12%", "12"],
        ["12%", "€12"],
        ["shop 1", "shop 2"],
        ["1st", "2st"],
        ["-", "1"],
        ["1,5", "1.5"],
        ["2023-01-02"],
    ],
)
def test_what_is_not_a_column_of_numbers(texts: Any) -> None:
    found = read(pl.Series(texts), "a")
    assert found.numbers.null_count() and not found.notes and not found.doubt


def test_two_ways_are_refused_and_named(csv: Any) -> None:
    table = read_csv(csv("day;sold\n1;1,234\n2;12\n"))
    with pytest.raises(
        DataError, match=r"column 'sold', line 2: '1,234' may be 1\.234 or 1234\. Write its numbers"
    ):
        table.numbers("sold")


def test_columns_that_are_almost_numbers_are_told_from_words(csv: Any) -> None:
    table = read_csv(csv("a;b;c;d\n1;x;;1,234\n2;y;;2,345\ninf;3;;3,456\n"))
    assert "line 4: 'inf' is no number" in table.almost("a") and "may be 1.234 or 1234" in table.almost("d")
    assert table.almost("b") == "" and "holds no value" in table.almost("c")
    said = str(explain(table))
    assert "no numbers yet" in said and "line 4: 'inf' is no number" in said


def test_only_columns_in_use_are_spoken_of(csv: Any) -> None:
    table = read_csv(csv("a;b\n1,5;10%\n2,5;11%\n"))
    assert table.numeric == ("a", "b")
    assert table.notes_of(["b"]) == ["column 'b': '%' was left out"] and len(table.notes) == 2
