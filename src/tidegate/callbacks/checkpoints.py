"""Callbacks that keep a model on the disk while it trains, each file whole or not there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tidegate.callbacks.base import Callback, Logs
from tidegate.callbacks.monitor import MonitorCallback, find
from tidegate.errors import ArgumentError, DataError, complaint, nearest, warn
from tidegate.language import say
from tidegate.saving import files, hdf5
from tidegate.saving.files import put
from tidegate.utils.random import generator
from tidegate.writing import folder_for, path_of

__all__ = ["BackupAndRestore", "ModelCheckpoint"]


class _Names(dict[str, Any]):
    """Stands for the numbers of an epoch, and notes which are asked for."""

    def __init__(self) -> None:
        super().__init__(epoch=1, batch=1)
        self.asked: list[str] = []

    def __missing__(self, name: str) -> float:
        self.asked.append(name)
        return 0.5


def _frequency(who: str, value: Any) -> Any:
    if value == "epoch" or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ArgumentError(
        complaint(who, say("save_freq 'epoch' or a number of batches"), repr(value), "save_freq='epoch'")
    )


class ModelCheckpoint(MonitorCallback):
    """Save the model, or its weights, after each epoch or after so many batches.

    A file is written beside and renamed: whenever training is killed, the last one stands whole.

    Parameters
    ----------
    filepath : path
        Ending in .keras or .h5, with `save_weights_only` in .weights.h5 or .h5. `{epoch:02d}`, `{val_loss:.2f}` and
        other names of the logs are filled in; epochs are counted from 1. A missing folder is made.
    monitor : str, default "val_loss"
    verbose : 0 or 1
        1 says what is saved.
    save_best_only : bool, default False
        Save only when the number watched is better than ever before.
    save_weights_only : bool, default False
    mode : "auto", "min" or "max"
    save_freq : "epoch" or int
        After each epoch, or after so many batches.
    initial_value_threshold : float, optional
        With `save_best_only`, the best before training.

    Examples
    --------
    >>> keep = ModelCheckpoint("best-{epoch:02d}-{val_loss:.2f}.keras", save_best_only=True)
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        initial_value_threshold: float | None = None,
        **old: Any,
    ) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        self.period = old.pop("period", 1)  # epochs between two files, as in Keras 1 and 2
        old.pop("options", None)
        if old:
            known = [
                "filepath",
                "monitor",
                "verbose",
                "save_best_only",
                "save_weights_only",
                "mode",
                "save_freq",
            ]
            wrong = next(iter(old))
            expected = say("arguments among {names}, initial_value_threshold", names=", ".join(known))
            raise ArgumentError(complaint("ModelCheckpoint", expected, f"{wrong}=", nearest(wrong, known)))
        self.filepath, self.verbose = str(path_of("ModelCheckpoint", filepath)), verbose
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only
        kind = (".weights.h5",) if save_weights_only else (".keras",)
        files.ending("ModelCheckpoint", self.filepath, *kind, *files.H5)
        self.save_freq = _frequency("ModelCheckpoint", save_freq)
        self._asked = self._names()
        self._epoch = self._unsaved = 0
        if save_freq != "epoch":
            self.on_train_batch_end = self._after_batch  # type: ignore[method-assign]  # batches cost nothing otherwise

    def _names(self) -> list[str]:
        """Return the names in the filepath other than epoch and batch."""
        names = _Names()
        try:
            self.filepath.format_map(names)
        except (IndexError, ValueError, AttributeError, TypeError, KeyError):
            expected = say("a filepath whose names in braces can be filled in")
            example = "'{epoch:02d}-{val_loss:.2f}.keras'"
            raise ArgumentError(
                complaint("ModelCheckpoint", expected, repr(self.filepath), example)
            ) from None
        return names.asked

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Find out what is better, where only the best is kept, and whether files can be written."""
        if self.save_best_only:
            super().on_train_begin(logs)
        whole = Path(self.filepath.partition("{")[0] + "_" if "{" in self.filepath else self.filepath)
        hdf5.library()
        folder_for("ModelCheckpoint", whole.parent)
        self._look_for_names()

    def _look_for_names(self) -> None:
        """Warn of names in the filepath that will not be in the logs, as far as these are known."""
        if not self._asked or "do_validation" not in self.params:
            return
        try:
            names = list(self.model.metrics_names)
        except Exception:  # a metric of the user's own that has no result before it was fed
            return
        if self.params["do_validation"]:
            names += [f"val_{name}" for name in names]
        for name in self._asked:
            if find(name, dict.fromkeys([*names, "learning_rate", "lr"])) is None:
                warn(
                    say(
                        "ModelCheckpoint will not find {name} of {filepath!r} in the logs, unless a callback puts"
                        " it there; there are {names}",
                        name=f"{{{name}}}",
                        filepath=self.filepath,
                        names=", ".join(["epoch", *names]),
                    )
                )

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep the number of the epoch."""
        self._epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save."""
        if self.save_freq == "epoch":
            self._unsaved += 1
            if self._unsaved >= self.period:
                self._unsaved = 0
                self._save(epoch, logs or {})

    def _after_batch(self, batch: int, logs: Logs | None = None) -> None:
        self._unsaved += 1
        if self._unsaved >= self.save_freq:
            self._unsaved = 0
            if self.verbose:
                print()  # the bar of this epoch stands open
            self._save(self._epoch, {"batch": batch + 1, **(logs or {})})

    def _save(self, epoch: int, logs: Logs) -> None:
        path = self._path(epoch, logs)
        why = ""
        if self.save_best_only:
            current = self._current(logs)  # where it is not there it says so, and saves
            if current is not None:
                best = "None" if self.best is None else f"{self.best:.5f}"
                if not self._is_improvement(current, self.best):
                    if self.verbose:
                        print(
                            say(
                                "Epoch {epoch}: {monitor} did not improve from {best}",
                                epoch=epoch + 1,
                                monitor=self.monitor,
                                best=best,
                            )
                        )
                    return
                self.best = current
                why = say(
                    "{monitor} improved from {best} to {current:.5f}, ",
                    monitor=self.monitor,
                    best=best,
                    current=current,
                )
        if self.verbose:
            print(say("Epoch {epoch}: {why}saving model to {path}", epoch=epoch + 1, why=why, path=path))
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise DataError(
                complaint("ModelCheckpoint", say("the name of a file"), say("the folder {path}", path=path))
            )
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)

    def _path(self, epoch: int, logs: Logs) -> Path:
        old = {n: logs[key] for n in ("acc", "val_acc") if (key := find(n, logs)) is not None}
        try:
            return Path(self.filepath.format(**{**old, **logs, "epoch": epoch + 1}))
        except KeyError as error:
            names = ["epoch", *logs]
            raise DataError(
                complaint(
                    "ModelCheckpoint",
                    say("names among {names} in its filepath", names=", ".join(names)),
                    say("{name} in {filepath!r}", name=f"{{{error.args[0]}}}", filepath=self.filepath),
                    nearest(str(error.args[0]), names),
                )
            ) from None


class BackupAndRestore(Callback):
    """Take training up again where it was killed: weights, optimizer, epoch, and the order of the samples.

    After each epoch the state is kept in a folder. A new `fit` of the same model, in the same or another process,
    goes on after the last epoch that was kept; when `fit` ends, the folder is cleared. A state is written
    beside and named in one last step, so that a kill at any moment leaves one whole state.

    Parameters
    ----------
    backup_dir : path
        A folder for this alone.
    save_freq : "epoch" or int
        After each epoch, or also within one, after so many batches; an epoch that was begun is begun again.
    double_checkpoint : bool, default False
        Keep the state before the last one as well, and fall back on it where the last one cannot be read.
    delete_checkpoint : bool, default True
        Clear the folder when training is done.

    Examples
    --------
    >>> keep = BackupAndRestore("backup")
    """

    def __init__(
        self,
        backup_dir: Any,
        save_freq: Any = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
        **old: Any,
    ) -> None:
        super().__init__()
        if not backup_dir:
            raise ArgumentError(complaint("BackupAndRestore", say("a folder"), repr(backup_dir), "'backup'"))
        if old.pop("save_before_preemption", False) or old:
            known = ["backup_dir", "save_freq", "double_checkpoint", "delete_checkpoint"]
            came = f"{next(iter(old), 'save_before_preemption')}="
            raise ArgumentError(
                complaint("BackupAndRestore", say("arguments among {names}", names=", ".join(known)), came)
            )
        self.backup_dir = str(path_of("BackupAndRestore", backup_dir, "'backup'"))
        self.save_freq = _frequency("BackupAndRestore", save_freq)
        self.double_checkpoint, self.delete_checkpoint = double_checkpoint, delete_checkpoint
        self._epoch = self._unsaved = 0
        self._chance: Any = None
        if save_freq != "epoch":
            self.on_train_batch_end = self._after_batch  # type: ignore[method-assign]  # batches cost nothing otherwise

    # The folder holds states, <number>.weights.h5 with <number>.json, and the JSON is written last: where it
    # is, both are whole.

    def _states(self) -> list[Path]:
        """Return the whole states, the newest first."""
        found = [p for p in Path(self.backup_dir).glob("*.json") if p.stem.isdigit()]
        return sorted(found, key=lambda p: int(p.stem), reverse=True)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Take up the last state where there is one."""
        self._epoch = self._unsaved = 0
        hdf5.library()
        folder_for("BackupAndRestore", Path(self.backup_dir))
        self._chance = generator().bit_generator.state
        states = self._states()
        for k, path in enumerate(states):
            try:
                state = json.loads(path.read_text(encoding="utf-8"))
                self.model.load_weights(path.with_suffix(".weights.h5"))
                generator().bit_generator.state = state["chance"]
                self._epoch = self.model._initial_epoch = int(state["epoch"])
            except (DataError, OSError, ValueError, KeyError, TypeError):
                if k + 1 == len(states):
                    raise
                continue
            self._chance = state["chance"]
            return

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep the number of the epoch."""
        self._epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep the state."""
        self._epoch = epoch + 1
        self._chance = generator().bit_generator.state
        if self.save_freq == "epoch":
            self._save()

    def _after_batch(self, batch: int, logs: Logs | None = None) -> None:
        self._unsaved += 1
        if self._unsaved >= self.save_freq:
            self._unsaved = 0
            self._save()

    def _save(self) -> None:
        folder = Path(self.backup_dir)
        folder.mkdir(parents=True, exist_ok=True)
        states = self._states()
        path = folder / f"{int(states[0].stem) + 1 if states else 0}.json"
        self.model.save_weights(path.with_suffix(".weights.h5"), overwrite=True)
        state = json.dumps({"epoch": self._epoch, "chance": self._chance}).encode()

        def write(stream: Any) -> None:
            stream.write(state)

        put(path, write)
        for old in states[1 if self.double_checkpoint else 0 :]:
            old.unlink()  # first: without it the weights are no state
            old.with_suffix(".weights.h5").unlink(missing_ok=True)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Clear the folder: training is done."""
        if not self.delete_checkpoint:
            return
        folder = Path(self.backup_dir)
        if folder.is_dir():
            for path in sorted(
                folder.iterdir(), key=lambda p: p.suffix != ".json"
            ):  # what makes a state goes first
                if re.match(r"\.?\d+\.(json|weights\.h5)", path.name):  # also what a kill left half written
                    path.unlink()
            if not any(folder.iterdir()):
                folder.rmdir()
