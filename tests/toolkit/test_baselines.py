"""The naive forecasts and the scores, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.toolkit import last_value, same_season
from tidegate.toolkit.baselines import ahead, one_season_back, score, season_error

VALUES = np.array([10.0, 20.0, 30.0, 40.0, 11.0, 22.0, 33.0, 44.0, 12.0])


def test_last_value_by_hand() -> None:
    assert last_value(VALUES, np.array([3, 5]), 3).tolist() == [[40, 40, 40], [22, 22, 22]]


def test_same_season_by_hand_within_one_season_and_beyond() -> None:
    said = same_season(VALUES, np.array([3, 5]), 6, season=4)
    assert said.tolist() == [[10, 20, 30, 40, 10, 20], [30, 40, 11, 22, 30, 40]]


@given(st.integers(1, 40), st.integers(1, 30), st.integers(0, 60))
def test_same_season_looks_back_whole_seasons_at_rows_already_seen(
    season: int, horizon: int, more: int
) -> None:
    origin = season - 1 + more
    rows = one_season_back(np.array([origin]), horizon, season)[0]
    steps = origin + np.arange(1, horizon + 1)
    assert ((steps - rows) % season == 0).all()
    assert (rows <= origin).all()
    assert (rows > origin - season).all()  # the newest such row


def test_same_season_of_one_row_is_the_last_value() -> None:
    at = np.array([2, 6])
    assert (same_season(VALUES, at, 4, 1) == last_value(VALUES, at, 4)).all()


def test_scores_by_hand() -> None:
    truth = ahead(VALUES, np.array([3, 5]), 2)
    assert truth.tolist() == [[11, 22], [33, 44]]
    said = np.array([[12.0, 20.0], [33.0, 48.0]])  # off by 1, 2, 0, 4
    result = score(said, truth, scale=3.5)
    assert result.mae == pytest.approx(7 / 4)
    assert result.rmse == pytest.approx(np.sqrt(21 / 4))
    assert result.mase == pytest.approx(0.5)


def test_the_scale_of_mase_is_the_mean_change_over_a_season() -> None:
    assert season_error(VALUES[:8], 4) == pytest.approx((1 + 2 + 3 + 4) / 4)
    assert score(np.ones((1, 2)), np.ones((1, 2)), season_error(np.ones(9), 3)).mase is None
