"""Texts in files, sorted into folders by their class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, DataError, complaint
from tidegate.language import say
from tidegate.utils.categorical import to_categorical
from tidegate.utils.random import generator
from tidegate.utils.stream import Dataset

__all__ = ["text_dataset_from_directory"]

MODES = ("int", "binary", "categorical", None)
SUBSETS = ("training", "validation", "both", None)


def text_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    format: str | None = None,
    verbose: bool = True,
) -> Any:
    """Return the texts of the .txt files below a folder, in batches, each with the number of its class.

    Parameters
    ----------
    directory : holds a folder for each class; with `labels=None` the files themselves as well
    labels : "inferred", from the folders; None for texts alone; or a label for each file, in the order of their paths
    label_mode : "int", "binary" as numbers of two classes, "categorical" as rows with a one, or None for texts alone
    class_names : the folders, in the order of their numbers; by default sorted
    batch_size : texts of a batch; None for texts one by one
    max_length : characters that a text is cut to
    shuffle, seed : whether the files, and at each pass the texts, come in another order; else by their paths
    validation_split, subset : the last share is for "validation", the rest for "training"; "both" for the two
    follow_links, format : accepted
    verbose : whether to say what was found

    Returns
    -------
    Dataset, or two of them for subset="both"; `class_names` tells the classes.
    """
    who = "text_dataset_from_directory"
    for name, value, known in (("label_mode", label_mode, MODES), ("subset", subset, SUBSETS)):
        if value not in known:
            expected = say("{name} among {names}", name=name, names=", ".join(map(repr, known)))
            raise ArgumentError(complaint(who, expected, repr(value)))
    if bool(validation_split) != bool(subset) or not 0 <= (validation_split or 0) < 1:
        came = f"validation_split={validation_split}, subset={subset!r}"
        expected = say("validation_split between 0 and 1 together with subset")
        raise ArgumentError(complaint(who, expected, came, "validation_split=0.2, subset='both'"))
    root = Path(directory)
    if not root.is_dir():
        raise DataError(complaint(who, say("a folder"), say("nothing at {path}", path=root)))
    inferred = labels == "inferred" if isinstance(labels, str) else False
    names = list(class_names or sorted(p.name for p in root.iterdir() if p.is_dir())) if inferred else []
    places = [root / name for name in names] if inferred else [root]
    found = [(path, k) for k, place in enumerate(places) for path in sorted(place.rglob("*.txt"))]
    if not found:
        raise DataError(complaint(who, say(".txt files in {path}", path=root), say("none")))
    paths = [path for path, _ in found]
    kinds: Any = [k for _, k in found] if inferred else None if labels is None else list(labels)
    if kinds is not None and len(kinds) != len(paths):
        came = say("{n} of {m}", n=len(kinds), m=len(paths))
        raise DataError(complaint(who, say("a label for each file"), came))
    if verbose:
        print(say("Found {n} files belonging to {m} classes.", n=len(paths), m=len(names)))
    order = np.arange(len(paths))
    seed = int(generator().integers(10**6)) if seed is None else seed
    if shuffle:
        np.random.RandomState(seed).shuffle(order)
    texts = np.array([paths[k].read_text(encoding="utf-8")[:max_length] for k in order], dtype=object)
    data: Any = texts
    if kinds is not None and label_mode is not None:
        numbers = np.asarray(kinds)[order]
        made = {"categorical": lambda: to_categorical(numbers, len(names) or None), "int": lambda: numbers}
        data = texts, made.get(label_mode, lambda: numbers.astype(np.float32))()
    end = len(paths) - int((validation_split or 0) * len(paths))
    cuts = {"training": (slice(0, end),), "validation": (slice(end, None),), None: (slice(None),)}
    parts = []
    for cut in cuts.get(subset, (slice(0, end), slice(end, None))):
        chosen = tuple(a[cut] for a in data) if isinstance(data, tuple) else data[cut]
        part = Dataset.from_tensor_slices(chosen)
        part = part.shuffle(len(texts[cut]), seed=seed) if shuffle else part
        parts.append(part if batch_size is None else part.batch(batch_size))
        parts[-1].class_names = names  # type: ignore[attr-defined]
    return tuple(parts) if subset == "both" else parts[0]
