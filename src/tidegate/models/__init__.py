"""Models.

>>> from tidegate.layers import LSTM, Dense
>>> model = Sequential([LSTM(50, input_shape=(10, 1)), Dense(1)])
>>> model.output_shape
(None, 1)
"""

from __future__ import annotations

from tidegate.models.sequential import Sequential

__all__ = ["Sequential"]
