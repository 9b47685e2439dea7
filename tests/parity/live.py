"""Random small models, trained by this package and by an installed Keras from the same weights, and compared.

    KERAS_BACKEND=torch python -m pytest tests/parity/live.py          a few hundred models, some minutes
    TIDEGATE_PARITY=50 ...                                             fewer

Not part of `make test`, which compares with recorded numbers; `make parity` runs it. A difference does not end the
run: all are told together. With JAX, Keras forgets the mask in the metrics of fit, so its torch backend is asked for.

In some models a rounding grows: a column of almost zero is divided by its norm, say. So where the two differ, Keras
trains the model once more in float64, and what this package has found may not lie farther from that than a few times
what Keras has found in float32. Such models have to be rare, and so have those that Keras's backend fails on.
"""

from __future__ import annotations

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
pytest.importorskip("tests.parity.backend").like_the_others()

MODELS = int(os.environ.get("TIDEGATE_PARITY", "300"))
RELATIVE, ABSOLUTE = 1e-4, 1e-4
EPOCHS = 3
FARTHER = 3.0  # how much farther from float64 than Keras in float32, where roundings grow
RARE = 0.02  # how many of the models that may be, and how many Keras's backend may fail on


class BackendFailedError(Exception):
    """Keras's backend cannot train this model: there is nothing to compare with."""


def trained(k: Any, model: Any, c: dict[str, Any], before: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Return by name what comes of training: the history, scores, weights and predictions."""
    x, y, more = training_of(c)
    model.set_weights(before)
    # Keras cannot train stateful layers with torch, and forgets the states of each batch with JAX
    if not c["stateful"]:
        told = {"epochs": EPOCHS, "shuffle": False, "verbose": 0, "callbacks": made(k, c["callbacks"])}
        history = model.fit(x, y, **told, **more).history
    else:
        history = {}
    size = c["batch_size"]
    scores = model.evaluate(x, y, batch_size=size, verbose=0, return_dict=True)
    predictions = leaves(model.predict(x, batch_size=size, verbose=0))
    groups = {
        "history": history,
        "scores": scores,
        "weights": {f"{i}": w for i, w in enumerate(model.get_weights())},
        "predictions": {f"{i}": p for i, p in enumerate(predictions)},
    }
    return {
        f"{group} {name}": np.asarray(values, np.float64)
        for group, each in groups.items()
        for name, values in each.items()
    }


def compare(c: dict[str, Any]) -> bool:
    """Raise where the two differ; return whether it took float64 to see that they do not."""
    keras.utils.set_random_seed(c["seed"])
    theirs, ours = build(keras, c), build(tidegate, c)
    rng = np.random.RandomState(c["seed"])
    # biases that are not zero, and moving variances above zero
    before = [np.float32(w + 0.1 * rng.random_sample(np.shape(w))) for w in theirs.get_weights()]
    try:
        expected = trained(keras, theirs, c, before)
    except RuntimeError as e:  # of PyTorch: an error of Keras's own is a ValueError or TypeError
        raise BackendFailedError(str(e)) from e
    found = trained(tidegate, ours, c, before)
    assert set(found) == set(expected)
    if not differing(found, expected):
        return False
    keras.config.set_floatx("float64")
    try:
        exact = trained(keras, build(keras, c), c, before)
    finally:
        keras.config.set_floatx("float32")
    far = {
        name
        for name in differing(found, exact)
        if not distance(found[name], exact[name]) <= FARTHER * distance(expected[name], exact[name])
    }
    lines = [
        f"{name}: {distance(a, expected[name]):.2g} apart, {distance(a, exact[name]):.2g} from float64, where "
        f"Keras is {distance(expected[name], exact[name]):.2g} from it"
        for name, a in found.items()
        if name in far
    ]
    assert not lines, "\n".join(lines)
    return True


def differing(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> set[str]:
    return {
        name
        for name, values in expected.items()
        if found[name].shape != values.shape
        or not np.allclose(found[name], values, RELATIVE, ABSOLUTE, equal_nan=True)
    }


def distance(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.max(np.abs(a - b), initial=0.0)) if a.shape == b.shape else np.inf


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_random_models_learn_as_in_keras(capsys: pytest.CaptureFixture[str]) -> None:
    differences: list[str] = []
    rounded: list[int] = []
    failed: dict[int, str] = {}

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
            if compare(c):
                rounded.append(seed)
        except BackendFailedError as e:
            failed[seed] = str(e)
        except Exception:
            differences.append(f"training({seed}): {c!r}\n{traceback.format_exc()}")

    run()
    assert not differences, f"{len(differences)} models differ:\n" + "\n\n".join(differences)
    with capsys.disabled():
        print(
            f"\n{MODELS - len(failed)} models learn as in Keras {keras.__version__}; roundings grow in {len(rounded)}: "
            f"{rounded}; Keras's backend fails on {len(failed)}: {failed}"
        )
    assert len(failed) <= RARE * MODELS + 1, f"Keras's backend fails on {len(failed)} models: {failed}"
    assert len(rounded) <= RARE * MODELS + 1, f"in {len(rounded)} models roundings grow: {rounded}"
