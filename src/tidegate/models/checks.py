"""Whether X fits a model, said before the first step and in plain words."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from tidegate.data.windows import Windows
from tidegate.errors import ArgumentError, DataError, ShapeError, complaint
from tidegate.shapes import Shape, axis_names, describe

__all__ = ["as_numbers", "check_codes", "check_finite", "check_input", "same_rows"]

Array = np.ndarray[Any, Any]


def as_numbers(name: str, data: Any) -> Array:
    """Return data as an array of numbers that the engine reads in place; only what must be is copied."""
    if isinstance(data, Windows) and data.dtype in (np.float32, np.float64):
        return cast(Array, data)  # copied a few batches at a time, while it is read
    a = data if isinstance(data, np.ndarray) else _as_array(name, data)
    kind, size = a.dtype.kind, a.dtype.itemsize
    if kind == "b":
        return a.view(np.uint8)
    if kind not in "iuf":
        raise DataError(_no_numbers(name, a))
    if a.ndim == 0:
        raise ShapeError(complaint(name, "one row for each sample", "a single number", f"np.array([[{a}]])"))
    if not a.dtype.isnative or (size == 2 and kind == "f") or size > 8:
        return a.astype(np.float64 if size > 8 else np.float32 if kind == "f" else a.dtype.newbyteorder("="))
    return a


def _as_array(name: str, data: Any) -> Array:
    if (
        isinstance(data, list | tuple)
        and len(data) == 1
        and isinstance(data[0], np.ndarray)
        and data[0].ndim > 1
    ):
        return data[0]  # model.fit([X], ...): a list of inputs, of which there is one
    if (
        isinstance(data, dict)
        or hasattr(data, "__next__")
        or (
            hasattr(data, "__getitem__")
            and hasattr(data, "__len__")
            and not hasattr(data, "__array__")
            and not isinstance(data, list | tuple)
        )
    ):
        raise ArgumentError(
            complaint(
                name,
                "an array",
                f"a {type(data).__name__}",
                "np.asarray(...); data that comes in batches brings its targets: fit(batches)",
            )
        )
    try:
        found = np.asarray(data)
    except ValueError as error:
        raise ShapeError(
            complaint(
                name,
                "samples of one length",
                "a list whose rows differ in length",
                "tidegate.utils.pad_sequences(rows, maxlen=...) first",
            )
        ) from error
    return found


def _no_numbers(name: str, a: Array) -> str:
    if a.dtype.kind == "O" and a.size and a.ravel()[0] is None:
        return complaint(name, "an array of numbers", "None", f"pass {name}")
    if a.dtype.kind in "SUO":
        text = next((v for v in a.ravel() if isinstance(v, str | bytes)), None)
        if text is not None:
            at = np.argwhere(a == text)[0].tolist() if a.ndim else []
            where = f"text, {str(text)!r} at position {tuple(at)}"
            return complaint(name, "numbers", where, "code the text as whole numbers, or drop that column")
        return complaint(name, "an array of numbers", f"dtype {a.dtype}", f"{name}.astype('float32')")
    kind = {"M": "dates", "m": "durations", "c": "complex numbers"}.get(a.dtype.kind, f"dtype {a.dtype}")
    return complaint(name, "numbers", kind, "frame.astype('float32') of the columns that are numbers")


def same_rows(verb: str, x: Array, y: Array) -> None:
    """Raise where X and y differ in their number of samples, or there is none."""
    if len(x) != len(y):
        instead = f"X[:{len(y)}] if the last rows of X have no target yet" if len(x) > len(y) else ""
        raise ShapeError(
            complaint(verb, "X and y with one row for each sample", f"{len(x)} and {len(y)}", instead)
        )
    if not len(x):
        raise ShapeError(
            complaint(verb, "at least one sample", "none", "look at X.shape where the data is made")
        )


def check_input(
    who: str, name: str, expected: Shape, got: tuple[int, ...], codes: bool, open_steps: bool = False
) -> None:
    """Raise where an array of that shape is not what the model is fed with."""
    rank = len(expected)
    fits = len(got) == rank and all(
        e is None or e == g or (k == 1 and open_steps)
        for k, (e, g) in enumerate(zip(expected, got, strict=True))
    )
    if fits and all(d > 0 for d in got[1:]):
        return
    names = ("samples", "timesteps") if codes and rank == 2 else axis_names(rank)
    raise ShapeError(
        complaint(
            who, describe(expected, names), f"{name} of shape {got}", _instead(name, expected, got, codes)
        )
    )


def _instead(name: str, expected: Shape, got: tuple[int, ...], codes: bool) -> str:
    def fits(shape: tuple[int, ...], want: Shape = expected) -> bool:
        return len(shape) == len(want) and all(w is None or w == s for w, s in zip(want, shape, strict=True))

    rank = len(expected)
    if codes:
        if len(got) == 3 and got[2] == 1:
            return f"{name}[..., 0], as each number is a code"
        if len(got) == 3:
            return f"{name}.argmax(axis=-1) if it is one-hot"
        if len(got) == 1:
            return f"{name}[None] for one sample"
    if any(expected[1:]) and fits((1, *got)):
        return f"{name}[None], as this is one sample; of many samples take batch[[i]], not batch[i]"
    if rank == 3 and len(got) == 2:
        ways = []
        if fits((*got, 1)):
            ways.append(f"{name}[..., None] if its columns are time steps")
        if fits((got[0], 1, got[1])):
            ways.append(f"{name}[:, None, :] if they are features of one step")
        if min(expected[1] or 0, expected[2] or 0) > 1 and got[1] == (expected[1] or 0) * (expected[2] or 0):
            ways.append(
                f"{name}.reshape(-1, {expected[1]}, {expected[2]}) if each row holds all steps of a sample"
            )
        if ways:
            codes_too = "; if each number is a code, put an Embedding layer first" if fits((*got, 1)) else ""
            return ", ".join(ways) + codes_too
        return f"{name}[..., None] with input_shape=({got[1]}, 1), or Embedding if each number is a code"
    if len(got) == rank == 3 and fits((got[0], got[2], got[1])):
        return f"{name}.transpose(0, 2, 1), as timesteps come before features"
    if len(got) == rank:
        return f"input_shape={got[1:]} on the first layer, or data of the expected shape"
    if len(got) == rank + 1 and got[-1] == 1 and fits(got[:-1]):
        return f"{name}[..., 0]"
    if rank == 3 and len(got) == 4 and fits((got[0] * got[1], *got[2:])):
        return f"{name}.reshape(-1, {got[2]}, {got[3]}), as samples have one axis"
    if 1 < len(got) <= rank:
        return f"input_shape={got[1:]} on the first layer"
    if len(got) > rank:
        return f"{name}.reshape(...) to {rank} axes"
    return f"{name}.reshape(-1, 1)" if rank == 2 else "windows of the series first: tidegate.frame(...)"


def check_codes(who: str, name: str, x: Array, input_dim: int) -> None:
    """Raise where a code lies outside the table of an Embedding."""
    if not x.size:
        return
    low, high = x.min(), x.max()
    if not (low >= 0 and high < input_dim):
        if low != low or high != high:
            raise DataError(complaint(who, "codes", f"{name} with NaN", "fill the gaps before coding"))
        bad = high if high >= input_dim else low
        instead = f"Embedding({int(high) + 1}, ...)" if high >= input_dim else "codes from 0 on"
        raise DataError(complaint(who, f"codes from 0 to {input_dim - 1}", f"{bad} in {name}", instead))
    if x.dtype.kind == "f" and (x != np.floor(x)).any():
        bad = x[x != np.floor(x)].ravel()[0]
        raise DataError(
            complaint(
                who,
                "whole-number codes",
                f"{bad} in {name}",
                "no Embedding where the numbers are measurements",
            )
        )


def check_finite(name: str, a: Array) -> None:
    """Raise where there is NaN or infinity, and say where it first stands."""
    if a.dtype.kind != "f" or not a.size:
        return
    if np.isfinite(a.min()) and np.isfinite(a.max()):  # NaN passes through both
        return
    for row in range(len(a)):
        bad = np.argwhere(~np.isfinite(a[row]))
        if len(bad):
            place = [f"sample {row}"]
            if a.ndim > 1:
                names = axis_names(a.ndim)[1:]
                place += [f"{n.rstrip('s')} {k}" for n, k in zip(names, bad[0].tolist(), strict=True)]
            value = a[(row, *bad[0].tolist())]
            raise DataError(
                complaint(
                    "fit",
                    f"{name} without gaps",
                    f"{value} at {', '.join(place)}",
                    "fill or drop it: one NaN makes all weights NaN",
                )
            )
