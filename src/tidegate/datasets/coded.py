"""What the datasets of texts share: reading their files, and the codes of words."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from typing import IO, Any

import numpy as np

from tidegate.errors import ArgumentError, DataError, complaint
from tidegate.language import say
from tidegate.utils.fetched import get_file

__all__ = ["Array", "arrays", "coded", "indices", "shuffled"]

Array = np.ndarray[Any, Any]
REBUILD = np.empty(0).__reduce__()[0]  # what NumPy makes an array of a pickle with
KNOWN = {"_reconstruct": REBUILD, "ndarray": np.ndarray, "dtype": np.dtype}


class _Lists(pickle.Unpickler):
    """Reads arrays of lists; a file never runs code."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == "numpy" and name in KNOWN:
            return KNOWN[name]
        came = f"{module}.{name}"
        raise DataError(complaint(say("a dataset"), say("arrays of lists of numbers"), came))


def arrays(path: str, origin: str) -> dict[str, Array]:
    """Return the arrays of a .npz file."""
    import zipfile

    with zipfile.ZipFile(get_file(path, origin)) as archive:
        found = {}
        for name in archive.namelist():
            with archive.open(name) as stream:
                found[name.removesuffix(".npy")] = _array(stream)
    return found


def _array(stream: IO[bytes]) -> Array:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, columns, dtype = read(stream)
    if dtype.hasobject:
        found: Array = _Lists(stream).load()
        return found
    flat = np.frombuffer(stream.read(), dtype)
    return flat.reshape(shape, order="F" if columns else "C")


def indices(path: str, origin: str) -> dict[str, int]:
    """Return the words of a .json file with their ranks."""
    with open(get_file(path, origin), encoding="utf-8") as file:
        found: dict[str, int] = json.load(file)
    return found


def shuffled(rng: np.random.RandomState, x: Array, y: Array) -> tuple[Array, Array]:
    """Return texts and their labels in another order."""
    order = np.arange(len(x))
    rng.shuffle(order)
    return x[order], y[order]


def coded(
    parts: Sequence[tuple[Array, Array]],
    num_words: int | None,
    skip_top: int,
    maxlen: int | None,
    start_char: int | None,
    oov_char: int | None,
    index_from: int,
) -> tuple[Array, Array, int]:
    """Return the texts of all parts as lists of codes, their labels, and how many are of the first part."""
    front = [] if start_char is None else [start_char]
    texts, labels, counts = [], [], []
    for x, y in parts:
        some = [
            (front + [int(w) + index_from for w in words], label) for words, label in zip(x, y, strict=True)
        ]
        some = [pair for pair in some if not maxlen or len(pair[0]) < maxlen]
        if not some:
            raise ArgumentError(complaint("load_data", say("texts that are shorter"), f"maxlen={maxlen}"))
        texts += [words for words, _ in some]
        labels += [label for _, label in some]
        counts.append(len(some))
    end = num_words or max(map(max, texts))
    kept = [
        [w if skip_top <= w < end else oov_char for w in words if oov_char is not None or skip_top <= w < end]
        for words in texts
    ]
    found = np.empty(len(kept), object)
    found[:] = kept
    return found, np.asarray(labels), counts[0]
