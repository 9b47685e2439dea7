"""Writing several files so that either all of them stand there whole, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tidegate.errors import DataError
from tidegate.language import say
from tidegate.writing import beside, flush, path_of

__all__ = ["check_directory", "together"]


def check_directory(directory: str | os.PathLike[str]) -> Path:
    """Return the directory as a path if files can be written into it, once made; otherwise raise.

    >>> check_directory("a-new-folder").name
    'a-new-folder'
    """
    path = path_of(say("saving"), directory, "'forecast'")
    try:
        stand = next(place for place in (path, *path.absolute().parents) if place.exists())
        if not stand.is_dir():
            raise DataError(
                say("Cannot write into {path}: {stand} is a file, not a folder.", path=path, stand=stand)
            )
        os.rmdir(tempfile.mkdtemp(prefix=".tidegate-", dir=stand))  # the one test that is always right
    except OSError as why:
        raise DataError(
            say("Cannot write into {path}: {strerror}.", path=path, strerror=why.strerror)
        ) from None
    return path


@contextmanager
def together(directory: str | os.PathLike[str], key: str) -> Iterator[Path]:
    """Give a folder to write into; at the end all it holds moves to `directory`, after an error nothing does.

    A new `directory` appears whole. In one that exists each file is replaced whole, one after the other; the file
    `key`, without which the others are nothing, goes first and comes last. So what is killed in between leaves a
    folder without it, never one that passes old files off as belonging to new ones.
    """
    target = check_directory(directory)
    moving = False
    try:
        place = target if target.exists() else target.parent
        place.mkdir(parents=True, exist_ok=True)
        desk = beside(place / "tidegate")
        desk.mkdir()
    except OSError as why:
        raise DataError(
            say("Cannot write into {path}: {strerror}.", path=target, strerror=why.strerror)
        ) from None
    try:
        yield desk
        files = sorted(desk.iterdir(), key=lambda file: (file.name == key, file.name))
        for file in files:
            flush(file)
        if target.exists():
            moving = True
            (target / key).unlink(missing_ok=True)
            for file in files:
                os.replace(file, target / file.name)
            flush(target)
        else:
            flush(desk)
            os.replace(desk, target)
            flush(target.parent)
    except OSError as why:
        raise DataError(
            say(
                "Cannot write into {path}: {strerror}. Some files there are new, others old: write them again."
                if moving
                else "Cannot write into {path}: {strerror}.",
                path=target,
                strerror=why.strerror,
            )
        ) from None
    finally:
        shutil.rmtree(desk, ignore_errors=True)
