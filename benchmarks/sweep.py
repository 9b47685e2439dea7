"""Where does a training step cost more than its neighbours? Lines over units, steps, batch and features.

python -m benchmarks.sweep                     all lines, 1 thread and 2
python -m benchmarks.sweep --lines units       one kind of line
python -m benchmarks.sweep --layer LSTM --threads 1

Each point is one `Sequential([LSTM(units), Dense(1)])` and its whole step: gather, forward, loss, backward,
Adam. A point is a *cliff* where it costs more than 1.5 times what the straight line between its two
neighbours says, on logarithmic axes; suspects are measured again, with their neighbours, before they are
called so. On one thread the processor's own time is taken, so that other programs disturb little.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

import tidegate
from tidegate import layers, models

HERE = Path(__file__).parent
CLIFF = 1.5

UNITS = (1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 31, 32, 33, 48, 50, 63, 64, 65, 96, 100, 127, 128,
         129, 192, 255, 256, 257, 384, 512)  # fmt: skip
BATCH = (1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 31, 32, 33, 48, 63, 64, 65, 96, 128, 129, 192, 256,
         257, 384, 512)  # fmt: skip
STEPS = (1, 2, 3, 4, 5, 8, 10, 15, 16, 17, 31, 32, 33, 64, 100, 128, 200, 256, 480)
FEATURES = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 50, 64, 65, 100, 128, 256)


@dataclass(frozen=True)
class Point:
    """One model and batch."""

    units: int = 32
    batch: int = 32
    steps: int = 16
    features: int = 16


@dataclass
class Line:
    """Points that differ in one number."""

    axis: str
    fixed: Point
    threads: int
    points: list[Point]
    micros: list[float] = field(default_factory=list)  # of one step
    flops: list[float] = field(default_factory=list)  # of one step

    @property
    def title(self) -> str:
        rest = [f"{k} {getattr(self.fixed, k)}" for k in Point.__annotations__ if k != self.axis]
        return f"{', '.join(rest)}; {self.threads} thread{'s' * (self.threads > 1)}"

    def at(self, k: int) -> int:
        return int(getattr(self.points[k], self.axis))


def lines(axes: Sequence[str], threads: Sequence[int], thin: int = 1) -> Iterator[Line]:
    """The lines that are drawn; `thin` takes every so manieth point."""
    table = {
        "units": (UNITS, [Point(batch=b) for b in (1, 32, 128)]),
        "batch": (BATCH, [Point(units=u) for u in (4, 32, 50, 128)]),
        "steps": (STEPS, [Point(), Point(units=4, batch=10, features=1)]),
        "features": (FEATURES, [Point(), Point(units=128)]),
    }
    for axis in axes:
        values, fixed = table[axis]
        for point in fixed:
            for n in threads:
                yield Line(axis, point, n, [replace(point, **{axis: v}) for v in values[::thin]])


class Bench:
    """A model ready to be timed."""

    def __init__(self, layer: str, point: Point, forward: bool = False) -> None:
        rng = np.random.default_rng(0)
        self.batch, self.forward = point.batch, forward
        self.rows = 4 * point.batch
        shape = (point.steps, point.features)
        self.x = rng.standard_normal((self.rows, *shape), dtype=np.float32)
        self.y = rng.standard_normal((self.rows, 1), dtype=np.float32)
        recurrent = getattr(layers, layer)(point.units, input_shape=shape)
        model = models.Sequential([recurrent, layers.Dense(1)])
        model.compile("adam", "mse")
        if forward:
            model.predict(self.x)
        else:
            model.fit(self.x, self.y, batch_size=self.batch, verbose=0)
        assert model.plan is not None
        self.model, self.plan = model, model.plan
        self.flops = self.plan.step.flops() * self.batch
        self.loops = 1

    def steps(self, loops: int) -> None:
        """Run four batches so many times, all in one call."""
        order = np.tile(np.arange(self.rows), loops)
        if self.forward:
            out = np.empty((len(order), 1), np.float32)
            self.plan.run([self.x], len(order), self.batch, order=order, outputs=[out])
        else:
            self.plan.run([self.x, self.y], len(order), self.batch, order=order, lr=1e-4)

    def micros(self, threads: int, seconds: float, repeats: int) -> float:
        """Return the least microseconds of one step seen in some repeats."""
        tidegate.set_threads(threads)
        clock = time.thread_time if threads == 1 else time.perf_counter
        self.steps(1)
        best = math.inf
        for k in range(repeats + 1):
            start = clock()
            self.steps(self.loops)
            took = max(clock() - start, 1e-7)
            if k == 0:  # find out how many loops fill the time
                self.loops = max(1, round(self.loops * seconds / took))
                continue
            best = min(best, took / (4 * self.loops))
        return best * 1e6


def above(line: Line, k: int) -> float:
    """Return how many times above the line of its neighbours a point lies."""
    if not 0 < k < len(line.points) - 1:
        return 0.0
    x = [math.log(line.at(j)) for j in (k - 1, k, k + 1)]
    y = [math.log(line.micros[j]) for j in (k - 1, k, k + 1)]
    share = (x[1] - x[0]) / (x[2] - x[0])
    return math.exp(y[1] - (y[0] + share * (y[2] - y[0])))


def measure(line: Line, layer: str, forward: bool, seconds: float) -> None:
    """Fill a line, and measure again what looks like a cliff."""
    for point in line.points:
        bench = Bench(layer, point, forward)
        line.flops.append(bench.flops)
        line.micros.append(bench.micros(line.threads, seconds, 3))
    for _ in range(2):  # a disturbed neighbour hides or feigns a cliff: the lesser figure counts
        again = {
            j for k in range(len(line.points)) if above(line, k) > CLIFF - 0.1 for j in (k - 1, k, k + 1)
        }
        for j in sorted(again):
            found = Bench(layer, line.points[j], forward).micros(line.threads, 2 * seconds, 5)
            line.micros[j] = min(line.micros[j], found)


def cliffs(line: Line) -> list[str]:
    """Return a row of text for each point too far above its neighbours."""
    found = []
    for k in range(len(line.points)):
        if (times := above(line, k)) > CLIFF:
            near = ", ".join(f"{line.at(j)}: {line.micros[j]:.1f} µs" for j in (k - 1, k, k + 1))
            found.append(f"| {line.axis} {line.at(k)} | {line.title} | {times:.2f} | {near} |")
    return found


def draw(found: list[Line], path: Path) -> None:
    """Draw picoseconds per floating-point operation, one picture for each axis."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.ticker import NullFormatter, ScalarFormatter

    axes = list(dict.fromkeys(line.axis for line in found))
    figure, grid = pyplot.subplots(len(axes), 1, figsize=(9, 4.2 * len(axes)), squeeze=False)
    for axis, plot in zip(axes, grid[:, 0], strict=True):
        fixed = list(dict.fromkeys(line.fixed for line in found if line.axis == axis))
        for line in found:
            if line.axis != axis:
                continue
            cost = [1e6 * us / flops for us, flops in zip(line.micros, line.flops, strict=True)]
            xs = [line.at(k) for k in range(len(cost))]
            colour, style = f"C{fixed.index(line.fixed)}", "-" if line.threads == 1 else "--"
            plot.plot(xs, cost, style, color=colour, marker=".", linewidth=1, label=line.title)
            high = [k for k in range(len(cost)) if above(line, k) > CLIFF]
            plot.plot(
                [xs[k] for k in high], [cost[k] for k in high], "o", color="red", fillstyle="none", ms=10
            )
        plot.set(xscale="log", yscale="log", xlabel=axis, ylabel="ps per floating-point operation")
        plot.xaxis.set_major_formatter(ScalarFormatter())
        plot.xaxis.set_minor_formatter(NullFormatter())
        plot.set_xticks([2**k for k in range(10) if xs[0] <= 2**k <= xs[-1]])
        plot.grid(alpha=0.3)
        plot.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the lines, print the cliffs, draw the picture."""
    parser = argparse.ArgumentParser(prog="benchmarks.sweep", description=(__doc__ or "").splitlines()[0])
    every = ("units", "batch", "steps", "features")
    parser.add_argument("--lines", default=",".join(every), help=f"which of {', '.join(every)}")
    parser.add_argument("--layer", default="LSTM", help="the recurrent layer")
    parser.add_argument("--threads", default="1,2", help="thread counts")
    parser.add_argument(
        "--predict", action="store_true", help="the forward pass alone, not the training step"
    )
    parser.add_argument("--seconds", type=float, default=0.02, help="length of one timing")
    parser.add_argument("--thin", type=int, default=1, help="take every so manieth point")
    parser.add_argument("--out", type=Path, default=HERE / "charts", help="folder of the picture")
    given = parser.parse_args(arguments)

    threads = [int(n) for n in given.threads.split(",")]
    found, rows = [], []
    for line in lines(given.lines.split(","), threads, given.thin):
        measure(line, given.layer, given.predict, given.seconds)
        found.append(line)
        rows += cliffs(line)
        rate = [f / us / 1e3 for f, us in zip(line.flops, line.micros, strict=True)]
        print(
            f"{line.axis:8} {line.title}: {min(rate):.2f} to {max(rate):.1f} GFLOP/s",
            file=sys.stderr,
            flush=True,
        )
    print(f"{sum(len(line.points) for line in found)} points, {len(rows)} more than {CLIFF} times above the line "
          "of their neighbours")  # fmt: skip
    if rows:
        print("\n| point | the rest | times above | it and its neighbours |\n|---|---|---|---|")
        print("\n".join(rows))
    given.out.mkdir(parents=True, exist_ok=True)
    picture = given.out / f"sweep-{given.layer.lower()}{'-predict' * given.predict}.svg"
    draw(found, picture)
    print(f"\npicture: {picture}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
