"""What to write instead of data that do not fit, chosen by what they look like.

A proposal is code between backticks, so that it can be copied: `X[..., None]`; what it gives stands behind it, with
the names of the axes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.language import say
from tidegate.shapes import Shape, describe, elements

__all__ = ["codes_in", "either", "for_input", "seen", "way"]

Array = np.ndarray[Any, Any]
VECTOR = 16  # numbers for a code in a proposed Embedding


def way(code: str, gives: tuple[int, ...] | None = None, more: str = "", when: str = "") -> str:
    """Return a proposal: code, the shape that it gives, what else has to change, and when it is meant.

    >>> way("X[..., None]", (40, 5, 1), when="its columns are timesteps")
    '`X[..., None]` gives (samples=40, timesteps=5, features=1) if its columns are timesteps'
    """
    text = f"`{code}`"
    if gives:
        text = say("{way} gives {shape}", way=text, shape=describe(gives))
    if more:
        text = say("{way} with `{code}`", way=text, code=more)
    return say("{way} if {when}", way=text, when=when) if when else text


def either(*ways: str) -> str:
    """Return several proposals as one, of which the user takes what is meant."""
    return say("; ").join(ways)


def seen(shape: tuple[int, ...], codes: bool = False) -> str:
    """Return the shape of data as it came, its axes named as far as they are known.

    >>> seen((40, 5)), seen((40, 5), codes=True)
    ('(samples=40, columns=5)', '(samples=40, timesteps=5)')
    """
    if len(shape) == 1:
        return describe(shape, ("numbers",))
    if len(shape) == 4:
        return describe(shape, ("samples", "timesteps", "features", "axis 3"))
    return describe(shape, ("samples", "timesteps" if codes else "columns") if len(shape) == 2 else None)


def codes_in(x: Array) -> int:
    """Return how many codes there are, where all numbers are whole and from 0 on, else 0.

    >>> codes_in(np.array([[3, 0], [24, 1]])), codes_in(np.array([[0.5, 1.0]]))
    (25, 0)
    """
    if not x.size or x.dtype.kind not in "iuf":
        return 0
    low, high = x.min(), x.max()
    if not (low >= 0 and 2 <= high < 2**31) or (x.dtype.kind == "f" and (x != np.floor(x)).any()):
        return 0
    return int(high) + 1


def for_input(name: str, expected: Shape, x: Array, codes: bool, who: str) -> str:
    """Return the ways to make x fit a model that expects a shape.

    Parameters
    ----------
    codes : whether the model looks codes up
    who : the layer that reads x, for the message
    """
    got, rank = tuple(x.shape), len(expected)

    def fits(shape: tuple[int, ...]) -> bool:
        return len(shape) == rank and all(w is None or w == s for w, s in zip(expected, shape, strict=True))

    if codes:
        if len(got) == 3 and got[2] == 1:
            return say("{way}, as each number is a code", way=way(f"{name}[..., 0]"))
        if len(got) == 3:
            return way(f"{name}.argmax(axis=-1)", when=say("it is one-hot"))
        if len(got) == 1:
            return say("{way}, as this is one sample", way=way(f"{name}[None]"))
    if any(expected[1:]) and fits((1, *got)):
        one = way(f"{name}[None]", (1, *got) if rank == 3 else None)
        return say("{one}, as this is one sample; of many samples take `batch[[i]]`, not `batch[i]`", one=one)
    if rank == 3 and len(got) == 2:
        return _of_a_table(name, expected, x)
    if len(got) == rank == 3 and fits((got[0], got[2], got[1])):
        return say(
            "{way}, as timesteps come before features",
            way=way(f"{name}.transpose(0, 2, 1)", (got[0], got[2], got[1])),
        )
    if rank == 3 and len(got) == 1:
        return _of_a_series(name, expected, got[0])
    if len(got) == rank + 1 and got[-1] == 1 and fits(got[:-1]):
        return way(f"{name}[..., 0]", got[:-1] if rank == 3 else None)
    if rank == 3 and len(got) == 4 and fits((got[0] * got[1], *got[2:])):
        shape = (got[0] * got[1], *got[2:])
        return say(
            "{way}, as samples have one axis", way=way(f"{name}.reshape(-1, {got[2]}, {got[3]})", shape)
        )
    if len(got) == rank and rank == 3 and expected[2] == got[2] and expected[1] and got[1] > expected[1]:
        last = way(
            f"{name}[:, -{expected[1]}:]",
            (got[0], expected[1], got[2]),
            when=say("the last steps are enough"),
        )
        return either(_input_shape(got, who), last)
    if 1 < len(got) <= rank:
        return _input_shape(got, who)
    if len(got) == 1:
        return way(f"{name}.reshape(-1, 1)")
    wanted = ", ".join(str(d) for d in (-1, *expected[1:]))
    if None not in expected[1:] and x.size % elements(expected[1:]) == 0:
        return way(f"{name}.reshape({wanted})")
    return say("{name} with {rank} axes, not {count}", name=name, rank=rank, count=len(got))


def _input_shape(got: tuple[int, ...], who: str) -> str:
    return say("`{code}` on {who}", code=f"input_shape={got[1:]}", who=who)


def _of_a_table(name: str, expected: Shape, x: Array) -> str:
    """Return what (samples, something) may be meant to be in three axes."""
    n, k = x.shape
    kinds = codes_in(x)

    def with_shape(steps: int, features: int) -> str:
        fits = expected[1] in (None, steps) and expected[2] in (None, features)
        return "" if fits else f"input_shape=({steps}, {features})"

    steps = way(f"{name}[..., None]", (n, k, 1), with_shape(k, 1), say("its columns are timesteps"))
    if kinds:
        table = say(
            "`Embedding({kinds}, {vector})` as the first layer gives {shape}",
            kinds=kinds,
            vector=VECTOR,
            shape=describe((n, k, VECTOR)),
        )
        hot = way(f"to_categorical({name}, {kinds})", (n, k, kinds), with_shape(k, kinds))
        one = way(f"{name}[..., None]", (n, k, 1), with_shape(k, 1), say("each number is a measurement"))
        return say(
            "{table} if each number is a code; or one-hot, {hot}; {one}", table=table, hot=hot, one=one
        )
    features = way(f"{name}[:, None, :]", (n, 1, k), with_shape(1, k), say("they are features of one step"))
    T, F = expected[1] or 0, expected[2] or 0
    if min(T, F) > 1 and k == T * F:
        rows = way(
            f"{name}.reshape(-1, {T}, {F})", (n, T, F), when=say("each row holds all steps of a sample")
        )
        return either(rows, steps, features)
    if not with_shape(1, k) and with_shape(k, 1):
        return either(features, steps)
    return either(steps, features)


def _of_a_series(name: str, expected: Shape, n: int) -> str:
    """Return what a single row of numbers may be meant to be."""
    T, F = expected[1] or min(10, n), expected[2]
    if expected[1] == n and F in (None, 1):
        return say(
            "{way}, as this is one sample of {n} timesteps", way=way(f"{name}[None, :, None]", (1, n, 1)), n=n
        )
    if n < T or F not in (None, 1):
        return say("windows of a table first: tidegate.frame(table, look_back={t})", t=T)
    windows = n - T + 1
    cut = way(f"np.lib.stride_tricks.sliding_window_view({name}, {T})[..., None]", (windows, T, 1))
    return say(
        "windows of the series first, with their targets, by `tidegate.frame({name}, look_back={t})`; alone, {cut}",
        name=name,
        t=T,
        cut=cut,
    )
