"""One way to look at any table: columns by name, and the chosen ones as one 2-D float array.

A table is a NumPy array, a dict of columns, a `Table` read from a file, or any dataframe that narwhals knows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from tidegate.data.parsing import as_dates
from tidegate.data.windows import Array, pick
from tidegate.errors import DataError, complaint, nearest
from tidegate.language import say

__all__ = ["Choice", "Columns", "DictColumns", "MatrixColumns", "as_floats", "check_name", "look"]

Choice = str | int | Sequence[str | int] | None
FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def as_floats(values: Any, name: str, place: Callable[[int], str]) -> Array:
    """Return numbers as native float32 or float64: the array itself where it is that already."""
    if isinstance(values, np.ma.MaskedArray):
        values = np.ma.filled(values.astype(np.float64), np.nan)
    array = np.asarray(values)
    if array.dtype in FLOATS and array.dtype.isnative:
        return array
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    if array.dtype.kind == "f":
        return array.astype(np.float32 if array.dtype.itemsize <= 4 else np.float64)
    if array.dtype.kind == "M":
        raise DataError(
            say(
                "{name} holds dates, not numbers. Name it by dates=, or take inputs=[...] without it.",
                name=name,
            )
        )
    if array.dtype.kind == "c":
        raise DataError(
            say("{name} holds complex numbers. Give real and imaginary part as two columns.", name=name)
        )
    out = np.empty(array.shape, dtype=np.float64)
    for index in np.ndindex(array.shape):
        value: Any = array[index]
        if isinstance(value, (str, bytes)):
            _refuse_text(
                value.decode(errors="replace") if isinstance(value, bytes) else str(value),
                name,
                place(index[0]),
            )
        if isinstance(value, datetime.date):
            raise DataError(say("{name} holds dates, not numbers. Name it by dates=.", name=name))
        try:
            if hasattr(value, "__len__"):  # float() takes a list of one in older NumPy
                raise TypeError
            out[index] = np.nan if value is None else float(value)
        except (TypeError, ValueError):
            out[index] = np.nan
            if type(value).__name__ not in ("NAType", "NaTType"):
                raise DataError(
                    say(
                        "{name}, {place}: {value!r} is no number.",
                        name=name,
                        place=place(index[0]),
                        value=value,
                    )
                ) from None
    return out


def _refuse_text(text: str, name: str, where: str) -> None:
    try:
        float(text)
        instead = say("turn the column into numbers first")
    except ValueError:
        instead = say(
            "take inputs=[...] without it, or text='one_hot' for a column of 0 and 1 of each word, or text='codes' for "
            "numbers that an Embedding reads"
        )
        if any(c.isdigit() for c in text):
            instead += say(", or name it by dates= if it is the date")
    raise DataError(
        say(
            "{name} holds text: {text!r} in {where}. Instead: {instead}.",
            name=name,
            text=text,
            where=where,
            instead=instead,
        )
    )


def check_name(name: str, known: Sequence[str], owner: str = "") -> str:
    """Return the name if it is known; otherwise raise and name the near ones.

    >>> check_name("Passengers", ["Month", "Passengers"])
    'Passengers'
    """
    if name in known:
        return name
    listed = ", ".join(map(repr, known[:12]))
    if len(known) > 12:
        listed = say("{names} and {n} more", names=listed, n=len(known) - 12)
    owner, hint = owner or say("The table"), nearest(name, known)
    raise DataError(
        say(
            "{owner} has no column {name!r}; {hint} Its columns are {listed}.",
            owner=owner,
            name=name,
            hint=hint,
            listed=listed,
        )
        if hint
        else say(
            "{owner} has no column {name!r}. Its columns are {listed}.", owner=owner, name=name, listed=listed
        )
    )


class Columns:
    """What framing needs to know of a table.

    Attributes
    ----------
    names : the columns in order
    rows : how many rows
    """

    names: tuple[str, ...]
    rows: int

    def get(self, name: str) -> Any:
        """Return one column as it stands."""
        raise NotImplementedError

    def block(self, names: Sequence[str]) -> Array:
        """Return those columns as one 2-D float array."""
        raise NotImplementedError

    def found_dates(self) -> Any | None:
        """Return the dates where the table says itself which they are: values, or the name of a column."""
        return None

    def named_dates(self, name: str) -> tuple[Array, tuple[str, ...]]:
        """Return the dates of a column, and the columns they come from."""
        return as_dates(self.get(name), name, self.place), (name,)

    def place(self, row: int) -> str:
        """Name a row in a message."""
        return say("row {row}", row=row)

    def choose(self, choice: Choice, what: str) -> tuple[str, ...]:
        """Return the names that `choice` (names or positions) stands for."""
        if not isinstance(choice, (str, int, np.integer, list, tuple, range, np.ndarray)):
            expected = say("{what} as a name, a position, or a list of them", what=what)
            raise DataError(complaint("frame", expected, repr(choice)))
        many = [choice] if isinstance(choice, (str, int, np.integer)) else list(choice)
        if not many:
            raise DataError(
                say(
                    "{what} is empty. Name at least one of {names}.",
                    what=what,
                    names=", ".join(map(repr, self.names)),
                )
            )
        chosen = []
        for one in many:
            if isinstance(one, (int, np.integer)) and str(one) not in self.names:
                if not -len(self.names) <= one < len(self.names):
                    raise DataError(
                        say(
                            "{what} names column {one}, but there are {n} columns.",
                            what=what,
                            one=one,
                            n=len(self.names),
                        )
                    )
                chosen.append(self.names[int(one)])
            else:
                chosen.append(check_name(str(one), self.names))
        for name in chosen:
            if chosen.count(name) > 1:
                raise DataError(say("{what} names column {name!r} twice.", what=what, name=name))
        return tuple(chosen)


class MatrixColumns(Columns):
    """A NumPy array of shape (rows, columns)."""

    def __init__(self, matrix: Array) -> None:
        self.rows = len(matrix)
        self.names = tuple(f"column {k}" for k in range(matrix.shape[1]))
        self.matrix = matrix

    def get(self, name: str) -> Array:
        """Return one column."""
        return self.matrix[:, self.names.index(name)]

    def block(self, names: Sequence[str]) -> Array:
        """Return those columns: a view of the array where it holds floats and they lie evenly spaced."""
        table = pick(self.matrix, [self.names.index(n) for n in names])
        return as_floats(table, say("The table"), self.place)


class DictColumns(Columns):
    """Named columns, each fetched when it is asked for."""

    def __init__(self, columns: Mapping[Any, Any], rows: int, dates: Any | None = None) -> None:
        self.keys = {str(key): key for key in columns}
        self.names = tuple(self.keys)
        self.rows = rows
        self.columns = columns
        self.dates = dates

    def get(self, name: str) -> Any:
        """Return one column as a NumPy array."""
        return np.asanyarray(self.columns[self.keys[name]])  # with its mask where it has one

    def block(self, names: Sequence[str]) -> Array:
        """Return those columns copied into one array, float32 where all of them are, otherwise float64."""
        parts = [as_floats(self.get(n), say("Column {name!r}", name=n), self.place) for n in names]
        out = np.empty((self.rows, len(names)), dtype=np.result_type(*parts))
        for k, part in enumerate(parts):
            out[:, k] = part
        return out

    def found_dates(self) -> Any | None:
        """Return the dates of the index, or the one column whose type is a date."""
        if self.dates is not None:
            return self.dates
        kinds = getattr(self.columns, "date_names", None)
        typed = kinds() if kinds else [n for n in self.names if self.get(n).dtype.kind == "M"]
        return typed[0] if len(typed) == 1 else None


class FileColumns(DictColumns):
    """A `Table` that was read from a file: rows are named by their line."""

    def place(self, row: int) -> str:
        """Name the line of the file."""
        return say("line {line}", line=cast(Any, self.columns).line(row))

    def block(self, names: Sequence[str]) -> Array:
        """Return those columns as float64."""
        return np.asarray(cast(Any, self.columns).matrix(names))

    def found_dates(self) -> Any | None:
        """Return what `find_dates` sees in the file."""
        from tidegate.data.dates import find_dates  # which needs this module in turn

        return find_dates(cast(Any, self.columns))

    def named_dates(self, name: str) -> tuple[Array, tuple[str, ...]]:
        """Return the dates of a column, with the time of day that stands beside it."""
        from tidegate.data.dates import find_dates

        found = cast(Any, find_dates(cast(Any, self.columns), name))
        return found.values, found.columns


class _Narwhals(Mapping[Any, Any]):
    """The columns of a dataframe as NumPy arrays."""

    def __init__(self, table: Any, narwhals: Any) -> None:
        self.table, self.nw = table, narwhals

    def __getitem__(self, key: Any) -> Array:
        column = self.table[:, self.table.columns.index(key)]  # by position: pandas allows numbers as names
        if getattr(column.dtype, "time_zone", None):
            column = column.dt.replace_time_zone(None)  # the clock on the wall
        return np.asarray(column.to_numpy())

    def __iter__(self) -> Any:
        return iter(self.table.columns)

    def __len__(self) -> int:
        return len(self.table.columns)

    def date_names(self) -> list[str]:
        """Return the columns whose type is a date, without fetching any."""
        dates = (self.nw.Date, self.nw.Datetime)
        return [str(n) for n, kind in self.table.schema.items() if isinstance(kind, dates)]


def look(table: Any) -> Columns:
    """Return the columns of any table.

    >>> look({"a": [1, 2, 3]}).names
    ('a',)
    """
    if isinstance(table, (np.ndarray, list, tuple)):
        return _from_array(_even(table, say("the table")))
    if isinstance(table, Mapping):
        return _from_dict(table)
    if hasattr(table, "matrix") and hasattr(table, "line"):
        return FileColumns(table, table.rows)
    return _from_dataframe(table)


def _even(values: Any, what: str) -> Array:
    try:
        return values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
    except ValueError:
        raise DataError(
            complaint(
                "frame", say("rows of one length in {what}", what=what), say("rows of different lengths")
            )
        ) from None


def _from_array(array: Array) -> Columns:
    if array.dtype.names:
        return _from_dict({name: array[name] for name in array.dtype.names})
    if array.ndim == 1:
        return MatrixColumns(array[:, None])
    if array.ndim == 2 and array.shape[1]:
        return MatrixColumns(array)
    hint = (
        say("give the table before it was cut into windows")
        if array.ndim == 3
        else say("give at least one column")
    )
    expected = say("a table (rows, columns) or one series (rows,)")
    raise DataError(complaint("frame", expected, say("shape {shape}", shape=array.shape), hint))


def _from_dict(table: Mapping[Any, Any]) -> Columns:
    columns = {key: _even(value, say("column {name!r}", name=str(key))) for key, value in table.items()}
    if not columns:
        raise DataError(complaint("frame", say("at least one column"), say("an empty dict")))
    for key, value in columns.items():
        if value.ndim != 1:
            expected = say("one value per row in column {name!r}", name=str(key))
            raise DataError(complaint("frame", expected, say("shape {shape}", shape=value.shape)))
    lengths = {str(key): len(value) for key, value in columns.items()}
    if len(set(lengths.values())) > 1:
        raise DataError(complaint("frame", say("columns of one length"), f"{lengths}"))
    return DictColumns(columns, next(iter(lengths.values())))


def _from_dataframe(table: Any) -> Columns:
    try:
        import narwhals as nw
    except ImportError:
        raise DataError(
            say(
                "frame got a {kind}. Dataframes need narwhals: pip install 'tidegate[frames]'; or give a "
                "NumPy array or a dict of columns.",
                kind=type(table).__name__,
            )
        ) from None
    try:
        native = nw.from_native(table, allow_series=True)
    except (TypeError, ValueError) as why:
        hint = say("give a NumPy array, a dict of columns or a dataframe")
        if "unique" in str(why):
            raise DataError(
                complaint("frame", say("a name of its own for each column"), say("one name twice"))
            ) from None
        raise DataError(complaint("frame", say("a table"), type(table).__name__, hint)) from None
    if isinstance(native, nw.LazyFrame):
        raise DataError(
            complaint(
                "frame",
                say("a table"),
                say("a lazy one"),
                say("write {code}", code="frame(table.collect(), ...)"),
            )
        )
    index: Any = nw.maybe_get_index(native)
    index = index.to_timestamp() if hasattr(index, "to_timestamp") else index  # periods
    whole = native.to_frame() if isinstance(native, nw.Series) else native
    if not len(whole.columns):
        raise DataError(complaint("frame", say("at least one column"), say("an empty dataframe")))
    dates = np.asarray(index) if getattr(getattr(index, "dtype", None), "kind", "") == "M" else None
    return DictColumns(_Narwhals(whole, nw), len(whole), dates)
