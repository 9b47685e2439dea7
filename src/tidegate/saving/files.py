"""Where a file can be written and read, and reading an archive without trusting it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tidegate import writing
from tidegate.errors import ArgumentError, DataError, TidegateError, complaint, nearest
from tidegate.language import say
from tidegate.spelling import note
from tidegate.utils.objects import get_custom_objects, in_scope
from tidegate.writing import path_of

if TYPE_CHECKING:
    import zipfile

__all__ = ["H5", "LIMIT", "VERSION", "ending", "existing", "pack", "pour", "put", "unpack"]

VERSION = "3.15.1"  # of Keras, whose files these are
H5 = (".h5", ".hdf5")
TENSORFLOW = ("", ".ckpt", ".model", ".tf")  # how it called what it wrote

LIMIT = 16 * 2**20  # bytes of a description; weights are held against the size of their file
DEEPEST = 100  # levels of a description; a model of models of wrappers has some thirty
PACKED = 100  # times that a part may be larger than what is stored of it
WORDS = "/vocabulary.txt"
PARTS = ("metadata.json", "config.json", "model.weights.h5")


def ending(who: str, given: Any, *endings: str) -> Path:
    """Return a path to write to, whose name says in which format.

    The names of the folders and checkpoints that TensorFlow wrote, in the time of Keras 2, become names of files; what
    is in a file says how it is read.
    """
    path = path_of(who, given)
    if path.name.endswith(endings):
        return path
    suffix = _suffix(path)
    if _of_tensorflow(suffix):
        note(say("{who} without {ending}", who=who, ending=endings[0]), f"'{path.name}{endings[0]}'")
        return path
    foreign = (".npz", ".npy", ".pkl", ".pickle", ".joblib", ".pt", ".onnx", ".pb")
    hint = (
        f"'{(path.stem if suffix in foreign else path.name.removesuffix('.keras')) or 'model'}{endings[0]}'"
    )
    expected = say("a name ending in {endings}", endings=say(" or ").join(endings))
    raise ArgumentError(complaint(who, expected, repr(path.name), hint))


def _suffix(path: Path) -> str:
    """Return how a name ends, once what stands in braces is filled in."""
    return Path(re.sub(r"\{.*?\}", "0", path.name)).suffix


def _of_tensorflow(suffix: str) -> bool:
    return suffix in TENSORFLOW or suffix[1:].isdigit()


def existing(who: str, given: Any) -> Path:
    """Return a path to read from."""
    path = path_of(who, given)
    if path.is_dir():
        if not (path / "saved_model.pb").exists() and not (path / "keras_metadata.pb").exists():
            raise DataError(complaint(who, say("a file"), say("a folder, {path}", path=path)))
        code = f"tf.keras.models.load_model({str(path)!r}).save('model.h5')"
        came = say("a SavedModel folder of TensorFlow, {path}", path=path)
        hint = say("where TensorFlow is: {code}, then this file", code=code)
        raise DataError(complaint(who, say("a file"), came, hint))
    if not path.is_file():
        near = sorted(path.parent.glob(f"{path.name}*")) if path.parent.is_dir() else []
        if any(p.suffix == ".index" for p in near):
            code = say("{a} and {b}", a="model.load_weights(...)", b="model.save('model.h5')")
            came = say("a checkpoint of TensorFlow, {path}", path=path)
            hint = say("where TensorFlow is: {code}, then this file", code=code)
            raise DataError(complaint(who, say("a file of Keras"), came, hint))
        names = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        came = say("nothing at {path}", path=path)
        raise DataError(complaint(who, say("a file"), came, nearest(path.name, names)))
    return path


def put(path: Path, write: Callable[[BinaryIO], None], overwrite: bool = True) -> None:
    """Write a file that is there whole or not at all, where one can stand."""
    if path.is_dir():
        raise DataError(
            complaint(say("saving"), say("the name of a file"), say("a folder, {path}", path=path))
        )
    if path.exists() and not overwrite:
        raise DataError(say("saving expects no file at {path}; got one. Instead: overwrite=True.", path=path))
    if _of_tensorflow(_suffix(path)):  # which made the folder
        path.parent.mkdir(parents=True, exist_ok=True)
    if not path.parent.is_dir():
        expected = say("a folder {path}", path=path.parent)
        raise DataError(complaint(say("saving"), expected, say("none"), say("make it first")))
    writing.put(path, write)


def pour(stream: BinaryIO, content: bytes) -> None:
    """Write what is there already."""
    stream.write(content)


def pack(stream: BinaryIO, metadata: dict[str, Any], config: dict[str, Any], weights: bytes) -> None:
    """Write the three parts of a .keras archive."""
    import zipfile  # with all its methods of compression a sixth of what importing the package takes

    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("metadata.json", json.dumps(metadata))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", weights)


@contextlib.contextmanager
def as_described(who: str) -> Iterator[None]:
    """Say of a mistake in what a file describes that it is the file's, whatever it came out as.

    A description can hold anything at any place, so that any error may come of it; no one of Python's own is left.
    """
    try:
        yield
    except TidegateError as error:
        raise error if str(error).startswith(who) else type(error)(f"{who}{say(': ')}{error}") from None
    except Exception as error:
        came = f"{type(error).__name__}: {one_line(error)}"
        own = get_custom_objects() or in_scope()  # whose mistakes their author wants to see whole
        raise DataError(complaint(who, say("layers as Keras describes them"), came)) from (
            error if own else None
        )


def check_depth(description: Any, who: str) -> None:
    """Refuse what is nested deeper than any model: who follows it would run out of stack."""
    level = [description]
    for _ in range(DEEPEST):
        level = [k for one in level if isinstance(one, dict | list)
                 for k in (one.values() if isinstance(one, dict) else one)]  # fmt: skip
        if not level:
            return
    expected = say("a description of at most {most} levels", most=DEEPEST)
    raise DataError(complaint(who, expected, say("a deeper one")))


def one_line(error: Exception) -> str:
    """Return what an error says, short enough for a message."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def unpack(path: Path) -> tuple[Any, Any, BinaryIO, dict[str, str]]:
    """Return metadata, description, weights and words of a .keras archive. Nothing is written to the disk."""
    import zipfile

    who = f"{path}"
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _checked(archive, who)
            for part in PARTS[1:]:
                if part not in parts:
                    expected = say("a .keras archive with {part} inside", part=part)
                    raise DataError(complaint(who, expected, say("none")))
            metadata = json.loads(archive.read("metadata.json")) if PARTS[0] in parts else {}
            config = json.loads(archive.read("config.json"))
            words = {name: archive.read(name).decode("utf-8") for name in parts if name.endswith(WORDS)}
            return metadata, config, io.BytesIO(archive.read("model.weights.h5")), words
    except TidegateError:
        raise
    except Exception as error:  # whatever zipfile and json make of a broken file, deep JSON included
        came = say("something else ({why})", why=one_line(error))
        raise DataError(complaint(who, say("a .keras archive"), came)) from None


def _checked(archive: zipfile.ZipFile, who: str) -> set[str]:
    """Return the names in an archive, once none leads out of it, or holds more than it could."""
    found: set[str] = set()
    left = os.fstat(archive.fp.fileno()).st_size if archive.fp else 0  # bytes that parts may still take
    for item in archive.infolist():
        name = item.filename.replace("\\", "/")
        if name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/"):
            raise DataError(complaint(who, say("paths inside the archive"), repr(item.filename)))
        if name in found:
            raise DataError(complaint(who, say("each part once"), say("{name} twice", name=name)))
        if name.endswith((".pkl", ".pickle", ".npz", ".npy", ".pt", ".py")):
            came = say("{name} in the archive", name=name)
            raise DataError(complaint(who, say("a description and weights in HDF5"), came))
        if (name in PARTS[:2] or name.endswith(WORDS)) and item.file_size > LIMIT:
            expected = say("{name} of at most {most} bytes", name=name, most=LIMIT)
            raise DataError(complaint(who, expected, f"{item.file_size}"))
        left -= item.compress_size
        if left < 0 or (name not in PARTS[:2] and item.file_size > PACKED * max(item.compress_size, 1)):
            came = say(
                "{size} bytes of {name} packed into {packed}",
                size=item.file_size,
                name=name,
                packed=item.compress_size,
            )
            raise DataError(complaint(who, say("parts of a plausible size"), came))
        found.add(name)
    return found
