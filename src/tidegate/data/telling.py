"""What a frame says of itself: its axes, what sample 0 holds, and the model that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.language import say
from tidegate.shapes import describe

if TYPE_CHECKING:
    from tidegate.data.framed import Frame
    from tidegate.data.words import Words

__all__ = ["axes_of", "tell"]


def tell(frame: Frame) -> str:
    """Return a frame in a few lines."""
    lines = [_whole(frame)]
    said = {
        "x": say("{n} past values of {names}", n=frame.look_back, names=_listed(frame.inputs)),
        "known": say("{names} of the steps ahead", names=_listed(frame.known_names)),
        "static": say("{names} of the series", names=_listed(frame.static_names)),
    }
    for name, role, array, words in frame.sources:
        text = said[role] if words is None else say("codes of {n} words, 0 for any other", n=words.size - 1)
        lines.append(f"  {name} {describe(array.shape, axes_of(role, words))}: {text}")
    then = say("{n} steps", n=frame.horizon)
    after = say(", {n} left out before", n=frame.gap) if frame.gap > 0 else ""
    after = say(", from the last row of x on") if frame.gap < 0 else after
    goal = say("{names}, {steps} ahead{after}", names=_listed(frame.targets), steps=then, after=after)
    lines.append(f"  y {describe(frame.y.shape, frame.y_axes())}: {goal}")
    lines += _first_sample(frame)
    if frame.missing in ("skip", "mask"):
        fitting = sum(frame.fitting(b - a) for a, b in frame.segments.tolist())
        lost = fitting - len(frame)
        lines.append(say("  {n} of {all} windows left out for missing values", n=lost, all=fitting))
    lines += [f"  {note}" for note in frame.notes]
    if frame.scaler is not None:
        kind = type(frame.scaler).__name__
        lines.append(say("  scaled by {name}; restore() gives original units", name=kind))
    model = str(frame.expected_model()).replace("\n", "\n    ")
    last = say("  model: {code}", code=model) if "\n" not in model else f"{say('  model:')}\n    {model}"
    return "\n".join([*lines, last])


def axes_of(role: str, words: Words | None) -> tuple[str, ...] | None:
    """Return what the axes of a source are called; None for the usual names."""
    if words is not None:
        return ("samples", {"x": "timesteps", "known": "steps ahead", "static": "features"}[role])
    return ("samples", "steps ahead", "features") if role == "known" else None


def _whole(frame: Frame) -> str:
    rows = int((frame.segments[:, 1] - frame.segments[:, 0]).sum())
    step = frame.frequency.name if frame.frequency else say("uneven")
    step = say("numbered") if frame.given_dates is None else step
    low, high = frame.label(0), frame.label(len(frame.values) - 1)
    if frame.given_dates is not None and frame.series:
        low, high = (frame.date_text(d) for d in (frame.given_dates.min(), frame.given_dates.max()))
    many = say(" in {n} series", n=len(frame.series)) if frame.series else ""
    return say(
        "Frame of {rows} rows{many}, {step}, {low} to {high}",
        rows=rows,
        many=many,
        step=step,
        low=low,
        high=high,
    )


def _first_sample(frame: Frame) -> list[str]:
    if not len(frame):
        return []
    start = int(frame.starts[0])
    ahead = start + frame.look_back + frame.gap
    goal = frame.label(ahead)
    goal += f" .. {frame.label(ahead + frame.horizon - 1)}" if frame.horizon > 1 else ""
    whose = say(" of {name!r}", name=frame.series[frame.owner_of[0]]) if frame.series else ""
    first, last = frame.label(start), frame.label(start + frame.look_back - 1)
    text = say(
        "  sample 0{whose}: x {first} .. {last}, y {goal}", whose=whose, first=first, last=last, goal=goal
    )
    return [text]


def _listed(names: tuple[str, ...]) -> str:
    some = ", ".join(names[:6])
    return say("{names} and {n} more", names=some, n=len(names) - 6) if len(names) > 6 else some
