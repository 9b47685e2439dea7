"""Texts and other labels as codes, cut into words or hashed: computed at once, outside any plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, DataError, complaint, nearest
from tidegate.language import say
from tidegate.layers.arguments import not_yet, whole
from tidegate.layers.hashes import bucket_of, two_keys
from tidegate.layers.lookup import StringLookup
from tidegate.layers.outside import MODES, Outside, encoded, shape_of, texts
from tidegate.shapes import Shape

__all__ = ["Hashing", "TextVectorization"]

MARKS = re.compile(r"[!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']")


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
    In a model it stands directly behind an input: `fit` and `predict` then take the texts. Without
    output_sequence_length the rows of each batch are as long as its longest text.

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
                raise ArgumentError(
                    complaint(
                        who,
                        say("{name} among {names}", name=name, names=", ".join(known)),
                        repr(value),
                        f"{name}={known[0]!r}",
                    )
                )
        if output_sequence_length is not None:
            whole(who, "output_sequence_length", output_sequence_length, "output_sequence_length=100")
            if output_mode != "int":
                came = repr(output_mode)
                raise ArgumentError(
                    complaint(
                        who, say("output_mode='int' with output_sequence_length"), came, "`output_mode='int'`"
                    )
                )
        self.standardize, self.split, self.ngrams = standardize, split, ngrams
        self.output_sequence_length = output_sequence_length
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens, mask_token="", vocabulary=vocabulary, idf_weights=idf_weights,
            output_mode=output_mode, pad_to_max_tokens=pad_to_max_tokens,
        )  # fmt: skip
        super().__init__(**kwargs)

    def _words(self, data: Any) -> list[list[str]]:
        lines = texts(data, f"TextVectorization '{self.name}'")
        if lines.ndim > 1 and lines.shape[-1] == 1:
            lines = lines[..., 0]
        lines = np.atleast_1d(lines)
        if lines.ndim > 1 and self.split is not None:
            raise DataError(
                complaint(
                    f"TextVectorization '{self.name}'",
                    say("one text a sample"),
                    say("shape {shape}", shape=lines.shape),
                    "`[' '.join(row) for row in texts]`",
                )
            )
        if callable(self.standardize):
            lines = np.asarray(self.standardize(lines.astype(str)))
        rows = [[str(word) for word in np.atleast_1d(row)] for row in lines]
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
        self._lookup_layer.reset_state()
        listed = isinstance(data, list | tuple | np.ndarray) or hasattr(data, "to_numpy")
        for k, batch in enumerate([data] if listed else data):
            if steps is not None and k >= steps:
                break
            self._lookup_layer.update_state(self._words(batch))
        self._lookup_layer.finalize_state()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """Return the words by their codes, those of padding and of what is unknown in front."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take these words, or those of a file with one a line."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def vocabulary_size(self) -> int:
        """Return how many codes there are."""
        return self._lookup_layer.vocabulary_size()

    @property
    def output_mode(self) -> str:
        return self._lookup_layer.output_mode

    @property
    def pads(self) -> bool:  # type: ignore[override]
        """Whether rows become as long as the longest of a call."""
        return self.output_mode == "int" and self.output_sequence_length is None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the codes, or of their rows."""
        if self.output_mode == "int":
            return (input_shape[0], self.output_sequence_length)
        self._lookup_layer.expect_vocabulary(f"TextVectorization '{self.name}'")
        return self._lookup_layer.compute_output_shape((input_shape[0], None))

    def call(self, inputs: Any) -> Any:
        """Return the codes, or the rows, of texts."""
        self._lookup_layer.expect_vocabulary(f"TextVectorization '{self.name}'")
        single = np.ndim(inputs) == 0
        words = self._words(inputs)
        codes = [[self._lookup_layer.code_of(word) for word in row] for row in words]
        if self.output_mode != "int":
            rows = self._lookup_layer.rows_of([np.array(row, np.int64) for row in codes])
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
                raise ArgumentError(
                    complaint(
                        "saving",
                        say("{name} by name", name=name),
                        say("a function"),
                        say(
                            "`{name}=None`, and the function called on the texts before the layer", name=name
                        ),
                    )
                )
        inner = self._lookup_layer.get_config()
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
    salt : int or two of them, optional
        Another one gives other codes.
    output_mode : {"int", "one_hot", "multi_hot", "count"}
    sparse : accepted at False.

    Notes
    -----
    The hashes are those of Keras: FarmHash's Fingerprint64, and SipHash where there is a salt.

    Examples
    --------
    >>> codes = Hashing(5)(["low", "high", "low"])
    >>> bool(codes[0] == codes[2]), bool(codes.max() < 5)
    (True, True)
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
                complaint(
                    "Hashing",
                    say("{name} among {names}", name="output_mode", names=", ".join(MODES[:-1])),
                    output_mode,
                    nearest(str(output_mode), MODES[:-1]) or "`output_mode='int'`",
                )
            )
        self.mask_value, self.output_mode = mask_value, output_mode
        self.salt = two_keys("Hashing", salt)
        super().__init__(**kwargs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the codes, or of their rows."""
        return shape_of(input_shape, self.output_mode, self.num_bins)

    def call(self, inputs: Any) -> Any:
        """Return the codes."""
        given = np.asarray(inputs)
        given = texts(given) if given.dtype.kind in "SUO" else given.astype(np.int64)
        free = 0 if self.mask_value is None or self.num_bins == 1 else 1
        known: dict[Any, int] = {self.mask_value: 0} if free else {}
        tokens = given.ravel().tolist()
        for token in tokens:
            if token not in known:
                known[token] = free + bucket_of(token, self.salt, self.num_bins - free)
        codes = np.array([known[token] for token in tokens], np.int64).reshape(given.shape)
        return codes if self.output_mode == "int" else encoded(codes, self.output_mode, self.num_bins)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer."""
        names = ("num_bins", "mask_value", "salt", "output_mode")
        config = {**super().get_config(), **{name: getattr(self, name) for name in names}, "sparse": False}
        if self.output_mode == "int":  # Keras wants a type of whole numbers there
            config["dtype"] = {**config["dtype"], "config": {"name": "int64"}}
        return config
