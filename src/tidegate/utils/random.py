"""The one source of chance: initial weights, shuffles and dropout all draw from it."""

from __future__ import annotations

import random

import numpy as np

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say

__all__ = ["draw_seed", "generator", "seed_generator", "set_random_seed", "stream"]

_generator: np.random.Generator | None = None
_seed = 0
_streams: dict[tuple[str, int], np.random.Generator] = {}


def set_random_seed(seed: int) -> None:
    """Fix all chance: Python's `random`, NumPy's, and this package's.

    The same seed gives the same model, bit for bit.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.

    Examples
    --------
    >>> import tidegate
    >>> tidegate.utils.set_random_seed(7)
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        expected = say("a whole number from {least} to {most}", least=0, most="2**32 - 1")
        raise ArgumentError(complaint("set_random_seed", expected, repr(seed)))
    random.seed(int(seed))
    np.random.seed(int(seed))
    seed_generator(seed)


def seed_generator(seed: int) -> None:
    """Fix this package's chance alone; Python's and NumPy's are their owner's."""
    global _generator, _seed
    _generator, _seed = np.random.default_rng(int(seed)), int(seed)
    _streams.clear()


def generator() -> np.random.Generator:
    """Return the generator that everything draws from; unseeded, it differs from run to run."""
    global _generator
    if _generator is None:
        _generator = np.random.default_rng()
    return _generator


def stream(kind: str, seed: int) -> np.random.Generator:
    """Return what draws numbers of a kind by a seed of its own: the same ones in each run, others at each call."""
    key = kind, int(seed) % 2**64
    if key not in _streams:
        _streams[key] = np.random.default_rng([_seed, key[1], *kind.encode()])
    return _streams[key]


def draw_seed() -> int:
    """Return a fresh seed for something that draws by itself."""
    return int(generator().integers(2**31))
