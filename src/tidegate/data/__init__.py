"""Tables to windows, and predictions back to dated values. At import this needs NumPy alone."""

from __future__ import annotations

from tidegate.data.dated import Dated
from tidegate.data.framing import Expected, Frame, frame
from tidegate.data.frequency import (
    Frequency,
    Gap,
    check_gaps,
    check_order,
    find_frequency,
    find_gaps,
    future_dates,
    regularise,
    season_lengths,
)
from tidegate.data.scaling import MinMax, Scaler, Standard

__all__ = [
    "Dated",
    "Expected",
    "Frame",
    "Frequency",
    "Gap",
    "MinMax",
    "Scaler",
    "Standard",
    "check_gaps",
    "check_order",
    "find_frequency",
    "find_gaps",
    "frame",
    "future_dates",
    "regularise",
    "season_lengths",
]
