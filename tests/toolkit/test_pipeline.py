"""What the network sees and learns, and the way back to values."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from tidegate.errors import DataError
from tidegate.toolkit.pipeline import ANCHORS, TRANSFORMS, Pipeline, Recipe
from tidegate.toolkit.series import Series

ROWS = 60
RNG = np.random.default_rng(3)
VALUES = 50 + 0.5 * np.arange(ROWS) + 10 * np.sin(np.arange(ROWS) * np.pi / 3) + RNG.normal(size=ROWS)
SERIES = Series("sales", VALUES, RNG.normal(5, 2, (ROWS, 2)), ("wind", "rain"))
ORIGINS = np.array([11, 20, 40])
END = 45

RECIPES = [
    Recipe(look_back=8, horizon=7, season=6, cycles=(6, 12), transform=t, anchor=a)
    for t in TRANSFORMS
    for a in ANCHORS
]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.transform}-{r.anchor}")
def test_targets_come_back_as_the_values_they_were_made_from(recipe: Recipe) -> None:
    pipeline = Pipeline.fit(recipe, SERIES, END)
    back = pipeline.restore(SERIES, ORIGINS, pipeline.targets(SERIES, ORIGINS))
    truth = np.array([VALUES[t + 1 : t + 8] for t in ORIGINS])
    np.testing.assert_allclose(back, truth, rtol=1e-5)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.transform}-{r.anchor}")
def test_nothing_is_learned_from_rows_behind_the_end(recipe: Recipe) -> None:
    later = VALUES.copy()
    later[END:] = 1e6
    other = Series(
        "sales", later, np.where(np.arange(ROWS)[:, None] < END, SERIES.inputs, -1e6), SERIES.input_names
    )
    assert Pipeline.fit(recipe, other, END).to_dict() == Pipeline.fit(recipe, SERIES, END).to_dict()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.transform}-{r.anchor}")
def test_a_sample_sees_no_row_behind_its_origin(recipe: Recipe) -> None:
    pipeline = Pipeline.fit(recipe, SERIES, END)
    for origin in ORIGINS:
        later = VALUES.copy()
        later[origin + 1 :] = 7
        inputs = SERIES.inputs.copy()
        inputs[origin + 1 :] = 7
        other = Series("sales", later, inputs, SERIES.input_names)
        at = np.array([origin])
        assert (pipeline.inputs(other, at) == pipeline.inputs(SERIES, at)).all()
        zero = np.zeros((1, 7), np.float32)
        assert (pipeline.restore(other, at, zero) == pipeline.restore(SERIES, at, zero)).all()


def test_inputs_by_hand() -> None:
    series = Series("n", np.arange(20.0), np.arange(20.0)[:, None] * 10, ("tens",))
    pipeline = Pipeline.fit(Recipe(look_back=3, horizon=2, season=4, cycles=(4,), anchor="last"), series, 20)
    x = pipeline.inputs(series, np.array([9]))  # rows 7, 8, 9
    assert x.shape == (1, 3, 4)
    assert x.dtype == np.float32
    spread = np.std([-2, -1, 0])
    np.testing.assert_allclose(x[0, :, 0], np.array([-2, -1, 0]) / spread, rtol=1e-6)
    np.testing.assert_allclose(x[0, :, 1], np.sin(np.pi / 2 * np.array([3, 0, 1])), atol=1e-6)
    np.testing.assert_allclose(x[0, :, 2], np.cos(np.pi / 2 * np.array([3, 0, 1])), atol=1e-6)
    tens = np.arange(20.0) * 10
    np.testing.assert_allclose(x[0, :, 3], (tens[7:10] - tens.mean()) / tens.std(), rtol=1e-6)


def test_an_output_of_zero_is_the_anchor() -> None:
    zero = np.zeros((1, 7), np.float32)
    at = np.array([20])
    said = {
        anchor: Pipeline.fit(Recipe(8, 7, 6, (), "none", anchor), SERIES, END).restore(SERIES, at, zero)[0]
        for anchor in ANCHORS
    }
    assert said["last"].tolist() == [VALUES[20]] * 7
    assert said["season"].tolist() == [*VALUES[15:21], VALUES[15]]
    assert said["mean"] == pytest.approx([VALUES[:END].mean()] * 7)


def test_the_logarithm_bears_values_that_fall_to_zero_later() -> None:
    values = np.concatenate([np.linspace(5, 9, 30), [0.0, -2.0]])
    pipeline = Pipeline.fit(Recipe(4, 2, transform="log"), Series("n", values), 30)
    assert np.isfinite(pipeline.inputs(Series("n", values), np.array([31]))).all()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.transform}-{r.anchor}")
def test_a_constant_series_gives_finite_numbers(recipe: Recipe) -> None:
    series = Series("n", np.full(ROWS, 4.0))
    pipeline = Pipeline.fit(recipe, series, END)
    np.testing.assert_allclose(pipeline.targets(series, ORIGINS), 0, atol=1e-12)
    assert np.isfinite(pipeline.inputs(series, ORIGINS)).all()


def test_json_keeps_everything() -> None:
    pipeline = Pipeline.fit(RECIPES[0], SERIES, END)
    again = Pipeline.from_dict(json.loads(json.dumps(pipeline.to_dict())))
    assert again.recipe == pipeline.recipe
    assert (again.inputs(SERIES, ORIGINS) == pipeline.inputs(SERIES, ORIGINS)).all()
    zero = np.ones((3, 7), np.float32)
    assert (again.restore(SERIES, ORIGINS, zero) == pipeline.restore(SERIES, ORIGINS, zero)).all()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("anchor", "seasn", "anchor among 'season', 'last', 'mean'; got 'seasn'."),
        ("transform", ["log"], "transform among 'none', 'log'"),
        ("cycles", [6, 0], r"cycles[1] as a whole number of at least 1; got 0"),
        ("look_back", 8.0, "look_back as a whole number of at least 1; got 8.0"),
        ("horizon", True, "horizon as a whole number"),
        ("season", None, "season as a whole number of at least 1; got None"),
        ("step", 0, "step above 0; got 0.0"),
        ("mean", float("nan"), "a number for mean; got nan"),
        ("floor", ..., "'floor'; got none"),
    ],
)
def test_a_file_edited_by_hand_is_refused_by_name(name: str, value: Any, said: str) -> None:
    plain = Pipeline.fit(RECIPES[0], SERIES, END).to_dict()
    if value is ...:
        del plain[name]
    else:
        plain[name] = value
    with pytest.raises(DataError, match=re.escape(said)):
        Pipeline.from_dict(plain)


def test_origins_leave_room_for_history_and_horizon() -> None:
    recipe = Recipe(look_back=3, horizon=2, season=5)
    assert recipe.origins(0, 10).tolist() == [4, 5, 6, 7]
    assert recipe.origins(8, 12).tolist() == [7, 8, 9]
    assert recipe.origins(0, 6).tolist() == []
    some = recipe.origins(0, 1000, limit=5)
    assert (len(some), some[0], some[-1]) == (5, 4, 997)
