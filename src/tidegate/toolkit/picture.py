"""The picture of a forecast: history, what each method said on the held-out part, and the future."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context, rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.font_manager import findSystemFonts, fontManager
from matplotlib.ticker import MaxNLocator

from tidegate.errors import warn
from tidegate.language import language, say, speaking
from tidegate.toolkit.forecasting import Forecast, spoken

__all__ = ["draw", "figure"]

INK, PALE = "#1f2937", "#6b7280"
COLOURS = {"LSTM": "#0f766e", "same season last time": "#d97706", "last value": "#9ca3af"}
BAND = "#99d5cc"
FONTS = (  # that hold Chinese characters, the best first
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
    "Noto Sans CJK JP",
    "Noto Serif CJK SC",
)
MONTHS = ("%b", "%b-%d", "%Y-%b", "%Y-%b-%d", "%Y-%b-%d %H:%M")  # as matplotlib writes dates with a month
SHOWN = 16  # horizons of history in the picture at most, so that a forecast is not a hair's breadth


def draw(forecast: Forecast, path: Path) -> None:
    """Write the picture as a PNG file."""
    with _letters(forecast.series.name):
        FigureCanvasAgg(figure(forecast)).print_png(str(path))


@contextmanager
def _letters(column: str) -> Iterator[None]:
    """Take Chinese characters from a font that has them; where there is none, label the picture in English."""
    name = _font() if language() == "zh" or not column.isascii() else None
    with ExitStack() as stack:
        if name is not None:
            stack.enter_context(rc_context({"font.family": [*rcParams["font.family"], name]}))
        elif language() == "zh":
            warn(
                say("tidegate: no font with Chinese characters was found; the picture is labelled in English")
            )
            stack.enter_context(speaking("en"))
        yield


def _font() -> str | None:
    """Return the best font with Chinese characters, also where it is newer than matplotlib's list of fonts."""

    def best() -> str | None:
        there = set(fontManager.get_font_names())
        return next((font for font in FONTS if font in there), None)

    if best() is None:
        listed = {font.fname for font in fontManager.ttflist}
        for path in set(findSystemFonts()) - listed:
            with suppress(Exception):  # a file that is no font
                fontManager.addfont(path)
    return best()


def figure(forecast: Forecast) -> Figure:
    """Return the picture: the series above, the error by distance below."""
    fig = Figure(figsize=(11, 6.4), dpi=130, layout="constrained", facecolor="white")
    above, below = fig.subplots(2, 1, height_ratios=(3, 1))
    _series(forecast, above)
    _errors(forecast, below)
    for ax in (above, below):
        ax.spines[["top", "right"]].set_visible(False)
        ax.spines[["left", "bottom"]].set_color(PALE)
        ax.tick_params(colors=PALE, labelcolor=INK)
        ax.grid(axis="y", color="#e5e7eb", linewidth=0.8)
        ax.set_axisbelow(True)
    return fig


def _series(forecast: Forecast, ax: Any) -> None:
    series, split, horizon = forecast.series, forecast.split, forecast.pipeline.recipe.horizon
    rows = len(series.values)
    first = max(0, rows - max(SHOWN * horizon, 150))
    x, join = _places(forecast)

    ax.axvspan(x[max(split.held, first)], x[-1], color="#f3f4f6", zorder=0, linewidth=0)
    ax.plot(x[first:], series.values[first:], color=INK, linewidth=1.4, label=series.name)
    for name in reversed(forecast.scores):  # the network's on top
        known, width = spoken(name), 2.0 if name == "LSTM" else 1.2
        for at, said in _stretches(forecast, name, first):
            ax.plot(x[at], said, color=COLOURS[name], linewidth=width, label=known)
            known = "_nolegend_"
    if forecast.low is not None and forecast.high is not None:
        low = np.concatenate([series.values[-1:], forecast.low])
        high = np.concatenate([series.values[-1:], forecast.high])
        ax.fill_between(
            join,
            low,
            high,
            color=BAND,
            alpha=0.6,
            linewidth=0,
            label=say("80 % band, from the held-out errors"),
        )
    said = np.concatenate([series.values[-1:], forecast.values])
    ax.plot(
        join, said, color=COLOURS["LSTM"], linewidth=2.4, marker="o" if horizon == 1 else None, markevery=[-1]
    )
    ax.axvline(x[-1], color=PALE, linewidth=0.8, linestyle=(0, (4, 3)))

    text = {"xycoords": ("data", "axes fraction"), "fontsize": 9, "color": PALE, "va": "top"}
    ax.annotate(
        say("held out"), (x[max(split.held, first)], 0.99), xytext=(4, 0), textcoords="offset points", **text
    )
    ax.annotate(say("forecast"), (x[-1], 0.99), xytext=(4, 0), textcoords="offset points", **text)
    start, end = forecast.date_text[0], forecast.date_text[-1]
    when = start if start == end else say("{a} to {b}", a=start, b=end)
    title = say("{name}: forecast of {when}", name=series.name, when=when)
    ax.set_title(title, loc="left", fontsize=13, fontweight="bold", color=INK)
    handles, labels = ax.get_legend_handles_labels()
    methods = [spoken(name) for name in COLOURS]
    order = sorted(
        range(len(labels)), key=lambda k: (labels[k] not in (series.name, "LSTM"), labels[k] in methods, k)
    )
    ax.legend([handles[k] for k in order], [labels[k] for k in order], frameon=False, fontsize=9, ncols=5,
              loc="upper left", bbox_to_anchor=(0, -0.07), labelcolor=INK, borderaxespad=0)  # fmt: skip
    ax.margins(x=0.01)
    if x.dtype.kind == "M":
        locator = AutoDateLocator()
        ax.xaxis.set_major_locator(locator)
        written = ConciseDateFormatter(locator)
        for kind in (written.formats, written.zero_formats, written.offset_formats):
            kind[:] = [say(form) if form in MONTHS else form for form in kind]
        ax.xaxis.set_major_formatter(written)
    elif series.dates is not None:
        labels = [*series.text(series.dates), *forecast.date_text]
        ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        ax.xaxis.set_major_formatter(lambda at, _: labels[int(at)] if 0 <= at < len(labels) else "")


def _places(forecast: Forecast) -> tuple[Any, Any]:
    """Return where the rows stand on the axis, and where the forecast does, from the last row on.

    Years that matplotlib does not know (running ones: 1-01 is month 1 of year 1) stand by their numbers.
    """
    dates, rows = forecast.series.dates, len(forecast.series.values)
    known = (
        dates is not None and dates[0] > np.datetime64("0002") and forecast.dates[-1] < np.datetime64("9998")
    )
    x = dates if dates is not None and known else np.arange(rows)
    future = forecast.dates.astype(x.dtype) if known else np.arange(rows, rows + len(forecast.dates))
    return x, np.concatenate([x[-1:], future])  # the future starts at the last known value


def _stretches(forecast: Forecast, name: str, first: int) -> list[tuple[Any, Any]]:
    """Return (rows, values) of held-out forecasts that stand side by side, up to the last row."""
    origins, said = forecast.held_out.origins, forecast.held_out.forecasts[name]
    horizon = said.shape[1]
    shown = np.flatnonzero(origins >= first)
    if horizon == 1:  # one line, not a point for each
        return [(origins[shown] + 1, said[shown, 0])]
    chosen: list[int] = []
    for k in shown[::-1]:
        if not chosen or origins[chosen[-1]] - origins[k] >= horizon:
            chosen.append(int(k))
    return [(np.arange(origins[k] + 1, origins[k] + 1 + horizon), said[k]) for k in chosen]


def _errors(forecast: Forecast, ax: Any) -> None:
    origins, horizon = forecast.held_out.truth.shape
    title = say("mean error on the held-out part ({n} origins)", n=origins)
    errors = {
        name: np.abs(forecast.held_out.forecasts[name] - forecast.held_out.truth).mean(axis=0)
        for name in reversed(forecast.scores)
    }
    if horizon == 1:
        bars = ax.barh(
            [spoken(n) for n in errors], [e[0] for e in errors.values()], color=[COLOURS[n] for n in errors]
        )
        ax.bar_label(bars, fmt=" {:.3g}", color=INK)
    else:
        title = say("mean error on the held-out part ({n} origins) by steps ahead", n=origins)
        for name, error in errors.items():
            width = 2.0 if name == "LSTM" else 1.4
            ax.plot(
                np.arange(1, horizon + 1), error, color=COLOURS[name], linewidth=width, marker="o", ms=3.5
            )
        ax.set_ylim(bottom=0)
        ax.set_xlim(0.5, horizon + 0.5)
        ax.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    ax.set_title(title, loc="left", fontsize=10, color=INK)
