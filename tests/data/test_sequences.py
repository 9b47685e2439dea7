"""Strings and ragged lists become one array, and nothing of them is lost silently."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data import frame, sequences
from tidegate.data.ragged import are_sequences
from tidegate.errors import DataError

WORDS = st.lists(st.text("abcd", min_size=1, max_size=6), min_size=1, max_size=6)


@given(WORDS, st.sampled_from(["pre", "post"]))
def test_text_comes_back_from_its_codes(words, padding):
    found = sequences(words, padding=padding)
    assert found.x.shape == (len(words), max(map(len, words)))
    assert found.decode(found.x) == words
    assert found.lengths.tolist() == list(map(len, words))
    np.testing.assert_array_equal(found.encode(words), found.x)


@given(st.lists(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=5), min_size=1, max_size=5))
def test_measurements_stand_at_the_end_behind_the_mask(rows):
    found = sequences(rows)
    for x, row in zip(found.x[:, :, 0], rows, strict=True):
        assert x[len(x) - len(row) :].tolist() == row
        assert (x[: len(x) - len(row)] == found.mask_value).all()


def test_words_whole_numbers_and_rows():
    assert sequences([["to", "be"], ["or"]]).vocabulary == ("be", "or", "to")
    assert sequences([[7, 9], [9]], codes=True).x.tolist() == [[1, 2], [0, 2]]
    assert sequences([np.ones((3, 2)), np.zeros((1, 2))]).x.shape == (2, 3, 2)


def test_longer_ones_lose_steps_where_told():
    assert sequences(["abc"], length=2).x.tolist() == [[2, 3]]
    assert sequences(["abc"], length=2, truncating="post").x.tolist() == [[1, 2]]
    assert sequences(["ab"], length=3, padding="post").x.tolist() == [[1, 2, 0]]


def test_targets():
    assert sequences(["a", "b"], ["yes", "no"]).y.tolist() == [1, 0]
    assert sequences(["a", "b"], [1.5, 2.5]).classes == ()
    assert "Dense(3, activation='softmax')" in sequences(list("abc"), list("xyz")).expected_model()


def test_frame_gives_lists_that_are_no_table_here():
    assert frame(["cat", "mouse"]).x.shape == (2, 5)
    assert frame([[1.0], [2.0, 3.0]], look_back=4).x.shape == (2, 4, 1)
    assert not are_sequences(["1", "2"])  # numbers as text: a column
    assert not are_sequences([[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("items", "arguments", "message"),
    [
        ([], {}, "at least one sequence; got none"),
        (["a", ""], {}, "at least one step; got an empty one at 1"),
        ([[1.0], [[1.0, 2.0]]], {}, "1 feature at each step, as in sequence 0; got 2 in sequence 1"),
        ([[1.0, float("nan")]], {}, "Sequence 0, step 1: a value is missing"),
        ([[-10.0, 1.0]], {}, "mask_value=-10 as a whole step"),
        ([["a", 1]], {"codes": False}, "numbers, or words alone"),
        (["a"], {"targets": [1, 2]}, "1 target, one for each sequence; got 2"),
        (["a"], {"length": 0}, "length as a whole number of at least 1; got 0"),
        (["a"], {"padding": "left"}, "padding 'pre' or 'post'; got 'left'"),
    ],
)
def test_wrong_sequences(items, arguments, message):
    with pytest.raises(DataError, match=message):
        sequences(items, **arguments)


def test_decode_refuses_codes_that_stand_for_nothing():
    with pytest.raises(DataError, match="codes from 0 to 2; got 7"):
        sequences(["ab"]).decode([[7]])


@pytest.mark.parametrize(("padding", "truncating"), [("pre", "post"), ("post", "pre")])
def test_further_sequences_are_cut_at_the_same_end(padding, truncating):
    found = sequences(["abcd", "b"], length=2, padding=padding, truncating=truncating)
    np.testing.assert_array_equal(found.encode(["abcd", "b"]), found.x)


def test_frame_hands_on_the_mask_value_and_refuses_what_concerns_a_table():
    assert frame([[1.0], [2.0, 3.0]], mask_value=-1).x[0, 0, 0] == -1
    with pytest.raises(DataError, match=r"of different lengths; got horizon=\. Instead: leave horizon out"):
        frame(["cat", "mouse"], horizon=2)


@pytest.mark.parametrize("items", ["abc", {"a": [1]}, None, 3])
def test_what_is_no_list_of_sequences_is_refused(items):
    with pytest.raises(DataError, match="expects a list of sequences; got a "):
        sequences(items)
