"""Tidegate, through its public verbs."""

from __future__ import annotations

from typing import Any

import tidegate
from benchmarks.engines.verbs import VerbsRacer


class Racer(VerbsRacer):
    """One model of a workload."""

    def __init__(self, work: Any, variant: str = "") -> None:
        super().__init__(work, tidegate)
        self.name = f"Tidegate {tidegate.__version__} ({tidegate.kernels.wanted()})"

    def threads(self, n: int) -> bool:
        tidegate.set_threads(n)
        return True
