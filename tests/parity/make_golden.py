"""Writes golden.npz: what Keras makes of each case. Needs keras with its torch backend.

With JAX, Keras forgets the mask in the metrics of fit.

KERAS_BACKEND=torch python tests/parity/make_golden.py
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from cases import CASES, EPOCHS

GOLDEN = Path(__file__).with_name("golden.npz")


def main() -> None:
    found: dict[str, np.ndarray] = {
        "versions": np.array([f"keras {keras.__version__}", keras.backend.backend()])
    }
    for name, make in CASES.items():
        keras.utils.set_random_seed(1)
        net, x, y, arguments = make(keras)
        for k, w in enumerate(net.get_weights()):
            found[f"{name}/before/{k}"] = w
        history = net.fit(x, y, epochs=EPOCHS, shuffle=False, verbose=0, **arguments).history
        for k, w in enumerate(net.get_weights()):
            found[f"{name}/after/{k}"] = w
        for key, values in history.items():
            found[f"{name}/history/{key}"] = np.array(values)
        found[f"{name}/predict"] = net.predict(x[:5], verbose=0)
        found[f"{name}/evaluate"] = np.array(net.evaluate(x, y, batch_size=11, verbose=0))
    np.savez_compressed(GOLDEN, **found)
    print(f"{GOLDEN}: {GOLDEN.stat().st_size} bytes, {len(CASES)} cases by {found['versions']}")


if __name__ == "__main__":
    main()
