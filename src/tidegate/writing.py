"""Files and folders that are there whole or not at all: written beside, flushed to the disk, renamed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from tidegate.errors import ArgumentError, DataError, complaint
from tidegate.language import say

__all__ = ["beside", "flush", "folder_for", "path_of", "put"]


def path_of(who: str, given: Any, example: str = "'model.keras'") -> Path:
    """Return the path that was given."""
    try:
        return Path(os.fsdecode(given))
    except TypeError:
        raise ArgumentError(complaint(who, say("a path"), repr(given), example)) from None


def folder_for(who: str, folder: Path) -> None:
    """Make a folder that is missing, and raise where no file can be written into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        why = "" if os.access(folder, os.W_OK) else os.strerror(errno.EACCES)
    except OSError as error:
        why = error.strerror or str(error)
    if why:
        raise DataError(complaint(who, say("a folder to write into"), f"{folder}{say(': ')}{why}"))


def beside(path: Path) -> Path:
    """Return a hidden name in the same folder that nobody else has, so that renaming moves nothing."""
    return path.with_name(f".{path.name[:50]}.{os.urandom(8).hex()}")


def put(path: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Write a file: a reader sees the old one or the new one. A link stays one, and a file keeps its mode."""
    goal = Path(os.path.realpath(path))
    draft = beside(goal)
    try:
        with draft.open("xb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        if goal.exists():
            draft.chmod(stat.S_IMODE(goal.stat().st_mode))
        os.replace(draft, goal)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    flush(goal.parent)


def flush(path: Path) -> None:
    """Bring a file, or what was renamed into a folder, to the disk."""
    if path.is_dir() and os.name != "posix":
        return  # the system does it
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
