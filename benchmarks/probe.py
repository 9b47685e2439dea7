"""What this machine can do at best, measured in the same minutes as the race: see probe.cpp."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Probe", "compiler"]

COPIED = 64 << 20  # bytes, more than caches hold on most machines


def compiler() -> str | None:
    """Return the C++ compiler of this machine, None where there is none."""
    for name in (os.environ.get("CXX", ""), "g++", "clang++", "c++"):
        if name and shutil.which(name):
            return name
    return None


class Probe:
    """Measures multiply-adds and copying on 1, 2, ... threads."""

    def __init__(self) -> None:
        found = compiler()
        if found is None:
            raise RuntimeError("no C++ compiler here, so the peak of this machine is not known")
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder) / "probe.so"
            source = Path(__file__).with_name("probe.cpp")
            flags = ["-std=c++17", "-O3", "-march=native", "-ffp-contract=fast", "-shared", "-fPIC"]
            made = subprocess.run(
                [found, *flags, str(source), "-o", str(library)], capture_output=True, text=True
            )
            if made.returncode:
                raise RuntimeError(f"{found} could not compile {source.name}: {made.stderr.strip()}")
            self.library = ctypes.CDLL(str(library))
        self.library.probe_fma.argtypes, self.library.probe_fma.restype = [ctypes.c_double], ctypes.c_double
        self.library.probe_copy.argtypes = [
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_size_t,
            ctypes.c_double,
        ]
        self.library.probe_copy.restype = ctypes.c_double
        self.areas: list[NDArray[np.uint8]] = []

    def fma(self, threads: int, seconds: float = 0.03) -> float:
        """Return floating-point operations a second of so many threads together."""
        with ThreadPoolExecutor(threads) as pool:
            return float(sum(pool.map(self.library.probe_fma, [seconds] * threads)))

    def copy(self, threads: int, seconds: float = 0.1) -> float:
        """Return bytes a second, read and written, of so many threads together."""
        while len(self.areas) < 2 * threads:
            self.areas.append(np.ones(COPIED, np.uint8))

        def one(k: int) -> float:
            to, source = self.areas[2 * k].ctypes.data, self.areas[2 * k + 1].ctypes.data
            return float(self.library.probe_copy(to, source, COPIED, seconds))

        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(one, range(threads)))
