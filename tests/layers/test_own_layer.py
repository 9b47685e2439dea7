"""A layer of the user's own, written as for Keras with operators and the functions of `tidegate.ops`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError
from tidegate.layers import LSTM, Dense, Input, InputSpec, Lambda, Layer, Masking
from tidegate.models import Model, Sequential, load_model
from tidegate.ops import Context, Spec, Value
from tidegate.plan import Step
from tidegate.plan.reference import ReferenceExecutor

STEP, LARGEST_ERROR = 1e-5, 1e-6
RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 5, 3)).astype(np.float32)


class Gated(Layer):
    """A gate between what a layer inside makes of the steps and their mean."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.inner = Dense(units, activation="tanh")

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)
        self.temperature = self.add_weight(shape=(), initializer="ones", name="temperature")
        self.inner.build(input_shape)
        self.inner.built = True
        super().build(input_shape)

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        gate = ops.sigmoid((ops.matmul(inputs, self.kernel) + self.bias) / self.temperature)
        mean = ops.mean(inputs, axis=-1, keepdims=True)
        return gate * self.inner(inputs) + (1.0 - gate) * mean**2

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


def test_its_gradient_is_the_central_difference() -> None:
    layer = Gated(4)
    x = Value(Spec((None, 5, 3)), "input", "x")
    total = ops.weighted_sum(ops.square(layer.record(x, training=True)), None, None)
    step = Step([x], [], [total], minimise=[total], parameters=layer.trainable_weights, wanted=[x])
    assert len(step.parameters) == 5
    data = RNG.normal(size=(3, 5, 3))
    for p in layer.weights:
        p.array = np.asarray(p.array + 0.3 * RNG.normal(size=p.shape))
    run = ReferenceExecutor(step)

    def evaluate() -> dict[int, Any]:
        return next(run.compute([({id(x): data}, Context(0, 0, 3))]))[0]

    found = evaluate()
    pairs = [(data, found[id(step.outputs[0])])]
    pairs += [(p.array, found[id(g)]) for p, g in zip(step.parameters, step.gradients, strict=True)]
    for a, g in pairs:
        flat, expected = a.reshape(-1), []
        for k in range(a.size):
            kept = flat[k]
            flat[k] = kept + STEP
            above = float(evaluate()[id(total)])
            flat[k] = kept - STEP
            below = float(evaluate()[id(total)])
            flat[k] = kept
            expected.append((above - below) / (2 * STEP))
        assert np.abs(np.ravel(g) - expected).mean() <= LARGEST_ERROR * np.abs(expected).mean()


def test_it_stands_in_both_kinds_of_models_and_learns() -> None:
    one = Sequential([Input((5, 3)), Gated(4), LSTM(3), Dense(1)])
    a = Input((5, 3))
    other = Model(a, Dense(1)(LSTM(3)(Gated(4)(a))))
    other.set_weights(one.get_weights())
    np.testing.assert_array_equal(one.predict(X, verbose=0), other.predict(X, verbose=0))
    for model in (one, other):
        model.compile("adam", "mse")
        losses = model.fit(X, X.sum(axis=(1, 2)), epochs=4, verbose=0, shuffle=False).history["loss"]
        assert losses[-1] < losses[0]
    for w, v in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(w, v)
    assert [p.name.split("/")[-1] for p in one.layers[0].weights] == [
        "kernel", "variable_1", "temperature", "kernel", "bias",
    ]  # fmt: skip


def test_a_frozen_one_keeps_the_layers_inside() -> None:
    layer = Gated(4)
    model = Sequential([Input((5, 3)), layer, Dense(1)])
    assert len(model.trainable_weights) == 7
    layer.trainable = False
    assert len(model.trainable_weights) == 2 and not layer.inner.trainable


def test_a_file_gives_it_back_where_its_class_is_named(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    model = Sequential([Input((5, 3)), Gated(4), LSTM(3)])
    model.save(tmp_path / "own.keras")
    again = load_model(tmp_path / "own.keras", custom_objects={"Gated": Gated})
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    with pytest.raises(ArgumentError, match="custom_objects"):
        load_model(tmp_path / "own.keras")


def test_a_mask_and_whether_training_goes_on_reach_it() -> None:
    seen: list[Any] = []

    class Watcher(Layer):
        supports_masking = True

        def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
            seen.append((training, None if mask is None else mask.shape))
            return inputs * 1.0

    model = Sequential([Input((5, 3)), Masking(), Watcher(), LSTM(2)])
    model.compile("sgd", "mse")
    seen.clear()
    model.predict(X, verbose=0)
    model.fit(X, X[:, 0, :2], verbose=0)
    assert (False, (None, 5)) in seen and (True, (None, 5)) in seen


def test_a_weight_that_makes_no_sense_is_refused_on_its_line() -> None:
    layer = Layer()
    with pytest.raises(ArgumentError, match="name='kernel'"):
        layer.add_weight("kernel", (3, 4))
    with pytest.raises(ShapeError, match="input_shape"):
        layer.add_weight(shape=(None, 4))


def test_a_lambda_runs_while_recording_alone() -> None:
    calls = []

    def twice(x: Any, factor: float = 1.0) -> Any:
        calls.append(1)
        return factor * x + x

    model = Sequential([Input((5, 3)), Lambda(twice, arguments={"factor": 2.0}), LSTM(2)])
    model.compile("sgd", "mse")
    calls.clear()
    model.fit(X, X[:, 0, :2], epochs=5, batch_size=3, verbose=0)
    assert len(calls) <= 2
    np.testing.assert_allclose(Lambda(twice, arguments={"factor": 2.0})(X), 3 * X, rtol=1e-6)


def test_a_lambda_is_never_written(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    model = Sequential([Input((5, 3)), Lambda(lambda x: 2 * x)])
    with pytest.raises(ArgumentError, match="never holds code"):
        model.save(tmp_path / "model.keras")
    assert not list(tmp_path.iterdir())


def test_the_shape_that_comes_out_is_that_of_the_call() -> None:
    twice = Lambda(lambda x: ops.concatenate([x, x], axis=-1))
    model = Sequential([Input((3, 2)), twice, Lambda(lambda x: ops.sum(x, axis=1))])
    assert [layer.output_shape for layer in model.layers] == [(None, 3, 4), (None, 4)]


class Specified(Layer):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.input_spec = [InputSpec(min_ndim=3, axes={-1: 2})]


def test_what_a_layer_says_of_its_inputs_is_held_against_them() -> None:
    layer = Specified(name="own")
    for shape, expected in (((4,), "at least 3 axes"), ((4, 3), "size 2 on axis -1")):
        with pytest.raises(ShapeError, match=f"Specified 'own' expects {expected}"):
            layer(Input(shape))
    assert layer(Input((4, 2))).shape == (None, 4, 2)


def test_a_function_that_returns_nothing_is_said() -> None:
    with pytest.raises(
        ArgumentError, match=r"Lambda 'lambda.*' expects a result .*; got None\. Instead: return y"
    ):
        Lambda(lambda x: None)(np.ones((1, 2)))


def test_an_initializer_of_another_shape_is_refused_and_not_reshaped() -> None:
    layer = Dense(3, kernel_initializer=lambda shape, dtype=None: np.ones(shape[::-1]))
    with pytest.raises(ShapeError, match=r"an initializer that gives the shape \(2, 3\); got shape \(3, 2\)"):
        layer(np.ones((1, 2)))
