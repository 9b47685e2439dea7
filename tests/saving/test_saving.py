"""Files: those of Keras open here, ours open in Keras, and no file is trusted."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate.errors import DataError, ShapeError, TidegateError
from tidegate.layers import (
    LSTM,
    Activation,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    RepeatVector,
    Reshape,
    TimeDistributed,
)
from tidegate.losses import CategoricalCrossentropy
from tidegate.metrics import BinaryAccuracy
from tidegate.models import Sequential, load_model, model_from_yaml
from tidegate.optimizers import SGD, Adam, RMSprop
from tidegate.saving import load_model as load_from_saving
from tidegate.saving.files import put

h5py = pytest.importorskip("h5py")
HERE = Path(__file__).parent
RNG = np.random.default_rng(0)
FIT: dict[str, Any] = {"batch_size": 8, "shuffle": False, "verbose": 0}


def trained(optimizer: Any = "adam") -> tuple[Sequential, np.ndarray, np.ndarray]:
    x, y = RNG.integers(0, 7, size=(20, 5)), RNG.integers(0, 2, size=(20, 4))
    model = Sequential(
        [
            Embedding(7, 3, mask_zero=True, input_length=5),
            LSTM(4, return_sequences=True),
            LSTM(3, activation="relu", use_bias=False),
            RepeatVector(2),
            TimeDistributed(Dense(2, activation="relu")),
            Dropout(0.0),
            Flatten(),
            Reshape((2, 2)),
            Dense(2),
            Flatten(),
            Activation("softmax"),
        ]
    )
    model.compile(
        optimizer,
        CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["acc", BinaryAccuracy(threshold=0.3)],
    )
    model.fit(x, y, epochs=2, **FIT)
    return model, x, y


@pytest.mark.parametrize(
    "make",
    [
        lambda: "adam",
        lambda: Adam(lr=0.01, decay=0.1),
        lambda: SGD(0.1),
        lambda: SGD(0.1, momentum=0.5, nesterov=True),
        lambda: RMSprop(0.01, momentum=0.3, centered=True),
    ],
)
def test_a_training_goes_on_from_a_file_as_if_never_stopped(tmp_path: Path, make: Callable[[], Any]) -> None:
    model, x, y = trained(make())
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    assert again.metrics_names == model.metrics_names
    history, expected = again.fit(x, y, epochs=3, **FIT).history, model.fit(x, y, epochs=3, **FIT).history
    assert list(history) == list(expected)
    for key in expected:
        np.testing.assert_array_equal(history[key], expected[key])
    assert again.optimizer is not None and model.optimizer is not None
    assert again.optimizer.iterations == model.optimizer.iterations == 15
    for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("file", ["golden", "recurrent"])
def test_a_file_of_keras_opens_here_and_trains_on(file: str) -> None:
    golden = np.load(HERE / f"{file}.npz")
    x, y = golden["x"], golden["y"]
    model = load_from_saving(HERE / f"{file}.keras")
    np.testing.assert_allclose(model.predict(x), golden["before"], rtol=1e-4, atol=1e-6)
    assert set(model.metrics_names) == {*golden.files} - {"x", "y", "before", "after"}
    history = model.fit(x, y, epochs=2, **FIT).history
    for key in model.metrics_names:
        np.testing.assert_allclose(history[key], golden[key], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(model.predict(x), golden["after"], rtol=1e-4, atol=1e-5)


def test_weights_of_keras_go_into_a_model_of_the_same_layers(tmp_path: Path) -> None:
    golden = np.load(HERE / "golden.npz")
    fresh = Sequential.from_config(load_model(HERE / "golden.keras", compile=False).get_config())
    assert np.abs(fresh.predict(golden["x"]) - golden["before"]).max() > 1e-3
    fresh.load_weights(HERE / "golden.weights.h5")
    np.testing.assert_allclose(fresh.predict(golden["x"]), golden["before"], rtol=1e-4, atol=1e-6)
    fresh.save_weights(tmp_path / "w.weights.h5")
    other = Sequential.from_config(fresh.get_config())
    other.load_weights(tmp_path / "w.weights.h5")
    np.testing.assert_array_equal(other.predict(golden["x"]), fresh.predict(golden["x"]))
    with pytest.raises((DataError, ShapeError)):
        Sequential([LSTM(3, input_shape=(5, 3))]).load_weights(tmp_path / "w.weights.h5")


@pytest.mark.parametrize("file", ["golden", "recurrent"])
def test_our_files_are_laid_out_as_those_of_keras(tmp_path: Path, file: str) -> None:
    load_model(HERE / f"{file}.keras").save(tmp_path / "m.keras")

    def look(path: Path) -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
        with zipfile.ZipFile(path) as archive:
            assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
            config = json.loads(archive.read("config.json"))
            shapes: dict[str, tuple[int, ...]] = {}
            with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
                file.visititems(lambda name, item: shapes.update({name: getattr(item, "shape", ())}))
        return config, shapes

    (ours, our_shapes), (theirs, their_shapes) = look(tmp_path / "m.keras"), look(HERE / f"{file}.keras")
    assert our_shapes == their_shapes
    assert set(ours) == set(theirs)

    def compare(a: dict[str, Any], b: dict[str, Any]) -> None:
        assert a["class_name"] == b["class_name"]
        newer = {"quantization_config", "activity_regularizer"}
        assert set(a["config"]) ^ set(b["config"]) <= newer
        for key in set(a["config"]) & set(b["config"]) - {"dtype"}:
            if key in ("layer", "backward_layer"):
                compare(a["config"][key], b["config"][key])
            elif not key.endswith("initializer"):
                assert a["config"][key] == b["config"][key], (a["class_name"], key)

    for a, b in zip(ours["config"]["layers"], theirs["config"]["layers"], strict=True):
        compare(a, b)


def test_an_uncompiled_model_and_a_name_with_a_dot(tmp_path: Path) -> None:
    model = Sequential([LSTM(3, input_shape=(None, 2))])
    model.save(str(tmp_path / "v1.2.keras"))
    again = load_model(str(tmp_path / "v1.2.keras"))
    assert not again.compiled and again.input_shape == (None, None, 2)
    with pytest.raises(DataError, match="overwrite=True"):
        model.save(tmp_path / "v1.2.keras", overwrite=False)


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "m.keras"
    model, _, _ = trained()
    model.save(target)
    whole = target.read_bytes()

    def fails(stream: Any) -> None:
        stream.write(b"half")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        put(target, fails)
    assert target.read_bytes() == whole
    assert [p.name for p in tmp_path.iterdir()] == ["m.keras"]
    with pytest.raises(DataError, match="a folder"):
        model.save(tmp_path / "nowhere" / "m.keras")
    assert target.stat().st_mode & 0o600 == 0o600


def test_mistakes_are_one_line(tmp_path: Path) -> None:
    model = Sequential([LSTM(3, input_shape=(5, 2))])
    for line, message in (
        (lambda: model.save(tmp_path / "m.pkl"), "Instead: 'm.keras'"),
        (lambda: model.save_weights(tmp_path / "m.keras"), "ending in .weights.h5"),
        (lambda: model.save_weights(tmp_path / "w.npz"), "Instead: 'w.weights.h5'"),
        (lambda: model.save(tmp_path / "m.keras", overwrit=True), "overwrite"),
        (lambda: model.export(tmp_path / "m"), "model.save"),
        (lambda: model.load_weights(tmp_path / "m.keras", byname=True), "by_name"),
        (lambda: model.save(3), "a path"),
        (lambda: load_model(tmp_path / "none.keras"), "nothing at"),
        (lambda: model.load_weights(tmp_path / "none.weights.h5"), "nothing at"),
        (lambda: Sequential([LSTM(3)]).save(tmp_path / "m.keras"), "expects weights"),
    ):
        with pytest.raises(TidegateError, match=message) as caught:
            line()
        assert "\n" not in str(caught.value)


def archive(path: Path, config: Any, weights: bytes | None = None) -> Path:
    if weights is None:
        with zipfile.ZipFile(HERE / "golden.keras") as golden:
            weights = golden.read("model.weights.h5")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("config.json", json.dumps(config))
        made.writestr("model.weights.h5", weights)
    return path


def layers(*described: dict[str, Any]) -> dict[str, Any]:
    shape = {"class_name": "InputLayer", "module": "keras.layers", "config": {"batch_shape": [None, 5, 2]}}
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [shape, *described]}}


def lstm(units: Any, **config: Any) -> dict[str, Any]:
    return {
        "class_name": "LSTM",
        "module": "keras.layers",
        "config": {"name": "lstm", "units": units, **config},
    }


HOSTILE: list[tuple[Any, str]] = [
    (layers({"class_name": "Lambda", "module": "keras.layers", "config": {"function": "x"}}), "'Lambda'"),
    (layers({"class_name": "LSTM", "module": "os", "config": {"units": 3}}), "layers of tidegate"),
    (layers(lstm(3, activation={"module": "os", "class_name": "system"})), "activation"),
    (layers(lstm(10**9)), "too few numbers in the file"),
    (layers(lstm("many")), "whole number"),
    (layers(lstm(3, surprise=1)), "surprise"),
    (layers({"class_name": "LSTM"}), "as Keras describes them"),
    ({"class_name": "Functional", "config": {}}, "layers as Keras"),
    ([1, 2], "the description of a model"),
]


@pytest.mark.parametrize(("config", "message"), HOSTILE, ids=[m for _, m in HOSTILE])
def test_a_description_can_only_name_what_is_here(tmp_path: Path, config: Any, message: str) -> None:
    with pytest.raises(TidegateError, match=message):
        load_model(archive(tmp_path / "m.keras", config))


def weights_with(write: Callable[[Any], None]) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write(file)
    return buffer.getvalue()


def test_weights_never_lead_out_of_their_file(tmp_path: Path) -> None:
    outside = tmp_path / "outside.h5"
    with h5py.File(outside, "w") as file:
        file["secret"] = np.ones(3)
    raw = tmp_path / "raw.bin"
    np.ones(12, "float32").tofile(raw)

    def linked(file: Any) -> None:
        file["layers/lstm/cell/vars/0"] = h5py.ExternalLink(str(outside), "secret")

    def soft(file: Any) -> None:
        file["layers/lstm/cell/vars/0"] = h5py.SoftLink("/layers")

    def external(file: Any) -> None:
        group = file.create_group("layers/lstm/cell/vars")
        group.create_dataset("0", shape=(12,), dtype="float32", external=[(str(raw), 0, 48)])

    def virtual(file: Any) -> None:
        layout = h5py.VirtualLayout((3,), "float64")
        layout[:] = h5py.VirtualSource(str(outside), "secret", (3,))
        file.create_virtual_dataset("layers/lstm/cell/vars/0", layout)

    for write, message in (
        (linked, "a link"),
        (soft, "a link"),
        (external, "data elsewhere"),
        (virtual, "data elsewhere"),
    ):
        with pytest.raises(DataError, match=message):
            load_model(archive(tmp_path / "m.keras", layers(lstm(3)), weights_with(write)))


def test_sizes_are_looked_at_before_anything_is_allocated(tmp_path: Path) -> None:
    def huge(file: Any) -> None:  # ten terabytes of nothing
        file.create_dataset(
            "layers/lstm/cell/vars/0", shape=(2_500_000, 1_000_000), dtype="float32", chunks=(1000, 1000)
        )

    with pytest.raises(DataError, match="weights that fit"):
        load_model(archive(tmp_path / "m.keras", layers(lstm(3)), weights_with(huge)))
    with pytest.raises(DataError, match="packed into"):
        load_model(archive(tmp_path / "m.keras", layers(lstm(3)), bytes(30_000_000)))


def test_what_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_text("no zip at all")
    with pytest.raises(DataError, match=r"a \.keras archive"):
        load_model(path)
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("other.txt", "")
    with pytest.raises(DataError, match=r"config\.json"):
        load_model(path)
    with pytest.raises(DataError, match="an HDF5 file"):
        load_model(archive(path, layers(lstm(3)), b"no hdf5"))
    whole = (HERE / "golden.keras").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"a \.keras archive"):
        load_model(path)
    with pytest.raises((DataError, ShapeError)):
        load_model(archive(path, layers(lstm(3))))  # weights of another model


def test_without_h5py_one_line_says_what_to_install(tmp_path: Path) -> None:
    code = """
import sys
sys.modules["h5py"] = None
from tidegate.layers import LSTM
from tidegate.models import Sequential
from tidegate.errors import TidegateError
try:
    Sequential([LSTM(3, input_shape=(5, 2))]).save("m.keras")
except TidegateError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert "pip install 'tidegate[keras]'" in done.stdout and done.stdout.count("\n") == 1, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_keras_opens_what_is_written_here(tmp_path: Path) -> None:
    backend = next((b for b in ("torch", "jax", "tensorflow") if find_spec(b)), None)
    if backend is None or find_spec("keras") is None:
        pytest.skip("keras is not installed")
    model, x, y = trained(RMSprop(0.01, momentum=0.3))
    model.save(tmp_path / "m.keras")
    code = """
import sys
import keras, numpy as np
model = keras.models.load_model("m.keras")
x, y = np.load("x.npy"), np.load("y.npy")
before = model.predict(x, verbose=0)
model.fit(x, y, batch_size=8, shuffle=False, verbose=0)
np.savez("seen.npz", before, model.predict(x, verbose=0))
"""
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", y)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=300,
        env={**os.environ, "KERAS_BACKEND": backend},
    )
    assert done.returncode == 0, done.stderr
    seen = np.load(tmp_path / "seen.npz")
    np.testing.assert_allclose(seen["arr_0"], model.predict(x), rtol=1e-4, atol=1e-6)
    model.fit(x, y, **FIT)
    np.testing.assert_allclose(seen["arr_1"], model.predict(x), rtol=1e-4, atol=1e-5)


def test_a_description_in_yaml_is_read() -> None:
    pytest.importorskip("yaml")
    import yaml

    model = Sequential([LSTM(2, input_shape=(3, 1))])
    written = yaml.safe_dump(json.loads(model.to_json()))
    for text in (model.to_yaml(), written):
        assert model_from_yaml(text).to_json() == model.to_json()


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize(
    ("index", "number", "said"),
    [
        (2, np.zeros((4, 2), "float32"), r"array 0 of the state of <Adam.*> in the shape \(3, 2\)"),
        (5, None, r"expects 4 arrays of the state of <Adam.*>; got 3 arrays"),
        (0, np.int64(-1), "expects a number of iterations"),
        (0, np.zeros(3, "int64"), "expects a number of iterations"),
    ],
)
def test_a_state_that_does_not_fit_is_told_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, index: int, number: Any, said: str
) -> None:
    model = Sequential([Dense(2, input_shape=(3,))])
    model.compile("adam", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    state: list[Any] = model.optimizer.state()
    state[index : index + 1] = [] if number is None else [number]
    monkeypatch.setattr(model.optimizer, "state", lambda: state)
    model.save(tmp_path / f"m{ending}")
    with pytest.warns(UserWarning, match=f"(?s){said}.*goes on with a fresh optimizer") as seen:
        again = load_model(tmp_path / f"m{ending}")
    assert len(seen) == 1 and seen[0].filename == __file__
    assert again.optimizer.iterations == 0
    np.testing.assert_array_equal(again.get_weights()[0], model.get_weights()[0])


def test_a_model_that_was_never_trained_needs_no_state(tmp_path: Path, recwarn: Any) -> None:
    model = Sequential([Dense(2, input_shape=(3,))])
    model.compile("adam", "mse")
    model.save(tmp_path / "m.keras")
    load_model(tmp_path / "m.keras")
    assert not recwarn.list
