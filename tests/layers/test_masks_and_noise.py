"""What masks and random draws do in the layers that are not recurrent, and what is refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate import layers as L
from tidegate.errors import ArgumentError, DataError, ShapeError
from tidegate.models import Model, Sequential, load_model

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 6, 3)).astype(np.float32)
ONES = np.ones((50, 20, 30), np.float32)


def test_masking_leaves_out_steps_that_equal_the_value_in_all_features() -> None:
    x = X.copy()
    x[0, 4:] = -1
    x[1, 2] = -1
    x[2, 1, 0] = -1  # one feature alone says nothing
    x[3] = -1
    model = Sequential([L.Input((6, 3)), L.Masking(-1.0), L.LSTM(4)])
    y = model.predict(x, verbose=0)
    layer = model.layers[-1]
    np.testing.assert_allclose(y[:1], layer(x[:1, :4]), rtol=1e-5)
    np.testing.assert_allclose(y[1:2], layer(np.delete(x[1:2], 2, axis=1)), rtol=1e-5)
    np.testing.assert_allclose(y[2:3], layer(x[2:3]), rtol=1e-5)
    np.testing.assert_array_equal(y[3], np.zeros(4))
    np.testing.assert_array_equal(L.Masking(-1.0)(x)[1, 2], np.zeros(3))


def test_a_mask_may_be_asked_for_and_handed_over() -> None:
    codes, x = L.Input((4,), dtype="int32"), L.Input((6, 3))
    looked_up, masking = L.Embedding(5, 3, mask_zero=True), L.Masking(-1.0)
    gru = L.GRU(2)
    mask = masking.compute_mask(x)
    by_hand = Model(x, [gru(x, mask=mask), gru(masking(x)), mask])
    data = np.where(np.arange(6)[:, None] < 4, X, -1.0)
    one, other, counts = by_hand.predict(data, verbose=0)
    np.testing.assert_allclose(one, other, atol=1e-6)
    np.testing.assert_array_equal(counts, masking.compute_mask(data))
    numbers = np.array([[1, 2, 0, 0], [0, 0, 0, 4]])
    by_hand = Model(codes, looked_up.compute_mask(codes))
    np.testing.assert_array_equal(by_hand.predict(numbers, verbose=0), looked_up.compute_mask(numbers))


def masked(*stack: Any) -> np.ndarray:
    codes = np.array([[1, 2, 3, 0], [4, 0, 0, 0]])
    return Sequential([L.Input((4,), dtype="int32"), L.Embedding(5, 3, mask_zero=True), *stack]).predict(
        codes, verbose=0
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: L.Activation("tanh"),
        lambda: L.BatchNormalization(),
        lambda: L.Dropout(0.2),
        lambda: L.ELU(),
        lambda: L.GaussianNoise(0.2),
        lambda: L.Identity(),
        lambda: L.LayerNormalization(),
        lambda: L.LeakyReLU(),
        lambda: L.PReLU(),
        lambda: L.ReLU(),
        lambda: L.Rescaling(2.0),
        lambda: L.SpatialDropout1D(0.2),
        lambda: L.UnitNormalization(),
    ],
)
def test_a_layer_that_keeps_steps_keeps_the_mask(make: Callable[[], L.Layer], recwarn: Any) -> None:
    y = masked(make(), L.LSTM(2, return_sequences=True))
    np.testing.assert_array_equal(y[1, 0], y[1, 3])  # a masked step repeats the one before
    assert not [w for w in recwarn if "mask" in str(w.message)]


@pytest.mark.parametrize(
    "make",
    [
        lambda: L.Conv1D(2, 2),
        lambda: L.MaxPooling1D(2),
        lambda: L.GlobalMaxPooling1D(),
        lambda: L.Permute((2, 1)),
        lambda: L.ZeroPadding1D(1),
    ],
)
def test_a_layer_that_changes_steps_says_that_the_mask_ends(make: Callable[[], L.Layer]) -> None:
    with pytest.warns(UserWarning, match="passes no mask on"):
        masked(make())


def test_masks_of_merged_inputs_are_joined() -> None:
    a, b = L.Input((4,), dtype="int32"), L.Input((4,), dtype="int32")
    one, two = L.Embedding(5, 3, mask_zero=True)(a), L.Embedding(5, 3, mask_zero=True)(b)
    x = [np.array([[1, 2, 0, 0]]), np.array([[3, 0, 0, 0]])]
    for join in (L.Add(), L.Multiply(), L.Maximum(), L.Average(), L.Concatenate()):
        joined = Model([a, b], L.LSTM(2, return_sequences=True)(join([one, two])))
        y = joined.predict(x, verbose=0)
        assert np.abs(y[0, 1] - y[0, 0]).max() > 0  # either input has the second step
        np.testing.assert_array_equal(y[0, 1], y[0, 3])


def test_a_softmax_gives_nothing_to_what_does_not_count() -> None:
    mask = np.array([[1, 1, 0], [1, 0, 1]], np.float32)
    y = L.Softmax()(np.zeros((2, 3), np.float32), mask=mask)
    np.testing.assert_allclose(y, mask / 2)


def test_attention_looks_at_what_counts_and_not_ahead() -> None:
    q, v = X[:, :4], X
    for layer in (L.Attention(), L.AdditiveAttention(), L.Attention(score_mode="concat")):
        mask = np.ones((4, 6), np.float32)
        mask[:, 3:] = 0
        y = layer([q, v], mask=[np.ones((4, 4), np.float32), mask])
        np.testing.assert_allclose(y, layer([q, v[:, :3]]), rtol=1e-5, atol=1e-6)
        first, scores = layer([v, v], use_causal_mask=True, return_attention_scores=True)
        np.testing.assert_allclose(first[:, 0], v[:, 0], rtol=1e-5)
        assert scores.shape == (4, 6, 6) and np.abs(np.triu(scores[0], 1)).max() < 1e-6
        np.testing.assert_allclose(scores.sum(axis=-1), 1, rtol=1e-5)


def test_several_heads_look_at_what_counts_and_not_ahead() -> None:
    layer = L.MultiHeadAttention(2, 3, output_shape=5)
    q, v, mask = X[:, :4], X, np.ones((4, 6), np.float32)
    mask[:, 3:] = 0
    y = layer(q, v, value_mask=mask)
    assert y.shape == (4, 4, 5)
    np.testing.assert_allclose(y, layer(q, v[:, :3]), rtol=1e-5, atol=1e-6)
    seen, scores = layer(v, v, use_causal_mask=True, return_attention_scores=True)
    np.testing.assert_allclose(seen[:, 0], layer(v[:, :1], v[:, :1])[:, 0], rtol=1e-5, atol=1e-6)
    assert scores.shape == (4, 2, 6, 6) and np.abs(np.triu(scores[0, 0], 1)).max() == 0
    np.testing.assert_allclose(scores.sum(axis=-1), 1, rtol=1e-5)


def test_several_heads_say_nothing_of_the_masks_that_they_heed() -> None:
    x = L.Masking(0.0)(L.Input((6, 3)))
    model = Model(x.call.inputs, L.MultiHeadAttention(2, 3)(x, x))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(X, verbose=0)


def test_several_heads_are_kept_in_a_file(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    a, b = L.Input((4, 3)), L.Input((6, 3))
    model = Model([a, b], L.MultiHeadAttention(2, 3, value_dim=2, dropout=0.1)(a, b))
    model.save(tmp_path / "heads.keras")
    x = [X[:, :4], X]
    again = load_model(tmp_path / "heads.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_noise_is_drawn_while_training_alone() -> None:
    for layer in (
        L.Dropout(0.25, seed=1),
        L.Dropout(0.25, (None, 1, None), seed=1),
        L.SpatialDropout1D(0.25, seed=1),
        L.GaussianDropout(0.2, seed=1),
        L.GaussianNoise(0.5, seed=1),
        L.AlphaDropout(0.25, seed=1),
    ):
        np.testing.assert_array_equal(layer(ONES), ONES)
        assert not np.array_equal(layer(ONES, training=True), ONES)


def test_noise_has_the_moments_that_it_should_have() -> None:
    added = L.GaussianNoise(0.5, seed=1)(0 * ONES, training=True)
    assert abs(added.mean()) < 0.01 and abs(added.std() - 0.5) < 0.01
    factor = L.GaussianDropout(0.2, seed=1)(ONES, training=True)
    assert abs(factor.mean() - 1) < 0.01 and abs(factor.std() - 0.5) < 0.01
    x = RNG.normal(size=ONES.shape).astype(np.float32)
    kept = L.AlphaDropout(0.25, seed=1)(x, training=True)
    assert abs(kept.mean()) < 0.03 and abs(kept.std() - 1) < 0.03
    assert (
        L.AlphaDropout(0.25, seed=1)(x, training=True).std()
        != L.AlphaDropout(0.25, seed=2)(x, training=True).std()
    )


def test_what_is_dropped_together() -> None:
    y = L.SpatialDropout1D(0.25, seed=1)(ONES, training=True)
    assert (y == y[:, :1]).all() and 0.2 < (y == 0).mean() < 0.3
    y = L.Dropout(0.25, (1, None, 1), seed=1)(ONES, training=True)
    assert (y == y[:1, :, :1]).all() and {0.0, np.float32(1 / 0.75)} == set(np.unique(y).tolist())


def test_all_can_be_dropped() -> None:
    for layer in (L.Dropout(1.0), L.SpatialDropout1D(1), L.Dropout(1.0, (None, 1, 1))):
        np.testing.assert_array_equal(layer(ONES, training=True), 0 * ONES)


def test_statistics_follow_each_call_of_a_batch() -> None:
    layer = L.BatchNormalization(momentum=0.5)
    a, b = L.Input((3,)), L.Input((3,))
    model = Model([a, b], L.add([layer(a), layer(b)]))
    model.compile("sgd", "mse")
    x, z = X[:, 0] + 1, X[:, 1] - 2
    model.train_on_batch([x, z], x)
    np.testing.assert_allclose(layer.moving_mean.numpy(), 0.25 * x.mean(0) + 0.5 * z.mean(0), rtol=1e-4)


@pytest.mark.filterwarnings("ignore:.*passes no mask on")
def test_a_layer_that_hands_out_its_input_passes_no_mask_by_that() -> None:
    x = np.ones((2, 3, 1), np.float32)
    x[0, 1:] = 0
    found = []
    for layer in (L.Dropout(0.0), L.ZeroPadding1D(0)):
        model = Sequential([L.Input((3, 1)), L.Masking(), layer])
        model.compile("sgd", "mse")
        found.append(model.evaluate(x, 0 * x, verbose=0))
    assert found == pytest.approx([1, 4 / 6])


def test_batch_statistics_are_used_in_training_and_followed_by_what_predicts() -> None:
    layer = L.BatchNormalization(momentum=0.5)
    model = Sequential([L.Input((6, 3)), layer])
    model.compile("sgd", "mse")
    x = 3 * X + 2
    for _ in range(2):
        model.fit(x, x, batch_size=4, verbose=0)
    mean, variance = (w.numpy() for w in layer.weights[2:])
    m, v = x.mean(axis=(0, 1)), x.var(axis=(0, 1))
    np.testing.assert_allclose(mean, 0.75 * m, rtol=1e-5)
    np.testing.assert_allclose(variance, 0.25 + 0.75 * v, rtol=1e-5)
    before = layer.get_weights()
    model.evaluate(x, x, verbose=0), model.predict(x, verbose=0)
    for a, b in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    layer.trainable = False
    frozen = Sequential([L.Input((6, 3)), layer, L.Dense(3)])
    frozen.compile("sgd", "mse")
    frozen.fit(x, x, verbose=0)
    for a, b in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_normalization_learns_from_an_array_or_from_batches() -> None:
    x = RNG.normal(2, 3, size=(50, 6, 3))
    whole, parts, way_back = L.Normalization(), L.Normalization(), L.Normalization(invert=True)
    whole.adapt(x)
    parts.adapt(x[k : k + 20] for k in range(0, 50, 20))
    way_back.adapt(x)
    for a, b in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    y = whole(x)
    np.testing.assert_allclose(y.mean(axis=(0, 1)), 0, atol=1e-5)
    np.testing.assert_allclose(y.std(axis=(0, 1)), 1, rtol=1e-4)
    np.testing.assert_allclose(way_back(y), x, rtol=1e-4, atol=1e-4)
    one = L.Normalization(axis=None)
    one.adapt(x)
    np.testing.assert_allclose(one(x), (x - x.mean()) / x.std(), rtol=1e-4, atol=1e-4)
    assert whole.trainable_weights == [] and whole.get_weights()[2] == 300


WRONG: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: L.Conv1D(0, 3), ArgumentError, "filters to be a whole number"),
    (lambda: L.Conv1D(4, 0), ArgumentError, "kernel_size to be a whole number"),
    (lambda: L.Conv1D(4, 3, padding="sames"), ArgumentError, "did you mean 'same'"),
    (lambda: L.Conv1D(4, 3, strides=2, dilation_rate=2), ArgumentError, "strides or dilation_rate"),
    (lambda: L.Conv1D(4, 3, groups=3), ArgumentError, "filters that 3 groups divide"),
    (lambda: L.Conv1D(4, 3, groups=2)(X), ShapeError, "channels that 2 groups divide; got 3"),
    (lambda: L.Conv1D(4, 9)(X), ShapeError, "padding='same'"),
    (lambda: L.Conv1D(4, 3)(X[0]), ShapeError, "timesteps, features"),
    (lambda: L.MaxPooling1D(9)(X), ShapeError, "at least 9 timesteps"),
    (lambda: L.Cropping1D(3)(X), ShapeError, "more than 6 timesteps"),
    (lambda: L.ZeroPadding1D((1, 2, 3)), ArgumentError, "one number or two"),
    (lambda: L.Permute((1, 1)), ArgumentError, "each once"),
    (lambda: L.Permute((2, 1, 3))(X), ShapeError, "samples of 3 axes"),
    (lambda: L.GaussianNoise(2.0), ArgumentError, "stddev from 0 to 1"),
    (lambda: L.Dropout(0.2, noise_shape="x"), ArgumentError, "noise_shape as sizes"),
    (lambda: L.Dropout(0.2, noise_shape=(None, 2, 3))(X, training=True), ShapeError, "1, None or those"),
    (lambda: L.ReLU(-1.0), ArgumentError, "max_value as a number from 0 on"),
    (lambda: L.PReLU(shared_axes=0), ArgumentError, "shared_axes from 1 on"),
    (lambda: L.LayerNormalization(axis=3)(X), ShapeError, "axes from 1 to 2"),
    (lambda: L.BatchNormalization(axis="x"), ArgumentError, "axis as a whole number"),
    (lambda: L.Add()(X), ShapeError, "Add()([a, b])"),
    (lambda: L.Add()([X, X[:, :2]]), ShapeError, "inputs of one shape"),
    (lambda: L.Subtract()([X, X, X]), ShapeError, "two inputs"),
    (lambda: L.Concatenate()([X, X[:, :2]]), ShapeError, "differ on axis -1 alone"),
    (lambda: L.Dot(axes=0), ArgumentError, "none of them 0"),
    (lambda: L.Dot(axes=(1, 2))([X, X]), ShapeError, "as many numbers"),
    (lambda: L.Attention(score_mode="dots"), ArgumentError, "did you mean 'dot'"),
    (lambda: L.AdditiveAttention(score_mode="dot"), ArgumentError, "arguments among use_scale, dropout"),
    (lambda: L.Average()(L.Input((3,))), ShapeError, "a list of at least 1 input; got one"),
    (lambda: L.Attention()(X), ShapeError, "[query, value]"),
    (lambda: L.Attention()([X, X[..., :2]]), ShapeError, "as many features"),
    (lambda: L.Masking("x"), ArgumentError, "a number"),
    (lambda: L.Normalization(mean=1.0), ArgumentError, "or neither"),
    (lambda: L.Normalization().adapt([]), DataError, "at least one batch"),
    (lambda: L.Lambda(3), ArgumentError, "a function"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "kind", "message"), WRONG, ids=[m for _, _, m in WRONG])
def test_a_mistake_is_said_on_its_line(line: Callable[[], Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        line()
    assert message.lower() in str(caught.value).lower()
