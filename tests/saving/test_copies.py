"""Copies: pickle, `copy.deepcopy` and processes of their own give a model that goes on as the first one does."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tidegate import callbacks, layers, ops
from tidegate.errors import ArgumentError
from tidegate.models import Model, Sequential, clone_model, load_model
from tidegate.optimizers import SGD, Adam, RMSprop
from tidegate.optimizers.schedules import ExponentialDecay

RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 4, 2)).astype(np.float32)
Y = X.sum((1, 2))[:, None]


class Product(layers.Layer):
    """Without a get_config of its own; `name` and `trainable` are not taken either."""

    def __init__(self, units: int, scale: float = 1.0) -> None:
        super().__init__()
        self.units, self.scale = units, scale

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight((input_shape[-1], self.units))

    def call(self, inputs: Any) -> Any:
        return self.scale * ops.matmul(inputs, self.kernel)


class Written(Model):
    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read, self.say = layers.LSTM(units), layers.Dense(1)

    def call(self, inputs: Any) -> Any:
        return self.say(self.read(inputs))


class Graph(Model):
    """Makes inputs and outputs of its own arguments."""

    def __init__(self, units: int) -> None:
        x = layers.Input((4, 2))
        super().__init__(x, layers.Dense(1)(layers.GRU(units)(x)))


def halved(x: Any) -> Any:
    return x * 0.5


def squared(y_true: Any, y_pred: Any) -> Any:
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


def rate() -> float:
    return 0.01


def of(*stack: Any) -> Sequential:
    return Sequential([layers.Input((4, 2)), *stack, layers.LSTM(2), layers.Dense(1)])


MODELS: dict[str, tuple[Callable[[], Any], Any, Any]] = {
    "plain": (of, Adam, "mse"),
    "open": (lambda: Sequential([layers.LSTM(2), layers.Dense(1)]), Adam, "mse"),
    "own": (lambda: of(Product(3, scale=0.5), layers.Lambda(halved)), Adam, squared),
    "class": (lambda: Written(3), lambda: RMSprop(use_ema=True), "mae"),
    "graph": (lambda: Graph(2), lambda: SGD(ExponentialDecay(0.1, 5, 0.9), momentum=0.9), "mse"),
    "asked": (lambda: of(layers.BatchNormalization()), lambda: SGD(rate), "mse"),
    "inside": (lambda: of(Sequential([layers.LSTM(2, return_sequences=True), Product(2)])), Adam, "mse"),
    "deep": (lambda: of(*(layers.Dense(2, "relu") for _ in range(150))), Adam, "mse"),
}
WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "deepcopy": copy.deepcopy,
}
both_ways = pytest.mark.parametrize("again", WAYS.values(), ids=WAYS)


def compiled(name: str) -> Any:
    make, optimizer, loss = MODELS[name]
    model = make()
    model.compile(optimizer(), loss, metrics=["mae"])
    return model


def trained(model: Any) -> dict[str, list[float]]:
    return model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history


@both_ways
@pytest.mark.parametrize("name", MODELS)
def test_a_copy_trains_on_as_the_model_does(name: str, again: Any) -> None:
    model = compiled(name)
    trained(model)
    second = again(model)
    np.testing.assert_array_equal(second.predict(X), model.predict(X))
    third = again(second)
    assert trained(second) == trained(model) == trained(third)


@both_ways
def test_a_copy_shares_nothing(again: Any) -> None:
    model = compiled("plain")
    trained(model)
    before = model.predict(X)
    trained(again(model))
    np.testing.assert_array_equal(model.predict(X), before)


@both_ways
@pytest.mark.parametrize("name", ["plain", "open", "class"])
def test_before_fit_as_well(name: str, again: Any) -> None:
    second = again(compiled(name))
    assert second.optimizer.iterations == 0
    assert np.isfinite(trained(second)["loss"]).all()
    assert not again(MODELS[name][0]()).compiled


@both_ways
def test_layers_alone_keep_their_weights(again: Any) -> None:
    for layer, given in [
        (layers.LSTM(3), (X,)),
        (layers.Bidirectional(layers.GRU(2)), (X,)),
        (layers.TimeDistributed(layers.Dense(2)), (X,)),
        (layers.MultiHeadAttention(2, 3), (X, X)),
        (Product(2), (X,)),
    ]:
        expected = layer(*given)
        np.testing.assert_array_equal(again(layer)(*given), expected)
    fresh = again(layers.Dense(3, name="head"))
    assert (fresh.units, fresh.name, fresh.built) == (3, "head", False)


@both_ways
def test_what_leads_to_a_model(again: Any) -> None:
    model = compiled("plain")
    stop = callbacks.EarlyStopping(monitor="loss", restore_best_weights=True)
    history = model.fit(X, Y, epochs=2, verbose=0, callbacks=[stop])
    copied = again(history)
    assert copied.history == history.history
    np.testing.assert_array_equal(copied.model.predict(X), model.predict(X))
    assert again(stop).best == stop.best


def test_a_copy_names_what_pickle_cannot_find() -> None:
    model = of(layers.Lambda(lambda x: x + 1))
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(model)
    np.testing.assert_array_equal(copy.deepcopy(model).predict(X), model.predict(X))


def test_a_class_of_ones_own_is_read_from_a_file(tmp_path: Any) -> None:
    pytest.importorskip("h5py")
    for model, own in [
        (compiled("class"), {"Written": Written}),
        (of(Product(3, 2.0)), {"Product": Product}),
    ]:
        model.predict(X)
        model.save(tmp_path / "own.keras")
        again = load_model(tmp_path / "own.keras", custom_objects=own)
        np.testing.assert_array_equal(again.predict(X), model.predict(X))
        assert type(clone_model(model)) is type(model)


def test_arguments_that_no_file_can_say_need_a_get_config() -> None:
    layer = type("Own", (Product,), {"__init__": lambda self, inner: Product.__init__(self, 2)})(object())
    with pytest.raises(ArgumentError, match="get_config of its own"):
        layer.get_config()
