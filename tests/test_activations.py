"""Activations on arrays and by name."""

from __future__ import annotations

import numpy as np
import pytest

from tidegate import activations
from tidegate.errors import ArgumentError
from tidegate.ops.activations import ACTIVATIONS


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_function_works_on_arrays(name: str) -> None:
    function = getattr(activations, name)
    z = np.linspace(-3, 3, 7)
    np.testing.assert_array_equal(function(z), ACTIVATIONS[name].value(z))
    assert function([1, 2]).dtype == np.float32
    assert activations.get(name) is function and activations.serialize(function) == name
    assert function.__doc__


def test_softmax_over_the_last_axis() -> None:
    z = np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, 0.0]])
    p = activations.softmax(z)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    np.testing.assert_allclose(np.exp(activations.log_softmax(z)), p, atol=1e-12)


def test_names() -> None:
    assert activations.get(None) is activations.linear
    assert activations.get("swish") is activations.silu
    assert activations.deserialize("tanh") is activations.tanh
    with pytest.raises(ArgumentError, match="did you mean 'relu'"):
        activations.get("rleu")
    with pytest.raises(ArgumentError, match=r"a function over tidegate\.ops"):
        activations.get(np.tanh)
