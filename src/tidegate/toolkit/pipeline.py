"""From rows to what the network sees, and from what it answers back to values.

Notation: N rows, S samples, L look-back, H horizon, K further columns, m season, F features.
An origin t is the last row that a sample sees; its targets are the rows t+1 ... t+H.

    1  z = log(y) or y                                       the transform
    2  a = z one season back, or z_t, or the mean of z       the anchor
    3  target = (z_{t+h} - a_{t+h}) / step                   what the network learns
    4  input = (z - a) / spread, sin and cos of each cycle, further columns

So the network sees the past as it is to foresee the future: as the distance from the anchor. Everything
learned here (mean, spread, step, the scaling of further columns) comes from the rows before `end`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tidegate.data.scaling import Scaler, Standard
from tidegate.data.windows import slide
from tidegate.errors import DataError, complaint, nearest
from tidegate.language import say
from tidegate.toolkit.baselines import ahead, one_season_back
from tidegate.toolkit.series import Series

__all__ = ["ANCHORS", "TRANSFORMS", "Pipeline", "Recipe"]

Array = NDArray[Any]

TRANSFORMS = {"none": "the values as they are", "log": "the logarithm of the values"}
ANCHORS = {
    "season": "the distance from the same season last time",
    "last": "the distance from the last value",
    "mean": "the distance from the mean",
}


@dataclass(frozen=True)
class Recipe:
    """What was decided about a forecast before anything was learned.

    Attributes
    ----------
    look_back, horizon : rows that are seen, rows that are forecast
    season : rows of one season, or None
    cycles : lengths in rows of the cycles whose phase is shown to the network
    transform : a key of TRANSFORMS
    anchor : a key of ANCHORS
    """

    look_back: int
    horizon: int
    season: int | None = None
    cycles: tuple[int, ...] = ()
    transform: str = "none"
    anchor: str = "last"

    def __post_init__(self) -> None:
        whole: dict[str, Any] = {"look_back": self.look_back, "horizon": self.horizon}
        if self.season is not None or self.anchor == "season":
            whole["season"] = self.season
        whole |= {f"cycles[{k}]": cycle for k, cycle in enumerate(self.cycles)}
        for name, value in whole.items():
            if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
                expected = say("{name} as a whole number of at least {least}", name=name, least=1)
                raise DataError(complaint("Recipe", expected, repr(value)))
        for name, value, known in (
            ("transform", self.transform, TRANSFORMS),
            ("anchor", self.anchor, ANCHORS),
        ):
            if not isinstance(value, str) or value not in known:
                expected = say("{name} among {names}", name=name, names=", ".join(map(repr, known)))
                raise DataError(complaint("Recipe", expected, repr(value), nearest(str(value), known)))

    @property
    def history(self) -> int:
        """How many rows must lie up to an origin: the look-back, or one season for the naive forecast."""
        return max(self.look_back, self.season or 1)

    def origins(self, start: int, end: int, limit: int | None = None) -> Array:
        """Return the origins whose targets all lie in rows start ... end-1, at most `limit`, evenly spaced.

        >>> Recipe(look_back=3, horizon=2).origins(0, 8)
        array([2, 3, 4, 5])
        >>> Recipe(look_back=3, horizon=2).origins(6, 8)
        array([5])
        """
        first, last = max(self.history, start) - 1, end - self.horizon - 1
        count = max(0, last - first + 1)
        if limit is None or count <= limit:
            return np.arange(first, first + count)
        return np.unique(np.linspace(first, last, limit).astype(np.int64))


class Pipeline:
    """A recipe with the numbers learned from the rows of a series before `end`.

    Parameters
    ----------
    recipe : Recipe
    mean : float
        Mean of the transformed values; where the anchor is the season, their mean change over one.
    spread : float
        Standard deviation of what the window shows.
    step : float
        Standard deviation of the targets' distance from the anchor.
    floor : float
        The smallest value that the logarithm is taken of, half the smallest positive one; others count as it.
    scaler : Scaler
        That of the further input columns.

    Examples
    --------
    >>> series = Series("sales", np.arange(1.0, 21.0))
    >>> pipeline = Pipeline.fit(Recipe(look_back=4, horizon=2), series, end=20)
    >>> origins = np.array([9])
    >>> x, y = pipeline.inputs(series, origins), pipeline.targets(series, origins)
    >>> x.shape, y.shape
    ((1, 4, 1), (1, 2))
    >>> pipeline.restore(series, origins, y)
    array([[11., 12.]])
    """

    def __init__(
        self,
        recipe: Recipe,
        mean: float,
        spread: float,
        step: float,
        floor: float,
        scaler: Scaler | None = None,
    ) -> None:
        self.recipe = recipe
        self.mean, self.spread, self.step, self.floor = mean, spread, step, floor
        self.scaler = scaler

    @classmethod
    def fit(cls, recipe: Recipe, series: Series, end: int, limit: int | None = None) -> Self:
        """Learn the numbers from the rows before `end`, looking at no more than `limit` samples."""
        seen = series.values[:end]
        origins = recipe.origins(0, end, limit)
        scaler = Standard().fit(series.inputs[:end], series.input_names) if series.input_names else None
        positive = seen[seen > 0]
        floor = float(positive.min()) / 2 if positive.size else 1.0
        self = cls(recipe, 0.0, 1.0, 1.0, floor, scaler)
        z = self.transformed(seen)
        season = recipe.season if recipe.anchor == "season" else None
        self.mean = float((z[season:] - z[:-season]).mean() if season else z.mean())
        self.spread = _spread(self._window(z, origins), z)
        self.step = _spread(ahead(z, origins, recipe.horizon) - self._anchor(z, origins), z)
        return self

    @property
    def features(self) -> int:
        """Number F of features at each step."""
        return 1 + 2 * len(self.recipe.cycles) + (len(self.scaler.names) if self.scaler else 0)

    def inputs(self, series: Series, origins: Array) -> Array:
        """Return what the network sees at those origins: float32 of shape (S, L, F)."""
        z = self.transformed(series.values)
        x = np.empty((len(origins), self.recipe.look_back, self.features), dtype=np.float32)
        x[..., 0] = self._window(z, origins) / self.spread  # (S, L)
        rows = origins[:, None] + np.arange(1 - self.recipe.look_back, 1)  # (S, L)
        for k, cycle in enumerate(self.recipe.cycles):
            phase = 2 * np.pi * (rows % cycle) / cycle
            x[..., 1 + 2 * k], x[..., 2 + 2 * k] = np.sin(phase), np.cos(phase)
        if self.scaler is not None:
            scaled = self.scaler.transform(series.inputs)  # (N, K)
            x[..., 1 + 2 * len(self.recipe.cycles) :] = scaled[rows]  # (S, L, K)
        return x

    def targets(self, series: Series, origins: Array) -> Array:
        """Return what the network should answer at those origins: float32 of shape (S, H)."""
        z = self.transformed(series.values)
        distance = ahead(z, origins, self.recipe.horizon) - self._anchor(z, origins)
        return np.asarray((distance / self.step).astype(np.float32))

    def restore(self, series: Series, origins: Array, output: Array) -> Array:
        """Return values in the target's own units for the network's output: float64 of shape (S, H)."""
        return self._back(
            self._anchor(self.transformed(series.values), origins) + output.astype(np.float64) * self.step
        )

    def widen(self, values: Array, width: Array) -> tuple[Array, Array]:
        """Return what lies `width` below and above on the scale that is learned on, in the target's units."""
        z = self.transformed(values)
        return self._back(z - width), self._back(z + width)

    def transformed(self, values: Array) -> Array:
        """Return the values on the scale that is learned on."""
        return np.log(np.maximum(values, self.floor)) if self.recipe.transform == "log" else values

    def _back(self, z: Array) -> Array:
        return np.exp(z) if self.recipe.transform == "log" else z

    def _anchor(self, z: Array, origins: Array) -> Array:
        horizon, season = self.recipe.horizon, self.recipe.season
        if self.recipe.anchor == "season" and season:
            return z[one_season_back(origins, horizon, season)]  # (S, H)
        if self.recipe.anchor == "last":
            return np.repeat(z[origins][:, None], horizon, axis=1)
        return np.full((len(origins), horizon), self.mean)

    def _window(self, z: Array, origins: Array) -> Array:
        """Return the last values at each origin, as their distance from the anchor: (S, L)."""
        look_back, season = self.recipe.look_back, self.recipe.season
        if self.recipe.anchor == "season" and season:
            change = np.full_like(z, self.mean)  # the first season has none before it: take the mean change
            change[season:] = z[season:] - z[:-season]
            z = change - self.mean
        rows = slide(z[:, None], look_back, 0, len(z) - look_back + 1, 1)[
            origins - look_back + 1, :, 0
        ]  # (S, L)
        if self.recipe.anchor == "last":
            return rows - rows[:, -1:]
        return rows if self.recipe.anchor == "season" else rows - self.mean

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {
            **asdict(self.recipe),
            "cycles": list(self.recipe.cycles),
            "mean": self.mean,
            "spread": self.spread,
            "step": self.step,
            "floor": self.floor,
            "inputs": self.scaler.to_dict() if self.scaler else None,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Return the pipeline that `to_dict` described."""
        names = ("look_back", "horizon", "season", "transform", "anchor")
        for name in (*names, "cycles", "inputs", "mean", "spread", "step", "floor"):
            if name not in plain:
                raise DataError(complaint("Pipeline.from_dict", repr(name), say("none")))
        recipe = Recipe(**{name: plain[name] for name in names}, cycles=tuple(plain["cycles"]))
        scaler = Scaler.from_dict(plain["inputs"]) if plain["inputs"] else None
        mean, spread, step, floor = (float(plain[name]) for name in ("mean", "spread", "step", "floor"))
        for name, value, least in (
            ("mean", mean, -np.inf), ("spread", spread, 0), ("step", step, 0), ("floor", floor, 0)
        ):  # fmt: skip
            if not (np.isfinite(value) and value > least):
                expected = (
                    say("a number for {name}", name=name)
                    if least
                    else say("{name} above {least}", name=name, least=0)
                )
                raise DataError(complaint("Pipeline.from_dict", expected, repr(value)))
        return cls(recipe, mean, spread, step, floor, scaler)


def _spread(distances: Array, z: Array) -> float:
    """Return the standard deviation, or 1 where it is no more than rounding: a constant series has none."""
    spread = float(distances.std())
    return spread if spread > 1e-12 * float(np.abs(z).max()) else 1.0
