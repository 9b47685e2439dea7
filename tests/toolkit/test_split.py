"""Cutting by time, and the rows it takes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import DataError
from tidegate.toolkit.series import Series
from tidegate.toolkit.split import SAMPLES, choose_look_back, choose_season, cut, fits, rows_needed


@given(st.integers(1, 200), st.integers(1, 60))
def test_rows_needed_is_the_fewest(history: int, horizon: int) -> None:
    needed = rows_needed(history, horizon)
    assert fits(needed, history, horizon)
    assert not any(fits(rows, history, horizon) for rows in range(max(0, needed - 30), needed))


@given(st.integers(1, 60), st.integers(1, 30), st.integers(0, 7000))
def test_cuts_stand_in_order_and_leave_enough(history: int, horizon: int, more: int) -> None:
    rows = rows_needed(history, horizon) + more
    split = cut(rows, history, horizon)
    assert 1 <= len(split.folds) <= 3
    for start, stop in split.folds:
        assert start - history - horizon + 1 >= SAMPLES  # to train on
        assert horizon <= stop - start
        assert stop <= split.held
    assert [stop for _, stop in split.folds[:-1]] == [start for start, _ in split.folds[1:]]
    assert split.end - split.held >= horizon


def series(rows: int, seasons: tuple[int, ...], period: int) -> Series:
    return Series("n", np.sin(2 * np.pi * np.arange(rows) / period), seasons=seasons)


def test_of_the_usual_seasons_the_one_that_forecasts_best_is_taken() -> None:
    assert choose_season(series(400, (7, 30), 30), 5, None, None) == (30, (7, 30))
    assert choose_season(series(400, (7, 30), 7), 5, None, None) == (7, (7, 30))


def test_the_season_is_chosen_without_the_held_out_part() -> None:
    one = series(400, (7, 30), 30)
    held = cut(400, 30, 5).held
    values = one.values.copy()
    values[held:] = np.sin(2 * np.pi * np.arange(held, 400) / 7) * 100
    assert choose_season(Series("n", values, seasons=(7, 30)), 5, None, None)[0] == 30


def test_a_season_that_does_not_fit_is_left_out() -> None:
    assert choose_season(series(60, (7, 365), 7), 5, None, None) == (7, (7,))
    assert choose_season(series(30, (12,), 12), 5, None, None) == (None, ())
    assert choose_season(series(60, (7,), 7), 5, 1, None) == (None, ())


def test_the_look_back_is_two_seasons_where_they_fit() -> None:
    assert choose_look_back(144, 12, 12, None, None) == 24
    assert choose_look_back(36, 3, 12, None, None) == 12
    assert choose_look_back(5000, 7, 365, None, None) == 120
    assert choose_look_back(100, 7, None, None, None) == 14


def test_too_few_rows_say_how_many_are_needed() -> None:
    needed = rows_needed(50, 12)
    with pytest.raises(
        DataError, match=rf"look-back 50 and horizon 12 need at least {needed}, and the table has 99"
    ):
        choose_look_back(99, 12, 12, 50, None)
    assert choose_look_back(needed, 12, 12, 50, None) == 50
    with pytest.raises(DataError, match="season of 50 rows"):
        choose_season(series(99, (), 7), 12, 50, None)
