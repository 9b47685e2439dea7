"""Windows that lie apart are read where they lie, and give the numbers that a copy of them gives."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from tidegate.data import Windows, frame
from tidegate.layers import LSTM, Dense
from tidegate.models import Sequential
from tidegate.utils import set_random_seed


def shops(rows: int = 60, look_back: int = 5):
    rng = np.random.default_rng(0)
    table = {
        "shop": np.repeat(["a", "b", "c"], rows),
        "sold": rng.normal(size=3 * rows).astype(np.float32),
        "price": rng.normal(size=3 * rows).astype(np.float32),
    }
    return frame(table, look_back=look_back, series="shop", targets="sold")


def trained(x, y, metrics=None, **arguments):
    set_random_seed(1)
    model = Sequential([LSTM(3, input_shape=x.shape[1:]), Dense(1)])
    model.compile("adam", "mse", metrics=metrics)
    history = model.fit(x, y, epochs=2, batch_size=16, verbose=0, **arguments).history
    return history, model.predict(x, verbose=0), model.evaluate(x, y, verbose=0, return_dict=True)


@pytest.mark.parametrize(
    "arguments", [{}, {"shuffle": False}, {"validation_split": 0.2}, {"metrics": ["mae"]}]
)
def test_the_same_numbers_as_from_a_copy(arguments) -> None:
    f = shops()
    assert isinstance(f.x, Windows)
    apart, copied = trained(f.x, f.y, **arguments), trained(*f.to_arrays(), **arguments)
    assert apart[0] == copied[0]
    np.testing.assert_array_equal(apart[1], copied[1])
    assert apart[2] == copied[2]


def test_windows_are_never_copied_as_a_whole() -> None:
    f = shops(rows=40_000, look_back=100)  # 96 MB of windows over 1 MB of rows
    model = Sequential([LSTM(1, input_shape=f.x.shape[1:]), Dense(1)])
    model.compile("sgd", "mse")
    tracemalloc.start()
    model.fit(f.x, f.y, batch_size=4096, steps_per_epoch=4, verbose=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6
