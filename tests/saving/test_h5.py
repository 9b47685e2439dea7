"""Files in the layout of Keras 2: those of Keras 3 open here, ours are laid out as those, and training goes on."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate.errors import DataError, ShapeError
from tidegate.layers import GRU, LSTM, Bidirectional, Dense, Embedding, Input, TimeDistributed, concatenate
from tidegate.models import Model, Sequential, load_model
from tidegate.saving import h5, hdf5

h5py = pytest.importorskip("h5py")
HERE = Path(__file__).parent
FIT: dict[str, Any] = {"batch_size": 8, "shuffle": False, "verbose": 0}


@pytest.fixture
def of_keras(tmp_path: Path) -> Path:
    path = tmp_path / "legacy.h5"
    path.write_bytes(gzip.decompress((HERE / "legacy.h5.gz").read_bytes()))
    return path


def same_layers() -> Sequential:
    return Sequential(
        [
            Embedding(7, 3, mask_zero=True, input_length=5),
            Bidirectional(LSTM(2, return_sequences=True)),
            GRU(3, return_sequences=True),
            TimeDistributed(Dense(2, activation="tanh")),
        ]
    )


def test_a_model_of_keras_trains_on_where_it_stopped(of_keras: Path, tmp_path: Path) -> None:
    golden = np.load(HERE / "legacy.npz")
    x, y = golden["x"], golden["y"]
    load_model(of_keras).save(tmp_path / "again.hdf5")
    for path in (of_keras, tmp_path / "again.hdf5"):
        model = load_model(path)
        np.testing.assert_allclose(model.predict(x), golden["before"], rtol=1e-4, atol=1e-6)
        history = model.fit(x, y, epochs=2, **FIT).history
        for key in ("loss", "mae"):
            np.testing.assert_allclose(history[key], golden[key], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(model.predict(x), golden["after"], rtol=1e-4, atol=1e-5)
        assert model.optimizer is not None and model.optimizer.iterations == 12


def test_our_files_are_laid_out_as_those_of_keras(of_keras: Path, tmp_path: Path) -> None:
    load_model(of_keras).save(tmp_path / "ours.h5")
    with of_keras.open("rb") as a, (tmp_path / "ours.h5").open("rb") as b:
        theirs, ours = hdf5.read(a, "theirs"), hdf5.read(b, "ours")
    assert set(ours.attributes[""]) == set(theirs.attributes[""])
    assert ours.attributes[""]["keras_version"] == theirs.attributes[""]["keras_version"]
    weights = {path for path in theirs.arrays if path.startswith("model_weights")}
    assert {path for path in ours.arrays if path.startswith("model_weights")} == weights
    for path in (
        "model_weights",
        *(f"model_weights/{n}" for n in theirs.texts("model_weights", "layer_names")),
    ):
        for name in ("layer_names", "weight_names"):
            assert ours.texts(path, name) == theirs.texts(path, name)
    assert ours.texts("optimizer_weights", "weight_names")[:2] == ["adam/iteration", "adam/learning_rate"]
    for a, b in zip(*(c.texts("optimizer_weights", "weight_names") for c in (ours, theirs)), strict=True):
        np.testing.assert_array_equal(
            ours.arrays[f"optimizer_weights/{a}"], theirs.arrays[f"optimizer_weights/{b}"]
        )
    mine, other = (json.loads(c.attributes[""]["training_config"]) for c in (ours, theirs))
    assert set(mine) == set(other)
    # Keras 3 writes names of losses into such a file and then cannot read them
    assert other["loss"] == "mse" and mine["loss"]["class_name"] == "MeanSquaredError"


def test_without_the_optimizer_a_model_comes_back_uncompiled(of_keras: Path, tmp_path: Path) -> None:
    model = load_model(of_keras)
    model.save(tmp_path / "m.h5", include_optimizer=False)
    assert not load_model(tmp_path / "m.h5").compiled
    assert not load_model(of_keras, compile=False).compiled


def test_weights_alone_go_by_order_or_by_name(of_keras: Path, tmp_path: Path) -> None:
    source = load_model(of_keras)
    source.save_weights(tmp_path / "w.h5")
    source.save(tmp_path / "m.keras")
    source.save_weights(tmp_path / "w.weights.h5")
    for file in (of_keras, tmp_path / "w.h5", tmp_path / "m.keras", tmp_path / "w.weights.h5"):
        model = same_layers()
        model.load_weights(file)
        for a, b in zip(model.get_weights(), source.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    part = Sequential([GRU(3, name="gru", input_shape=(4, 4))])
    part.load_weights(tmp_path / "w.h5", by_name=True)
    np.testing.assert_array_equal(part.get_weights()[0], source.get_layer("gru").get_weights()[0])
    with pytest.raises(DataError, match="leave by_name out"):
        part.load_weights(tmp_path / "w.weights.h5", by_name=True)


def test_weights_that_do_not_fit_change_nothing(of_keras: Path) -> None:
    other = Sequential(
        [Embedding(7, 3, input_length=5), GRU(4, name="gru"), Dense(2, name="time_distributed")]
    )
    before = other.get_weights()
    with pytest.raises(DataError, match=r"3 layers with weights; got 4.*by_name=True"):
        other.load_weights(of_keras)
    with pytest.raises(ShapeError, match="gru"):
        other.load_weights(of_keras, by_name=True)
    for a, b in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.warns(UserWarning, match="keeps its numbers"):
        other.load_weights(of_keras, by_name=True, skip_mismatch=True)
    np.testing.assert_array_equal(other.get_weights()[-1], load_model(of_keras).get_weights()[-1])


def test_long_lists_of_names_lie_in_pieces() -> None:
    page = h5._Page()
    names = [f"layer_{k:06}_{'x' * 80}" for k in range(2000)]
    page.name("", "layer_names", names)
    assert all(piece.nbytes <= h5.LONGEST for piece in page.attributes[""].values())
    content = hdf5.write({}, page.attributes)
    with h5py.File(io.BytesIO(content)) as file:
        assert sorted(file.attrs) == ["layer_names0", "layer_names1", "layer_names2"]
    assert hdf5.read(io.BytesIO(content), "names").texts("", "layer_names") == names
    assert h5.root(hdf5.read(io.BytesIO(content), "names")) == ""


def test_a_model_of_two_branches(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(8, 5, 2))
    start = Input((5, 2))
    model = Model(start, Dense(1)(concatenate([LSTM(3)(start), GRU(2)(start)])))
    model.compile("adam", "mse")
    model.fit(x, x[:, 0, :1], **FIT)
    model.save(tmp_path / "m.h5")
    again = load_model(tmp_path / "m.h5")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    assert again.fit(x, x[:, 0, :1], **FIT).history == model.fit(x, x[:, 0, :1], **FIT).history


def test_names_that_begin_alike_are_not_taken_for_one_inside_the_other() -> None:
    inner = Sequential([Dense(2, name="dense", input_shape=(3,)), Dense(1, name="dense_1")], name="inner")
    names = [name for name, _ in h5._named(Sequential([inner]).layers[0], "")]
    assert names == ["inner/dense/kernel", "inner/dense/bias", "inner/dense_1/kernel", "inner/dense_1/bias"]
