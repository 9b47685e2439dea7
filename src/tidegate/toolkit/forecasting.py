"""From a table to a forecast: decide, train, score beside the naive forecasts, train again, forecast."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.arguments import flags_checked
from tidegate.errors import DataError, complaint
from tidegate.language import say
from tidegate.toolkit.baselines import Score, ahead, last_value, same_season, score
from tidegate.toolkit.digits import number, steps
from tidegate.toolkit.pipeline import ANCHORS, TRANSFORMS, Pipeline, Recipe
from tidegate.toolkit.series import Series, future_dates_of, read_series
from tidegate.toolkit.split import Split, choose_look_back, choose_season, cut, scale_of_mase
from tidegate.toolkit.training import SAMPLES, Settings, Trial, answer, candidates, fit, try_out

__all__ = ["LAST", "LSTM", "SEASON", "Forecast", "HeldOut", "forecast"]

Array = NDArray[Any]

LSTM = "LSTM"
SEASON, LAST = "same season last time", "last value"
ALIKE = 0.01  # two errors less than 1 % apart count as the same
COVERAGE = 0.8  # share of the held-out errors that the band around the forecast would have held
FEWEST_FOR_BAND = 10  # origins; a band from fewer would be guesswork
SCORED = 4_000  # origins scored at most, evenly spaced over the held-out part

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What was forecast on rows that nothing had been learned or decided from.

    Attributes
    ----------
    origins : (O,) the last row that each forecast saw
    truth : (O, H) what came
    forecasts : by method, (O, H) what it had said
    """

    origins: Array
    truth: Array
    forecasts: dict[str, Array]


@dataclass(frozen=True, eq=False, repr=False)
class Forecast:
    """A forecast, how good its like were on the held-out part, and all that made it. Made by `forecast`.

    Attributes
    ----------
    values : float64 of shape (horizon,), in the target's units
    low, high : float64 of shape (horizon,), a band as wide as 80 % of the held-out errors at that distance;
        None where the held-out part is too short to say
    dates : datetime64 of shape (horizon,), or row numbers where the table has no dates
    scores : by method, on the held-out part
    decisions : what was decided, from what, in words
    held_out, series, split, pipeline, settings, epochs, trials, model : what it was made with
    """

    values: Array
    low: Array | None
    high: Array | None
    dates: Array
    naive: dict[str, Array]
    scores: dict[str, Score]
    decisions: tuple[str, ...]
    held_out: HeldOut
    series: Series
    split: Split
    pipeline: Pipeline
    settings: Settings
    epochs: int
    trials: tuple[Trial, ...]
    model: Any

    @property
    def best_naive(self) -> str:
        """The naive forecast with the smaller mean absolute error on the held-out part."""
        return min((name for name in self.scores if name != LSTM), key=lambda name: self.scores[name].mae)

    @property
    def winner(self) -> str:
        """The method with the smallest mean absolute error held out; less than 1 % apart, the simpler one."""
        naive = self.best_naive
        return LSTM if self.scores[LSTM].mae < (1 - ALIKE) * self.scores[naive].mae else naive

    @property
    def verdict(self) -> str:
        """Who won on the held-out part, and by how much, in a sentence or two."""
        naive = self.best_naive
        mine, other = self.scores[LSTM].mae, self.scores[naive].mae
        if self.winner == LSTM:
            said = say(
                "The LSTM wins: its mean error is {share:.0%} smaller than that of '{naive}'.",
                share=1 - mine / other,
                naive=spoken(naive),
            )
        elif mine <= (1 + ALIKE) * other:
            said = say(
                "The LSTM does no better than '{naive}' here: they err alike, and the simpler one will do.",
                naive=spoken(naive),
            )
        else:
            more = say(", {share:.0%} more", share=mine / other - 1) if other > 0 else ""
            said = say(
                "The LSTM does not win here: it errs by {mine}, '{naive}' by {other}{more}. Rather "
                "use '{naive}', which stands in the same file.",
                mine=number(mine, 4),
                naive=spoken(naive),
                other=number(other, 4),
                more=more,
            )
        squared = min(self.scores, key=lambda name: self.scores[name].rmse)
        if self.scores[squared].rmse < (1 - ALIKE) * self.scores[self.winner].rmse:
            said += say(
                " By RMSE, which weighs large errors more, {name!r} is better.",
                name=spoken(squared),
            )
        return said

    @property
    def date_text(self) -> list[str]:
        """The dates as they are written at this frequency."""
        return self.series.text(self.dates)

    def save(self, directory: str | os.PathLike[str], picture: bool = True) -> list[Path]:
        """Write forecast.csv, forecast.png, scores.json, pipeline.json and the model; all of them or none.

        Parameters
        ----------
        directory : folder, made where it is absent; files of an earlier forecast in it are replaced
        picture : whether to draw, which needs matplotlib

        Returns
        -------
        The files written.
        """
        from tidegate.toolkit.report import write

        return write(self, Path(directory), picture)

    def __repr__(self) -> str:
        text = self.date_text
        return say(
            "Forecast({name!r}: {n} steps, {first} to {last}; best: {winner})",
            name=self.series.name,
            n=len(text),
            first=text[0],
            last=text[-1],
            winner=spoken(self.winner),
        )


@flags_checked
def forecast(
    table: Any,
    *,
    target: str,
    horizon: int,
    date: str | None = None,
    inputs: Sequence[str] = (),
    look_back: int | None = None,
    season: int | None = None,
    held_out: int | None = None,
    fill: bool = False,
    every: Any = None,
    units: int = 16,
    epochs: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Forecast:
    """Forecast a column of a table, beside 'last value' and 'same season last time'.

    The last fifth of the rows is held out. On the rows before it are decided: the season, the look-back,
    whether to take logarithms, what the network learns the distance from, for how many epochs. The network
    so decided is trained on all rows before the held-out part, once, and asked at every row of that part for
    the next `horizon` rows. Then the same is trained on everything, and forecasts what comes.

    Parameters
    ----------
    table : path of a CSV file, dict of columns, or any dataframe
    target : the column to forecast
    horizon : rows to forecast
    date : the date column; found if None, also where year, month, day, hour are columns of their own
    inputs : further columns whose past the network sees
    look_back : rows the network sees; by default two seasons where the table is long enough
    season : rows in a season, 1 for none; by default the one usual at the table's frequency
    held_out : rows held out; by default a fifth
    fill : carry the last value on where values or dates are missing, instead of refusing the table
    every : step that rows at uneven dates are brought to ('15min', '1h', 'day', 'month', or 'found'): the mean of each
    units, epochs, seed : size of the LSTM, epochs at most (by default what 1,200 updates make), first weights
    progress : called as progress(what, done, total) after each epoch

    Returns
    -------
    Forecast

    Raises
    ------
    DataError
        For anything in the table that stands in the way, with what to write instead.

    Examples
    --------
    >>> import numpy as np
    >>> months = np.arange("2015-01", "2021-01", dtype="datetime64[M]")
    >>> sales = 100 + np.arange(72) + 20 * np.sin(np.arange(72) * np.pi / 6)
    >>> f = forecast({"month": months, "sales": sales}, target="sales", horizon=3, epochs=2)
    >>> f.date_text
    ['2021-01', '2021-02', '2021-03']
    >>> f.values.shape
    (3,)
    """
    for name, given in (("horizon", horizon), ("units", units)):
        _whole(name, given, 1)
    for name, maybe in (
        ("look_back", look_back),
        ("season", season),
        ("held_out", held_out),
        ("epochs", epochs),
    ):
        if maybe is not None:
            _whole(name, maybe, 1)
    _whole("seed", seed, 0)
    if held_out is not None and held_out < horizon:
        raise DataError(
            complaint(
                "forecast", say("held_out of at least the horizon, {horizon}", horizon=horizon), str(held_out)
            )
        )

    series = read_series(table, target, date, inputs, fill, every)
    rows = len(series.values)
    season, cycles = choose_season(series, horizon, season, held_out)
    look_back = choose_look_back(rows, horizon, season, look_back, held_out)
    settings = Settings(units, epochs, seed=seed)
    blank = Recipe(look_back, horizon, season, cycles)
    split = cut(rows, blank.history, horizon, held_out)

    tried = candidates(blank, series.values[: split.held])
    most = settings.most_epochs(len(blank.origins(0, split.folds[-1][0], SAMPLES)))
    step = _Steps(progress, most * (len(tried) * len(split.folds) + 2))
    trials = tuple(
        try_out(recipe, series, split.folds, settings, most, step.named(say("choosing"))) for recipe in tried
    )
    best = min(trials, key=lambda trial: trial.error)
    step.total = step.done + 2 * best.epochs

    pipeline = Pipeline.fit(best.recipe, series, split.held, SAMPLES)
    model = fit(pipeline, series, split.held, settings, best.epochs, step.named(say("training")))
    origins = blank.origins(split.held, rows, SCORED)
    truth = ahead(series.values, origins, horizon)
    forecasts = {
        LSTM: answer(pipeline, model, series, origins),
        **_naive(series.values, origins, horizon, season),
    }
    scale = scale_of_mase(series, split, season)
    scores = {name: score(said, truth, scale) for name, said in forecasts.items()}
    width = _band(pipeline, forecasts[LSTM], truth)

    pipeline = Pipeline.fit(best.recipe, series, rows, SAMPLES)
    model = fit(pipeline, series, rows, settings, best.epochs, step.named(say("training on everything")))
    now = np.array([rows - 1])
    values = answer(pipeline, model, series, now)[0]
    band = None if width is None else pipeline.widen(values, width)
    return Forecast(
        values=values,
        low=band[0] if band else None,
        high=band[1] if band else None,
        dates=future_dates_of(series, horizon),
        naive={name: said[0] for name, said in _naive(series.values, now, horizon, season).items()},
        scores=scores,
        decisions=_decisions(series, split, best, trials, len(origins), most),
        held_out=HeldOut(origins, truth, forecasts),
        series=series,
        split=split,
        pipeline=pipeline,
        settings=settings,
        epochs=best.epochs,
        trials=trials,
        model=model,
    )


class _Steps:
    """Counts epochs over all trainings."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def named(self, what: str) -> Callable[..., None]:
        def watch(*_: Any) -> None:
            self.done += 1
            if self.progress is not None:
                self.progress(what, self.done, self.total)

        return watch


def _whole(name: str, number: Any, least: int) -> None:
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
        raise DataError(
            complaint(
                "forecast",
                say("{name} as a whole number of at least {least}", name=name, least=least),
                repr(number),
            )
        )


def spoken(method: str) -> str:
    """Return what a method is called: the names it has in files are English."""
    return method if method == LSTM else say(method)


def _naive(values: Array, origins: Array, horizon: int, season: int | None) -> dict[str, Array]:
    said = {SEASON: same_season(values, origins, horizon, season)} if season else {}
    return {**said, LAST: last_value(values, origins, horizon)}


def _band(pipeline: Pipeline, said: Array, truth: Array) -> Array | None:
    """Return for each step ahead the half width, on the scale learned on, that holds COVERAGE of them."""
    origins = len(said)
    if origins < FEWEST_FOR_BAND:
        return None
    error = np.sort(np.abs(pipeline.transformed(said) - pipeline.transformed(truth)), axis=0)  # (O, H)
    rank = min(origins, int(np.ceil((origins + 1) * COVERAGE)))  # that of split conformal prediction
    return np.asarray(error[rank - 1])


def _decisions(
    series: Series, split: Split, best: Trial, trials: Sequence[Trial], origins: int, most: int
) -> tuple[str, ...]:
    recipe, label = best.recipe, series.label
    first, last = label(split.folds[0][0]), label(split.held - 1)
    season = say("a season of {n} rows", n=recipe.season) if recipe.season else say("no season")
    sees = [say("the last {n} rows", n=recipe.look_back)]
    if recipe.cycles:
        sees.append(say("the phase in {cycles} rows", cycles=say(" and ").join(map(str, recipe.cycles))))
    if series.input_names:
        sees.append(say("the past of {names}", names=", ".join(series.input_names)))
    if len(trials) == 1:
        tried = say("of 1 candidate, the one that did best on {first} to {last}", first=first, last=last)
    else:
        tried = say(
            "of {n} candidates, the one that did best on {first} to {last} (mean error {best}; "
            "the next best had {next})",
            n=len(trials),
            first=first,
            last=last,
            best=number(best.error, 4),
            next=number(sorted(t.error for t in trials)[1], 4),
        )
    epochs = say("{n} epochs", n=best.epochs)
    return (
        *series.notes,
        say("{season}; the network sees {sees}", season=season, sees=say(", ").join(sees)),
        f"{tried}{say(': ')}{say(TRANSFORMS[recipe.transform])}{say(', ')}{say(ANCHORS[recipe.anchor])}",
        say(
            "{epochs} of at most {most}, where its error on those rows was smallest", epochs=epochs, most=most
        ),
        say(
            "held out: {first} to {last}; trained once on what lies before, asked at {origins} for {steps} each",
            first=label(split.held),
            last=label(split.end - 1),
            origins=say("{n} origins", n=origins),
            steps=steps(recipe.horizon),
        ),
    )
