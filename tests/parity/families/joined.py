"""Samples and steps in one axis by hand, and parted again: attention and time distribution as scripts write them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.case import Case, Cases, sequences
from tests.parity.families.recurrent import functional

CASES = Cases()


@CASES.case
def attention_written_by_hand(k: Any) -> Case:
    ops = k.ops

    class Attention(k.layers.Layer):
        def build(self, input_shape: Any) -> None:
            _, self.steps, self.features = input_shape
            self.w = self.add_weight(shape=(self.features,), initializer="ones", name="w")
            self.b = self.add_weight(shape=(self.steps,), initializer="zeros", name="b")

        def call(self, x: Any, mask: Any = None) -> Any:
            rows = ops.matmul(ops.reshape(x, (-1, self.features)), ops.reshape(self.w, (self.features, 1)))
            a = ops.exp(ops.tanh(ops.reshape(rows, (-1, self.steps)) + self.b))
            a = a * ops.cast(mask, "float32")
            a = a / (ops.sum(a, axis=1, keepdims=True) + 1e-7)
            return ops.sum(x * ops.expand_dims(a, -1), axis=1)

        def compute_mask(self, x: Any, mask: Any = None) -> None:
            return None

        def compute_output_shape(self, input_shape: Any) -> Any:
            return (input_shape[0], input_shape[-1])

    rng = np.random.RandomState(1)
    x = rng.randint(1, 7, size=(20, 5)) * (np.arange(5) < rng.randint(1, 7, size=(20, 1)))
    L = k.layers
    a = L.Input((5,), dtype="int32")
    y = L.GRU(3, return_sequences=True)(L.Embedding(7, 2, mask_zero=True)(a))
    return functional(k, a, L.Dense(1)(Attention()(y)), x, x[:, :1] / 7)


@CASES.case
def each_step_by_hand(k: Any) -> Case:
    x, _ = sequences(20, 4, 3, 2)
    L, ops = k.layers, k.ops
    a = L.Input((4, 3))
    rows = L.Dense(5, activation="relu")(ops.reshape(L.LSTM(3, return_sequences=True)(a), (-1, 3)))
    steps = ops.reshape(L.Dense(2)(rows), (-1, 4, 2))
    return functional(k, a, L.Dense(1)(L.GRU(2)(steps)), x, x.sum(axis=(1, 2))[:, None])
