"""HDF5 files as plain data: what stands in them, read without trusting them, and how they are written."""

from __future__ import annotations

import io
import itertools
import math
import mmap
import struct
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from tidegate.errors import DataError, TidegateError, complaint
from tidegate.language import say
from tidegate.saving.files import one_line

__all__ = ["Contents", "is_hdf5", "library", "read", "write"]

Array = np.ndarray[Any, Any]

HEAP = b"GCOL\1\0\0\0"
SIGNATURE = b"\x89HDF\r\n\x1a\n"
DEPTH = 32  # groups in groups
PACKED = 100  # times that compressed numbers may be larger than what is stored of them
FILTERS = {1, 2, 3, 4, 32000}  # gzip, shuffle, checksum, szip, lzf; any other would be looked for as a plugin
TEXTS = (
    "keras_version", "backend", "model_config", "training_config", "layer_names", "weight_names", "nb_layers",
)  # fmt: skip


class Contents(NamedTuple):
    """The arrays of a file by their paths, and the attributes of each path that say something about them."""

    arrays: dict[str, Array]
    attributes: dict[str, dict[str, Any]]

    def texts(self, path: str, name: str) -> list[str]:
        """Return a list of names at a path; a long one lies in pieces, name0, name1, ..."""
        held = self.attributes.get(path, {})
        pieces = (f"{name}{k}" for k in itertools.count())
        names = [name] if name in held else itertools.takewhile(held.__contains__, pieces)
        found = [held[n] for n in names]
        return [str(text) for one in found for text in (one if isinstance(one, list) else [one])]


def library() -> Any:
    """Return h5py, or say how to get it."""
    try:
        import h5py
    except ImportError:
        install = "pip install 'tidegate[keras]'"
        raise TidegateError(
            complaint(say("files of Keras"), say("the package h5py"), say("none"), install)
        ) from None
    return h5py


def is_hdf5(head: bytes) -> bool:
    """Return whether a file that begins so is an HDF5 file."""
    return head.startswith(SIGNATURE)


def write(arrays: Mapping[str, Any], attributes: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Return an HDF5 file of these arrays and attributes, each at its path; "" is the file itself."""
    buffer = io.BytesIO()
    with library().File(buffer, "w") as file:
        for path, named in attributes.items():
            group = file.require_group(path) if path else file
            for name, value in named.items():
                group.attrs[name] = value
        for path, array in arrays.items():
            file.create_dataset(path, data=array)
    return buffer.getvalue()


def read(stream: BinaryIO, who: str) -> Contents:
    """Return what an HDF5 file holds. Nothing outside of it is followed, and nothing larger than it allocated."""
    h5py = library()
    size = stream.seek(0, io.SEEK_END)
    _check_heaps(_bytes(stream, size), who)
    stream.seek(0)
    try:
        with h5py.File(stream, "r") as file:
            return _Reader(h5py, who, size).contents(file)
    except TidegateError:
        raise
    except Exception as error:  # whatever h5py makes of a broken file: OSError, KeyError, RuntimeError, ...
        raise _broken(who, one_line(error)) from None


def _broken(who: str, why: str) -> DataError:
    return DataError(complaint(who, say("an HDF5 file"), say("a broken one ({why})", why=why)))


def _bytes(stream: BinaryIO, size: int) -> Any:
    """Return the bytes of a stream without a copy."""
    if isinstance(stream, io.BytesIO):
        return stream.getvalue()
    return mmap.mmap(stream.fileno(), size, access=mmap.ACCESS_READ) if size else b""


def _check_heaps(data: Any, who: str) -> None:
    """Refuse a heap of texts whose sizes do not add up: libhdf5 could walk through it without end.

    A heap is GCOL, 1, three zeros, its size in 8 bytes, then objects: number (2 bytes), references (2), zeros (4),
    size (8), as many bytes filled up to 8. Number 0 is the free rest, whose size counts these 16 bytes too.
    """
    at = data.find(HEAP)
    while at >= 0:
        (size,) = struct.unpack_from("<Q", data, at + 8) if at + 16 <= len(data) else (0,)
        end, here = at + size, at + 16
        if not 16 <= size <= len(data) - at:
            raise _broken(who, say("the size of its heap of texts"))
        while here + 16 <= end:
            number, length = struct.unpack_from("<H6xQ", data, here)
            step = 16 + -(-length // 8) * 8 if number else length
            if not 16 <= step <= end - here:
                raise _broken(who, say("a text of a wrong size"))
            here += step
        at = data.find(HEAP, end)


class _Reader:
    """One walk through a file of `size` bytes."""

    def __init__(self, h5py: Any, who: str, size: int) -> None:
        self.h5py, self.who, self.size = h5py, who, size
        self.left = size  # bytes that arrays may still take
        self.seen: set[Any] = set()

    def contents(self, file: Any) -> Contents:
        arrays: dict[str, Array] = {}
        attributes: dict[str, dict[str, Any]] = {"": self.attributes(file, "")}
        for path, item in self.items(file, "", 0):
            if isinstance(item, self.h5py.Group):
                attributes[path] = self.attributes(item, path)
            elif isinstance(item, self.h5py.Dataset):
                arrays[path] = self.array(item, path)
        return Contents(arrays, attributes)

    def items(self, group: Any, above: str, depth: int) -> Iterator[tuple[str, Any]]:
        if depth > DEPTH:
            self.refuse(
                say("groups of at most {most} levels", most=DEPTH), say("more at {path}", path=above[:80])
            )
        for name in group:
            path = f"{above}{name}"
            if not isinstance(group.get(name, getlink=True), self.h5py.HardLink):
                self.refuse(say("everything inside the file"), say("a link at {path}", path=path))
            item = group[name]
            info = self.h5py.h5o.get_info(item.id)
            if (info.fileno, info.addr) in self.seen:  # or groups could hold each other without end
                self.refuse(say("everything at one place"), say("a second link to {path}", path=path))
            self.seen.add((info.fileno, info.addr))
            yield path, item
            if isinstance(item, self.h5py.Group):
                yield from self.items(item, f"{path}/", depth + 1)

    def array(self, item: Any, path: str) -> Array:
        if item.dtype.kind not in "iufb":
            self.refuse(say("numbers"), say("data of type {dtype} at {path}", dtype=item.dtype, path=path))
        if item.is_virtual or item.external:
            self.refuse(say("weights inside the file"), say("data elsewhere at {path}", path=path))
        plan = item.id.get_create_plist()
        filters = {plan.get_filter(k)[0] for k in range(plan.get_nfilters())}
        if not filters <= FILTERS:
            came = say("filter {number} at {path}", number=max(filters), path=path)
            self.refuse(say("gzip or no compression"), came)
        chunk = math.prod(item.chunks) * item.dtype.itemsize if item.chunks else 0
        stored = PACKED * item.id.get_storage_size() if filters else self.left
        if max(item.nbytes, chunk) > stored or item.id.get_storage_size() > self.left:
            came = say("{size} bytes at {path}", size=max(item.nbytes, chunk), path=path)
            self.refuse(say("weights that fit {size} bytes", size=self.size), came)
        self.left -= item.id.get_storage_size()
        return np.asarray(item[()])

    def attributes(self, group: Any, path: str) -> dict[str, Any]:
        found = {}
        for name in group.attrs:
            if not name.startswith(TEXTS):
                continue
            of = group.attrs.get_id(name)
            if math.prod(of.shape or ()) * max(of.dtype.itemsize, 1) > self.size:
                came = say("a larger {name} at {path}", name=name, path=f"/{path}")
                self.refuse(say("attributes that fit {size} bytes", size=self.size), came)
            found[name] = _plain(group.attrs[name])
        return found

    def refuse(self, expected: str, came: str) -> None:
        raise DataError(complaint(self.who, expected, came))


def _plain(value: Any) -> Any:
    """Return an attribute as text, number, or list of them."""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, np.ndarray):
        return [_plain(v) for v in value.ravel().tolist()]
    return value.item() if isinstance(value, np.generic) else value
