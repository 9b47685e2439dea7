"""The findings as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from benchmarks.engines import ENGINES
from benchmarks.race import HOME, Row

__all__ = [
    "mark",
    "megabytes",
    "micros",
    "models_table",
    "predict_table",
    "scale_table",
    "table",
    "train_table",
]

ORT_FLOOR = 3  # times ONNX Runtime, for `predict one`


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table.

    >>> print(table(["a", "b"], [["1", "2"]]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [head, *rows]
    text = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([text[0], "|" + "---|" * len(head), *text[1:]])


def mark(held: bool) -> str:
    """Return how a promise kept or not is shown."""
    return "held" if held else "**not held**"


def micros(seconds: float) -> str:
    """Return a time, in µs or ms.

    >>> micros(3.5e-6), micros(0.0123)
    ('3.5 µs', '12.3 ms')
    """
    return f"{seconds * 1e6:.1f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.1f} ms"


def megabytes(size: float) -> str:
    """Return a size in MB of a million bytes."""
    return f"{size / 1e6:.1f} MB" if abs(size) < 1e8 else f"{size / 1e6:,.0f} MB"


def _lane(row: Row, engine: str) -> str:
    lane = row.best(engine)
    if lane is None:
        return "–"
    return micros(lane.median) + (f" ({lane.threads})" if lane.threads else "")


def _times(ratios: Sequence[float], spread: bool = False) -> str:
    if not ratios:
        return "–"
    text = f"{statistics.median(ratios):.3g}"
    return f"**{text}** ({min(ratios):.3g} to {max(ratios):.3g})" if spread else text


def _floor(ratios: Sequence[float], floor: float) -> str:
    return mark(statistics.median(ratios) >= floor) if ratios and floor else "–"


def _needs(row: Row, ratios: Sequence[float], floor: float) -> str:
    """Return the share of the peak at which a floor would be held: beyond 100 % no program can hold it here."""
    lane = row.best(HOME)
    threads = (
        min(lane.threads, row.work.batch) if lane is not None else 0
    )  # one sample is computed by one thread
    share = row.share(threads)
    if share is None or not ratios or not floor:
        return "–"
    return f"{share * floor / statistics.median(ratios):.0%}"


def train_table(rows: Sequence[Row], engines: Sequence[str]) -> str:
    """Return the table of training steps."""
    others = [e for e in engines if e != HOME and any(row.best(e) for row in rows)]
    rest = [e for e in others if e != "torch"]
    threads = sorted({n for row in rows for n in row.peaks})
    head = [
        "workload",
        "batch",
        "model",
        "Tidegate",
        "PyTorch",
        "times PyTorch",
        "floor",
        "aim",
        "the floor is",
        "it takes, of the peak",
    ]
    head += [f"times {ENGINES[e]}" for e in rest] + [
        f"of the peak, {n} thread{'s' * (n > 1)}" for n in threads
    ]
    lines = []
    for row in rows:
        w, ratios = row.work, row.ratios("torch")
        line = [w.name, str(w.batch), w.text, _lane(row, HOME), _lane(row, "torch"), _times(ratios, True)]
        line += [f"{w.floor:g}", f"{w.aim:g}", _floor(ratios, w.floor), _needs(row, ratios, w.floor)]
        line += [_times(row.ratios(e)) for e in rest]
        for n in threads:
            share = row.share(n)
            text = "–" if share is None else f"{share:.0%}"
            if share is not None and w.share is not None:
                text += f" (floor {w.share:.0%}: {mark(share >= w.share)})"
            line.append(text)
        lines.append(line)
    return table(head, lines)


def models_table(rows: Sequence[Row], engines: Sequence[str]) -> str:
    """Return the table of other models."""
    others = [e for e in engines if e != HOME and any(row.best(e) for row in rows)]
    head = ["model", "of what", "Tidegate"]
    head += [text for e in others for text in (ENGINES[e], f"times {ENGINES[e]}")]
    lines = []
    for row in rows:
        line = [row.work.name, row.work.text, _lane(row, HOME)]
        line += [text for e in others for text in (_lane(row, e), _times(row.ratios(e), True))]
        lines.append(line)
    return table(head, lines)


def predict_table(rows: Sequence[Row], engines: Sequence[str]) -> str:
    """Return the table of predictions."""
    others = [e for e in engines if e != HOME and any(row.best(e) for row in rows)]
    head = ["workload", "model", "Tidegate"]
    for e in others:
        head += [ENGINES[e], f"times {ENGINES[e]}"]
    lines = []
    for row in rows:
        line = [row.work.name, row.work.text, _lane(row, HOME)]
        for e in others:
            ratios = row.ratios(e)
            floor = {"torch": row.work.floor, "onnxruntime": ORT_FLOOR if row.work.floor else 0}.get(e, 0)
            aim = f", aim {row.work.aim:g}" if e == "torch" and row.work.aim else ""
            text = _times(ratios, True)
            line += [
                _lane(row, e),
                f"{text}; floor {floor:g}{aim}: {_floor(ratios, floor)}, takes {_needs(row, ratios, floor)} of the peak"
                if floor
                else text,
            ]
        lines.append(line)
    return table(head, lines)


def scale_table(cases: dict[str, dict[str, Any]], most: float = 400e6) -> str:
    """Return the table of large data."""
    head = [
        "data",
        "size",
        "trained on",
        "sequences a second",
        "memory over the data",
        f"below {megabytes(most)}",
    ]
    lines = []
    for name, c in cases.items():
        part = c["trained"] / c["samples"]
        trained = f"{c['trained']:,}" + (" (one epoch)" if part == 1 else f" ({part:.1%} of an epoch)")
        rate = f"{c['trained'] / c['seconds']:,.0f}"
        lines.append(
            [name, megabytes(c["data"]), trained, rate, megabytes(c["memory"]), mark(c["memory"] < most)]
        )
    return table(head, lines)
