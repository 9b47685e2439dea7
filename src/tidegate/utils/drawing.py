"""Pictures of models: SVG drawn here, and the same graph in Graphviz's language."""

from __future__ import annotations

from html import escape
from typing import Any

from tidegate.arguments import checked
from tidegate.errors import ArgumentError, DataError, complaint, nearest
from tidegate.language import say
from tidegate.spelling import note
from tidegate.writing import path_of, put

__all__ = ["Drawing", "model_to_dot", "plot_model"]

IDLE = ("show_dtype", "expand_nested", "dpi", "subgraph", "show_layer_activations", "show_trainable")
HEIGHT, GAP, APART = 46, 34, 24  # of a box, between rows, between boxes of a row
LETTER = 7.5  # width of one, at most


class Drawing:
    """A model as boxes and arrows.

    Parameters
    ----------
    boxes : list of list of str, the lines of each
    arrows : list of (int, int), from box to box
    across : whether inputs stand at the left, not at the top
    """

    def __init__(self, boxes: list[list[str]], arrows: list[tuple[int, int]], across: bool = False) -> None:
        self.boxes, self.arrows, self.across = boxes, arrows, across

    def _rows(self) -> list[list[int]]:
        """Return the boxes row by row, each below all that it needs."""
        level = [0] * len(self.boxes)
        for k in range(len(self.boxes)):
            level[k] = max((level[a] + 1 for a, b in self.arrows if b == k), default=0)
        return [[k for k, at in enumerate(level) if at == row] for row in range(max(level, default=-1) + 1)]

    def svg(self) -> str:
        """Return the picture."""
        widths = [max(len(line) for line in box) * LETTER + 24 for box in self.boxes]
        rows = self._rows()
        breadths = [sum(widths[k] + APART for k in row) - APART for row in rows]
        whole = max(breadths, default=0)
        places: dict[int, tuple[float, float]] = {}
        for number, (row, breadth) in enumerate(zip(rows, breadths, strict=True)):
            at = (whole - breadth) / 2 + 10
            for k in row:
                places[k] = (at, 10 + number * (HEIGHT + GAP))
                at += widths[k] + APART
        drawn = []
        for a, b in self.arrows:
            x, y = places[a][0] + widths[a] / 2, places[a][1] + HEIGHT
            to = places[b][0] + widths[b] / 2, places[b][1] - 4
            drawn.append(
                f'<path d="M{x:.0f} {y:.0f} C{x:.0f} {y + GAP / 2:.0f} {to[0]:.0f} {to[1] - GAP / 2:.0f} '
                f'{to[0]:.0f} {to[1]:.0f}" fill="none" stroke="#555" marker-end="url(#tip)"/>'
            )
        for k, lines in enumerate(self.boxes):
            x, y = places[k]
            drawn.append(
                f'<rect x="{x:.0f}" y="{y:.0f}" width="{widths[k]:.0f}" height="{HEIGHT}" rx="6" '
                'fill="#f4f7fb" stroke="#4a6fa5"/>'
            )
            first = y + HEIGHT / 2 + 4 - 8 * (len(lines) - 1)
            drawn += [
                f'<text x="{x + widths[k] / 2:.0f}" y="{first + 16 * n:.0f}" text-anchor="middle">{escape(line)}</text>'
                for n, line in enumerate(lines)
            ]
        size = f'width="{whole + 20:.0f}" height="{len(rows) * (HEIGHT + GAP) - GAP + 20:.0f}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">\n'
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#555"/></marker></defs>\n'
            + "\n".join(drawn)
            + "\n</svg>\n"
        )

    def to_string(self) -> str:
        """Return the graph in the language of Graphviz."""
        labels = ["\\n".join(lines).replace('"', '\\"') for lines in self.boxes]
        made = [f'  {k} [shape=box, label="{label}"];' for k, label in enumerate(labels)]
        made += [f"  {a} -> {b};" for a, b in self.arrows]
        return "\n".join(["digraph model {", f"  rankdir={'LR' if self.across else 'TB'};", *made, "}\n"])

    def create(self, prog: Any = "dot", format: str = "svg") -> bytes:
        """Return the picture as bytes, as SVG, the one format there is."""
        if format != "svg":
            raise ArgumentError(complaint("model_to_dot", "format='svg'", repr(format)))
        return self.svg().encode()

    def _repr_svg_(self) -> str:
        """Show the picture in a notebook."""
        return self.svg()


@checked
def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    **kwargs: Any,
) -> Drawing:
    """Return the layers of a model as a drawing.

    Parameters
    ----------
    model : Sequential or Model, its input shape known
    show_shapes : bool
        Also write the shape of each output.
    show_layer_names : bool, default True
        Also write the layer's name beside its class.
    rankdir : {"TB", "LR"}
        In Graphviz's language; the picture drawn here runs from top to bottom.
    show_dtype, expand_nested, dpi, subgraph, show_layer_activations, show_trainable : accepted; they change
        nothing here.

    Examples
    --------
    >>> from tidegate import layers, models
    >>> model = models.Sequential([layers.LSTM(4, input_shape=(10, 1)), layers.Dense(1, name="out")])
    >>> print(model_to_dot(model, show_shapes=True).to_string())
    digraph model {
      rankdir=TB;
      0 [shape=box, label="...(InputLayer)\\n(None, 10, 1)"];
      1 [shape=box, label="... (LSTM)\\n(None, 4)"];
      2 [shape=box, label="out (Dense)\\n(None, 1)"];
      0 -> 1;
      1 -> 2;
    }
    """
    for name in kwargs:
        if name not in IDLE:
            known = ("show_shapes", "show_layer_names", "rankdir", *IDLE)
            expected = say("arguments among {names}", names=", ".join(known))
            raise ArgumentError(complaint("plot_model", expected, f"{name}=", nearest(name, known)))
    graph = getattr(model, "graph", None)
    if graph is None:
        raise ArgumentError(
            complaint(
                "plot_model",
                say("a model whose input shape is known"),
                repr(model),
                "model.build((None, 10, 1))",
            )
        )
    boxes: list[list[str]] = []
    arrows: list[tuple[int, int]] = []
    source: dict[int, int] = {}

    def box(layer: Any, tensors: list[Any]) -> int:
        kind = type(layer).__name__
        lines = [f"{layer.name} ({kind})" if show_layer_names else kind]
        if show_shapes:
            lines.append(", ".join(str(t.shape) for t in tensors))
        boxes.append(lines)
        source.update({id(t): len(boxes) - 1 for t in tensors})
        return len(boxes) - 1

    for layer, tensor in zip(graph.entrances, graph.inputs, strict=True):
        box(layer, [tensor])
    for call in graph.calls:
        if all(id(t) in source for t in call.outputs):
            continue  # an input, drawn above
        here = [source[id(t)] for t in call.inputs]
        to = box(call.layer, call.outputs)
        arrows += [(a, to) for a in here]
    return Drawing(boxes, arrows, rankdir == "LR")


@checked
def plot_model(model: Any, to_file: Any = "model.svg", show_shapes: bool = False, **kwargs: Any) -> Drawing:
    """Write a picture of a model as SVG, without Graphviz.

    Parameters
    ----------
    model : Sequential or Model, its input shape known
    to_file : path, default "model.svg"
        Another ending becomes .svg, which is said.
    show_shapes, show_layer_names and the others : as in `model_to_dot`

    Returns
    -------
    Drawing, which a notebook shows
    """
    drawing = model_to_dot(model, show_shapes=show_shapes, **kwargs)
    path = path_of("plot_model", to_file, "'model.svg'")
    if path.suffix != ".svg":
        note(f"plot_model(to_file='*{path.suffix}')", f"to_file='{path.with_suffix('.svg')}'")
    text = drawing.svg().encode()
    try:
        put(path.with_suffix(".svg"), lambda stream: stream.write(text))
    except OSError as why:
        told = say("The picture cannot be written to {path}: {why}.", path=path, why=why.strerror or why)
        raise DataError(told) from None
    return drawing
