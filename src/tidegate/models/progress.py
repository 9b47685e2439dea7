"""What `fit` prints: a bar on a terminal, one line for each epoch elsewhere and with `verbose=2`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

import numpy as np

from tidegate.arguments import shown
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say

__all__ = ["Progress", "level"]

WIDTH = 20
EVERY = 0.1  # seconds between two drawings of the bar


def level(verbose: object) -> int:
    """Return 0, 1 or 2 for what `verbose` may be given as."""
    if isinstance(verbose, str) and verbose == "auto":
        return 1
    if isinstance(verbose, int | float | np.number | np.bool_) and verbose in (
        0,
        1,
        2,
    ):  # True and False among them
        return int(verbose)
    raise ArgumentError(
        complaint("verbose", say("{some} or {last}", some="0, 1, 2", last="'auto'"), shown(verbose))
    )


def spell(logs: dict[str, Any]) -> str:
    """Return the numbers of an epoch as text.

    >>> spell({"loss": 0.25, "accuracy": 0.00012})
    ' - loss: 0.2500 - accuracy: 1.2000e-04'
    """
    means = {k: float(np.mean(v)) for k, v in logs.items()}  # of several numbers their mean, as in Keras
    return "".join(
        f" - {k}: {v:.4f}" if abs(v) > 1e-3 or not v else f" - {k}: {v:.4e}" for k, v in means.items()
    )


def per_step(seconds: float) -> str:
    """Return a time with a unit that suits it."""
    if seconds >= 1:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


class Progress:
    """Prints the progress of one pass over the data.

    Parameters
    ----------
    steps : batches of the pass; None where nobody knows
    verbose : 1 for a bar where the output is a terminal, 2 for one line
    title : "Epoch 1/5", or nothing
    """

    def __init__(
        self, steps: int | None, verbose: int, title: str = "", stream: TextIO | None = None
    ) -> None:
        self.steps, self.title = steps, title
        self.stream = stream or sys.stdout
        self.bar = verbose == 1 and self.stream.isatty()
        self.began = self.drawn = time.perf_counter()
        self.open = False  # whether the cursor stands at the end of a bar
        encoding = getattr(self.stream, "encoding", None) or "ascii"
        self.mark = "━" if encoding.lower().replace("-", "").startswith("utf") else "="
        if self.bar and title:
            self._write(title + "\n")

    def update(self, done: int, logs: Callable[[], dict[str, Any]]) -> None:
        """Draw the bar again, not too often."""
        now = time.perf_counter()
        if not self.bar or now - self.drawn < EVERY:
            return
        self.drawn = now
        spent = now - self.began
        if self.steps is None:
            self._write(f"\r{done}/Unknown {spent:.0f}s {per_step(spent / done)}/step{spell(logs())}\x1b[K")
        else:
            filled = WIDTH * done // self.steps
            left = spent / done * (self.steps - done)
            empty = WIDTH - filled
            rest = "." * empty if self.mark == "=" else f"\x1b[2m{self.mark * empty}\x1b[0m"
            bar = self.mark * filled + rest
            self._write(f"\r{done}/{self.steps} {bar} {say('{n:.0f}s left', n=left)}{spell(logs())}\x1b[K")
        self.open = True

    def finish(self, logs: dict[str, Any], done: int | None = None) -> None:
        """Print the line that stays, after so many batches where there were fewer than expected."""
        spent = time.perf_counter() - self.began
        done = self.steps or 0 if done is None else done
        times = f"{spent:.0f}s {per_step(spent / max(done, 1))}/step"
        steps = f"{done}/{self.steps or done}"
        if self.bar:
            filled = WIDTH * done // max(self.steps or done, 1)
            self._write(f"\r{steps} {self.mark * filled} {times}{spell(logs)}\x1b[K\n")
        else:
            title = self.title + " - " if self.title else ""
            self._write(f"{title}{steps} - {times}{spell(logs)}\n")
        self.open = False

    def abandon(self) -> None:
        """Leave the cursor on a fresh line."""
        if self.open:
            self._write("\n")
            self.open = False

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()
