"""Reading a CSV file so that every complaint can name the line and the value.

polars splits the file into text; which columns are numbers is decided here, where it is still known what
stood in which line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tidegate.data.columns import check_name
from tidegate.data.numerals import read
from tidegate.data.textfile import MAX_BYTES, Layout, explain_rows, lay_out, load, shown
from tidegate.data.windows import Array
from tidegate.errors import DataError
from tidegate.language import say

__all__ = ["MISSING", "Table", "read_csv"]

MISSING = ("", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null", "None", "?")  # each means: no value here


def read_csv(
    path: str | os.PathLike[str], *, encoding: str | None = None, max_bytes: int = MAX_BYTES
) -> Table:
    r"""Read a CSV file with a header line.

    The separator is found by itself (comma, semicolon, tab or bar). Nothing is guessed silently: a file that
    is not plain text in UTF-8, rows longer than the header and repeated column names are refused.

    Parameters
    ----------
    path : the file
    encoding : how its letters are stored, where it is not UTF-8: 'latin-1', 'cp1252', 'gb18030', ...
    max_bytes : larger files are refused before they are read

    Raises
    ------
    DataError
        One line that says what is wrong with the file, and where.

    Examples
    --------
    >>> with open("sales.csv", "w") as file:
    ...     _ = file.write("month,sales\n2024-01,5\n2024-02,NA\n")
    >>> table = read_csv("sales.csv")
    >>> table.names, table.rows, table.numbers("sales")
    (('month', 'sales'), 2, array([ 5., nan]))
    """
    raw = load(path, encoding, max_bytes)
    layout, raw = lay_out(raw, str(path))
    try:
        import polars as pl
    except ImportError:
        raise DataError(say("Reading a file needs polars: pip install 'tidegate[frames]'.")) from None
    try:
        text = pl.read_csv(
            raw[layout.start :],
            separator=layout.separator,
            infer_schema=False,  # text first: numbers are made in Table.numbers
            has_header=False,
            skip_rows=1 if layout.plain_header else 0,
            new_columns=None,
        )
    except pl.exceptions.NoDataError:
        raise DataError(say("{path} has a header but no rows.", path=path)) from None
    except pl.exceptions.PolarsError as why:
        raise DataError(explain_rows(raw, layout, str(path), str(why))) from None
    if not layout.plain_header:
        text = text.slice(1)
    if text.width > len(layout.names):
        raise DataError(explain_rows(raw, layout, str(path), say("a row is longer than the header")))
    text.columns = list(layout.names[: text.width])
    for name in layout.names[text.width :]:
        text = text.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    text = _tidy(text, layout)
    return Table(text, str(path), layout.lines(raw, text.height))


def _tidy(text: Any, layout: Layout) -> Any:
    """Drop blank lines at the end and nameless columns without a value."""
    import polars as pl

    blank = text.select(pl.all_horizontal(pl.all().is_null())).to_series()
    filled = blank.not_().arg_true()
    text = text.head(int(filled[-1]) + 1 if len(filled) else 0)
    return text.drop([n for n in layout.nameless if text[n].null_count() == text.height])


class Table:
    """Columns of text that become numbers on demand. Made by `read_csv`.

    Attributes
    ----------
    names : tuple of str, the columns in order
    rows : how many rows
    path : the file
    """

    def __init__(self, text: Any, path: str, lines: Array | int) -> None:
        self._text = text
        self._lines = lines
        self._numbers: dict[str, Array | str] = {}
        self.path = path
        self.names: tuple[str, ...] = tuple(text.columns)
        self.rows: int = text.height
        self._notes: dict[str, list[str]] = {}
        self._almost: dict[str, str] = {}
        if not self.rows:
            raise DataError(say("{path} has a header but no rows.", path=path))

    def __len__(self) -> int:
        return self.rows

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def line(self, row: int) -> int:
        """Return the line of the file, counted from 1, in which a row begins."""
        return int(self._lines[row]) if isinstance(self._lines, np.ndarray) else self._lines + row

    def place(self, row: int) -> str:
        """Name a row in a message."""
        return say("line {line}", line=self.line(row))

    def text(self, name: str) -> list[str | None]:
        """Return a column as it stands in the file, without outer blanks; None where a value is missing."""
        return [None if v is None else str(v) for v in self._known(name).to_list()]

    def numbers(self, name: str) -> Array:
        """Return a column as float64, NaN where a value is missing.

        Raises
        ------
        DataError
            For the first value that is no number, with its line; or for a column without any value.
        """
        found = self._parsed(name)
        if isinstance(found, str):
            raise DataError(found)
        return found

    def matrix(self, names: Sequence[str]) -> Array:
        """Return columns as one float64 array of shape (rows, columns)."""
        out = np.empty((self.rows, len(names)))
        for k, name in enumerate(names):
            out[:, k] = self.numbers(name)
        return out

    def almost(self, name: str) -> str:
        """Return what stands in the way of a column that is not quite one of numbers; '' where it holds words."""
        found = self._parsed(name)
        return self._almost.get(name, "") if isinstance(found, str) else ""

    @property
    def notes(self) -> list[str]:
        """How numbers were read, in words, where they are not written as usual."""
        return self.notes_of(self.names)

    def notes_of(self, names: Sequence[str]) -> list[str]:
        """Return the notes about these columns."""
        return [note for name in names for note in self._notes.get(name, ())]

    def is_number(self, name: str) -> bool:
        """Return whether each value of a column is a number or missing, and at least one is there."""
        return not isinstance(self._parsed(name), str)

    @property
    def numeric(self) -> tuple[str, ...]:
        """The columns that hold numbers."""
        return tuple(n for n in self.names if self.is_number(n))

    def missing(self, name: str) -> Array:
        """Return the rows in which a column has no value, counted from 0."""
        return np.asarray(self._known(name).is_null().arg_true().to_numpy())

    def _known(self, name: str) -> Any:
        """One column, stripped, with null for every spelling of a missing value."""
        column = self._text[check_name(name, self.names, self.path)].str.strip_chars()
        return column.set(column.is_in(list(MISSING)), None)

    def _parsed(self, name: str) -> Array | str:
        """The numbers of a column, or the message that says why it holds none."""
        if name not in self._numbers:
            self._numbers[name] = self._parse(name)
        return self._numbers[name]

    def _parse(self, name: str) -> Array | str:
        known = self._known(name)
        numbers, notes, doubt = read(known, name)
        if known.null_count() == self.rows:
            self._almost[name] = say("{path}: column {name!r} holds no value.", path=self.path, name=name)
            return self._almost[name]
        bad = (numbers.is_null() | ~numbers.is_finite().fill_null(True)) & known.is_not_null()
        if not bad.any():
            self._notes[name] = notes
            return np.array(numbers.fill_null(float("nan")).to_numpy())
        row = int(bad.arg_true()[0])
        message = self._refusal(name, row, shown(known[row]), doubt, numbers.null_count() == self.rows)
        if doubt or 2 * bad.sum() < self.rows - known.null_count():
            self._almost[name] = message
        return message

    def _refusal(self, name: str, row: int, value: str, doubt: str, no_number: bool) -> str:
        about = {"path": self.path, "name": name, "where": self.place(row), "value": value}
        if doubt:
            return say(
                "{path}: column {name!r}, {where}: {value} may be {doubt}. Write its numbers with a point and "
                "nothing between thousands.",
                doubt=doubt,
                **about,
            )
        if no_number and not any(c.isdigit() for c in value):
            return say("{path}: column {name!r} holds no numbers; {where} says {value}.", **about)
        return say("{path}: column {name!r}, {where}: {value} is no number.", **about)

    def __repr__(self) -> str:
        kinds = ", ".join(f"{n} ({say('numbers') if self.is_number(n) else say('text')})" for n in self.names)
        return say("Table of {rows} rows from {path}: {kinds}", rows=self.rows, path=self.path, kinds=kinds)
