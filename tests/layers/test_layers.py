"""Layers: their shapes, weights and names, and what they refuse on the line that made them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tidegate import activations, initializers, ops
from tidegate.errors import ArgumentError, ShapeError
from tidegate.layers import (
    GRU,
    LSTM,
    Activation,
    Bidirectional,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    Layer,
    RepeatVector,
    Reshape,
    SimpleRNN,
    TimeDistributed,
    deserialize,
    serialize,
)
from tidegate.models import Sequential
from tidegate.ops.activations import ACTIVATIONS
from tidegate.utils import clear_session, set_random_seed

RNG = np.random.default_rng(0)
CODES = RNG.integers(0, 7, size=(3, 5))
TABLE = RNG.normal(size=(3, 4)).astype(np.float32)
SEQUENCE = RNG.normal(size=(3, 5, 2)).astype(np.float32)

SHAPES: list[tuple[Callable[[], Layer], np.ndarray, tuple[int, ...]]] = [
    (lambda: LSTM(4), SEQUENCE, (3, 4)),
    (lambda: LSTM(4, return_sequences=True), SEQUENCE, (3, 5, 4)),
    (lambda: LSTM(1, use_bias=False, go_backwards=True), SEQUENCE, (3, 1)),
    (lambda: LSTM(4, return_sequences=True, zero_output_for_mask=True), SEQUENCE, (3, 5, 4)),
    (lambda: GRU(4), SEQUENCE, (3, 4)),
    (lambda: GRU(4, activation="relu", return_sequences=True, use_bias=False), SEQUENCE, (3, 5, 4)),
    (lambda: SimpleRNN(4), SEQUENCE, (3, 4)),
    (lambda: SimpleRNN(1, activation="elu", return_sequences=True, go_backwards=True), SEQUENCE, (3, 5, 1)),
    (lambda: Bidirectional(LSTM(4)), SEQUENCE, (3, 8)),
    (lambda: Bidirectional(GRU(4, return_sequences=True), merge_mode="sum"), SEQUENCE, (3, 5, 4)),
    (lambda: Bidirectional(GRU(4, go_backwards=True), backward_layer=LSTM(3)), SEQUENCE, (3, 7)),
    (lambda: Dense(6), TABLE, (3, 6)),
    (lambda: Dense(6, activation="softmax"), SEQUENCE, (3, 5, 6)),
    (lambda: Embedding(7, 3), CODES, (3, 5, 3)),
    (lambda: Activation("relu"), SEQUENCE, (3, 5, 2)),
    (lambda: Dropout(0.5), SEQUENCE, (3, 5, 2)),
    (lambda: Flatten(), SEQUENCE, (3, 10)),
    (lambda: Reshape((2, -1)), SEQUENCE, (3, 2, 5)),
    (lambda: Reshape(4), TABLE, (3, 4)),
    (lambda: RepeatVector(6), TABLE, (3, 6, 4)),
    (lambda: TimeDistributed(Dense(7)), SEQUENCE, (3, 5, 7)),
    (lambda: TimeDistributed(Activation("softmax")), SEQUENCE, (3, 5, 2)),
]


@pytest.mark.parametrize(
    ("make", "x", "shape"), SHAPES, ids=lambda v: type(v()).__name__ if callable(v) else ""
)
def test_the_output_has_the_shape_that_is_promised(
    make: Callable[[], Layer], x: np.ndarray, shape: tuple[int, ...]
) -> None:
    layer = make()
    y = layer(x)
    assert y.shape == shape
    assert y.dtype == np.float32
    assert layer.compute_output_shape((None, *x.shape[1:])) == (None, *shape[1:])
    assert layer.output_shape == (None, *shape[1:])
    assert len(layer.axis_names(len(shape))) == len(shape)


@pytest.mark.parametrize(
    ("make", "x", "shape"), SHAPES, ids=lambda v: type(v()).__name__ if callable(v) else ""
)
def test_a_layer_is_made_again_from_its_description(
    make: Callable[[], Layer], x: np.ndarray, shape: tuple[int, ...]
) -> None:
    layer = make()
    y = layer(x)
    again = deserialize(serialize(layer))
    again(x)
    assert serialize(again) == serialize(layer)
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(x), y)


def test_names_are_numbered_as_in_keras() -> None:
    clear_session()
    layers = [LSTM(1), LSTM(1), Dense(1), TimeDistributed(Dense(1)), LSTM(1), Dense(1, name="mine")]
    assert [k.name for k in layers] == ["lstm", "lstm_1", "dense", "time_distributed", "lstm_2", "mine"]


def test_the_forget_gate_starts_open() -> None:
    def bias(**arguments: object) -> np.ndarray:
        layer = LSTM(2, **arguments)
        layer(SEQUENCE)
        return layer.get_weights()[2]

    np.testing.assert_array_equal(bias(), [0, 0, 1, 1, 0, 0, 0, 0])
    np.testing.assert_array_equal(bias(unit_forget_bias=False), np.zeros(8))
    # Keras leaves the other three quarters to the initializer, and so does this
    held = initializers.Constant(3.0)
    np.testing.assert_array_equal(bias(bias_initializer=held), [3, 3, 1, 1, 3, 3, 3, 3])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_lstm_takes_every_activation(name: str) -> None:
    layer = LSTM(3, activation=name, recurrent_activation=name)
    x = SEQUENCE[:, :2]  # the exponential of an exponential soon leaves float32
    layer(x)
    W, R, b = small = [0.1 * w for w in layer.get_weights()]
    layer.set_weights(small)
    functions = {"activation": name, "recurrent_activation": name}
    expected = ops.lstm(x, W, R, b, None, **functions, return_sequences=False, go_backwards=False)
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(layer(x), expected, rtol=1e-4, atol=1e-5)


def test_an_activation_may_be_given_as_a_function() -> None:
    assert LSTM(3, activation=activations.relu).activation is activations.relu
    assert Dense(3, activation=activations.softmax).activation is activations.softmax


def test_dropout_draws_while_training_alone() -> None:
    ones = np.ones((50, 40), np.float32)
    layer = Dropout(0.25, seed=3)
    np.testing.assert_array_equal(layer(ones), ones)
    dropped = layer(ones, training=True)
    assert set(np.unique(dropped)) == {0.0, np.float32(1 / 0.75)}
    assert 0.2 < (dropped == 0).mean() < 0.3


def test_codes_with_mask_zero_leave_steps_out() -> None:
    set_random_seed(0)
    masked = Sequential([Embedding(7, 3, mask_zero=True), LSTM(4)])
    x = np.array([[1, 2, 3, 0, 0], [4, 0, 0, 0, 0]])
    y = masked.predict(x)
    np.testing.assert_allclose(y[:1], masked.predict(x[:1, :3]), rtol=1e-5)
    np.testing.assert_allclose(y[1:], masked.predict(x[1:, :1]), rtol=1e-5)
    unmasked = Sequential([Embedding(7, 3), LSTM(4)])
    unmasked.build((None, 5))
    unmasked.set_weights(masked.get_weights())
    assert np.abs(unmasked.predict(x) - y).max() > 1e-4


def test_a_mask_that_ends_is_said() -> None:
    model = Sequential([Embedding(7, 3, mask_zero=True), Flatten(), Dense(1)])
    with pytest.warns(UserWarning, match="Flatten 'flatten.*passes no mask on"):
        model.predict(CODES)


def test_old_spellings_of_the_input() -> None:
    for layer in (
        LSTM(4, input_shape=(10, 2)),
        LSTM(4, batch_input_shape=(32, 10, 2)),
        LSTM(4, input_dim=2, input_length=10),
        LSTM(4, batch_shape=(None, 10, 2)),
    ):
        assert Sequential([layer]).input_shape == (None, 10, 2)
    assert Sequential([Dense(1, input_dim=8)]).input_shape == (None, 8)
    assert Sequential([LSTM(1, input_dim=8)]).input_shape == (None, None, 8)
    assert Sequential([Embedding(5, 2, input_length=7)]).input_shape == (None, 7)
    assert Sequential([Input(batch_shape=(3, 4)), Dense(1)]).input_shape == (None, 4)
    assert LSTM(4, implementation=1, unroll=True, dropout=0.0).units == 4


def test_a_weight_is_read_and_written_in_keras_order() -> None:
    layer = LSTM(3)
    layer(SEQUENCE)
    assert [w.shape for w in layer.get_weights()] == [(2, 12), (3, 12), (12,)]
    assert layer.count_params() == 4 * 3 * (2 + 3 + 1)
    new = [RNG.normal(size=w.shape) for w in layer.get_weights()]
    before = layer(SEQUENCE)
    layer.set_weights(new)
    assert np.abs(layer(SEQUENCE) - before).max() > 0.01
    np.testing.assert_allclose(layer.get_weights()[1], new[1], rtol=1e-6)
    with pytest.raises(ShapeError, match="recurrent_kernel of shape"):
        layer.set_weights([new[0], new[0], new[2]])
    np.testing.assert_allclose(layer.get_weights()[1], new[1], rtol=1e-6)  # nothing was written


def test_a_gru_starts_with_two_rows_of_bias() -> None:
    layer = GRU(3, bias_initializer="ones")
    layer(SEQUENCE)
    assert [w.shape for w in layer.get_weights()] == [(2, 9), (3, 9), (2, 9)]
    np.testing.assert_array_equal(layer.get_weights()[2], np.ones((2, 9)))


@pytest.mark.parametrize("make", [LSTM, GRU, SimpleRNN])
@pytest.mark.parametrize("sequences", [False, True])
def test_both_directions_are_the_two_layers(make: type[LSTM], sequences: bool) -> None:
    both = Bidirectional(make(3, return_sequences=sequences))
    y = both(SEQUENCE)
    forward, backward = (make(3, return_sequences=sequences, go_backwards=b) for b in (False, True))
    forward(SEQUENCE), backward(SEQUENCE)
    weights = both.get_weights()
    forward.set_weights(weights[:3])
    backward.set_weights(weights[3:])
    second = backward(SEQUENCE)
    np.testing.assert_allclose(y[..., :3], forward(SEQUENCE), atol=1e-6)
    np.testing.assert_allclose(y[..., 3:], second[:, ::-1] if sequences else second, atol=1e-6)
    again = Bidirectional(make(3, return_sequences=sequences), weights=weights)
    np.testing.assert_array_equal(again(SEQUENCE), y)
    assert [k.name for k in (both.forward_layer, both.backward_layer)] == [
        f"forward_{both.forward_layer.name[8:]}",
        f"backward_{both.forward_layer.name[8:]}",
    ]


def test_both_directions_are_frozen_as_one() -> None:
    both = Bidirectional(LSTM(3), input_shape=(5, 2))
    model = Sequential([both, Dense(1)])
    assert len(model.trainable_weights) == 8
    both.trainable = False
    assert len(model.trainable_weights) == 2 and len(model.weights) == 8
    assert Sequential([Bidirectional(LSTM(3, input_shape=(5, 2)))]).input_shape == (None, 5, 2)


def test_masked_steps_give_zeros_where_that_is_asked() -> None:
    codes = np.array([[1, 2, 0, 3, 0], [4, 0, 0, 0, 0]])
    embedding = Embedding(7, 3, mask_zero=True)
    for layer in (
        LSTM(4, return_sequences=True, zero_output_for_mask=True),
        Bidirectional(GRU(4, return_sequences=True)),
    ):
        y = Sequential([embedding, layer]).predict(codes)
        np.testing.assert_array_equal((y == 0).all(axis=-1), codes == 0)
    back = LSTM(4, return_sequences=True, zero_output_for_mask=True, go_backwards=True)
    y = Sequential([embedding, back]).predict(codes)
    np.testing.assert_array_equal((y == 0).all(axis=-1), codes[:, ::-1] == 0)
    y = Sequential([embedding, LSTM(4, zero_output_for_mask=True)]).predict([[1, 2, 0], [1, 2, 3]])
    np.testing.assert_array_equal((y == 0).all(axis=-1), [True, False])


def test_old_initial_weights_of_an_embedding() -> None:
    table = RNG.normal(size=(7, 3))
    layer = Embedding(7, 3, weights=[table], trainable=False)
    np.testing.assert_allclose(layer(CODES), table[CODES], rtol=1e-6)
    assert layer.trainable_weights == [] and len(layer.non_trainable_weights) == 1


WRONG: list[tuple[Callable[[], object], str]] = [
    (lambda: LSTM(0), "units to be a whole number of at least 1; got 0"),
    (lambda: LSTM(2.5), "whole number"),
    (lambda: Dense(-1), "Dense expects units"),
    (lambda: LSTM(3, activation="rleu"), "did you mean 'relu'"),
    (lambda: LSTM(3, activation="softmax"), "couples the units"),
    (lambda: LSTM(3, recurrent_activation="log_softmax"), "recurrent_activation to act on each number"),
    (lambda: LSTM(3, activaton="relu"), "Did you mean 'activation'"),
    (lambda: LSTM(3, dropout=1.2), "dropout from 0 to 1; got 1.2"),
    (lambda: LSTM(3, time_major=True), "the samples on the first axis"),
    (lambda: LSTM(3, kernel_initializer="glorot"), "initializer 'glorot' is not known"),
    (lambda: GRU(0), "Instead: GRU(32)"),
    (
        lambda: GRU(3, recurrent_activation="softmax"),
        "GRU expects recurrent_activation to act on each number",
    ),
    (lambda: SimpleRNN(3, recurrent_activation="tanh"), "got recurrent_activation=. Did you mean"),
    (lambda: SimpleRNN(3, return_sequence=True), "'return_sequences' or 'return_state'"),
    (lambda: Bidirectional(Dense(3)), "layer to be recurrent; got Dense"),
    (lambda: Bidirectional("lstm"), "Bidirectional(LSTM(32))"),
    (lambda: Bidirectional(LSTM(3), merge_mode="add"), "merge_mode None or among concat, sum, mul, ave"),
    (
        lambda: Bidirectional(LSTM(3), backward_layer=LSTM(3, stateful=True, go_backwards=True)),
        "stateful alike in both layers",
    ),
    (lambda: Bidirectional(LSTM(3), backward_layer=LSTM(3)), "opposite directions"),
    (
        lambda: Bidirectional(LSTM(3), backward_layer=LSTM(3, return_sequences=True, go_backwards=True)),
        "return_sequences alike",
    ),
    (
        lambda: Bidirectional(LSTM(3), "mul", backward_layer=LSTM(4, go_backwards=True)),
        "as many units in both layers to mul them; got 3 and 4",
    ),
    (lambda: Dense(3, kernel_regularizer="l3"), "did you mean 'l2' or 'l1'"),
    (lambda: Dense(3, activation=3), "a name or a function over tidegate.ops"),
    (lambda: Embedding(0, 3), "input_dim"),
    (lambda: Dropout(1.1), "rate from 0 to 1"),
    (lambda: Reshape((-1, -1)), "one of them perhaps -1"),
    (lambda: RepeatVector(0), "n to be a whole number"),
    (lambda: TimeDistributed("dense"), "expects a layer"),
    (lambda: LSTM(3, input_shape=(0, 1)), "sizes of at least 1"),
    (lambda: Input((-1, 1)), "sizes of at least 1"),
    (lambda: Input(), "a shape"),
    (lambda: LSTM(3, dtype="float64"), "float32"),
    (lambda: deserialize({"class_name": "Lambda", "config": {}}), "layers of tidegate.layers"),
    (
        lambda: deserialize({"class_name": "LSTM", "module": "os", "config": {"units": 1}}),
        "layers of tidegate.layers",
    ),
]


@pytest.mark.parametrize(("line", "message"), WRONG, ids=[m for _, m in WRONG])
def test_a_mistake_is_said_on_its_line(line: Callable[[], object], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        line()
    assert message in str(caught.value)


def test_a_layer_that_does_not_fit_says_what_to_write() -> None:
    with pytest.raises(ShapeError, match="`return_sequences=True` on LSTM"):
        Sequential([LSTM(3, input_shape=(5, 1)), LSTM(3)])
    with pytest.raises(ShapeError, match="`return_sequences=False` on LSTM"):
        Sequential([LSTM(3, input_shape=(5, 1), return_sequences=True), RepeatVector(2)])
    with pytest.raises(ShapeError, match="`return_sequences=True` on LSTM"):
        Sequential([LSTM(3, input_shape=(5, 1)), TimeDistributed(Dense(1))])
    with pytest.raises(ShapeError, match="Reshape"):
        Sequential([Reshape((3, 4), input_shape=(5, 1))])
    with pytest.raises(ShapeError, match="put it first"):
        Sequential([Dense(3, input_shape=(5,)), Embedding(3, 2)]).predict(np.zeros((1, 5)))
    shared = Dense(3)
    Sequential([Input((5,)), shared])
    with pytest.raises(ShapeError, match="for which its weights were made"):
        Sequential([Input((6,)), shared])


def test_a_layer_of_ones_own() -> None:
    class Scale(Layer):
        def build(self, input_shape: tuple[int | None, ...]) -> None:
            self.factor = self.add_weight((input_shape[-1], input_shape[-1]), "identity", "factor")

        def call(self, inputs: ops.Value) -> ops.Value:
            found: ops.Value = ops.dense(inputs, self.factor.value, None)
            return found

    model = Sequential([Scale(input_shape=(3,))])
    model.compile("sgd", "mse")
    x = RNG.normal(size=(20, 3))
    np.testing.assert_allclose(model.predict(x), x, rtol=1e-6)
    losses = model.fit(x, 2 * x, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert model.get_config()["layers"][1]["registered_name"] == "Scale"
