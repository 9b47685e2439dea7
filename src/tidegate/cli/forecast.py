"""`tidegate forecast FILE.csv --target COLUMN --horizon N`: a thin skin over `tidegate.toolkit.forecast`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from tidegate.cli.show import show
from tidegate.errors import TidegateError
from tidegate.language import language, say

__all__ = ["forecast"]

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def forecast(args: list[str]) -> int:
    """Run the command; return 0, 2 after a mistake in what it was given, 130 after Ctrl-C.

    >>> forecast(["nowhere.csv", "--target", "sales", "--horizon", "3"])
    2
    """
    try:
        asked = app(args, prog_name="tidegate forecast", standalone_mode=False)
        return asked() if callable(asked) else int(asked or 0)  # a number after --help
    except (TidegateError, OSError) as why:
        message = str(why)
    except KeyboardInterrupt:
        print("tidegate forecast: " + say("interrupted; nothing was written"), file=sys.stderr)
        return 130
    except _refused() as why:
        message = say("{why}; see tidegate forecast --help", why=_told(why))
    print(f"tidegate forecast: {' '.join(message.split())}", file=sys.stderr)
    return 2


def _refused() -> Any:
    """Return the class of what typer raises at wrong options; some of its versions keep it to themselves."""
    return next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def _told(why: Any) -> str:
    """Return what typer refuses: in its own words, where we have no other language's for it."""
    if language() != "en" and why.__class__.__name__ == "MissingParameter" and why.param is not None:
        name = why.param.opts[0]
        return say("{name} is missing", name=name if name.startswith("-") else why.param.metavar)
    if language() != "en" and why.__class__.__name__ == "NoSuchOption":
        return say("there is no option {name}", name=why.option_name)
    return str(why.format_message().rstrip("."))


@app.command(help=say("Forecast a column of a table by an LSTM, scored beside the naive forecasts."))
def command(
    file: Annotated[
        Path,
        typer.Argument(help=say("A CSV file, the oldest row first."), metavar="FILE.csv", show_default=False),
    ],
    target: Annotated[
        str, typer.Option(help=say("The column to forecast."), metavar="COLUMN", show_default=False)
    ],
    horizon: Annotated[
        int, typer.Option(help=say("How many rows to forecast."), metavar="N", show_default=False)
    ],
    date: Annotated[str, typer.Option(help=say("The date column. Default: found."))] = "",
    inputs: Annotated[str, typer.Option(help=say("Further columns whose past may help: TEMP,WIND."))] = "",
    look_back: Annotated[
        int | None, typer.Option(help=say("Rows the network sees. Default: two seasons."))
    ] = None,
    season: Annotated[
        int | None, typer.Option(help=say("Rows in a season, 1 for none. Default: by the dates."))
    ] = None,
    held_out: Annotated[
        int | None, typer.Option(help=say("Rows at the end to score on. Default: a fifth."))
    ] = None,
    fill: Annotated[
        bool, typer.Option("--fill", help=say("Carry the last value on where one is missing."))
    ] = False,
    every: Annotated[
        str, typer.Option(help=say("Bring rows at uneven dates to a step: 15min, 1h, day, month, or found."))
    ] = "",
    encoding: Annotated[
        str, typer.Option(help=say("How the file's letters are stored, where not in UTF-8: cp1252, gb18030."))
    ] = "",
    units: Annotated[int, typer.Option(help=say("Size of the LSTM."))] = 16,
    epochs: Annotated[
        int | None, typer.Option(help=say("Epochs at most. Default: by the number of rows."))
    ] = None,
    seed: Annotated[int, typer.Option(help=say("The same seed gives the same forecast."))] = 0,
    threads: Annotated[
        int | None, typer.Option(help=say("Threads to use. The result does not depend on it."))
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help=say("Folder for the results. Default: FILE-forecast."), metavar="DIR")
    ] = None,
    plot: Annotated[bool, typer.Option("--plot/--no-plot", help=say("Whether to draw the picture."))] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help=say("Print nothing but errors."))] = False,
) -> Callable[[], int]:
    """Forecast a column of a table by an LSTM, scored beside the naive forecasts."""
    options = {
        "target": target,
        "horizon": horizon,
        "date": date or None,
        "inputs": [name.strip() for name in inputs.split(",") if name.strip()],
        "look_back": look_back,
        "season": season,
        "held_out": held_out,
        "fill": fill,
        "every": every or None,
        "units": units,
        "epochs": epochs,
        "seed": seed,
    }
    # typer only reads the options: Ctrl-C during the work is ours to answer
    return partial(_work, file, encoding, options, out or Path(f"{file.stem}-forecast"), threads, plot, quiet)


def _work(
    file: Path,
    encoding: str,
    options: dict[str, Any],
    out: Path,
    threads: int | None,
    plot: bool,
    quiet: bool,
) -> int:
    if plot and find_spec("matplotlib") is None:
        raise TidegateError(
            say("the picture needs matplotlib; write: pip install 'tidegate[all]', or add --no-plot")
        )
    if find_spec("h5py") is None:
        raise TidegateError(say("the model's file needs h5py; write: pip install 'tidegate[all]'"))
    import tidegate
    from tidegate import toolkit
    from tidegate.data import read_csv
    from tidegate.toolkit.files import check_directory

    check_directory(out)  # before minutes are spent on training
    if threads is not None:
        tidegate.set_threads(threads)
    with _Bar(quiet) as bar:
        table = read_csv(file, encoding=encoding or None)
        made = toolkit.forecast(table, **options, progress=bar.advance)
    written = made.save(out, picture=plot)
    if not quiet:
        show(made, file.name, written)
    return 0


class _Bar:
    """One progress bar over all trainings; silent where nobody watches."""

    def __init__(self, quiet: bool) -> None:
        console = Console(stderr=True)
        self.bar = Progress(
            TextColumn("{task.description:<22}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )

    def __enter__(self) -> _Bar:
        self.bar.start()
        self.task = self.bar.add_task(say("reading"), total=None)
        return self

    def advance(self, what: str, done: int, total: int) -> None:
        """Show how far the work is."""
        self.bar.update(self.task, description=what, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        self.bar.stop()
