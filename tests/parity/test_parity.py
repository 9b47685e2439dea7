"""The same numbers as Keras 3: weights, history, scores and predictions after three epochs."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
import pytest

import tidegate
from tests.parity.case import EPOCHS, batch_of_scores, families, first, golden, leaves, unpack

RELATIVE, ABSOLUTE = 1e-4, 1e-5
FAMILIES = families()


@functools.cache
def numbers(family: str) -> Mapping[str, np.ndarray]:
    return unpack(golden(family))


def under(found: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {key[len(prefix) :]: value for key, value in found.items() if key.startswith(prefix)}


@pytest.mark.parametrize(("family", "name"), [(f, n) for f, cases in FAMILIES.items() for n in cases])
def test_same_numbers_as_keras(family: str, name: str) -> None:
    expected = under(numbers(family), f"{name}/")
    net, x, y, arguments = FAMILIES[family][name](tidegate)
    before = under(expected, "before/")
    assert [w.shape for w in net.get_weights()] == [w.shape for w in before.values()]
    net.set_weights(list(before.values()))
    history = net.fit(
        **{"x": x, "y": y, "epochs": EPOCHS, "shuffle": False, "verbose": 0, **arguments}
    ).history

    wanted = under(expected, "history/")
    assert set(history) == set(wanted)
    for key, values in wanted.items():
        np.testing.assert_allclose(history[key], values, rtol=RELATIVE, atol=ABSOLUTE, err_msg=key)
    after = under(expected, "after/")
    moved = 0.0
    for w, b, a in zip(net.get_weights(), before.values(), after.values(), strict=True):
        np.testing.assert_allclose(w, a, rtol=RELATIVE, atol=ABSOLUTE)
        moved = max(moved, float(np.abs(a - b).max()))
    assert moved > 1e-3  # or nothing was learnt, and nothing compared
    predicted = leaves(net.predict(first(x, 5), verbose=0))
    for p, q in zip(predicted, under(expected, "predict/").values(), strict=True):
        np.testing.assert_allclose(p, q, rtol=RELATIVE, atol=ABSOLUTE)
    scores = net.evaluate(x, y, batch_size=batch_of_scores(net), verbose=0, return_dict=True)
    wanted = under(expected, "evaluate/")
    assert set(scores) == set(wanted)
    for key, value in wanted.items():
        np.testing.assert_allclose(scores[key], value, rtol=RELATIVE, atol=ABSOLUTE, err_msg=key)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_case_is_in_the_golden_file(family: str) -> None:
    assert {key.split("/")[0] for key in numbers(family)} == set(FAMILIES[family])
