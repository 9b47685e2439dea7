"""Files as people have them: what reads, and the one line that is said where it does not."""

import os
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("polars")

from tidegate.data import frame, read_csv
from tidegate.errors import DataError


def test_the_airline_file(airline):
    table = read_csv(airline)
    assert table.names == ("Month", "Passengers")
    assert table.rows == len(table) == 144
    assert table.numeric == ("Passengers",)
    assert table.text("Month")[:2] == ["1949-01", "1949-02"]
    assert table.numbers("Passengers").dtype == np.float64
    assert table.numbers("Passengers").sum() == 40363
    assert table.line(0) == 2
    assert repr(table).endswith("Month (text), Passengers (numbers)")


def test_missing_values_are_counted(csv):
    table = read_csv(csv("a,b\n1,x\nNA,y\n,z\nNaN,\n?,NULL\n 6 ,?\n"))
    assert table.missing("a").tolist() == [1, 2, 3, 4]
    assert np.array_equal(table.numbers("a"), [1, np.nan, np.nan, np.nan, np.nan, 6], equal_nan=True)
    assert table.text("b") == ["x", "y", "z", None, None, None]
    with pytest.raises(DataError, match="Column 'a', line 3: the value is missing"):
        frame(table, look_back=2, inputs="a")


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,2.5\n3,4.5\n",
        "a;b\n1;2.5\n3;4.5",
        "a\tb\r\n1\t2.5\r\n3\t4.5\r\n",
        "a|b\n1|2.5\n3|4.5\n\n\n",
        "\ufeffa,b\n1,2.5\n3,4.5\n",
        '\n\n"a", b \n"1",2.5\n3 , 4.5\n',
        "a;b\n1;2,5\n3;4,5\n",
        "a,b,\n1,2.5,\n3,4.5,\n",
        "a,b\r1,2.5\r3,4.5\r",
        "a,b\n1,2.5e0\n+3,.45e1\n",
        "a,b\n1,2.5\n3,4.5\n".encode("utf-16"),
    ],
)
def test_forms_of_csv(csv, content):
    table = read_csv(csv(content))
    assert table.names == ("a", "b")
    assert table.matrix(["a", "b"]).tolist() == [[1, 2.5], [3, 4.5]]


def test_a_decimal_comma_is_said(csv):
    table = read_csv(csv("a;b\n1;2,5\n3;4,5\n"))
    table.numbers("b")
    assert table.notes == ["column 'b': the comma was read as the decimal point"]


def test_one_column(csv):
    assert read_csv(csv("sales\n1\n2\n\n4\n\n")).missing("sales").tolist() == [2]


def test_blank_lines_between_rows_are_left_out(csv):
    table = read_csv(csv("\nday,sold\n\n1,5\n  \n2,6\r\n\n3,oops\n"))
    assert table.rows == 3 and [table.line(row) for row in range(3)] == [4, 6, 8]
    with pytest.raises(DataError, match="line 8: 'oops'"):
        table.numbers("sold")


def test_lines_are_counted_through_quoted_line_ends_and_blank_lines(csv):
    table = read_csv(csv('\n"the\nnote",n\n"one\ntwo",1\nx,2\n"y",3\n\n"a ""b""\n",oops\n'))
    assert table.names == ("the\nnote", "n")
    assert [table.line(row) for row in range(table.rows)] == [4, 6, 7, 8, 9]
    with pytest.raises(DataError, match="column 'n', line 9: 'oops' is no number"):
        table.numbers("n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "table.csv is empty."),
        (b" \n\n", "table.csv is empty."),
        (b"\xef\xbb\xbf", "table.csv is empty."),
        (b"a,b\n", "has a header but no rows"),
        (b"a,b", "has a header but no rows"),
        (b"a,b\n,\n", "has a header but no rows"),
        (b"a,b,a\n1,2,3\n", "2 columns called 'a'"),
        (b"1,2\n3,4\n", r"line 1: the first line holds values \(1, 2\), not names"),
        (b"2024-01-01,5\n2024-01-02,6\n", "line 1: the first line holds values"),
        (b"a,b\n1,2\n1,2,3\n", "line 3: 3 fields, but the header has 2"),
        (b'a,b\n1,"2\n3,4\n', "a quote is opened and never closed"),
        (b'a,b\n1,2\n1,x"y\n', "line 3: a quote stands inside a value"),
        (b'a,b\n"1"x,2\n3,4\n', "line 2: a quote stands inside a value"),
        (b"PK\x03\x04rest", "a zip or Excel file, not a text table"),
        (b"\x1f\x8b\x08rest", "compressed by gzip"),
        (b"\x00\x01\x02\xff" * 9, "is no text file"),
        (b"a,b\n1,\x00\n", "is no text file"),
        ("Größe\n1\n".encode("latin-1"), "line 1: byte 0xf6 is not UTF-8.*encoding='cp1252'"),
    ],
)
def test_files_that_are_refused(csv, content, message):
    with pytest.raises(DataError, match=message) as caught:
        read_csv(csv(content))
    assert "\n" not in str(caught.value)


def test_encodings(csv):
    path = csv("Größe\n1\n".encode("latin-1"))
    assert read_csv(path, encoding="latin-1").names == ("Größe",)
    with pytest.raises(DataError, match="no encoding 'latin-99'"):
        read_csv(path, encoding="latin-99")
    assert read_csv(csv("销量,日期\n1,2024\n".encode("gb18030")), encoding="gb18030").names == (
        "销量",
        "日期",
    )


def test_paths_that_are_no_files(tmp_path, csv):
    csv("a\n1\n", "sales.csv")
    with pytest.raises(DataError, match=r"There is no file .*sale.csv; did you mean .*sales.csv\?"):
        read_csv(tmp_path / "sale.csv")
    with pytest.raises(DataError, match=r"There is no file .*q.txt\."):
        read_csv(tmp_path / "nowhere" / "q.txt")
    with pytest.raises(DataError, match="is a directory"):
        read_csv(tmp_path)


def test_a_size_limit_before_reading(csv):
    with pytest.raises(DataError, match="has 4 bytes; the limit is 3"):
        read_csv(csv("a\n1\n"), max_bytes=3)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(csv):
    path = csv("a\n1\n")
    path.chmod(0)
    with pytest.raises(DataError, match="cannot be read"):
        read_csv(path)


def test_columns_that_are_no_numbers(csv):
    table = read_csv(csv("Month,Passengers,wind,none\n1949-01,1,NW,\n1949-02,abc,SE,NA\n1949-03,3,,\n"))
    with pytest.raises(DataError, match="column 'Passengers', line 3: 'abc' is no number"):
        table.numbers("Passengers")
    with pytest.raises(DataError, match="column 'wind' holds no numbers; line 2 says 'NW'"):
        table.numbers("wind")
    with pytest.raises(DataError, match="column 'none' holds no value"):
        table.numbers("none")
    with pytest.raises(DataError, match="no column 'Passenger'; did you mean 'Passengers'"):
        table.numbers("Passenger")
    with pytest.raises(
        DataError, match=r"no column 'zzz'\. Its columns are 'Month', 'Passengers', 'wind', 'none'"
    ):
        table.text("zzz")
    for bad in ("inf", "1_000", "0x10", "12%", "-", "1 00"):
        with pytest.raises(DataError, match="is no number"):
            read_csv(csv(f"a\n1\n{bad}\n")).numbers("a")


def test_a_long_value_is_shortened(csv):
    with pytest.raises(DataError) as caught:
        read_csv(csv("a\n1\n" + "x" * 9999 + "\n")).numbers("a")
    assert len(str(caught.value)) < 300


def test_a_pipe_is_read_within_the_limit(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    for limit, message in ((100, ""), (4, "has more bytes; the limit is 4")):
        with subprocess.Popen([sys.executable, "-c", f"open({str(path)!r}, 'w').write('a,b\\n1,2\\n')"]):
            if message:
                with pytest.raises(DataError, match=message):
                    read_csv(path, max_bytes=limit)
            else:
                assert read_csv(path, max_bytes=limit).rows == 1
    with pytest.raises(DataError, match="is a device"):
        read_csv("/dev/zero")


def test_without_polars_the_extra_is_named(airline):
    code = (
        "import sys; sys.modules['polars'] = None\n"
        "import tidegate.data as d\n"
        f"try: d.read_csv({str(airline)!r})\n"
        "except d.tables.DataError as why: print(why)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "Reading a file needs polars: pip install 'tidegate[frames]'."
