"""What the recurrent layers take and give beside the sequence: states, what they carry on, what they drop."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import kernels, utils
from tidegate.errors import ArgumentError, ShapeError
from tidegate.layers import GRU, LSTM, Bidirectional, Dense, Embedding, Input, SimpleRNN, TimeDistributed
from tidegate.models import Model, Sequential

RNG = np.random.default_rng(7)
KINDS: list[Any] = [LSTM, GRU, lambda *a, **k: GRU(*a, reset_after=False, **k), SimpleRNN]
NAMES = ["lstm", "gru", "gru before", "simple"]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=NAMES)


def draw(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


@each_kind
def test_states_come_last(kind: Any, isa: str) -> None:
    x = draw(2, 5, 3)
    layer = kind(4, return_sequences=True, return_state=True)
    y, h, *c = layer(x)
    assert y.shape == (2, 5, 4) and [s.shape for s in (h, *c)] == [(2, 4)] * layer.op.cells
    np.testing.assert_array_equal(y[:, -1], h)


@each_kind
def test_a_sequence_may_be_cut_where_states_are_handed_on(kind: Any, isa: str) -> None:
    x = draw(2, 7, 3)
    layer = kind(4, return_state=True)
    whole = layer(x)
    _, *states = layer(x[:, :3])
    for again in (layer(x[:, 3:], initial_state=states), layer([x[:, 3:], *states])):
        for one, other in zip(again, whole, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6)


@each_kind
def test_symbolic_states(kind: Any) -> None:
    layer = kind(4, return_state=True)
    a, states = Input((5, 3)), [Input((4,)) for _ in range(layer.op.cells)]
    for y in (layer(a, initial_state=states), layer([a, *states])):
        assert [t.shape for t in y] == [(None, 4)] * (1 + layer.op.cells)
        model = Model([a, *states], y)
        x, zeros = draw(2, 5, 3), [np.zeros((2, 4), np.float32)] * layer.op.cells
        for one, other in zip(model.predict([x, *zeros]), layer(x), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6)


def test_states_that_do_not_fit_are_refused() -> None:
    x, h = draw(2, 5, 3), draw(2, 4)
    with pytest.raises(ShapeError, match=r"2 initial states of shape \(samples, 4\); got \(None, 4\)"):
        LSTM(4)(x, initial_state=[h])
    with pytest.raises(ShapeError, match=r"1 initial state of shape \(samples, 3\)"):
        GRU(3)(x, initial_state=h)


@each_kind
def test_a_stateful_layer_goes_on_where_it_was(kind: Any, isa: str) -> None:
    x = draw(2, 8, 3)
    layer = kind(4, stateful=True, batch_input_shape=(2, 4, 3))
    model = Sequential([layer])
    plain = kind(4)
    plain(x)
    plain.set_weights(layer.get_weights())
    halves = np.concatenate([x[:, :4], x[:, 4:]])
    np.testing.assert_allclose(model.predict(halves, batch_size=2)[2:], plain(x), atol=1e-6)
    model.reset_states()
    np.testing.assert_allclose(model.predict(x[:, :4], batch_size=2), plain(x[:, :4]), atol=1e-6)
    with pytest.raises(ShapeError, match="batches of 2 samples, whose states it carries on"):
        model.predict(x[:1, :4])
    model.reset_states()
    np.testing.assert_allclose(model.predict(x[:1, :4]), plain(x[:1, :4]), atol=1e-6)


@each_kind
@pytest.mark.parametrize("backwards", [False, True])
def test_before_the_first_step_that_counts_there_is_no_output_to_repeat(
    kind: Any, backwards: bool, isa: str
) -> None:
    x, mask = draw(3, 4, 2), np.array([[0, 1, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]], np.float32)
    layer = kind(2, return_sequences=True, return_state=True, go_backwards=backwards)
    states = [draw(3, 2) for _ in range(layer.op.cells)]
    y, *after = layer(x, mask=mask, initial_state=states)
    begun = np.cumsum(mask[:, ::-1] if backwards else mask, axis=1) > 0
    np.testing.assert_array_equal(y[~begun], np.zeros_like(y[~begun]))
    short, *last = layer(x[:1, 1:3], initial_state=[s[:1] for s in states])
    np.testing.assert_allclose(y[0, 1:], short[0, [0, 1, 1]], atol=1e-6)
    for before, found, expected in zip(states, after, last, strict=True):
        np.testing.assert_allclose(found[:2], [expected[0], before[1]], atol=1e-6)
    ending = kind(2, go_backwards=backwards)
    ending(x)
    ending.set_weights(layer.get_weights())
    np.testing.assert_array_equal(ending(x, mask=mask, initial_state=states), y[:, -1])


def test_states_may_be_set() -> None:
    x, h, c = draw(2, 4, 3), draw(2, 4), draw(2, 4)
    layer = LSTM(4, stateful=True, input_shape=(4, 3))
    model = Sequential([layer])
    layer.reset_states([h, c])
    y = model.predict(x)
    plain = LSTM(4)
    plain(x)
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(y, plain(x, initial_state=[h, c]), atol=1e-6)
    with pytest.raises(ArgumentError, match="stateful=True and 2 states; got stateful=False"):
        plain.reset_states([h, c])


@pytest.mark.parametrize("threads", [1, 3])
def test_training_carries_states_on(threads: int, isa: str) -> None:
    """Two batches that hang together are trained on as when their states are given by hand."""
    before = kernels.get_threads()
    kernels.set_threads(threads)
    try:
        x, y = np.random.default_rng(1).normal(size=(128, 6, 3)), np.zeros((128, 1))
        utils.set_random_seed(3)
        model = Sequential([LSTM(17, stateful=True, input_shape=(6, 3)), Dense(1)])
        model.compile("sgd", "mse")
        history = model.fit(x, y, batch_size=64, shuffle=False, verbose=0)
        utils.set_random_seed(3)
        layer = LSTM(17, return_state=True)
        a, given = Input((6, 3)), [Input((17,)), Input((17,))]
        out, *states = layer(a, initial_state=given)
        trained, shown = Model([a, *given], Dense(1)(out)), Model([a, *given], states)
        trained.set_weights(model.get_weights())
        del history
        model.reset_states()
        trained.compile("sgd", "mse")
        model.fit(x, y, batch_size=64, shuffle=False, verbose=0)
        zeros = [np.zeros((64, 17), np.float32)] * 2
        handed = shown.predict([x[:64], *zeros])
        trained.train_on_batch([x[:64], *zeros], y[:64])
        trained.train_on_batch([x[64:], *handed], y[64:])
        for one, other in zip(model.get_weights(), trained.get_weights(), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6)
    finally:
        kernels.set_threads(before)


# Dropout.


def fed_through(kind: Any, **arguments: Any) -> Any:
    """A layer that hands on what it is given: its outputs show what was dropped."""
    layer = kind(50, activation="linear", use_bias=False, return_sequences=True, seed=5, **arguments)
    layer(np.zeros((1, 3, 50), np.float32))
    layer.set_weights([np.eye(50), np.zeros((50, 50))])
    return layer


def test_inputs_are_dropped_alike_at_all_steps(isa: str) -> None:
    layer, ones = fed_through(SimpleRNN, dropout=0.25), np.ones((40, 3, 50), np.float32)
    y = layer(ones, training=True)
    assert set(np.unique(y)) <= {0, np.float32(1 / 0.75)}
    assert 0.2 < (y == 0).mean() < 0.3
    np.testing.assert_array_equal(y[:, 0], y[:, 2])
    assert (y[0] != y[1]).any()
    np.testing.assert_array_equal(layer(ones), ones)


def test_states_are_dropped_alike_at_all_steps(isa: str) -> None:
    layer = fed_through(SimpleRNN, recurrent_dropout=0.25)
    layer.set_weights([np.eye(50), np.eye(50)])
    y = layer(np.ones((40, 3, 50), np.float32), training=True)
    factor = y[:, 1] - 1  # h_2 = 1 + m, h_3 = 1 + m h_2
    assert 0.2 < (factor == 0).mean() < 0.3
    np.testing.assert_allclose(y[:, 2], 1 + factor * y[:, 1], atol=1e-5)


@each_kind
@pytest.mark.parametrize(
    "rates",
    [{"dropout": 0.4}, {"recurrent_dropout": 0.4}, {"dropout": 0.3, "recurrent_dropout": 0.3}],
    ids=str,
)
def test_what_is_dropped_depends_on_the_seed_alone(kind: Any, rates: dict[str, float]) -> None:
    x = np.random.default_rng(2).normal(size=(100, 5, 3)).astype(np.float32)

    def trained(isa: str, threads: int) -> list[np.ndarray]:
        before = kernels.get_threads()
        kernels.set_isa(isa)
        kernels.set_threads(threads)
        utils.set_random_seed(1)
        model = Sequential([kind(40, return_sequences=True, input_shape=(5, 3), **rates), Dense(1)])
        model.compile("sgd", "mse")
        model.fit(x, x[..., :1], batch_size=50, verbose=0)
        kernels.set_isa(None)
        kernels.set_threads(before)
        return model.get_weights()

    best = kernels.instruction_sets()[0]
    first = trained(best, 1)
    for one, other in zip(first, trained(best, 3), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(first, trained("reference", 1), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


# Both directions, and layers at each step.


def test_both_directions_give_their_states() -> None:
    x = draw(2, 5, 3)
    layer = Bidirectional(LSTM(4, return_state=True, return_sequences=True), merge_mode=None)
    y, back, h, c, back_h, back_c = layer(x)
    np.testing.assert_array_equal(y[:, -1], h)
    np.testing.assert_array_equal(back[:, 0], back_h)
    again = Bidirectional(LSTM(4, return_sequences=True))
    again(x)
    again.set_weights(layer.get_weights())
    both = again(x, initial_state=[h, c, back_h, back_c])
    np.testing.assert_allclose(both[..., :4], layer.forward_layer(x, initial_state=[h, c])[0], atol=1e-6)
    assert [tuple(s) for s in layer.compute_output_shape((None, 5, 3))] == [(None, 5, 4)] * 2 + [
        (None, 4)
    ] * 4


@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave", None])
def test_both_directions_come_back_from_their_description(merge: str | None) -> None:
    x = draw(2, 5, 3)
    one = Bidirectional(GRU(4, return_state=True, stateful=True), merge_mode=merge)
    first = one(x)
    other = Bidirectional.from_config(one.get_config())
    other(x)
    other.set_weights(one.get_weights())
    one.reset_states()
    other.reset_states()
    assert (other.merge_mode, other.stateful, other.return_state) == (merge, True, True)
    for a, b, c in zip(first, one(x), other(x), strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(b, c)
    assert any((a != b).any() for a, b in zip(first, one(x), strict=True))  # it went on from there


@each_kind
def test_a_description_holds_every_argument(kind: Any) -> None:
    given = {
        "return_state": True,
        "stateful": True,
        "dropout": 0.25,
        "recurrent_dropout": 0.5,
        "unroll": True,
    }
    layer = kind(4, **given)
    again = type(layer).from_config(layer.get_config())
    assert {name: again.get_config()[name] for name in given} == given
    assert again.get_config() == layer.get_config()


def test_any_layer_at_each_step() -> None:
    x = draw(2, 3, 5, 4)
    layer = TimeDistributed(LSTM(6))
    y = layer(x)
    for t in range(3):
        np.testing.assert_allclose(y[:, t], layer.layer(x[:, t]), atol=1e-6)
    inner = Sequential([Input((5,), dtype="int32"), Embedding(9, 3, mask_zero=True), LSTM(2), Dense(1)])
    codes = RNG.integers(0, 9, (2, 3, 5))
    y = TimeDistributed(inner)(codes)
    for t in range(3):
        np.testing.assert_allclose(y[:, t], inner.predict(codes[:, t]), atol=1e-6)


@pytest.mark.parametrize(("kind", "states"), [(SimpleRNN, 3), (GRU, 3), (LSTM, [3, 3])])
def test_what_scripts_read_of_a_layer(kind: Any, states: Any) -> None:
    layer = kind(3, name="rnn", stateful=True)
    y = layer(draw(2, 4, 1))
    assert layer.cell.units == 3 and layer.state_size == states
    assert layer.cell.kernel.shape[0] == layer.kernel.ndim - 1 == 1
    assert (layer.dtype, layer.compute_dtype, layer.kernel.dtype) == ("float32",) * 3
    assert layer.kernel.path == layer.kernel.name and layer.path == "rnn" and layer.metrics == []
    np.testing.assert_array_equal(np.asarray(layer.states[0]), y)
    assert [s.shape for s in layer.get_initial_state(2)] == [(2, 3)] * len(layer.states)
    before = layer.kernel.numpy()
    layer.kernel.assign_add(0 * before + 2)
    layer.kernel.assign_sub(0 * before + 1)
    np.testing.assert_allclose(layer.kernel.numpy(), before + 1, rtol=1e-6)
