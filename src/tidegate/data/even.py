"""Uneven dates brought to an even step: rows that fall into one step of the clock or calendar become one row.

>>> step_of("15 min").name, step_of("month").name
('every 15 minutes', 'monthly')
>>> times = np.array(["2024-05-04T09:05", "2024-05-04T09:50", "2024-05-04T11:10"], "datetime64[m]")
>>> dates, values, _ = evened(times, np.array([[1.0], [3.0], [7.0]]), step_of("1h"), "mean")
>>> dates.astype(str).tolist(), values.ravel().tolist()
(['2024-05-04T09:00', '2024-05-04T11:00'], [2.0, 7.0])
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.data.frequency import DAY, HOUR, MINUTE, SECOND, UNITS, Frequency, find_frequency
from tidegate.data.windows import Array
from tidegate.errors import DataError, complaint
from tidegate.language import say

__all__ = ["BUCKETS", "brought", "evened", "kept_step", "likely_step", "step_of"]

BUCKETS = ("mean", "last")  # what may be made of the rows of one step

MONDAY = np.datetime64("1969-12-29", "us")  # where weeks are counted from
USUAL = [  # steps that people measure at
    *(n * unit for unit in (SECOND, MINUTE) for n in (1, 2, 5, 10, 15, 20, 30)),
    *(n * HOUR for n in (1, 2, 3, 4, 6, 8, 12)),
    *(DAY, 7 * DAY),
]
MONTH = round(DAY * 365.25 / 12)


def step_of(every: Any, who: str = "frame") -> Frequency:
    """Return the step that '15min', '1h', 'day', '2 weeks', 'month' or a timedelta names."""
    if isinstance(every, datetime.timedelta | np.timedelta64):
        ticks = int(np.timedelta64(every).astype("timedelta64[us]").astype(np.int64))
        if ticks > 0:
            return Frequency("ticks", ticks)
    written = re.fullmatch(r"(\d*)\s*([a-z]+)", every.strip().lower()) if isinstance(every, str) else None
    for size, names in UNITS.items():
        if written is not None and written[2] in names and int(written[1] or 1):
            count = int(written[1] or 1) * abs(size)
            return Frequency("months", count) if size < 0 else Frequency("ticks", count)
    expected = say("every as a step of time: '1h', '15min', 'day', '2 weeks', 'month', or 'found'")
    raise DataError(complaint(who, expected, repr(every)))


def likely_step(dates: Sequence[Array]) -> Frequency:
    """Return the usual step that is nearest to the median of the distances between dates, of each series by itself.

    >>> likely_step([np.array(["2024-01-01T00:55", "2024-01-01T01:58", "2024-01-01T03:00"], "datetime64[m]")]).name
    'hourly'
    """
    apart = np.concatenate([np.diff(d.astype("datetime64[us]")).astype(np.int64) for d in dates])
    usual = {step: Frequency("ticks", step) for step in USUAL}
    usual |= {n * MONTH: Frequency("months", n) for n in (1, 3, 12)}
    middle = max(float(np.median(apart)) if len(apart) else DAY, 1.0)
    return usual[min(usual, key=lambda step: abs(np.log(step / middle)))]


def starts_of(dates: Array, step: Frequency) -> Array:
    """Return for each date where its step of the clock or calendar begins.

    >>> starts_of(np.array(["2024-05-04T10:59"], "datetime64[m]"), step_of("3h"))
    array(['2024-05-04T09:00'], dtype='datetime64[m]')
    """
    if step.kind == "months":
        months = dates.astype("datetime64[M]").astype(np.int64)
        found = (months - months % step.count).astype("datetime64[M]")
    else:
        ticks = (dates.astype("datetime64[us]") - MONDAY).astype(np.int64)
        found = MONDAY + (ticks - ticks % step.count).astype("timedelta64[us]")
    coarse = step.kind == "months" or step.count % DAY == 0
    return np.asarray(found.astype("datetime64[D]" if coarse else dates.dtype))


def evened(
    dates: Array, values: Array, step: Frequency, how: str, held: int = 0
) -> tuple[Array, Array, Array]:
    """Return one row for each step that holds a row: its start, its values, and the first row it was made of.

    Parameters
    ----------
    dates : ordered datetime64 array of shape (rows,); a date may repeat
    values : float array of shape (rows, columns); NaN is left out, and stays where a step holds nothing else
    how : 'mean' of the rows of a step, or the 'last' of them
    held : of so many columns, the last ones, the last value is taken in any case
    """
    starts, first = np.unique(starts_of(dates, step), return_index=True)
    there = ~np.isnan(values)
    last = np.maximum.reduceat(np.where(there, np.arange(len(values))[:, None], -1), first, axis=0)
    made = np.where(last >= 0, np.take_along_axis(values, np.maximum(last, 0), axis=0), np.nan)
    lines = values.shape[1] - held if how == "mean" else 0
    if lines:
        counts = np.add.reduceat(there[:, :lines].astype(np.int64), first, axis=0)
        sums = np.add.reduceat(np.where(there, values, 0)[:, :lines].astype(np.float64), first, axis=0)
        made[:, :lines] = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return starts, made.astype(values.dtype), first


def brought(before: int, after: int, step: Frequency, how: str) -> str:
    """Say what was done."""
    made = say("the mean of each step") if how == "mean" else say("the last of each step")
    return say("{n} rows brought to {m}, {step}: {made}", n=before, m=after, step=step.name, made=made)


def kept_step(starts: Array, step: Frequency) -> Frequency:
    """Return the step of rows that were evened: working days where these alone are there."""
    found = find_frequency(starts) if step == Frequency("ticks", DAY) and len(starts) > 2 else None
    return found if found is not None and found.kind == "working days" else step
