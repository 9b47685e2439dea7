"""Arrays by path in an HDF5 file, as Keras 3 lays weights out: layers/lstm/cell/vars/0, optimizer/vars/0, ..."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

import numpy as np

from tidegate.errors import DataError, TidegateError, complaint

__all__ = ["read_arrays", "write_arrays"]

Array = np.ndarray[Any, Any]


def _h5py() -> Any:
    try:
        import h5py
    except ImportError:
        raise TidegateError(
            complaint("files of Keras", "the package h5py", "none", "pip install 'tidegate[keras]'")
        ) from None
    return h5py


def write_arrays(groups: dict[str, tuple[str, list[Array]]]) -> bytes:
    """Return an HDF5 file: for each path (what Keras calls the owner's name, its arrays), as path/vars/0, 1, ..."""
    buffer = io.BytesIO()
    with _h5py().File(buffer, "w") as file:
        for path, (name, arrays) in groups.items():
            group = file.create_group(f"{path}/vars" if path else "vars")
            group.attrs["name"] = name
            for k, array in enumerate(arrays):
                group.create_dataset(str(k), data=array)
    return buffer.getvalue()


def read_arrays(stream: BinaryIO, who: str) -> dict[str, Array]:
    """Return the arrays of an HDF5 file by their paths. What lies outside the file is never followed."""
    h5py = _h5py()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    found: dict[str, Array] = {}

    def visit(group: Any, path: str, depth: int) -> None:
        if depth > 32:
            raise DataError(complaint(who, "groups of at most 32 levels", "more"))
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise DataError(complaint(who, "weights inside the file", f"a link at {path}{name}"))
            item = group[name]
            if isinstance(item, h5py.Group):
                visit(item, f"{path}{name}/", depth + 1)
                continue
            if not isinstance(item, h5py.Dataset) or item.dtype.kind not in "iufb":
                continue
            if item.is_virtual or item.external:
                raise DataError(complaint(who, "weights inside the file", f"data elsewhere at {path}{name}"))
            if item.nbytes > 1000 * size:  # before anything of that size is allocated
                raise DataError(
                    complaint(who, f"weights that fit {size} bytes", f"{item.nbytes} bytes at {path}{name}")
                )
            found[path + name] = item[()]

    try:
        with h5py.File(stream, "r") as file:
            visit(file, "", 0)
    except OSError as error:
        raise DataError(complaint(who, "an HDF5 file of weights", f"something else ({error})")) from None
    return found
