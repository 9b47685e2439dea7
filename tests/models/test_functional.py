"""Models of several inputs and outputs, made of symbolic tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError
from tidegate.layers import LSTM, Dense, Dropout, Embedding, Input, Layer
from tidegate.models import Model, Sequential

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(40, 5, 2)), RNG.normal(size=(40, 3))
LEVEL, KIND = RNG.normal(size=40), RNG.integers(0, 3, 40)


class Joined(Layer):
    """Two inputs side by side."""

    def call(self, inputs: Any) -> Any:
        return ops.concatenate(inputs, axis=-1)


def towers(**compiled: Any) -> Model:
    a, b = Input((5, 2), name="a"), Input((3,), name="b")
    joined = Joined()([LSTM(4)(a), Dense(4, activation="relu")(b)])
    level, kind = Dense(1, name="level")(joined), Dense(3, activation="softmax", name="kind")(joined)
    model = Model([a, b], [level, kind])
    model.compile("adam", ["mse", "sparse_categorical_crossentropy"], **compiled)
    return model


def test_lists_and_dicts_are_the_same_data() -> None:
    model = towers()
    start = model.get_weights()
    seen = []
    for x, y in (([A, B], [LEVEL, KIND]), ({"b": B, "a": A}, {"kind": KIND, "level": LEVEL})):
        model.set_weights(start)
        model.compile("adam", {"kind": "sparse_categorical_crossentropy", "level": "mse"})
        seen.append(model.fit(x, y, epochs=2, shuffle=False, verbose=0).history)
    assert seen[0] == seen[1]
    assert set(seen[0]) == {"loss", "level_loss", "kind_loss"}
    p, q = model.predict([A, B]), model.predict({"a": A, "b": B})
    assert [v.shape for v in p] == [(40, 1), (40, 3)]
    for one, other in zip(p, q, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_loss_is_the_weighted_sum() -> None:
    model = towers(loss_weights={"level": 2.0, "kind": 0.25}, metrics={"kind": ["accuracy"], "level": "mae"})
    scores = model.evaluate([A, B], [LEVEL, KIND], verbose=0, return_dict=True)
    assert scores["loss"] == pytest.approx(2 * scores["level_loss"] + 0.25 * scores["kind_loss"])
    assert list(scores)[3:] == ["level_mae", "kind_accuracy"]
    assert model.metrics_names == ["loss", "level_loss", "kind_loss", "kind_accuracy", "level_mae"]


def test_a_model_is_a_layer() -> None:
    a = Input((5, 2))
    inner = Model(a, LSTM(4)(a))
    outer = Sequential([inner, Dense(1)])
    beside = Model(a, Dense(1)(inner(a)))
    assert outer.layers[0] is inner and len(outer.get_weights()) == 5
    assert outer.weights[0] is inner.weights[0] is beside.weights[0]
    outer.compile("sgd", "mse")
    before = beside.predict(A)
    outer.fit(A, LEVEL, verbose=0)
    assert np.abs(before - beside.predict(A)).max() > 0  # the inner weights are shared


def test_a_shared_layer_is_one_layer() -> None:
    a, b = Input((5, 2)), Input((5, 2))
    shared = LSTM(4)
    model = Model([a, b], Joined()([shared(a), shared(b)]))
    assert len(model.weights) == 3
    p = model.predict([A, A])
    np.testing.assert_array_equal(p[:, :4], p[:, 4:])


def test_codes_and_numbers_come_in_together() -> None:
    words, numbers = Input((6,), name="words"), Input((2,), name="numbers")
    model = Model([words, numbers], Dense(1)(Joined()([LSTM(3)(Embedding(9, 2)(words)), numbers])))
    model.compile("adam", "mse")
    codes = RNG.integers(0, 9, (40, 6))
    model.fit([codes, B[:, :2]], LEVEL, verbose=0)
    with pytest.raises(ValueError, match=r"codes from 0 to 8; got 9 in X\['words'\]"):
        model.fit([codes + 1, B[:, :2]], LEVEL, verbose=0)


class Own(Model):
    """A model as a class."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = LSTM(3)
        self.parts = [Dense(4), Dense(1)]
        self.dropout = Dropout(0.5)

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.parts[1](self.dropout(self.parts[0](self.lstm(inputs)), training=training))


def test_a_model_as_a_class() -> None:
    model = Own()
    model.compile("adam", "mse")
    losses = model.fit(A, LEVEL, epochs=2, verbose=0).history["loss"]
    assert len(model.weights) == 7 and model.layers == [model.lstm, *model.parts, model.dropout]
    np.testing.assert_array_equal(model.predict(A), model.predict(A))  # no dropout
    assert losses[0] != losses[1]


def test_what_does_not_fit_is_said_by_name() -> None:
    model = towers()
    with pytest.raises(ArgumentError, match="2 inputs, a list of 2, in the order 'a', 'b'"):
        model.predict(A)
    with pytest.raises(ArgumentError, match="inputs for 'b'"):
        model.predict({"a": A, "c": B})
    with pytest.raises(ShapeError, match=r"X\['b'\] of shape \(40, 4\)"):
        model.predict([A, np.zeros((40, 4))])
    with pytest.raises(ShapeError, match="40 in 'a' and 39 in 'b'"):
        model.predict([A, B[:39]])
    with pytest.raises(ArgumentError, match="2 targets"):
        model.fit([A, B], LEVEL)
    with pytest.raises(ArgumentError, match="Did you mean 'kind'"):
        model.compile("adam", {"knd": "mse"})
    with pytest.raises(ArgumentError, match="2 outputs"):
        model.compile("adam", ["mse", "mse", "mse"])
    a, b = Input((5, 2), name="one"), Input((5, 2), name="two")
    with pytest.raises(ShapeError, match="needs the input 'two'"):
        Model(a, Joined()([LSTM(2)(a), LSTM(2)(b)]))


def test_a_dead_weight_counts_nothing() -> None:
    w = (np.arange(40) < 20).astype("float32")
    seen = []
    start = towers().get_weights()
    for level in (LEVEL, np.where(w > 0, LEVEL, 100.0)):
        model = towers()
        model.set_weights(start)
        model.fit([A, B], [level, KIND], sample_weight=w, shuffle=False, verbose=0)
        seen.append(model.get_weights())
    for one, other in zip(*seen, strict=True):
        np.testing.assert_array_equal(one, other)


def test_class_weight_is_a_sample_weight() -> None:
    losses = []
    for arguments in ({"class_weight": {0: 2.0, 2: 0.5}}, {"sample_weight": np.array([2.0, 1.0, 0.5])[KIND]}):
        model = Sequential([LSTM(3, input_shape=(5, 2)), Dense(3, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.set_weights([np.full_like(w, 0.1) for w in model.get_weights()])
        losses.append(model.fit(A, KIND, verbose=0, shuffle=False, **arguments).history)
    assert losses[0] == losses[1]
