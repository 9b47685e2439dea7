"""Writes golden/<family>.npz: what Keras makes of each case. Needs keras with its torch backend.

With JAX, Keras forgets the mask in the metrics of fit.

KERAS_BACKEND=torch python -m tests.parity.make_golden            all families
KERAS_BACKEND=torch python -m tests.parity.make_golden basics     one of them
"""

from __future__ import annotations

import sys

import keras
import numpy as np

from tests.parity.backend import like_the_others
from tests.parity.case import EPOCHS, Cases, batch_of_scores, families, first, golden, leaves, pack


def outcome(cases: Cases) -> dict[str, np.ndarray]:
    """Return what Keras makes of each case, by name of the case and of the number."""
    found = {}
    for name, make in cases.items():
        keras.utils.set_random_seed(1)
        net, x, y, arguments = make(keras)
        for k, w in enumerate(net.get_weights()):
            found[f"{name}/before/{k}"] = w
        history = net.fit(
            **{"x": x, "y": y, "epochs": EPOCHS, "shuffle": False, "verbose": 0, **arguments}
        ).history
        for k, w in enumerate(net.get_weights()):
            found[f"{name}/after/{k}"] = w
        for key, values in history.items():
            found[f"{name}/history/{key}"] = np.array(values)
        for k, p in enumerate(leaves(net.predict(first(x, 5), verbose=0))):
            found[f"{name}/predict/{k}"] = p
        scores = net.evaluate(x, y, batch_size=batch_of_scores(net), verbose=0, return_dict=True)
        for key, value in scores.items():
            found[f"{name}/evaluate/{key}"] = np.array(value)
    return found


def main(names: list[str]) -> None:
    like_the_others()
    for name, cases in families().items():
        if not names or name in names:
            path = golden(name)
            versions = f"keras {keras.__version__}, {keras.backend.backend()}"
            pack(path, outcome(cases), versions)
            print(f"{path}: {path.stat().st_size} bytes, {len(cases)} cases by {versions}")


if __name__ == "__main__":
    main(sys.argv[1:])
