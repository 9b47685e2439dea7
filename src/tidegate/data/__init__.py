"""Tables to windows, and predictions back to dated values. At import this needs NumPy alone.

Each module below is loaded when it is first used: a model needs but the windows.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the same names once more, for editors and type checkers
    from tidegate.data.dated import Dated as Dated
    from tidegate.data.dates import Dates as Dates
    from tidegate.data.dates import find_dates as find_dates
    from tidegate.data.expected import Expected as Expected
    from tidegate.data.framed import Frame as Frame
    from tidegate.data.framing import frame as frame
    from tidegate.data.frequency import Frequency as Frequency
    from tidegate.data.frequency import Gap as Gap
    from tidegate.data.frequency import check_gaps as check_gaps
    from tidegate.data.frequency import check_order as check_order
    from tidegate.data.frequency import find_frequency as find_frequency
    from tidegate.data.frequency import find_gaps as find_gaps
    from tidegate.data.frequency import future_dates as future_dates
    from tidegate.data.frequency import regularise as regularise
    from tidegate.data.frequency import season_lengths as season_lengths
    from tidegate.data.ragged import Sequences as Sequences
    from tidegate.data.ragged import sequences as sequences
    from tidegate.data.scaling import MinMax as MinMax
    from tidegate.data.scaling import Scaler as Scaler
    from tidegate.data.scaling import Standard as Standard
    from tidegate.data.tables import Table as Table
    from tidegate.data.tables import read_csv as read_csv
    from tidegate.data.windows import Windows as Windows

_WHERE = {
    "Dated": "dated",
    "Dates": "dates",
    "Expected": "expected",
    "Frame": "framed",
    "Frequency": "frequency",
    "Gap": "frequency",
    "MinMax": "scaling",
    "Scaler": "scaling",
    "Sequences": "ragged",
    "Standard": "scaling",
    "Table": "tables",
    "Windows": "windows",
    "check_gaps": "frequency",
    "check_order": "frequency",
    "find_dates": "dates",
    "find_frequency": "frequency",
    "find_gaps": "frequency",
    "frame": "framing",
    "future_dates": "frequency",
    "read_csv": "tables",
    "regularise": "frequency",
    "season_lengths": "frequency",
    "sequences": "ragged",
}

__all__ = list(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        from tidegate.language import say

        raise AttributeError(
            say("module '{module}' has no attribute {name!r}", module="tidegate.data", name=name)
        )
    value = getattr(importlib.import_module(f"tidegate.data.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
