"""A model as a table."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tidegate.arguments import number
from tidegate.errors import ArgumentError, complaint, nearest
from tidegate.language import say
from tidegate.layers import Layer
from tidegate.layers.operation import Operation
from tidegate.layers.symbolic import Call, Tensor

if TYPE_CHECKING:
    from tidegate.models.graph import Graph
    from tidegate.models.network import Network

__all__ = ["table"]

LEAST = 5  # characters of the narrowest column
WIDEST = 10_000  # characters of the widest line


def table(
    model: Network,
    show_trainable: bool = False,
    expand_nested: bool = False,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    layer_range: Sequence[str] | None = None,
) -> str:
    """Return Keras's table of a model, with the meaning of each axis, and what each layer is connected to."""
    graph = model.graph
    connected = graph is not None and not _is_chain(graph)
    head = ["Layer (type)", "Output Shape", "Axes", "Param #"]
    head += ["Connected to"] * connected + ["Trainable"] * show_trainable
    rows = [
        row[:4] + row[4:5] * connected + row[5:] * show_trainable
        for row in _rows(model, expand_nested, _part(model, layer_range))
    ]
    cells = [[cell.splitlines() or [""] for cell in row] for row in [head, *rows]]
    widths = [max(len(line) for row in cells for line in row[k]) for k in range(len(head))]
    if positions is not None or line_length is not None:
        widths = _widths(widths, line_length, positions)
        cells = [[_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)] for row in cells]

    def rule(left: str, cross: str, right: str, line: str) -> str:
        return left + cross.join(line * (w + 2) for w in widths) + right

    def row(lines: list[list[str]]) -> list[str]:
        found = []
        for n in range(max(map(len, lines))):
            texts = [cell[n] if n < len(cell) else "" for cell in lines]
            padded = [
                t.rjust(w) if h == "Param #" else t.ljust(w)
                for t, w, h in zip(texts, widths, head, strict=True)
            ]
            found.append("│ " + " │ ".join(padded) + " │")
        return found

    lines = [
        f'Model: "{model.name}"',
        rule("┏", "┳", "┓", "━"),
        *(line.replace("│", "┃") for line in row(cells[0])),
        rule("┡", "╇", "┩", "━"),
    ]
    for k, cell in enumerate(cells[1:]):
        lines += [rule("├", "┼", "┤", "─")] * bool(k) + row(cell)
    lines.append(rule("└", "┴", "┘", "─"))
    total = sum(p.array.size for p in model.weights)
    trained = sum(p.array.size for p in model.trainable_weights)
    for name, n in (("Total", total), ("Trainable", trained), ("Non-trainable", total - trained)):
        lines.append(f" {name} params: {n:,} ({_bytes(4 * n)})")
    return "\n".join(lines)


def _rows(model: Network, expand: bool, layers: Sequence[Layer], depth: int = 0) -> Iterator[list[str]]:
    graph = model.graph
    calls: dict[int, list[Call]] = {}
    for call in graph.calls if graph is not None else ():
        calls.setdefault(id(call.layer), []).append(call)
    for layer in layers:
        made = calls.get(id(layer)) or layer._calls[:1]
        shape, axes = "?", ""
        shapes = [t.shape for t in made[0].outputs] if made else layer._gave
        if shapes:
            shape = ",\n".join(map(str, shapes))
            axes = ",\n".join(", ".join(layer.axis_names(len(s))) for s in shapes)
        count = f"{layer.count_params():,}" if layer.built else "0 (unbuilt)"
        sources = [_source(t, calls, graph) for call in calls.get(id(layer), []) for t in call.inputs]
        trainable = "Y" if layer.trainable_weights else "N" if layer.weights else "-"
        name = f"{'   ' * depth}{'└ ' * bool(depth)}{layer.name} ({getattr(layer, 'kind', type(layer).__name__)})"
        yield [name, shape, axes, count, ",\n".join(sources) if sources and not depth else "-", trainable]
        if expand and getattr(layer, "graph", None) is not None:
            inner: Any = layer
            yield from _rows(inner, expand, _shown(inner), depth + 1)


def _source(tensor: Tensor, calls: dict[int, list[Call]], graph: Graph | None) -> str:
    """Return layer[call][place] of a tensor."""
    name, number = tensor.call.layer.name, 0
    if graph is not None and any(t is tensor for t in graph.inputs):
        name = next(n for n, t in zip(graph.names, graph.inputs, strict=True) if t is tensor)
    else:
        number = [id(c) for c in calls[id(tensor.call.layer)]].index(id(tensor.call))
    return f"{name}[{number}][{tensor.place}]"


def _is_chain(graph: Graph) -> bool:
    """Return whether each layer has one input, the one before it."""
    before, seen = graph.inputs[0], len(graph.inputs) == 1
    for call in graph.calls:
        seen = seen and len(call.inputs) == 1 and call.inputs[0] is before and len(call.outputs) == 1
        before = call.outputs[0]
    return seen


def _shown(model: Network) -> list[Layer]:
    """Return the layers, of a model of symbolic tensors its functions as well."""
    return [k for k in model.operations if isinstance(k, Operation) or k in model.layers]


def _part(model: Network, names: Sequence[str] | None) -> list[Layer]:
    """Return the layers from the first of two names, or regular expressions, to the second."""
    layers = _shown(model)
    if names is None:
        return layers
    if len(names) != 2 or not all(isinstance(name, str) for name in names):
        raise ArgumentError(complaint("summary", say("layer_range as two names of layers"), repr(names)))
    places = []
    for name in names:
        found = [k for k, layer in enumerate(layers) if re.fullmatch(name, layer.name)]
        if not found:
            near = nearest(name, [layer.name for layer in layers])
            raise ArgumentError(complaint("summary", say("names of layers in layer_range"), repr(name), near))
        places.append(found)
    return layers[places[0][0] : places[1][-1] + 1]


def _widths(natural: list[int], line_length: int | None, positions: Sequence[float] | None) -> list[int]:
    """Return the widths of the columns: by the ends given for them, or each as much narrower as another."""
    frame = 3 * len(natural) + 1
    length = sum(natural) + frame
    if line_length is not None:
        length = int(number("summary", "line_length", line_length, 1, WIDEST))
    if positions is not None:
        positions = [number("summary", "positions", p, 0, WIDEST) for p in positions]
        ends = [round(p * length) if p <= 1 else int(p) for p in positions]
        ends = [*ends[: len(natural)], *[length] * (len(natural) - len(ends))]
        return [max(LEAST, b - a - 3) for a, b in zip([0, *ends], ends, strict=False)]
    share = (length - frame) / sum(natural)
    return [max(LEAST, int(w * share)) for w in natural]


def _wrapped(lines: list[str], width: int) -> list[str]:
    return [part for line in lines for part in textwrap.wrap(line, width) or [""]]


def _bytes(n: int) -> str:
    size, units = float(n), ["B", "KB", "MB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{size:.2f} {units[0]}"
