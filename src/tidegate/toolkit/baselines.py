"""The two forecasts that need no learning, and the scores every forecast is held to.

Notation: N rows, O origins, H horizon, m season. An origin is the last row that a forecast may look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Score", "ahead", "last_value", "one_season_back", "same_season", "score", "season_error"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Score:
    """How far a forecast was from the truth, over all origins and all steps ahead.

    Attributes
    ----------
    mae : mean absolute error
    rmse : root of the mean squared error
    mase : mae divided by the mean change over one season in the training part; None where that is 0
    """

    mae: float
    rmse: float
    mase: float | None


def ahead(values: Array, origins: Array, horizon: int) -> Array:
    """Return what really came after each origin.

    >>> ahead(np.arange(6.0), np.array([1, 2]), 3)
    array([[2., 3., 4.],
           [3., 4., 5.]])
    """
    return values[origins[:, None] + np.arange(1, horizon + 1)]  # (O, H)


def last_value(values: Array, origins: Array, horizon: int) -> Array:
    """Return the forecast 'as the last value seen', at every step.

    >>> last_value(np.array([5.0, 7.0, 9.0]), np.array([1]), 2)
    array([[7., 7.]])
    """
    return np.repeat(values[origins][:, None], horizon, axis=1)  # (O, H)


def one_season_back(origins: Array, horizon: int, season: int) -> Array:
    """Return the rows that 'same season last time' looks at: the newest seen at that point of the season.

    >>> one_season_back(np.array([11]), 5, 4)
    array([[ 8,  9, 10, 11,  8]])
    """
    steps = np.arange(1, horizon + 1)
    seasons_back = (steps - 1) // season + 1
    rows: Array = origins[:, None] + steps - season * seasons_back  # (O, H)
    return rows


def same_season(values: Array, origins: Array, horizon: int, season: int) -> Array:
    """Return the forecast 'as at the same point of the last season seen'.

    >>> same_season(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3]), 3, season=2)
    array([[3., 4., 3.]])
    """
    return values[one_season_back(origins, horizon, season)]  # (O, H)


def season_error(values: Array, season: int) -> float:
    """Return the mean absolute change over one season: the scale that MASE divides by.

    >>> season_error(np.array([1.0, 2.0, 4.0, 8.0]), 2)
    4.5
    """
    return float(np.abs(values[season:] - values[:-season]).mean()) if len(values) > season else 0.0


def score(forecast: Array, truth: Array, scale: float) -> Score:
    """Return the scores of a forecast; `scale` is that of MASE.

    >>> score(np.array([[1.0, 5.0]]), np.array([[1.0, 3.0]]), 2.0)
    Score(mae=1.0, rmse=1.4142135623730951, mase=0.5)
    """
    error = forecast - truth
    mae = float(np.abs(error).mean())
    return Score(mae, float(np.sqrt((error**2).mean())), mae / scale if scale > 0 else None)
