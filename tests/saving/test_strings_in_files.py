"""Models that begin with strings, in files: those of Keras on TensorFlow, and the way back."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tidegate
from tests.saving.make_strings import HERE, PRICES, SHOPS, TAGS, texts, wide
from tidegate.models import clone_model, load_model

LINES, Y = texts()
DATA = {"text": LINES[:3], "tags": TAGS, "shop": np.array(SHOPS), "price": np.array(PRICES)}


@pytest.fixture(scope="module")
def expected() -> Any:
    with np.load(HERE / "strings.npz") as file:
        return dict(file)


def opened(name: str, folder: Path) -> Any:
    path = folder / "model.keras"
    path.write_bytes(gzip.decompress((HERE / name).read_bytes()))
    return load_model(path)


def test_texts_in_a_file_of_keras_train_on_to_its_numbers(tmp_path: Path, expected: Any) -> None:
    model = opened("texts.keras.gz", tmp_path)
    np.testing.assert_allclose(model.predict(LINES), expected["before"], atol=1e-6)
    history = model.fit(LINES, Y, epochs=3, batch_size=5, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-5)
    np.testing.assert_allclose(model.predict(np.array(LINES)), expected["after"], atol=1e-5)


def test_lookups_and_hashes_in_a_file_of_keras_give_its_numbers(tmp_path: Path, expected: Any) -> None:
    model = opened("wide.keras.gz", tmp_path)
    np.testing.assert_allclose(model.predict(DATA), expected["wide"], atol=1e-6)
    in_order = [DATA[name] for name in ("text", "tags", "shop", "price")]
    np.testing.assert_array_equal(model.predict(in_order), model.predict(DATA))


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_words_are_kept_in_files(name: str, tmp_path: Path) -> None:
    model = wide(tidegate)
    model.save(tmp_path / name)
    again = load_model(tmp_path / name)
    np.testing.assert_array_equal(again.predict(DATA), model.predict(DATA))
    copy = clone_model(model)
    copy.set_weights(model.get_weights())
    np.testing.assert_array_equal(copy.predict(DATA), model.predict(DATA))
