"""Layers of strings and codes directly behind an input: they prepare what comes in, whatever the verb."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.errors import ArgumentError, DataError, TidegateError
from tidegate.explaining import explain, trace
from tidegate.layers import (
    LSTM,
    Concatenate,
    Dense,
    Embedding,
    GlobalAveragePooling1D,
    Hashing,
    Input,
    IntegerLookup,
    Layer,
    StringLookup,
    TextVectorization,
)
from tidegate.models import Model, Sequential, compiled
from tidegate.utils import set_random_seed

LINES = ["low tide", "high tide again", "the tide goes out and comes in", "low", "high water"] * 3
Y = np.array([float("high" in line) for line in LINES])
WORDS = sorted({word for line in LINES for word in line.split()})


def texts(layer: Any = None, **arguments: Any) -> Any:
    set_random_seed(5)
    layer = layer or TextVectorization(vocabulary=WORDS, **arguments)
    begin = Input((), dtype="string")
    model = Sequential([begin, layer, Embedding(30, 4, mask_zero=True), LSTM(3), Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    return model


def on_codes() -> tuple[Any, Any]:
    """Return the model without its first layer, and the codes that this one gives."""
    set_random_seed(5)
    model = Sequential([Input((None,)), Embedding(30, 4, mask_zero=True), LSTM(3), Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    return model, TextVectorization(vocabulary=WORDS)(LINES)


def batches() -> Iterator[Any]:
    for k in range(0, 15, 4):
        yield LINES[k : k + 4], Y[k : k + 4]


def test_each_batch_is_as_long_as_its_longest_text_and_masks_make_that_the_same() -> None:
    model, (plain, codes) = texts(), on_codes()
    given = {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0, "validation_split": 0.2}
    found = model.fit(LINES, Y, **given).history
    expected = plain.fit(codes, Y, **given).history
    assert list(found) == list(expected)
    for name in found:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-5)
    np.testing.assert_allclose(model.predict(LINES), plain.predict(codes), atol=1e-6)
    np.testing.assert_allclose(
        model.evaluate(LINES, Y, batch_size=4, verbose=0), plain.evaluate(codes, Y, verbose=0), rtol=1e-5
    )


def test_a_batch_without_masks_is_padded_to_its_own_longest_text() -> None:
    model = Sequential([TextVectorization(vocabulary=WORDS), Embedding(30, 4), GlobalAveragePooling1D()])
    apart = np.concatenate([model.predict(LINES[k : k + 2]) for k in range(0, 15, 2)])
    np.testing.assert_allclose(model.predict(LINES, batch_size=2), apart, atol=1e-7)
    assert abs(model.predict(LINES) - apart).max() > 1e-4


def test_generators_single_steps_and_validation_take_texts() -> None:
    one, other = texts(), texts()
    one.fit(batches(), verbose=0, validation_data=(LINES, Y), validation_steps=2)
    for x, y in batches():
        other.train_on_batch(x, y)
    np.testing.assert_allclose(one.predict(LINES), other.predict(LINES), atol=1e-6)
    assert len(one.test_on_batch(LINES, Y)) == 2
    np.testing.assert_array_equal(one.predict_on_batch(LINES), one.predict(LINES))
    np.testing.assert_array_equal(one(np.array(LINES)), one.predict(LINES))


def test_rows_of_a_fixed_length_are_prepared_at_once() -> None:
    model = texts(output_sequence_length=4)
    model.fit(LINES, Y, verbose=0)
    assert model.layers[0].output_shape == (None, 4) and len(model._ready) == 1


def test_a_model_says_what_it_takes_before_any_data() -> None:
    model = Sequential(
        [Input((1,), dtype=str), TextVectorization(vocabulary=WORDS), Embedding(30, 4), LSTM(3)]
    )
    assert model.input_shape == (None, 1) and model.inputs[0].dtype == "string"
    np.testing.assert_array_equal(model.predict(LINES), model.predict(np.array(LINES)[:, None]))
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    assert "samples, timesteps " in lines[0]
    said = str(explain(model, LINES, Y))
    assert "gives the code of each word of a text" in said and "15 samples" in said
    (found,) = trace(model, LINES[:4]).values()
    assert found["h"].shape == (4, 7, 3)


def test_beside_numbers_and_behind_one_another() -> None:
    text, place, level = Input((), dtype="string"), Input((1,), dtype="int64"), Input((2,))
    words = StringLookup(vocabulary=["low", "high"], invert=True)(IntegerLookup(vocabulary=[7, 8])(place))
    parts = [
        TextVectorization(vocabulary=WORDS, output_mode="multi_hot")(text),
        StringLookup(vocabulary=["high", "low"], output_mode="one_hot")(words),
        level,
    ]
    model = Model([text, place, level], Concatenate()(parts))
    found = model.predict([["high tide"], np.array([[7]]), np.array([[0.5, 2.0]])])
    at = sorted([WORDS.index("high") + 1, WORDS.index("tide") + 1])
    assert np.flatnonzero(found[0, : len(WORDS) + 1]).tolist() == at
    assert found[0, len(WORDS) + 1 :].tolist() == [0, 0, 1, 0.5, 2.0]


def test_such_a_model_within_another_one_is_called_layer_by_layer() -> None:
    inner = texts()
    inner.predict(LINES)
    text = Input((1,), dtype="string")
    outer = Model(text, ops.add(inner(text), 1.0))
    np.testing.assert_allclose(outer.predict(LINES), inner.predict(LINES) + 1, atol=1e-6)
    assert inner.layers[1] in outer.layers
    stacked = Sequential([inner, Dense(1, kernel_initializer="ones")])
    np.testing.assert_allclose(stacked.predict(LINES), inner.predict(LINES), atol=1e-6)


def test_plans_for_very_many_lengths_give_their_memory_back(monkeypatch: pytest.MonkeyPatch) -> None:
    model = texts()
    model.fit(LINES, Y, batch_size=1, verbose=0)
    held = [ready.plan.memory for ready in model._ready.values()]
    assert len(held) == 4 and min(held) > 0
    monkeypatch.setattr(compiled, "ROOM", 0)
    again = texts()
    again.fit(LINES, Y, batch_size=1, verbose=0, shuffle=False)
    assert sum(ready.plan.memory > 0 for ready in again._ready.values()) == 1


class Own(Layer):
    def __init__(self) -> None:
        super().__init__()
        self.words = TextVectorization(vocabulary=WORDS)

    def call(self, inputs: Any) -> Any:
        return self.words(inputs)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (
            lambda: TextVectorization()(Dense(2)(Input((1,)))),
            "'dense.*', which is computed. Instead: that place",
        ),
        (lambda: Own()(np.zeros((2, 1))), r"a value inside call\(\)"),
        (
            lambda: LSTM(3)(Input((2, 1), dtype="string", name="said")),
            "expects numbers; got the strings of 'said'",
        ),
        (lambda: texts().fit(np.zeros((3, 1)), np.zeros(3)), "expects texts; got numbers of type float64"),
        (lambda: texts().fit(["low", None, "high"], np.zeros(3)), r"expects texts; got None at \(1,\)"),
        (lambda: texts().fit(LINES, Y[:-1]), "with one row for each sample; got X of 15 samples and y of 14"),
        (lambda: texts(TextVectorization()).predict(LINES), "expects a vocabulary; got none"),
        (
            lambda: Sequential([StringLookup(vocabulary=WORDS), Embedding(3, 2)]).predict(
                [["low"], ["tide"]]
            ),
            r"Embedding .* expects codes from 0 to 2; got \d+ in X as 'string_lookup.*' gives it",
        ),
        (
            lambda: IntegerLookup(vocabulary=[1])(["a"]),
            r"whole numbers; got texts. Instead: StringLookup\(\)",
        ),
        (lambda: Hashing(3, salt="sea"), "salt as one whole number or two"),
        (lambda: IntegerLookup(salt=3), "`oov_method='farmhash'`"),
    ],
)
def test_what_does_not_fit_is_said(mistake: Any, message: str) -> None:
    with pytest.raises(TidegateError, match=message) as seen:
        mistake()
    assert isinstance(seen.value, ArgumentError | DataError | ValueError)
