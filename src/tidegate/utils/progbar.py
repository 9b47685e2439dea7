"""The progress bar, for loops of one's own."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import Any

from tidegate.arguments import checked

__all__ = ["Progbar"]


class Progbar:
    """A bar, with the means of what is told to it.

    Parameters
    ----------
    target : int or None
        Steps in all; None where that is not known.
    width : int, default 20
        Of the bar, in characters.
    verbose : 0, 1 or 2
        Silence, a bar, or one line at the end.
    interval : float, default 0.05
        Seconds between two drawings at least.
    stateful_metrics : list of str
        Names whose value is shown as it is, not as a mean.
    unit_name : str, default "step"

    Examples
    --------
    >>> bar = Progbar(2, verbose=2)
    >>> bar.update(1, [("loss", 1.0)])
    >>> bar.update(2, [("loss", 3.0)])  # doctest: +ELLIPSIS
    2/2 - ...s - loss: 2.0000
    """

    @checked
    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        self.target, self.width, self.verbose = target, width, verbose
        self.interval, self.unit_name = interval, unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        self.seen_so_far = 0
        self._sums: dict[str, tuple[float, float]] = {}
        self._start, self._drawn, self._length = time.time(), 0.0, 0

    @checked
    def update(
        self, current: int, values: Iterable[tuple[str, float]] | None = None, finalize: Any = None
    ) -> None:
        """Say how many steps are done, and values of the last ones: pairs of name and value."""
        steps = max(1, current - self.seen_so_far)
        for name, value in values or ():
            total, count = (0.0, 0.0) if name in self.stateful_metrics else self._sums.get(name, (0.0, 0.0))
            self._sums[name] = (total + value * steps, count + steps)
        self.seen_so_far = current
        last = bool(finalize) if finalize is not None else self.target is not None and current >= self.target
        now = time.time()
        if self.verbose == 1 and (last or now - self._drawn >= self.interval):
            line = self._line(now, bar=True)
            sys.stdout.write("\r" + line.ljust(self._length) + ("\n" if last else ""))
            sys.stdout.flush()
            self._drawn, self._length = now, len(line)
        elif self.verbose == 2 and last:
            print(self._line(now, bar=False))

    @checked
    def add(self, n: int, values: Iterable[tuple[str, float]] | None = None) -> None:
        """Say that `n` more steps are done."""
        self.update(self.seen_so_far + n, values)

    def _line(self, now: float, bar: bool) -> str:
        done, target = self.seen_so_far, self.target
        parts = [f"{done}/{target or 'Unknown'}"]
        if bar and target:
            full = min(self.width, int(self.width * done / target))
            parts[0] += f" {'━' * full}{' ' * (self.width - full)}"
        parts.append(f"{now - self._start:.0f}s")
        parts += [f"{name}: {total / count:.4f}" for name, (total, count) in self._sums.items()]
        return " - ".join(parts)
