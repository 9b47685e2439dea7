"""Models of several inputs and outputs, made of symbolic tensors."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tidegate import metrics, ops
from tidegate.errors import ArgumentError, ShapeError
from tidegate.layers import LSTM, Dense, Dropout, Embedding, Flatten, Input, Layer, LeakyReLU, Reshape
from tidegate.models import Model, Sequential, clone_model, load_model, model_from_json, recording

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
    with pytest.raises(ShapeError, match=r"X\['b'\] \(samples=40, features=4\)"):
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


def test_signs_and_functions_become_layers() -> None:
    x = Input((5, 2))
    last = ops.tanh(x[:, -1] * 2 + 1)
    model = Model(x, [1 - last, ops.mean(x, axis=1), ops.concatenate([last, -last], axis=-1)])
    one, two, three = model.predict(A)
    h = np.tanh(A[:, -1].astype("float32") * 2 + 1)
    np.testing.assert_allclose(one, 1 - h, atol=1e-6)
    np.testing.assert_allclose(two, A.mean(axis=1), atol=1e-6)
    np.testing.assert_allclose(three, np.concatenate([h, -h], axis=-1), atol=1e-6)
    assert len(model.layers) == 1  # the input: functions are no layers, as in Keras


def everything() -> Model:
    """A model inside, a shared layer, a Sequential, functions, a call by name."""
    a, b = Input((5, 2), name="a"), Input((5, 2), name="b")
    inner = Model(a, LSTM(3, name="lstm")(a), name="inner")
    shared = Dense(3, name="shared")
    h = shared(inner(a) + inner(b))
    h = Dropout(0.5, name="dropout")(shared(Dense(3, name="middle")(h))[:, 0:3], training=True)
    top = Sequential([Input((3,)), Dense(2, name="top")], name="top_stack")
    return Model({"a": a, "b": b}, [top(h * 0.5), inner(b)], name="everything")


@pytest.mark.parametrize("way", ["config", "json", "clone", "keras", "h5"])
def test_a_model_comes_back_whole(way: str, tmp_path: Any) -> None:
    model = everything()
    model.compile("adam", ["mse", "mae"], loss_weights=[1.0, 0.5], metrics=[["mae"], None])
    if way == "config":
        again = Model.from_config(json.loads(json.dumps(model.get_config())))
    elif way == "json":
        again = model_from_json(model.to_json())
    elif way == "clone":
        again = clone_model(model)
    else:
        model.save(tmp_path / f"model.{way}")
        again = load_model(tmp_path / f"model.{way}")
        assert (
            again.metrics_names
            == model.metrics_names
            == ["loss", "top_stack_loss", "inner_loss", "top_stack_mae"]
        )
        assert again.get_compile_config()["loss_weights"] == [1.0, 0.5]
    assert [k.name for k in again.layers] == [k.name for k in model.layers]
    assert again.get_config() == model.get_config()
    assert not {id(p) for p in again.weights} & {id(p) for p in model.weights}
    again.set_weights(model.get_weights())
    data = {"a": A, "b": A[:, ::-1]}
    np.testing.assert_array_equal(again.predict(data)[1], model.predict(data)[1])
    assert again.predict(data)[0].std() > 0


def test_the_summary_says_what_is_connected() -> None:
    lines: list[str] = []
    everything().summary(print_fn=lines.append, expand_nested=True)
    (text,) = lines
    for part in ("Connected to", "a[0][0]", "inner[1][0]", "└ lstm (LSTM)", "middle[0][0]", "Add"):
        assert part in text
    everything().summary(print_fn=lines.append, line_length=80, layer_range=["shared", "middle"])
    assert max(map(len, lines[1].splitlines()[1:-3])) <= 80
    assert "shared" in lines[1] and "top_stack" not in lines[1]


def test_what_is_frozen_stays(capsys: Any) -> None:
    model = everything()
    inner = model.get_layer("inner")
    inner.trainable = False
    assert not any(k.trainable for k in inner.layers)
    model.compile("adam", ["mse", None])
    before = inner.get_weights()
    model.fit({"a": A, "b": A}, [np.zeros((40, 2))], verbose=0)
    for w, v in zip(before, inner.get_weights(), strict=True):
        np.testing.assert_array_equal(w, v)
    inner.trainable = True  # counts from the next compile on
    with pytest.warns(UserWarning, match="compile"):
        model.fit({"a": A, "b": A}, [np.zeros((40, 2))], verbose=0)
    np.testing.assert_array_equal(before[0], inner.get_weights()[0])


class Fed(metrics.Metric):
    """A mean absolute error that is fed with arrays."""

    in_plan = False

    def reset_state(self) -> None:
        self.sums = np.zeros(2)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        w = np.ones(len(y_true)) if sample_weight is None else sample_weight
        self.sums += [(w[:, None] * np.abs(y_true - y_pred)).sum(), w.sum()]

    def result(self) -> float:
        return float(self.sums[0] / self.sums[1])


def test_a_metric_outside_the_plan_is_fed_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "AT_ONCE", 30)  # a few batches at a time
    model = towers(
        metrics=[["mae", Fed(name="fed")], []],
        weighted_metrics=[["mse", Fed(name="fed_by_weight"), "mae"], []],
    )
    w = RNG.random(40)
    history = model.fit([A, B], [LEVEL, KIND], batch_size=7, epochs=2, sample_weight=w, verbose=0).history
    np.testing.assert_allclose(history["level_fed"], history["level_mae"], rtol=1e-6)
    np.testing.assert_allclose(history["level_fed_by_weight"], history["level_weighted_mae"], rtol=1e-6)
    assert history["level_fed"] != history["level_fed_by_weight"]


def test_a_loss_of_its_own_needs_no_targets() -> None:
    x = Input((5, 2))
    code = Dense(1)(Flatten()(x))
    again = Reshape((5, 2))(Dense(10)(code))
    model = Model(x, again)
    with pytest.raises(ArgumentError, match="a loss"):
        model.compile("adam")
    model.add_loss(ops.mean(ops.square(x - again)))
    model.compile("adam")
    history = model.fit(A, epochs=3, batch_size=8, shuffle=False, verbose=0).history
    twin = clone_model(model)
    twin.compile("adam", "mse")
    assert history["loss"][2] < history["loss"][0]
    twin.set_weights(model.get_weights())
    assert model.evaluate(A, verbose=0, batch_size=40) == pytest.approx(
        twin.evaluate(A, A, verbose=0, batch_size=40)
    )


def test_what_is_drawn_in_a_prediction_differs_each_time() -> None:
    x = Input((5, 2))
    model = Model(x, Dense(1)(Dropout(0.5)(x, training=True)))
    plain = Sequential([Input((5, 2)), Dropout(0.5), Dense(1)])
    for ask in (model.predict, lambda data: plain(data, training=True)):
        for data in (A, A[:9]):
            assert np.abs(ask(data) - ask(data)).max() > 0
    np.testing.assert_array_equal(plain(A), plain(A))


class Placed(Layer):
    """Codes with a learned vector for each place."""

    def __init__(self) -> None:
        super().__init__()
        self.codes, self.places = Embedding(7, 3, mask_zero=True), Embedding(5, 3)

    def call(self, x: Any) -> Any:
        return self.codes(x) + self.places(ops.arange(5))


def test_numbers_of_each_batch_alike_go_through_a_layer_that_learns() -> None:
    model = Sequential([Input((5,), dtype="int32"), Placed(), LSTM(2), Dense(1)])
    model.compile("sgd", "mse")
    before = model.layers[0].places.get_weights()[0]
    model.fit(RNG.integers(0, 7, (40, 5)), LEVEL, verbose=0)
    assert (np.abs(model.layers[0].places.get_weights()[0] - before).max(axis=1) > 0).all()


class Coded(Model):
    def __init__(self) -> None:
        super().__init__()
        self.codes, self.lstm, self.top = Embedding(7, 3, mask_zero=True), LSTM(4), Dense(1)

    def call(self, inputs: Any) -> Any:
        codes, level = inputs
        mask = self.codes.compute_mask(codes)
        return self.top(self.lstm(self.codes(codes), mask=mask)) + level


def test_a_model_as_a_class_is_built_for_shapes(capsys: Any) -> None:
    model = Coded()
    model.build([(None, 5), (None, 1)])
    assert model.count_params() == 21 + 128 + 5
    model.summary()
    assert "(None, 4)" in capsys.readouterr().out
    model.compile("adam", "mse")
    before = model.get_weights()
    codes = RNG.integers(0, 7, (40, 6))
    model.fit([codes, B[:, :1]], LEVEL, verbose=0)
    assert all((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))


def test_a_layer_may_stand_for_an_activation(tmp_path: Any) -> None:
    model = Sequential([Input((3,)), Dense(4, activation=LeakyReLU(0.4))])
    model.save(tmp_path / "model.keras")
    for again in (model_from_json(model.to_json()), load_model(tmp_path / "model.keras")):
        again.set_weights(model.get_weights())
        np.testing.assert_array_equal(again.predict(B), model.predict(B))
