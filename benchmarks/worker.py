"""One engine in a process of its own, asked over a pipe: a line of JSON in, a line of JSON out.

    {"do": "load", "workload": "tiny"}       -> {"name": ...}, or {"unfit": true}
    {"do": "validate", "file": PATH}         writes predictions, losses and weights there
    {"do": "train", "threads": 1, "steps": 100}   -> {"seconds": ..., "steps": ..., "told": true}
    {"do": "call", "threads": 1, "steps": 100}    the same for predictions
    {"do": "memory", "steps": 20}            -> {"before": ..., "peak": ...}, resident bytes in training

An answer {"error": ...} stands for whatever went wrong. Every array is made here from the same seeds, so only
results travel.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from typing import Any

import numpy as np

from benchmarks import memory
from benchmarks.models import MODELS
from benchmarks.workloads import WORKLOADS

KNOWN = {**WORKLOADS, **{m.name: m for m in MODELS}}

VALIDATED_STEPS = 5


class Worker:
    """Answers one question after the other."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.racer: Any = None

    def load(self, question: dict[str, Any]) -> dict[str, Any]:
        self.racer = None  # the one before makes room first
        library, _, variant = self.engine.partition("-")
        module = importlib.import_module(f"benchmarks.engines.{library}")
        try:
            self.racer = module.Racer(KNOWN[question["workload"]], variant)
        except NotImplementedError:
            return {"unfit": True}
        return {"name": self.racer.name}

    def validate(self, question: dict[str, Any]) -> dict[str, Any]:
        work = self.racer.work
        found = {"before": self.racer.predict(work.data(work.batch)[0])}
        if hasattr(self.racer, "losses"):
            found["losses"] = np.array(self.racer.losses(VALIDATED_STEPS))
            found |= {f"weight{k}": w for k, w in enumerate(self.racer.weights())}
            found["after"] = self.racer.predict(work.data(work.batch)[0])
        np.savez(question["file"], **found)
        return {}

    def train(self, question: dict[str, Any]) -> dict[str, Any]:
        told = self.racer.threads(question["threads"])
        seconds, steps = self.racer.train(question["steps"])
        return {"seconds": seconds, "steps": steps, "told": told}

    def call(self, question: dict[str, Any]) -> dict[str, Any]:
        told = self.racer.threads(question["threads"])
        return {"seconds": self.racer.call(question["steps"]), "steps": question["steps"], "told": told}

    def memory(self, question: dict[str, Any]) -> dict[str, Any]:
        before = memory.resident()
        memory.reset_peak()
        self.racer.train(question["steps"])
        return {"before": before, "peak": memory.peak()}


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")  # what libraries print must not come between
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    worker = Worker(sys.argv[1])
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = getattr(worker, question.pop("do"))(question)
        except Exception as problem:  # the asking side decides what to do about it
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
