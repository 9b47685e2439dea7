"""The accuracy that native/kernels/accuracy.hpp promises, against float64 in every instruction set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import kernels
from tidegate.ops.activations import ACTIVATIONS, code

native: Any = kernels.native
ISAS = [isa for isa in kernels.instruction_sets() if isa != "reference"]
Array = np.ndarray[Any, Any]

pytestmark = pytest.mark.skipif(not ISAS, reason="no native kernels here")


def activate(isa: str, name: str, z: Array) -> tuple[Array, Array]:
    """Return an activation and its slope; "log" is the logarithm, known by the number after the last."""
    z = np.ascontiguousarray(z, np.float32)
    a, slope = np.empty_like(z), np.empty_like(z)
    native.activate(isa, len(ACTIVATIONS) if name == "log" else code(name), z, a, slope)
    return a, slope


def ulps(found: Array, true: Array) -> Array:
    """Return the distance in units in the last place of the true value."""
    error: Array = np.abs(found - true) / np.spacing(np.abs(true).astype(np.float32)).astype(np.float64)
    return error


def points(low: float, high: float, seed: int = 1) -> Array:
    """Return floats of [low, high]: even, random, and of every size around 0."""
    rng = np.random.default_rng(seed)
    sizes = 10.0 ** rng.uniform(-30, np.log10(max(high, 1)), 60_000)
    even, some = np.linspace(low, high, 60_001), rng.uniform(low, high, 60_000)
    every = np.concatenate([even, some, sizes, -sizes]).astype(np.float32)
    return every[(every >= np.float32(low)) & (every <= np.float32(high))]


@pytest.mark.parametrize("name", native.ACCURACY if native else [])
@pytest.mark.parametrize("isa", ISAS)
def test_error_is_as_promised(isa: str, name: str) -> None:
    most, low, high = native.ACCURACY[name]
    z = points(low, high)
    if name == "log":  # numbers of every exponent, and more around 1
        bits = np.random.default_rng(2).integers(0x00800000, 0x7F7FFFFF, 200_000).astype(np.int32)
        z = np.concatenate([bits.view(np.float32), np.linspace(0.5, 2, 60_001, dtype=np.float32)])
        z = z[z != 1]
    exact = np.log if name == "log" else ACTIVATIONS[name].value
    error = ulps(activate(isa, name, z)[0], exact(z.astype(np.float64)))
    assert error.max() <= most, f"{error.max():.2f} ulp at {z[error.argmax()]!r}"


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("isa", ISAS)
def test_activation_and_slope_are_near_the_true_value(isa: str, name: str) -> None:
    z = points(-20, 20)
    wide = z.astype(np.float64)
    a, slope = activate(isa, name, z)
    true = ACTIVATIONS[name].value(wide)
    for found, exact in [(a, true), (slope, ACTIVATIONS[name].slope(wide, true))]:
        error = np.abs(found - exact) / np.maximum(1, np.abs(exact))
        assert error.max() <= native.ACTIVATION_ERROR, f"{error.max():.1e} at {z[error.argmax()]!r}"


@pytest.mark.parametrize("isa", ISAS)
def test_every_count_of_numbers_is_worked_on(isa: str) -> None:
    for n in (1, 2, 3, 5, 15, 16, 17, 33):
        z = np.linspace(-2, 2, n, dtype=np.float32)
        np.testing.assert_allclose(activate(isa, "tanh", z)[0], np.tanh(z), rtol=1e-6)


@pytest.mark.parametrize("isa", ISAS)
def test_nan_stays_nan(isa: str) -> None:
    for name in [*ACTIVATIONS, "log"]:
        assert np.isnan(activate(isa, name, np.full(5, np.nan))[0]).all(), name


@pytest.mark.parametrize("isa", ISAS)
def test_limits(isa: str) -> None:
    ends = np.array([-np.inf, -3e38, -200, 200, 3e38, np.inf])
    np.testing.assert_array_equal(activate(isa, "exponential", ends)[0], [0, 0, 0, np.inf, np.inf, np.inf])
    np.testing.assert_array_equal(activate(isa, "tanh", ends)[0], [-1, -1, -1, 1, 1, 1])
    np.testing.assert_allclose(activate(isa, "sigmoid", ends)[0], [0, 0, 0, 1, 1, 1], atol=2e-38)
    np.testing.assert_array_equal(activate(isa, "log", np.array([0, np.inf, 1]))[0], [-np.inf, np.inf, 0])
    assert np.isnan(activate(isa, "log", np.array([-1.0]))[0]).all()
    for name in ("silu", "gelu", "mish"):  # a factor of 0 must win over a large one
        np.testing.assert_allclose(activate(isa, name, ends[1:3])[0], 0, atol=1e-35)
        np.testing.assert_allclose(activate(isa, name, ends[1:5])[1], [0, 0, 1, 1], atol=1e-35)
