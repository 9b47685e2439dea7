"""A table in, a dated and honestly scored forecast out."""

from __future__ import annotations

from tidegate.toolkit.baselines import Score, last_value, same_season
from tidegate.toolkit.forecasting import Forecast, HeldOut, forecast
from tidegate.toolkit.keeping import Forecaster, load

__all__ = ["Forecast", "Forecaster", "HeldOut", "Score", "forecast", "last_value", "load", "same_season"]
