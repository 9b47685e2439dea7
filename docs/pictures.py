"""The pictures of the documentation, made by the package itself each time the site is built.

A page says `<!-- picture: NAME -->`; mkdocs replaces it by the drawing, in the language of the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import tidegate
from tidegate.data import frame, read_csv
from tidegate.explaining import pictures
from tidegate.explaining.pictures.svg import Picture
from tidegate.language import set_language
from tidegate.layers import LSTM, Bidirectional, Dense, Embedding, RepeatVector, TimeDistributed
from tidegate.models import Sequential

HOME = Path(__file__).parents[1]
PLACE = re.compile(r"<!-- picture: (\w+) -->")


def airline(look_back: int, horizon: int = 1) -> Any:
    return frame(read_csv(HOME / "examples" / "airline-passengers.csv"), look_back=look_back, horizon=horizon)


def shops() -> Any:
    rng = np.random.default_rng(0)
    table = {
        "day": np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]"),
        "sold": np.round(rng.normal(100, 10, 60)),
        "price": np.round(rng.normal(5, 1, 60), 2),
        "rain": rng.integers(0, 2, 60).astype(float),
    }
    return frame(table, look_back=5, horizon=2, targets="sold")


def unrolled(*layers: Any) -> Picture:
    found = tidegate.explain(Sequential(list(layers)))
    return next(p for p in found.pictures)


def gates() -> Picture:
    """What an LSTM does with a wave, after it learnt to continue it."""
    tidegate.utils.set_random_seed(1)
    wave = np.sin(np.arange(200) / 5)
    windows = frame(wave, look_back=60)
    model = Sequential([LSTM(12, input_shape=(60, 1), name="lstm"), Dense(1)])
    model.compile("adam", "mse")
    model.fit(windows.x, windows.y, epochs=30, verbose=0)
    return tidegate.trace(model, windows.x[:1]).picture()


def mask() -> Picture:
    words = tidegate.data.sequences(["cat", "horse", "ox"])
    return pictures.mask(words.x, words.x > 0)


PICTURES: dict[str, Callable[[], Picture]] = {
    "windows": lambda: pictures.windows(airline(4)),
    "windows_shops": lambda: pictures.windows(shops()),
    "block": lambda: pictures.block(shops().x, shops().inputs),
    "forms": lambda: pictures.forms(shops()),
    "return_sequences": pictures.return_sequences,
    "mask": mask,
    "gates": gates,
    "stacked": lambda: unrolled(
        LSTM(32, return_sequences=True, input_shape=(8, 16)), LSTM(32), Dense(10, activation="softmax")
    ),
    "bidirectional": lambda: unrolled(
        Embedding(25, 16, input_length=31), Bidirectional(LSTM(32)), Dense(1, activation="sigmoid")
    ),
    "decoder": lambda: unrolled(
        LSTM(50, input_shape=(12, 2)),
        RepeatVector(3),
        LSTM(50, return_sequences=True),
        TimeDistributed(Dense(2)),
    ),
}


def fill(markdown: str, language: str) -> str:
    """Return a page with its pictures drawn."""
    set_language(language)
    try:
        return PLACE.sub(lambda found: f'<figure markdown="0">{PICTURES[found[1]]().svg}</figure>', markdown)
    finally:
        set_language(None)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Draw the pictures of a page; called by mkdocs."""
    return fill(markdown, "zh" if page.file.src_uri.endswith(".zh.md") else "en")
