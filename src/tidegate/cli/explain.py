"""`tidegate explain FILE`: what a table, a kept model or a script's models are, in words, or on a page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, NoReturn

from tidegate.errors import DataError, TidegateError
from tidegate.language import say

__all__ = ["explain"]

MODELS = (".keras", ".h5", ".hdf5")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with options as everything else here is said: in one line, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise TidegateError(say("{why}; see tidegate explain --help", why=message))


def explain(args: list[str]) -> int:
    """Run the command; return 0, or 2 after a mistake in what it was given.

    >>> explain(["nowhere.csv"])
    2
    """
    try:
        asked = _parser().parse_args(args)
        _check(asked)
        if asked.file.endswith(".py"):
            return _script(asked)
        found = _explained(asked)
        if asked.save:
            found.save(asked.save)
            print(asked.save)
        else:
            print(found)
    except (TidegateError, OSError) as why:
        print(f"tidegate explain: {' '.join(str(why).split())}", file=sys.stderr)
        return 2
    except SystemExit as done:  # after --help
        return int(done.code or 0)
    return 0


def _check(asked: argparse.Namespace) -> None:
    """Refuse options that say how a table is cut, where none is cut."""
    how = [name for name in ("horizon", "target", "inputs", "every") if getattr(asked, name) is not None]
    options = ", ".join(f"--{name}" for name in how)
    if Path(asked.file).suffix in (*MODELS, ".py"):
        options = ", ".join(filter(None, ["--look-back" if asked.look_back is not None else "", options]))
        if options:
            raise DataError(
                say("{options} cut a table into samples; {file} is none", options=options, file=asked.file)
            )
    elif how and asked.look_back is None:
        raise DataError(
            say("{options} go with --look-back N, which cuts the table into samples", options=options)
        )


def _script(asked: argparse.Namespace) -> int:
    """Explain the models of a script as they come, or all of them on one page."""
    from tidegate.cli.scripts import explain_script
    from tidegate.explaining import Explanation

    out, found = sys.stdout, Explanation([])

    def told(one: Explanation) -> None:
        found.sections += one.sections
        if not asked.save:
            print(one, end="\n\n", file=out, flush=True)

    code = explain_script(asked.file, told)
    if asked.save and found.sections:
        found.save(asked.save)
        print(asked.save)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tidegate explain", description=say("Say what a table or a model is, and what to write next.")
    )
    parser.add_argument(
        "file", metavar="FILE", help=say("a CSV file, a model in a .keras or .h5 file, or a script of Keras")
    )
    parser.add_argument(
        "--look-back", type=int, metavar="N", help=say("cut the table into samples of N past rows")
    )
    parser.add_argument("--horizon", type=int, metavar="N", help=say("steps to be foreseen"))
    parser.add_argument(
        "--target", action="append", metavar="COLUMN", help=say("a column to be foreseen; may be repeated")
    )
    parser.add_argument(
        "--inputs", metavar="A,B", help=say("columns that the model sees; by default all numbers")
    )
    parser.add_argument(
        "--every",
        metavar="STEP",
        help=say("bring rows at uneven dates to a step: 15min, 1h, day, month, or found"),
    )
    parser.add_argument(
        "--encoding",
        metavar="NAME",
        help=say("how a table's letters are stored, where not in UTF-8: cp1252, gb18030"),
    )
    parser.add_argument(
        "--save", metavar="PAGE.html", help=say("write a page with pictures, or text for any other ending")
    )
    return parser


def _explained(asked: argparse.Namespace) -> Any:
    import tidegate

    path = Path(asked.file)
    if path.suffix in MODELS:
        from tidegate.saving import load_model

        return tidegate.explain(load_model(path, compile=False))
    table = tidegate.data.read_csv(path, encoding=asked.encoding)
    if asked.look_back is None:
        return tidegate.explain(table)
    inputs = [name.strip() for name in asked.inputs.split(",")] if asked.inputs else None
    if inputs is None:
        dates = tidegate.data.find_dates(table)
        apart = dates.columns if dates is not None else ()
        inputs = [name for name in table.numeric if name not in apart]
        almost = [why for name in table.names if name not in apart and (why := table.almost(name))]
        if not inputs:
            raise DataError(almost[0] if almost else say("{path} has no column of numbers.", path=path))
        for why in almost:
            print(f"tidegate explain: {why}", file=sys.stderr)
    made = tidegate.frame(
        table,
        look_back=asked.look_back,
        horizon=1 if asked.horizon is None else asked.horizon,
        inputs=inputs,
        targets=asked.target,
        missing="keep",
        every=asked.every,
        gaps="skip" if asked.every else "refuse",
    )
    return tidegate.explain(made)
