"""Columns of words as whole numbers, for an Embedding layer: 1, 2, ... by the words that training holds.

>>> words = Words("sky", ("x",), ("rain", "sun"), np.array([2, 1, -1, 0], np.int32))
>>> words.given, words.decode([2, 1, 0])
(array([2, 1, 0, 0], dtype=int32), ['sun', 'rain', None])
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from tidegate.data.windows import Array

__all__ = ["ROLES", "Source", "Words"]

ROLES = ("x", "known", "static")  # what a column of a frame may be for


class Source(NamedTuple):
    """One of the arrays that a model is given.

    Attributes
    ----------
    name : what it is called
    role : 'x' (the past), 'known' (the steps ahead) or 'static' (the series)
    array : (samples, ...)
    words : the column whose codes it holds, or None for numbers
    """

    name: str
    role: str
    array: Any
    words: Words | None = None


@dataclass(frozen=True, eq=False)
class Words:
    """A column of words as codes.

    Attributes
    ----------
    name : the column
    roles : what it is for, some of 'x' (the past), 'known' (the steps ahead) and 'static' (the series)
    vocabulary : the word of each code, from code 1 on
    codes : int32, one for each row: 0 for a word that is not in the vocabulary, -1 where there is none
    """

    name: str
    roles: tuple[str, ...]
    vocabulary: tuple[str, ...]
    codes: Array

    @cached_property
    def given(self) -> Array:
        """What a model is given: the codes, 0 as well where there is no word."""
        return np.maximum(self.codes, 0)

    @property
    def size(self) -> int:
        """How many different codes there are, 0 included: `input_dim` of the Embedding."""
        return len(self.vocabulary) + 1

    def decode(self, codes: Iterable[int]) -> list[str | None]:
        """Return the words of codes, None for 0."""
        return [self.vocabulary[code - 1] if code > 0 else None for code in map(int, codes)]

    def encode(self, words: Array) -> Array:
        """Return the codes of words, 0 for those that are not in the vocabulary."""
        places = {word: k for k, word in enumerate(self.vocabulary, 1)}
        found = [places.get(str(word), 0) for word in words.ravel().tolist()]
        return np.array(found, np.int32).reshape(words.shape)

    def learned(self, rows: Array) -> Words:
        """Return the same column with the words of these rows alone as vocabulary; other words become 0."""
        seen = np.unique(self.codes[rows])
        kept = seen[seen > 0]
        new = np.zeros(len(self.vocabulary) + 2, np.int32)  # by the old code, -1 at the end
        new[kept], new[-1] = np.arange(1, len(kept) + 1), -1
        vocabulary = tuple(self.vocabulary[code - 1] for code in kept.tolist())
        return replace(self, vocabulary=vocabulary, codes=new[self.codes])

    def part(self, low: int, high: int) -> Words:
        """Return the rows from `low` to before `high`."""
        return replace(self, codes=self.codes[low:high])
