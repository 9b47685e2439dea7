"""Keras 3 on the backend of KERAS_BACKEND, through the verbs of its users."""

from __future__ import annotations

from typing import Any

import keras

from benchmarks.engines.verbs import VerbsRacer


class Racer(VerbsRacer):
    """One model of a workload."""

    def __init__(self, work: Any, variant: str = "") -> None:
        super().__init__(work, keras)
        backend = keras.backend.backend()
        self.name = f"Keras {keras.__version__} on {backend} {__import__(backend).__version__}"

    def threads(self, n: int) -> bool:
        return False
