"""Callbacks by themselves; what fit calls stands in models/test_verbs.py."""

from __future__ import annotations

from typing import Any

import pytest

from tidegate.callbacks import Callback, CallbackList, History, LambdaCallback, TerminateOnNaN
from tidegate.errors import ArgumentError


def test_history_keeps_each_epoch() -> None:
    history = History()
    history.on_epoch_end(3, {"loss": 1.0})
    history.on_epoch_end(4, {"loss": 0.5, "val_loss": 2.0})
    assert history.epoch == [3, 4]
    assert history.history == {"loss": [1.0, 0.5], "val_loss": [2.0]}


def test_only_what_is_overridden_is_called() -> None:
    class Old(Callback):
        def on_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(batch)

    seen: list[int] = []
    assert not CallbackList([Callback(), History()]).watched
    both = CallbackList([Old(), Callback()])
    assert both.watched == {"train"}
    both.call("on_train_batch_end", 7, {})
    assert seen == [7]


def test_a_callback_made_of_functions() -> None:
    seen: list[tuple[int, float]] = []
    made = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append((epoch, logs["loss"])))
    calls = CallbackList([made], epochs=1)
    calls.call("on_epoch_end", 0, {"loss": 2.0})
    assert seen == [(0, 2.0)] and made.params == {"epochs": 1}
    with pytest.raises(ArgumentError, match="Did you mean 'on_epoch_end'"):
        LambdaCallback(on_epochend=print)


def test_a_class_in_place_of_an_object_is_said() -> None:
    with pytest.raises(ArgumentError, match=r"History\(\), as a class is called first"):
        CallbackList([History])


def test_older_and_newer_names_are_called_in_the_order_of_the_list() -> None:
    seen: list[str] = []
    old = LambdaCallback(on_batch_end=lambda batch, logs: seen.append("old"))
    new = LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append("new"))
    CallbackList([old, new, old]).call("on_train_batch_end", 0, {})
    assert seen == ["old", "new", "old"]


def test_an_object_of_another_house_is_called_where_it_has_methods() -> None:
    class Whole:
        def set_model(self, model: Any) -> None:
            seen.append(f"model {model}")

        def set_params(self, params: Any) -> None:
            seen.append(f"params {params}")

        def on_epoch_end(self, epoch: int, logs: Any) -> None:
            seen.append("epoch")

        def on_batch_end(self, batch: int, logs: Any) -> None:
            """Nothing, as Keras's own base class."""

        on_batch_end._is_default = True  # type: ignore[attr-defined]

    seen: list[str] = []
    calls = CallbackList([Whole()], model=3, epochs=1)
    calls.call("on_epoch_end", 0, {})
    assert seen == ["model 3", "params {'epochs': 1}", "epoch"] and not calls.watched


@pytest.mark.parametrize(
    ("name", "said"), [("set_model", "it has no set_params"), ("on_epoch_end", "objects of")]
)
def test_an_object_that_takes_no_model_or_params_is_refused(name: str, said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        CallbackList([type("Half", (), {name: print})()])


def test_what_waits_for_a_lost_loss_alone_watches_no_batches() -> None:
    assert not CallbackList([TerminateOnNaN()]).watched
    assert CallbackList([LambdaCallback(on_predict_batch_end=print)]).watched == {"predict"}


def test_a_list_of_lists_and_the_hooks_by_name() -> None:
    seen: list[int] = []
    calls = CallbackList(
        [[LambdaCallback(on_batch_end=lambda batch, logs: seen.append(batch))], None], add_history=True
    )
    calls.on_train_batch_end(4, {})
    calls.on_epoch_end(0, {"loss": 1.0})
    assert seen == [4] and calls.callbacks[-1].history == {"loss": [1.0]}


def test_acc_and_accuracy_stand_for_each_other_in_a_history() -> None:
    history = History()
    history.on_epoch_end(0, {"accuracy": 0.5, "val_acc": 0.25})
    assert history.history["acc"] == [0.5] and history.history["val_accuracy"] == [0.25]
    with pytest.raises(KeyError, match="recall"):
        history.history["recall"]
    assert list(history.history) == ["accuracy", "val_acc"]
