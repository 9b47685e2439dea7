"""Losses and metrics for TensorBoard."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from tidegate.callbacks.base import Callback, Logs
from tidegate.callbacks.events import EventWriter
from tidegate.errors import ArgumentError, complaint, warn
from tidegate.language import say
from tidegate.writing import folder_for, path_of

__all__ = ["TensorBoard"]


class TensorBoard(Callback):
    """Write the loss, each metric and the learning rate for TensorBoard, which a browser shows.

    The numbers of training lie under `log_dir/train`, those of validation under `log_dir/validation`. Look at them
    with ``tensorboard --logdir=logs``; TensorFlow is needed neither here nor there.

    Parameters
    ----------
    log_dir : path, default "logs"
    write_steps_per_second : bool, default False
        Also write how fast it trains.
    update_freq : "epoch", "batch" or int
        Also write the loss and metrics of batches: of each, or of each so-many-th.
    histogram_freq, write_images, profile_batch, embeddings_freq, embeddings_metadata
        Numbers alone are written here; where one of these asks for more, a warning says so.
    write_graph : bool
        Accepted: a graph is written by Keras on TensorFlow alone.

    Examples
    --------
    >>> board = TensorBoard("logs/first", update_freq=100)
    """

    def __init__(
        self,
        log_dir: Any = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: Any = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
        **old: Any,
    ) -> None:
        super().__init__()
        asked = {
            "histogram_freq": histogram_freq,
            "write_images": write_images,
            "profile_batch": profile_batch,
            "embeddings_freq": embeddings_freq,
            "embeddings_metadata": embeddings_metadata,
            **old,
        }
        beyond = [f"{name}={value!r}" for name, value in asked.items() if value]
        if beyond:
            text = say(
                "TensorBoard writes numbers by epoch and batch alone; nothing is written for {names}",
                names=", ".join(beyond),
            )
            warn(text)
        every = 1 if update_freq == "batch" else update_freq
        if every != "epoch" and (isinstance(every, bool) or not isinstance(every, int) or every < 1):
            raise ArgumentError(
                complaint(
                    "TensorBoard", say("update_freq 'epoch', 'batch' or a whole number"), repr(update_freq)
                )
            )
        self.log_dir, self.update_freq = str(path_of("TensorBoard", log_dir, "'logs'")), every
        self.write_steps_per_second = write_steps_per_second
        self._writers: dict[str, EventWriter] = {}
        self._batches = self._before = 0
        self._began = 0.0
        self._trains = False
        if every != "epoch":
            self.on_train_batch_end = self._write_batch  # type: ignore[method-assign]  # batches cost nothing otherwise

    def _write(self, part: str, numbers: Logs, step: int) -> None:
        if part not in self._writers:
            self._writers[part] = EventWriter(Path(self.log_dir) / part)
        for name, value in numbers.items():
            self._writers[part].scalar(name, float(np.mean(value)), step)  # of several numbers their mean

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Count batches from here on."""
        folder_for("TensorBoard", Path(self.log_dir))
        self._batches, self._trains = 0, True

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note when it began."""
        self._began, self._before = time.perf_counter(), self.model.optimizer.iterations

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the numbers of the epoch."""
        trained = {k: v for k, v in (logs or {}).items() if not k.startswith("val_")}
        held = {k.removeprefix("val_"): v for k, v in (logs or {}).items() if k.startswith("val_")}
        trained["learning_rate"] = self.model.optimizer.learning_rate
        if self.write_steps_per_second:
            spent = max(time.perf_counter() - self._began, 1e-9)
            trained["steps_per_second"] = (self.model.optimizer.iterations - self._before) / spent
        for part, numbers in (("train", trained), ("validation", held)):
            if numbers:
                self._write(part, {f"epoch_{k}": v for k, v in numbers.items()}, epoch)
        for writer in self._writers.values():
            writer.flush()

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Write the scores against the number of updates made."""
        scores = {f"evaluation_{k}_vs_iterations": v for k, v in (logs or {}).items()}
        self._write("validation", scores, int(self.model.optimizer.iterations))
        self._writers["validation"].flush()
        if not self._trains:  # an evaluation by itself
            self.on_train_end()

    def _write_batch(self, batch: int, logs: Logs | None = None) -> None:
        self._batches += 1
        if self._batches % self.update_freq == 0:
            self._write("train", {f"batch_{k}": v for k, v in (logs or {}).items()}, self._batches)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the files."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()
        self._trains = False
