"""Callbacks that write numbers down."""

from __future__ import annotations

import csv
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate import callbacks
from tidegate.callbacks import CSVLogger, TensorBoard, TerminateOnNaN
from tidegate.callbacks.events import EventWriter, crc32c, record
from tidegate.errors import ArgumentError, TidegateError
from tidegate.layers import Dense
from tidegate.models import Sequential
from tidegate.optimizers import SGD
from tidegate.utils import set_random_seed

X = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
Y = X.sum(axis=1)


def trained(callback: Any, rate: float = 0.1, **arguments: Any) -> Any:
    set_random_seed(0)
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile(SGD(rate), "mse")
    model.fit(X, Y, batch_size=5, verbose=0, callbacks=callback, **arguments)
    return model


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_for_each_epoch(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    log = CSVLogger(path, append=True)
    history = trained(log, epochs=2, validation_split=0.2).history.history
    assert list(rows(path)[0]) == ["epoch", "loss", "val_loss"]
    np.testing.assert_allclose([float(r["val_loss"]) for r in rows(path)], history["val_loss"])
    trained(log, epochs=3, initial_epoch=2, validation_split=0.2)
    assert [r["epoch"] for r in rows(path)] == ["0", "1", "2"]
    trained(CSVLogger(path), epochs=1)
    assert len(rows(path)) == 1


def test_an_epoch_that_is_not_validated_is_na(tmp_path: Path) -> None:
    trained(CSVLogger(tmp_path / "log.csv"), epochs=2, validation_split=0.2, validation_freq=2)
    assert [r["val_loss"] == "NA" for r in rows(tmp_path / "log.csv")] == [True, False]


def test_training_ends_at_nan(capsys: pytest.CaptureFixture[str]) -> None:
    model = trained(TerminateOnNaN(), rate=1e30, epochs=5)
    assert len(model.history.epoch) == 1
    assert not math.isfinite(model.history.history["loss"][0])
    assert "Epoch 1, step 2: the loss is" in capsys.readouterr().out
    with pytest.raises(TidegateError, match="Epoch 1, step 2: the loss is"):
        trained(TerminateOnNaN(raise_error=True), rate=1e30, epochs=5)


def records(path: Path) -> list[bytes]:
    """Return the bytes of each record of an event file, checksums checked."""
    data, found = path.read_bytes(), []
    while data:
        (size,) = struct.unpack("<Q", data[:8])
        assert data[: size + 16] == record(data[12 : 12 + size])
        found.append(data[12 : 12 + size])
        data = data[size + 16 :]
    return found


def test_checksums_are_those_of_the_standard() -> None:
    assert crc32c(bytes(32)) == 0x8A9136AA and crc32c(b"\xff" * 32) == 0x62A8AB43  # RFC 3720, B.4


def test_an_event_is_what_a_protocol_buffer_reader_expects(tmp_path: Path) -> None:
    writer = EventWriter(tmp_path)
    writer.scalar("loss", 0.5, 300)
    writer.close()
    head, event = records(next(tmp_path.glob("events.out.tfevents.*")))
    assert head[9:] == b"\x1a\x0dbrain.Event:2"
    assert event[9:] == b"\x10\xac\x02\x2a\x0d\x0a\x0b\x0a\x04loss\x15\x00\x00\x00\x3f"


def test_tensorboard_gets_epochs_and_batches(tmp_path: Path) -> None:
    trained(TensorBoard(tmp_path, update_freq=2), epochs=2, validation_split=0.5)
    train, held = (
        b"".join(records(next((tmp_path / part).glob("*tfevents*")))) for part in ("train", "validation")
    )
    assert train.count(b"epoch_loss") == 2 and train.count(b"epoch_learning_rate") == 2
    assert train.count(b"batch_loss") == 2 and b"epoch_loss" in held and b"val_" not in held
    assert held.count(b"evaluation_loss_vs_iterations") == 2


def test_tensorboard_gets_the_mean_of_a_metric_of_several_numbers(tmp_path: Path) -> None:
    board = TensorBoard(tmp_path)
    board._write("train", {"f1": np.array([0.25, 0.75])}, 0)
    board.on_train_end()
    assert struct.pack("<f", 0.5) in next((tmp_path / "train").glob("*tfevents*")).read_bytes()


def test_a_metric_of_several_numbers_is_written_whole(tmp_path: Path) -> None:
    log = CSVLogger(tmp_path / "log.csv")
    log.on_train_begin()
    log.on_epoch_end(0, {"f1": np.arange(2000.0)})
    log.on_train_end()
    assert (
        "...," not in (tmp_path / "log.csv").read_text() and ", 1999.0]" in (tmp_path / "log.csv").read_text()
    )


def test_an_evaluation_by_itself_leaves_no_file_open(tmp_path: Path) -> None:
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    board = TensorBoard(tmp_path)
    model.evaluate(np.zeros((4, 2)), np.zeros(4), verbose=0, callbacks=[board])
    assert b"evaluation_loss" in next((tmp_path / "validation").glob("*tfevents*")).read_bytes()
    assert not board._writers


def test_tensorboard_says_what_it_does_not_write() -> None:
    with pytest.warns(RuntimeWarning, match="nothing is written for histogram_freq=1"):
        TensorBoard(histogram_freq=1)
    with pytest.raises(ArgumentError, match="update_freq"):
        TensorBoard(update_freq="epochs")


def test_what_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(AttributeError, match=r"RemoteMonitor is not there. Instead: CSVLogger"):
        _ = callbacks.RemoteMonitor
