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

__all__ = ["check_directory", "together"]


def check_directory(directory: str | os.PathLike[str]) -> Path:
    """Return the directory as a path if files can be written into it, once made; otherwise raise.

    >>> check_directory("a-new-folder").name
    'a-new-folder'
    """
    path = Path(directory)
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
def together(directory: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a folder to write into; at the end all it holds moves to `directory`, after an error nothing does.

    The folder lies in `directory`, or beside it while there is none, so that moving is renaming, and nobody
    meets a file half written.
    """
    target = check_directory(directory)
    try:
        place = target if target.exists() else target.parent
        place.mkdir(parents=True, exist_ok=True)
        desk = Path(tempfile.mkdtemp(prefix=".tidegate-", dir=place))
    except OSError as why:
        raise DataError(
            say("Cannot write into {path}: {strerror}.", path=target, strerror=why.strerror)
        ) from None
    try:
        yield desk
        for file in sorted(desk.iterdir()):
            with file.open("rb") as written:
                os.fsync(written.fileno())
        desk.chmod(0o777 & ~_umask())
        if target.exists():
            for file in sorted(desk.iterdir()):
                os.replace(file, target / file.name)
        else:
            os.replace(desk, target)
    except OSError as why:
        raise DataError(
            say("Cannot write into {path}: {strerror}.", path=target, strerror=why.strerror)
        ) from None
    finally:
        shutil.rmtree(desk, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
