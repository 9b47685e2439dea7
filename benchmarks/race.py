"""The race: validate every engine's results, then time them in interleaved rounds."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.models import Family
from benchmarks.probe import Probe
from benchmarks.racers import EngineError, Remote
from benchmarks.workloads import TRAIN, Workload

__all__ = ["Lane", "Row", "check", "race"]

HOME = "tidegate"
# Float32 sums in another order; Adam divides small differences by small numbers, so they grow a little.
PREDICTION_ERROR = 2e-4
LOSS_ERROR = 1e-3
AFTER_ERROR = 1e-2
HOPELESS = 4
LONGER = 4  # as one call of Keras's fit costs tens of milliseconds, which shall not pass for its step
REST = 0.02  # seconds in which threads of the engine before stop spinning


@dataclass
class Lane:
    """One engine on one number of threads: seconds of a step, one for each round."""

    engine: str
    threads: int  # 0 where the engine does as it likes
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass
class Row:
    """What was found for a workload."""

    work: Workload | Family
    lanes: list[Lane] = field(default_factory=list)
    peaks: dict[int, list[float]] = field(default_factory=dict)  # FLOP/s by threads, one for each round
    notes: list[str] = field(default_factory=list)

    def best(self, engine: str) -> Lane | None:
        """Return an engine's lane with the least median."""
        return min(
            (lane for lane in self.lanes if lane.engine == engine), key=lambda n: n.median, default=None
        )

    def ratios(self, engine: str) -> list[float]:
        """Return of each round how many times Tidegate's speed is that engine's."""
        ours, theirs = self.best(HOME), self.best(engine)
        if ours is None or theirs is None:
            return []
        return [b / a for a, b in zip(ours.seconds, theirs.seconds, strict=True)]

    def share(self, threads: int) -> float | None:
        """Return Tidegate's share of the peak of so many threads: the median over the rounds."""
        ours = next((n for n in self.lanes if n.engine == HOME and n.threads == threads), None)
        if ours is None or threads not in self.peaks:
            return None
        pairs = zip(ours.seconds, self.peaks[threads], strict=True)
        assert isinstance(self.work, Workload)
        work = self.work.flops(training=self.work in TRAIN)
        return statistics.median(work / s / peak for s, peak in pairs)


def check(work: Workload | Family, results: dict[str, dict[str, Any]]) -> list[str]:
    """Compare the results of several engines with the first one's; return what differs.

    Compared are the predictions from the given weights, the losses of the first steps, and the predictions
    after these.
    """
    problems = []
    (first, ours), *others = results.items()
    for engine, found in others:
        for what, error in (("before", PREDICTION_ERROR), ("losses", LOSS_ERROR), ("after", AFTER_ERROR)):
            if what not in found or what not in ours:
                continue
            a, b = ours[what], found[what]
            if a.shape != b.shape or not np.all(np.isfinite(a)) or not np.all(np.isfinite(b)):
                problems.append(
                    f"{work.name}: {what} of {first} {a.shape} and {engine} {b.shape}, or not finite"
                )
            elif (apart := float(np.max(np.abs(a - b)) / max(float(np.max(np.abs(a))), 1e-6))) > error:
                problems.append(f"{work.name}: {what} of {first} and {engine} lie {apart:.1e} apart")
    return problems


def race(
    work: Workload | Family,
    engines: dict[str, Remote],
    threads: Sequence[int],
    rounds: int,
    seconds: float,
    verb: str = "train",
    probe: Probe | None = None,
    say: Callable[[str], None] = print,
) -> Row:
    """Time a workload on every engine that gives the right numbers.

    Parameters
    ----------
    seconds : wanted length of one timing
    verb : "train" or "call"
    """
    row = Row(work)
    results: dict[str, dict[str, Any]] = {}
    for engine, remote in engines.items():
        try:
            loaded = remote.ask("load", workload=work.name)
            if "unfit" in loaded:
                continue
            remote.name = loaded["name"]
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "results.npz"
                remote.ask("validate", file=str(file))
                with np.load(file) as found:
                    results[engine] = {k: found[k] for k in found.files}
        except EngineError as problem:
            row.notes.append(str(problem))
    if HOME not in results:
        return row
    for engine in list(results)[1:]:
        if problems := check(work, {HOME: results[HOME], engine: results[engine]}):
            row.notes += [f"not timed: {p}" for p in problems]
            del results[engine]

    def length(engine: str) -> float:
        return seconds * (LONGER if engine.startswith("keras") else 1)

    each: dict[tuple[str, int], float] = {}  # seconds of a step, roughly
    for engine in results:
        for n in threads:
            took = engines[engine].ask(verb, threads=n, steps=2)  # compiles, in some
            ask = 4
            while (took := engines[engine].ask(verb, threads=n, steps=ask))["seconds"] < length(engine) / 2:
                ask *= 8
            lane = Lane(engine, n if took["told"] else 0)
            row.lanes.append(lane)
            each[engine, lane.threads] = took["seconds"] / took["steps"]
            if not took["told"]:
                break
    for lane in list(row.lanes):  # threads that only stand in each other's way would take minutes
        least = min(each[n.engine, n.threads] for n in row.lanes if n.engine == lane.engine)
        if each[lane.engine, lane.threads] > HOPELESS * least:
            row.lanes.remove(lane)
            row.notes.append(
                f"{work.name}: {lane.engine} left out on {lane.threads} threads, over {HOPELESS} times slower"
            )
    for k in range(rounds):
        if probe is not None:
            for n in threads:
                row.peaks.setdefault(n, []).append(probe.fma(n))
        # every other round backwards, so that nobody always runs after the same neighbour
        for lane in row.lanes[:: -1 if k % 2 else 1]:
            steps = max(2, round(length(lane.engine) / each[lane.engine, lane.threads]))
            time.sleep(REST)
            took = engines[lane.engine].ask(verb, threads=lane.threads or 1, steps=steps)
            lane.seconds.append(took["seconds"] / took["steps"])
    say(f"{work.name}: " + ", ".join(f"{n.engine} {n.median * 1e6:.1f} µs" for n in row.lanes))
    return row
