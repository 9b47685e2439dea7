"""The datasets of Keras's examples, read from files that are there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate import datasets
from tidegate.errors import ArgumentError, DataError
from tidegate.utils import get_file

TEXTS = [[1, 2, 30], [4, 5], [6, 7, 8, 9], [1]]


def lists(rows: list[list[int]]) -> Any:
    made = np.empty(len(rows), object)
    made[:] = rows
    return made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "datasets"
    folder.mkdir()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    y = np.arange(4)
    x = lists(TEXTS)
    np.savez(folder / "imdb.npz", x_train=x, y_train=y, x_test=x[:2], y_test=y[:2])
    np.savez(folder / "reuters.npz", x=x, y=y)
    (folder / "imdb_word_index.json").write_text(json.dumps({"tide": 1}))
    return folder


def test_words_become_codes_and_the_order_is_keras_s(home: Path) -> None:
    (x, y), (x_test, y_test) = datasets.imdb.load_data()
    order = np.arange(4)
    np.random.RandomState(113).shuffle(order)
    assert y.tolist() == order.tolist()
    coded = [[1, 4, 5, 2], [1, 7, 8], [1, 9, 10, 11, 12], [1, 4]]  # the largest code is left out, as in Keras
    assert list(x) == [coded[k] for k in order]
    assert len(x_test) == len(y_test) == 2


def test_rare_and_frequent_words_are_left_out(home: Path) -> None:
    (x, y), _ = datasets.imdb.load_data(num_words=10, skip_top=5, start_char=None, index_from=0)
    assert dict(zip(y.tolist(), x, strict=True)) == {0: [2, 2, 2], 1: [2, 5], 2: [6, 7, 8, 9], 3: [2]}
    (x, y), _ = datasets.imdb.load_data(num_words=10, oov_char=None, start_char=None, index_from=0)
    assert dict(zip(y.tolist(), x, strict=True))[0] == [1, 2]


def test_long_texts_are_left_out(home: Path) -> None:
    (x, _), _ = datasets.imdb.load_data(maxlen=4)
    assert max(map(len, x)) == 3
    with pytest.raises(ArgumentError, match="shorter; got maxlen=1"):
        datasets.imdb.load_data(maxlen=1)


def test_a_share_of_the_news_is_for_testing(home: Path) -> None:
    (x, _), (x_test, y_test) = datasets.reuters.load_data(test_split=0.25)
    assert (len(x), len(x_test), len(y_test)) == (3, 1, 1)
    assert len(datasets.reuters.get_label_names()) == 46


def test_words_have_ranks(home: Path) -> None:
    assert datasets.imdb.get_word_index() == {"tide": 1}


def test_what_is_there_is_found_and_what_is_not_is_asked_for(home: Path) -> None:
    assert Path(get_file("imdb.npz")) == home / "imdb.npz"
    assert Path(get_file(origin="https://there/imdb.npz?raw=1")) == home / "imdb.npz"
    with pytest.raises(DataError, match=r"nothing is downloaded.*fetch https://there/words\.txt once"):
        get_file("words.txt", "https://there/words.txt")
    with pytest.raises(DataError, match=r"reuters_word_index\.json"):
        datasets.reuters.get_word_index()


class Harmful:
    def __reduce__(self) -> Any:
        return Path.touch, (Path("harm"),)


def test_a_file_never_runs_code(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    np.savez(home / "reuters.npz", x=lists([[Harmful()]]), y=np.arange(1))  # type: ignore[list-item]
    with pytest.raises(DataError, match="arrays of lists of numbers"):
        datasets.reuters.load_data()
    assert not (home / "harm").exists()


def test_a_file_that_is_another_than_its_hash_says_is_refused(home: Path) -> None:
    (home / "words.txt").write_text("tide\n")
    right = hashlib.sha256(b"tide\n").hexdigest()
    assert get_file("words.txt", file_hash=right) == str(home / "words.txt")
    assert get_file("words.txt", md5_hash=hashlib.md5(b"tide\n").hexdigest()) == str(home / "words.txt")
    with pytest.raises(DataError, match=f"sha256 {'0' * 64}; got {right}"):
        get_file("words.txt", file_hash="0" * 64)
