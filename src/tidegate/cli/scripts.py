"""`tidegate explain SCRIPT.py`: each model of a script, with the data that it is trained on, where `fit` is called."""

from __future__ import annotations

import contextlib
import inspect
import io
import linecache
import os
import sys
from collections.abc import Callable
from typing import Any

from tidegate.errors import DataError
from tidegate.explaining import Explanation, Section, explain
from tidegate.language import say

__all__ = ["explain_script"]


def explain_script(script: str, told: Callable[[Explanation], None]) -> int:
    """Run a script as `tidegate run` does, and explain each model at its first `fit`; return the script's exit code.

    Parameters
    ----------
    script : its path
    told : called with each explanation as it comes; what the script itself prints is left out

    Raises
    ------
    DataError
        If the script trains no model.
    """
    from tidegate.cli.run import run
    from tidegate.models.training import Trainer

    path = os.path.abspath(script)
    explained: list[Any] = []  # the models themselves, so that none has the place of another
    fit = Trainer.fit
    names = inspect.signature(fit)

    def explaining(model: Any, *args: Any, **kwargs: Any) -> Any:
        if not any(model is other for other in explained):
            explained.append(model)
            given = names.bind(model, *args, **kwargs).arguments
            line, code = _line(path)
            heading = Section(say("{path}, line {line}: {code}", path=os.path.basename(path), line=line, code=code))
            told(Explanation([heading, *explain(model, given.get("x"), given.get("y")).sections]))
        return fit(model, *args, **kwargs)

    Trainer.fit = explaining  # type: ignore[method-assign]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            code = run(script, [])
    finally:
        Trainer.fit = fit  # type: ignore[method-assign]
    if not code and not explained:
        raise DataError(say("{path} trains no model, so there is nothing to explain.", path=script))
    return code


def _line(path: str) -> tuple[int, str]:
    """Return the line of the script that is being executed, and what stands in it."""
    frame: Any = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename != path:
        frame = frame.f_back
    number = frame.f_lineno if frame is not None else 0
    return number, linecache.getline(path, number).split("#")[0].strip()
