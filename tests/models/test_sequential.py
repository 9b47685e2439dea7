"""Sequential: how it is put together, what it says of itself."""

from __future__ import annotations

import numpy as np
import pytest

from tidegate.errors import ArgumentError, ShapeError, TidegateError
from tidegate.layers import LSTM, Activation, Dense, Dropout, Embedding, Flatten, Input
from tidegate.models import Sequential, model_from_json
from tidegate.utils import clear_session, set_random_seed


def stacked() -> Sequential:
    return Sequential(
        [LSTM(4, input_shape=(7, 2), return_sequences=True), LSTM(3), Dense(2), Activation("tanh")]
    )


def test_a_list_and_add_give_the_same_model() -> None:
    set_random_seed(3)
    one = stacked()
    set_random_seed(3)
    two = Sequential()
    two.add(Input(shape=(7, 2)))
    two.add(LSTM(4, return_sequences=True))
    two.add(LSTM(3))
    two.add(Dense(2))
    two.add(Activation("tanh"))
    assert one.input_shape == two.input_shape == (None, 7, 2)
    assert one.output_shape == two.output_shape == (None, 2)
    assert len(one.layers) == len(two.layers) == 4
    for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_pop_takes_the_last_layer() -> None:
    model = stacked()
    assert isinstance(model.pop(), Activation)
    model.pop()
    assert model.output_shape == (None, 3)
    assert model.predict(np.zeros((2, 7, 2))).shape == (2, 3)
    model.add(Dense(5))
    assert model.predict(np.zeros((2, 7, 2))).shape == (2, 5)


def test_without_a_shape_the_first_data_decide() -> None:
    model = Sequential([LSTM(4), Dense(1)])
    assert not model.built
    with pytest.raises(TidegateError, match="input_shape=\\(timesteps, features\\)"):
        _ = model.input_shape
    with pytest.raises(TidegateError, match="build\\(\\(None, 10, 1\\)\\)"):
        model.get_weights()
    model.compile("adam", "mse")
    model.fit(np.zeros((5, 6, 3)), np.zeros(5), verbose=0)
    assert model.input_shape == (None, 6, 3)
    assert model.count_params() == 4 * 4 * (3 + 4 + 1) + 5
    assert model.predict(np.zeros((2, 9, 3))).shape == (2, 1)  # the steps were never fixed
    built = Sequential([LSTM(4), Dense(1)])
    built.build((None, 6, 3))
    assert built.output_shape == (None, 1)


def test_open_timesteps_take_any_length() -> None:
    model = Sequential([LSTM(4, input_shape=(None, 2), return_sequences=True), Dense(3)])
    assert model.output_shape == (None, None, 3)
    model.compile("adam", "mse")
    for steps in (3, 8, 3):
        x = np.random.default_rng(steps).normal(size=(6, steps, 2))
        assert model.predict(x).shape == (6, steps, 3)
        model.fit(x, np.zeros((6, steps, 3)), verbose=0)
    with pytest.raises(ShapeError, match="features=2"):
        model.predict(np.zeros((6, 3, 5)))


def test_a_layer_that_does_not_fit_leaves_the_model_as_it_was() -> None:
    model = Sequential([LSTM(4, input_shape=(7, 2))])
    with pytest.raises(ShapeError):
        model.add(LSTM(3))
    model.add(Dense(1))
    assert model.output_shape == (None, 1)


def test_what_is_no_layer_is_refused() -> None:
    model = Sequential()
    with pytest.raises(ArgumentError, match="LSTM\\(\\.\\.\\.\\)"):
        model.add(LSTM)
    with pytest.raises(ArgumentError, match="a layer"):
        model.add("lstm")
    model.add(Dense(1, name="one", input_shape=(2,)))
    with pytest.raises(ArgumentError, match="two named 'one'"):
        model.add(Dense(1, name="one"))
    with pytest.raises(ArgumentError, match="its input first"):
        model.add(Input((2,)))


def test_summary_names_the_axes() -> None:
    clear_session()
    lines: list[str] = []
    model = Sequential(
        [
            Embedding(5, 3, input_length=7),
            LSTM(4, return_sequences=True, trainable=False),
            Dense(2),
            Dropout(0.1),
        ]
    )
    model.summary(print_fn=lines.append, show_trainable=True)
    text = "\n".join(lines)
    assert 'Model: "sequential"' in text
    assert "lstm (LSTM)" in text and "(None, 7, 4)" in text and "samples, timesteps, units" in text
    assert "samples, timesteps, outputs" in text
    lstm = 4 * 4 * (3 + 4 + 1)
    assert f"Total params: {15 + lstm + 10}" in text
    assert f"Non-trainable params: {lstm}" in text
    widths = {len(line) for line in text.splitlines() if line[:1] in "┏┃┡│├└"}
    assert len(widths) == 1
    Sequential([LSTM(3)]).summary(print_fn=lines.append)
    assert "unbuilt" in lines[-1]


def test_a_layer_is_found_by_name_or_place() -> None:
    model = stacked()
    assert model.get_layer(index=1) is model.layers[1]
    assert model.get_layer(model.layers[2].name) is model.layers[2]
    with pytest.raises(ArgumentError, match="Did you mean"):
        model.get_layer(model.layers[2].name[:-1] + "x")


def test_weights_go_in_and_out_in_keras_order() -> None:
    one, two = stacked(), stacked()
    x = np.random.default_rng(0).normal(size=(4, 7, 2))
    assert [w.shape for w in one.get_weights()] == [
        (2, 16),
        (4, 16),
        (16,),
        (4, 12),
        (3, 12),
        (12,),
        (3, 2),
        (2,),
    ]
    assert np.abs(one.predict(x) - two.predict(x)).max() > 1e-3
    two.set_weights(one.get_weights())
    np.testing.assert_array_equal(one.predict(x), two.predict(x))
    with pytest.raises(ShapeError, match="8 weight arrays"):
        two.set_weights([])


def test_layers_can_stand_in_two_models() -> None:
    model = Sequential([LSTM(4, input_shape=(7, 2)), Dense(1)])
    x = np.random.default_rng(0).normal(size=(6, 7, 2))
    model.predict(x)
    states = Sequential(model.layers[:-1])
    before = states.predict(x)
    assert before.shape == (6, 4)
    model.compile("adam", "mse")
    model.fit(x, np.ones(6), epochs=3, verbose=0)
    assert np.abs(states.predict(x) - before).max() > 1e-5  # one set of weights


def test_the_same_seed_gives_the_same_model() -> None:
    def train() -> list[np.ndarray]:
        set_random_seed(11)
        model = Sequential([LSTM(4, input_shape=(3, 1)), Dropout(0.5), Dense(1)])
        model.compile("adam", "mse")
        x = np.random.rand(40, 3, 1)
        model.fit(x, x.sum(axis=1), epochs=3, batch_size=8, verbose=0)
        return model.get_weights()

    for a, b in zip(train(), train(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_from_config_and_json() -> None:
    model = stacked()
    for again in (Sequential.from_config(model.get_config()), model_from_json(model.to_json())):
        assert [k.name for k in again.layers] == [k.name for k in model.layers]
        again.set_weights(model.get_weights())
        x = np.ones((2, 7, 2))
        np.testing.assert_array_equal(again.predict(x), model.predict(x))
    with pytest.raises(TidegateError, match="JSON"):
        model_from_json("{")
    with pytest.raises(TidegateError, match="layers as Keras describes them"):
        model_from_json('{"class_name": "Functional", "config": {}}')


def test_the_plan_is_shown() -> None:
    model = stacked()
    assert model.plan is None
    model.predict(np.ones((2, 7, 2)))
    assert model.plan is not None and "lstm" in repr(model.plan)


def test_reset_states_begins_anew() -> None:
    model = Sequential([LSTM(3, stateful=True, batch_input_shape=(2, 4, 1)), Dense(1)])
    x = np.linspace(0, 1, 8).reshape(2, 4, 1)
    first, second = model.predict(x, batch_size=2), model.predict(x, batch_size=2)
    assert not np.allclose(first, second)  # the states were carried on
    model.reset_states()
    np.testing.assert_array_equal(model.predict(x, batch_size=2), first)


def test_other_timesteps_than_those_named_are_read_where_no_weights_hang_on_them() -> None:
    model = Sequential([LSTM(4, input_shape=(5, 2)), Dense(1)])
    open_steps = Sequential([LSTM(4, input_shape=(None, 2)), Dense(1)])
    open_steps.set_weights(model.get_weights())
    x = np.linspace(0, 1, 42).reshape(3, 7, 2)
    np.testing.assert_array_equal(model.predict(x), open_steps.predict(x))
    with pytest.raises(TidegateError, match="timesteps=5"):
        Sequential([LSTM(4, input_shape=(5, 2), return_sequences=True), Flatten(), Dense(1)]).predict(x)
