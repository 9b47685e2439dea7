"""Bringing columns to a common size and back, learned from the rows it is given and from no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from tidegate.data.columns import as_floats
from tidegate.data.windows import Array
from tidegate.errors import DataError, complaint, nearest
from tidegate.language import say

__all__ = ["MinMax", "Scaler", "Standard"]


class Scaler:
    """One straight line per column: scaled = (value - offset) / factor.

    Use `Standard` or `MinMax`. A constant column is only shifted. NaN is left out when fitting and stays NaN.

    Attributes
    ----------
    names : tuple of str, the columns in the order they were fitted
    offset, factor : float64 arrays of shape (columns,)
    """

    names: tuple[str, ...] = ()
    offset: Array
    factor: Array

    def line(self, values: Array) -> tuple[float, float]:
        """Return (offset, factor) for one column without NaN."""
        raise NotImplementedError

    def fit(self, values: Array, names: Sequence[str] | None = None) -> Self:
        """Learn from those rows alone; returns itself.

        Parameters
        ----------
        values : array of shape (rows, columns), or (rows,) for one column. Give the training part only.
        names : names of the columns, by default 'column 0', 'column 1', ...
        """
        table = np.asanyarray(values)
        table = table[:, None] if table.ndim == 1 else table
        if table.ndim != 2:
            raise DataError(
                complaint(
                    type(self).__name__,
                    say("a table (rows, columns)"),
                    say("shape {shape}", shape=table.shape),
                )
            )
        chosen = tuple(names) if names is not None else tuple(f"column {k}" for k in range(table.shape[1]))
        if len(chosen) != table.shape[1]:
            expected = say("one name for each of {n} columns", n=table.shape[1])
            raise DataError(complaint(type(self).__name__, expected, say("{n} names", n=len(chosen))))
        table = as_floats(table, type(self).__name__, lambda row: say("row {row}", row=row))
        lines = [self._fit_one(name, table[:, k]) for k, name in enumerate(chosen)]
        self.names = chosen
        self.offset, self.factor = np.array(lines, dtype=np.float64).reshape(-1, 2).T  # (columns,) each
        return self

    def _fit_one(self, name: str, column: Array) -> tuple[float, float]:
        known = column[~np.isnan(column)].astype(np.float64)
        if not known.size:
            raise DataError(
                say(
                    "{kind}: column {name!r} holds no value to learn from.",
                    kind=type(self).__name__,
                    name=name,
                )
            )
        if not np.isfinite(known).all():
            raise DataError(
                say("{kind}: column {name!r} holds an infinite value.", kind=type(self).__name__, name=name)
            )
        offset, factor = self.line(known)
        constant = known.min() == known.max()  # whose deviation from its mean may be rounding, and no 0
        return offset, 1.0 if constant or not factor > 0 else factor

    def transform(self, values: Array, names: Sequence[str] | None = None) -> Array:
        """Return the scaled values; the last axis holds the columns `names` (default: all fitted ones)."""
        offset, factor = self._lines(values, names)
        return self._kept(values, (np.asarray(values) - offset) / factor)

    def inverse(self, values: Array, names: Sequence[str] | None = None) -> Array:
        """Return scaled values in their original units; the last axis holds the columns `names`."""
        offset, factor = self._lines(values, names)
        return self._kept(values, np.asarray(values) * factor + offset)

    def _kept(self, before: Array, after: Array) -> Array:
        kind = np.asarray(before).dtype
        return after.astype(kind, copy=False) if kind.kind == "f" else after

    def _lines(self, values: Array, names: Sequence[str] | None) -> tuple[Array, Array]:
        who = type(self).__name__
        if not self.names:
            raise DataError(
                say("{who} has not been fitted. Call {who}().fit(training_rows, names) first.", who=who)
            )
        wanted = tuple(names) if names is not None else self.names
        for name in wanted:
            if name not in self.names:
                hint = nearest(name, self.names) or say(
                    "it knows {names}", names=", ".join(map(repr, self.names))
                )
                raise DataError(
                    say("{who} was not fitted on a column {name!r}; {hint}.", who=who, name=name, hint=hint)
                )
        width = np.shape(values)[-1] if np.ndim(values) else 0
        if width != len(wanted):
            expected = say("{n} columns on the last axis", n=len(wanted))
            raise DataError(complaint(who, expected, say("shape {shape}", shape=np.shape(values))))
        at = [self.names.index(name) for name in wanted]
        return self.offset[at], self.factor[at]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {
            "kind": type(self).__name__,
            "names": list(self.names),
            "offset": self.offset.tolist() if self.names else [],
            "factor": self.factor.tolist() if self.names else [],
        }

    @staticmethod
    def from_dict(plain: Mapping[str, Any]) -> Scaler:
        """Return the scaler that `to_dict` described."""
        kinds: dict[str, type[Scaler]] = {"Standard": Standard, "MinMax": MinMax}
        kind = kinds.get(str(plain.get("kind")))
        if kind is None:
            came = repr(plain.get("kind"))
            raise DataError(complaint("Scaler.from_dict", say("kind 'Standard' or 'MinMax'"), came))
        scaler = kind()
        scaler.names = tuple(str(n) for n in plain["names"])
        scaler.offset = np.array(plain["offset"], dtype=np.float64)
        scaler.factor = np.array(plain["factor"], dtype=np.float64)
        if not len(scaler.names) == scaler.offset.size == scaler.factor.size:
            raise DataError(say("Scaler.from_dict: names, offset and factor differ in length."))
        if not (
            np.isfinite(scaler.offset).all() and np.isfinite(scaler.factor).all() and scaler.factor.all()
        ):
            expected = say("finite numbers, and no factor of 0")
            raise DataError(complaint("Scaler.from_dict", expected, f"{plain['offset']}, {plain['factor']}"))
        return scaler

    def __repr__(self) -> str:
        if not self.names:
            return f"{type(self).__name__}({say('not fitted')})"
        lines = zip(self.names, self.offset, self.factor, strict=True)
        text = ", ".join(f"{n}: (v - {o:.6g}) / {f:.6g}" for n, o, f in lines)
        return f"{type(self).__name__}({text})"


class Standard(Scaler):
    """Mean 0 and standard deviation 1 over the rows fitted.

    >>> Standard().fit(np.array([1.0, 3.0])).transform(np.array([[5.0]]))
    array([[3.]])
    """

    def line(self, values: Array) -> tuple[float, float]:
        """Return mean and standard deviation."""
        return float(values.mean()), float(values.std())


class MinMax(Scaler):
    """The smallest value fitted becomes `low`, the largest `high`.

    >>> MinMax().fit(np.array([10.0, 30.0])).transform(np.array([[20.0]]))
    array([[0.5]])
    """

    def __init__(self, low: float = 0.0, high: float = 1.0) -> None:
        if not all(isinstance(v, int | float | np.number) for v in (low, high)) or not low < high:
            came = f"low={low}, high={high}"
            raise DataError(complaint("MinMax", "low < high", came, say("write {code}", code="MinMax(0, 1)")))
        self.low, self.high = float(low), float(high)

    def line(self, values: Array) -> tuple[float, float]:
        """Return the line through (smallest, low) and (largest, high)."""
        least, most = float(values.min()), float(values.max())
        factor = (most - least) / (self.high - self.low)
        return least - self.low * (factor if factor > 0 else 1.0), factor
