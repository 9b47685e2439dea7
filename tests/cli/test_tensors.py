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


def test_a_seed_of_its_own_draws_the_same_in_each_run() -> None:
    seed, draw = NAMES["random"]["set_seed"], NAMES["random"]["uniform"]
    runs = []
    for first in (3, 4, 3):
        seed(first)
        draw((2,))  # what draws without a seed does not move what draws with one
        runs.append([draw((2,), seed=-7).tolist() for _ in range(2)])
        draw((2,), seed=1)
    assert runs[0] == runs[2] != runs[1] and runs[0][0] != runs[0][1]


def test_random_numbers_are_of_the_types_that_tensorflow_draws() -> None:
    uniform, normal = NAMES["random"]["uniform"], NAMES["random"]["normal"]
    whole = uniform((200,), [0], [3], dtype="int64", seed=1)
    assert whole.dtype == np.int64 and set(whole.tolist()) == {0, 1, 2}
    assert uniform((5,), 2, 3, np.float16, 1).dtype == np.float16
    with pytest.raises(ArgumentError, match=r"float16, .*; got uint8\. Instead: tf.cast\(..., tf.uint8\)"):
        uniform((3,), 0, 256, dtype=np.uint8)
    with pytest.raises(ArgumentError, match="dtype among float16, float32, float64; got int32"):
        normal((3,), dtype="int32")
    with pytest.raises(ArgumentError, match="expects maxval where dtype=int32"):
        uniform((3,), dtype="int32")
    with pytest.raises(ArgumentError, match="expects minval < maxval; got minval=5, maxval=5"):
        uniform((3,), 5, 5, dtype="int32")


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
