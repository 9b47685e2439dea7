"""The same numbers as Keras 3: weights, history, scores and predictions after three epochs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import tidegate

HERE = Path(__file__).parent
RELATIVE, ABSOLUTE = 1e-4, 1e-5
_spec = importlib.util.spec_from_file_location("parity_cases", HERE / "cases.py")
assert _spec is not None and _spec.loader is not None
cases = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cases)
GOLDEN = np.load(HERE / "golden.npz")


def golden(prefix: str) -> dict[str, np.ndarray]:
    return {key[len(prefix) :]: GOLDEN[key] for key in GOLDEN.files if key.startswith(prefix)}


@pytest.mark.parametrize("name", cases.CASES)
def test_same_numbers_as_keras(name: str) -> None:
    net, x, y, arguments = cases.CASES[name](tidegate)
    before = golden(f"{name}/before/")
    assert [w.shape for w in net.get_weights()] == [w.shape for w in before.values()]
    net.set_weights(list(before.values()))
    history = net.fit(x, y, epochs=cases.EPOCHS, shuffle=False, verbose=0, **arguments).history

    expected = golden(f"{name}/history/")
    assert set(history) == set(expected)
    for key, values in expected.items():
        np.testing.assert_allclose(history[key], values, rtol=RELATIVE, atol=ABSOLUTE, err_msg=key)
    after = golden(f"{name}/after/")
    moved = 0.0
    for w, b, a in zip(net.get_weights(), before.values(), after.values(), strict=True):
        np.testing.assert_allclose(w, a, rtol=RELATIVE, atol=ABSOLUTE)
        moved = max(moved, float(np.abs(a - b).max()))
    assert moved > 1e-3  # or nothing was learnt, and nothing compared
    np.testing.assert_allclose(net.predict(x[:5]), GOLDEN[f"{name}/predict"], rtol=RELATIVE, atol=ABSOLUTE)
    scores = net.evaluate(x, y, batch_size=11, verbose=0)
    np.testing.assert_allclose(scores, GOLDEN[f"{name}/evaluate"], rtol=RELATIVE, atol=ABSOLUTE)


def test_every_case_is_in_the_golden_file() -> None:
    assert {key.split("/")[0] for key in GOLDEN.files} - {"versions"} == set(cases.CASES)
