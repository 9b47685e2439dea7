"""A trained forecast kept in a folder, and used again on new rows without training."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import DataError
from tidegate.toolkit.pipeline import Pipeline
from tidegate.toolkit.series import future_dates_of, read_series
from tidegate.toolkit.training import Settings, answer, build

__all__ = ["Forecaster", "load", "write_model"]

Array = NDArray[Any]

MODEL, PIPELINE = "model.npz", "pipeline.json"


@dataclass(frozen=True, eq=False)
class Forecaster:
    """A trained network with its pipeline.

    Attributes
    ----------
    target, inputs : the columns it was trained on
    pipeline, model : what it was trained to
    """

    target: str
    inputs: tuple[str, ...]
    pipeline: Pipeline
    model: Any

    def __call__(self, table: Any, date: str | None = None, fill: bool = False) -> tuple[Array, Array]:
        """Return (dates, values) of the rows that follow a table; the arguments are those of `forecast`."""
        series = read_series(table, self.target, date, self.inputs, fill)
        recipe, rows = self.pipeline.recipe, len(series.values)
        if rows < recipe.history:
            raise DataError(f"The forecast looks back {recipe.history} rows, and the table has {rows}.")
        values = answer(self.pipeline, self.model, series, np.array([rows - 1]))[0]
        return future_dates_of(series, recipe.horizon), values


def write_model(model: Any, directory: Path) -> None:
    """Write the weights in the order of `get_weights`; pipeline.json says what network they are of."""
    np.savez(directory / MODEL, *model.get_weights())


def load(directory: str | os.PathLike[str]) -> Forecaster:
    """Return the network of a forecast that was saved into that folder, ready for new rows.

    Examples
    --------
    >>> import numpy as np
    >>> from tidegate.toolkit import forecast
    >>> table = {"sales": 100 + np.arange(60.0)}
    >>> made = forecast(table, target="sales", horizon=2, epochs=1)
    >>> files = made.save("sales-forecast", picture=False)
    >>> again = load("sales-forecast")
    >>> dates, values = again(table)
    >>> bool((values == made.values).all())
    True
    """
    folder = Path(directory)
    try:
        plain = json.loads((folder / PIPELINE).read_text(encoding="utf-8"))
        pipeline = Pipeline.from_dict(plain["pipeline"])
        model = build(pipeline, Settings(units=int(plain["settings"]["units"])))
        with np.load(folder / MODEL, allow_pickle=False) as weights:
            model.set_weights([weights[name] for name in weights.files])
        return Forecaster(str(plain["target"]), tuple(map(str, plain["inputs"])), pipeline, model)
    except OSError as why:
        raise DataError(f"{folder} holds no forecast: {why.filename or why}: {why.strerror}.") from None
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as why:
        raise DataError(
            f"{folder} holds no forecast that can be read: {type(why).__name__}: {why}."
        ) from None
