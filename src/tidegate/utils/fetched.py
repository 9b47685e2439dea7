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
    file_hash, md5_hash, hash_algorithm : what a file has to hash to, "sha256" or "md5"; "auto" tells them by length
    untar, extract, archive_format, force_download : accepted; what is there is taken as it is

    Raises
    ------
    DataError
        If it is not there, or another one; says where to put it.
    """
    name = os.fspath(fname) if fname else (origin or "").split("?")[0].rpartition("/")[2]
    home = Path(cache_dir or os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser())
    path = home / cache_subdir / name
    if not name or not path.exists():
        expected = say("{path}, as nothing is downloaded here", path=path)
        instead = say("fetch {origin} once, and put it there", origin=origin or name)
        raise DataError(complaint("get_file", expected, say("nothing there"), instead))
    wanted = file_hash or md5_hash
    if wanted and path.is_file():
        import hashlib

        kind = hash_algorithm if hash_algorithm != "auto" else "sha256" if len(wanted) == 64 else "md5"
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "md5" if kind == "md5" else "sha256").hexdigest()
        if found != wanted.lower():
            raise DataError(complaint("get_file", f"{path}: {kind} {wanted}", found))
    return str(path)
