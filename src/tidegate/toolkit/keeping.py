"""A trained forecast kept in a folder, and used again on new rows without training."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import DataError, complaint
from tidegate.language import say
from tidegate.toolkit.pipeline import Pipeline
from tidegate.toolkit.series import future_dates_of, read_series
from tidegate.toolkit.training import answer
from tidegate.writing import path_of

__all__ = ["MODEL", "PIPELINE", "Forecaster", "load"]

Array = NDArray[Any]

MODEL, PIPELINE = "model.keras", "pipeline.json"


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

    def __call__(
        self, table: Any, date: str | None = None, fill: bool = False, every: Any = None
    ) -> tuple[Array, Array]:
        """Return (dates, values) of the rows that follow a table; the arguments are those of `forecast`."""
        series = read_series(table, self.target, date, self.inputs, fill, every)
        recipe, rows = self.pipeline.recipe, len(series.values)
        if rows < recipe.history:
            raise DataError(
                say(
                    "The forecast looks back {history} rows, and the table has {rows}.",
                    history=recipe.history,
                    rows=rows,
                )
            )
        values = answer(self.pipeline, self.model, series, np.array([rows - 1]))[0]
        return future_dates_of(series, recipe.horizon), values


def load(directory: str | os.PathLike[str]) -> Forecaster:
    """Return the network of a forecast that was saved into that folder, ready for new rows.

    It reads model.keras and pipeline.json; neither can run code.

    Parameters
    ----------
    directory : folder that `tidegate forecast` or `Forecast.save` wrote

    Returns
    -------
    Forecaster

    Raises
    ------
    DataError
        If a file is missing, cannot be read, or the network is not that of the pipeline.

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
    from tidegate.models import load_model

    folder = path_of("load", directory, "'forecast'")
    for name in (PIPELINE, MODEL):
        if not (folder / name).is_file():
            raise DataError(
                say("{folder} holds no forecast: there is no {name} in it.", folder=folder, name=name)
            )
    try:
        plain = json.loads((folder / PIPELINE).read_text(encoding="utf-8"))
        pipeline = Pipeline.from_dict(plain["pipeline"])
        target, inputs = str(plain["target"]), tuple(map(str, plain["inputs"]))
        learned = pipeline.scaler.names if pipeline.scaler else ()
        if learned != inputs:
            raise DataError(complaint(PIPELINE, say("the inputs {names}", names=learned), f"{inputs}"))
        model = load_model(folder / MODEL)
    except (KeyError, TypeError, ValueError, OSError) as why:
        raise DataError(
            say(
                "{folder} holds no forecast that can be read: {kind}: {why}.",
                folder=folder,
                kind=type(why).__name__,
                why=why,
            )
        ) from None
    fitting = ((None, pipeline.recipe.look_back, pipeline.features), (None, pipeline.recipe.horizon))
    if (model.input_shape, model.output_shape) != fitting:
        wanted, there = (
            say("a network from {given} to {answered}", given=given, answered=answered)
            for given, answered in (fitting, (model.input_shape, model.output_shape))
        )
        raise DataError(complaint(f"{folder / PIPELINE}", wanted, there))
    return Forecaster(target, inputs, pipeline, model)
