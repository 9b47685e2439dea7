"""The layers.

>>> from tidegate.models import Sequential
>>> Sequential([LSTM(50, input_shape=(10, 1)), Dense(1)]).output_shape
(None, 1)
"""

from __future__ import annotations

from tidegate.layers.base import Layer
from tidegate.layers.bidirectional import Bidirectional
from tidegate.layers.configs import deserialize, serialize
from tidegate.layers.dense import Dense
from tidegate.layers.embedding import Embedding
from tidegate.layers.gru import GRU
from tidegate.layers.input import Input, InputLayer
from tidegate.layers.lstm import LSTM
from tidegate.layers.shaping import Flatten, RepeatVector, Reshape
from tidegate.layers.simple import Activation, Dropout
from tidegate.layers.simple_rnn import SimpleRNN
from tidegate.layers.spelling import older_layer as __getattr__  # noqa: F401
from tidegate.layers.text import Hashing, IntegerLookup, StringLookup, TextVectorization
from tidegate.layers.time_distributed import TimeDistributed

__all__ = [
    "GRU",
    "LSTM",
    "Activation",
    "Bidirectional",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "Hashing",
    "Input",
    "InputLayer",
    "IntegerLookup",
    "Layer",
    "RepeatVector",
    "Reshape",
    "SimpleRNN",
    "StringLookup",
    "TextVectorization",
    "TimeDistributed",
    "deserialize",
    "serialize",
]
