"""The side that asks: engines' processes, started once, kept, and made to compute one at a time."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.engines import ENGINES

__all__ = ["ROOT", "EngineError", "Remote", "environment", "missing"]

ROOT = Path(__file__).resolve().parent.parent
NEEDS = {
    "tidegate": ("tidegate",),
    "torch": ("torch",),
    "torch-loop": ("torch",),
    "keras-jax": ("keras", "jax"),
    "keras-tensorflow": ("keras", "tensorflow"),
    "onnxruntime": ("onnx", "onnxruntime"),
}


def missing(engine: str) -> list[str]:
    """Return the libraries that an engine lacks here."""
    return [name for name in NEEDS[engine] if importlib.util.find_spec(name) is None]


class EngineError(RuntimeError):
    """An engine could not do what it was asked."""


def environment(engine: str) -> dict[str, str]:
    """Return the environment of an engine's process, which may keep compiled modules: pip compiles what it installs."""
    own = {"PYTHONPATH": os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH", "")) if p)}
    if engine.startswith("keras-"):
        own |= {
            "KERAS_BACKEND": engine.partition("-")[2],
            "JAX_PLATFORMS": "cpu",
            "CUDA_VISIBLE_DEVICES": "-1",
        }
        own["TF_CPP_MIN_LOG_LEVEL"] = "3"
    return {**{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}, **own}


class Remote:
    """One engine in its process."""

    def __init__(self, engine: str) -> None:
        self.engine, self.title, self.name = engine, ENGINES[engine], ENGINES[engine]
        # what libraries say: shown where the process dies, and open as long as the process is
        self.noise = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.noise,
            text=True,
            env=environment(engine),
            cwd=ROOT,
        )

    def ask(self, do: str, **question: Any) -> dict[str, Any]:
        """Ask and wait for the answer."""
        assert self.process.stdin is not None and self.process.stdout is not None
        print(json.dumps({"do": do, **question}), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            self.noise.seek(0)
            said = self.noise.read().strip().splitlines()[-1:]
            raise EngineError(f"{self.title}: its process ended with {self.process.wait()} {said}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise EngineError(f"{self.title}: {answer['error']}")
        return answer

    def stop(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.noise.close()
