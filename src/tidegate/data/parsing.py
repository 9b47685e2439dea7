"""Text to dates: which form a column is written in, and what each of its values means.

One form is found for the whole column, and a value that does not keep to it is named. Where 03/04/2020 could
be the 3rd of April or the 4th of March, and no other value settles it, the column is refused, not guessed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidegate.data.windows import Array
from tidegate.errors import DataError, complaint
from tidegate.language import say

__all__ = ["RUNNING_YEARS", "as_dates", "looks_like_date", "parse_dates"]

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAME = rf"(?P<b>{'|'.join(_MONTHS)})[a-z]*\.?"
_CLOCK = (
    r"(?:[T ]\s*(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?\s*(?P<p>[ap]\.?m\.?)?"
    r"\s*(?P<z>Z|[+-]\d{2}:?\d{2})?)?"
)
RUNNING_YEARS = "running year and month"
_SETTLED = {"u": "day/month/year", "v": "month/day/year"}  # by which of two numbers is the day

# form in words: pattern. A form with 'day or month' is settled by its values.
_FORMS: dict[str, str] = {
    "year": r"(?P<Y>\d{4})",
    "year and month": r"(?P<Y>\d{4})[-/.](?P<m>\d{1,2})",
    "year, month, day": r"(?P<Y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})" + _CLOCK,
    "year, month, day in one number": r"(?P<Y>(?:1[5-9]|2[0-4])\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    "day.month.year": r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<Y>\d{4}|\d{2})" + _CLOCK,
    "day or month first": r"(?P<u>\d{1,2})(?P<s>[-/])(?P<v>\d{1,2})(?P=s)(?P<Y>\d{4})" + _CLOCK,
    "day or month first, short year": r"(?P<u>\d{1,2})/(?P<v>\d{1,2})/(?P<Y>\d{2})" + _CLOCK,
    "month and year": r"(?P<m>\d{1,2})[-/.](?P<Y>\d{4})",
    "month name and year": _NAME + r"[ -/,]{1,2}(?P<Y>\d{4}|\d{2})",
    "day, month name, year": r"(?P<d>\d{1,2})\.?[ -/]" + _NAME + r",?[ -/](?P<Y>\d{4}|\d{2})" + _CLOCK,
    "month name, day, year": _NAME + r" (?P<d>\d{1,2}),? (?P<Y>\d{4})" + _CLOCK,
    "year and month name": r"(?P<Y>\d{4})[ -/]" + _NAME,
    "year and quarter": r"(?P<Y>\d{4})[ -/]?Q(?P<q>[1-4])",
    "quarter and year": r"Q(?P<q>[1-4])[ -/](?P<Y>\d{4})",
    "year and week": r"(?P<Y>\d{4})-?W(?P<w>\d{2})",
    RUNNING_YEARS: r"(?P<Y>\d{1,3})-(?P<m>\d{1,2})",
}
_DATES = (datetime.date, np.datetime64)
_ISO = re.compile(r"\d{4}-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d)?)?)?")


def _row(row: int) -> str:
    return say("row {row}", row=row)


def as_dates(values: Any, name: str, place: Callable[[int], str] = _row) -> Array:
    """Return dates of any kind (datetime64, datetime objects, text, years) as datetime64."""
    if getattr(getattr(values, "dtype", None), "tz", None) and hasattr(values, "tz_localize"):
        values = values.tz_localize(None)  # a pandas index with a time zone: its clock on the wall
    array = np.asarray(values)
    if array.ndim != 1:
        raise DataError(
            complaint(name, say("one date per row, shape (rows,)"), say("shape {shape}", shape=array.shape))
        )
    if array.dtype.kind == "M":
        return array
    if array.dtype.kind == "O" and len(array) and all(isinstance(v, _DATES) for v in array):
        plain = [v.replace(tzinfo=None) if isinstance(v, datetime.datetime) else v for v in array]
        whole = all(type(v) is datetime.date for v in plain)
        return np.array(plain, dtype="datetime64[D]" if whole else "datetime64[us]")
    if array.dtype.kind == "f" and (array == np.floor(array)).all():
        array = array.astype(np.int64)
    return parse_dates([None if v is None else str(v) for v in array.tolist()], name, place)[0]


def parse_dates(
    texts: Sequence[str | None], name: str, place: Callable[[int], str] = _row
) -> tuple[Array, str]:
    """Return the dates and the form they are written in.

    >>> parse_dates(["31.12.2020", "01.01.2021"], "day")
    (array(['2020-12-31', '2021-01-01'], dtype='datetime64[D]'), 'day.month.year')

    Parameters
    ----------
    texts : one per row
    name : the column, for messages
    place : names a row in messages
    """
    for row, text in enumerate(texts):
        if text is None or not text.strip():
            raise DataError(
                say("Column {name!r}, {place}: the date is missing.", name=name, place=place(row))
            )
    if not texts:
        return np.array([], dtype="datetime64[D]"), "none"
    plain = [str(t).strip() for t in texts]
    quick = _quick(plain)
    if quick is not None:
        return quick
    form = _form_of(plain[0])
    if form is None:
        raise DataError(
            say(
                "Column {name!r}, {place}: {first!r} is no known date; write 2024-01-31.",
                name=name,
                place=place(0),
                first=plain[0],
            )
        )
    pattern = re.compile(_FORMS[form], re.IGNORECASE)
    found = []
    for row, text in enumerate(plain):
        match = pattern.fullmatch(text)
        if match is None:
            raise DataError(
                say(
                    "Column {name!r}, {place}: {text!r} is no date like {first!r} ({form}).",
                    name=name,
                    place=place(row),
                    text=text,
                    first=plain[0],
                    form=say(form),
                )
            )
        found.append(match.groupdict())
    if "u" in found[0]:
        form = _settle(found, name, plain)
    dates = _build(found, form, name, plain, place)
    if form == RUNNING_YEARS:
        _check_running(dates, name, plain)
    return dates, form


def _form_of(text: str) -> str | None:
    return next((f for f, p in _FORMS.items() if re.fullmatch(p, text, re.IGNORECASE)), None)


def looks_like_date(text: str) -> bool:
    """Return whether one value has the form of a date.

    >>> looks_like_date("Jan 1949"), looks_like_date("12 apples")
    (True, False)
    """
    return _form_of(text.strip()) is not None


def _quick(texts: list[str]) -> tuple[Array, str] | None:
    """Most files hold ISO dates of one length, which NumPy reads at once."""
    width = len(texts[0])
    if not _ISO.fullmatch(texts[0]) or any(len(t) != width for t in texts):
        return None
    unit = {7: "M", 10: "D", 16: "m", 19: "s"}[width]
    try:
        dates = np.array(texts, dtype=f"U{width}").astype(f"datetime64[{unit}]")
    except ValueError:
        return None  # the slow way finds the row
    if unit == "m":
        dates = dates.astype("datetime64[s]")
    return dates, "year and month" if unit == "M" else "year, month, day"


def _settle(found: list[dict[str, Any]], name: str, texts: list[str]) -> str:
    """Say which of two numbers is the day: the one that exceeds 12 somewhere."""
    first = max(int(f["u"]) for f in found)
    second = max(int(f["v"]) for f in found)
    if (first > 12) == (second > 12):
        why = say("both numbers exceed 12") if first > 12 else say("no day exceeds 12")
        raise DataError(
            say(
                "Column {name!r}: {text!r} may be day/month or month/day, and {why} in the whole column."
                " Write the dates as 2024-01-31.",
                name=name,
                text=texts[0],
                why=why,
            )
        )
    day, month = ("u", "v") if first > 12 else ("v", "u")
    for f in found:
        f["d"], f["m"] = f[day], f[month]
    return _SETTLED[day]


def _build(
    found: list[dict[str, Any]], form: str, name: str, texts: list[str], place: Callable[[int], str]
) -> Array:
    keys = found[0]

    def numbers(key: str, default: int) -> Array:
        return np.array([int(f[key]) if f.get(key) else default for f in found], dtype=np.int64)

    def refuse(bad: Array, why: str) -> None:
        if bad.any():
            row = int(bad.argmax())
            raise DataError(
                say(
                    "Column {name!r}, {place}: {text!r} is no date: {why}.",
                    name=name,
                    place=place(row),
                    text=texts[row],
                    why=why,
                )
            )

    years = numbers("Y", 0)
    if form != RUNNING_YEARS:
        digits = np.array([len(f["Y"]) for f in found])
        refuse(digits != digits[0], say("other rows write their years with {count} digits", count=digits[0]))
        if digits[0] == 2:
            years += np.where(years < 69, 2000, 1900)  # as POSIX reads two digits
    if "w" in keys:
        weeks = numbers("w", 1)
        refuse((weeks < 1) | (weeks > 53), say("there is no such week"))
        fourth = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]") + 3  # always in week 1
        monday = fourth - (fourth.astype(np.int64) + 3) % 7
        return np.asarray(monday + 7 * (weeks - 1))
    if "q" in keys:
        months = 3 * numbers("q", 1) - 2
    elif "b" in keys:
        months = np.array([_MONTHS.index(f["b"].lower()) + 1 for f in found], dtype=np.int64)
    else:
        months = numbers("m", 1)
    refuse((months < 1) | (months > 12), say("there is no such month"))
    if "m" not in keys and "b" not in keys and "q" not in keys:
        return np.asarray((years - 1970).astype("datetime64[Y]"))
    starts = ((years - 1970) * 12 + months - 1).astype("datetime64[M]")
    if "d" not in keys and "u" not in keys:
        return np.asarray(starts)
    days = numbers("d", 1)
    length = ((starts + 1).astype("datetime64[D]") - starts.astype("datetime64[D]")).astype(np.int64)
    refuse((days < 1) | (days > length), say("the month has no such day"))
    dates = starts.astype("datetime64[D]") + (days - 1)
    if not any(f.get("H") for f in found):
        return np.asarray(dates)
    hours, minutes, seconds = numbers("H", 0), numbers("M", 0), numbers("S", 0)
    timed = np.array([bool(f.get("H")) for f in found])  # a day alone is its midnight
    halves = np.array([(f.get("p") or " ")[0].lower() for f in found])
    if (halves != " ").any():
        refuse(timed & (halves == " "), say("other rows say AM or PM"))
    refuse((halves != " ") & ((hours < 1) | (hours > 12)), say("there is no such hour"))
    hours = np.where(halves == " ", hours, hours % 12 + np.where(halves == "p", 12, 0))
    refuse((hours > 23) | (minutes > 59) | (seconds > 59), say("there is no such time"))
    moments = dates.astype("datetime64[s]") + hours * 3600 + minutes * 60 + seconds
    zones = [f.get("z") for f in found]
    if any(zones):
        refuse(np.array([z is None for z in zones]), say("other rows say their offset from UTC"))
    if len(set(zones)) > 1:  # several offsets, as over a change of the clock: all to UTC
        moments = moments - np.array([_offset(z) for z in zones if z], dtype=np.int64)
    parts = [f.get("f") for f in found]
    if any(parts):
        fine = np.array([int((p or "0").ljust(6, "0")[:6]) for p in parts], dtype="timedelta64[us]")
        return np.asarray(moments.astype("datetime64[us]") + fine)
    return np.asarray(moments)


def _offset(zone: str) -> int:
    if zone in "Zz":
        return 0
    digits = zone[1:].replace(":", "")
    return (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if zone[0] == "-" else 1)


def _check_running(dates: Array, name: str, texts: list[str]) -> None:
    """Accept 1-01, 1-02, ... 3-12 as month 1 of year 1 and so on, where the months follow one another."""
    if len(dates) < 2 or not (np.diff(dates.astype(np.int64)) == 1).all():
        raise DataError(
            say(
                "Column {name!r}: {text!r} may be year-month, month-day or day-month. Write the dates as"
                " 2024-01-31.",
                name=name,
                text=texts[0],
            )
        )
