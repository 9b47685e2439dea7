"""The network of a forecast, its training, and the choice of what it should learn."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import TidegateError
from tidegate.language import say
from tidegate.toolkit.baselines import ahead
from tidegate.toolkit.pipeline import Pipeline, Recipe
from tidegate.toolkit.series import Series

__all__ = ["Settings", "Trial", "best_epoch", "candidates", "fit", "try_out"]

Array = NDArray[Any]

UPDATES = 1_200  # weight updates that one training may spend where the number of epochs is left open
EPOCHS = (6, 100)  # and the fewest and most epochs that this makes
SAMPLES = 20_000  # training samples: beyond it, evenly spaced ones are taken
JUDGED = 500  # origins on which a candidate is judged

Watch = Callable[[int], None]


@dataclass(frozen=True)
class Settings:
    """How the network is built and trained.

    Attributes
    ----------
    units : size of the LSTM
    epochs : how often each sample is seen at most, or None to spend UPDATES
    learning_rate : of Adam
    seed : of the first weights and of the order of the samples
    """

    units: int = 16
    epochs: int | None = None
    learning_rate: float = 0.003
    seed: int = 0

    def batch_size(self, samples: int) -> int:
        """Return the size of a batch: small where samples are few, so that there are updates enough."""
        return 16 if samples < 1_000 else 32 if samples < 8_000 else 64

    def most_epochs(self, samples: int) -> int:
        """Return how many epochs a training may take.

        >>> Settings().most_epochs(80), Settings().most_epochs(20_000), Settings(epochs=7).most_epochs(80)
        (100, 6, 7)
        """
        if self.epochs is not None:
            return self.epochs
        low, high = EPOCHS
        return min(high, max(low, round(UPDATES / math.ceil(samples / self.batch_size(samples)))))


@dataclass(frozen=True)
class Trial:
    """A candidate and how it did on the rows kept back from it.

    Attributes
    ----------
    recipe : what was tried
    error : mean absolute error on the folds, in the target's units, at the best epoch
    epochs : the best epoch
    """

    recipe: Recipe
    error: float
    epochs: int


def build(pipeline: Pipeline, settings: Settings) -> Any:
    """Return the compiled network: LSTM, then one output for each step ahead.

    The output layer starts at zero, so an untrained network forecasts exactly its anchor, and training moves
    away from it only where the data say so.
    """
    from tidegate.layers import LSTM, Dense, Input
    from tidegate.models import Sequential
    from tidegate.optimizers import Adam
    from tidegate.utils.random import seed_generator

    seed_generator(settings.seed)
    model = Sequential(
        [
            Input((pipeline.recipe.look_back, pipeline.features)),
            LSTM(settings.units, name="lstm"),
            Dense(pipeline.recipe.horizon, kernel_initializer="zeros", name="forecast"),
        ],
        name="forecaster",
    )
    model.compile(optimizer=Adam(learning_rate=settings.learning_rate), loss="mae")
    return model


def fit(
    pipeline: Pipeline,
    series: Series,
    end: int,
    settings: Settings,
    epochs: int,
    watch: Callable[[int, Any], None],
) -> Any:
    """Return a network trained on the rows before `end`; `watch(epoch, model)` is called after each epoch."""
    from tidegate.callbacks import LambdaCallback

    origins = pipeline.recipe.origins(0, end, SAMPLES)
    model = build(pipeline, settings)
    model.fit(
        pipeline.inputs(series, origins),
        pipeline.targets(series, origins),
        batch_size=settings.batch_size(len(origins)),
        epochs=epochs,
        verbose=0,
        callbacks=[LambdaCallback(on_epoch_end=lambda epoch, logs: watch(epoch, model))],
    )
    return model


def answer(pipeline: Pipeline, model: Any, series: Series, origins: Array) -> Array:
    """Return the forecasts at those origins, in the target's units: (S, H). In pieces: memory stays small."""
    pieces = [
        pipeline.restore(series, some, np.asarray(model.predict(pipeline.inputs(series, some), verbose=0)))
        for some in np.array_split(origins, max(1, math.ceil(len(origins) / 4096)))
    ]
    return np.concatenate(pieces)


def candidates(recipe: Recipe, seen: Array) -> list[Recipe]:
    """Return what is worth trying for such values: every anchor, and logarithms where all are positive."""
    anchors = ["season"] * (recipe.season is not None) + ["last", "mean"]
    transforms = ["none"] + ["log"] * bool(seen.min() > 0)
    return [replace(recipe, transform=t, anchor=a) for t in transforms for a in anchors]


def try_out(
    recipe: Recipe,
    series: Series,
    folds: Sequence[tuple[int, int]],
    settings: Settings,
    epochs: int,
    watch: Watch,
) -> Trial:
    """Train a candidate on the rows before each fold and judge it on the fold, after every epoch."""
    errors = np.array(
        [_errors(recipe, series, fold, settings, epochs, watch) for fold in folds]
    )  # (folds, epochs)
    epoch, error = best_epoch(errors.mean(axis=0))
    return Trial(recipe, error, epoch)


def _errors(
    recipe: Recipe, series: Series, fold: tuple[int, int], settings: Settings, epochs: int, watch: Watch
) -> list[float]:
    start, stop = fold
    pipeline = Pipeline.fit(recipe, series, start, SAMPLES)
    judged = recipe.origins(start, stop, JUDGED)
    truth = ahead(series.values, judged, recipe.horizon)
    errors: list[float] = []

    def judge(epoch: int, model: Any) -> None:
        errors.append(float(np.abs(answer(pipeline, model, series, judged) - truth).mean()))
        watch(epoch)

    fit(pipeline, series, start, settings, epochs, judge)
    return errors


def best_epoch(errors: Array | Sequence[float]) -> tuple[int, float]:
    """Return the epoch (from 1) with the smallest error, averaged over its neighbours, and that error.

    >>> best_epoch([3.0, 1.0, 3.0, 2.0, 1.5, 1.5])
    (6, 1.5)
    """
    values = np.asarray(errors, dtype=np.float64)
    padded = np.concatenate([values[:1], values, values[-1:]])
    smooth = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    if not np.isfinite(smooth).any():
        raise TidegateError(
            say("The training gives no finite forecast. Instead: choose fewer units or epochs.")
        )
    at = int(np.nanargmin(np.where(np.isfinite(smooth), smooth, np.nan)))
    return at + 1, float(smooth[at])
