"""Tables to windows, and predictions back to dated values. At import this needs NumPy alone."""

from __future__ import annotations

from tidegate.data.dated import Dated
from tidegate.data.dates import Dates, find_dates
from tidegate.data.expected import Expected
from tidegate.data.framed import Frame
from tidegate.data.framing import frame
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
from tidegate.data.sequences import Sequences, sequences
from tidegate.data.tables import Table, read_csv
from tidegate.data.windows import Windows

__all__ = [
    "Dated",
    "Dates",
    "Expected",
    "Frame",
    "Frequency",
    "Gap",
    "MinMax",
    "Scaler",
    "Sequences",
    "Standard",
    "Table",
    "Windows",
    "check_gaps",
    "check_order",
    "find_dates",
    "find_frequency",
    "find_gaps",
    "frame",
    "future_dates",
    "read_csv",
    "regularise",
    "season_lengths",
    "sequences",
]
