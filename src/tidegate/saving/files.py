"""Writing a file so that it is there whole or not at all, and reading an archive without trusting it."""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from tidegate.errors import DataError, complaint

__all__ = ["LIMIT", "pack", "put", "unpack"]

LIMIT = 64 * 2**20  # bytes of a description; weights are held against the size of their file
PARTS = ("metadata.json", "config.json", "model.weights.h5")


def put(path: Path, write: Callable[[BinaryIO], None], overwrite: bool = True) -> None:
    """Write beside, flush to the disk, and rename: a reader sees the old file or the new one."""
    if path.exists() and not overwrite:
        raise DataError(complaint("saving", f"no file at {path}", "one", "overwrite=True"))
    if not path.parent.is_dir():
        raise DataError(complaint("saving", f"a folder {path.parent}", "none", "make it first"))
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(beside, 0o666 & ~umask)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    if os.name == "posix":  # the rename itself
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def pack(stream: BinaryIO, metadata: dict[str, Any], config: dict[str, Any], weights: bytes) -> None:
    """Write the three parts of a .keras archive."""
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("metadata.json", json.dumps(metadata))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", weights)


def unpack(path: Path) -> tuple[dict[str, Any], BinaryIO]:
    """Return the description and the weights of a .keras archive. Nothing is written to the disk."""
    who = f"{path}"
    try:
        with zipfile.ZipFile(path) as archive:
            found = {i.filename: i for i in archive.infolist()}
            for part in PARTS[1:]:
                if part not in found:
                    raise DataError(complaint(who, f"a .keras archive with {part} inside", "none"))
            if found["config.json"].file_size > LIMIT:
                raise DataError(complaint(who, f"config.json of at most {LIMIT} bytes", "a larger one"))
            weights = found["model.weights.h5"]
            if weights.file_size > 1000 * max(weights.compress_size, 1):
                raise DataError(
                    complaint(
                        who, "weights", f"{weights.file_size} bytes packed into {weights.compress_size}"
                    )
                )
            config = json.loads(archive.read("config.json"))
            return config, io.BytesIO(archive.read("model.weights.h5"))
    except (zipfile.BadZipFile, json.JSONDecodeError, UnicodeDecodeError, EOFError) as error:
        raise DataError(complaint(who, "a .keras archive", f"something else ({error})")) from None
