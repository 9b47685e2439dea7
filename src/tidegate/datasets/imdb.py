"""Reviews of films, each a list of words by their rank, and whether they are in favour."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.datasets.coded import Array, arrays, coded, indices, shuffled

__all__ = ["get_word_index", "load_data"]

ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


def load_data(
    path: str = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
    **kwargs: Any,
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return (x_train, y_train), (x_test, y_test): reviews as lists of codes, and 1 for those in favour.

    Parameters
    ----------
    path : of the file, in ~/.keras/datasets; nothing is downloaded
    num_words, skip_top : codes from `num_words` on and below `skip_top` become `oov_char`; by default `num_words` is
        the largest code, as in Keras
    maxlen : only reviews that are shorter; all for None
    seed : of the order
    start_char, oov_char : what each review begins with, and what stands for a word left out; None for nothing
    index_from : what is added to the rank of a word
    """
    num_words = kwargs.pop("nb_words", num_words)
    held = arrays(path, ORIGIN + "imdb.npz")
    rng = np.random.RandomState(seed)
    parts = [shuffled(rng, held[f"x_{part}"], held[f"y_{part}"]) for part in ("train", "test")]
    x, y, cut = coded(parts, num_words, skip_top, maxlen, start_char, oov_char, index_from)
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """Return the rank of each word; in the reviews `index_from` is added to it."""
    return indices(path, ORIGIN + "imdb_word_index.json")
