"""Arrays that are put together, cut and asked, and branches and loops, by Keras's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Value, recorded
from tidegate.ops.binary import equal
from tidegate.ops.cast import cast
from tidegate.ops.concatenate import concatenate
from tidegate.ops.elementwise import logical_not
from tidegate.ops.functions import any as any_of
from tidegate.ops.functions import clip
from tidegate.ops.places import convert_to_tensor, expand_dims, flip, get_item, ndim, split
from tidegate.ops.reshape import reshape
from tidegate.ops.views import pad
from tidegate.ops.where import where
from tidegate.shapes import elements

__all__ = [
    "append",
    "array",
    "array_split",
    "bartlett",
    "bincount",
    "blackman",
    "cond",
    "copy",
    "corrcoef",
    "diag",
    "dstack",
    "dtype",
    "empty",
    "empty_like",
    "fliplr",
    "fori_loop",
    "geomspace",
    "hamming",
    "hanning",
    "histogram",
    "hstack",
    "identity",
    "is_tensor",
    "isin",
    "kaiser",
    "logspace",
    "meshgrid",
    "nonzero",
    "ravel",
    "saturate_cast",
    "select",
    "size",
    "slice",
    "slice_update",
    "switch",
    "tri",
    "unique",
    "unravel_index",
    "vander",
    "vstack",
    "while_loop",
]

_slice = slice


# ---- put together, and cut ------------------------------------------------------------------------------------------


def _joined(parts: Sequence[Any], axis: int) -> Any:
    if all(recorded(x) is None for x in parts):
        return np.concatenate([np.asarray(x) for x in parts], axis)
    return concatenate(list(parts), axis=axis)


def append(x1: Any, x2: Any, axis: int | None = None) -> Any:
    """Return x2 behind x1 along an axis."""
    return np.append(x1, x2) if axis is None else _joined([x1, x2], axis)


def hstack(xs: Sequence[Any]) -> Any:
    """Return arrays side by side on the second axis, vectors on their one axis."""
    return _joined(xs, 1 if ndim(xs[0]) > 1 else 0)


def vstack(xs: Sequence[Any]) -> Any:
    """Return arrays one below the other on the first axis, vectors as rows."""
    return _joined([x if ndim(x) > 1 else expand_dims(x, 0) for x in xs], 0)


def dstack(xs: Sequence[Any]) -> Any:
    """Return arrays one behind the other on the third axis."""
    deep = [x if ndim(x) > 2 else expand_dims(x if ndim(x) == 2 else expand_dims(x, 0), 2) for x in xs]
    return _joined(deep, 2)


def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Return x cut along an axis into so many parts, the first ones longer by one where it does not come out even."""
    if not isinstance(indices_or_sections, int):
        return split(x, indices_or_sections, axis)
    n = np.shape(x)[axis]
    if n is None:
        raise ShapeError(complaint("array_split", say("an axis that is not the samples'"), str(axis)))
    each, longer = divmod(n, indices_or_sections)
    sizes = [each + (k < longer) for k in range(indices_or_sections)]
    return split(x, np.cumsum(sizes)[:-1].tolist(), axis)


def fliplr(x: Any) -> Any:
    """Return x with the order along its second axis turned round."""
    return flip(x, axis=1)


def ravel(x: Any) -> Any:
    """Return all numbers of an array in one row, of recorded samples those of each in its own."""
    if recorded(x) is None:
        return np.ravel(x)
    count = elements(np.shape(x)[1:])
    return reshape(x, (-1, count)) if np.shape(x)[0] is None else reshape(x, (-1,))


def size(x: Any) -> Any:
    """Return how many numbers x holds; None where samples are among its axes."""
    sizes = np.shape(x)
    return None if None in sizes else elements(sizes)


def slice(inputs: Any, start_indices: Any, shape: Any) -> Any:
    """Return so many numbers of each axis from a start on; None takes the samples whole."""
    key = tuple(
        _slice(None) if n is None or whole is None else _slice(int(a), int(a) + int(n))
        for a, n, whole in zip(start_indices, shape, np.shape(inputs), strict=True)
    )
    return get_item(inputs, key)


def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """Return inputs with updates in the place from a start on."""
    sizes, whole = np.shape(updates), np.shape(inputs)
    if recorded(inputs) is None and recorded(updates) is None:
        found: Array = np.array(inputs)
        found[tuple(_slice(a, a + n) for a, n in zip(start_indices, sizes, strict=True))] = updates
        return found
    widths = [
        (0, 0) if n is None else (int(a), n - int(a) - (m or 0))
        for a, m, n in zip(start_indices, sizes, whole, strict=True)
    ]
    on = np.zeros([1 if n is None else n for n in whole], np.float32)
    on[
        tuple(
            _slice(None) if n is None else _slice(a, n - b) for (a, b), n in zip(widths, whole, strict=True)
        )
    ] = 1
    return where(on[0] if whole[0] is None else on, pad(updates, widths), inputs)


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Return the first choice whose condition holds, else the default."""
    found = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        found = where(condition, choice, found)
    return found


def copy(x: Any) -> Any:
    """Return x, an array as one of its own."""
    return np.array(x) if recorded(x) is None else x


def array(x: Any, dtype: Any = None) -> Any:
    """Return x as what the other functions take, as `convert_to_tensor`."""
    return convert_to_tensor(x, dtype)


def saturate_cast(x: Any, dtype: Any) -> Any:
    """Return x as another type, at its ends where it lies beyond them."""
    kind = np.dtype(dtype)
    if kind.kind in "iu":
        ends = np.iinfo(kind)
        x = clip(x, ends.min, ends.max)
    return cast(x, dtype) if recorded(x) is not None else np.asarray(x).astype(kind)


def dtype(x: Any) -> str:
    """Return the name of the type of the numbers."""
    return str(getattr(x, "dtype", None) or np.asarray(x).dtype)


def is_tensor(x: Any) -> bool:
    """Return whether x is an array, a weight, or recorded."""
    return isinstance(x, np.ndarray) or recorded(x) is not None


def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Return 1 where a number is among others; with `invert`, where it is not."""
    if recorded(x1) is None and recorded(x2) is None:
        return np.isin(x1, x2, assume_unique=assume_unique, invert=invert)
    others = np.ravel(x2) if recorded(x2) is None else ravel(x2)
    found = any_of(equal(expand_dims(x1, -1), others), -1)
    return logical_not(found) if invert else found


# ---- arrays that are there already -----------------------------------------------------------------------------------


def _of_arrays(name: str, about: str) -> Callable[..., Any]:
    """Return NumPy's function, for arrays alone: what it gives has no size that could be known before."""
    numpy = getattr(np, name)

    def function(*args: Any, **kwargs: Any) -> Any:
        for x in (*args, *kwargs.values()):
            if isinstance(x, Value):
                expected = say("an array whose numbers are there")
                raise ArgumentError(
                    complaint(name, expected, repr(x), say("it before the model, on the data"))
                )
        found = numpy(*args, **kwargs)
        return found.astype(np.float32) if getattr(found, "dtype", None) == np.float64 else found

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return {about}, of arrays alone."
    return function


bincount = _of_arrays("bincount", "how often each whole number occurs")
corrcoef = _of_arrays("corrcoef", "how rows vary together, from -1 to 1")
diag = _of_arrays("diag", "a matrix with x on its diagonal, or the diagonal of a matrix")
histogram = _of_arrays("histogram", "how many numbers lie in each of some ranges, and their edges")
meshgrid = _of_arrays("meshgrid", "the places of a grid, axis by axis")
nonzero = _of_arrays("nonzero", "the places of what is not 0")
unique = _of_arrays("unique", "each number once, in order")
unravel_index = _of_arrays("unravel_index", "the places on each axis of places counted through all")
vander = _of_arrays("vander", "the powers of each number")
bartlett = _of_arrays("bartlett", "a window that rises and falls in straight lines")
blackman = _of_arrays("blackman", "Blackman's window")
hamming = _of_arrays("hamming", "Hamming's window")
hanning = _of_arrays("hanning", "Hann's window")
kaiser = _of_arrays("kaiser", "Kaiser's window")
geomspace = _of_arrays("geomspace", "so many numbers, each by the same factor above the last")
logspace = _of_arrays("logspace", "the powers of a base, evenly in the exponent")


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = "float32") -> Array:
    """Return an array with ones on and below a diagonal."""
    return np.tri(N, M, k, dtype)


def identity(n: int, dtype: Any = "float32") -> Array:
    """Return a square array with ones on its diagonal."""
    return np.identity(n, dtype)


def empty(shape: Any, dtype: Any = "float32") -> Array:
    """Return an array, of zeros here."""
    return np.zeros(shape, dtype)


def empty_like(x: Any, dtype: Any = None) -> Array:
    """Return an array of the shape of another, of zeros here."""
    return np.zeros(np.shape(x), dtype or "float32")


# ---- branches and loops ----------------------------------------------------------------------------------------------


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """Return what one of two functions gives; where pred is recorded both are, and one is chosen number by number."""
    if recorded(pred) is None:
        return true_fn() if pred else false_fn()
    first, second = true_fn(), false_fn()
    if isinstance(first, tuple | list):
        return type(first)(where(pred, a, b) for a, b in zip(first, second, strict=True))
    return where(pred, first, second)


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """Return what one of some functions gives, the first of them at 0."""
    _known("switch", index)
    return branches[min(max(int(index), 0), len(branches) - 1)](*operands)


def fori_loop(lower: int, upper: int, body_fun: Callable[[int, Any], Any], init_val: Any) -> Any:
    """Return what is left of a value after body_fun(k, value) for each k from lower to below upper."""
    _known("fori_loop", lower, upper)
    for k in range(int(lower), int(upper)):
        init_val = body_fun(k, init_val)
    return init_val


def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """Return what is left of some values after body(*values), as long as cond(*values) holds."""
    several = isinstance(loop_vars, tuple | list)
    values = tuple(loop_vars) if several else (loop_vars,)
    done = 0
    while maximum_iterations is None or done < maximum_iterations:
        holds = cond(*values)
        _known("while_loop", holds)
        if not holds:
            break
        found = body(*values)
        values = tuple(found) if isinstance(found, tuple | list) else (found,)
        done += 1
    return type(loop_vars)(values) if several else values[0]


def _known(who: str, *values: Any) -> None:
    """Raise where a number that says how to go on is only recorded."""
    for x in values:
        if isinstance(x, Value):
            expected = say("numbers that are there, to say how to go on")
            raise ArgumentError(complaint(who, expected, repr(x), "ops.where(condition, a, b)"))
