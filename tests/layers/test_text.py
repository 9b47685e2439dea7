"""Strings as codes; the expected values are those of Keras's own documentation of these layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.saving.make_strings import HERE, TOKENS
from tidegate.errors import TidegateError
from tidegate.layers import Hashing, IntegerLookup, StringLookup, TextVectorization
from tidegate.layers.hashes import fingerprint, siphash

WORDS = ["a", "b", "c", "d"]
DATA = [["a", "c", "d"], ["d", "z", "b"]]
MORE = [["a", "c", "d", "d"], ["d", "z", "b", "z"]]


def test_words_have_the_places_of_a_vocabulary_or_of_what_was_seen() -> None:
    assert StringLookup(vocabulary=WORDS)(DATA).tolist() == [[1, 3, 4], [4, 0, 2]]
    seen = StringLookup()
    seen.adapt(DATA)
    assert seen.get_vocabulary() == ["[UNK]", "d", "z", "c", "b", "a"]
    assert seen.vocabulary_size() == 6


@pytest.mark.parametrize(
    ("arguments", "data", "expected"),
    [
        ({"output_mode": "one_hot"}, ["a", "z"], [[0, 1, 0, 0, 0], [1, 0, 0, 0, 0]]),
        ({"output_mode": "multi_hot"}, MORE, [[0, 1, 0, 1, 1], [1, 0, 1, 0, 1]]),
        ({"output_mode": "count"}, MORE, [[0, 1, 0, 1, 2], [2, 0, 1, 0, 1]]),
        (
            {"output_mode": "tf_idf", "idf_weights": [0.25, 0.75, 0.6, 0.4]},
            MORE,
            [[0, 0.25, 0, 0.6, 0.8], [1.0, 0, 0.75, 0, 0.4]],
        ),
        ({"mask_token": ""}, ["a", "", "z"], [2, 0, 1]),
        ({"num_oov_indices": 0}, ["d"], [3]),
        (
            {"output_mode": "count", "max_tokens": 7, "pad_to_max_tokens": True},
            [["a"]],
            [[0, 1, 0, 0, 0, 0, 0]],
        ),
    ],
)
def test_modes(arguments: dict[str, Any], data: Any, expected: Any) -> None:
    np.testing.assert_allclose(StringLookup(vocabulary=WORDS, **arguments)(data), expected)


def test_back_to_words() -> None:
    back = StringLookup(vocabulary=WORDS, invert=True)
    assert back(np.array([[1, 3, 4], [4, 0, 2]])).tolist() == [["a", "c", "d"], ["d", "[UNK]", "b"]]


def test_numbers() -> None:
    lookup = IntegerLookup(vocabulary=[12, 36, 1138, 42])
    assert lookup([[12, 1138, 42], [42, 1000, 36]]).tolist() == [[1, 3, 4], [4, 0, 2]]
    assert IntegerLookup(vocabulary=[12, 36], num_oov_indices=2)([37, 1000, 12]).tolist() == [1, 0, 2]


def test_weights_of_words_that_stand_in_few_texts_are_larger() -> None:
    layer = TextVectorization(output_mode="tf_idf")
    layer.adapt(["tide in", "tide out"])
    weights = {"tide": np.log(1 + 2 / 3), "out": np.log(2), "in": np.log(2)}
    assert layer.get_vocabulary() == ["[UNK]", "tide", "out", "in"]
    mean = np.mean(list(weights.values()))
    np.testing.assert_allclose(layer(["tide tide ebb"]), [[mean, 2 * weights["tide"], 0, 0]], rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, ["the", "tide", "in"]),
        ({"max_tokens": 4}, ["the", "tide", "[UNK]"]),
        ({"output_sequence_length": 2}, ["the", "tide"]),
        ({"output_sequence_length": 4}, ["the", "tide", "in", ""]),
        ({"standardize": None}, ["The", "tide", "[UNK]"]),
        ({"standardize": "lower"}, ["the", "tide", "[UNK]"]),
        ({"standardize": "strip_punctuation"}, ["The", "tide", "in"]),
        ({"standardize": np.char.upper}, ["THE", "TIDE", "[UNK]"]),
        ({"ngrams": (2,)}, ["the tide", "tide in"]),
        ({"ngrams": 2, "max_tokens": 5}, ["the", "tide", "[UNK]", "the tide", "[UNK]"]),
    ],
)
def test_texts(arguments: dict[str, Any], words: list[str]) -> None:
    layer = TextVectorization(**arguments)
    layer.adapt(np.array(["The tide, the tide in.", "The tide"]))
    vocabulary = layer.get_vocabulary()
    assert vocabulary[:2] == ["", "[UNK]"]
    assert [vocabulary[k] for k in layer(["The tide in"])[0]] == words


def test_letters_and_padding() -> None:
    layer = TextVectorization(split="character", vocabulary=["a", "b"])
    assert layer(["ab", "b!c"]).tolist() == [[2, 3], [3, 1]]
    assert layer("ab").tolist() == [2, 3]


def test_a_vocabulary_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("low\nhigh\n")
    assert StringLookup(vocabulary=str(tmp_path / "words.txt"))(["high"]).tolist() == [2]
    again = StringLookup.from_config(StringLookup(vocabulary=WORDS).get_config())
    assert again(DATA).tolist() == [[1, 3, 4], [4, 0, 2]]


def test_hashes_are_those_of_tensorflow() -> None:
    with np.load(HERE / "strings.npz") as expected:
        said = [token.encode() for token in TOKENS]
        assert [fingerprint(token) % 2**62 for token in said] == expected["fast"].tolist()
        assert [siphash(token, 3, 4) % 2**62 for token in said] == expected["strong"].tolist()


def test_hashes_stay_within_their_bins() -> None:
    codes = Hashing(3, mask_value="")(["a", "", "b", "a"])
    assert codes[1] == 0 and codes[0] == codes[3]
    assert set(codes[[0, 2]]) <= {1, 2}
    assert Hashing(4, output_mode="multi_hot")([["a", "b"]]).shape == (1, 4)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda: StringLookup()(["a"]), "a vocabulary; got none"),
        (lambda: StringLookup(vocabulary=["a", "a"]), "each word once"),
        (lambda: StringLookup(vocabulary=WORDS, max_tokens=3), "at most 3 words"),
        (
            lambda: StringLookup(vocabulary=WORDS, num_oov_indices=0)(["z"]),
            "words of the vocabulary; got 'z'",
        ),
        (lambda: StringLookup(vocabulary=WORDS, output_mode="tf_idf"), "idf_weights with"),
        (lambda: StringLookup(output_mode="codes"), "output_mode among"),
        (lambda: TextVectorization(split="words"), "split among"),
    ],
)
def test_mistakes_are_named(mistake: Any, message: str) -> None:
    with pytest.raises(TidegateError, match=message):
        mistake()
