"""Files that Keras keeps in a folder of its own once it has downloaded them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tidegate.errors import DataError, complaint
from tidegate.language import say

__all__ = ["get_file"]


def get_file(
    fname: Any = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: Any = None,
    force_download: bool = False,
) -> str:
    """Return the path of a file, or folder, that is in Keras's folder already; nothing is downloaded here.

    Parameters
    ----------
    fname : its name, by default the last part of `origin`; or a path
    origin : where it comes from; named where the file is not there
    cache_subdir, cache_dir : it stands in cache_dir/cache_subdir, by default in ~/.keras/datasets; `KERAS_HOME` names
        another folder than ~/.keras
    untar, md5_hash, file_hash, hash_algorithm, extract, archive_format, force_download : accepted; what is there is
        taken as it is

    Raises
    ------
    DataError
        If it is not there; says where to put it.
    """
    name = os.fspath(fname) if fname else (origin or "").split("?")[0].rpartition("/")[2]
    home = Path(cache_dir or os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser())
    path = home / cache_subdir / name
    if not name or not path.exists():
        expected = say("{path}, as nothing is downloaded here", path=path)
        instead = say("fetch {origin} once, and put it there", origin=origin or name)
        raise DataError(complaint("get_file", expected, say("nothing there"), instead))
    return str(path)
