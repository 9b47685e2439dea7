"""News, each a list of words by their rank, and their topic."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.datasets.coded import Array, arrays, coded, indices, shuffled
from tidegate.datasets.imdb import ORIGIN

__all__ = ["get_label_names", "get_word_index", "load_data"]


def load_data(
    path: str = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
    **kwargs: Any,
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return (x_train, y_train), (x_test, y_test): news as lists of codes, and the number of their topic.

    Parameters
    ----------
    test_split : the share at the end that is for testing
    path, num_words, skip_top, maxlen, seed, start_char, oov_char, index_from : as in `imdb.load_data`
    """
    num_words = kwargs.pop("nb_words", num_words)
    held = arrays(path, ORIGIN + "reuters.npz")
    parts = [shuffled(np.random.RandomState(seed), held["x"], held["y"])]
    x, y, _ = coded(parts, num_words, skip_top, maxlen, start_char, oov_char, index_from)
    cut = int(len(x) * (1 - test_split))
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])


def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """Return the rank of each word; in the news `index_from` is added to it."""
    return indices(path, ORIGIN + "reuters_word_index.json")


def get_label_names() -> tuple[str, ...]:
    """Return the topics by their numbers."""
    return LABELS


LABELS = (
    "cocoa", "grain", "veg-oil", "earn", "acq", "wheat", "copper", "housing", "money-supply", "coffee", "sugar",
    "trade", "reserves", "ship", "cotton", "carcass", "crude", "nat-gas", "cpi", "money-fx", "interest", "gnp",
    "meal-feed", "alum", "oilseed", "gold", "tin", "strategic-metal", "livestock", "retail", "ipi", "iron-steel",
    "rubber", "heat", "jobs", "lei", "bop", "zinc", "orange", "pet-chem", "dlr", "gas", "silver", "wpi", "hog", "lead",
)  # fmt: skip
