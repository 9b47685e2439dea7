"""What Tidegate costs beside computing: starting, importing, memory, disk."""

from __future__ import annotations

import importlib.util
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.racers import ROOT, EngineError, Remote, environment

__all__ = ["cold_start", "fit_memory", "imports", "installed"]

SCRIPT = Path(__file__).parent / "scripts" / "regression.py"
IMPORT = """
import json, time
start = time.perf_counter()
{code}
took = time.perf_counter() - start
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps([took, int(status["VmRSS"].split()[0]) * 1024]))
"""
IMPORTS = {
    "import numpy": "tidegate",
    "import tidegate": "tidegate",
    "from tidegate.models import Sequential": "tidegate",
    "import torch": "torch",
    "import keras": "keras-jax",
}


def _python(arguments: list[str], engine: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment(engine), cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise EngineError(f"{arguments[-1]}: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    return done.stdout


def imports(rounds: int, engines: list[str]) -> dict[str, tuple[float, float]]:
    """Return for each import the median seconds, and the resident bytes after it."""
    found: dict[str, list[list[float]]] = {c: [] for c, engine in IMPORTS.items() if engine in engines}
    for _ in range(rounds + 1):
        for code, runs in found.items():
            runs.append(json.loads(_python(["-c", IMPORT.format(code=code)], IMPORTS[code])))
    # the first round read the files from disk
    return {
        code: (statistics.median(r[0] for r in runs[1:]), statistics.median(r[1] for r in runs[1:]))
        for code, runs in found.items()
    }


def cold_start(rounds: int, engines: list[str]) -> dict[str, list[float]]:
    """Return the seconds of a whole regression script, of each engine and round."""
    found: dict[str, list[float]] = {e: [] for e in engines if e == "tidegate" or e.startswith("keras")}
    for k in range(rounds + 1):
        for engine, seconds in found.items():
            start = time.perf_counter()
            _python([str(SCRIPT), engine.partition("-")[0]], engine)
            if k:
                seconds.append(time.perf_counter() - start)
    return found


def fit_memory(workload: str, engines: list[str], steps: int = 20) -> dict[str, tuple[int, int]]:
    """Return of each engine the resident bytes before a first fit, and the most while it runs."""
    found = {}
    for engine in engines:
        remote = Remote(engine)
        try:
            remote.ask("load", workload=workload)
            answer = remote.ask("memory", steps=steps)
            found[engine] = (answer["before"], answer["peak"])
        finally:
            remote.stop()
    return found


def installed() -> dict[str, int]:
    """Return the bytes on disk of the package, its kernels included, and of NumPy."""
    import numpy

    import tidegate

    folders = [Path(tidegate.__file__).parent]
    kernels = importlib.util.find_spec("tidegate.kernels._native")
    size = sum(_size(f) for f in folders)
    if kernels is not None and kernels.origin and not Path(kernels.origin).is_relative_to(folders[0]):
        size += Path(kernels.origin).stat().st_size  # an editable install keeps it elsewhere
    library = Path(numpy.__file__).parent
    return {"tidegate": size, "numpy": sum(_size(f) for f in (library, library.with_name("numpy.libs")))}


def _size(folder: Path) -> int:
    files = (f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
    return sum(f.stat().st_size for f in files)
