"""Whether X fits a model, said before the first step and in plain words."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from tidegate.data.windows import Windows
from tidegate.errors import ArgumentError, DataError, ShapeError, complaint
from tidegate.language import say
from tidegate.models.proposals import codes_in, either, for_input, seen, way
from tidegate.shapes import Shape, axis_names, describe

__all__ = ["as_entries", "as_numbers", "check_codes", "check_finite", "check_input", "same_rows", "with_axes"]

Array = np.ndarray[Any, Any]
_KINDS = {"M": "dates", "m": "durations", "c": "complex numbers"}  # of arrays, by the letter of their type


def as_numbers(name: str, data: Any) -> Array:
    """Return data as an array of numbers that the engine reads in place; only what must be is copied."""
    if isinstance(data, Windows) and data.dtype in (np.float32, np.float64):
        return cast(Array, data)  # copied a few batches at a time, while it is read
    a = data if isinstance(data, np.ndarray) else _as_array(name, data)
    if type(a) is not np.ndarray and isinstance(a, np.ma.MaskedArray):  # numpy.ma takes long to import
        a = np.ma.filled(a.astype(np.float64), np.nan) if np.ma.is_masked(a) else np.ma.getdata(a)
    kind, size = a.dtype.kind, a.dtype.itemsize
    if kind == "b":
        return a.view(np.uint8)
    if kind not in "iuf":
        raise DataError(_no_numbers(name, a))
    if a.ndim == 0:
        raise ShapeError(
            complaint(name, say("one row for each sample"), say("a single number"), f"np.array([[{a}]])")
        )
    if not a.dtype.isnative or (size == 2 and kind == "f") or size > 8:
        return a.astype(np.float64 if size > 8 else np.float32 if kind == "f" else a.dtype.newbyteorder("="))
    return a


def as_entries(name: str, data: Any) -> Array:
    """Return data as an array of numbers, or of texts for a layer that prepares them."""
    a = data if isinstance(data, np.ndarray) else _as_array(name, data)
    if a.dtype.kind not in "SUO":
        return as_numbers(name, a)
    if a.ndim == 0:
        raise ShapeError(
            complaint(name, say("one row for each sample"), say("a single text"), f"np.array([{a.item()!r}])")
        )
    return a


def with_axes(x: Array, expected: Shape) -> Array:
    """Return data with an axis of size 1 at the end, or without one, where the model is fed so."""
    if (*x.shape[1:], 1) == expected[1:]:
        return x[..., None]
    return x[..., 0] if x.shape[1:] == (*expected[1:], 1) else x


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
                say("an array"),
                say("a {kind}", kind=type(data).__name__),
                say("np.asarray(...); data that comes in batches brings its targets: fit(batches)"),
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
    expected, came = say("samples of one length"), say("a list whose rows differ in length")
    if len(lengths) != len(rows) or not lengths:
        return complaint(name, expected, came, say("one list of numbers for each sample"))
    came = say("rows of {low} to {high} timesteps", low=min(lengths), high=max(lengths))
    if whole:
        top = max((v for row in rows for v in row), default=0)
        codes = say(
            "{way}, zeros in front, with `Embedding({n}, 16, mask_zero=True)` for codes",
            way=way(padded),
            n=top + 1,
        )
        steps = way(f"pad_sequences({name}, dtype='float32')[..., None]")
        return complaint(
            name,
            expected,
            came,
            say("{codes}; {steps} with `Masking(0.0)` first for measurements", codes=codes, steps=steps),
        )
    last = f"{padded}[..., None]" if flat else padded
    return complaint(
        name,
        expected,
        came,
        say("{way}, zeros in front; `Masking(0.0)` first passes over them", way=way(last)),
    )


def _no_numbers(name: str, a: Array) -> str:
    if a.dtype.kind == "O" and a.ndim == 0:
        return complaint(
            name,
            say("an array of numbers"),
            "None" if a[()] is None else say("a {kind}", kind=type(a[()]).__name__),
            say("pass {name}", name=name),
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
            return complaint(
                name, say("an array of numbers"), say("an array of arrays"), way(f"np.stack({name})")
            )
        text = next((v for v in flat if isinstance(v, str | bytes)), None)
        if text is not None:
            return _of_text(name, a, text)
        k = next((k for k, v in enumerate(flat) if v is None), None)
        if k is not None:
            at = tuple(int(i) for i in np.unravel_index(k, a.shape))
            fill = f"np.nan_to_num({name}.astype('float32'))"
            return complaint(
                name,
                say("numbers"),
                say("None at position {at}", at=at),
                say("{way} to fill the gaps with 0", way=way(fill)),
            )
        if any(hasattr(v, "isoformat") for v in flat[:1]):
            return complaint(
                name, say("numbers"), say("dtype object, with dates as {first}", first=flat[0]), _dates(name)
            )
        return complaint(
            name,
            say("an array of numbers"),
            f"dtype {a.dtype}",
            way(f"{name}.astype('float32')"),
        )
    kind = _KINDS.get(a.dtype.kind)
    kind = say(kind) if kind is not None else f"dtype {a.dtype}"
    if a.dtype.kind in "Mm":
        return complaint(
            name,
            say("numbers"),
            kind,
            _dates(name) if a.dtype.kind == "M" else way(f"{name}.astype('float64')"),
        )
    if a.dtype.kind == "c":
        parts = f"np.concatenate([{name}.real, {name}.imag], axis=-1)"
        return complaint(
            name,
            say("numbers"),
            kind,
            say("{both} for both parts as features; {size}", both=way(parts), size=way(f"abs({name})")),
        )
    return complaint(name, say("numbers"), kind, say("the columns that are numbers"))


def _dates(name: str) -> str:
    days = f"np.asarray({name}, 'M8[D]').astype('float32')"
    aside = say("a date says little to a network: `tidegate.frame(table, dates='...')` keeps it aside")
    return say("{way} counts days; {aside}", way=way(days), aside=aside)


def _of_text(name: str, a: Array, text: Any) -> str:
    at = np.argwhere(a == text)[0].tolist() if a.ndim else []
    came = say("text, {text!r} at position {at}", text=str(text), at=tuple(at))
    try:
        a.astype(np.float64)
    except (TypeError, ValueError):
        codes = f"np.unique({name}, return_inverse=True)[1].reshape({name}.shape)"
        return complaint(
            name,
            say("numbers"),
            came,
            say("{way} codes the text as whole numbers; or drop that column", way=way(codes)),
        )
    return complaint(
        name,
        say("numbers"),
        came,
        say("{way}, as the text is numbers", way=way(f"{name}.astype({chr(39)}float32{chr(39)})")),
    )


def same_rows(verb: str, x: Array, y: Array) -> None:
    """Raise where X and y differ in their number of samples, or there is none."""
    if not y.ndim:
        raise ShapeError(complaint(verb, say("X and y with one row for each sample"), f"y={y}"))
    if len(x) != len(y):
        more, fewer, kept = ("X", "y", len(y)) if len(x) > len(y) else ("y", "X", len(x))
        instead = way(
            f"{more}[:{kept}]", when=say("the last rows of {more} have no {fewer}", more=more, fewer=fewer)
        )
        instead = either(instead, way(f"{more}[-{kept}:]", when=say("the first have none")))
        if y.ndim == 2 and len(y) == 1 and y.shape[1] == len(x):
            instead = say("{way}, as each sample has a row", way=way("y.T"))
        came = say("X of {x} samples and y of {y}", x=len(x), y=len(y))
        raise ShapeError(complaint(verb, say("X and y with one row for each sample"), came, instead))
    if not len(x):
        came = say("X of shape {shape}, without samples", shape=x.shape)
        raise ShapeError(
            complaint(verb, say("at least one sample"), came, say("look at X.shape where the data is made"))
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
    came = (
        f"{name} {shown}"
        if 0 not in got[1:]
        else say("{name} of shape {got}, without numbers", name=name, got=got)
    )
    raise ShapeError(
        complaint(who, describe(expected, names), came, for_input(name, expected, np.asarray(x), codes, who))
    )


def check_codes(who: str, name: str, x: Array, input_dim: int) -> None:
    """Raise where a code lies outside the table of an Embedding."""
    if not x.size:
        return
    low, high = x.min(), x.max()
    expected = say("codes from 0 to {last}", last=input_dim - 1)
    if low != low or high != high:
        at = place_of(x, np.isnan)
        raise DataError(
            complaint(
                who,
                expected,
                say("{name} with NaN at {at}", name=name, at=at),
                say("{way} where 0 is a gap", way=way(f"np.nan_to_num({name})")),
            )
        )
    if x.dtype.kind == "f" and (x != np.floor(x)).any():
        at = place_of(x, lambda part: part != np.floor(part))
        bad = x[x != np.floor(x)].ravel()[0]
        instead = say(
            "{way} into the next layer, without the Embedding, as these are measurements",
            way=way(f"{name}[..., None]"),
        )
        raise DataError(
            complaint(
                who,
                say("whole-number codes"),
                say("{value} in {name} at {at}", value=f"{bad:g}", name=name, at=at),
                instead,
            )
        )
    if low >= 0 and high < input_dim:
        return
    if high >= input_dim:
        at, bad = place_of(x, lambda part: part >= input_dim), high
        instead = say("`input_dim={n}`, one more than the largest code", n=int(high - min(low, 0)) + 1)
        if low == 1 and high == input_dim:
            instead = say(
                "{way} where no 0 stands for padding; or `input_dim={n}`",
                way=way(f"{name} - 1"),
                n=int(high) + 1,
            )
        elif low < 0:
            instead = say("{way} and {instead}", way=way(f"{name} - {name}.min()"), instead=instead)
    else:
        at, bad = place_of(x, lambda part: part < 0), low
        instead = say(
            "{way} with `input_dim={n}`, as codes count from 0",
            way=way(f"{name} - {name}.min()"),
            n=int(high - low) + 1,
        )
        if low == -1:
            instead = say(
                "{instead}; or {way} where -1 is padding",
                instead=instead,
                way=way(f"np.where({name} < 0, 0, {name})"),
            )
    raise DataError(
        complaint(who, expected, say("{value} in {name} at {at}", value=int(bad), name=name, at=at), instead)
    )


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
            ways = say("`keep = {rows}` and `X[keep]`, `y[keep]` to drop these samples", rows=rows)
            if last == "feature":
                ways = say(
                    "{way} to fill the gaps with 0; {ways}",
                    way=way(f"np.nan_to_num({name}, posinf=0, neginf=0)"),
                    ways=ways,
                )
            raise DataError(
                complaint(
                    "fit",
                    say("{name} without gaps, as one NaN makes all weights NaN", name=name),
                    say("{value} at {at}", value=value, at=", ".join(place)),
                    ways,
                )
            )
