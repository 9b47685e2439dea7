"""Callbacks that keep a model on the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate.callbacks import (
    BackupAndRestore,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TensorBoard,
)
from tidegate.errors import ArgumentError, DataError
from tidegate.layers import Dense
from tidegate.models import Sequential, load_model
from tidegate.utils import set_random_seed

pytest.importorskip("h5py")

X = np.random.default_rng(0).normal(size=(24, 2)).astype(np.float32)
Y = X.sum(axis=1)


def model(seed: int = 0) -> Sequential:
    set_random_seed(seed)
    made = Sequential([Dense(3, activation="tanh", input_shape=(2,)), Dense(1)])
    made.compile("adam", "mse")
    return made


def fit(made: Any, callbacks: Any, **arguments: Any) -> Any:
    return made.fit(X, Y, **{"batch_size": 8, "verbose": 0, "callbacks": callbacks, **arguments})


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def same(a: Any, b: Any) -> bool:
    return all(np.array_equal(v, w) for v, w in zip(a.get_weights(), b.get_weights(), strict=True))


def test_a_file_for_each_epoch(tmp_path: Path) -> None:
    made = model()
    keep = ModelCheckpoint(tmp_path / "new" / "{epoch:02d}-{val_loss:.2f}.keras")
    losses = fit(made, keep, epochs=2, validation_split=0.5).history["val_loss"]
    files = [f"{k + 1:02d}-{loss:.2f}.keras" for k, loss in enumerate(losses)]
    assert names(tmp_path / "new") == files
    assert same(load_model(tmp_path / "new" / files[1]), made)


def test_only_the_best_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep = ModelCheckpoint(tmp_path / "best.weights.h5", "loss", 1, True, True, initial_value_threshold=2.0)
    keep.set_model(model())
    keep.on_train_begin()
    for epoch, loss in enumerate([3.0, 1.0, 1.5]):
        keep.on_epoch_end(epoch, {"loss": loss})
        assert (tmp_path / "best.weights.h5").exists() == (epoch > 0)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Epoch 1: loss did not improve from 2.00000"
    assert said[1].startswith("Epoch 2: loss improved from 2.00000 to 1.00000, saving model to ")
    assert len(said) == 3


def test_a_file_for_each_so_many_batches_or_epochs(tmp_path: Path) -> None:
    fit(
        model(), ModelCheckpoint(tmp_path / "{epoch}-{batch}.keras", save_freq=2), epochs=2
    )  # 3 batches an epoch
    assert names(tmp_path) == ["1-2.keras", "2-1.keras", "2-3.keras"]
    fit(model(), ModelCheckpoint(tmp_path / "p{epoch}.keras", period=2), epochs=4)
    assert names(tmp_path)[3:] == ["p2.keras", "p4.keras"]


def test_a_save_that_dies_leaves_the_file_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, made = tmp_path / "model.keras", model()
    fit(made, ModelCheckpoint(path))
    before = made.get_weights()

    def die(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", die)
    with pytest.raises(OSError, match="disk full"):
        fit(made, ModelCheckpoint(path))
    assert names(tmp_path) == ["model.keras"]
    assert all(np.array_equal(a, b) for a, b in zip(load_model(path).get_weights(), before, strict=True))


def test_checkpoints_say_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"ending in \.weights\.h5 or \.h5 or \.hdf5; got 'model\.keras'"):
        ModelCheckpoint("model.keras", save_weights_only=True)
    with pytest.raises(ArgumentError, match="save_freq 'epoch' or a number of batches"):
        ModelCheckpoint("model.keras", save_freq="epochs")
    with pytest.raises(ArgumentError, match="Did you mean 'save_best_only'"):
        ModelCheckpoint("model.keras", save_only_best=True)
    with pytest.raises(DataError, match=r"names among epoch, loss in its filepath; got {val_loss}"):
        fit(model(), ModelCheckpoint(tmp_path / "{val_loss:.2f}.keras"))
    for name in ("{}", "{epoch:q}", "{epoch"):
        with pytest.raises(ArgumentError, match="whose names in braces can be filled in"):
            ModelCheckpoint(tmp_path / f"{name}.keras")


def test_what_a_filepath_lacks_is_told_before_the_first_epoch(tmp_path: Path) -> None:
    def stop(epoch: int, logs: Any) -> None:
        raise KeyboardInterrupt

    stops = LambdaCallback(on_epoch_begin=stop)
    with (
        pytest.warns(RuntimeWarning, match=r"will not find {val_los} .* there are epoch, loss, val_loss$"),
        pytest.raises(KeyboardInterrupt),
    ):
        fit(model(), [ModelCheckpoint(tmp_path / "{val_los}.keras"), stops], validation_split=0.5)
    (tmp_path / "file").write_text("")
    for keep in (
        ModelCheckpoint(tmp_path / "file" / "{epoch}.h5"),
        BackupAndRestore(tmp_path / "file" / "b"),
    ):
        with pytest.raises(DataError, match=r"expects a folder to write into; got .*file"):
            fit(model(), [keep, stops])


def test_names_that_are_there_are_not_warned_of(tmp_path: Path, recwarn: Any) -> None:
    fit(model(), ModelCheckpoint(tmp_path / "{epoch}-{loss:.2f}-{val_loss:.2f}.h5"), validation_split=0.5)
    assert len(names(tmp_path)) == 1 and not recwarn.list


SCRIPT = """
import os, signal, sys
sys.path.insert(0, {folder!r})
from test_checkpoints import *
kill = LambdaCallback(on_train_batch_end=lambda batch, logs: {when} and os.kill(os.getpid(), signal.SIGKILL))
seen = []
count = LambdaCallback(on_epoch_begin=lambda epoch, logs: seen.append(epoch))
fit(model(), [BackupAndRestore({backup!r}, save_freq={freq!r}), count, kill], epochs=6)
"""


@pytest.mark.parametrize(("freq", "begun"), [("epoch", 3), (1, 3)])
def test_a_killed_training_goes_on(freq: Any, begun: int, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    source = SCRIPT.format(
        folder=str(Path(__file__).parent), backup=str(backup), freq=freq, when="seen[-1] == 3 and batch == 1"
    )
    done = subprocess.run([sys.executable, "-c", source], timeout=60, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr

    resumed, whole, seen = model(seed=5), model(), []
    count = LambdaCallback(on_epoch_begin=lambda epoch, logs: seen.append(epoch))
    fit(resumed, [BackupAndRestore(backup, save_freq=freq), count], epochs=6)
    assert seen == [begun, 4, 5]
    assert not backup.exists()
    if freq == "epoch":  # as if nothing had happened: optimizer and the order of samples included
        set_random_seed(0)
        whole = model()
        fit(whole, None, epochs=6)
        assert same(resumed, whole)


def test_an_unreadable_state_falls_back_on_the_one_before(tmp_path: Path) -> None:
    keep = BackupAndRestore(tmp_path, double_checkpoint=True, delete_checkpoint=False)
    fit(model(), keep, epochs=3)
    assert names(tmp_path) == ["1.json", "1.weights.h5", "2.json", "2.weights.h5"]
    (tmp_path / "2.weights.h5").write_bytes(b"broken")
    history = fit(model(), BackupAndRestore(tmp_path), epochs=3)
    assert history.epoch == [2]


def test_what_cannot_be_written_is_told_by_all_before_the_first_epoch(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for keep in (TensorBoard(tmp_path / "file" / "logs"), CSVLogger(tmp_path / "file" / "log.csv")):
        with pytest.raises(DataError, match=r"to write into; got .*file"):
            fit(model(), [keep])
    for make in (EarlyStopping, ReduceLROnPlateau):
        with pytest.raises(ArgumentError, match="patience as a whole number; got None"):
            make(patience=None)  # type: ignore[arg-type]
