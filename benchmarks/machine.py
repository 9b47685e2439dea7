"""What the benchmarks ran on, for the head of the table."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from pathlib import Path

from benchmarks.probe import compiler

__all__ = ["describe"]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _caches() -> str:
    found = []
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        kilo = int(size.removesuffix("K"))
        text = f"{kilo // 1024} MB" if kilo >= 1024 else f"{kilo} KB"
        found.append(f"L{level} {text}" + (f" {kind.lower()}" if kind != "Unified" else ""))
    return ", ".join(found)


def _compiler() -> str:
    name = compiler()
    if name is None:
        return "none"
    said = subprocess.run([name, "--version"], capture_output=True, text=True).stdout
    return said.splitlines()[0] if said else name


def describe() -> dict[str, str]:
    """Return the machine in words."""
    import numpy

    affinity = getattr(os, "sched_getaffinity", None)
    usable = len(affinity(0)) if affinity else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "Date": datetime.date.today().isoformat(),
        "Processor": f"{_processor()}, {usable} cores usable",
        "Caches": _caches() or "not known",
        "Memory": f"{memory:.0f} GB",
        "System": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "Compiler": _compiler(),
        "Python": f"{platform.python_version()}, NumPy {numpy.__version__}",
    }
