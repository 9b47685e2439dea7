"""Tables from words or numbers to codes: they compute at once, outside any plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tidegate.errors import ArgumentError, DataError, complaint, nearest
from tidegate.language import say
from tidegate.layers.arguments import not_yet, whole
from tidegate.layers.hashes import bucket_of, two_keys
from tidegate.layers.outside import MODES, Outside, encoded, shape_of, texts
from tidegate.shapes import Shape

__all__ = ["IntegerLookup", "StringLookup"]

Array = np.ndarray[Any, Any]
METHODS = (
    "floormod",
    "farmhash",
)  # which code a number outside the vocabulary takes, where there are several


def _lines(who: str, path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as why:
        raise DataError(
            complaint(who, say("a file of words, one a line"), f"{path}{say(': ')}{why}")
        ) from None


class Lookup(Outside):
    """Base of the tables: the place of each word or number in a vocabulary.

    Parameters
    ----------
    max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
    pad_to_max_tokens : as in `StringLookup`
    """

    entry: ClassVar[type] = str  # what it looks up

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
        oov_method: str,
        salt: Any,
        **kwargs: Any,
    ) -> None:
        who = type(self).__name__
        kwargs.pop("vocabulary_size", None)
        kwargs.pop("vocabulary_dtype", None)
        kwargs.pop("has_input_vocabulary", None)
        not_yet(who, sparse=(sparse, False))
        output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(str(output_mode), output_mode)
        if output_mode not in MODES:
            raise ArgumentError(
                complaint(
                    who,
                    say("{name} among {names}", name="output_mode", names=", ".join(MODES)),
                    repr(output_mode),
                    nearest(str(output_mode), MODES) or "`output_mode='int'`",
                )
            )
        if oov_method not in METHODS:
            raise ArgumentError(
                complaint(
                    who,
                    say("{name} among {names}", name="oov_method", names=", ".join(METHODS)),
                    repr(oov_method),
                    nearest(str(oov_method), METHODS),
                )
            )
        self.oov_method, self.salt = oov_method, two_keys(who, salt)
        if self.salt is not None and self.entry is int and oov_method == "floormod":
            came = say("a salt with oov_method='floormod'")
            raise ArgumentError(
                complaint(who, say("a hash that a salt changes"), came, "`oov_method='farmhash'`")
            )
        if invert and output_mode != "int":
            raise ArgumentError(
                complaint(who, say("output_mode='int' with invert"), repr(output_mode), "`output_mode='int'`")
            )
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
            vocabulary = _lines(who, Path(vocabulary))
        if np.ndim(vocabulary) != 1:
            wanted = say("words in a list, or a file of them")
            raise DataError(complaint(who, wanted, say("a {kind}", kind=type(vocabulary).__name__)))
        tokens = [self.entry(token) for token in np.asarray(vocabulary).tolist()]
        masks = self._first - self.num_oov_indices
        special = [self.mask_token] * masks + [self.oov_token] * self.num_oov_indices
        given = tokens[: len(special)] == special and bool(special)
        tokens = tokens[len(special) :] if given else tokens
        twice = [token for token, often in Counter(tokens).items() if often > 1]
        if twice:
            raise DataError(
                complaint(
                    who,
                    say("each word once"),
                    say("{word!r} twice", word=twice[0]),
                    "`list(dict.fromkeys(vocabulary))`",
                )
            )
        if self.mask_token in tokens:
            raise DataError(
                complaint(
                    who,
                    say("the mask token in front"),
                    say("{word!r} among the words", word=self.mask_token),
                    f"`[word for word in vocabulary if word != {self.mask_token!r}]`",
                )
            )
        if self.max_tokens is not None and self._first + len(tokens) > self.max_tokens:
            n = self._first + len(tokens)
            came = say("{n} with the special ones", n=n)
            raise DataError(
                complaint(who, say("at most {n} words", n=self.max_tokens), came, f"`max_tokens={n}`")
            )
        if (self.output_mode == "tf_idf") != (idf_weights is not None):
            came = (
                say("without")
                if idf_weights is None
                else say("with output_mode={mode!r}", mode=self.output_mode)
            )
            instead = "`layer.adapt(data)`" if idf_weights is None else "`output_mode='tf_idf'`"
            raise ArgumentError(complaint(who, say("idf_weights with output_mode='tf_idf'"), came, instead))
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

    @property
    def idf_weights(self) -> Array | None:
        """What each word counts in mode tf_idf, by their codes."""
        return self._weights

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
            words = [self.entry(token) for token in row]
            self._counts.update(words)
            self._documents.update(set(words))
            self._rows += 1

    def _samples(self, data: Any) -> Iterable[Sequence[Any]]:
        if isinstance(data, list | tuple) and data and isinstance(data[0], list | tuple):
            return data
        found = self._entries(data)
        return found[:, None].tolist() if found.ndim == 1 else found.reshape(len(found), -1).tolist()

    def _entries(self, data: Any) -> Array:
        """Return an array of texts, or of whole numbers."""
        who = f"{type(self).__name__} '{self.name}'"
        if self.entry is str:
            return texts(data, who)
        found = np.asarray(data)
        if found.dtype.kind in "SUO":
            raise DataError(complaint(who, say("whole numbers"), say("texts"), "StringLookup()"))
        return found

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

    @property
    def gives(self) -> str:
        """The type of what comes out: words where the way leads back to them."""
        return "string" if self.invert and self.entry is str else super().gives

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the codes, or of their rows."""
        if self.output_mode == "int":
            return input_shape
        self.expect_vocabulary()
        padded = self.max_tokens if self.pad_to_max_tokens else None
        return shape_of(input_shape, self.output_mode, padded or self.vocabulary_size())

    def expect_vocabulary(self, who: str = "") -> None:
        """Raise where there is none."""
        if not self._tokens and not self._counts and self.input_vocabulary is None:
            who = who or f"{type(self).__name__} '{self.name}'"
            raise ArgumentError(complaint(who, say("a vocabulary"), say("none"), "layer.adapt(data)"))

    def code_of(self, token: Any) -> int:
        if token == self.mask_token and self.mask_token is not None:
            return 0 if self.output_mode == "int" else -1
        found = self._place.get(token)
        if found is not None:
            return found
        if self.num_oov_indices == 0:
            raise DataError(
                complaint(f"{type(self).__name__} '{self.name}'", say('words of the vocabulary'), repr(token),
                          "num_oov_indices=1")
            )  # fmt: skip
        front = self._first - self.num_oov_indices
        return front + (0 if self.num_oov_indices == 1 else self._unknown(token))

    def _unknown(self, token: Any) -> int:
        if self.entry is int and self.oov_method == "floormod":
            return int(token) % self.num_oov_indices
        return bucket_of(token, self.salt, self.num_oov_indices)

    def call(self, inputs: Any) -> Any:
        """Return the codes of words, the words of codes, or a row of each sample."""
        self.expect_vocabulary()
        if self.invert:
            words = self.get_vocabulary()
            return np.vectorize(
                lambda k: words[k] if 0 <= k < len(words) else self.oov_token, otypes=[object]
            )(np.asarray(inputs))
        ragged = isinstance(inputs, list) and bool(inputs) and isinstance(inputs[0], list)
        if ragged and len({len(row) for row in inputs}) > 1:
            codes: Any = [[self.code_of(self.entry(token)) for token in row] for row in inputs]
        else:
            given = self._entries(inputs)
            flat = [self.code_of(self.entry(token)) for token in given.ravel().tolist()]
            codes = np.array(flat, np.int64).reshape(given.shape)
        if self.output_mode == "int":
            return codes
        return self.rows_of(codes)

    def rows_of(self, codes: Any) -> Array:
        depth = self.vocabulary_size()
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        out = encoded(codes, mode, depth)
        if self.output_mode == "tf_idf":
            assert self._weights is not None
            out = out * self._weights
        if self.pad_to_max_tokens and self.max_tokens is not None:
            out = np.pad(out, [(0, 0)] * (out.ndim - 1) + [(0, self.max_tokens - depth)])
        return out

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, the vocabulary that it knows among them."""
        names = (
            "max_tokens",
            "num_oov_indices",
            "mask_token",
            "oov_token",
            "output_mode",
            "invert",
            "oov_method",
            "salt",
        )
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
        by FarmHash, or with a `salt` by SipHash.
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
    salt : int or two of them, optional
    encoding : accepted; strings are unicode.
    oov_method : accepted; of `IntegerLookup`.
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
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
            pad_to_max_tokens, sparse, oov_method, salt, **kwargs,
        )  # fmt: skip


class IntegerLookup(Lookup):
    """The code of each whole number: its place in a vocabulary.

    Parameters
    ----------
    mask_token : int, optional
    oov_token : int, default -1
    oov_method : {"floormod", "farmhash"}
        Which of several codes a number outside the vocabulary takes: by its remainder, or by a hash.
    The others are those of `StringLookup`.

    Examples
    --------
    >>> IntegerLookup(vocabulary=[12, 36])([[36, 12, 5]]).tolist()
    [[2, 1, 0]]
    """

    entry = int
    input_dtype = "int64"

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
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
            pad_to_max_tokens, sparse, oov_method, salt, **kwargs,
        )  # fmt: skip
