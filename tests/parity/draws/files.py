"""Files: a random model trained by one package, saved, opened by the other, asked and trained on by both."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.parity.case import leaves
from tests.parity.draws.build import build, training_of
from tests.parity.draws.scripts import differences, plain
from tests.parity.draws.training import training

KINDS = ("model.keras", "model.h5", "model.weights.h5")


@dataclass(frozen=True)
class Filed:
    """A training and the kind of file that goes from one package to the other, there and back."""

    seed: int
    name: str
    drawn: dict[str, Any]

    def apart(self, theirs: Any, ours: Any) -> list[str]:
        """Return in words where what is read is not what was written."""
        return [
            f"{reads.__name__} reads {self.name}: {each}"
            for writes, reads in ((theirs, ours), (ours, theirs))
            for each in self._through(writes, reads, theirs)
        ]

    def _through(self, writes: Any, reads: Any, theirs: Any) -> list[str]:
        c = self.drawn
        x, y, more = training_of(c)
        told = {"epochs": 2, "shuffle": False, "verbose": 0}
        size = c["batch_size"]

        def asked(model: Any) -> list[np.ndarray]:
            return leaves(model.predict(x, batch_size=size, verbose=0))

        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / self.name)
            try:
                writes.utils.set_random_seed(self.seed % 1000)
                before = build(writes, c)
                before.fit(x, y, **told, **more)
                if self.name.endswith(".weights.h5"):
                    before.save_weights(path)
                else:
                    before.save(path)
                if writes is theirs and not self.name.endswith(".weights.h5"):
                    theirs.models.load_model(path)  # what it cannot read itself it cannot give away
            except Exception:
                if writes is theirs:
                    return []
                raise
            try:
                if self.name.endswith(".weights.h5"):
                    after = build(reads, c)
                    after.load_weights(path)
                else:
                    after = reads.models.load_model(path)
            except Exception as e:
                return [f"{type(e).__name__}: {str(e)[:300]}"]
        apart = differences(plain(asked(after)), plain(asked(before)), 1e-4, 1e-5, "predictions")
        if apart or self.name.endswith(".h5"):  # which holds the optimizer as well, but in its older way
            return apart
        went_on = [model.fit(x, y, **told, **more).history for model in (before, after)]
        return differences(plain(went_on[1]), plain(went_on[0]), 1e-3, 1e-4, "goes on")


def filed(seed: int) -> Filed:
    c = training(seed)
    # states and functions are no part of a file, and what Keras writes of Lamb it cannot read
    while c["stateful"] or "Lamb" in str((c["optimizer"], c["nodes"])):  # an optimizer, or a layer, Lambda
        c = training(seed := seed + 10**6)
    c["callbacks"] = []
    return Filed(seed, KINDS[seed % 3], c)
