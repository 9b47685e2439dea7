"""What one wrong use is, the lines before each, and the models that several of them begin with."""

from __future__ import annotations

from dataclasses import dataclass

BEFORE = """
import numpy as np
import tidegate
from tidegate import Model, Sequential
from tidegate.layers import *
from tidegate.utils import pad_sequences, to_categorical

draw = np.random.default_rng(0)
X, y = draw.random((40, 5, 2)), draw.random((40, 1))
codes = draw.integers(0, 25, (40, 5))
codes[0, 1] = 24
kinds = np.arange(40) % 3

def made(*layers, loss="mse"):
    model = Sequential(list(layers))
    model.compile("adam", loss)
    return model
"""


@dataclass(frozen=True)
class Wrong:
    """One wrong use.

    Attributes
    ----------
    name : what is wrong
    code : its last line is refused
    says : what the message must hold
    mends : ways to mend it, by the proposals of the message
    aside : places of the proposals that are no code for these data
    """

    name: str
    code: str
    says: tuple[str, ...]
    mends: tuple[str, ...]
    aside: tuple[int, ...] = ()


LSTM_52 = "model = made(LSTM(4, input_shape=(5, 2), name='reader'), Dense(1, name='last'))\n"
LSTM_51 = LSTM_52.replace("(5, 2)", "(5, 1)")
EVERY = LSTM_52.replace("name='reader'", "return_sequences=True, name='reader'")
THREE = "model = made(LSTM(4, input_shape=(5, 2)), Dense(3, activation='softmax'), loss='{}')\n"
SPARSE = THREE.format("sparse_categorical_crossentropy")
ONE_HOT = THREE.format("categorical_crossentropy")
YES_NO = (
    "model = made(LSTM(4, input_shape=(5, 2)), Dense(1, activation='sigmoid'), loss='binary_crossentropy')\n"
)
CODED = "model = made(Embedding(input_dim=10, output_dim=4, input_length=5), LSTM(4), Dense(1))\n"
TWO = (
    "a, b = Input((5, 2), name='a'), Input((3,), name='b')\n"
    "model = Model([a, b], Dense(1)(concatenate([LSTM(3, name='reader')(a), b])))\n"
    "model.compile('adam', 'mse')\n"
)
FIT = "model.fit(X, y)"
