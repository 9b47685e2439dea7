"""Initializers: the distributions of Keras, and one source of chance."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tidegate import initializers
from tidegate.errors import ArgumentError
from tidegate.utils import set_random_seed

SHAPE = (200, 300)
# name: standard deviation, largest absolute value (None: open)
SPREAD = {
    "glorot_uniform": ((2 / 500) ** 0.5, (6 / 500) ** 0.5),
    "glorot_normal": ((2 / 500) ** 0.5, 2 * (2 / 500) ** 0.5 / 0.8796),
    "he_uniform": ((2 / 200) ** 0.5, (6 / 200) ** 0.5),
    "he_normal": ((2 / 200) ** 0.5, 2 * (2 / 200) ** 0.5 / 0.8796),
    "lecun_uniform": ((1 / 200) ** 0.5, (3 / 200) ** 0.5),
    "lecun_normal": ((1 / 200) ** 0.5, 2 * (1 / 200) ** 0.5 / 0.8796),
    "random_normal": (0.05, None),
    "random_uniform": (0.05 / 3**0.5, 0.05),
    "uniform": (0.05 / 3**0.5, 0.05),
    "truncated_normal": (0.05 * 0.8796, 0.1),
    "variance_scaling": ((1 / 200) ** 0.5, 2 * (1 / 200) ** 0.5 / 0.8796),
}


@pytest.mark.parametrize("name", SPREAD)
def test_mean_spread_and_limit(name: str) -> None:
    set_random_seed(0)
    w = initializers.get(name)(SHAPE)
    spread, limit = SPREAD[name]
    assert w.dtype == np.float32 and w.shape == SHAPE
    assert abs(w.mean()) < 4 * spread / w.size**0.5
    assert w.std() == pytest.approx(spread, rel=0.01)
    if limit is not None:
        assert 0.99 * limit < np.abs(w).max() <= limit * 1.0001


@pytest.mark.parametrize("shape", [(5, 5), (3, 12), (12, 3), (2, 3, 7)])
def test_orthogonal(shape: tuple[int, ...]) -> None:
    w = initializers.Orthogonal(gain=2.0, seed=1)(shape).reshape(-1, shape[-1])
    product = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-5)
    with pytest.raises(ArgumentError, match="two axes"):
        initializers.Orthogonal()((3,))


def test_those_without_chance() -> None:
    np.testing.assert_array_equal(initializers.zeros()((2,)), [0, 0])
    np.testing.assert_array_equal(initializers.get("ones")((2,)), [1, 1])
    np.testing.assert_array_equal(initializers.Constant(3)((2,)), [3, 3])
    np.testing.assert_array_equal(initializers.Identity(2)((2, 2)), [[2, 0], [0, 2]])
    np.testing.assert_array_equal(initializers.get(None)((1,)), [0])
    assert initializers.OrthogonalInitializer is initializers.Orthogonal
    assert initializers.IdentityInitializer is initializers.Identity


def test_the_seed_fixes_all_chance() -> None:
    def draw() -> tuple[np.ndarray, float, float]:
        set_random_seed(5)
        return initializers.glorot_uniform()((3, 3)), float(np.random.rand()), random.random()

    first, second = draw(), draw()
    np.testing.assert_array_equal(first[0], second[0])
    assert first[1:] == second[1:]
    own = initializers.HeNormal(seed=3)
    np.testing.assert_array_equal(own((2, 2)), own((2, 2)))
    assert (initializers.HeNormal()((2, 2)) != initializers.HeNormal()((2, 2))).any()
    with pytest.raises(ArgumentError, match="from 0 to"):
        set_random_seed(-1)


@pytest.mark.parametrize("name", initializers.CLASSES)
def test_an_initializer_is_made_again_from_its_description(name: str) -> None:
    one = initializers.CLASSES[name]()
    described = initializers.serialize(one)
    again = initializers.deserialize(described)
    assert type(again) is type(one) and initializers.serialize(again) == described


def test_mistakes() -> None:
    with pytest.raises(ArgumentError, match="did you mean 'glorot_uniform'"):
        initializers.get("glorot_unifrom")
    with pytest.raises(ArgumentError, match="scale above 0"):
        initializers.VarianceScaling(scale=0)
    with pytest.raises(ArgumentError, match="mode of VarianceScaling 'fan'"):
        initializers.VarianceScaling(mode="fan")
    with pytest.raises(ArgumentError, match="a name or an initializer"):
        initializers.get(3)
