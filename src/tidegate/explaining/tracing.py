"""What happens inside recurrent layers, step by step: gates and states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tidegate.arguments import shown
from tidegate.errors import ArgumentError, complaint, nearest
from tidegate.explaining.pictures.heatmaps import gates
from tidegate.explaining.pictures.svg import Picture
from tidegate.language import say
from tidegate.ops.activations import ACTIVATIONS
from tidegate.plan.reference import ReferenceExecutor

__all__ = ["Trace", "trace"]

Array = np.ndarray[Any, Any]
MOST = 1000  # samples looked into at once: every number of every step is kept


class Trace(Mapping[str, dict[str, Array]]):
    """Gates and states by layer: `trace["lstm"]["f"]` has shape (samples, timesteps, units).

    An LSTM has the gates i, f and o, what is offered, g, the cell state c and the state h; a GRU the gates z and r and
    the state h; a SimpleRNN the state h. The two directions of a Bidirectional are named after their layers. Steps
    stand in the order in which the layer read them. A notebook shows the picture of sample 0.
    """

    def __init__(self, layers: dict[str, dict[str, Array]]) -> None:
        self._layers = layers

    def __getitem__(self, name: str) -> dict[str, Array]:
        if name not in self._layers:
            known = ", ".join(map(repr, self._layers))
            near = nearest(name, self._layers) or say("the recurrent layers are {names}", names=known)
            raise KeyError(complaint("trace", say("the name of a recurrent layer"), repr(name), near))
        return self._layers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)

    def picture(self, layer: str | None = None, sample: int = 0) -> Picture:
        """Draw the gates and states of one sample over time; by default of the first recurrent layer."""
        name = next(iter(self)) if layer is None else layer
        parts = self[name]
        count = len(next(iter(parts.values())))
        if not -count <= sample < count:
            raise ArgumentError(complaint("trace", say("a sample below {count}", count=count), repr(sample)))
        return gates(parts, sample % count, name)

    def _repr_svg_(self) -> str:
        return self.picture().svg

    def __repr__(self) -> str:
        lines = []
        for name, parts in self.items():
            S, T, U = next(iter(parts.values())).shape
            shape = f"(samples={S}, timesteps={T}, units={U})"
            lines.append(say("{name}: {parts}, each {shape}", name=name, parts=", ".join(parts), shape=shape))
        return "\n".join(lines)


def trace(model: Any, x: Any) -> Trace:
    """Return what the gates and states of each recurrent layer are at each step.

    Computed by the definition of the ops in NumPy, from the model's weights as they are.

    Parameters
    ----------
    model : model with LSTM, GRU or SimpleRNN layers
    x : samples as `predict` takes them, at most 1000

    Returns
    -------
    Trace
        A dict by the layers' names.

    Raises
    ------
    ArgumentError
        For more samples, or a model without recurrent layers.

    Examples
    --------
    >>> from tidegate.layers import Dense, LSTM
    >>> from tidegate.models import Sequential
    >>> model = Sequential([LSTM(4, input_shape=(10, 1), name="memory"), Dense(1)])
    >>> trace(model, np.zeros((3, 10, 1)))
    memory: i, f, g, o, c, h, each (samples=3, timesteps=10, units=4)
    """
    if not hasattr(model, "_given_inputs"):
        raise ArgumentError(complaint("trace", say("a model"), shown(model)))
    given = model._given_inputs("X", x)
    rows = len(given[0])
    if not 0 < rows <= MOST:
        raise ArgumentError(
            complaint("trace", say("1 to {n} samples", n=MOST), str(rows), f"trace(model, x[:{MOST}])")
        )
    inputs = model._prepared("X", given)
    step = model._predictor(inputs).plan.step
    saved = ReferenceExecutor(step).inside(inputs)
    found: dict[str, dict[str, Array]] = {}
    for node in step.body:
        parts = READERS.get(node.op.name)
        if parts is None:
            continue
        name, count = node.scope.split("/")[-1], 1
        while (name if count == 1 else f"{name} ({count})") in found:  # a layer that is called again
            count += 1
        made = parts(saved[node.order], node.attrs)
        found[name if count == 1 else f"{name} ({count})"] = {
            key: np.ascontiguousarray(a.transpose(1, 0, 2)) for key, a in made.items()
        }
    if not found:
        raise ArgumentError(
            complaint("trace", say("a model with LSTM, GRU or SimpleRNN layers"), f"'{model.name}'")
        )
    return Trace(found)


def _lstm(saved: Any, attrs: Mapping[str, Any]) -> dict[str, Array]:
    z, c, h = saved  # (T, B, 4U), and the states before each step and after the last
    φ, σ = ACTIVATIONS[attrs["activation"]].value, ACTIVATIONS[attrs["recurrent_activation"]].value
    i, f, g, o = np.split(z, 4, axis=2)
    return {"i": σ(i), "f": σ(f), "g": φ(g), "o": σ(o), "c": c[1:], "h": h[1:]}


def _gru(saved: Any, attrs: Mapping[str, Any]) -> dict[str, Array]:
    p, q, h = saved[:3]  # (T, B, 3U) of x and of h
    σ = ACTIVATIONS[attrs["recurrent_activation"]].value
    U = h.shape[2]
    sums = p[..., : 2 * U] + q[..., : 2 * U]
    return {"z": σ(sums[..., :U]), "r": σ(sums[..., U:]), "h": h[1:]}


def _simple(saved: Any, attrs: Mapping[str, Any]) -> dict[str, Array]:
    return {"h": saved[1][1:]}


READERS = {"lstm": _lstm, "gru": _gru, "simple_rnn": _simple}
