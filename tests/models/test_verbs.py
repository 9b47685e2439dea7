"""compile, fit, evaluate, predict: what they take and give."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.callbacks import EarlyStopping, History
from tidegate.errors import ArgumentError, ShapeError, TidegateError
from tidegate.layers import LSTM, Dense, Embedding, Flatten, Layer
from tidegate.losses import MeanSquaredError
from tidegate.metrics import F1Score
from tidegate.models import Sequential
from tidegate.ops import Node
from tidegate.optimizers import SGD, Adam
from tidegate.utils import set_random_seed

from .small import RNG, X, Y, classifier, regression


@pytest.fixture(autouse=True)
def seeded() -> None:
    set_random_seed(0)


def test_fit_learns_and_returns_the_history() -> None:
    model = regression(Adam(0.02), metrics=["mae"])
    history = model.fit(X, Y, epochs=30, batch_size=8, validation_split=0.2, verbose=0)
    assert isinstance(history, History) and model.history is history and history.model is model
    assert list(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert history.epoch == list(range(30))
    assert history.params["epochs"] == 30 and history.params["steps"] == 5
    assert history.history["loss"][-1] < 0.3 * history.history["loss"][0]


def test_the_loss_of_the_history_is_the_mean_over_samples() -> None:
    model = regression(SGD(0.0), metrics=["mse"])
    history = model.fit(X, Y, batch_size=16, verbose=0).history  # 16, 16, 16 and 2 samples
    expected = np.mean((model.predict(X)[:, 0] - Y) ** 2)
    assert history["loss"][0] == pytest.approx(expected, rel=1e-5)
    assert history["mse"][0] == pytest.approx(expected, rel=1e-5)
    assert model.evaluate(X, Y, verbose=0, batch_size=7)[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("shape", [(50,), (50, 1), (50, 1, 1)])
def test_targets_that_keras_rightly_takes(shape: tuple[int, ...]) -> None:
    model = regression()
    first = model.evaluate(X, Y.reshape(50), verbose=0)
    assert model.evaluate(X, Y.reshape(shape), verbose=0) == first
    every = Sequential([LSTM(4, input_shape=(6, 2), return_sequences=True), Dense(1)])
    every.compile("adam", "mse")
    at_each = X.sum(axis=2)
    assert every.evaluate(X, at_each, verbose=0) == every.evaluate(X, at_each[..., None], verbose=0)
    assert classifier().evaluate(X, np.zeros(50), verbose=0) > 0
    assert classifier().evaluate(X, np.zeros((50, 1)), verbose=0) > 0


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "float16", "int64", "int8", "uint16", "bool", ">f4", ">i8"]
)
def test_x_of_any_type_and_strides(dtype: str) -> None:
    model = regression()
    x = (RNG.random((20, 6, 2)) > 0.5).astype(dtype)
    expected = model.predict(x.astype(np.float32))
    np.testing.assert_array_equal(model.predict(x), expected)
    wide = np.zeros((40, 6, 4), dtype)
    wide[::2, :, 1::2] = x
    np.testing.assert_array_equal(model.predict(wide[::2, :, 1::2]), expected)
    model.fit(wide[::2, :, 1::2], np.zeros(20), verbose=0)


def test_windows_and_memory_maps_and_lists(tmp_path: Path) -> None:
    series = RNG.normal(size=60)
    windows = np.lib.stride_tricks.sliding_window_view(series, 6)[:, :, None]
    model = Sequential([LSTM(4, input_shape=(6, 1)), Dense(1)])
    model.compile("adam", "mse")
    expected = model.predict(windows.copy())
    np.testing.assert_array_equal(model.predict(windows), expected)
    np.testing.assert_array_equal(model.predict(windows.tolist()), expected)
    np.save(tmp_path / "x.npy", windows)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    np.testing.assert_array_equal(model.predict(mapped), expected)
    model.fit(mapped, np.zeros(55), verbose=0)
    np.testing.assert_array_equal(model.predict([windows]), model.predict(windows))  # a list of one input


def test_pandas_and_polars_are_taken() -> None:
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    table = X[:, 0, :]
    expected = model.evaluate(table, Y, verbose=0)
    for library in (pandas.DataFrame(table), polars.DataFrame(table)):
        assert model.evaluate(library, Y, verbose=0) == expected
    assert model.evaluate(pandas.DataFrame(table), pandas.Series(Y), verbose=0) == expected


@pytest.mark.parametrize("reduce", [ops.mean, ops.max])
def test_predict_keeps_batches_where_their_samples_meet(reduce: Any) -> None:
    class Centred(Layer):
        def call(self, inputs: Any) -> Any:
            return ops.subtract(inputs, reduce(inputs, axis=0, keepdims=True))

    rows = RNG.normal(size=(70, 3)).astype(np.float32)
    found = Sequential([Centred(input_shape=(3,))])
    for batch_size in (32, 5):
        parts = [rows[k : k + batch_size] for k in range(0, 70, batch_size)]
        expected = np.concatenate([p - reduce(p, axis=0) for p in parts])
        np.testing.assert_allclose(found.predict(rows, batch_size=batch_size), expected, atol=1e-6)


def test_predict_does_not_depend_on_the_number_of_samples() -> None:
    model = regression()
    many = np.tile(X, (100, 1, 1))
    every = model.predict(many)
    np.testing.assert_allclose(every[:50], model.predict(X), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(every[7:8], model.predict(X[[7]]), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(model.predict(X), model(X))
    np.testing.assert_array_equal(model.predict_on_batch(X), model.predict(X, batch_size=3))
    assert model.predict(X[:0]).shape == (0, 1)
    assert model.predict(X, batch_size=4, steps=2).shape == (8, 1)
    kept = model.predict(X)
    first = kept.copy()
    model.predict(X + 1)
    np.testing.assert_array_equal(kept, first)  # no buffer is handed out twice


def test_crisp_classes() -> None:
    model = classifier()
    assert model.predict_classes(X).shape == (50,)
    np.testing.assert_array_equal(model.predict_classes(X), model.predict_proba(X).argmax(axis=1))
    two = Sequential([LSTM(4, input_shape=(6, 2)), Dense(1, activation="sigmoid")])
    assert two.predict_classes(X).shape == (50, 1)
    assert set(np.unique(two.predict_classes(X))) <= {0, 1}


def test_evaluate_gives_a_number_a_list_or_a_dict() -> None:
    assert isinstance(regression().evaluate(X, Y, verbose=0), float)
    model = classifier(metrics=["acc"])
    found = model.evaluate(X, np.zeros(50), verbose=0)
    assert len(found) == 2 and model.metrics_names == ["loss", "acc"]
    as_dict = model.evaluate(X, np.zeros(50), verbose=0, return_dict=True)
    assert list(as_dict) == ["loss", "acc"] and list(as_dict.values()) == found


def test_accuracy_becomes_the_one_that_suits() -> None:
    k = RNG.integers(0, 3, size=50)
    share = float((classifier().predict(X).argmax(axis=1) == k).mean())
    set_random_seed(0)
    sparse = classifier(metrics=["accuracy"])
    right = float((sparse.predict(X).argmax(axis=1) == k).mean())
    assert sparse.evaluate(X, k, verbose=0)[1] == pytest.approx(right)
    onehot = classifier("categorical_crossentropy", metrics=["Accuracy"])
    onehot.set_weights(sparse.get_weights())
    assert onehot.evaluate(X, np.eye(3)[k], verbose=0, return_dict=True)["Accuracy"] == pytest.approx(right)
    two = Sequential([LSTM(4, input_shape=(6, 2)), Dense(1, activation="sigmoid")])
    two.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    hit = float(((two.predict(X)[:, 0] > 0.5) == (k > 0)).mean())
    assert two.evaluate(X, k > 0, verbose=0)[1] == pytest.approx(hit)
    assert 0 <= share <= 1


def test_compile_takes_either_order_of_keras() -> None:
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("adam", "mse", ["mae"])  # Keras 2
    assert model.metrics_names == ["loss", "mae"]
    model.compile("adam", MeanSquaredError(), None, ["mae"])  # Keras 3
    assert model.metrics_names == ["loss", "mae"]


def test_validation_split_takes_the_last_part() -> None:
    x, y = X.copy(), Y.copy()
    x[40:] = 100.0  # would wreck the training
    model = regression(SGD(0.0))
    history = model.fit(x, y, validation_split=0.2, verbose=0).history
    assert history["val_loss"][0] == pytest.approx(model.evaluate(x[40:], y[40:], verbose=0))
    assert history["loss"][0] == pytest.approx(model.evaluate(x[:40], y[:40], verbose=0))
    held = model.fit(x, y, validation_data=(X[:10], Y[:10]), verbose=0).history["val_loss"][0]
    assert held == pytest.approx(model.evaluate(X[:10], Y[:10], verbose=0))


def test_shuffle_changes_the_order_and_nothing_else() -> None:
    def weights(shuffle: bool, seed: int) -> np.ndarray:
        set_random_seed(0)
        model = regression("sgd")
        set_random_seed(seed)
        model.fit(X, Y, batch_size=10, shuffle=shuffle, verbose=0)
        return model.get_weights()[0]

    np.testing.assert_array_equal(weights(False, 1), weights(False, 2))
    np.testing.assert_array_equal(weights(True, 1), weights(True, 1))
    assert np.abs(weights(True, 1) - weights(True, 2)).max() > 0
    assert np.abs(weights(True, 1) - weights(False, 1)).max() > 0


def test_epochs_can_be_taken_up_again() -> None:
    model = regression()
    first = model.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    more = model.fit(X, Y, initial_epoch=2, epochs=4, shuffle=False, verbose=0)
    assert more.epoch == [2, 3]
    whole = regression()
    set_random_seed(0)
    whole = regression()
    all_at_once = whole.fit(X, Y, epochs=4, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(first.history["loss"] + more.history["loss"], all_at_once, rtol=1e-6)
    assert model.optimizer is not None and model.optimizer.iterations == 8
    assert regression().fit(X, Y, nb_epoch=3, verbose=0).epoch == [0, 1, 2]
    assert regression().fit(X, Y, batch_size=10, steps_per_epoch=2, verbose=0).params["steps"] == 2


def test_layers_that_are_not_trainable_stay() -> None:
    model = Sequential([LSTM(4, input_shape=(6, 2), trainable=False), Dense(1)])
    model.compile("adam", "mse")
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    after = model.get_weights()
    for k in range(3):
        np.testing.assert_array_equal(before[k], after[k])
    assert np.abs(before[3] - after[3]).max() > 0
    for layer in model.layers:
        layer.trainable = False
    model.compile("adam", "mse")
    with pytest.raises(TidegateError, match="trainable=False"):
        model.fit(X, Y, verbose=0)


def test_a_metric_of_several_numbers_is_an_array_in_the_history(capsys: pytest.CaptureFixture[str]) -> None:
    model = classifier("categorical_crossentropy", metrics=[F1Score(average=None, name="f1")])
    y = np.eye(3)[np.arange(50) % 3]
    history = model.fit(X, y, epochs=2, validation_split=0.2, verbose=2).history
    assert [v.shape for v in history["val_f1"]] == [(3,), (3,)]
    assert f"val_f1: {history['val_f1'][0].mean():.4f}" in capsys.readouterr().out
    loss, f1 = model.evaluate(X, y, verbose=0)
    assert isinstance(loss, float) and f1.shape == (3,)
    with pytest.raises(ArgumentError, match="one number to watch; got 'val_f1' with 3 numbers"):
        model.fit(X, y, validation_split=0.2, callbacks=EarlyStopping("val_f1", mode="max"), verbose=0)


def test_a_loss_of_ones_own_may_compare_one_number_with_several_outputs() -> None:
    def pinball(y_true: Any, y_pred: Any) -> Any:
        error = y_true - y_pred
        shares = np.float32([0.1, 0.5, 0.9])
        return ops.mean(ops.maximum(shares * error, (shares - 1) * error), axis=-1)

    model = Sequential([LSTM(4, input_shape=(6, 2)), Dense(3)])
    model.compile("adam", pinball)
    away = Y.reshape(-1, 1) - model.predict(X)
    shares = np.array([0.1, 0.5, 0.9])
    expected = np.maximum(shares * away, (shares - 1) * away).mean()
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected, rel=1e-5)
    model.compile("adam", "mse")
    with pytest.raises(ShapeError, match="y of the output's shape"):
        model.fit(X, Y, verbose=0)


def test_metrics_can_be_started_anew() -> None:
    model = regression(metrics=["mae"])
    model.evaluate(X, Y, verbose=0)
    model.reset_metrics()
    assert [m.result() for m in model.metrics] == [0.0, 0.0]


@pytest.mark.parametrize("method", ["compute_loss_and_updates", "make_train_function"])
def test_a_step_of_its_own_is_refused_by_name(method: str) -> None:
    Own = type("Own", (Sequential,), {method: lambda self, *args: None})
    model = Own([LSTM(4, input_shape=(6, 2)), Dense(1)])
    assert model.predict(X, verbose=0).shape == (50, 1)
    with pytest.raises(ArgumentError, match=rf"{method}\(\) of its own in Own"):
        model.compile("adam", "mse")


@pytest.mark.parametrize("method", ["predict_step", "make_predict_function"])
def test_a_prediction_of_its_own_is_refused_by_name(method: str) -> None:
    Own = type("Own", (Sequential,), {method: lambda self, *args: None})
    with pytest.raises(ArgumentError, match=rf"predict expects .*{method}\(\) of its own in Own"):
        Own([LSTM(4, input_shape=(6, 2)), Dense(1)]).predict(X)


def test_metrics_of_single_batches_can_go_on() -> None:
    model = regression(metrics=["mae"])
    parts = [slice(0, 10), slice(10, 50)]
    alone = [model.test_on_batch(X[p], Y[p]) for p in parts]
    model.reset_metrics()
    for p in parts:
        together = model.test_on_batch(X[p], Y[p], reset_metrics=False)
    expected = np.average(alone, axis=0, weights=[10, 40])
    np.testing.assert_allclose(together, expected, rtol=1e-5)
    np.testing.assert_allclose(together, model.evaluate(X, Y, verbose=0), rtol=1e-5)
    assert model.test_on_batch(X[:10], Y[:10]) == pytest.approx(alone[0])


def test_one_batch_at_a_time() -> None:
    model = regression(metrics=["mae"])
    before = model.test_on_batch(X, Y)
    assert model.train_on_batch(X, Y) == pytest.approx(before)
    assert model.test_on_batch(X, Y)[0] < before[0]
    assert list(model.train_on_batch(X, Y, return_dict=True)) == ["loss", "mae"]
    assert model.optimizer is not None and model.optimizer.iterations == 2


def test_decay_and_a_rate_that_is_assigned() -> None:
    """lr / (1 + decay * iterations), step by step."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(6, 1)), rng.normal(size=(6, 1))
    model = Sequential([Dense(1, use_bias=False, input_shape=(1,))])
    model.compile(SGD(lr=0.1, decay=0.5), "mse")
    w = float(model.get_weights()[0][0, 0])
    model.fit(x, y, batch_size=2, shuffle=False, epochs=2, verbose=0)
    for step in range(6):
        part = slice(2 * (step % 3), 2 * (step % 3) + 2)
        gradient = float(np.mean(2 * (w * x[part] - y[part]) * x[part]))
        w -= 0.1 / (1 + 0.5 * step) * gradient
    assert float(model.get_weights()[0][0, 0]) == pytest.approx(w, rel=1e-5)
    assert model.optimizer is not None
    model.optimizer.learning_rate = 0.0
    held = model.get_weights()[0]
    model.fit(x, y, verbose=0)
    np.testing.assert_array_equal(held, model.get_weights()[0])
    model.optimizer.learning_rate.assign(0.2)
    assert model.optimizer.learning_rate == 0.2


def test_codes_may_come_as_floats() -> None:
    model = Sequential([Embedding(5, 3), Flatten(), Dense(1)])
    model.compile("adam", "mse")
    codes = RNG.integers(0, 5, size=(10, 4))
    model.fit(codes, np.zeros(10), verbose=0)
    np.testing.assert_array_equal(model.predict(codes), model.predict(codes.astype(np.float32)))


def test_thousands_of_predictions_hold_no_memory() -> None:
    resource = pytest.importorskip("resource")
    model = regression()
    one = X[:1]
    for _ in range(200):
        model.predict(one)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(5000):
        model.predict(one)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * (1 if sys.platform == "darwin" else 1024) < 4e6
    assert len(model._ready) == 1


def test_unknown_arguments_are_refused() -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'epochs'"):
        regression().fit(X, Y, epoch=3)
    with pytest.raises(ShapeError, match="sample_weight with 50 rows"):
        regression().fit(X, Y, sample_weight=np.ones(49))
    with pytest.raises(ArgumentError, match="a loss"):
        regression().compile("adam")


def test_the_reference_runs_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from tidegate import kernels

    def weights() -> list[np.ndarray]:
        set_random_seed(0)
        model = regression()
        model.fit(X, Y, epochs=2, batch_size=16, verbose=0)
        assert model.plan is not None
        names.append(model.plan.executor.name)
        return model.get_weights()

    names: list[str] = []
    first = weights()
    try:
        kernels.set_isa("reference")
        second = weights()
    finally:
        kernels.set_isa(os.environ.get("TIDEGATE_ISA") or None)
    assert names[1] == "reference"
    for a, b in zip(first, second, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_a_loss_that_fails_leaves_nothing_behind() -> None:
    def broken(y_true: Any, y_pred: Any) -> Any:
        raise RuntimeError("a mistake of the user's own")

    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", broken)
    with pytest.raises(RuntimeError, match="own"):
        model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    assert Node.scopes == []


def test_metrics_are_those_of_compile_whatever_ran_last() -> None:
    model = regression()
    model.compile("sgd", "mse", metrics=["mae"])
    scores = model.evaluate(X, Y, verbose=0, return_dict=True)
    model.predict(X, verbose=0)
    assert model.get_metrics_result() == scores and [m.name for m in model.metrics] == ["loss", "mae"]
    model.compile("sgd", "mae", metrics=["mse"])
    assert model.metrics_names == ["loss", "mse"]
