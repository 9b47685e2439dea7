"""Cutting a series by time, and how many rows that takes.

    rows    0 ..................................... held .............. end
            train a candidate | judge it |                  the folds: up to three, each a little later
            train a candidate      | judge it |
            train a candidate           | judge it |
            train the chosen one                    | score it beside the naive forecasts
            train it again on everything, and forecast what comes after the end

No row after a cut is seen by anything that is learned or decided before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tidegate.errors import DataError
from tidegate.language import say
from tidegate.toolkit.baselines import Array, ahead, same_season, season_error
from tidegate.toolkit.pipeline import Recipe
from tidegate.toolkit.series import Series

__all__ = ["Split", "choose_look_back", "choose_season", "cut", "rows_needed"]

SHARE = 5  # one row in five is held out, and of the rest one in five judges the candidates
ORIGINS = 5  # but never fewer rows than make this many origins
SAMPLES = 8  # a candidate is trained on no fewer samples than this
FOLDS = 3  # a candidate is judged on so many stretches, as one may be unlike the others
SHORT = 5_000  # in a series longer than this one stretch is enough
LONGEST = 120  # rows of the longest look-back that is taken without being asked for


@dataclass(frozen=True)
class Split:
    """Where a series is cut.

    Attributes
    ----------
    folds : rows start ... stop-1 to judge a candidate on that was trained on the rows before start
    held : first row of the held-out part, on which the chosen one is scored
    end : number of rows
    """

    folds: tuple[tuple[int, int], ...]
    held: int
    end: int


def cut(rows: int, history: int, horizon: int, held_out: int | None = None) -> Split:
    """Return the cuts of so many rows, of which a sample takes `history` and `horizon`.

    >>> cut(144, 24, 12)
    Split(folds=((46, 69), (69, 92), (92, 115)), held=115, end=144)
    """
    held = rows - (_tail(rows, horizon) if held_out is None else held_out)
    tail = _tail(held, horizon)
    folds = [(held - k * tail, held - (k - 1) * tail) for k in range(1, FOLDS + 1 if rows <= SHORT else 2)]
    usable = [fold for fold in folds[1:] if _enough(fold[0], history, horizon)]
    return Split((*reversed(usable), folds[0]), held, rows)


def _tail(rows: int, horizon: int) -> int:
    return max(round(rows / SHARE), horizon + ORIGINS - 1)


def fits(rows: int, history: int, horizon: int, held_out: int | None = None) -> bool:
    """Return whether so many rows leave enough samples to train on."""
    return _enough(cut(rows, history, horizon, held_out).folds[-1][0], history, horizon)


def _enough(rows: int, history: int, horizon: int) -> bool:
    return rows - history - horizon + 1 >= SAMPLES


def rows_needed(history: int, horizon: int, held_out: int | None = None) -> int:
    """Return the fewest rows that a forecast takes; history is look-back or season, whichever is longer.

    >>> rows_needed(12, 12), rows_needed(12, 3)
    (63, 36)
    """
    low, high = 0, 4 * (history + horizon + SAMPLES + ORIGINS + (held_out or 0)) + 100
    while low < high:
        middle = (low + high) // 2
        if fits(middle, history, horizon, held_out):
            high = middle
        else:
            low = middle + 1
    return low


def choose_season(
    series: Series, horizon: int, asked: int | None, held_out: int | None
) -> tuple[int | None, tuple[int, ...]]:
    """Return the season in rows (None: none), and the cycles shown to the network.

    Of the seasons usual at the frequency, the one whose 'same season last time' forecasts the training part
    best is taken: the harder opponent.
    """
    rows = len(series.values)
    if asked is not None:
        if asked <= 1:
            return None, ()
        _check(
            rows,
            asked,
            horizon,
            held_out,
            say("a season of {n} rows", n=asked),
            say("a shorter --season, or --season 1 for none"),
        )
        return asked, (asked,)
    usable = [m for m in series.seasons if fits(rows, m, horizon, held_out)]
    if not usable:
        return None, ()
    seen = series.values[: cut(rows, max(usable), horizon, held_out).held]
    origins = Recipe(max(usable), horizon).origins(0, len(seen), 2_000)
    truth: Array = ahead(seen, origins, horizon)
    errors = {m: float(abs(same_season(seen, origins, horizon, m) - truth).mean()) for m in usable}
    return min(usable, key=lambda m: errors[m]), tuple(m for m in usable if 2 * m <= len(seen))


def choose_look_back(
    rows: int, horizon: int, season: int | None, asked: int | None, held_out: int | None
) -> int:
    """Return the look-back: two seasons where the rows allow it, else one, else a few rows."""
    if asked is not None:
        history = max(asked, season or 1)
        _check(
            rows,
            history,
            horizon,
            held_out,
            say("look-back {n}", n=asked),
            say("a shorter --look-back or --horizon"),
        )
        return asked
    wanted = [2 * season, season] if season else [max(2 * horizon, 8)]
    shorter = [min(w, LONGEST) for w in wanted] + [8, 4]
    for look_back in shorter:
        if fits(rows, max(look_back, season or 1), horizon, held_out):
            return look_back
    _check(
        rows,
        shorter[-1],
        horizon,
        held_out,
        say("look-back {n}", n=shorter[-1]),
        say("a shorter --horizon, or more rows"),
    )
    return shorter[-1]


def _check(rows: int, history: int, horizon: int, held_out: int | None, what: str, instead: str) -> None:
    if not fits(rows, history, horizon, held_out):
        needed = rows_needed(history, horizon, held_out)
        raise DataError(
            say(
                "Too few rows: {what} and horizon {horizon} need at least {needed}, and the table has "
                "{rows}. Instead: {instead}.",
                what=what,
                horizon=horizon,
                needed=needed,
                rows=rows,
                instead=instead,
            )
        )


def scale_of_mase(series: Series, split: Split, season: int | None) -> float:
    """Return what MASE divides by: the training part's mean change over a season, or over a row if none."""
    return season_error(series.values[: split.held], season or 1)
