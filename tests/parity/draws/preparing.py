"""What makes arrays of texts, sequences and classes: functions of `utils` and of the older `preprocessing`."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from tests.parity.draws.metrics import spelled
from tests.parity.draws.scripts import Script
from tests.parity.draws.spec import chance, some

WORDS = ["tide", "gate", "The", "Sea", "a", "low-tide", "5", "é", "don't", "sea."]
SEPARATORS = [" ", "  ", ", ", "\n", "\t", " - ", "_"]
NUMBERS: list[Any] = ["int32", "float32", "float64", "int64"]


def preparation(seed: int) -> Script:
    draw = Random(seed)
    return draw.choice([padded, one_hot, normal, words, words, windows, pairs, tokenizer, tokenizer])(
        draw, np.random.RandomState(seed % 2**31)
    )


def padded(draw: Random, rng: Any) -> Script:
    inner = draw.choice([(), (), (), (2,), (1, 2)])
    lengths = [draw.randint(0 if not inner else 1, 6) for _ in range(draw.randint(0, 4))]
    rows = [rng.randint(-9, 9, (n, *inner)) for n in lengths]
    kind = draw.choice([list, list, tuple, np.asarray, np.float64])
    sequences = [
        row.tolist() if kind is list else tuple(row.tolist()) if kind is tuple else kind(row) for row in rows
    ]
    if chance(draw, 12):
        sequences = [["a", "b"], ["c"]]
        return Script().then(
            "utils.pad_sequences", sequences, dtype=object, value="-", **some(draw, 2, maxlen=[1, 3])
        )
    more = some(
        draw,
        2,
        maxlen=[1, 3, 5, 8],
        dtype=NUMBERS,
        padding=["post"],
        truncating=["post"],
        value=[-1, 7.0, 0.5],
    )
    return Script().then("utils.pad_sequences", draw.choice([list, tuple])(sequences), **more)


def one_hot(draw: Random, rng: Any) -> Script:
    shape = draw.choice([(), (1,), (4,), (4, 1), (2, 3), (2, 1, 1), (0,)])
    classes = draw.choice(
        [rng.randint(0, 4, shape), 1.0 * rng.randint(0, 4, shape), rng.randint(0, 2, shape) > 0]
    )
    return Script().then(
        "utils.to_categorical", spelled(draw, np.asarray(classes)), **some(draw, 2, num_classes=[4, 6])
    )


def normal(draw: Random, rng: Any) -> Script:
    shape = draw.choice([(4,), (3, 4), (2, 3, 2)])
    x = rng.randn(*shape) * draw.choice([1, 1, 0]) if chance(draw, 2) else rng.randint(-3, 4, shape)
    order = draw.choice([1, 2, 3, np.inf, 0.5, 0])
    return Script().then(
        "utils.normalize", spelled(draw, x), **some(draw, 2, axis=[0, -1, -2, 1], order=[order])
    )


def text(draw: Random) -> str:
    return "".join(draw.choice(WORDS) + draw.choice(SEPARATORS) for _ in range(draw.randint(0, 6)))


def words(draw: Random, rng: Any) -> Script:
    more = some(draw, 3, filters=["", ".,", "aeiou", "_- "], lower=[False], split=[",", "e", "  "])
    if chance(draw, 2):
        return Script().then("preprocessing.text.text_to_word_sequence", text(draw), **more)
    return Script().then(
        "preprocessing.text.hashing_trick", text(draw), draw.choice([2, 7, 50]), "md5", **more
    )


def windows(draw: Random, rng: Any) -> Script:
    rows = draw.randint(1, 20)
    data = rng.randint(0, 99, (rows, *draw.choice([(), (2,), (2, 2)])))
    targets = rng.randint(0, 99, (rows, *draw.choice([(), (1,), (3,)])))
    if chance(draw, 3):
        data, targets = data.tolist(), targets.tolist()
    arguments = {"data": data, "targets": targets, "length": draw.randint(1, 5)}
    arguments |= some(
        draw, 3, sampling_rate=[2, 3], stride=[2, 5], start_index=[0, 2], end_index=[rows - 1, rows - 2, rows // 2],
        shuffle=[True], reverse=[True], batch_size=[1, 2, 3],
    )  # fmt: skip
    script = Script(("preprocessing.sequence.TimeseriesGenerator", arguments)).then("__len__")
    return (
        script.then("__getitem__", 0)
        .then("__getitem__", draw.randint(0, 3))
        .then("get_config")
        .then("to_json")
    )


def pairs(draw: Random, rng: Any) -> Script:
    if chance(draw, 3):
        more = some(draw, 2, sampling_factor=[1e-3, 0.1])
        return Script().then("preprocessing.sequence.make_sampling_table", draw.randint(1, 9), **more)
    sequence = [draw.randint(0, 6) for _ in range(draw.randint(0, 7))]
    more = some(
        draw, 2, window_size=[1, 2], negative_samples=[0, 0.0, 0.5, 2.0], shuffle=[False], categorical=[True],
        sampling_table=[np.linspace(0.1, 1.0, 7)], seed=[3],
    )  # fmt: skip
    return Script().then("preprocessing.sequence.skipgrams", sequence, draw.choice([7, 9]), **more)


def tokenizer(draw: Random, rng: Any) -> Script:
    arguments = some(
        draw, 3, num_words=[0, 1, 2, 3, 5, 50], filters=["", ".,"], lower=[False], split=[",", "e"], char_level=[True],
        oov_token=["?", "tide", ""],
    )  # fmt: skip

    def texts() -> Any:
        found: list[Any] = [text(draw) for _ in range(draw.randint(0, 3))]
        if chance(draw, 4):
            found.append(draw.choices(WORDS, k=draw.randint(0, 4)))
        return draw.choice([list, list, tuple])(found)

    def numbers() -> Any:
        return [[draw.randint(0, 9) for _ in range(draw.randint(0, 5))] for _ in range(draw.randint(0, 3))]

    script = Script(("preprocessing.text.Tokenizer", arguments))
    if "oov_token" in arguments:  # of which Keras makes None before any text
        script = script.then("fit_on_texts", ["tide"])
    mode = {"mode": draw.choice(["binary", "count", "freq", "tfidf"])}
    for _ in range(draw.randint(1, 4)):
        name = draw.choice(["fit_on_texts", "fit_on_texts", "fit_on_sequences", "texts_to_sequences",
                            "sequences_to_texts", "texts_to_matrix", "sequences_to_matrix"])  # fmt: skip
        given = (
            numbers()
            if name in ("fit_on_sequences", "sequences_to_texts", "sequences_to_matrix")
            else texts()
        )
        script = script.then(name, given, **(mode if "matrix" in name else {}))
    return script.then("get_config")
