"""The layers that are not recurrent, each inside a small training."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.case import Case, Cases
from tests.parity.case import sequences as data
from tests.parity.case import sequential as model

CASES = Cases()


def trained(k: Any, x: Any, net: Any, batch_size: int = 8, rate: float = 0.02) -> Case:
    """Compile a model and give it random targets of its output's shape."""
    net.compile(optimizer=k.optimizers.Adam(rate), loss="mse", metrics=["mae"])
    n = len(x[0] if isinstance(x, list) else x)
    shape = (n, *(net.output_shape[1:]))
    y = np.random.RandomState(9).randn(*shape).astype("float32")
    return net, x, y, {"batch_size": batch_size}


def padded(n: int, steps: int, codes: int, seed: int) -> np.ndarray:
    rng = np.random.RandomState(seed)
    return rng.randint(1, codes, size=(n, steps)) * (
        np.arange(steps) < rng.randint(1, steps + 1, size=(n, 1))
    )


@CASES.case
def causal_convolution_before_an_lstm(k: Any) -> Case:
    x, _ = data(26, 9, 3)
    L = k.layers
    stack = [
        L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu"),
        L.MaxPooling1D(2),
        L.LSTM(3),
        L.Dense(1),
    ]
    return trained(k, x, model(k, x, stack))


@CASES.case
def strides_groups_and_padded_windows(k: Any) -> Case:
    x, _ = data(26, 11, 2, 1)
    L = k.layers
    stack = [
        L.Conv1D(4, 3, strides=2, padding="same"),
        L.Conv1D(6, 2, groups=2, padding="same", activation="tanh", use_bias=False),
        L.AveragePooling1D(3, 1, padding="same"),
        L.GlobalAveragePooling1D(),
        L.Dense(2),
    ]
    return trained(k, x, model(k, x, stack))


@CASES.case
def separable_and_depthwise(k: Any) -> Case:
    x, _ = data(26, 9, 3, 2)
    L = k.layers
    stack = [
        L.SeparableConv1D(5, 3, depth_multiplier=2, activation="tanh"),
        L.DepthwiseConv1D(3, padding="same", activation="relu"),
        L.MaxPooling1D(3, 2, padding="same"),
        L.GlobalMaxPooling1D(keepdims=True),
        L.Flatten(),
        L.Dense(2),
    ]
    return trained(k, x, model(k, x, stack))


@CASES.case
def an_autoencoder_of_convolutions(k: Any) -> Case:
    x, _ = data(26, 8, 2, 19)
    L = k.layers
    stack = [
        L.Conv1D(4, 5, padding="same", strides=2, activation="relu"),
        L.Dropout(0.0),
        L.Conv1D(3, 5, padding="same", strides=2, activation="relu"),
        L.Conv1DTranspose(3, 5, padding="same", strides=2, activation="relu"),
        L.Conv1DTranspose(4, 5, padding="same", strides=2, activation="relu"),
        L.Conv1DTranspose(2, 3, padding="valid"),
    ]
    return trained(k, x, model(k, x, stack))


@CASES.case
def channels_before_steps(k: Any) -> Case:
    x, _ = data(26, 3, 10, 3)
    L = k.layers
    stack = [
        L.Conv1D(4, 3, data_format="channels_first"),
        L.MaxPooling1D(2, data_format="channels_first"),
        L.ZeroPadding1D((1, 0), data_format="channels_first"),
        L.GlobalAveragePooling1D(data_format="channels_first"),
        L.Dense(1),
    ]
    return trained(k, x, model(k, x, stack))


@CASES.case
def batch_normalization(k: Any) -> Case:
    x, _ = data(26, 5, 3, 4)
    L = k.layers
    stack = [
        L.BatchNormalization(momentum=0.8),
        L.LSTM(4, return_sequences=True),
        L.BatchNormalization(scale=False, epsilon=1e-2, momentum=0.5),
        L.LSTM(3),
        L.BatchNormalization(center=False, momentum=0.5),
        L.Dense(1),
    ]
    return trained(k, x * 2 + 1, model(k, x, stack))


@CASES.case
def batch_normalization_under_a_mask(k: Any) -> Case:
    x = padded(26, 6, 7, 5)
    L = k.layers
    stack = [L.Embedding(7, 3, mask_zero=True), L.BatchNormalization(momentum=0.5), L.LSTM(4), L.Dense(1)]
    return trained(k, x, model(k, x, stack, "int32"))


@CASES.case
def batch_normalization_of_steps_and_frozen(k: Any) -> Case:
    x, _ = data(26, 5, 3, 6)
    L = k.layers
    frozen = L.BatchNormalization()
    frozen.trainable = False
    stack = [L.BatchNormalization(axis=1, momentum=0.5), frozen, L.Flatten(), L.Dense(1)]
    return trained(k, x, model(k, x, stack))


@CASES.case
def layer_and_unit_normalization(k: Any) -> Case:
    x, _ = data(26, 5, 4, 7)
    L = k.layers
    stack = [
        L.LayerNormalization(),
        L.Dense(3),
        L.LayerNormalization(axis=[1, 2], scale=False),
        L.LayerNormalization(epsilon=0.1, center=False),
        L.UnitNormalization(),
        L.Flatten(),
        L.Dense(1),
    ]
    return trained(k, x, model(k, x, stack))


@CASES.case
def activations_as_layers(k: Any) -> Case:
    x, _ = data(26, 5, 4, 8)
    L = k.layers
    stack = [
        L.Dense(6),
        L.PReLU("uniform", shared_axes=[1]),
        L.Dense(6),
        L.LeakyReLU(0.1),
        L.Dense(6),
        L.ELU(0.5),
        L.Dense(6),
        L.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.2),
        L.Softmax(axis=1),
        L.Softmax(axis=[1, 2]),
        L.Flatten(),
        L.Dense(1),
    ]
    return trained(k, x, model(k, x, stack))


@CASES.case
def masking_of_sequences(k: Any) -> Case:
    x, rng = data(26, 7, 2, 9)
    x[rng.rand(26, 7) < 0.3] = -1.0
    L = k.layers
    stack = [L.Masking(-1.0), L.LSTM(4, return_sequences=True), L.LayerNormalization(), L.Dense(2)]
    return trained(k, x, model(k, x, stack))


@CASES.case
def masked_mean_of_steps(k: Any) -> Case:
    x = padded(26, 6, 7, 10)
    L = k.layers
    stack = [L.Embedding(7, 3, mask_zero=True), L.GlobalAveragePooling1D(), L.Dense(1)]
    return trained(k, x, model(k, x, stack, "int32"))


@CASES.case
def moved_numbers(k: Any) -> Case:
    x, _ = data(26, 6, 3, 11)
    L = k.layers
    stack = [
        L.Permute((2, 1)),
        L.ZeroPadding1D(2),
        L.Cropping1D((1, 0)),
        L.UpSampling1D(2),
        L.LSTM(3),
        L.RepeatVector(4),
        L.Reshape((3, -1)),
        L.Dense(2),
        L.Flatten(),
        L.Dense(1),
    ]
    return trained(k, x, model(k, x, stack))


@CASES.case
def scaled_inputs_and_a_cost_of_activity(k: Any) -> Case:
    x, _ = data(26, 5, 2, 12)
    L = k.layers
    stack = [
        L.Rescaling(0.5, offset=1.0),
        L.Normalization(mean=[0.5, 1.0], variance=[2.0, 0.25]),
        L.LSTM(4),
        L.ActivityRegularization(l1=0.01, l2=0.02),
        L.Dense(1),
    ]
    return trained(k, x, model(k, x, stack))


@CASES.case
def weights_that_cost_and_are_held(k: Any) -> Case:
    x, _ = data(26, 7, 3, 18)
    L, R, C = k.layers, k.regularizers, k.constraints
    stack = [
        L.Conv1D(
            4, 3, kernel_regularizer=R.L2(0.01), kernel_constraint=C.MaxNorm(0.8), bias_regularizer="l2"
        ),
        L.Activation("tanh"),
        L.BatchNormalization(momentum=0.5, gamma_regularizer=R.L1(0.01), beta_constraint="non_neg"),
        L.LayerNormalization(gamma_regularizer=R.L2(0.02)),
        L.PReLU(alpha_regularizer="l2", alpha_initializer="uniform"),
        L.Flatten(),
        L.Dense(1),
    ]
    return trained(k, x, model(k, x, stack))


@CASES.case
def merged_towers(k: Any) -> Case:
    x, rng = data(26, 5, 3, 13)
    z = rng.randn(26, 3).astype("float32")
    L = k.layers
    a, b = L.Input((5, 3)), L.Input((3,))
    one, two = L.LSTM(3, return_sequences=True)(a), L.Dense(3)(b)
    merged = [
        L.Add()([one, two]),
        L.Subtract()([one, a]),
        L.Multiply()([one, two, a]),
        L.Average()([one, a]),
        L.Maximum()([one, a]),
        L.Minimum()([one, two]),
    ]
    y = L.Concatenate()([L.Concatenate(axis=1)([one, a]), L.concatenate([L.add(merged), a], axis=1)])
    products = [
        L.Flatten()(L.Dot(axes=2)([one, a])),
        L.Dot(axes=(2, 1))([one, two]),
        L.Dot(axes=1, normalize=True)([two, b]),
    ]
    y = L.Dense(1)(L.concatenate([L.Flatten()(y), *products]))
    return trained(k, [x, z], k.Model([a, b], y))


@CASES.case
def merged_under_masks(k: Any) -> Case:
    x, z = padded(26, 6, 7, 14), padded(26, 6, 5, 15)
    L = k.layers
    a, b = L.Input((6,), dtype="int32"), L.Input((6,), dtype="int32")
    one, two = L.Embedding(7, 3, mask_zero=True)(a), L.Embedding(5, 3, mask_zero=True)(b)
    merged = [L.Multiply()([one, two]), L.Maximum()([one, two]), L.Add()([one, two]), L.Average()([one, two])]
    y = L.LSTM(3)(L.Concatenate()([*merged, one]))
    later = L.LSTM(2)(L.Concatenate(axis=1)([one, two]))
    return trained(k, [x, z], k.Model([a, b], L.Dense(1)(L.concatenate([y, later]))))


@CASES.case
def attention_over_an_encoder(k: Any) -> Case:
    x = padded(26, 6, 7, 16)
    _, rng = data(1, 1, 1, 17)
    z = rng.randn(26, 4, 3).astype("float32")
    L = k.layers
    a, b = L.Input((6,), dtype="int32"), L.Input((4, 3))
    value = L.LSTM(3, return_sequences=True)(L.Embedding(7, 3, mask_zero=True)(a))
    query = L.LSTM(3, return_sequences=True)(b)
    seen = [
        L.Attention(use_scale=True)([query, value]),
        L.Attention(score_mode="concat", use_scale=True)([query, value, value]),
        L.AdditiveAttention()([query, value]),
        L.Attention()([query, query], use_causal_mask=True),
        L.AdditiveAttention(use_scale=False)([query, query]),
    ]
    y = L.Dense(1)(L.LSTM(3)(L.Concatenate()([query, *seen])))
    return trained(k, [x, z], k.Model([a, b], y))


@CASES.case
def attention_in_several_heads(k: Any) -> Case:
    x, rng = data(26, 4, 3, 20)
    z = rng.randn(26, 5, 2).astype("float32")
    L = k.layers
    a, b = L.Input((4, 3)), L.Input((5, 2))
    y = L.MultiHeadAttention(2, 3, value_dim=4, use_bias=False)(a, b)
    y = L.LayerNormalization()(L.add([a, y]))
    y = L.MultiHeadAttention(3, 2, output_shape=5, use_bias=False)(y, y, use_causal_mask=True)
    return trained(k, [x, z], k.Model([a, b], L.Dense(1)(L.Flatten()(y))))


@CASES.case
def normalization_several_times_in_a_batch(k: Any) -> Case:
    x, _ = data(22, 4, 3, 30)
    L = k.layers
    a = L.Input((4, 3))
    shared = L.BatchNormalization(momentum=0.8)
    each = L.TimeDistributed(L.BatchNormalization(momentum=0.7))(L.Dense(2, use_bias=False)(a))
    y = L.Concatenate()([shared(a), shared(L.LSTM(3, return_sequences=True)(a)), each])
    return trained(k, x, k.Model(a, L.Dense(1)(L.LSTM(2)(y))))


@CASES.case
def everything_dropped(k: Any) -> Case:
    x, _ = data(22, 4, 3, 31)
    L = k.layers
    a = L.Input((4, 3))
    y = [L.LSTM(2)(L.Dropout(1.0)(a)), L.GRU(2, dropout=1.0)(a), L.SimpleRNN(2, recurrent_dropout=1.0)(a)]
    y += [L.LSTM(2)(L.SpatialDropout1D(1.0)(a)), L.LSTM(2)(a)]
    return trained(k, x, k.Model(a, L.Dense(1)(L.Concatenate()(y))))
