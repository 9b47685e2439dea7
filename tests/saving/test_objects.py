"""Classes and functions of one's own in files: given by name, registered, or known inside a block."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate import ops, saving, utils
from tidegate.errors import ArgumentError, TidegateError
from tidegate.initializers import Initializer
from tidegate.layers import LSTM, Dense, Layer
from tidegate.models import Sequential, load_model, model_from_json
from tidegate.optimizers import SGD

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
