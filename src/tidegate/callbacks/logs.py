"""Callbacks that write down the numbers of an epoch, or end where they are none."""

from __future__ import annotations

import csv
import math
import os
from typing import Any

import numpy as np

from tidegate.callbacks.base import Callback, Logs
from tidegate.errors import DataError, TidegateError, complaint
from tidegate.language import say
from tidegate.writing import path_of

__all__ = ["CSVLogger", "TerminateOnNaN"]


class CSVLogger(Callback):
    """Write a row for each epoch into a file.

    Parameters
    ----------
    filename : path
    separator : str, default ","
    append : bool, default False
        Go on after the rows that are there; the head of the table is written into an empty file alone.

    Examples
    --------
    >>> log = CSVLogger("training.csv", append=True)
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename, self.sep, self.append = (
            str(path_of("CSVLogger", filename, "'training.csv'")),
            separator,
            append,
        )
        self._file: Any = None
        self._writer: Any = None
        self._head = True

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file."""
        self._close()
        there = self.append and os.path.exists(self.filename) and os.path.getsize(self.filename) > 0
        self._head = not there
        try:
            self._file = open(  # noqa: SIM115
                self.filename, "a" if self.append else "w", newline="", encoding="utf-8"
            )
        except OSError as why:
            came = f"{self.filename}{say(': ')}{why.strerror or why}"
            raise DataError(complaint("CSVLogger", say("a file to write into"), came)) from None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the row; what a later epoch has no number for is NA."""
        logs = logs or {}
        if self._writer is None:
            names = sorted(logs)
            if not any(n.startswith("val_") for n in names):  # a later epoch may be validated
                names += [f"val_{n}" for n in names]
            self._writer = csv.DictWriter(
                self._file, ["epoch", *names], restval="NA", extrasaction="ignore", delimiter=self.sep
            )
            if self._head:
                self._writer.writeheader()
        row = {
            name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in logs.items()
        }
        self._writer.writerow({"epoch": epoch, **row})
        self._file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the file."""
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = self._writer = None


class TerminateOnNaN(Callback):
    """End training at the batch whose loss is NaN or infinite, and say which it was.

    It costs nothing before: training comes back to it at that batch.

    Parameters
    ----------
    raise_error : bool, default False
        Raise instead of ending `fit`.

    Examples
    --------
    >>> guard = TerminateOnNaN()
    """

    only_lost = True  # of all batches, it is called after the one whose loss is lost

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Keep the number of the epoch for the message."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss", 0.0)
        if math.isfinite(loss):
            return
        text = say(
            "Epoch {epoch}, step {step}: the loss is {loss}, training ends",
            epoch=self._epoch + 1,
            step=batch + 1,
            loss=loss,
        )
        if self.raise_error:
            raise TidegateError(
                say(
                    "{text} Instead: {instead}.",
                    text=f"{text}.",
                    instead=say("a smaller learning_rate, or clipnorm=1.0"),
                )
            )
        print(text)
        self.model.stop_training = True
