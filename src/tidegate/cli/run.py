"""`tidegate run SCRIPT.py [args]`: executes a Keras script unchanged."""

from __future__ import annotations

import os
import sys
from types import ModuleType, TracebackType

from tidegate.cli import serve
from tidegate.errors import TidegateError
from tidegate.language import say

__all__ = ["run"]

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # the package
LOOK_UPS = ("__getattr__", "find_spec", "older_layer", "_handle_fromlist", "_find_and_load_unlocked")


def run(script: str, args: list[str]) -> int:
    """Execute a script as `python SCRIPT` would, with `keras` and `tensorflow` served from this package.

    The script gets the process: `sys.argv`, `sys.path[0]` and `__main__` are its own from here on.

    Parameters
    ----------
    script : str
        Path of the script.
    args : list of str
        What the script finds in `sys.argv[1:]`.

    Returns
    -------
    int
        The exit code: the script's own, 1 after an error in it, 2 where it cannot be read.

    Examples
    --------
    >>> run("nowhere.py", [])
    2
    """
    path = os.path.abspath(script)
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        why = say("cannot read {path}: {why}", path=script, why=error.strerror)
        print(f"tidegate run: {why}", file=sys.stderr)
        return 2

    main = ModuleType("__main__")
    main.__file__ = path
    main.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main
    sys.argv = [script, *args]
    sys.path[0:1] = [os.path.dirname(path)]
    serve.install()
    try:
        exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)
    except SystemExit as stop:
        return _exit_code(stop)
    except BaseException as error:
        error = error.with_traceback(_of_script(error, path))
        sys.excepthook(type(error), error, error.__traceback__)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _exit_code(stop: SystemExit) -> int:
    """Return the code of `sys.exit(...)`, as Python reads its argument: nothing, a number, or a message."""
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code & 0xFF
    print(stop.code, file=sys.stderr)
    return 1


def _of_script(error: BaseException, path: str) -> TracebackType | None:
    """Return a traceback from the script's first frame on; of what tidegate refused, the user's frames alone."""
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename != path:
        trace = trace.tb_next
    frames = []
    while trace:
        frames.append(trace)
        trace = trace.tb_next
    asked = frames and frames[-1].tb_frame.f_code.co_name in LOOK_UPS
    if frames and _ours(frames[-1]) and (asked or isinstance(error, TidegateError)):
        frames = [frame for frame in frames if not _ours(frame)]
    for frame in reversed(frames):
        trace = TracebackType(trace, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return trace


def _ours(trace: TracebackType) -> bool:
    return trace.tb_frame.f_code.co_filename.startswith((HERE, "<frozen importlib"))
