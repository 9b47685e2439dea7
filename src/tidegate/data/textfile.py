"""Is this a text table at all: size, letters, separator and header, before anything reads its rows."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tidegate.data.windows import Array
from tidegate.errors import DataError
from tidegate.language import say
from tidegate.writing import path_of

__all__ = ["MAX_BYTES", "Layout", "explain_rows", "lay_out", "load", "shown"]

MAX_BYTES = 2 << 30
SEPARATORS = ",;\t|"
_BLANK = re.compile(rb"\n[ \t\r]*\n")
_MAGIC = {
    b"PK\x03\x04": "a zip or Excel file",
    b"\x1f\x8b": "compressed by gzip",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF file",
    b"\x28\xb5\x2f\xfd": "compressed by zstd",
    b"\x89HDF": "an HDF5 file",
}


def load(path: str | os.PathLike[str], encoding: str | None, max_bytes: int) -> bytes:
    """Return the file as UTF-8 with plain line ends, or raise DataError in one line."""
    file = path_of("read_csv", path, "'table.csv'")
    if file.is_dir():
        raise DataError(say("{file} is a directory, not a file.", file=file))
    if not file.exists():
        near = _near(file)
        raise DataError(
            say("There is no file {file}; did you mean {near}?", file=file, near=near)
            if near
            else say("There is no file {file}.", file=file)
        )
    if file.is_char_device() or file.is_block_device():
        raise DataError(say("{file} is a device, not a file.", file=file))
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            raw = stream.read(max_bytes + 1) if size <= max_bytes else b""  # a pipe does not tell its size
        if max(size, len(raw)) > max_bytes:
            known = f"{size:,}" if size > max_bytes else say("more")
            raise DataError(
                say(
                    "{file} has {known} bytes; the limit is {max_bytes:,}. Say max_bytes=... to raise it.",
                    file=file,
                    known=known,
                    max_bytes=max_bytes,
                )
            )
    except OSError as why:
        raise DataError(say("{file} cannot be read: {strerror}.", file=file, strerror=why.strerror)) from None
    return _as_utf8(raw, str(file), encoding)


def shown(text: str, width: int = 60) -> str:
    """Return a value of a file as a message shows it: quoted, on one line, not too long.

    >>> shown("a\\nb"), shown("x" * 99, width=5)
    ("'a\\\\nb'", "'xxxxx...'")
    """
    return repr(text if len(text) <= width else text[:width] + "...")


def _near(file: Path) -> str:
    import difflib

    try:
        names = [f.name for f in file.parent.iterdir() if f.is_file()] if file.parent.is_dir() else []
    except OSError:
        return ""
    found = difflib.get_close_matches(file.name, names, n=1, cutoff=0.7)
    return str(file.parent / found[0]) if found else ""


def _as_utf8(raw: bytes, path: str, encoding: str | None) -> bytes:
    for magic, kind in _MAGIC.items():
        if raw.startswith(magic):
            raise DataError(
                say("{path} is {kind}, not a text table. Save it as plain CSV.", path=path, kind=say(kind))
            )
    if encoding is None and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        if encoding is not None:
            raw = raw.decode(encoding).encode()
        else:
            raw.decode()
    except LookupError:
        raise DataError(
            say(
                "There is no encoding {encoding!r}. Try 'utf-8', 'latin-1', 'cp1252' or 'gb18030'.",
                encoding=encoding,
            )
        ) from None
    except UnicodeDecodeError as why:
        if b"\0" in raw[:65536]:
            raise DataError(say("{path} is no text file.", path=path)) from None
        line = raw.count(b"\n", 0, why.start) + 1
        raise DataError(
            say(
                "{path}, line {line}: byte 0x{byte:02x} is not {encoding}. Save the file as UTF-8, or name "
                "its encoding, such as encoding='cp1252' (on the command line --encoding cp1252).",
                path=path,
                line=line,
                byte=raw[why.start],
                encoding=encoding or "UTF-8",
            )
        ) from None
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if b"\0" in raw:
        raise DataError(say("{path} is no text file.", path=path))
    if not raw.strip():
        raise DataError(say("{path} is empty.", path=path))
    return raw if b"\n" in raw or b"\r" not in raw else raw.replace(b"\r", b"\n")  # as old Macs ended lines


@dataclass(frozen=True)
class Layout:
    """Where the table begins in the file and what its header says.

    Attributes
    ----------
    start : first byte of the header
    line : line of the header, counted from 1
    separator : one letter
    names : the columns, nameless ones as 'column 3'
    nameless : those of them without a name in the file
    plain_header : the header takes one line
    kept : lines of the file that hold something, where blank ones between them were left out
    """

    start: int
    line: int
    separator: str
    names: tuple[str, ...]
    nameless: tuple[str, ...]
    plain_header: bool
    kept: Array | None = None

    def lines(self, raw: bytes, rows: int) -> Array | int:
        """Return the line of the first row where each row takes one line, otherwise the line of every row."""
        if self.kept is not None:
            return self.kept[1:]
        body = raw[self.start :]
        if self.plain_header and (b'"' not in body or body.rstrip(b"\r\n").count(b"\n") <= rows):
            return self.line + 1
        starts = [line for line, _ in _records(body, self.separator)]
        return np.array(starts[1:], dtype=np.int64) + self.line - 1


def _records(body: bytes, separator: str) -> list[tuple[int, int]]:
    """Return (first line counted from 1, number of fields) of every record."""
    reader = csv.reader(io.StringIO(body.decode(), newline=""), delimiter=separator, strict=True)
    found, line = [], 1
    for fields in reader:
        found.append((line, len(fields)))
        line = reader.line_num + 1
    return found


def lay_out(raw: bytes, path: str) -> tuple[Layout, bytes]:
    """Find the separator and read the header; return the file as well, without blank lines between its rows."""
    layout = _head(raw, path)
    if len(layout.names) == 1 or b'"' in raw or not _BLANK.search(raw.rstrip(), layout.start):
        return layout, raw  # where there is one column, a blank line is a row without a value
    lines = [line.strip() for line in raw[layout.start :].split(b"\n")]
    kept = np.array([k for k, line in enumerate(lines) if line], dtype=np.int64)
    full = b"\n".join(lines[k] for k in kept.tolist())
    return replace(layout, start=0, kept=kept + layout.line), full


def _head(raw: bytes, path: str) -> Layout:
    start = len(raw) - len(raw.lstrip(b"\r\n \t"))
    start = raw.rfind(b"\n", 0, start) + 1
    head = [line.decode() for line in raw[start : start + (1 << 20)].split(b"\n", 2)[:2]]
    separator = max(SEPARATORS, key=lambda s: min(_count(line, s) for line in head))
    if not min(_count(line, separator) for line in head):
        separator = max(SEPARATORS, key=lambda s: _count(head[0], s))
    text = io.StringIO(raw[start : start + (1 << 20)].decode(errors="ignore"), newline="")
    reader = csv.reader(text, delimiter=separator)
    try:
        fields = [f.strip() for f in next(reader)]
    except (csv.Error, StopIteration):
        raise DataError(say("{path}: the header line cannot be read.", path=path)) from None
    names = tuple(f or f"column {k + 1}" for k, f in enumerate(fields))
    line = raw.count(b"\n", 0, start) + 1
    for name in names:
        if names.count(name) > 1:
            raise DataError(
                say(
                    "{path} has {count} columns called {name!r}. Give each a name of its own.",
                    path=path,
                    count=names.count(name),
                    name=name,
                )
            )
    if all(_is_value(f) for f in fields):
        raise DataError(
            say(
                "{path}, line {line}: the first line holds values ({names}), not names. Put a header line"
                " such as date,sales above it.",
                path=path,
                line=line,
                names=", ".join(fields[:3]),
            )
        )
    nameless = tuple(n for n, f in zip(names, fields, strict=True) if not f)
    return Layout(start, line, separator, names, nameless, reader.line_num == 1)


def _count(line: str, separator: str) -> int:
    return "".join(line.split('"')[::2]).count(separator)  # outside of quotes


def _is_value(text: str) -> bool:
    if any(c.isdigit() for c in text) and not any(c.isalpha() for c in text):
        return True  # a number or a date
    try:
        float(text)
    except ValueError:
        return False
    return True


def explain_rows(raw: bytes, layout: Layout, path: str, why: str) -> str:
    """Return the message for rows that could not be split: the first that differs from the header."""
    width = len(layout.names)
    try:
        for line, fields in _records(raw[layout.start :], layout.separator):
            if fields > width:
                return say(
                    "{path}, line {line}: {fields} fields, but the header has {width}.",
                    path=path,
                    line=line + layout.line - 1,
                    fields=fields,
                    width=width,
                )
    except csv.Error as trouble:
        if "end of data" in str(trouble):
            return say("{path}: a quote is opened and never closed.", path=path)
        why = str(trouble)
    stray = re.search(rb'[^%b"\s]"[^%b"\s]' % ((layout.separator.encode(),) * 2), raw)
    if stray:
        line = raw.count(b"\n", 0, stray.start()) + 1
        return say("{path}, line {line}: a quote stands inside a value. Leave it out.", path=path, line=line)
    return say("{path} is no well-formed CSV: {why}.", path=path, why=why.splitlines()[0])
