"""Classes and functions of one's own in files: given by name, registered, or known inside a block."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate import ops, saving, utils
from tidegate.constraints import Constraint
from tidegate.errors import ArgumentError, TidegateError
from tidegate.initializers import Initializer
from tidegate.layers import LSTM, Bidirectional, Dense, Input, Layer
from tidegate.models import Sequential, clone_model, load_model, model_from_json
from tidegate.optimizers import SGD
from tidegate.optimizers.schedules import LearningRateSchedule
from tidegate.regularizers import Regularizer

pytest.importorskip("h5py")
X = np.linspace(-1, 1, 24).reshape(4, 3, 2)


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    before = dict(saving.get_custom_objects())
    yield
    saving.get_custom_objects().clear()
    saving.get_custom_objects().update(before)


class Scaled(Layer):
    def __init__(self, by: float = 2.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.by = by

    def call(self, inputs: Any) -> Any:
        return ops.multiply(inputs, self.by)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "by": self.by}


class Halves(Initializer):
    def draw(self, shape: Any, rng: Any) -> Any:
        return np.full(shape, 0.5, np.float32)


class Slow(SGD):
    pass


def model() -> Sequential:
    made = Sequential([LSTM(2, input_shape=(3, 2), kernel_initializer=Halves()), Scaled(3.0), Dense(1)])
    made.compile(Slow(0.1), "mse")
    return made


class Even(Regularizer):
    def __init__(self, by: float = 0.1) -> None:
        self.by = by

    def __call__(self, x: Any) -> Any:
        return self.by * ops.sum(ops.square(x))


class Shrinks(Constraint):
    def __call__(self, w: Any) -> Any:
        return w * 0.5


class Falls(LearningRateSchedule):
    def __init__(self, first: float) -> None:
        self.first = first

    def __call__(self, step: Any) -> Any:
        return self.first / (1 + step)


def doubled(x: Any) -> Any:
    return ops.multiply(x, 2.0)


def size(x: Any) -> Any:
    return 0.1 * ops.sum(ops.absolute(x))


PARTS = {"Even": Even, "Shrinks": Shrinks, "Falls": Falls, "doubled": doubled, "size": size}


def of_parts() -> Sequential:
    lstm = LSTM(2, kernel_regularizer=Even(0.2), recurrent_regularizer=size, kernel_constraint=Shrinks())
    made = Sequential([Input((3, 2)), Bidirectional(lstm), Dense(1, activation=doubled)])
    made.compile(SGD(Falls(0.1)), "mse")
    return made


OWN = {"Scaled": Scaled, "Halves": Halves, "Slow": Slow}


@pytest.mark.parametrize("file", ["m.keras", "m.h5"])
def test_own_classes_come_back_where_they_are_given(tmp_path: Path, file: str) -> None:
    made = model()
    made.save(tmp_path / file)
    with pytest.raises(TidegateError, match=r"custom_objects=\{'Halves': Halves\}"):
        load_model(tmp_path / file)
    again = load_model(tmp_path / file, custom_objects=OWN)
    with saving.custom_object_scope(OWN):
        inside = load_model(tmp_path / file)
    for found in (again, inside):
        assert isinstance(found.layers[1], Scaled) and found.layers[1].by == 3.0
        assert isinstance(found.optimizer, Slow)
        np.testing.assert_array_equal(found.predict(X), made.predict(X))
    text = made.to_json()
    assert isinstance(model_from_json(text, custom_objects=OWN).layers[1], Scaled)


def test_own_parts_of_layers_come_back_and_train_alike(tmp_path: Path) -> None:
    made = of_parts()
    made.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", custom_objects=PARTS)
    inner = again.layers[0].forward_layer
    assert inner.kernel_regularizer.by == 0.2 and inner.recurrent_regularizer is size
    assert isinstance(inner.kernel_constraint, Shrinks)
    told = [m.fit(X, X[:, 0, :1], epochs=2, shuffle=False, verbose=0).history["loss"] for m in (made, again)]
    assert told[0] == told[1]


def test_a_copy_needs_no_names() -> None:
    twin = clone_model(of_parts())
    assert twin.layers[0].forward_layer.recurrent_regularizer is size
    assert twin.layers[1].activation is doubled
    unnamed = Dense(1, activation=lambda x: ops.multiply(x, 3.0))
    assert clone_model(Sequential([Input((2,)), unnamed])).layers[0].activation is unnamed.activation


def test_an_own_loss_that_is_not_given_is_asked_for(tmp_path: Path) -> None:
    made = Sequential([Input((3, 2)), LSTM(2), Dense(1)])
    made.compile("sgd", lambda y, p: ops.mean(ops.square(y - p)))
    made.save(tmp_path / "m.keras")
    with pytest.raises(ArgumentError, match=r"losses that are here.*custom_objects=\{'<lambda>'"):
        load_model(tmp_path / "m.keras")
    assert load_model(tmp_path / "m.keras", compile=False).optimizer is None


def test_a_gate_takes_no_function_of_ones_own() -> None:
    with pytest.raises(ArgumentError, match=r"LSTM expects activation among .* got the function doubled"):
        LSTM(2, activation=doubled)


def test_models_are_read_side_by_side(tmp_path: Path) -> None:
    """The count of numbers that a file holds is that of its own thread."""
    small, large = (tmp_path / f"{units}.keras" for units in (2, 40))
    for path, units in ((small, 2), (large, 40)):
        Sequential([Input((3, 2)), LSTM(units), Dense(1)]).save(path)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(load_model, [small, large] * 6))
    assert [m.layers[0].units for m in found] == [2, 40] * 6


def test_weights_are_not_drawn_before_they_are_read(tmp_path: Path) -> None:
    class Never(Initializer):
        def draw(self, shape: Any, rng: Any) -> Any:
            raise AssertionError("drawn")

    Sequential([Input((3, 2)), LSTM(2, kernel_initializer="ones")]).save(tmp_path / "m.keras")
    with saving.custom_object_scope({"Ones": Never}):
        np.testing.assert_array_equal(load_model(tmp_path / "m.keras").get_weights()[0], 1.0)


def test_registered_classes_need_not_be_given(tmp_path: Path) -> None:
    for cls in OWN.values():
        utils.register_keras_serializable("mine")(cls)
    try:
        assert saving.get_registered_name(Scaled) == "mine>Scaled"
        assert saving.get_registered_object("mine>Scaled") is Scaled
        made = model()
        assert made.get_config()["layers"][2]["registered_name"] == "mine>Scaled"
        made.save(tmp_path / "m.keras")
        assert isinstance(load_model(tmp_path / "m.keras").layers[1], Scaled)
    finally:
        utils.objects._names.clear()


def test_a_name_of_ones_own_stands_for_it_everywhere_inside_the_block() -> None:
    with utils.custom_object_scope({"halves": Halves, "slow": Slow}):
        layer = Dense(2, kernel_initializer="halves", input_shape=(3,))
        assert isinstance(layer.kernel_initializer, Halves)
        with utils.CustomObjectScope({"halves": Slow}):
            assert saving.get_registered_object("halves") is Slow
        assert saving.get_registered_object("halves") is Halves
    with pytest.raises(ArgumentError, match="halves"):
        Dense(2, kernel_initializer="halves")
    with pytest.raises(ArgumentError, match="a dict of names"):
        utils.custom_object_scope([Halves])  # type: ignore[arg-type]


def test_a_registered_class_never_stands_for_a_built_in_one(tmp_path: Path) -> None:
    @utils.register_keras_serializable()
    class LSTM(Dense):  # Custom>LSTM
        pass

    made = model()
    made.save(tmp_path / "m.keras")
    assert (
        type(load_model(tmp_path / "m.keras", custom_objects=OWN).layers[0]).__module__
        == "tidegate.layers.lstm"
    )
