"""python -m benchmarks: Tidegate beside PyTorch, Keras and ONNX Runtime on this machine.

python -m benchmarks                                    everything, into benchmarks/RESULTS.md
python -m benchmarks --workload tiny,wide --rounds 15   two rows of the table
python -m benchmarks --parts predict --engines torch,onnxruntime
python -m benchmarks --quick                            every part in small, to see that it works

Engines that are not installed are left out, and named.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import footprint, machine, report
from benchmarks.engines import ENGINES
from benchmarks.models import MODELS
from benchmarks.probe import Probe
from benchmarks.race import HOME, Row, race
from benchmarks.racers import ROOT, EngineError, Remote, environment, missing
from benchmarks.workloads import PREDICT, TRAIN, WORKLOADS

RESULTS = Path(__file__).parent / "RESULTS.md"
PARTS = ("train", "predict", "models", "start", "details", "scale")


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workload", help=f"some of: {', '.join(WORKLOADS)}")
    parser.add_argument("--parts", help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=9, help="timings of each engine (9)")
    parser.add_argument("--seconds", type=float, default=0.15, help="length of one timing (0.15)")
    parser.add_argument("--threads", help="thread counts, the best of which counts (1,2)")
    parser.add_argument("--engines", default=",".join(ENGINES), help=f"some of: {', '.join(ENGINES)}")
    parser.add_argument(
        "--probe",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="measure the peak of this machine between the rounds",
    )
    parser.add_argument("--quick", action="store_true", help="short: to see that all works, not to compare")
    parser.add_argument("--out", type=Path, help="file of the tables (benchmarks/RESULTS.md for a whole run)")
    args = parser.parse_args(given)

    whole = not (args.workload or args.parts or args.quick)
    args.names = args.workload.split(",") if args.workload else list(WORKLOADS)
    args.parts = (
        args.parts.split(",") if args.parts else ["train", "predict"] if args.workload else list(PARTS)
    )
    args.engines = [HOME, *(e for e in args.engines.split(",") if e != HOME)]
    for what, asked, known in (
        ("workload", args.names, WORKLOADS),
        ("part", args.parts, PARTS),
        ("engine", args.engines, ENGINES),
    ):
        if unknown := [a for a in asked if a not in known]:
            parser.error(f"no {what} {unknown[0]!r}; there are {', '.join(known)}")
    try:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        default = [1, 2] if cores > 1 else [1]
        args.threads = [int(n) for n in args.threads.split(",")] if args.threads else default
    except ValueError:
        parser.error("--threads expects whole numbers, as in --threads 1,2")
    if min(*args.threads, args.rounds) < 1:
        parser.error("--threads and --rounds are at least 1")
    if args.quick:
        args.rounds, args.seconds = min(args.rounds, 2), 0.02
    if args.out is None and whole:
        args.out = RESULTS
    return args


def say(text: str) -> None:
    """Tell how far it is, beside the tables."""
    print(text, file=sys.stderr, flush=True)


def _module(name: str, *options: str) -> dict[str, Any]:
    """Run a module in a process of its own and read its JSON."""
    done = subprocess.run(
        [sys.executable, "-m", name, *options],
        env=environment(HOME),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise EngineError(f"{name}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def races(args: argparse.Namespace, engines: list[str], notes: list[str], head: dict[str, str]) -> list[str]:
    """Run the parts `train`, `predict` and `models`."""
    probe = None
    if args.probe:
        try:
            probe = Probe()
        except RuntimeError as problem:
            notes.append(str(problem))
    remotes = {e: Remote(e) for e in engines}
    out = []
    try:
        for part, works, verb in (("train", TRAIN, "train"), ("predict", PREDICT, "call")):
            chosen = [w for w in works if w.name in args.names] if part in args.parts else []
            rows: list[Row] = []
            for w in chosen:
                some = (
                    remotes if part == "predict" else {e: r for e, r in remotes.items() if e != "onnxruntime"}
                )
                rows.append(race(w, some, args.threads, args.rounds, args.seconds, verb, probe, say))
                notes += rows[-1].notes
            if rows and part == "train":
                out.append("## A training step\n\n" + report.train_table(rows, engines))
            elif rows:
                out.append("## A prediction\n\n" + report.predict_table(rows, engines))
        if "models" in args.parts:
            verbs = {e: r for e, r in remotes.items() if e == HOME or e.startswith("keras")}
            rows = [
                race(m, verbs, args.threads, args.rounds, args.seconds, "train", None, say) for m in MODELS
            ]
            notes += [note for row in rows for note in row.notes]
            text = "A training step of batches of 32 sequences, T48 F8, with Dense 1 on top; Adam, mean squared error."
            out.append(f"## Other models\n\n{text}\n\n{report.models_table(rows, list(verbs))}")
        if probe is not None and out:
            fma = ", ".join(f"{probe.fma(n) / 1e9:.0f}" for n in args.threads)
            copy = ", ".join(f"{probe.copy(n) / 1e9:.1f}" for n in args.threads)
            on = ", ".join(map(str, args.threads))
            head["Peak"] = (
                f"{fma} GFLOP/s of multiply-adds, {copy} GB/s copied (read and written), on {on} threads"
            )
    finally:
        for remote in remotes.values():
            remote.stop()
    versions = [r.name for e, r in remotes.items() if e != "torch-loop"]
    head["Engines"] = ", ".join(versions)
    return out


def start(args: argparse.Namespace, engines: list[str]) -> str:
    """Run the part `start`: import, cold start, memory, disk."""
    rows: list[list[str]] = []

    def row(what: str, found: str, wanted: str = "–", held: bool | None = None) -> None:
        rows.append([what, found, wanted, "–" if held is None else report.mark(held)])

    for code, (seconds, size) in footprint.imports(1 if args.quick else 5, engines).items():
        text = f"{seconds * 1e3:.0f} ms, {report.megabytes(size)} resident"
        if "tidegate" in code:
            row(f"`{code}`", text, "200 ms, 60 MB", seconds <= 0.2 and size <= 60e6)
        else:
            row(f"`{code}`", text)
    say("imports measured")
    cold = footprint.cold_start(1 if args.quick else 3, engines)
    row("a whole regression script on Tidegate", f"{statistics.median(cold[HOME]):.2f} s")
    for engine, theirs in cold.items():
        if engine != HOME:
            times = statistics.median(b / a for a, b in zip(cold[HOME], theirs, strict=True))
            text = f"{statistics.median(theirs):.2f} s, {times:.3g} times as long"
            row(f"the same on {ENGINES[engine]}", text, "20 times", times >= 20)
    say("cold starts measured")
    names = [e for e in engines if e not in ("onnxruntime", "torch-loop")]
    for engine, (before, peak) in footprint.fit_memory("letters", names).items():
        text = f"{report.megabytes(peak - before)} over {report.megabytes(before)}"
        row(f"memory of 20 steps of `letters` on {ENGINES[engine]}", text)
    disk = footprint.installed()
    both = sum(disk.values())
    text = f"{report.megabytes(disk['tidegate'])}, with NumPy {report.megabytes(both)}"
    row("files on disk, without extras", text, "60 MB with NumPy", both < 60e6)
    return "## Starting, memory, disk\n\n" + report.table(["what", "found", "wanted", ""], rows)


def details(args: argparse.Namespace) -> str:
    """Run the part `details`: what stands around the kernels."""
    d = _module("benchmarks.details", *["--quick"] * args.quick)
    most = d["fit"] - d["plan"] + d["least"]
    calls = 2000 if args.quick else 10_000
    steady = d["last"] <= 1.1 * d["first"] and d["grown"] <= 0
    return "## Around the kernels\n\n" + report.table(
        ["what", "found", "wanted", ""],
        [
            ["recording a plan of three LSTM layers", f"{d['recording'] * 1e3:.2f} ms", "2 ms",
             report.mark(d["recording"] < 2e-3)],
            ["a step of `tiny` in `fit`, of 1,000 steps", report.micros(d["fit"]), "–", "–"],
            ["the same in the plan alone", report.micros(d["plan"]), "–", "–"],
            ["a step of the least model: the same instructions, no arithmetic", report.micros(d["least"]), "–", "–"],
            ["a step of `tiny` beside its kernels, at most (first less second plus third)",
             report.micros(most), "3 µs", report.mark(most < 3e-6)],
            [f"{calls:,} predictions of one sample: the first and the last thousand",
             f"{report.micros(d['first'] / 1000)} and {report.micros(d['last'] / 1000)} each, "
             f"{d['grown']:,} bytes grown", "steady", report.mark(steady)],
        ],
    )  # fmt: skip


def scale(args: argparse.Namespace) -> str:
    """Run the part `scale`: large data."""
    rest = ["--share", "0.01"] if args.quick else []
    cases: dict[str, dict[str, Any]] = {}
    for dtype, mapped, seconds in (
        ("uint8", False, 60),
        ("uint8", True, 10),
        ("int32", False, 10),
        ("int32", True, 10),
    ):
        options = ["--dtype", dtype, "--seconds", str(0.2 if args.quick else seconds), *["--mapped"] * mapped]
        name = f"sequences of 31 letters, {dtype}, {'memory-mapped' if mapped else 'in memory'}"
        cases[name] = _module("benchmarks.scale", "letters", *options, *rest)
        say(f"{name}: {cases[name]['seconds']:.1f} s")
    long = _module("benchmarks.scale", "windows", "--seconds", "0.2" if args.quick else "15", *rest)
    cases["windows of 96 rows over a long table"] = long
    count = next(iter(cases.values()))["samples"]
    text = (
        f"{count:,} sequences through Embedding(25, 16), three LSTM(32) and softmax 10; {long['samples']:,} windows "
        f"through LSTM(32) and Dense(1); batches of 512, shuffled. Framing took {report.micros(long['framing'])} and "
        f"{report.megabytes(long['framing_memory'])}; the windows copied would fill {report.megabytes(long['copied'])}."
    )
    return f"## Large data\n\n{text}\n\n{report.scale_table(cases)}"


HOW = """## How this was measured

A whole step is gather, forward, loss, backward, optimizer. Each engine runs in a process of its own that is
kept, and only one computes at a time. All start from the same weights; before anything is timed their
predictions, the losses of five steps and the predictions after these have to agree. Rounds are interleaved;
times are medians over the rounds, with the thread count that was best in parentheses; a ratio is the median
of the rounds' ratios (least to most beside it). PyTorch is nn.LSTM with fused Adam; it has no relu there, so
its tanh is timed against `forms relu`, and beside it a loop over the steps in Python. Keras runs `fit` and
`predict` as its users call them, on as many threads as it likes; its timings are four times as long, so that
what a call of `fit` costs by itself counts little. The share of the peak counts the matrix products that a
step cannot do without, over the multiply-adds that this machine did in the same round; beside each floor
stands the share that Tidegate would need to hold it here: above 100% no program can.
Absolute times drift from machine to machine and hour to hour; the ratios are what is compared."""


def main(given: Sequence[str] | None = None) -> int:
    """Run the benchmarks, print the tables, write the file."""
    args = arguments(given)
    begun = time.monotonic()
    notes: list[str] = []
    engines: list[str] = []
    for engine in args.engines:
        if lacking := missing(engine):
            notes.append(f"{ENGINES[engine]} is left out: {' and '.join(lacking)} not installed")
            say(notes[-1])
        else:
            engines.append(engine)
    head = machine.describe()
    parts = races(args, engines, notes, head) if {"train", "predict", "models"} & set(args.parts) else []
    runners: dict[str, Callable[[], str]] = {
        "start": lambda: start(args, engines),
        "details": lambda: details(args),
        "scale": lambda: scale(args),
    }
    for name in (n for n in runners if n in args.parts):
        try:
            parts.append(runners[name]())
            say(f"{name} done")
        except (EngineError, OSError) as problem:
            notes.append(f"the part {name} failed: {problem}")
    options = f"{args.rounds} rounds of {args.seconds:g} s, threads {', '.join(map(str, args.threads))}"
    options += ", quick: these numbers are for nothing but a look" if args.quick else ""
    head["Options"] = f"{options}; took {time.monotonic() - begun:.0f} s"
    text = ["# Benchmarks", report.table(["", ""], [[f"**{k}**", v] for k, v in head.items()]), *parts]
    text += ["## Notes\n\n" + "\n".join(f"- {n}" for n in dict.fromkeys(notes))] if notes else []
    whole = "\n\n".join([*text, HOW]) + "\n"
    print(whole)
    if args.out is not None:
        args.out.write_text(whole)
        say(f"written to {args.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
