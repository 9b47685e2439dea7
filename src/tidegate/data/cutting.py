"""Where the parts of a frame begin, and what is known of the steps behind its end."""

from __future__ import annotations

import datetime
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from tidegate.data.parsing import as_dates
from tidegate.data.windows import Array
from tidegate.errors import DataError, complaint
from tidegate.language import say

if TYPE_CHECKING:
    from tidegate.data.framed import Frame

__all__ = ["first_rows", "known_ahead"]


def first_rows(frame: Frame, at: Any) -> Array:
    """Return for each segment the row at which a part begins."""
    low, high = frame.segments[:, 0], frame.segments[:, 1]
    share = isinstance(at, (float, np.floating))
    if share and not 0 < at < 1:
        raise DataError(
            complaint("split", say("a share between 0 and 1"), repr(at), say("write {code}", code="0.8"))
        )
    if isinstance(at, (str, datetime.date, np.datetime64)):
        if frame.given_dates is None:
            raise DataError(
                say(
                    "split got the date {at}, but the rows have none. Instead: frame(..., dates=...).",
                    at=at,
                )
            )
        return _at_date(frame, as_dates(np.array([at], dtype=object), "at", lambda _: "split")[0])
    if len(frame.segments) > 1:
        if not share:
            raise DataError(
                complaint(
                    "split",
                    say("a share or a date, as there are several stretches of rows"),
                    repr(at),
                    say("write {code}", code="0.8"),
                )
            )
        if frame.given_dates is not None:
            all_dates = np.unique(
                np.concatenate([frame.given_dates[a:b] for a, b in frame.segments.tolist()])
            )
            return _at_date(frame, all_dates[round((len(all_dates) - 1) * float(at))])
        sizes = np.bincount(frame.owners, weights=high - low)  # rows of each series
        found = np.empty(len(low), np.int64)
        passed = np.zeros(len(sizes))
        for k, owner in enumerate(frame.owners.tolist()):
            goal = round(sizes[owner] * float(at)) - passed[owner]
            found[k] = low[k] + int(np.clip(goal, 0, high[k] - low[k]))
            passed[owner] += high[k] - low[k]
        return found
    rows = len(frame.values)
    if share:
        return np.array([round(rows * float(at))])
    try:
        row = operator.index(at)
    except TypeError:
        raise DataError(complaint("split", say("a row number, a share or a date"), repr(at))) from None
    row = row + rows if row < 0 else row
    if not 0 < row < rows:
        raise DataError(complaint("split", say("a row from 1 to {last}", last=rows - 1), repr(at)))
    return np.array([row])


def _at_date(frame: Frame, when: np.datetime64) -> Array:
    assert frame.given_dates is not None
    return np.array(
        [a + int(np.searchsorted(frame.given_dates[a:b], when)) for a, b in frame.segments.tolist()]
    )


def known_ahead(frame: Frame, known: Any) -> dict[str, Array]:
    """Return the arrays of the known columns at the steps to come, by the names of their sources."""
    wanted = [source for source in frame.sources if source.role == "known"]
    names = [*frame.known_names, *(source.words.name for source in wanted if source.words)]
    given = {} if known is None else dict(known)
    if set(given) != set(names):
        came = ", ".join(map(repr, given)) or say("none")
        code = f"latest({{{', '.join(f'{name!r}: [...]' for name in names)}}})"
        raise DataError(
            complaint("latest", say("known with {names}", names=", ".join(map(repr, names))), came, code)
        )
    shape = (len(frame.ends), frame.horizon)

    def at(name: str) -> Array:
        values = np.asarray(given[name])
        if values.shape not in (shape, shape[1:]):
            raise DataError(
                complaint(
                    "latest",
                    say("{name} of shape {shape}", name=repr(name), shape=shape),
                    say("shape {shape}", shape=values.shape),
                )
            )
        return np.broadcast_to(values, shape)

    found: dict[str, Array] = {}
    for source in wanted:
        if source.words is not None:
            found[source.name] = source.words.encode(at(source.words.name))
        else:
            values = np.stack([at(name).astype(frame.values.dtype) for name in frame.known_names], axis=-1)
            scaled = values if frame.scaler is None else frame.scaler.transform(values, frame.known_names)
            found[source.name] = scaled
    return found
