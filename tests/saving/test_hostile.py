"""Files that were made to harm: each is refused in one line that names it, and nothing runs or fills the memory."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate.errors import DataError, TidegateError
from tidegate.layers import LSTM, Dense
from tidegate.models import Sequential, load_model

h5py = pytest.importorskip("h5py")
HERE = Path(__file__).parent


def small() -> Sequential:
    model = Sequential([LSTM(1, input_shape=(2, 1), name="lstm"), Dense(1, name="dense")])
    model.compile("adam", "mse")
    return model


@pytest.mark.skipif(sys.platform == "win32", reason="limits of memory")
@pytest.mark.parametrize("file", ["m.keras", "m.h5"])
def test_changed_bytes_load_or_are_refused(tmp_path: Path, file: str) -> None:
    small().save(tmp_path / file)
    command = [sys.executable, str(HERE / "mutate.py"), str(tmp_path / file), "250", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr[-2000:]


# Archives.


def archive(path: Path, config: Any = None, extra: dict[str, Any] | None = None) -> Path:
    """Write a small model's archive with another description, or with more parts in it."""
    small().save(path)
    with zipfile.ZipFile(path) as made:
        parts: dict[str, Any] = {name: made.read(name) for name in made.namelist()}
    if config is not None:
        parts["config.json"] = config if isinstance(config, str | bytes) else json.dumps(config)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in {**parts, **(extra or {})}.items():
            made.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../../etc/cron.d/x", "paths inside the archive"),
        ("/etc/passwd", "paths inside the archive"),
        ("assets/../../x", "paths inside the archive"),
        ("C:/x", "paths inside the archive"),
        ("data.pkl", "data.pkl in the archive"),
        ("model.weights.npz", "in the archive"),
    ],
)
def test_parts_that_do_not_belong_there(tmp_path: Path, name: str, message: str) -> None:
    path = archive(tmp_path / "m.keras", extra={name: b"x"})
    with pytest.raises(DataError, match=message):
        load_model(path)


def test_an_archive_larger_than_what_is_stored(tmp_path: Path) -> None:
    for name in ("metadata.json", "config.json", "model.weights.h5"):
        path = archive(tmp_path / "m.keras", extra={name: bytes(40_000_000)})
        with pytest.raises(DataError, match=r"plausible size|at most"):
            load_model(path)


def described(**config: Any) -> dict[str, Any]:
    """Return a model of one LSTM with some of its arguments."""
    shape = {"class_name": "InputLayer", "module": "keras.layers", "config": {"batch_shape": [None, 2, 1]}}
    layer = {"class_name": "LSTM", "module": "keras.layers", "config": {"name": "a", "units": 1, **config}}
    return {"class_name": "Sequential", "module": "keras", "config": {"name": "m", "layers": [shape, layer]}}


deep: Any = "[" * 100_000 + "]" * 100_000
nested: dict[str, Any] = described()
for _ in range(200):
    nested = {"class_name": "TimeDistributed", "module": "keras.layers", "config": {"layer": nested}}
CODE = {"class_name": "__lambda__", "config": {"code": "4wEAAAAAAAAA", "defaults": None, "closure": None}}
WRONG: list[Any] = [
    deep,
    "{",
    b"\xff\xfe",
    "null",
    "3",
    nested,
    {"class_name": "Sequential"},
    {"class_name": "Sequential", "config": {"layers": 5}},
    {"class_name": "Sequential", "config": {"layers": [None]}},
    {"class_name": "Sequential", "config": {"layers": [{"class_name": ["LSTM"], "config": {}}]}},
    {"class_name": {"a": 1}, "config": {}},
    described(units="1"),
    described(units=1e300),
    described(units=[1]),
    described(units=10**30),
    described(units=None),
    described(activation=CODE),
    described(activation={"module": "os", "class_name": "function", "config": "system"}),
    described(kernel_initializer={"module": "builtins", "class_name": "eval", "config": {"source": "1"}}),
    described(kernel_initializer=[1]),
    described(name={"a": 1}, dtype=5),
]


@pytest.mark.parametrize("config", WRONG, ids=lambda c: str(c)[-60:])
def test_descriptions_of_wrong_things(tmp_path: Path, config: Any) -> None:
    path = archive(tmp_path / "m.keras", config)
    with pytest.raises(TidegateError) as caught:
        load_model(path)
    assert str(caught.value).startswith(str(path)) and len(str(caught.value)) < 2000


@pytest.mark.parametrize("kind", ["StringLookup", "TextVectorization", "IntegerLookup"])
def test_a_description_opens_no_file(tmp_path: Path, kind: str) -> None:
    (tmp_path / "secret").write_text("12345")
    model = described()
    model["config"]["layers"][1] = {
        "class_name": kind,
        "module": "keras.layers",
        "config": {"name": "a", "vocabulary": str(tmp_path / "secret")},
    }
    with pytest.raises(DataError, match="expects the words in its description; got the path") as caught:
        load_model(archive(tmp_path / "m.keras", model))
    assert "12345" not in str(caught.value)


def test_code_is_named_and_never_run(tmp_path: Path) -> None:
    function = {
        "class_name": "__lambda__",
        "config": {"code": "4wEAAAAAAAAA", "defaults": None, "closure": None},
    }
    layer = {"class_name": "Lambda", "module": "keras.layers", "config": {"name": "l", "function": function}}
    config = described()
    config["config"]["layers"].append(layer)
    path = archive(tmp_path / "m.keras", config)
    for safe in (True, False):
        with pytest.raises(TidegateError, match="Lambda"):
            load_model(path, safe_mode=safe)


# HDF5.


def h5(path: Path, change: Callable[[Any], None]) -> Path:
    small().save(path)
    with h5py.File(path, "a") as file:
        change(file)
    return path


def _outside(file: Any) -> None:
    file["model_weights/lstm/x"] = h5py.ExternalLink("/etc/passwd", "/")


def _soft(file: Any) -> None:
    file["model_weights/lstm/x"] = h5py.SoftLink("/model_weights")


def _cycle(file: Any) -> None:
    file["model_weights/lstm/x"] = file["model_weights"]


def _texts(file: Any) -> None:
    file.create_dataset(
        "model_weights/x", data=np.array([b"a", b"bb"], dtype=object), dtype=h5py.string_dtype()
    )


def _ragged(file: Any) -> None:
    file.create_dataset("model_weights/x", (2,), dtype=h5py.vlen_dtype(np.float32))


def _deep(file: Any) -> None:
    file.create_group("/".join("g" * 60))


def _empty_but_huge(file: Any) -> None:
    file.create_dataset("model_weights/x", shape=(10**6, 10**6), dtype="float32", chunks=(1000, 1000))


def _packed(file: Any) -> None:
    file.create_dataset(
        "model_weights/x", data=np.zeros(30_000_000, "float32"), compression="gzip", chunks=True
    )


def _pickled(file: Any) -> None:
    file.attrs["model_config"] = np.void(b"\x80\x04cos\nsystem\n")


def _deep_json(file: Any) -> None:
    file.attrs["model_config"] = deep


def _names(file: Any) -> None:
    file["model_weights"].attrs["layer_names"] = [b"../..", b"/", b"lstm"]


def _weights(file: Any) -> None:
    file["model_weights/lstm"].attrs["weight_names"] = [b"../dense/x"] * 3


@pytest.mark.parametrize(
    "change",
    [_outside, _soft, _cycle, _texts, _ragged, _deep, _empty_but_huge, _packed, _pickled, _deep_json, _names, _weights],
    ids=lambda f: f.__name__.strip("_"),
)  # fmt: skip
def test_hdf5_files_made_to_harm(tmp_path: Path, change: Callable[[Any], None]) -> None:
    path = h5(tmp_path / "m.h5", change)
    for read in (load_model, small().load_weights):
        if read is not load_model and change in (_pickled, _deep_json):
            continue  # the description is not looked at
        with pytest.raises(TidegateError) as caught:
            read(path)
        assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


def test_a_heap_of_texts_without_end(tmp_path: Path) -> None:
    small().save(tmp_path / "m.h5")
    data = bytearray((tmp_path / "m.h5").read_bytes())
    first = data.index(b"GCOL") + 16
    data[first : first + 16] = bytes(16)  # number 0, size 0: libhdf5 would step by nothing for ever
    (tmp_path / "m.h5").write_bytes(data)
    with pytest.raises(DataError, match="a text of a wrong size"):
        load_model(tmp_path / "m.h5")


# What is no file of a model at all.


def test_other_peoples_formats_are_named(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"x")
    with pytest.raises(DataError, match=r"a SavedModel folder.*\.save\('model\.h5'\)"):
        load_model(tmp_path / "saved")
    (tmp_path / "ckpt.index").write_bytes(b"x")
    with pytest.raises(DataError, match="a checkpoint of TensorFlow"):
        small().load_weights(tmp_path / "ckpt")
    (tmp_path / "m.pkl").write_bytes(b"\x80\x04\x95")
    np.savez(tmp_path / "w.npz", a=np.ones(3))
    for name in ("m.pkl", "w.npz"):
        with pytest.raises(DataError, match=name):
            load_model(tmp_path / name)
        with pytest.raises(DataError, match=name):
            small().load_weights(tmp_path / name)
    small().save(tmp_path / "model.keras")
    with pytest.raises(DataError, match=r"did you mean 'model\.keras'|Did you mean 'model\.keras'"):
        load_model(tmp_path / "modle.keras")


def test_writing(tmp_path: Path) -> None:
    model = small()
    (tmp_path / "folder.keras").mkdir()
    with pytest.raises(DataError, match="folder"):
        model.save(tmp_path / "folder.keras")
    for save, name in ((model.save, "m.h5"), (model.save, "m.keras"), (model.save_weights, "w.weights.h5")):
        save(tmp_path / name)
        with pytest.raises(DataError, match="overwrite=True"):
            save(tmp_path / name, overwrite=False)
        save(str(tmp_path / name), overwrite=True)
    buffer: Any = io.BytesIO()
    with pytest.raises(TidegateError, match="a path"):
        model.save(buffer)
