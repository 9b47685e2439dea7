"""Frames in files: plain arrays and text, read without running anything."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import numpy as np

from tidegate import writing
from tidegate.data.framed import Frame
from tidegate.data.frequency import Frequency
from tidegate.data.scaling import Scaler
from tidegate.data.words import ROLES, Words
from tidegate.errors import DataError, complaint
from tidegate.language import say

__all__ = ["read", "write"]

PLAIN = ("names", "inputs", "targets", "look_back", "horizon", "gap", "stride", "first_row", "known_names",
         "static_names", "series", "missing", "mask_value", "notes")  # fmt: skip
KIND = "tidegate frame 1"
WITH_WORDS = "tidegate frame 2"  # so that an older version refuses what it would lose
MISSING = ("refuse", "keep", "skip", "mask")
STEPS = ("months", "working days", "ticks")
MOST = 1 << 40  # bytes that a file may say it holds


def write(frame: Frame, path: Any) -> None:
    """Write a frame; an old file stands whole until the new one does."""
    goal = writing.path_of("Frame.save", path, "'frame.npz'")
    kind = WITH_WORDS if frame.words else KIND
    plain: dict[str, Any] = {"kind": kind, **{name: getattr(frame, name) for name in PLAIN}}
    plain["words"] = [[words.name, words.roles, words.vocabulary] for words in frame.words]
    if frame.frequency is not None:
        plain["frequency"] = [frame.frequency.kind, frame.frequency.count, frame.frequency.anchor]
    if frame.scaler is not None:
        plain["scaler"] = frame.scaler.to_dict()
    arrays: dict[str, Any] = {
        "values": frame.values,
        "segments": frame.segments,
        "owners": frame.owners,
        "plain": np.frombuffer(json.dumps(plain).encode(), np.uint8),
    }
    if frame.words:
        arrays["codes"] = np.stack([words.codes for words in frame.words])
    if frame.given_dates is not None:
        arrays["dates"] = frame.given_dates
    try:
        writing.put(goal, lambda file: np.savez(file, **arrays))
    except OSError as why:
        raise DataError(
            say("The frame cannot be written to {goal}: {why}.", goal=goal, why=why.strerror or why)
        ) from None


def read(path: Any) -> Frame:
    """Return the frame of a file; whatever is wrong with it is said in one line."""
    goal = writing.path_of("Frame.load", path, "'frame.npz'")
    try:
        size = goal.stat().st_size
        with zipfile.ZipFile(goal) as archive:
            said = sum(entry.file_size for entry in archive.infolist())
        if said > min(MOST, size * 2 + (1 << 16)):  # nothing in it is packed
            raise ValueError(say("it says to hold more than it does"))
        with np.load(goal, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        plain = json.loads(arrays["plain"].tobytes())
        if plain["kind"] not in (KIND, WITH_WORDS):
            raise ValueError(say("it is of the kind {kind!r}", kind=plain["kind"]))
        chosen = {name: _tuple(plain[name]) for name in PLAIN}
        step = plain.get("frequency")
        frame = Frame(
            values=arrays["values"],
            given_dates=arrays.get("dates"),
            segments=arrays["segments"],
            owners=arrays["owners"],
            frequency=Frequency(str(step[0]), int(step[1]), int(step[2])) if step else None,
            scaler=Scaler.from_dict(plain["scaler"]) if "scaler" in plain else None,
            words=_words(plain, arrays) if plain["kind"] == WITH_WORDS else (),
            **chosen,
        )
        _check(frame)
    except FileNotFoundError:
        raise DataError(
            complaint("Frame.load", say("a file that Frame.save wrote"), say("no file {goal}", goal=goal))
        ) from None
    except (
        OSError, ValueError, KeyError, TypeError, IndexError, EOFError, RecursionError, zipfile.BadZipFile
    ) as why:  # fmt: skip
        raise DataError(say("{goal} is no frame that Frame.save wrote: {why}.", goal=goal, why=why)) from None
    return frame


def _words(plain: dict[str, Any], arrays: dict[str, Any]) -> tuple[Words, ...]:
    """Return the columns of words, or raise ValueError where they do not fit the rest."""
    codes, rows = arrays["codes"], len(arrays["values"])
    if codes.shape != (len(plain["words"]), rows) or codes.dtype != np.int32:
        raise ValueError(say("its codes are not one for each row"))
    found = []
    for (name, roles, vocabulary), column in zip(plain["words"], codes, strict=True):
        if not set(roles) <= set(ROLES) or not all(isinstance(word, str) for word in (name, *vocabulary)):
            raise ValueError(say("its words are no words"))
        if rows and not (column.min() >= -1 and column.max() <= len(vocabulary)):
            raise ValueError(say("its codes stand for no word"))
        found.append(Words(name, tuple(roles), tuple(vocabulary), column))
    return tuple(found)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check(frame: Frame) -> None:
    """Raise ValueError where numbers of a file do not fit one another."""
    values, segments = frame.values, frame.segments
    if values.ndim != 2 or values.dtype.kind != "f" or values.shape[1] != len(frame.names):
        raise ValueError(say("its values are no table of its columns"))
    for some in (frame.inputs, frame.targets, frame.known_names, frame.static_names):
        if not set(some) <= set(frame.names):
            raise ValueError(say("it names columns that are not there"))
    if frame.names[: len(frame.inputs)] != frame.inputs:
        raise ValueError(say("its inputs do not stand first"))
    sizes = (frame.look_back, frame.horizon, frame.gap, frame.stride, frame.first_row)
    if any(type(n) is not int for n in sizes) or not isinstance(frame.mask_value, float | int):
        raise ValueError(say("its sizes are no whole numbers"))
    if frame.look_back < 1 or frame.horizon < 1 or frame.stride < 1 or frame.gap < -1:
        raise ValueError(say("its sizes are out of range"))
    if frame.missing not in MISSING or (frame.frequency is not None and frame.frequency.kind not in STEPS):
        raise ValueError(say("it is not made as frames are"))
    if segments.ndim != 2 or segments.shape[1:] != (2,) or segments.dtype.kind != "i":
        raise ValueError(say("its segments are no pairs of rows"))
    inside = (
        (segments >= 0).all() and (segments <= len(values)).all() and (segments[:, 0] <= segments[:, 1]).all()
    )
    if not inside or len(frame.owners) != len(segments) or frame.owners.dtype.kind != "i":
        raise ValueError(say("its segments lie outside its rows"))
    if len(frame.owners) and not (0 <= frame.owners.min() and frame.owners.max() < max(len(frame.series), 1)):
        raise ValueError(say("its segments belong to no series"))
    if frame.given_dates is not None and (
        frame.given_dates.dtype.kind != "M" or frame.given_dates.shape != (len(values),)
    ):
        raise ValueError(say("its dates are not one for each row"))
