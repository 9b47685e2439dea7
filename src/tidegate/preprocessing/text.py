"""Text as sequences of whole numbers: what Keras 1 and 2 had in `keras.preprocessing.text`.

>>> text_to_word_sequence("The tide comes, the tide goes.")
['the', 'tide', 'comes', 'the', 'tide', 'goes']
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.arguments import checked
from tidegate.errors import ArgumentError, DataError, complaint
from tidegate.language import say
from tidegate.spelling import older

__all__ = ["Tokenizer", "hashing_trick", "one_hot", "text_to_word_sequence", "tokenizer_from_json"]

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
MODES = ("binary", "count", "freq", "tfidf")


@older(text="input_text")
@checked
def text_to_word_sequence(
    input_text: Any, filters: str = FILTERS, lower: bool = True, split: str = " "
) -> list[str]:
    """Cut a text into words.

    Parameters
    ----------
    input_text : str
    filters : str
        Characters that part words and are dropped; the punctuation marks, tab and line break by default.
    lower : bool, default True
    split : str, default " "
        What else parts words.

    Examples
    --------
    >>> text_to_word_sequence("Low tide: 5 am", lower=False)
    ['Low', 'tide', '5', 'am']
    """
    if not isinstance(input_text, str):
        came = say("a {kind}", kind=type(input_text).__name__)
        raise DataError(complaint("text_to_word_sequence", say("a text"), came))
    if not split:
        raise ArgumentError(complaint("text_to_word_sequence", say("a split that parts words"), repr(split)))
    if lower:
        input_text = input_text.lower()
    table = str.maketrans(dict.fromkeys(filters or "", split))
    return [word for word in input_text.translate(table).split(split) if word]


@older(text="input_text")
@checked
def one_hot(
    input_text: str,
    n: int,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Sequence[str]] | None = None,
) -> list[int]:
    """Turn words into numbers from 1 to n - 1 by Python's `hash`, which differs from run to run.

    Despite its name it makes no one-hot rows, in Keras as here; `hashing_trick` with "md5" gives numbers that last.
    """
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


@checked
def hashing_trick(
    text: str,
    n: int,
    hash_function: Callable[[str], int] | str | None = None,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Sequence[str]] | None = None,
) -> list[int]:
    """Turn words into numbers from 1 to n - 1 by a hash; different words may share one.

    Parameters
    ----------
    text : str
    n : int
        How many numbers there are, the 0 of padding included. At least 2.
    hash_function : None, "md5" or a function of a word
        None is Python's `hash`, which differs from run to run; "md5" does not.
    filters, lower, split : as in `text_to_word_sequence`
    analyzer : function, optional
        Cuts the text into words in its place.

    Examples
    --------
    >>> hashing_trick("the tide the tide", 50, "md5")
    [43, 27, 43, 27]
    """
    if n < 2:
        expected = say("{name} of at least {least}", name="n", least=2)
        raise ArgumentError(complaint("hashing_trick", expected, repr(n)))
    number: Callable[[str], int]
    if hash_function is None:
        number = hash
    elif hash_function == "md5":
        number = _md5
    elif callable(hash_function):
        number = hash_function
    else:
        expected = say("{some} or {last}", some="None, 'md5'", last=say("a function"))
        raise ArgumentError(complaint("hashing_trick", expected, repr(hash_function)))
    words = text_to_word_sequence(text, filters, lower, split) if analyzer is None else analyzer(text)
    return [number(word) % (n - 1) + 1 for word in words]


def _md5(word: str) -> int:
    import hashlib

    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)


class Tokenizer:
    """Numbers for words, the most frequent first: 1, 2, ...; 0 stands for padding.

    Parameters
    ----------
    num_words : int, optional
        Only numbers below this one are given out: the `num_words` - 1 most frequent words.
    filters, lower, split : as in `text_to_word_sequence`
    char_level : bool, default False
        Take each character as a word.
    oov_token : str, optional
        Gets number 1, and stands for every word that has none. By default such words are left out.
    analyzer : function, optional
        Cuts a text into words.

    Attributes
    ----------
    word_index, index_word : dict, words to numbers and back; all words, whatever `num_words` says
    word_counts : dict, how often each word came
    word_docs, index_docs : dict, in how many texts each word, or its number, came
    document_count : int, texts seen

    Examples
    --------
    >>> tokenizer = Tokenizer(oov_token="?")
    >>> tokenizer.fit_on_texts(["the tide comes", "the tide goes"])
    >>> tokenizer.texts_to_sequences(["the tide stands"])
    [[2, 3, 1]]
    >>> tokenizer.sequences_to_texts([[2, 3, 1]])
    ['the tide ?']
    """

    @older(nb_words="num_words")
    @checked
    def __init__(
        self,
        num_words: int | None = None,
        filters: str = FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        analyzer: Callable[[str], Sequence[str]] | None = None,
        document_count: int = 0,
    ) -> None:
        self.num_words, self.filters, self.lower, self.split = num_words, filters, lower, split
        self.char_level, self.oov_token, self.analyzer = char_level, oov_token, analyzer
        self.document_count = document_count
        self.word_counts: dict[str, int] = {}
        self.word_docs: dict[str, int] = {}
        self.index_docs: dict[int, int] = {}
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}

    def _words(self, text: Any) -> Sequence[str]:
        if self.char_level or isinstance(text, list):
            if not self.lower:
                return text  # type: ignore[no-any-return]
            return [word.lower() for word in text] if isinstance(text, list) else text.lower()
        if not isinstance(text, str):
            came = say("a {kind}", kind=type(text).__name__)
            raise DataError(complaint("Tokenizer", say("texts"), came, "texts.fillna('').astype(str)"))
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts: Any) -> None:
        """Count the words of these texts (strings, or lists of words), and number them anew."""
        if isinstance(texts, str) and not self.char_level:
            instead = say("write {code}", code="[text]")
            raise DataError(complaint("fit_on_texts", say("a list of texts"), say("one string"), instead))
        if not isinstance(texts, Iterable):
            came = say("a {kind}", kind=type(texts).__name__)
            raise DataError(complaint("fit_on_texts", say("a list of texts"), came))
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in set(words):
                self.word_docs[word] = self.word_docs.get(word, 0) + 1
        first = [] if self.oov_token is None else [self.oov_token]
        ranked = sorted(self.word_counts, key=lambda word: -self.word_counts[word])  # equals: as they came
        self.word_index = {word: k for k, word in enumerate([*first, *ranked], start=1)}
        self.index_word = {k: word for word, k in self.word_index.items()}
        self.index_docs |= {self.word_index[word]: count for word, count in self.word_docs.items()}

    @checked
    def fit_on_sequences(self, sequences: Sequence[Iterable[int]]) -> None:
        """Count in how many sequences each number comes; all that `sequences_to_matrix` needs for "tfidf"."""
        self.document_count += len(sequences)
        for sequence in sequences:
            for number in set(sequence):
                self.index_docs[number] = self.index_docs.get(number, 0) + 1

    def _within(self, number: int) -> bool:
        return not self.num_words or number < self.num_words

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """Return the numbers of the words of each text."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Any]) -> Iterator[list[int]]:
        """Yield the numbers of the words of each text."""
        unknown = self.word_index.get(self.oov_token) if self.oov_token is not None else None
        for text in texts:
            numbers = (self.word_index.get(word) for word in self._words(text))
            kept = (k if k is not None and self._within(k) else unknown for k in numbers)
            yield [k for k in kept if k is not None]

    @checked
    def sequences_to_texts(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """Return the words of each sequence, joined by spaces."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Iterable[int]]) -> Iterator[str]:
        """Yield the words of each sequence, joined by spaces."""
        unknown = self.oov_token if self.oov_token in self.word_index else None
        for sequence in sequences:
            words = (self.index_word.get(int(k)) if self._within(int(k)) else None for k in sequence)
            kept = (unknown if word is None else word for word in words)
            yield " ".join(word for word in kept if word is not None)

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> NDArray[np.float64]:
        """Return one row for each text, one column for each word; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(
        self, sequences: Sequence[Sequence[int]], mode: str = "binary"
    ) -> NDArray[np.float64]:
        """Return one row for each sequence, one column for each number.

        Parameters
        ----------
        sequences : list of lists of numbers
        mode : {"binary", "count", "freq", "tfidf"}
            1 where a number comes, how often, its share, or
            (1 + log(how often)) * log(1 + texts / (1 + texts with it)).

        Returns
        -------
        array of shape (sequences, num_words)
        """
        if mode not in MODES:
            expected = say("a mode among {known}", known=MODES)
            raise ArgumentError(complaint("sequences_to_matrix", expected, repr(mode)))
        if not self.num_words and not self.word_index:
            expected = say("num_words or texts seen")
            raise ArgumentError(complaint("sequences_to_matrix", expected, say("neither"), "Tokenizer(1000)"))
        if mode == "tfidf" and not self.document_count:
            raise ArgumentError(complaint("sequences_to_matrix", say("texts seen for 'tfidf'"), say("none")))
        columns = self.num_words or len(self.word_index) + 1
        matrix = np.zeros((len(sequences), columns))  # (sequences, num_words)
        for row, sequence in zip(matrix, sequences, strict=True):
            for k, often in Counter(k for k in sequence if k < columns).items():
                if mode == "tfidf":
                    idf = np.log(1 + self.document_count / (1 + self.index_docs.get(k, 0)))
                    row[k] = (1 + np.log(often)) * idf
                else:
                    row[k] = {"binary": 1, "count": often, "freq": often / len(sequence)}[mode]
        return matrix

    def get_config(self) -> dict[str, Any]:
        """Return arguments and counts as plain data, the tables as JSON inside, as Keras has them."""
        names = ("num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count")
        return {name: getattr(self, name) for name in names} | {
            name: json.dumps(getattr(self, name)) for name in _TABLES
        }

    def to_json(self, **kwargs: Any) -> str:
        """Return the tokenizer as JSON; `tokenizer_from_json` reads it, Keras's too."""
        return json.dumps({"class_name": "Tokenizer", "config": self.get_config()}, **kwargs)


_TABLES = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """Return the tokenizer that `to_json` wrote, here or in Keras.

    Examples
    --------
    >>> tokenizer = Tokenizer()
    >>> tokenizer.fit_on_texts(["the tide"])
    >>> tokenizer_from_json(tokenizer.to_json()).word_index
    {'the': 1, 'tide': 2}
    """
    try:
        config = json.loads(json_string)["config"]
        tables = {name: json.loads(config.pop(name)) for name in _TABLES}
        tokenizer = Tokenizer(**config)
        for name, table in tables.items():
            numbered = name.startswith("index")  # JSON has no whole numbers as keys
            setattr(tokenizer, name, {int(k): v for k, v in table.items()} if numbered else table)
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as why:
        came = say("something else ({why})", why=f"{type(why).__name__}: {why}")
        expected = say("a text that Tokenizer.to_json wrote")
        raise DataError(complaint("tokenizer_from_json", expected, came)) from None
    return tokenizer
