"""What every layer keeps: its description, its shapes, its gradient, its native twin, and its file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate import kernels, layers, ops
from tidegate.errors import ArgumentError, TidegateError
from tidegate.layers import Layer, deserialize, serialize
from tidegate.layers.configs import CLASSES
from tidegate.models import Model, Sequential, load_model
from tidegate.ops import Context, Spec, Value
from tidegate.plan import Step
from tidegate.plan.native import NativeExecutor
from tidegate.plan.reference import ReferenceExecutor

L = layers
STEP, LARGEST_SLOPE_ERROR = 1e-5, 1e-6
PLACES = 12  # of a larger array so many places are tried
LARGEST_NATIVE_ERROR = 5e-5
KEYS = Path(__file__).with_name("keras_keys.json")  # written by make_keras_keys.py
NATIVE = next((isa for isa in kernels.instruction_sets() if isa != "reference"), None)

Make = Callable[[], Layer]
Entry = tuple[Make, list[tuple[int, ...]]]  # a layer, and the shape of a sample of each input

S, T = (5, 3), (7, 4)
ENTRIES: dict[str, Entry] = {
    "Activation": (lambda: L.Activation("tanh"), [S]),
    "Activation softmax": (lambda: L.Activation("softmax"), [S]),
    "ActivityRegularization": (lambda: L.ActivityRegularization(0.1, 0.2), [S]),
    "Add": (lambda: L.Add(), [S, S, (3,)]),
    "AdditiveAttention": (lambda: L.AdditiveAttention(), [(4, 3), (5, 3)]),
    "AdditiveAttention plain": (lambda: L.AdditiveAttention(use_scale=False, dropout=0.3), [S, S, S]),
    "AlphaDropout": (lambda: L.AlphaDropout(0.3, seed=1), [S]),
    "Attention": (lambda: L.Attention(use_scale=True, dropout=0.3, seed=2), [(4, 3), (5, 2), (5, 3)]),
    "Attention concat": (lambda: L.Attention(score_mode="concat", use_scale=True), [(4, 3), (5, 3)]),
    "Average": (lambda: L.Average(), [S, S]),
    "AveragePooling1D": (lambda: L.AveragePooling1D(3, 2, padding="same"), [T]),
    "BatchNormalization": (lambda: L.BatchNormalization(momentum=0.7), [S]),
    "BatchNormalization rank 2": (lambda: L.BatchNormalization(scale=False, center=False), [(17,)]),
    "BatchNormalization steps": (lambda: L.BatchNormalization(axis=1), [S]),
    "Bidirectional": (lambda: L.Bidirectional(L.LSTM(2)), [S]),
    "Concatenate": (lambda: L.Concatenate(), [S, (5, 1), S]),
    "Concatenate steps": (lambda: L.Concatenate(axis=1), [S, (2, 3)]),
    "Conv1D": (lambda: L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="tanh"), [T]),
    "Conv1D groups": (lambda: L.Conv1D(6, 2, 2, padding="same", groups=2), [T]),
    "Conv1D channels first": (lambda: L.Conv1D(5, 3, data_format="channels_first", use_bias=False), [T]),
    "Conv1DTranspose": (lambda: L.Conv1DTranspose(5, 3, 2, "same", activation="tanh"), [S]),
    "Conv1DTranspose valid": (lambda: L.Conv1DTranspose(2, 2, 3, use_bias=False), [S]),
    "Conv1DTranspose dilated": (lambda: L.Conv1DTranspose(2, 4, dilation_rate=2), [S]),
    "ConvLSTM1D": (lambda: L.ConvLSTM1D(2, 3, padding="same", return_sequences=True), [(2, 4, 2)]),
    "ConvLSTM1D channels first": (lambda: L.ConvLSTM1D(2, 2, 2, data_format="channels_first"), [(2, 2, 4)]),
    "ConvLSTM2D": (
        lambda: L.ConvLSTM2D(2, (1, 2), dropout=0.3, recurrent_dropout=0.2, seed=6),
        [(2, 1, 3, 1)],
    ),
    "ConvLSTM3D": (lambda: L.ConvLSTM3D(1, (1, 1, 2)), [(2, 1, 1, 2, 1)]),
    "Cropping1D": (lambda: L.Cropping1D((1, 2)), [T]),
    "Dense": (lambda: L.Dense(3, activation="sigmoid"), [S]),
    "DepthwiseConv1D": (lambda: L.DepthwiseConv1D(3, 2, depth_multiplier=2, activation="elu"), [T]),
    "Dot": (lambda: L.Dot(axes=(2, 1)), [S, (3, 2)]),
    "Dot normalized": (lambda: L.Dot(axes=-1, normalize=True), [(4,), (4,)]),
    "Dropout": (lambda: L.Dropout(0.4, seed=3), [S]),
    "Dropout shared": (lambda: L.Dropout(0.4, noise_shape=(1, None, 1), seed=3), [S]),
    "ELU": (lambda: L.ELU(0.5), [S]),
    "EinsumDense": (lambda: L.EinsumDense("abc,cd->abd", (5, 4), "elu", bias_axes="d"), [S]),
    "EinsumDense behind": (lambda: L.EinsumDense("ab...,bc->ac...", 4, bias_axes="c"), [S]),
    "Flatten": (lambda: L.Flatten(), [S]),
    "GRU": (lambda: L.GRU(3), [S]),
    "GaussianDropout": (lambda: L.GaussianDropout(0.4, seed=4), [S]),
    "GaussianNoise": (lambda: L.GaussianNoise(0.4, seed=4), [S]),
    "GlobalAveragePooling1D": (lambda: L.GlobalAveragePooling1D(), [T]),
    "GlobalMaxPooling1D": (lambda: L.GlobalMaxPooling1D(keepdims=True), [T]),
    "GroupNormalization": (lambda: L.GroupNormalization(2), [T]),
    "GroupNormalization steps": (lambda: L.GroupNormalization(-1, axis=1, scale=False), [S]),
    "Identity": (lambda: L.Identity(), [S]),
    "LSTM": (lambda: L.LSTM(3, return_sequences=True), [S]),
    "LayerNormalization": (lambda: L.LayerNormalization(), [S]),
    "LayerNormalization sample": (lambda: L.LayerNormalization(axis=[1, 2]), [S]),
    "LayerNormalization steps": (lambda: L.LayerNormalization(axis=1, center=False), [S]),
    "LeakyReLU": (lambda: L.LeakyReLU(0.1), [S]),
    "Masking": (lambda: L.Masking(), [S]),
    "MaxPooling1D": (lambda: L.MaxPooling1D(2), [T]),
    "MaxPooling1D channels first": (lambda: L.MaxPooling1D(2, 1, "same", "channels_first"), [T]),
    "Maximum": (lambda: L.Maximum(), [S, S]),
    "Minimum": (lambda: L.Minimum(), [S, (3,)]),
    "Multiply": (lambda: L.Multiply(), [S, S, S]),
    "Normalization": (lambda: L.Normalization(mean=[1.0, 2.0, 3.0], variance=[0.5, 1.0, 2.0]), [S]),
    "Normalization adapted": (lambda: L.Normalization(axis=1, invert=True), [S]),
    "PReLU": (lambda: L.PReLU("uniform", shared_axes=[1]), [S]),
    "Permute": (lambda: L.Permute((2, 1)), [S]),
    "RMSNormalization": (lambda: L.RMSNormalization(), [S]),
    "RMSNormalization sample": (lambda: L.RMSNormalization((1, 2)), [S]),
    "ReLU": (lambda: L.ReLU(1.0, 0.1, 0.2), [S]),
    "RepeatVector": (lambda: L.RepeatVector(3), [(4,)]),
    "Rescaling": (lambda: L.Rescaling([1.0, 2.0, 3.0], 0.5), [S]),
    "Reshape": (lambda: L.Reshape((3, -1)), [S]),
    "SeparableConv1D": (lambda: L.SeparableConv1D(5, 3, padding="same", depth_multiplier=2), [T]),
    "SimpleRNN": (lambda: L.SimpleRNN(3), [S]),
    "Softmax": (lambda: L.Softmax(axis=1), [S]),
    "SpatialDropout1D": (lambda: L.SpatialDropout1D(0.4, seed=5), [S]),
    "Subtract": (lambda: L.Subtract(), [S, S]),
    "TimeDistributed": (lambda: L.TimeDistributed(L.Dense(2)), [S]),
    "UnitNormalization": (lambda: L.UnitNormalization(axis=[1, 2]), [S]),
    "UpSampling1D": (lambda: L.UpSampling1D(2), [S]),
    "ZeroPadding1D": (lambda: L.ZeroPadding1D((1, 2)), [S]),
}
# The first computes nothing, the second takes codes, the third is called otherwise; then test_rnn.py and
# test_categories.py.
ELSEWHERE = {"InputLayer", "Embedding", "MultiHeadAttention"}
ELSEWHERE |= {
    "CategoryEncoding",
    "Discretization",
    "Hashing",
    "IntegerLookup",
    "StringLookup",
    "TextVectorization",
    "RNN",
    "LSTMCell",
    "GRUCell",
    "SimpleRNNCell",
    "StackedRNNCells",
}


def nest(things: list[Any]) -> Any:
    return things if len(things) > 1 else things[0]


def arrays(name: str, rows: int) -> list[np.ndarray]:
    rng = np.random.default_rng(11)
    print("seed 11")
    return [rng.normal(size=(rows, *shape)) for shape in ENTRIES[name][1]]


def test_every_layer_is_here() -> None:
    assert {name.split()[0] for name in ENTRIES} | ELSEWHERE == {
        name for name, c in CLASSES.items() if c.__module__.startswith("tidegate.layers.")
    }


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("rows", [1, 3])
def test_the_shape_is_what_is_promised(name: str, rows: int) -> None:
    make, shapes = ENTRIES[name]
    layer = make()
    y = layer(nest([a.astype(np.float32) for a in arrays(name, rows)]))
    said = layer.compute_output_shape(nest([(None, *shape) for shape in shapes]))
    assert y.dtype == np.float32 and (rows, *said[1:]) == y.shape
    assert np.isfinite(y).all()
    symbolic = make()(nest([L.Input(shape) for shape in shapes]))
    assert symbolic.shape == (None, *y.shape[1:])


@pytest.mark.parametrize("name", ENTRIES)
def test_the_description_has_keras_s_keys_and_makes_it_again(name: str) -> None:
    layer = ENTRIES[name][0]()
    data = nest([a.astype(np.float32) for a in arrays(name, 3)])
    y = layer(data)
    described = json.loads(json.dumps(serialize(layer)))
    again = deserialize(described)
    again(data)
    assert json.loads(json.dumps(serialize(again))) == described
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(data), y)
    kind = type(layer).__name__
    wanted = set(json.loads(KEYS.read_text())[kind]) - {
        "quantization_config"
    }  # which Keras before 3.13 refuses
    assert set(described["config"]) == wanted


def recorded(name: str) -> tuple[Step, list[Value], Layer]:
    """Return a step of the layer in training: a random projection of what comes out, and all gradients."""
    make, shapes = ENTRIES[name]
    layer = make()
    inputs = [Value(Spec((None, *shape)), "input", f"x{k}") for k, shape in enumerate(shapes)]
    y = layer.record(nest(inputs), training=True)
    w = Value(Spec(y.shape), "input", "w")
    total = ops.weighted_sum(y, w, None)
    parameters = layer.trainable_weights
    outputs = [y] if y.node is not None else []
    return (
        Step([*inputs, w], outputs, [total], minimise=[total], parameters=parameters, wanted=inputs),
        [
            *inputs,
            w,
        ],
        layer,
    )


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("rows", [1, 3])
def test_the_gradient_is_the_central_difference_and_that_of_the_kernels(name: str, rows: int) -> None:
    step, values, layer = recorded(name)
    assert step.parameters == layer.trainable_weights
    rng = np.random.default_rng(12)
    print("seed 12")
    for p in layer.weights:  # off zero; variances stay above it
        near = (
            rng.uniform(0.5, 1.5, p.shape)
            if "variance" in p.name
            else p.array + 0.3 * rng.normal(size=p.shape)
        )
        p.array = np.asarray(near, np.float32).astype(np.float64)
    sources = [*arrays(name, rows), rng.normal(size=(rows, *values[-1].shape[1:]))]
    sources = [a.astype(np.float32).astype(np.float64) for a in sources]
    run = ReferenceExecutor(step)

    def evaluate() -> dict[int, Any]:
        env = {id(v): a for v, a in zip(values, sources, strict=True)}
        return next(run.compute([(env, Context(0, 0, rows))]))[0]

    found = evaluate()
    gradients = step.outputs[-len(values) + 1 :]
    pairs = [(v, a, found[id(g)]) for v, a, g in zip(values, sources, gradients, strict=False)]
    pairs += [(p.value, p.array, found[id(g)]) for p, g in zip(step.parameters, step.gradients, strict=True)]
    for v, a, g in pairs:
        flat, expected = a.reshape(-1), []
        places = rng.permutation(a.size)[:PLACES]
        for k in places:
            kept = flat[k]
            flat[k] = kept + STEP
            above = float(evaluate()[id(step.scalars[0])])
            flat[k] = kept - STEP
            below = float(evaluate()[id(step.scalars[0])])
            flat[k] = kept
            expected.append((above - below) / (2 * STEP))
        error = np.abs(np.ravel(g)[places] - expected).mean() / max(np.abs(expected).mean(), 1e-3)
        assert error <= LARGEST_SLOPE_ERROR, f"{v.label}: {error:.1e}"

    if NATIVE is None:
        return
    for p in layer.weights:
        p.array = np.ascontiguousarray(p.array, np.float32)
    native = NativeExecutor(step, NATIVE)
    out = [np.full((rows, *v.shape[1:]), np.nan, np.float32) for v in step.outputs]
    sums, last = np.zeros(1), np.zeros(1)
    native.run([a.astype(np.float32) for a in sources], rows, rows, rows, sums, last, outputs=out)
    same = [(v.label, a, found[id(v)]) for v, a in zip(step.outputs, out, strict=True)]
    for start, p, g in zip(step.offsets, step.parameters, step.gradients, strict=False):
        same.append((p.name, native.gradients[start : start + p.array.size], np.ravel(found[id(g)])))
    for label, a, e in same:
        error = np.abs(a - e).max() / max(np.abs(e).max(), 0.1)
        assert error <= LARGEST_NATIVE_ERROR, f"{label}: {error:.1e}"


@pytest.mark.parametrize("name", ENTRIES)
def test_a_file_keeps_it(name: str, tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    make, shapes = ENTRIES[name]
    inputs = [L.Input(shape) for shape in shapes]
    if len(inputs) == 1:
        model: Any = Sequential([inputs[0], make()])
    else:
        model = Model(inputs, make()(inputs))
    rng = np.random.default_rng(13)
    print("seed 13")
    model.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in model.get_weights()])
    data = nest([a.astype(np.float32) for a in arrays(name, 3)])
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    for w, v in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(w, v)
    np.testing.assert_array_equal(again.predict(data, verbose=0), model.predict(data, verbose=0))


@pytest.mark.parametrize("name", sorted({n.partition(" ")[0] for n in ENTRIES}))
def test_a_wrong_argument_is_refused_as_every_other(name: str) -> None:
    make = next(make for n, (make, _) in ENTRIES.items() if n.partition(" ")[0] == name)
    config = make().get_config()
    for key in config:
        for wrong in ("no such thing", object(), [], -1.5, float("nan")):
            try:
                deserialize({"class_name": name, "config": {**config, key: wrong}})
            except TidegateError:
                continue
            except Exception as error:
                raise AssertionError(f"{name}({key}={wrong!r}): {type(error).__name__}: {error}") from error


def test_what_a_call_lacks_is_named() -> None:
    with pytest.raises(ArgumentError, match="expects query, value; got none for value"):
        L.MultiHeadAttention(2, 2)(np.ones((1, 2, 3)))
    with pytest.raises(ArgumentError, match=r"Layer expects a method call\(self, inputs\)"):
        L.Layer()(np.ones((1, 2)))
