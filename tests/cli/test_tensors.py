"""What stands in for TensorFlow around a script refuses what it cannot be."""

import numpy as np
import pytest

from tidegate.cli import serve
from tidegate.cli.tensors import NAMES, Session
from tidegate.errors import ArgumentError


def test_a_session_passes_over_an_initializer_and_refuses_a_graph() -> None:
    assert Session().run(None) is None
    with pytest.raises(ArgumentError, match=r"a graph of TensorFlow 1.*model.predict\(x\)"):
        Session().run("graph")


def test_one_hot_gives_no_one_outside_of_its_depth() -> None:
    one_hot = NAMES[""]["one_hot"]
    assert one_hot([-1, 0, 3], 3).tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert one_hot([1, 0], 2, on_value=5, off_value=-1, axis=0, dtype="int32").tolist() == [[-1, 5], [5, -1]]


def test_looking_names_up_reads_no_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = serve.KerasModule("keras.layers")
    assert layers.LSTM
    monkeypatch.setattr("pkgutil.iter_modules", None)
    assert layers.Dense


def test_modules_that_keras_does_not_have_are_not_served() -> None:
    served = serve.modules()
    assert "layers" in served and "preprocessing.text" in served
    assert not {"explaining", "toolkit", "data", "cli"} & set(served)


def test_a_product_takes_its_factors_turned() -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(4, 3)
    np.testing.assert_array_equal(NAMES[""]["matmul"](a, b, transpose_b=True), a @ b.T)
    np.testing.assert_array_equal(NAMES["linalg"]["matmul"](a, b.T[:2], transpose_a=True), a.T @ b.T[:2])
