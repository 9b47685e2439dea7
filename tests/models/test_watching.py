"""What a training lets one see: callbacks, and what is printed."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from tidegate.callbacks import Callback, EarlyStopping
from tidegate.errors import ArgumentError
from tidegate.layers import Dense
from tidegate.metrics import MeanAbsoluteError
from tidegate.models import Sequential
from tidegate.models.progress import Progress
from tidegate.optimizers import SGD
from tidegate.utils import set_random_seed

from .small import X, Y, regression


@pytest.fixture(autouse=True)
def seeded() -> None:
    set_random_seed(0)


class Recorder(Callback):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.calls.append("train begin")

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.calls.append(f"epoch {epoch} begin")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.calls.append(f"epoch {epoch} end {sorted(logs)}")

    def on_train_end(self, logs: Any = None) -> None:
        self.calls.append("train end")


def test_callbacks_are_called_in_order() -> None:
    seen = Recorder()
    regression().fit(X, Y, epochs=2, validation_split=0.5, callbacks=[seen], verbose=0)
    logs = "['loss', 'val_loss']"
    expected = [
        "train begin",
        "epoch 0 begin",
        f"epoch 0 end {logs}",
        "epoch 1 begin",
        f"epoch 1 end {logs}",
        "train end",
    ]
    assert seen.calls == expected
    assert seen.params["epochs"] == 2 and isinstance(seen.model, Sequential)


def test_callbacks_of_batches_see_each_step() -> None:
    class Batches(Callback):
        def __init__(self) -> None:
            super().__init__()
            self.weights: list[np.ndarray] = []
            self.losses: list[float] = []
            self.old: list[int] = []

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.weights.append(self.model.get_weights()[0])
            self.losses.append(logs["loss"])

        def on_batch_begin(self, batch: int, logs: Any = None) -> None:
            self.old.append(batch)

    seen, model = Batches(), regression()
    history = model.fit(X, Y, batch_size=20, callbacks=seen, verbose=0, shuffle=False)
    assert len(seen.weights) == 3 and seen.old == [0, 1, 2]
    assert np.abs(seen.weights[1] - seen.weights[0]).max() > 0
    np.testing.assert_array_equal(seen.weights[2], model.get_weights()[0])
    assert seen.losses[-1] == history.history["loss"][0]
    set_random_seed(0)
    plain = regression()
    plain.fit(X, Y, batch_size=20, verbose=0, shuffle=False)
    for a, b in zip(plain.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)  # watching changes nothing


def test_a_callback_can_stop_and_set_the_rate() -> None:
    class Stop(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.optimizer.learning_rate = 0.5
            self.model.stop_training = epoch == 2

    model = regression("sgd")
    assert len(model.fit(X, Y, epochs=10, verbose=0, callbacks=[Stop()]).epoch) == 3
    assert model.optimizer is not None and model.optimizer.learning_rate == 0.5


def test_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    model = regression(metrics=["mae"])
    model.fit(X, Y, epochs=2, verbose=0)
    assert capsys.readouterr().out == ""
    model.fit(X, Y, epochs=2, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert (
        len(lines) == 2
        and lines[0].startswith("Epoch 1/2 - 2/2 - ")
        and " - loss: " in lines[1]
        and " - mae: " in lines[1]
    )
    model.fit(X, Y, epochs=2, validation_split=0.1)  # no terminal: one line for each epoch as well
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and "val_mae" in lines[0]
    model.predict(X)
    assert capsys.readouterr().out == ""
    model.evaluate(X, Y)
    assert capsys.readouterr().out.startswith("2/2 - ")


def test_the_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    out = Terminal()
    bar = Progress(40, 1, "Epoch 1/3", out)
    bar.drawn -= 1
    bar.update(10, lambda: {"loss": 0.5})
    assert "10/40 ━━━━━\x1b[2m" in out.getvalue() and "loss: 0.5000" in out.getvalue()
    bar.abandon()
    assert out.getvalue().endswith("\n")
    bar.finish({"loss": 1e-5})
    assert "40/40" in out.getvalue() and "loss: 1.0000e-05" in out.getvalue()


def test_a_loss_that_becomes_nan_is_said() -> None:
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile(SGD(1e30), "mse")
    with pytest.warns(RuntimeWarning, match="the loss is inf since epoch 1, step 2"):
        model.fit(X[:, 0], Y, epochs=5, verbose=0)


def test_the_step_is_said_where_an_evaluation_is_lost() -> None:
    gap = X.copy()
    gap[23, 0, 0] = np.nan
    with pytest.warns(RuntimeWarning, match="the loss is nan since step 3 of the evaluation"):
        regression().evaluate(gap, Y, batch_size=10, verbose=0)


def test_a_metric_of_another_name_says_what_is_better() -> None:
    model = regression(metrics=[MeanAbsoluteError(name="miss")])
    stop = EarlyStopping("val_miss", patience=1)
    model.fit(X, Y, epochs=2, validation_split=0.2, callbacks=[stop], verbose=0)
    assert stop.best == min(model.history.history["val_miss"])
    with pytest.raises(ArgumentError, match="'val_score' should become larger or smaller"):
        model.fit(X, Y, callbacks=[EarlyStopping("val_score")], verbose=0)
