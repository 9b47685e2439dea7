"""Layers that turn strings and codes into numbers, before a model: they compute at once, outside any plan."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tidegate.errors import ArgumentError, DataError, complaint
from tidegate.layers.base import Layer, not_yet, whole
from tidegate.layers.symbolic import Tensor
from tidegate.ops import Value

__all__ = ["Hashing", "IntegerLookup", "StringLookup", "TextVectorization"]

Array = np.ndarray[Any, Any]
MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
MARKS = re.compile(r"[!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']")


class Outside(Layer):
    """Base of the layers that compute on arrays alone, and cannot be recorded in a model."""

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(inputs, Value | Tensor):
            raise self.refusal()
        return self.call(inputs)

    def record(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse: no string can stand in a plan."""
        raise self.refusal()

    def ensure_built(self, input_shape: Any) -> None:
        """Refuse, as a model asks for it when the layer is put in."""
        raise self.refusal()

    def refusal(self) -> ArgumentError:
        who = type(self).__name__
        return ArgumentError(
            complaint(
                f"{who} '{self.name}'",
                "data itself, before the model",
                "a place inside a model",
                "codes = layer(texts), then model.fit(codes, y)",
            )
        )


def _encoded(codes: Any, mode: str, depth: int) -> Array:
    """Return codes as rows of ones or counts over `depth` columns; -1 counts nowhere."""
    if mode == "one_hot":
        flat = np.asarray(codes)
        if flat.ndim > 1 and flat.shape[-1] == 1:
            flat = flat[..., 0]
        hot: Array = (flat[..., None] == np.arange(depth)).astype(np.float32)
        return hot
    rows = [np.asarray(row).ravel() for row in codes] if np.ndim(codes[0]) or len(codes) == 0 else [codes]
    out = np.zeros((len(rows), depth), np.float32)  # (samples, depth)
    for k, row in enumerate(rows):
        row = np.asarray(row, np.int64)
        np.add.at(out[k], row[row >= 0], 1)
    if mode == "multi_hot":
        out = (out > 0).astype(np.float32)
    single: Array = out[0]
    return out if np.ndim(codes[0]) else single


class Lookup(Outside):
    """Base of the tables: the place of each word or number in a vocabulary.

    Parameters
    ----------
    max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
    pad_to_max_tokens : as in `StringLookup`
    """

    kind: ClassVar[type] = str

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: Any,
        invert: bool,
        output_mode: str,
        pad_to_max_tokens: bool,
        sparse: bool,
        **kwargs: Any,
    ) -> None:
        who = type(self).__name__
        kwargs.pop("vocabulary_size", None)
        kwargs.pop("vocabulary_dtype", None)
        kwargs.pop("has_input_vocabulary", None)
        not_yet(who, sparse=(sparse, False))
        output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)
        if output_mode not in MODES:
            raise ArgumentError(complaint(who, f"output_mode among {', '.join(MODES)}", repr(output_mode)))
        if invert and output_mode != "int":
            raise ArgumentError(complaint(who, "output_mode='int' with invert", repr(output_mode)))
        if max_tokens is not None:
            whole(who, "max_tokens", max_tokens, f"{who}(max_tokens=1000)", 2)
        self.max_tokens, self.mask_token, self.oov_token = max_tokens, mask_token, oov_token
        self.num_oov_indices = whole(who, "num_oov_indices", num_oov_indices, "num_oov_indices=1", 0)
        self.output_mode, self.invert, self.pad_to_max_tokens = output_mode, bool(invert), pad_to_max_tokens
        self.input_vocabulary = vocabulary
        self._tokens: list[Any] = []
        self._place: dict[Any, int] = {}
        self._weights: Array | None = None
        self.reset_state()
        super().__init__(**kwargs)
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    # The vocabulary.

    @property
    def _first(self) -> int:
        """Codes in front of the vocabulary: of padding, in mode int, and of what is unknown."""
        return (self.mask_token is not None and self.output_mode == "int") + self.num_oov_indices

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take these words, or those of a file with one a line; special ones may stand in front."""
        who = f"{type(self).__name__} '{self.name}'"
        if isinstance(vocabulary, str | Path):
            vocabulary = Path(vocabulary).read_text(encoding="utf-8").splitlines()
        tokens = [self.kind(token) for token in np.asarray(vocabulary).tolist()]
        masks = self._first - self.num_oov_indices
        special = [self.mask_token] * masks + [self.oov_token] * self.num_oov_indices
        given = tokens[: len(special)] == special and bool(special)
        tokens = tokens[len(special) :] if given else tokens
        twice = [token for token, often in Counter(tokens).items() if often > 1]
        if twice:
            raise DataError(complaint(who, "each word once", f"{twice[0]!r} twice"))
        if self.mask_token in tokens:
            raise DataError(complaint(who, "the mask token in front", f"{self.mask_token!r} among the words"))
        if self.max_tokens is not None and self._first + len(tokens) > self.max_tokens:
            came = f"{self._first + len(tokens)} with the special ones"
            raise DataError(complaint(who, f"at most {self.max_tokens} words", came))
        if (self.output_mode == "tf_idf") != (idf_weights is not None):
            came = "without" if idf_weights is None else f"with output_mode={self.output_mode!r}"
            raise ArgumentError(complaint(who, "idf_weights with output_mode='tf_idf'", came))
        weights = None if idf_weights is None else np.asarray(idf_weights, np.float32)
        self._take(tokens, weights[len(special) :] if given and weights is not None else weights)

    def _take(self, tokens: list[Any], weights: Array | None) -> None:
        self._tokens = tokens
        self._place = {token: self._first + k for k, token in enumerate(tokens)}
        if weights is not None:  # what is unknown counts as the mean word
            self._weights = np.concatenate([np.full(self._first, weights.mean()), weights]).astype(np.float32)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """Return the words by their codes, those of padding and of what is unknown in front."""
        masks = self._first - self.num_oov_indices
        special = [self.mask_token] * masks + [self.oov_token] * self.num_oov_indices
        return special + self._tokens if include_special_tokens else list(self._tokens)

    def vocabulary_size(self) -> int:
        """Return how many codes there are."""
        return self._first + len(self._tokens)

    vocab_size = vocabulary_size

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary: the most frequent first, of equals the last in the alphabet."""
        self.reset_state()
        listed = isinstance(data, list | tuple | np.ndarray) or hasattr(data, "to_numpy")
        for k, batch in enumerate([data] if listed else data):
            if steps is not None and k >= steps:
                break
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget what was counted."""
        self._counts: Counter[Any] = Counter()
        self._documents: Counter[Any] = Counter()
        self._rows = 0

    def update_state(self, data: Any) -> None:
        """Count a batch."""
        for row in self._samples(data):
            words = [self.kind(token) for token in row]
            self._counts.update(words)
            self._documents.update(set(words))
            self._rows += 1

    def _samples(self, data: Any) -> Iterable[Sequence[Any]]:
        if isinstance(data, list | tuple) and data and isinstance(data[0], list | tuple):
            return data
        found = _texts(data) if self.kind is str else np.asarray(data)
        return found[:, None].tolist() if found.ndim == 1 else found.reshape(len(found), -1).tolist()

    def finalize_state(self) -> None:
        """Number what was counted."""
        counts = {k: n for k, n in self._counts.items() if k not in (self.mask_token, self.oov_token)}
        ranked = sorted(counts, key=lambda token: (counts[token], token), reverse=True)
        tokens = ranked if self.max_tokens is None else ranked[: max(0, self.max_tokens - self._first)]
        weights = None
        if self.output_mode == "tf_idf":
            within = np.array([self._documents[token] for token in tokens], np.float64)
            weights = np.log(1 + self._rows / (1 + within)).astype(np.float32)
        self._take(tokens, weights)

    # The way there.

    def _code(self, token: Any) -> int:
        if token == self.mask_token and self.mask_token is not None:
            return 0 if self.output_mode == "int" else -1
        found = self._place.get(token)
        if found is not None:
            return found
        if self.num_oov_indices == 0:
            raise DataError(
                complaint(f"{type(self).__name__} '{self.name}'", "words of the vocabulary", repr(token),
                          "num_oov_indices=1")
            )  # fmt: skip
        front = self._first - self.num_oov_indices
        return front + (0 if self.num_oov_indices == 1 else self._unknown(token))

    def _unknown(self, token: Any) -> int:
        digest = hashlib.blake2b(str(token).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "little") % self.num_oov_indices

    def call(self, inputs: Any) -> Any:
        """Return the codes of words, the words of codes, or a row of each sample."""
        if not self._tokens and not self._counts and self.input_vocabulary is None:
            raise ArgumentError(
                complaint(f"{type(self).__name__} '{self.name}'", "a vocabulary", "none", "layer.adapt(data)")
            )
        if self.invert:
            words = self.get_vocabulary()
            return np.vectorize(
                lambda k: words[k] if 0 <= k < len(words) else self.oov_token, otypes=[object]
            )(np.asarray(inputs))
        ragged = isinstance(inputs, list) and bool(inputs) and isinstance(inputs[0], list)
        if ragged and len({len(row) for row in inputs}) > 1:
            codes: Any = [[self._code(self.kind(token)) for token in row] for row in inputs]
        else:
            given = _texts(inputs) if self.kind is str else np.asarray(inputs)
            flat = [self._code(self.kind(token)) for token in given.ravel().tolist()]
            codes = np.array(flat, np.int64).reshape(given.shape)
        if self.output_mode == "int":
            return codes
        return self._rows_of(codes)

    def _rows_of(self, codes: Any) -> Array:
        depth = self.vocabulary_size()
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        out = _encoded(codes, mode, depth)
        if self.output_mode == "tf_idf":
            assert self._weights is not None
            out = out * self._weights
        if self.pad_to_max_tokens and self.max_tokens is not None:
            out = np.pad(out, [(0, 0)] * (out.ndim - 1) + [(0, self.max_tokens - depth)])
        return out

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, the vocabulary that it knows among them."""
        names = ("max_tokens", "num_oov_indices", "mask_token", "oov_token", "output_mode", "invert")
        known = self.get_vocabulary(False) if self._tokens else None
        weights = None if self._weights is None else self._weights[self._first :].tolist()
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in names},
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "sparse": False,
            "vocabulary": known,
            "idf_weights": weights,
        }


class StringLookup(Lookup):
    """The code of each word: its place in a vocabulary.

    Parameters
    ----------
    max_tokens : int, optional
        Most codes there may be, the special ones included.
    num_oov_indices : int, default 1
        Codes for words outside the vocabulary; with 0 such a word is refused. With several, the one of a word is taken
        by a hash, another than TensorFlow's.
    mask_token : str, optional
        Gets code 0, for padding.
    oov_token : str, default "[UNK]"
        What words outside the vocabulary are called.
    vocabulary : list of str or path of a file, optional
        In place of `adapt`.
    idf_weights : array, optional
        With output_mode "tf_idf" and `vocabulary`.
    invert : bool, default False
        From codes to words.
    output_mode : {"int", "one_hot", "multi_hot", "count", "tf_idf"}
    pad_to_max_tokens : bool, default False
        Fill rows up to `max_tokens` columns.
    encoding : accepted; strings are unicode.
    sparse : accepted at False.

    Returns
    -------
    array of codes of the input's shape, or of rows of the vocabulary's size

    Examples
    --------
    >>> lookup = StringLookup()
    >>> lookup.adapt(["low", "high", "low"])
    >>> lookup(["high", "low", "ebb"]).tolist(), lookup.get_vocabulary()
    ([2, 1, 0], ['[UNK]', 'low', 'high'])
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        oov_method: str = "floormod",
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        not_yet("StringLookup", salt=(salt, None), oov_method=(oov_method, "floormod"))
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
            pad_to_max_tokens, sparse, **kwargs,
        )  # fmt: skip


class IntegerLookup(Lookup):
    """The code of each whole number: its place in a vocabulary.

    Parameters
    ----------
    mask_token : int, optional
    oov_token : int, default -1
    The others are those of `StringLookup`.

    Examples
    --------
    >>> IntegerLookup(vocabulary=[12, 36])([[36, 12, 5]]).tolist()
    [[2, 1, 0]]
    """

    kind = int

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        not_yet("IntegerLookup", salt=(salt, None), oov_method=(oov_method, "floormod"))
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
            pad_to_max_tokens, sparse, **kwargs,
        )  # fmt: skip

    def _unknown(self, token: Any) -> int:
        return int(token) % self.num_oov_indices


class TextVectorization(Outside):
    """Texts as rows of codes: standardized, cut into words, looked up, padded behind with 0.

    Parameters
    ----------
    max_tokens : int, optional
        Most codes there may be, those of padding (0) and of unknown words (1) included.
    standardize : {"lower_and_strip_punctuation", "lower", "strip_punctuation"}, None or function
        A function gets an array of strings and returns one.
    split : {"whitespace", "character"}, None or function
        A function gets an array of strings and returns a list of words for each.
    ngrams : int or tuple of int, optional
        Also take so many words together as one.
    output_mode : {"int", "multi_hot", "count", "tf_idf"}
    output_sequence_length : int, optional
        Length of the rows in mode "int"; by default that of the longest text of a call.
    pad_to_max_tokens, vocabulary, idf_weights : as in `StringLookup`
    encoding : accepted; strings are unicode.
    sparse, ragged : accepted at False.

    Returns
    -------
    (samples, words) int64 codes, or (samples, vocabulary) float32 rows

    Notes
    -----
    Strings cannot stand inside a compiled model: call the layer on the texts first, then `fit` on its codes.

    Examples
    --------
    >>> vectorize = TextVectorization(output_sequence_length=4)
    >>> vectorize.adapt(["The tide comes.", "The tide goes!"])
    >>> vectorize.get_vocabulary()
    ['', '[UNK]', 'tide', 'the', 'goes', 'comes']
    >>> vectorize(["The ebb comes"]).tolist()
    [[3, 1, 5, 0]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: str | Callable[[Any], Any] | None = "lower_and_strip_punctuation",
        split: str | Callable[[Any], Any] | None = "whitespace",
        ngrams: int | tuple[int, ...] | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        **kwargs: Any,
    ) -> None:
        who = "TextVectorization"
        not_yet(who, ragged=(ragged, False), sparse=(sparse, False))
        kwargs.pop("vocabulary_size", None)
        for name, value, known in (
            ("standardize", standardize, ("lower_and_strip_punctuation", "lower", "strip_punctuation")),
            ("split", split, ("whitespace", "character")),
        ):
            if not (value is None or callable(value) or value in known):
                raise ArgumentError(complaint(who, f"{name} among {', '.join(known)}", repr(value)))
        if output_sequence_length is not None:
            whole(who, "output_sequence_length", output_sequence_length, "output_sequence_length=100")
            if output_mode != "int":
                came = repr(output_mode)
                raise ArgumentError(complaint(who, "output_mode='int' with output_sequence_length", came))
        self.standardize, self.split, self.ngrams = standardize, split, ngrams
        self.output_sequence_length = output_sequence_length
        self._lookup = StringLookup(
            max_tokens=max_tokens, mask_token="", vocabulary=vocabulary, idf_weights=idf_weights,
            output_mode=output_mode, pad_to_max_tokens=pad_to_max_tokens,
        )  # fmt: skip
        super().__init__(**kwargs)

    def _words(self, data: Any) -> list[list[str]]:
        texts = _texts(data)
        if texts.ndim > 1 and texts.shape[-1] == 1:
            texts = texts[..., 0]
        texts = np.atleast_1d(texts)
        if texts.ndim > 1 and self.split is not None:
            raise DataError(
                complaint(f"TextVectorization '{self.name}'", "one text a sample", f"shape {texts.shape}")
            )
        if callable(self.standardize):
            texts = np.asarray(self.standardize(texts.astype(str)))
        rows = [[str(word) for word in np.atleast_1d(row)] for row in texts]
        if isinstance(self.standardize, str):
            if "lower" in self.standardize:
                rows = [[word.lower() for word in row] for row in rows]
            if "strip" in self.standardize:
                rows = [[MARKS.sub("", word) for word in row] for row in rows]
        if callable(self.split):
            rows = [[str(word) for word in row] for row in self.split(np.array([row[0] for row in rows]))]
        elif self.split is not None:
            rows = [row[0].split() if self.split == "whitespace" else list(row[0]) for row in rows]
        if self.ngrams is not None:
            sizes = range(1, self.ngrams + 1) if isinstance(self.ngrams, int) else self.ngrams
            rows = [
                [" ".join(row[k : k + n]) for n in sizes for k in range(len(row) - n + 1)] for row in rows
            ]
        return rows

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary: the most frequent first, of equals the last in the alphabet."""
        self._lookup.reset_state()
        listed = isinstance(data, list | tuple | np.ndarray) or hasattr(data, "to_numpy")
        for k, batch in enumerate([data] if listed else data):
            if steps is not None and k >= steps:
                break
            self._lookup.update_state(self._words(batch))
        self._lookup.finalize_state()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """Return the words by their codes, those of padding and of what is unknown in front."""
        return self._lookup.get_vocabulary(include_special_tokens)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take these words, or those of a file with one a line."""
        self._lookup.set_vocabulary(vocabulary, idf_weights)

    def vocabulary_size(self) -> int:
        """Return how many codes there are."""
        return self._lookup.vocabulary_size()

    def call(self, inputs: Any) -> Any:
        """Return the codes, or the rows, of texts."""
        single = np.ndim(inputs) == 0
        words = self._words(inputs)
        codes = [[self._lookup._code(word) for word in row] for row in words]
        if self._lookup.output_mode != "int":
            rows = self._lookup._rows_of([np.array(row, np.int64) for row in codes])
            return rows[0] if single else rows
        length = self.output_sequence_length or max(map(len, codes), default=0)
        out = np.zeros((len(codes), length), np.int64)  # (samples, words)
        for line, row in zip(out, codes, strict=True):
            line[: len(row)] = row[:length]
        return out[0] if single else out

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, the vocabulary that it knows among them."""
        for name in ("standardize", "split"):
            if callable(getattr(self, name)):
                raise ArgumentError(complaint("saving", f"{name} by name", "a function"))
        inner = self._lookup.get_config()
        kept = ("max_tokens", "output_mode", "pad_to_max_tokens", "vocabulary", "idf_weights", "sparse")
        return {
            **super().get_config(),
            **{name: inner[name] for name in kept},
            "standardize": self.standardize,
            "split": self.split,
            "ngrams": self.ngrams,
            "output_sequence_length": self.output_sequence_length,
            "ragged": False,
            "encoding": "utf-8",
        }


class Hashing(Outside):
    """A code from 0 to num_bins - 1 for each string or whole number, by a hash.

    Parameters
    ----------
    num_bins : int
    mask_value : str or int, optional
        Gets code 0; all others those from 1 on.
    salt : int, optional
        Another one gives other codes.
    output_mode : {"int", "one_hot", "multi_hot", "count"}
    sparse : accepted at False.

    Notes
    -----
    The hash is another than TensorFlow's, so the codes differ from Keras's; they are the same on every machine.

    Examples
    --------
    >>> codes = Hashing(5)(["low", "high", "low"])
    >>> codes[0] == codes[2], codes.max() < 5
    (np.True_, np.True_)
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        not_yet("Hashing", sparse=(sparse, False))
        self.num_bins = whole("Hashing", "num_bins", num_bins, "Hashing(100)")
        if output_mode not in MODES[:-1]:
            raise ArgumentError(
                complaint("Hashing", f"output_mode among {', '.join(MODES[:-1])}", output_mode)
            )
        self.mask_value, self.salt, self.output_mode = mask_value, salt, output_mode
        super().__init__(**kwargs)

    def call(self, inputs: Any) -> Any:
        """Return the codes."""
        given = np.asarray(inputs)
        free = 0 if self.mask_value is None else 1
        bins = max(1, self.num_bins - free)

        def code(token: Any) -> int:
            if free and token == self.mask_value:
                return 0
            said = f"{self.salt}:{token}".encode()
            return free + int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "little") % bins

        codes = np.array([code(token) for token in given.ravel().tolist()], np.int64).reshape(given.shape)
        return codes if self.output_mode == "int" else _encoded(codes, self.output_mode, self.num_bins)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer."""
        names = ("num_bins", "mask_value", "salt", "output_mode")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}, "sparse": False}


def _texts(data: Any) -> Array:
    """Return texts as an array of str, bytes decoded."""
    found = np.asarray(data)
    if found.dtype.kind == "S":
        return np.char.decode(found, "utf-8")
    if found.dtype.kind == "O":
        plain = [t.decode("utf-8") if isinstance(t, bytes) else str(t) for t in found.ravel()]
        return np.array(plain, object).reshape(found.shape)
    return found
