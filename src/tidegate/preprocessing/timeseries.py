"""Windows over a table, at the path where older scripts look for them."""

from __future__ import annotations

from tidegate.utils.timeseries import timeseries_dataset_from_array

__all__ = ["timeseries_dataset_from_array"]
