"""The command `tidegate`: hands over to the command that was asked for."""

from __future__ import annotations

import io
import sys
import warnings

from tidegate import __version__
from tidegate.errors import nearest
from tidegate.language import can_write, language, say, set_language

__all__ = ["main"]

COMMANDS = ("run", "forecast", "explain")
USAGE = """\
tidegate {version}: LSTM models with Keras's names and Keras's numbers

  tidegate run SCRIPT.py [args]                             run a Keras script unchanged
  tidegate forecast FILE.csv --target COLUMN --horizon N    forecast a column of a table
  tidegate forecast --help                                  all its options
  tidegate explain FILE [--save PAGE.html]                  what a table, a model or a script's models are
"""


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit code: 0, or 2 after a mistake in what it was given.

    Parameters
    ----------
    argv : list of str
        The arguments after the name of the program; by default those of the process.

    Examples
    --------
    >>> main(["--version"])
    tidegate 0.1.0
    0
    """
    warnings.formatwarning = _plainly
    command, *rest = (sys.argv[1:] if argv is None else argv) or ["--help"]
    if command != "run":  # a script's own output is its own
        _write_what_can_be_written()
    if command in ("--help", "-h", "help"):
        print(say(USAGE, version=__version__), end="")
        return 0
    if command == "--version":
        print(f"tidegate {__version__}")
        return 0
    if command == "run":  # before anything is imported: a script needs neither typer nor rich
        return _run(rest)
    if command == "forecast":
        return _forecast(rest)
    if command == "explain":
        from tidegate.cli.explain import explain

        return explain(rest)
    hint = nearest(command, COMMANDS) or say("its commands are {names}", names=", ".join(COMMANDS))
    print("tidegate: " + say("no command {name!r}; {hint}", name=command, hint=hint), file=sys.stderr)
    return 2


_usual = warnings.formatwarning


def _plainly(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    """Return what this package says (that a model runs slowly) as one line, other warnings as ever."""
    text = str(message)
    return f"{text}\n" if text.startswith("tidegate: ") else _usual(message, category, filename, lineno, line)


def _write_what_can_be_written() -> None:
    """Speak English where the terminal's encoding has no Chinese; let `?` stand for any other letter it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if language() == "zh" and not can_write("中"):
        set_language("en")


def _run(args: list[str]) -> int:
    if args[:1] in (["--help"], ["-h"]):
        print(
            "tidegate run SCRIPT.py [args]: "
            + say("run a Keras script unchanged; it finds [args] in sys.argv")
        )
        return 0
    if not args or args[0].startswith("-"):
        came = say("the option {name}", name=args[0]) if args else say("nothing")
        said = say("expects a script first; got {came}. Write: tidegate run SCRIPT.py [args]", came=came)
        print(f"tidegate run: {said}", file=sys.stderr)
        return 2
    from tidegate.cli.run import run

    return run(args[0], args[1:])


def _forecast(args: list[str]) -> int:
    try:
        from tidegate.cli.forecast import forecast
    except ImportError as why:
        absent = (why.name or "").partition(".")[0]
        if absent not in ("typer", "rich"):
            raise
        said = say('needs {name}; write: pip install "tidegate[all]"', name=absent)
        print(f"tidegate forecast: {said}", file=sys.stderr)
        return 2
    return forecast(args)
