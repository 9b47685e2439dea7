"""Whether X fits a model, said before the first step and in plain words."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from tidegate.data.windows import Windows
from tidegate.errors import ArgumentError, DataError, ShapeError, complaint
from tidegate.models.proposals import codes_in, for_input, seen, way
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
        raise ShapeError(_of_unequal_length(name, data)) from error
    return found


def _of_unequal_length(name: str, rows: Any) -> str:
    lengths = [len(row) for row in rows if hasattr(row, "__len__")]
    flat = all(not hasattr(v, "__len__") for row in rows if hasattr(row, "__len__") for v in row)
    whole = flat and all(
        isinstance(v, int | np.integer) for row in rows if hasattr(row, "__len__") for v in row
    )
    padded = f"pad_sequences({name})" if whole else f"pad_sequences({name}, dtype='float32')"
    expected, came = "samples of one length", "a list whose rows differ in length"
    if len(lengths) != len(rows) or not lengths:
        return complaint(name, expected, came, "one list of numbers for each sample")
    came = f"rows of {min(lengths)} to {max(lengths)} timesteps"
    if whole:
        top = max((v for row in rows for v in row), default=0)
        codes = f"{way(padded)}, zeros in front, with `Embedding({top + 1}, 16, mask_zero=True)` for codes"
        steps = way(f"pad_sequences({name}, dtype='float32')[..., None]")
        return complaint(name, expected, came, f"{codes}; {steps} with `Masking(0.0)` first for measurements")
    last = f"{padded}[..., None]" if flat else padded
    return complaint(
        name, expected, came, f"{way(last)}, zeros in front; `Masking(0.0)` first passes over them"
    )


def _no_numbers(name: str, a: Array) -> str:
    if a.dtype.kind == "O" and a.ndim == 0:
        return complaint(
            name,
            "an array of numbers",
            "None" if a[()] is None else f"a {type(a[()]).__name__}",
            f"pass {name}",
        )
    if a.dtype.kind in "SUO":
        flat = a.ravel()
        if (
            a.dtype.kind == "O"
            and a.ndim == 1
            and all(hasattr(v, "__len__") and not isinstance(v, str | bytes) for v in flat)
        ):
            if len({np.shape(v) for v in flat}) > 1:
                return _of_unequal_length(name, list(flat))
            return complaint(name, "an array of numbers", "an array of arrays", f"{way(f'np.stack({name})')}")
        text = next((v for v in flat if isinstance(v, str | bytes)), None)
        if text is not None:
            return _of_text(name, a, text)
        k = next((k for k, v in enumerate(flat) if v is None), None)
        if k is not None:
            at = tuple(int(i) for i in np.unravel_index(k, a.shape))
            fill = f"np.nan_to_num({name}.astype('float32'))"
            return complaint(
                name, "numbers", f"None at position {at}", f"{way(fill)} to fill the gaps with 0"
            )
        if any(hasattr(v, "isoformat") for v in flat[:1]):
            return complaint(name, "numbers", f"dtype object, with dates as {flat[0]}", _dates(name))
        return complaint(name, "an array of numbers", f"dtype {a.dtype}", way(f"{name}.astype('float32')"))
    kind = {"M": "dates", "m": "durations", "c": "complex numbers"}.get(a.dtype.kind, f"dtype {a.dtype}")
    if a.dtype.kind in "Mm":
        return complaint(
            name, "numbers", kind, _dates(name) if a.dtype.kind == "M" else way(f"{name}.astype('float64')")
        )
    if a.dtype.kind == "c":
        parts = f"np.concatenate([{name}.real, {name}.imag], axis=-1)"
        return complaint(
            name, "numbers", kind, f"{way(parts)} for both parts as features; {way(f'abs({name})')}"
        )
    return complaint(name, "numbers", kind, "the columns that are numbers")


def _dates(name: str) -> str:
    days = f"np.asarray({name}, 'M8[D]').astype('float32')"
    aside = "a date says little to a network: `tidegate.frame(table, dates='...')` keeps it aside"
    return f"{way(days)} counts days; {aside}"


def _of_text(name: str, a: Array, text: Any) -> str:
    at = np.argwhere(a == text)[0].tolist() if a.ndim else []
    came = f"text, {str(text)!r} at position {tuple(at)}"
    try:
        a.astype(np.float64)
    except (TypeError, ValueError):
        codes = f"np.unique({name}, return_inverse=True)[1].reshape({name}.shape)"
        return complaint(
            name, "numbers", came, f"{way(codes)} codes the text as whole numbers; or drop that column"
        )
    return complaint(
        name, "numbers", came, f"{way(f'{name}.astype({chr(39)}float32{chr(39)})')}, as the text is numbers"
    )


def same_rows(verb: str, x: Array, y: Array) -> None:
    """Raise where X and y differ in their number of samples, or there is none."""
    if len(x) != len(y):
        more, fewer, kept = ("X", "y", len(y)) if len(x) > len(y) else ("y", "X", len(x))
        instead = way(f"{more}[:{kept}]", when=f"the last rows of {more} have no {fewer}")
        instead += f"; {way(f'{more}[-{kept}:]', when='the first have none')}"
        if y.ndim == 2 and len(y) == 1 and y.shape[1] == len(x):
            instead = f"{way('y.T')}, as each sample has a row"
        came = f"X of {len(x)} samples and y of {len(y)}"
        raise ShapeError(complaint(verb, "X and y with one row for each sample", came, instead))
    if not len(x):
        came = f"X of shape {x.shape}, without samples"
        raise ShapeError(
            complaint(verb, "at least one sample", came, "look at X.shape where the data is made")
        )


def check_input(
    who: str, name: str, expected: Shape, x: Array, codes: bool, open_steps: bool = False
) -> None:
    """Raise where an array of that shape is not what the model is fed with."""
    rank, got = len(expected), tuple(x.shape)
    fits = len(got) == rank and all(
        e is None or e == g or (k == 1 and open_steps)
        for k, (e, g) in enumerate(zip(expected, got, strict=True))
    )
    if fits and all(d > 0 for d in got[1:]):
        return
    names = ("samples", "timesteps") if codes and rank == 2 else axis_names(rank)
    coded = codes or (rank == 3 and len(got) == 2 and codes_in(np.asarray(x)) > 0)
    shown = seen(got, coded)
    if len(got) == rank:
        shown = describe(got, names)
    elif got == expected[1:]:  # one sample
        shown = describe(got, names[1:])
    came = f"{name} {shown}" if 0 not in got[1:] else f"{name} of shape {got}, without numbers"
    raise ShapeError(
        complaint(who, describe(expected, names), came, for_input(name, expected, np.asarray(x), codes, who))
    )


def check_codes(who: str, name: str, x: Array, input_dim: int) -> None:
    """Raise where a code lies outside the table of an Embedding."""
    if not x.size:
        return
    low, high = x.min(), x.max()
    expected = f"codes from 0 to {input_dim - 1}"
    if low != low or high != high:
        at = place_of(x, np.isnan)
        raise DataError(
            complaint(
                who, expected, f"{name} with NaN at {at}", f"{way(f'np.nan_to_num({name})')} where 0 is a gap"
            )
        )
    if x.dtype.kind == "f" and (x != np.floor(x)).any():
        at = place_of(x, lambda part: part != np.floor(part))
        bad = x[x != np.floor(x)].ravel()[0]
        instead = f"{way(f'{name}[..., None]')} into the next layer, without the Embedding, as these are measurements"
        raise DataError(complaint(who, "whole-number codes", f"{bad:g} in {name} at {at}", instead))
    if low >= 0 and high < input_dim:
        return
    if high >= input_dim:
        at, bad = place_of(x, lambda part: part >= input_dim), high
        instead = f"`input_dim={int(high - min(low, 0)) + 1}`, one more than the largest code"
        if low == 1 and high == input_dim:
            instead = f"{way(f'{name} - 1')} where no 0 stands for padding; or `input_dim={int(high) + 1}`"
        elif low < 0:
            instead = f"{way(f'{name} - {name}.min()')} and {instead}"
    else:
        at, bad = place_of(x, lambda part: part < 0), low
        instead = (
            f"{way(f'{name} - {name}.min()')} with `input_dim={int(high - low) + 1}`, as codes count from 0"
        )
        if low == -1:
            instead = f"{instead}; or {way(f'np.where({name} < 0, 0, {name})')} where -1 is padding"
    raise DataError(complaint(who, expected, f"{int(bad)} in {name} at {at}", instead))


def place_of(a: Array, is_bad: Any) -> str:
    """Return the axes and places of the first number that is bad."""
    for row in range(len(a)):
        bad = np.argwhere(is_bad(a[row]))
        if len(bad):
            names = ("sample", "timestep") if a.ndim == 2 else [n.rstrip("s") for n in axis_names(a.ndim)]
            return ", ".join(f"{n} {k}" for n, k in zip(names, (row, *bad[0].tolist()), strict=True))
    raise AssertionError("no bad number")


def check_finite(name: str, a: Array, last: str = "feature") -> None:
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
                names = [n.rstrip("s") for n in axis_names(a.ndim)[1:-1]] + [last]
                place += [f"{n} {k}" for n, k in zip(names, bad[0].tolist(), strict=True)]
            value = a[(row, *bad[0].tolist())]
            rows = f"np.isfinite({name})" + (f".all(axis={(*range(1, a.ndim),)})" if a.ndim > 1 else "")
            ways = f"`keep = {rows}` and `X[keep]`, `y[keep]` to drop these samples"
            if last == "feature":
                ways = f"{way(f'np.nan_to_num({name}, posinf=0, neginf=0)')} to fill the gaps with 0; {ways}"
            raise DataError(
                complaint(
                    "fit",
                    f"{name} without gaps, as one NaN makes all weights NaN",
                    f"{value} at {', '.join(place)}",
                    ways,
                )
            )
