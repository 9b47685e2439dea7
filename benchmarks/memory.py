"""Memory of this process, in bytes, as Linux tells it."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

__all__ = ["Watch", "anonymous", "peak", "reset_peak", "resident"]

STATUS = Path("/proc/self/status")


def _read(key: str) -> int:
    for line in STATUS.read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    raise OSError(f"{STATUS} has no {key}")


def resident() -> int:
    """Return the resident memory."""
    return _read("VmRSS")


def anonymous() -> int:
    """Return the resident memory that is not a file's: what memory-mapped data leaves out."""
    return _read("RssAnon")


def peak() -> int:
    """Return the most resident memory since `reset_peak`."""
    return _read("VmHWM")


def reset_peak() -> None:
    """Let `peak` begin anew."""
    with contextlib.suppress(OSError):  # then it is the peak since the process began
        Path("/proc/self/clear_refs").write_text("5")


class Watch:
    """Looks at the anonymous memory every few milliseconds while a `with` block runs.

    Attributes
    ----------
    growth : the most it was above the beginning
    """

    def __enter__(self) -> Watch:
        self.start = self.most = anonymous()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def _look(self) -> None:
        while not self._over.wait(0.01):
            self.most = max(self.most, anonymous())

    def __exit__(self, *problem: object) -> None:
        self.most = max(self.most, anonymous())
        self._over.set()
        self._thread.join()
        self.growth = self.most - self.start
