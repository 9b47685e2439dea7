"""The whole way from a table to a forecast, and what it must never see."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from tidegate.errors import DataError
from tidegate.toolkit import Forecast, forecast
from tidegate.toolkit.baselines import ahead, score
from tidegate.toolkit.forecasting import LAST, LSTM, SEASON
from tidegate.toolkit.training import Settings, best_epoch, candidates

MONTHS = np.arange("2013-01", "2021-01", dtype="datetime64[M]")
STEPS = np.arange(len(MONTHS))
SALES = (100 + STEPS) * (1 + 0.3 * np.sin(STEPS * np.pi / 6)) + np.random.default_rng(1).normal(
    size=len(STEPS)
)


def quick(values: Any = SALES, **options: Any) -> Forecast:
    return forecast(
        {"month": MONTHS[: len(values)], "sales": values},
        **{"target": "sales", "horizon": 4, "epochs": 3, "units": 4, **options},
    )


@pytest.fixture(scope="module")
def made() -> Forecast:
    return quick()


def test_dates_and_shapes(made: Forecast) -> None:
    assert made.date_text == ["2021-01", "2021-02", "2021-03", "2021-04"]
    assert made.values.shape == (4,)
    assert made.low is not None
    assert made.high is not None
    assert (made.low <= made.values).all()
    assert (made.values <= made.high).all()
    assert list(made.scores) == [LSTM, SEASON, LAST]


def test_the_same_seed_gives_the_same_bits(made: Forecast) -> None:
    assert (quick().values == made.values).all()
    assert quick().scores == made.scores


def test_another_seed_gives_another_forecast(made: Forecast) -> None:
    assert (quick(seed=1).values != made.values).any()


def test_decisions_and_training_see_nothing_of_the_held_out_part(made: Forecast) -> None:
    held = made.split.held
    values = SALES.copy()
    values[held:] = -1000 * values[held:]  # negative: would forbid the logarithm, were it looked at
    other = quick(values)
    assert other.trials == made.trials
    assert other.epochs == made.epochs
    assert other.pipeline.recipe == made.pipeline.recipe
    first = other.held_out.forecasts[LSTM][0]  # its origin is the last row before the held-out part
    assert other.held_out.origins[0] == held - 1
    assert (first == made.held_out.forecasts[LSTM][0]).all()
    assert np.isfinite(other.values).all()


def test_rolling_origins_hold_the_whole_horizon_in_the_held_out_part(made: Forecast) -> None:
    split, origins = made.split, made.held_out.origins
    assert origins.tolist() == list(range(split.held - 1, split.end - 4))
    assert (made.held_out.truth == ahead(SALES, origins, 4)).all()


def test_scores_are_those_of_the_forecasts_shown(made: Forecast) -> None:
    for name, said in made.held_out.forecasts.items():
        assert made.scores[name].mae == pytest.approx(np.abs(said - made.held_out.truth).mean())
        assert made.scores[name].rmse == pytest.approx(np.sqrt(((said - made.held_out.truth) ** 2).mean()))
    assert made.held_out.forecasts[LAST][0].tolist() == [SALES[made.split.held - 1]] * 4
    assert made.naive[SEASON].tolist() == SALES[-12:-8].tolist()


def test_the_winner_is_said_also_when_it_is_not_the_network(made: Forecast) -> None:
    scores = dict(made.scores)
    best = dataclasses.replace(scores[LSTM], mae=0.0)
    worst = dataclasses.replace(scores[LSTM], mae=1e9)
    assert dataclasses.replace(made, scores={**scores, LSTM: best}).winner == LSTM
    lost = dataclasses.replace(made, scores={**scores, LSTM: worst})
    assert lost.winner == SEASON
    assert "does not win" in lost.verdict
    tie = dataclasses.replace(made, scores={**scores, LSTM: scores[SEASON]})
    assert tie.winner == SEASON
    assert "no better" in tie.verdict
    hair = dataclasses.replace(scores[SEASON], mae=scores[SEASON].mae * 0.995)  # half a percent is luck
    assert dataclasses.replace(made, scores={**scores, LSTM: hair}).winner == SEASON


def test_a_winner_by_mean_error_alone_is_said() -> None:
    steady, wild = np.zeros(4), np.array([0, 0, 0, 10.0])
    made = quick()
    scores = {
        LSTM: score(wild, steady, 1.0),
        SEASON: score(steady + 3, steady, 1.0),
        LAST: score(steady + 9, steady, 1.0),
    }
    verdict = dataclasses.replace(made, scores=scores).verdict
    assert "The LSTM wins" in verdict
    assert "By RMSE, which weighs large errors more, 'same season last time' is better" in verdict


def test_the_band_holds_its_share_of_the_held_out_errors(made: Forecast) -> None:
    pipeline, said = made.pipeline, made.held_out.forecasts[LSTM]
    assert made.high is not None
    width = pipeline.transformed(made.high) - pipeline.transformed(made.values)
    error = np.abs(pipeline.transformed(said) - pipeline.transformed(made.held_out.truth))
    assert ((error <= width + 1e-9).mean(axis=0) >= 0.8).all()


def test_the_default_pipeline_beats_both_naive_forecasts_on_a_trend_with_a_season() -> None:
    scores = forecast({"month": MONTHS, "sales": SALES}, target="sales", horizon=4).scores
    assert scores[LSTM].mae < 0.7 * scores[SEASON].mae
    assert scores[LSTM].mae < 0.7 * scores[LAST].mae


def test_a_constant_series_is_forecast_as_it_is() -> None:
    made = quick(np.full(96, 5.0))
    assert made.values == pytest.approx([5.0] * 4)
    assert made.winner != LSTM
    assert made.scores[LAST].mase is None


def test_further_inputs_are_seen() -> None:
    table = {"month": MONTHS, "sales": SALES, "price": np.roll(SALES, -1)}
    options: dict[str, Any] = {"target": "sales", "horizon": 4, "epochs": 3, "units": 4}
    without, beside = forecast(table, **options), forecast(table, **options, inputs=["price"])
    assert (without.values != beside.values).any()
    assert beside.pipeline.features == without.pipeline.features + 1


def test_without_dates_rows_are_counted() -> None:
    made = forecast({"sales": SALES}, target="sales", horizon=2, epochs=1, units=2)
    assert made.date_text == ["96", "97"]
    assert SEASON not in made.scores


def test_progress_is_told_and_ends_at_its_total() -> None:
    told: list[tuple[str, int, int]] = []
    quick(progress=lambda *now: told.append(now))
    assert [done for _, done, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][1] == told[-1][2]
    assert {what for what, _, _ in told} == {"choosing", "training", "training on everything"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"horizon": 0}, "horizon as a whole number of at least 1; got 0"),
        ({"horizon": -2}, "got -2"),
        ({"horizon": 2.5}, "got 2.5"),
        ({"look_back": 0}, "look_back"),
        ({"epochs": 0}, "epochs"),
        ({"seed": -1}, "seed"),
        ({"held_out": 2}, "held_out of at least the horizon, 4; got 2"),
        ({"horizon": 60}, "Too few rows: .* horizon 60 need at least"),
    ],
)
def test_wrong_numbers_are_refused_before_any_work(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        quick(**options)


def test_logarithms_are_tried_only_where_all_training_values_are_positive(made: Forecast) -> None:
    recipe = made.pipeline.recipe
    assert {c.transform for c in candidates(recipe, np.array([1.0, 2.0]))} == {"none", "log"}
    assert {c.transform for c in candidates(recipe, np.array([0.0, 2.0]))} == {"none"}


def test_the_best_epoch_is_no_single_lucky_one() -> None:
    assert best_epoch([9, 9, 1, 9, 4, 4, 4, 9])[0] == 6
    assert best_epoch([np.nan, 3, 2, 1])[0] == 4
    assert best_epoch([5.0]) == (1, 5.0)


def test_the_work_is_bounded() -> None:
    settings = Settings()
    for samples in (8, 100, 1_000, 5_000, 20_000):
        updates = settings.most_epochs(samples) * -(-samples // settings.batch_size(samples))
        assert updates <= 2_000


def test_the_chance_of_the_caller_is_left_alone() -> None:
    np.random.seed(3)
    expected = np.random.random()
    np.random.seed(3)
    forecast({"sales": 100 + np.arange(60.0)}, target="sales", horizon=2, epochs=1)
    assert np.random.random() == expected
