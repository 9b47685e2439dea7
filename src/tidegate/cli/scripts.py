"""`tidegate explain SCRIPT.py`: each model of a script with its data, where it is first used."""

from __future__ import annotations

import contextlib
import inspect
import linecache
import os
import sys
from collections.abc import Callable
from typing import Any

from tidegate.cli.run import run
from tidegate.errors import DataError
from tidegate.explaining import Explanation, Section
from tidegate.explaining.of_fit import of_fit
from tidegate.explaining.of_model import of_model
from tidegate.language import say
from tidegate.models.feeds import is_stream
from tidegate.models.training import Trainer

__all__ = ["explain_script"]

VERBS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")


def explain_script(script: str, told: Callable[[Explanation], None]) -> int:
    """Run a script as `tidegate run` does, explain each model where it is first used, and return the exit code.

    Parameters
    ----------
    script : its path
    told : called with each explanation as it comes; what the script itself prints is left out

    Raises
    ------
    DataError
        If the script uses no model.
    """
    path = os.path.abspath(script)
    explained: list[Any] = []  # the models themselves, so that none has the place of another
    verbs = {name: getattr(Trainer, name) for name in VERBS}

    def watched(verb: Callable[..., Any]) -> Callable[..., Any]:
        names = inspect.signature(verb)

        def called(model: Any, *args: Any, **kwargs: Any) -> Any:
            if not any(model is other for other in explained):
                explained.append(model)
                line, code = _line(path)
                head = say("{path}, line {line}: {code}", path=os.path.basename(path), line=line, code=code)
                whole = not verb.__name__.endswith("_on_batch")  # one batch does not tell of an epoch
                given = names.bind(model, *args, **kwargs).arguments if whole else {}
                told(Explanation([Section(head), *_sections(model, given)]))
            return verb(model, *args, **kwargs)

        return called

    for name, verb in verbs.items():
        setattr(Trainer, name, watched(verb))
    try:
        with (
            open(os.devnull, "w", encoding="utf-8", errors="replace") as nowhere,
            contextlib.redirect_stdout(nowhere),
        ):
            code = run(script, [])
    finally:
        for name, verb in verbs.items():
            setattr(Trainer, name, verb)
    if not code and not explained:
        raise DataError(say("{path} uses no model, so there is nothing to explain.", path=script))
    return code


def _sections(model: Any, given: dict[str, Any]) -> list[Section]:
    """Return what is to be said of a model and of what a verb was given."""
    x, y = given.get("x"), given.get("y")
    if x is None or is_stream(x):
        return of_model(model)
    share = given.get("validation_split") or 0.0
    beside = of_fit(model, x, y, given.get("batch_size"), given.get("epochs", 1), share)
    return [*of_model(model), *beside]


def _line(path: str) -> tuple[int, str]:
    """Return the line of the script that is being executed, and what stands in it."""
    frame: Any = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename != path:
        frame = frame.f_back
    number = frame.f_lineno if frame is not None else 0
    return number, linecache.getline(path, number).split("#")[0].strip()
