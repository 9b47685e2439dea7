"""A model together with its data: whether they fit, and what one step of training sees."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from tidegate import losses
from tidegate.errors import TidegateError
from tidegate.explaining.explanation import Section
from tidegate.explaining.of_model import input_axes
from tidegate.explaining.words import number
from tidegate.language import say
from tidegate.plan.states import State
from tidegate.shapes import describe
from tidegate.utils.nested import leaves

__all__ = ["of_fit"]


def of_fit(
    model: Any, x: Any, y: Any, batch_size: int | None = None, epochs: int = 1, share: float = 0.0
) -> list[Section]:
    """Say whether data fit a model, without training anything; `share` of them is kept for validation."""
    section = Section(say("With your data"))
    for name, data in (("x", x), ("y", y)):
        if data is not None and not isinstance(data, list | tuple | dict):
            section.lines.append(f"{name} {describe(np.shape(data), _axes(model, name, np.ndim(data)))}")
    batch_size = batch_size or _fixed_batch(model)
    try:
        if y is not None and model.compiled:
            with _states_kept(model):
                model.evaluate(x, y, batch_size=batch_size or 8, steps=1, verbose=0)
                rows = _rows(x, share)
                if batch_size and rows > batch_size and rows % batch_size:
                    for state in _states(model):
                        state.expect(rows % batch_size)  # the last batch
            section.lines.append(say("x, y, the model and its loss fit together."))
        else:
            with _states_kept(model):
                out = model.predict(_few(x, batch_size or 8), verbose=0)
            said = [o.shape for o in out] if isinstance(out, list) else out.shape[1:]
            section.lines.append(say("x fits; the model gives {shape} for a sample.", shape=said))
            if y is not None:
                section.lines.append(say("Whether y fits is known after model.compile(...)."))
    except TidegateError as problem:
        section.lines.append(say("They do not fit: {problem}", problem=problem))
        return [section]
    if y is None:
        return [section]
    rows, size = _rows(x, share), batch_size or 32
    steps = _steps(-(-rows // size))
    section.lines.append(
        say("An epoch of {n:,} samples in batches of {b}: {steps}", n=rows, b=size, steps=steps)
        if epochs == 1
        else say(
            "{e} epochs of {n:,} samples in batches of {b}: {steps} each",
            e=epochs,
            n=rows,
            b=size,
            steps=steps,
        )
    )
    if not any(isinstance(data, list | tuple | dict) for data in (x, y)):
        seen, sought = (
            _sample(np.asarray(data[:1])[0]) for data in (x, y)
        )  # a table's first row, whatever its label
        section.lines.append(
            say("sample 0: the model sees {seen} and should answer {sought}", seen=seen, sought=sought)
        )
        low, high = number(np.min(y)), number(np.max(y))
        section.lines.append(say("y runs from {low} to {high}.", low=low, high=high))
        section.lines += _without_learning(model, np.asarray(y))
    return [section]


def _rows(x: Any, share: float) -> int:
    """Return the number of samples that are trained on."""
    listed = isinstance(x, list | tuple) and not isinstance(x[0], str)  # several inputs, and not texts
    one = next(iter(x.values())) if isinstance(x, dict) else x[0] if listed else x
    return int(len(one) * (1.0 - share))


def _fixed_batch(model: Any) -> int | None:
    """Return of how many samples each batch of a stateful model is, where that is settled."""
    states = _states(model)
    said = model.graph.inputs if states and model.graph is not None else []
    sizes = [*(state.rows for state in states), *(t.layer.batch_size for t in said)]
    return next((size for size in sizes if size), None)


@contextlib.contextmanager
def _states_kept(model: Any) -> Iterator[None]:
    """Leave the states that stateful layers carry from batch to batch as they were."""
    before = {id(s): (s.rows, s.numpy(), s.first) for s in _states(model)}
    try:
        yield
    finally:
        for state in _states(model):
            rows, numbers, first = before.get(id(state), (None, None, state.first))
            state.reset(None if rows is None else numbers)
            state.first = first


def _states(model: Any) -> list[State]:
    held = [state for layer in model.inner_layers for state in leaves(getattr(layer, "states", None))]
    return [state for state in held if isinstance(state, State)]


BLIND = {  # what a model that has learned nothing of x may answer at its best
    "mean_squared_error": "the mean of y",
    "mean_absolute_error": "the median of y",
    "binary_crossentropy": "the mean of y",
    "categorical_crossentropy": "the share of each class",
    "sparse_categorical_crossentropy": "the share of each class",
}


def _without_learning(model: Any, y: Any) -> list[str]:
    """Say the loss of the best answer that does not look at x."""
    try:
        name = losses.get(model.loss).name if model.compiled else ""
    except TidegateError:
        return []
    if name not in BLIND or y.dtype.kind not in "biuf" or not np.isfinite(y).all():
        return []
    flat = y.reshape(len(y), -1).astype(np.float64)
    if name == "mean_squared_error":
        least = float(flat.var(axis=0).mean())
    elif name == "mean_absolute_error":
        least = float(np.abs(flat - np.median(flat, axis=0)).mean())
    else:
        if name == "sparse_categorical_crossentropy":
            shares = np.unique(y, return_counts=True)[1] / y.size
        else:
            shares = y.reshape(-1, y.shape[-1]).mean(axis=0) if y.ndim > 1 else y.mean(keepdims=True)
        if name == "binary_crossentropy":
            shares = np.stack([shares, 1 - shares])
        known = np.clip(shares, 1e-12, 1)
        least = float(
            -(shares * np.log(known)).sum() / (shares.size / 2 if name == "binary_crossentropy" else 1)
        )
    answer = say(BLIND[name])
    return [
        say(
            "Answering {answer} every time costs a loss of {least}; what lies below it was learned from x.",
            answer=answer,
            least=number(float(f"{least:.3g}")),
        )
    ]


def _axes(model: Any, name: str, rank: int) -> tuple[str, ...] | None:
    """Return what the axes of the data are called: as the model's input, or as the output of its last layer."""
    if name == "x":
        axes = input_axes(model.graph, 0) if model.graph is not None else ()
    else:
        axes = model.layers[-1].axis_names(rank)
    return axes if len(axes) == rank else None


def _steps(count: int) -> str:
    return say("{n:,} steps", n=count)


def _sample(values: Any) -> str:
    """Return the numbers of one sample: of several features, those of the first steps."""
    if (
        values.ndim
        and values.shape[-1] > 2
        and ((values == 1).sum(-1) == 1).all()
        and ((values == 0) | (values == 1)).all()
    ):
        places = [str(k) for k in np.atleast_1d(values.argmax(-1)).ravel()[:7].tolist()]
        more = [*places[:6], "…"] if len(places) > 6 else places
        return (
            say("class {k} (one-hot)", k=places[0])
            if values.ndim == 1
            else say("one-hot {codes}", codes=", ".join(more))
        )
    if values.ndim < 2 or values.shape[-1] == 1:
        shown = [number(v) for v in values.ravel()]
        return ", ".join(shown if len(shown) <= 6 else [*shown[:4], "…", shown[-1]])
    rows = [f"[{', '.join(number(v) for v in row[:4])}{', …' if len(row) > 4 else ''}]" for row in values[:3]]
    return ", ".join(rows) + (", …" if len(values) > 3 else "")


def _few(data: Any, count: int) -> Any:
    """Return the first samples, enough to see whether they fit."""
    if isinstance(data, dict):
        return {key: _few(value, count) for key, value in data.items()}
    if isinstance(data, list | tuple):
        texts = bool(data) and isinstance(data[0], str)
        return data[:count] if texts else [_few(value, count) for value in data]
    return data[:count]
