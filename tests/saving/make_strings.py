"""Writes strings.npz, texts.keras.gz and wide.keras.gz: models that begin with strings, by Keras on TensorFlow.

KERAS_BACKEND=tensorflow python -m tests.saving.make_strings
"""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
WORDS = ["the", "tide", "comes", "in", "and", "goes", "out", "again", "low", "high", "water", "mark"]


def texts() -> tuple[list[str], np.ndarray[Any, Any]]:
    """Return texts of different lengths, and whether there is a certain word in each."""
    rng = np.random.default_rng(3)
    found = [" ".join(rng.choice(WORDS, rng.integers(2, 9))) for _ in range(24)]
    found = ["Tide, " + text.capitalize() + "!" for text in found]
    return found, np.array([float("high" in text) for text in found], np.float32)


TAGS = [["fish", "boat", ""], ["gull", "sea", "fish"], ["crab", "", "sea"]]
SHOPS = [[12], [40], [99]]
PRICES = [[0.5, -1.0], [0.0, 2.0], [1.5, 0.25]]
TOKENS = ["a" * n for n in (0, 1, 3, 4, 7, 8, 16, 17, 32, 33, 64, 65, 128, 200)] + ["low tide", "潮汐", "-12"]


def tutorial(k: Any) -> Any:
    """Return the model of "Text classification with an RNN"."""
    L, (lines, _) = k.layers, texts()
    encoder = L.TextVectorization(max_tokens=12)
    encoder.adapt(lines)
    size = len(encoder.get_vocabulary())
    rest = [L.Bidirectional(L.LSTM(3)), L.Dense(4, activation="relu"), L.Dense(1)]
    model = k.models.Sequential([encoder, L.Embedding(size, 4, mask_zero=True), *rest])
    loss = k.losses.BinaryCrossentropy(from_logits=True)
    model.compile(loss=loss, optimizer=k.optimizers.SGD(0.2), metrics=["accuracy"])
    return model


def wide(k: Any) -> Any:
    """Return a model with each way from strings and whole numbers to numbers."""
    L, (lines, _) = k.layers, texts()
    text, tags = L.Input((1,), dtype="string", name="text"), L.Input((3,), dtype="string", name="tags")
    shop, price = L.Input((1,), dtype="int64", name="shop"), L.Input((2,), name="price")
    counted = L.TextVectorization(output_mode="tf_idf", name="counted")
    counted.adapt(lines)
    known = L.StringLookup(mask_token="", num_oov_indices=2, name="known")
    known.adapt([["fish", "boat", ""], ["sea", "fish", "fish"]])

    def embedded(codes: Any, size: int) -> Any:
        return L.Flatten()(L.Embedding(size, 2)(codes))

    parts = [
        L.Reshape((counted.vocabulary_size(),))(counted(text)),
        embedded(known(tags), known.vocabulary_size()),
        L.IntegerLookup(vocabulary=[12, 36, 40], output_mode="one_hot", name="shops")(shop),
        embedded(L.Hashing(6, name="hashed")(tags), 6),
        embedded(L.Hashing(6, salt=[3, 4], mask_value="", name="salted")(tags), 6),
        embedded(L.Hashing(5, name="hashed_shop")(shop), 5),
        price,
    ]
    return k.models.Model([text, tags, shop, price], L.Dense(2, activation="tanh")(L.Concatenate()(parts)))


def write(model: Any, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        (HERE / name).write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def main() -> None:
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(1)
    lines, y = texts()
    x, model = tf.constant(lines), tutorial(keras)
    model(x[:1])
    write(model, "texts.keras.gz")
    found = {"before": model.predict(x, verbose=0)}
    history = model.fit(x, y, epochs=3, batch_size=5, shuffle=False, verbose=0)
    found |= {"after": model.predict(x, verbose=0), "loss": history.history["loss"]}
    net = wide(keras)
    write(net, "wide.keras.gz")
    data = [tf.constant(lines[:3])[:, None], tf.constant(TAGS), np.array(SHOPS), np.array(PRICES, np.float32)]
    found["wide"] = net.predict(data, verbose=0)
    found["fast"] = tf.strings.to_hash_bucket_fast(TOKENS, 2**62).numpy()
    found["strong"] = tf.strings.to_hash_bucket_strong(TOKENS, 2**62, [3, 4]).numpy()
    np.savez_compressed(HERE / "strings.npz", **found)


if __name__ == "__main__":
    main()
