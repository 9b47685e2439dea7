"""Callbacks that watch a number: when they act, by numbers given by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tidegate.callbacks import Callback, CSVLogger, EarlyStopping, LearningRateScheduler, ReduceLROnPlateau
from tidegate.errors import ArgumentError
from tidegate.language import speaking
from tidegate.layers import Dense
from tidegate.metrics import MeanSquaredError
from tidegate.models import Sequential
from tidegate.utils import set_random_seed

pytestmark = pytest.mark.filterwarnings("ignore::tidegate.spelling.OldSpelling")


class Model(SimpleNamespace):
    """What a callback asks of a model."""

    def __init__(self, rate: float = 1.0, metrics: Any = ()) -> None:
        super().__init__(stop_training=False, metrics=list(metrics), epoch=-1, restored=None)
        self.optimizer = SimpleNamespace(learning_rate=rate)

    def get_weights(self) -> int:
        return self.epoch

    def set_weights(self, weights: int) -> None:
        self.restored = weights


def watch(callback: Callback, numbers: list[Any], model: Model | None = None) -> Model:
    """Run the callback over numbers, one for each epoch, until it stops training."""
    model = model or Model()
    callback.set_model(model)
    callback.on_train_begin({})
    for epoch, number in enumerate(numbers):
        model.epoch = epoch
        callback.on_epoch_begin(epoch, {})
        callback.on_epoch_end(epoch, {callback.monitor: number})  # type: ignore[attr-defined]
        if model.stop_training:
            break
    callback.on_train_end({})
    return model


@pytest.mark.parametrize(
    ("arguments", "numbers", "stopped"),
    [
        ({}, [3, 2, 1, 1, 0], 3),
        ({"patience": 2}, [3, 4, 2, 3, 2, 1, 0], 4),
        ({"mode": "max"}, [1, 2, 1, 5], 2),
        ({"monitor": "val_accuracy"}, [1, 2, 1, 5], 2),
        ({"monitor": "val_out_mae"}, [2, 1, 3, 0], 2),
        ({"min_delta": 1}, [3, 2.5, 1], 1),
        ({"min_delta": -1}, [3, 2.5, 1], 1),
        ({"start_from_epoch": 3}, [1, 2, 3, 4, 5, 0], 4),
        ({"baseline": 1, "patience": 2}, [3, 2, 4, 5, 0], 2),
        ({"baseline": 1, "patience": 2}, [0.5, 2, 4, 5], 2),
        ({}, [1, float("nan"), 0], 1),
    ],
)
def test_early_stopping(arguments: dict[str, Any], numbers: list[float], stopped: int) -> None:
    stop = EarlyStopping(**arguments)
    assert watch(stop, numbers).epoch == stopped == stop.stopped_epoch


def test_early_stopping_goes_on_while_it_gets_better() -> None:
    stop = EarlyStopping()
    assert not watch(stop, [3, 2, 1]).stop_training
    assert stop.stopped_epoch == 0


@pytest.mark.parametrize(("numbers", "best"), [([3, 1, 2, 2], 1), ([3, 2, 1], 2)])
def test_best_weights_come_back(numbers: list[float], best: int, capsys: pytest.CaptureFixture[str]) -> None:
    stop = EarlyStopping(patience=2, restore_best_weights=True, verbose=1)
    assert watch(stop, numbers).restored == best
    assert f"best epoch: {best + 1}." in capsys.readouterr().out


def test_callbacks_speak_the_language_that_is_spoken(capsys: pytest.CaptureFixture[str]) -> None:
    with speaking("zh"):
        watch(EarlyStopping(restore_best_weights=True, verbose=1), [2, 3])
        assert capsys.readouterr().out == "第 2 轮：早停\n恢复最好一轮（第 1 轮）结束时的模型权重。\n"
        with pytest.raises(
            ArgumentError, match=r"^ReduceLROnPlateau 需要：factor 小于 1；得到：2。建议：factor=0.1。$"
        ):
            ReduceLROnPlateau(factor=2)


def test_a_callback_serves_a_second_training() -> None:
    stop = EarlyStopping(restore_best_weights=True)
    watch(stop, [1, 2])
    assert watch(stop, [5, 4, 6]).restored == 1


def test_a_number_that_is_not_there_is_said() -> None:
    stop = EarlyStopping(monitor="val_loss")
    stop.set_model(Model())
    with pytest.warns(RuntimeWarning, match="watches 'val_loss'.*validation_split gives it"):
        stop.on_epoch_end(0, {"loss": 1.0})
    stop = EarlyStopping(monitor="los", mode="min")
    with pytest.warns(RuntimeWarning, match="did you mean 'loss'"):
        stop.on_epoch_end(0, {"loss": 1.0})


def test_the_older_name_of_the_accuracy_is_found() -> None:
    stop = EarlyStopping(monitor="val_acc")
    stop.set_model(Model())
    stop.on_train_begin()
    for epoch, number in enumerate([0.5, 0.4]):
        stop.on_epoch_end(epoch, {"val_accuracy": number})
    assert stop.best == 0.5 and stop.model.stop_training


def test_what_is_better_is_asked_where_the_name_does_not_say_it() -> None:
    with pytest.raises(ArgumentError, match=r"'val_score' should become larger or smaller.*mode='max'"):
        watch(EarlyStopping(monitor="val_score"), [1, 2])
    named = Model(metrics=[MeanSquaredError(name="score")])
    assert watch(EarlyStopping(monitor="val_score"), [3, 1, 2], named).epoch == 2
    told = Model(metrics=[SimpleNamespace(name="score", _direction="up")])
    assert watch(EarlyStopping(monitor="val_score"), [1, 3, 2], told).epoch == 2
    with pytest.raises(ArgumentError, match="mode 'auto', 'min' or 'max'"):
        EarlyStopping(mode="maximum")


@pytest.mark.parametrize(
    ("arguments", "numbers", "rate"),
    [
        ({"patience": 1}, [1, 1], 0.1),
        ({"patience": 2, "factor": 0.5}, [1, 1, 1, 1, 1], 0.25),
        ({"patience": 1, "factor": 0.5, "cooldown": 2}, [1, 1, 1, 1, 1], 0.25),
        ({"patience": 1, "factor": 0.5, "cooldown": 3}, [1, 1, 1, 1], 0.5),
        ({"patience": 1, "min_lr": 0.4}, [1, 1, 1], 0.4),
        ({"patience": 1}, [1, 1 - 5e-5], 0.1),
        ({"patience": 1, "epsilon": 1e-6}, [1, 1 - 5e-5], 1.0),
        ({"patience": 1, "mode": "max"}, [1, 2, 3], 1.0),
    ],
)
def test_reduce_on_plateau(arguments: dict[str, Any], numbers: list[float], rate: float) -> None:
    model = watch(ReduceLROnPlateau(**arguments), numbers)
    np.testing.assert_allclose(model.optimizer.learning_rate, rate)


def test_reduce_says_what_it_cannot_do() -> None:
    with pytest.raises(ArgumentError, match="factor below 1"):
        ReduceLROnPlateau(factor=1)
    with pytest.raises(ArgumentError, match="Did you mean 'patience'"):
        ReduceLROnPlateau(patiance=1)


@pytest.mark.parametrize(
    "schedule", [lambda epoch: 0.5**epoch, lambda epoch, rate: rate / 2 if epoch else rate]
)
def test_the_rate_follows_a_function(schedule: Any, tmp_path: Any) -> None:
    set_random_seed(0)
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = 1.0  # type: ignore[union-attr]
    x = np.zeros((4, 2), np.float32)
    given = [LearningRateScheduler(schedule), CSVLogger(tmp_path / "log.csv")]
    history = model.fit(x, x[:, 0], epochs=3, verbose=0, callbacks=given)
    assert history.history["learning_rate"] == [1.0, 0.5, 0.25]
    assert (
        (tmp_path / "log.csv").read_text().startswith("epoch,learning_rate,loss,val_learning_rate,val_loss\n")
    )


def test_a_schedule_returns_a_number() -> None:
    scheduler = LearningRateScheduler(lambda epoch: None)
    scheduler.set_model(Model())
    with pytest.raises(ArgumentError, match="a number from its function; got None"):
        scheduler.on_epoch_begin(0, {})

    def broken(epoch: int, rate: float) -> float:
        raise TypeError("mine")

    scheduler = LearningRateScheduler(broken)
    scheduler.set_model(Model())
    with pytest.raises(TypeError, match="mine"):  # and not called again with the epoch alone
        scheduler.on_epoch_begin(0, {})
