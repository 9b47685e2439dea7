"""Random small models, trained by this package and by an installed Keras from the same weights, and compared.

    KERAS_BACKEND=torch python -m pytest tests/parity/live.py          a few hundred models, some minutes
    TIDEGATE_PARITY=50 ...                                             fewer

Not part of `make test`, which compares with recorded numbers; `make parity` runs it. With JAX, Keras forgets the
mask in the metrics of fit, so its torch backend is asked for. A difference does not end the run: all are told together.
"""

from __future__ import annotations

import importlib
import os
import traceback
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import tidegate
from tests.parity.case import leaves
from tests.parity.draws import build, made, training, training_of

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")

MODELS = int(os.environ.get("TIDEGATE_PARITY", "300"))
RELATIVE, ABSOLUTE = 1e-4, 1e-4
EPOCHS = 3


# with torch, Keras multiplies the weights of a batch by its mask in place, and then weighs batches and metrics by them
LOSS = importlib.import_module("keras.src.losses.loss")
MASKED = LOSS.apply_mask


def apply_mask(sample_weight: Any, mask: Any, dtype: Any, reduction: Any) -> Any:
    return MASKED(None if sample_weight is None else sample_weight + 0.0, mask, dtype, reduction)


LOSS.apply_mask = apply_mask


def compare(c: dict[str, Any]) -> None:
    x, y, more = training_of(c)
    theirs, ours = build(keras, c), build(tidegate, c)
    rng = np.random.RandomState(c["seed"])
    # biases that are not zero, and moving variances above zero
    before = [np.float32(w + 0.1 * rng.random_sample(np.shape(w))) for w in theirs.get_weights()]
    found = []
    for k, model in ((keras, theirs), (tidegate, ours)):
        model.set_weights(before)
        options = {
            "epochs": EPOCHS,
            "shuffle": False,
            "verbose": 0,
            "callbacks": made(k, c["callbacks"]),
            **more,
        }
        # Keras cannot train stateful layers with torch, and forgets the states of each batch with JAX
        history = {} if c["stateful"] else model.fit(x, y, **options).history
        size = c["batch_size"]
        scores = model.evaluate(x, y, batch_size=size, verbose=0, return_dict=True)
        found.append(
            (history, scores, leaves(model.predict(x, batch_size=size, verbose=0)), model.get_weights())
        )
    (history, scores, outputs, weights), expected = found[1], found[0]
    for a, b in ((history, expected[0]), (scores, expected[1])):
        assert set(a) == set(b)
        for key, values in b.items():
            np.testing.assert_allclose(a[key], values, rtol=RELATIVE, atol=ABSOLUTE, err_msg=key)
    for weight, a, b in zip(ours.weights, weights, expected[3], strict=True):
        np.testing.assert_allclose(a, b, rtol=RELATIVE, atol=ABSOLUTE, err_msg=weight.name)
    for a, b in zip(outputs, expected[2], strict=True):
        np.testing.assert_allclose(a, b, rtol=RELATIVE, atol=ABSOLUTE, err_msg="predictions")


@pytest.mark.slow
def test_random_models_learn_as_in_keras() -> None:
    differences: list[str] = []

    @settings(
        max_examples=MODELS,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(st.integers(0, 10**9))
    def run(seed: int) -> None:
        c = training(seed)
        try:
            compare(c)
        except Exception:
            differences.append(f"training({seed}): {c!r}\n{traceback.format_exc()}")

    run()
    assert not differences, f"{len(differences)} models differ:\n" + "\n\n".join(differences)
