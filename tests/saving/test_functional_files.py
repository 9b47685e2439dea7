"""Models of several inputs and outputs in files: those of Keras 3, and the descriptions of Keras 2."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import tidegate
from tests.saving.make_functional import HERE, SOURCES, model
from tidegate.errors import ArgumentError, TidegateError
from tidegate.layers import LSTM, Bidirectional, LSTMCell, deserialize, serialize
from tidegate.models import Sequential, load_model, model_from_json

TARGETS = [np.ones((7, 2)), np.ones((7, 1)), np.ones((7, 1))]


def test_a_file_of_keras_opens() -> None:
    net = load_model(HERE / "functional.keras")
    with np.load(HERE / "functional.npz") as expected:
        for k, p in enumerate(net.predict(SOURCES)):
            np.testing.assert_allclose(p, expected[f"predict/{k}"], atol=1e-6)
        np.testing.assert_allclose(net.evaluate(SOURCES, TARGETS, verbose=0), expected["evaluate"], rtol=1e-5)
    assert net.optimizer.iterations == 1
    assert net.metrics_names == ["loss", "stack_loss", "level_loss", "stack_mae"]


def look(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
        shapes: dict[str, Any] = {}
        with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
            file.visititems(lambda name, item: shapes.update({name: getattr(item, "shape", ())}))
    return config, shapes


def calls(config: dict[str, Any]) -> list[Any]:
    """Return what a description says of the calls, as far as it is not the same for all models."""
    found = []
    for layer in config["layers"]:
        nodes = [{**n, "kwargs": {}} for n in layer.get("inbound_nodes", [])]
        found.append([layer["class_name"], layer["module"], layer["config"]["name"], nodes])
        if "layers" in layer["config"] and layer["class_name"] == "Functional":
            found += calls(layer["config"])
    return [*found, config["input_layers"], config["output_layers"]]


def test_our_file_is_laid_out_as_that_of_keras(tmp_path: Path) -> None:
    tidegate.utils.clear_session()
    net = model(tidegate)
    net.fit(SOURCES, TARGETS, verbose=0)
    net.save(tmp_path / "model.keras")
    (ours, our_shapes), (theirs, their_shapes) = (
        look(tmp_path / "model.keras"),
        look(HERE / "functional.keras"),
    )
    extra = set(our_shapes.items()) ^ set(their_shapes.items())
    assert {path for path, _ in extra} <= {
        f"layers/functional/layers/input_layer{end}" for end in ("", "/vars")
    }
    assert calls(ours["config"]) == calls(theirs["config"])
    assert ours["compile_config"]["loss"] == theirs["compile_config"]["loss"]


def layer(name: str, cls: str, nodes: Any, **config: Any) -> dict[str, Any]:
    return {"class_name": cls, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


def keras_2(**changes: Any) -> str:
    inner = {
        "name": "inner",
        "layers": [
            layer("x", "InputLayer", [], batch_input_shape=[None, 3], dtype="float32"),
            layer("hidden", "Dense", [[["x", 0, 0, {}]]], units=2),
        ],
        "input_layers": [["x", 0, 0]],
        "output_layers": [["hidden", 0, 0]],
    }
    layers = [
        layer("one", "InputLayer", [], batch_input_shape=[None, 3], dtype="float32"),
        layer("two", "InputLayer", [], batch_input_shape=[None, 3], dtype="float32"),
        {"class_name": "Model", "name": "inner", "config": inner,
         "inbound_nodes": [[["one", 0, 0, {}]], [["two", 0, 0, {}]]]},
        layer("joined", "Concatenate", [[["inner", 1, 0, {}], ["inner", 2, 0, {}]]], axis=-1),
    ]  # fmt: skip
    config = {"name": "old", "layers": layers, "input_layers": [["one", 0, 0], ["two", 0, 0]],
              "output_layers": [["joined", 0, 0]], **changes}  # fmt: skip
    return json.dumps({"class_name": "Model", "config": config, "keras_version": "2.2.4"})


def test_a_description_of_keras_2_is_read() -> None:
    net = model_from_json(keras_2())
    assert [k.name for k in net.layers] == ["one", "two", "inner", "joined"]
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    w, b = net.get_weights()
    np.testing.assert_allclose(
        net.predict([x[0], x[1]]), np.concatenate([x[0] @ w + b, x[1] @ w + b], 1), rtol=1e-5
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"output_layers": [["nothing", 0, 0]]}, "its own layers; got 'nothing'"),
        ({"output_layers": [["joined", 5, 0]]}, "IndexError"),
        ({"input_layers": [["one", 0, 0]]}, "needs the input 'two'"),
        ({"layers": [layer("loop", "Dense", [[["loop", 0, 0, {}]]], units=2)]}, "none for loop"),
    ],
)
def test_calls_that_lead_nowhere_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(TidegateError, match=said):
        model_from_json(keras_2(**changes))


@pytest.mark.parametrize("shape", [{"batch_input_shape": (2, 3, 1)}, {"batch_shape": (2, 3, 1)}])
def test_a_stateful_model_says_the_samples_of_a_batch_as_keras_wants_to_know(shape: Any) -> None:
    model = Sequential([Bidirectional(LSTM(2, stateful=True), **shape)])
    first, layer = json.loads(model.to_json())["config"]["layers"]
    assert first["config"]["batch_shape"] == [2, 3, 1]
    assert "build_config" not in layer and "build_config" not in layer["config"]["layer"]  # it has no samples
    assert model_from_json(model.to_json()).to_json() == model.to_json()


@pytest.mark.parametrize("kind", ["RNN", "LSTM"])
def test_time_major_is_read_where_it_is_off_and_refused_by_name_where_it_is_on(kind: str) -> None:
    arguments = {"cell": serialize(LSTMCell(2))} if kind == "RNN" else {"units": 2}
    described = {"module": "keras.layers", "class_name": kind, "config": {**arguments, "time_major": False}}
    assert deserialize(described)(np.zeros((2, 3, 1))).shape == (2, 2)
    described["config"] = {**arguments, "time_major": True}
    with pytest.raises(
        ArgumentError, match=f"{kind} expects the samples on the first axis; got time_major=True"
    ):
        deserialize(described)
