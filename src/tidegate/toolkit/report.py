"""What a forecast leaves behind: a table, scores, all it takes to make it again, the model, a picture."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tidegate
from tidegate.errors import TidegateError
from tidegate.language import say
from tidegate.toolkit.digits import number
from tidegate.toolkit.files import together
from tidegate.toolkit.keeping import MODEL, PIPELINE

if TYPE_CHECKING:
    from tidegate.toolkit.forecasting import Forecast

__all__ = ["write"]

PICTURE = "forecast.png"


def write(forecast: Forecast, directory: Path, picture: bool) -> list[Path]:
    """Write the files of a forecast into a folder, as `together` does; return their paths."""
    with together(directory, key=PIPELINE) as desk:
        _write_csv(forecast, desk / "forecast.csv")
        _write_json(_scores(forecast), desk / "scores.json")
        _write_json(_pipeline(forecast), desk / PIPELINE)
        forecast.model.save(desk / MODEL)
        if picture:
            try:
                from tidegate.toolkit.picture import draw
            except ImportError:
                raise TidegateError(
                    say("The picture needs matplotlib: pip install 'tidegate[plot]'.")
                ) from None
            draw(forecast, desk / PICTURE)
        names = sorted(file.name for file in desk.iterdir())
    if not picture:
        (directory / PICTURE).unlink(missing_ok=True)  # of an earlier forecast, which it would belie
    return [directory / name for name in names]


def _write_csv(forecast: Forecast, path: Path) -> None:
    columns: dict[str, Any] = {"date" if forecast.series.dates is not None else "row": forecast.date_text}
    columns["forecast"] = forecast.values
    if forecast.low is not None and forecast.high is not None:
        columns |= {"low": forecast.low, "high": forecast.high}
    columns |= {name.replace(" ", "_"): said for name, said in forecast.naive.items()}
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            table.writerow([v if isinstance(v, str) else number(float(v)) for v in row])


def _write_json(content: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _scores(forecast: Forecast) -> dict[str, Any]:
    split, label = forecast.split, forecast.series.label
    return {
        "target": forecast.series.name,
        "held_out": {
            "first": label(split.held),
            "last": label(split.end - 1),
            "rows": split.end - split.held,
        },
        "origins": len(forecast.held_out.origins),
        "horizon": forecast.pipeline.recipe.horizon,
        "scores": {name: asdict(score) for name, score in forecast.scores.items()},
        "winner": forecast.winner,
        "verdict": forecast.verdict,
    }


def _pipeline(forecast: Forecast) -> dict[str, Any]:
    series = forecast.series
    return {
        "tidegate": tidegate.__version__,
        "target": series.name,
        "inputs": list(series.input_names),
        "frequency": series.frequency.name if series.frequency else None,
        "rows": len(series.values),
        "first": series.label(0),
        "last": series.label(len(series.values) - 1),
        "split": asdict(forecast.split),
        "settings": asdict(forecast.settings) | {"epochs": forecast.epochs},
        "pipeline": forecast.pipeline.to_dict(),
        "candidates": [
            {"transform": t.recipe.transform, "anchor": t.recipe.anchor, "error": t.error, "epochs": t.epochs}
            for t in forecast.trials
        ],
        "decisions": list(forecast.decisions),
    }
