"""Predictions with their dates, in original units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegate.data.columns import check_name
from tidegate.data.windows import Array
from tidegate.errors import DataError, TidegateError, complaint
from tidegate.language import say

__all__ = ["Dated"]


@dataclass(frozen=True, eq=False, repr=False)
class Dated:
    """Predicted values by name and date.

    Attributes
    ----------
    names : the predicted columns
    origin : shape (samples,), the date of the last input row of each sample, or its row number
    dates : shape (samples, horizon), the date of each predicted step
    values : float64 of shape (samples, horizon, targets), in original units
    series : shape (samples,), the name of each sample's series, or None where there is one
    """

    names: tuple[str, ...]
    origin: Array
    dates: Array
    values: Array
    series: Array | None = None

    def __getitem__(self, name: str) -> Array:
        """Return the values of one column, shape (samples, horizon)."""
        return self.values[:, :, self.names.index(check_name(name, self.names, say("The forecast")))]

    def __len__(self) -> int:
        return len(self.values)

    def to_dict(self) -> dict[str, Array]:
        """Return one row per sample and step: 'origin', 'date', 'step' (1 is the first), then each column.

        Of several series, 'series' stands before these.

        Raises
        ------
        DataError
            If a column has one of these names.
        """
        samples, horizon, _ = self.values.shape
        rows = {
            **({"series": np.repeat(self.series, horizon)} if self.series is not None else {}),
            "origin": np.repeat(self.origin, horizon),
            "date": self.dates.ravel(),
            "step": np.tile(np.arange(1, horizon + 1), samples),
        }
        for name in self.names:
            if name in rows:
                expected = say("columns of other names than {names}", names=", ".join(map(repr, rows)))
                instead = say("{code} for its values, or another name in the table", code=f"dated[{name!r}]")
                raise DataError(complaint("Dated.to_dict", expected, repr(name), instead))
        return {**rows, **{name: self[name].ravel() for name in self.names}}

    def to_polars(self) -> Any:
        """Return `to_dict` as a polars DataFrame."""
        try:
            import polars as pl
        except ImportError:
            raise TidegateError(say("to_polars needs polars: pip install 'tidegate[frames]'.")) from None
        return pl.DataFrame({name: _fine(column) for name, column in self.to_dict().items()})

    def to_pandas(self) -> Any:
        """Return `to_dict` as a pandas DataFrame."""
        try:
            import pandas as pd
        except ImportError:
            raise TidegateError(say("to_pandas needs pandas: pip install pandas.")) from None
        return pd.DataFrame({name: _fine(column) for name, column in self.to_dict().items()})

    def __repr__(self) -> str:
        samples, horizon, _ = self.values.shape
        when = ""
        if self.dates.size:
            when = ", " + say("{a} to {b}", a=self.dates.flat[0], b=self.dates.flat[-1])
        return f"Dated({', '.join(self.names)}: samples={samples}, horizon={horizon}{when})"


def _fine(column: Array) -> Array:
    """Years, months and hours as dates that a dataframe knows."""
    if column.dtype.kind != "M" or np.datetime_data(column.dtype)[0] in ("s", "ms", "us", "ns"):
        return column
    whole = column.astype("datetime64[D]")
    return whole.astype("datetime64[ms]") if (whole == column).all() else column.astype("datetime64[ms]")
