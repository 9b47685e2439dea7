"""Texts as numbers: what the Tokenizer of Keras 2 gives; the expected values were printed by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate.errors import TidegateError
from tidegate.preprocessing.sequence import TimeseriesGenerator
from tidegate.preprocessing.text import (
    Tokenizer,
    hashing_trick,
    one_hot,
    text_to_word_sequence,
    tokenizer_from_json,
)
from tidegate.utils import pad_sequences

TEXTS = ["The tide comes in, the tide goes out!", "low tide at five", "in and out"]


def fitted(**arguments: Any) -> Tokenizer:
    tokenizer = Tokenizer(**arguments)
    tokenizer.fit_on_texts(TEXTS)
    return tokenizer


def test_the_most_frequent_words_come_first_and_equals_as_they_came() -> None:
    order = ["tide", "the", "in", "out", "comes", "goes", "low", "at", "five", "and"]
    assert list(fitted().word_index) == order
    assert fitted().index_word[1] == "tide"
    assert fitted().word_counts["tide"] == 3
    assert fitted().word_docs["tide"] == 2 == fitted().index_docs[1]
    assert fitted().document_count == 3


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [[2, 1], [3, 4]]),
        ({"num_words": 4}, [[2, 1], [3]]),
        ({"oov_token": "?"}, [[3, 2, 1], [4, 1, 5]]),
        ({"num_words": 4, "oov_token": "?"}, [[3, 2, 1], [1, 1, 1]]),
        ({"lower": False}, [[4, 1], [2, 3]]),
        ({"nb_words": 3}, [[2, 1], []]),
    ],
)
def test_texts_become_sequences(arguments: dict[str, Any], expected: list[list[int]]) -> None:
    texts = ["The tide waits", "in nothing out"]
    assert fitted(**arguments).texts_to_sequences(texts) == expected


def test_characters_and_lists_of_words_are_taken_as_they_are() -> None:
    letters = fitted(char_level=True)
    assert letters.texts_to_sequences(["eT "]) == [[3, 2, 1]]
    words = Tokenizer()
    words.fit_on_texts([["New York", "New York", "Rome"]])
    assert words.word_index == {"new york": 1, "rome": 2}


def test_sequences_become_texts() -> None:
    tokenizer = fitted(oov_token="?")
    assert tokenizer.sequences_to_texts([[3, 2, 99], []]) == ["the tide ?", ""]
    assert fitted().sequences_to_texts([[1, 99]]) == ["tide"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("binary", [0, 1, 1, 0]),
        ("count", [0, 2, 1, 0]),
        ("freq", [0, 2 / 3, 1 / 3, 0]),
        ("tfidf", [0, (1 + np.log(2)) * np.log(1 + 3 / 3), np.log(1 + 3 / 2), 0]),
    ],
)
def test_sequences_become_rows(mode: str, expected: list[float]) -> None:
    rows = fitted(num_words=4).sequences_to_matrix([[1, 1, 2], []], mode)
    np.testing.assert_allclose(rows, [expected, [0, 0, 0, 0]])
    assert fitted().texts_to_matrix(["the tide"]).shape == (1, 11)


def test_json_keeps_everything() -> None:
    tokenizer = fitted(num_words=5, oov_token="?")
    again = tokenizer_from_json(tokenizer.to_json())
    assert again.get_config() == tokenizer.get_config()
    assert again.texts_to_sequences(TEXTS) == tokenizer.texts_to_sequences(TEXTS)


def test_words_and_hashes() -> None:
    assert text_to_word_sequence("A-b c", lower=False, filters="-") == ["A", "b", "c"]
    assert text_to_word_sequence("a,b", split=",") == ["a", "b"]
    numbers = one_hot("tide in tide", 10)
    assert numbers[0] == numbers[2] and all(1 <= k < 10 for k in numbers)
    assert hashing_trick("ab c", 7, hash_function=len) == [3, 2]


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda: Tokenizer().fit_on_texts("one text"), "a list of texts; got one string"),
        (lambda: Tokenizer().fit_on_texts([float("nan")]), "texts; got a float"),
        (lambda: Tokenizer().sequences_to_matrix([[1]]), "num_words or texts seen"),
        (lambda: Tokenizer(5).sequences_to_matrix([[1]], "tfidf"), "texts seen for 'tfidf'"),
        (lambda: fitted().sequences_to_matrix([[1]], "often"), "a mode among"),
        (lambda: hashing_trick("a", 1), "n of at least 2"),
    ],
)
def test_mistakes_are_named(mistake: Any, message: str) -> None:
    with pytest.raises(TidegateError, match=message):
        mistake()


def test_an_analyzer_cuts_texts_its_own_way() -> None:
    tokenizer = fitted(analyzer=str.split)
    assert "in," in tokenizer.word_index
    assert tokenizer.texts_to_sequences(["in in,"]) == [
        [tokenizer.word_index["in"], tokenizer.word_index["in,"]]
    ]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: tokenizer_from_json("{"), "expects a text that Tokenizer.to_json wrote; got something else"),
        (lambda: tokenizer_from_json('{"config": 3}'), "expects a text that Tokenizer.to_json wrote"),
        (lambda: text_to_word_sequence(None), "text_to_word_sequence expects a text; got a NoneType"),
        (lambda: Tokenizer().fit_on_texts(None), "expects a list of texts; got a NoneType"),
        (lambda: pad_sequences(["abc"]), "expects sequences of numbers; got a text. Instead: Tokenizer"),
        (lambda: pad_sequences([[1]], maxlen="3"), "maxlen as a whole number; got '3'"),
        (
            lambda: TimeseriesGenerator(np.ones(9), np.ones(9), 2, batch_size=1.5),
            "batch_size to be a whole number",
        ),
        (lambda: TimeseriesGenerator(None, None, 2), "rows of data and of targets"),
    ],
)
def test_careless_arguments_are_refused(call: Any, said: str) -> None:
    with pytest.raises(TidegateError, match=said):
        call()
