"""What `tidegate forecast` prints: the scores, who wins, the forecast, what was decided, the files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tidegate.language import can_write, say
from tidegate.toolkit import Forecast
from tidegate.toolkit.digits import steps
from tidegate.toolkit.forecasting import LSTM, spoken

__all__ = ["show"]

WON = "✓"
MOST = 12  # rows of the forecast that are shown; its file holds all


def show(made: Forecast, file: str, written: Sequence[Path], console: Console | None = None) -> None:
    """Print a forecast of that file, and the files written, to the standard output."""
    console = console or Console(highlight=False)
    series, won = made.series, made.winner == LSTM
    last = len(series.values) - 1
    rows = (
        say("{n} {step} rows", n=last + 1, step=series.frequency.name)
        if series.frequency
        else say("{n} rows", n=last + 1)
    )
    span = rows + say(", ") + say("{a} to {b}", a=series.label(0), b=series.label(last))
    with console.capture() as shown:
        console.print(
            Padding(
                Text.assemble((series.name, "bold"), say(" in {file}: {span}", file=file, span=span)), (1, 2)
            )
        )
        console.print(Padding(_scores(made), (0, 2, 1, 2)))
        console.print(Padding(Text(made.verdict, style="bold" if won else "bold yellow"), (0, 2, 1, 2)))
        console.print(Padding(_ahead(made), (0, 2, 1, 2)))
        how = Table.grid(padding=(0, 1))
        for decision in made.decisions:
            how.add_row("·", Text(decision), style="dim")
        console.print(Padding(how, (0, 2, 1, 2)))
        console.print(Padding(Text(f"{written[0].parent}/"), (0, 2)))
        console.print(Padding(Text("  ".join(path.name for path in written)), (0, 4)))
    # where colours are, spaces at the end are coloured; elsewhere they would only fill files
    sys.stdout.write("\n".join(line.rstrip(" ") for line in shown.get().split("\n")))


def _scores(made: Forecast) -> Table:
    table = _table(say("on the held-out part, {steps} ahead", steps=steps(made.pipeline.recipe.horizon)))
    for name in (say("mean error"), "RMSE", "MASE"):
        table.add_column(name, justify="right")
    errors = np.array([(score.mae, score.rmse) for score in made.scores.values()])
    for (name, score), row in zip(made.scores.items(), aligned(errors), strict=True):
        mark = (WON if can_write(WON) else "*") if name == made.winner else " "
        mase = "-" if score.mase is None else f"{score.mase:.2f}"
        table.add_row(f"{mark} {spoken(name)}", *row, mase, style="bold green" if name == made.winner else "")
    return table


def _ahead(made: Forecast) -> Table:
    """Return the first rows of what is forecast; where a naive forecast does better, it stands first."""
    columns = {say("forecast"): made.values}
    if made.winner != LSTM:
        columns = {spoken(made.winner): made.naive[made.winner], LSTM: made.values}
    title = say("what comes")
    if made.low is not None and made.high is not None:
        columns |= {say("low"): made.low, say("high"): made.high}
        title = say("what comes, with a band of 80 %")
    table = _table(title)
    for name in columns:
        table.add_column(name, justify="right")
    rows = aligned(np.stack(list(columns.values()), axis=1)[:MOST])
    for date, row in zip(made.date_text[:MOST], rows, strict=True):
        table.add_row(f"  {date}", *row)
    more = len(made.values) - MOST
    if more > 0:
        table.add_row(say("  ... and {n} more in forecast.csv", n=more))
    return table


def aligned(numbers: NDArray[Any]) -> list[list[str]]:
    """Return numbers as text with the same decimals, so that the largest shows four digits, and no exponent.

    >>> aligned(np.array([[562.0, 49.25], [1234567.0, 3.0]]))
    [['562', '49'], ['1234567', '3']]
    >>> aligned(np.array([[56.2], [0.125]]))
    [['56.20'], ['0.12']]
    """
    largest = float(np.abs(numbers).max())
    decimals = max(0, 3 - int(np.floor(np.log10(largest)))) if 0 < largest < np.inf else 0
    return [[f"{value:.{decimals}f}" for value in row] for row in numbers.tolist()]


def _table(title: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column(title)
    return table
