"""Sums of products over named axes, and what matrices are asked, by Keras's names, made of the ops."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Constant, Value, recorded
from tidegate.ops.binary import add, multiply
from tidegate.ops.matmul import matmul
from tidegate.ops.places import expand_dims, get_item, moveaxis, ndim, shaped
from tidegate.ops.reduce import sum
from tidegate.ops.softmax import softmax
from tidegate.ops.views import transpose
from tidegate.ops.where import where
from tidegate.shapes import Shape, elements

__all__ = [
    "diagonal",
    "dot_product_attention",
    "einsum",
    "inner",
    "outer",
    "tensordot",
    "trace",
    "tril",
    "triu",
    "vdot",
]


def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """Return the sum of products over named axes: einsum("btd,bsd->bts", q, k).

    Each letter names an axis; those that are not behind the arrow are summed over. "..." stands for any others.
    """
    if all(recorded(x) is None for x in operands):
        return np.einsum(subscripts, *operands)
    parts = [_as_value(x) for x in operands]
    named, out = _read(subscripts, parts)
    found, letters = parts[0], named[0]
    found, letters = _summed(found, letters, "".join([*named[1:], out]))
    for k in range(1, len(parts)):
        later = "".join([*named[k + 1 :], out])
        found, letters = _joined(found, letters, parts[k], named[k], later)
    return found if letters == out else transpose(found, [letters.index(c) for c in out])


def _as_value(x: Any) -> Value:
    found = recorded(x)
    return Constant(x).value if found is None else found


def _read(subscripts: str, parts: Sequence[Value]) -> tuple[list[str], str]:
    """Return the letters of each array and those of the result, "..." written out."""
    text = subscripts.replace(" ", "")
    left, arrow, out = text.partition("->")
    named = left.split(",")
    free = [c for c in string.ascii_letters if c not in text]
    more = [len(x.shape) - len(n.replace("...", "")) for x, n in zip(parts, named, strict=False)]
    longest = max(0, *(m for m, n in zip(more, named, strict=False) if "..." in n), 0)
    for k, n in enumerate(named):
        if "..." in n and k < len(more) and more[k] >= 0:
            named[k] = n.replace("...", "".join(free[longest - more[k] : longest]))
    if not arrow:
        every = "".join(named)
        out = "..." * ("..." in left) + "".join(sorted(c for c in set(every) if every.count(c) == 1))
    out = out.replace("...", "".join(free[:longest]))
    fits = len(named) == len(parts) and all(
        len(n) == len(x.shape) and n.isalpha() for n, x in zip(named, parts, strict=False)
    )
    if not fits or set(out) - set("".join(named)) or len(set(out)) < len(out):
        shapes = ", ".join(str(x.shape) for x in parts)
        raise ShapeError(
            complaint("einsum", say("a letter for each axis"), f"'{subscripts}', {shapes}", "'btd,de->bte'")
        )
    if any(len(set(n)) < len(n) for n in named):
        wanted = say("a letter once in each array")
        raise ArgumentError(complaint("einsum", wanted, f"'{subscripts}'", "ops.diagonal(x)"))
    return named, out


def _summed(x: Any, letters: str, needed: str) -> tuple[Any, str]:
    """Return x summed over the axes that nothing else asks for."""
    gone = [k for k, c in enumerate(letters) if c not in needed]
    return (sum(x, gone) if gone else x), "".join(c for c in letters if c in needed)


def _ordered(x: Any, letters: str, wanted: str) -> Any:
    return x if letters == wanted else transpose(x, [letters.index(c) for c in wanted])


def _joined(a: Any, of_a: str, b: Any, of_b: str, later: str) -> tuple[Any, str]:
    """Return the product of both, summed over what neither the result nor a later array asks for."""
    a, of_a = _summed(a, of_a, of_b + later)
    b, of_b = _summed(b, of_b, of_a + later)
    sizes = {**dict(zip(of_b, np.shape(b), strict=True)), **dict(zip(of_a, np.shape(a), strict=True))}
    samples = next((c for c in of_a + of_b if sizes[c] is None), "")
    both = [c for c in of_a if c in of_b]
    over = "".join(c for c in both if c not in later)
    shared = "".join(c for c in both if c in later and c != samples)
    if not over or (samples and samples in over):
        return _multiplied(a, of_a, b, of_b, samples, over)
    if samples and samples not in of_a:
        a, of_a, b, of_b = b, of_b, a, of_a
    of_rows = "".join(c for c in of_a if c not in of_b and c != samples)
    of_columns = "".join(c for c in of_b if c not in of_a)

    def shape(front: str, *groups: str) -> Shape:
        merged = [elements(tuple(sizes[c] for c in g)) for g in groups]
        return (*(sizes[c] for c in front), *merged)

    front_b = (samples if samples in of_b else "") + shared
    rows = shaped(
        _ordered(a, of_a, samples + shared + of_rows + over), shape(samples + shared, of_rows, over)
    )
    columns = shaped(_ordered(b, of_b, front_b + over + of_columns), shape(front_b, over, of_columns))
    letters = samples + shared + of_rows + of_columns
    return shaped(matmul(rows, columns), tuple(sizes[c] for c in letters)), letters


def _multiplied(a: Any, of_a: str, b: Any, of_b: str, samples: str, over: str) -> tuple[Any, str]:
    """Return the product of both number by number, summed where no product of matrices serves."""
    letters = samples + "".join(dict.fromkeys(c for c in of_a + of_b if c != samples))

    def spread(x: Any, own: str) -> Any:
        x = _ordered(x, own, "".join(c for c in letters if c in own))
        behind = letters if samples in own else letters[len(samples) :]
        for k, c in enumerate(behind):
            x = x if c in own else expand_dims(x, k)
        return x

    return _summed(multiply(spread(a, of_a), spread(b, of_b)), letters, "".join(set(letters) - set(over)))


def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Return the sum of products over the last axes of x1 and the first of x2, or over those that are named."""
    n, m = ndim(x1), ndim(x2)
    if isinstance(axes, int | np.integer):
        ours, theirs = list(range(n - int(axes), n)), list(range(int(axes)))
    else:
        ours, theirs = ([k] if isinstance(k, int) else list(k) for k in axes)
    first, second = list(string.ascii_lowercase[:n]), list(string.ascii_uppercase[:m])
    for i, k in zip(ours, theirs, strict=True):
        second[k] = first[i]
    out = [c for c in first + second if not (c in first and c in second)]
    return einsum(f"{''.join(first)},{''.join(second)}->{''.join(out)}", x1, x2)


def inner(x1: Any, x2: Any) -> Any:
    """Return the sum of products over the last axis of both; with a number, the products."""
    if not ndim(x1) or not ndim(x2):
        return multiply(x1, x2)
    return tensordot(x1, x2, axes=(ndim(x1) - 1, ndim(x2) - 1))


def outer(x1: Any, x2: Any) -> Any:
    """Return the product of each number of one vector with each of the other."""
    if recorded(x1) is None and recorded(x2) is None:
        return np.outer(x1, x2)
    return multiply(expand_dims(x1, -1), x2)


def vdot(x1: Any, x2: Any) -> Any:
    """Return the sum of the products of all numbers."""
    return sum(multiply(x1, x2))


def _plane(x: Any, k: int) -> np.ndarray[Any, Any]:
    rows, columns = np.shape(x)[-2:]
    if rows is None:
        raise ShapeError(complaint("tril", say("an axis that is not the samples'"), f"{np.shape(x)}"))
    return np.tri(rows, columns, k, dtype=np.float32)


def tril(x: Any, k: int = 0) -> Any:
    """Return the last two axes of x with 0 above the k-th diagonal."""
    return np.tril(x, k) if recorded(x) is None else where(_plane(x, k), x, 0.0)


def triu(x: Any, k: int = 0) -> Any:
    """Return the last two axes of x with 0 below the k-th diagonal."""
    return np.triu(x, k) if recorded(x) is None else where(_plane(x, k - 1), 0.0, x)


def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the numbers whose places on two axes differ by the offset."""
    if recorded(x) is None:
        return np.diagonal(x, offset, axis1, axis2)
    n = ndim(x)
    x = moveaxis(moveaxis(x, axis1 % n, -1), (axis2 - (axis2 % n > axis1 % n)) % n, -1)
    rows, columns = np.shape(x)[-2:]
    length = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    if not length:
        raise ShapeError(
            complaint("diagonal", say("an offset within {shape}", shape=(rows, columns)), str(offset))
        )
    on = np.eye(rows, columns, offset, dtype=np.float32)
    start = max(0, -offset)
    every = sum(where(on, x, 0.0), -1)
    return get_item(every, (Ellipsis, slice(start, start + length)))


def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the sum of a diagonal."""
    return (
        np.trace(x, offset, axis1, axis2)
        if recorded(x) is None
        else sum(diagonal(x, offset, axis1, axis2), -1)
    )


def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
) -> Any:
    """Return softmax(scale q k + bias) v for each head: q of shape (samples, steps, heads, size).

    Where the mask (samples, heads, steps, steps of the keys) is 0, and with is_causal for later keys, nothing is read.
    """
    scale = 1 / math.sqrt(np.shape(query)[-1]) if scale is None else scale
    score = multiply(einsum("bthd,bshd->bhts", query, key), scale)
    if bias is not None:
        score = add(score, bias)
    if is_causal:
        steps, others = np.shape(query)[1], np.shape(key)[1]
        score = where(np.tri(steps, others, dtype=np.float32), score, -1e9)
    if mask is not None:
        score = where(mask, score, -1e9)
    return einsum("bhts,bshd->bthd", softmax(score), value)
