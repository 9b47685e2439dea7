"""A model as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.shapes import Shape

if TYPE_CHECKING:
    from tidegate.models.network import Network

__all__ = ["table"]


def table(model: Network, show_trainable: bool = False) -> str:
    """Return Keras's table of a model, with the meaning of each axis."""
    head = ["Layer (type)", "Output Shape", "Axes", "Param #"]
    if show_trainable:
        head.append("Trainable")
    rows: list[list[str]] = []
    here: Shape | None = model.input_shape if model.built else None
    for layer in model.layers:
        shape, axes = "?", ""
        if here is not None:
            here = layer.compute_output_shape(here)
            shape, axes = str(here), ", ".join(layer.axis_names(len(here)))
        count = f"{layer.count_params():,}" if model.built else "0 (unbuilt)"
        rows.append([f"{layer.name} ({type(layer).__name__})", shape, axes, count])
        if show_trainable:
            rows[-1].append("Y" if layer.trainable_weights else "N" if layer.weights else "-")
    widths = [max(len(r[k]) for r in [head, *rows]) for k in range(len(head))]

    def rule(left: str, cross: str, right: str, line: str) -> str:
        return left + cross.join(line * (w + 2) for w in widths) + right

    def row(cells: list[str]) -> str:
        padded = [
            c.rjust(w) if h == "Param #" else c.ljust(w) for c, w, h in zip(cells, widths, head, strict=True)
        ]
        return "│ " + " │ ".join(padded) + " │"

    lines = [
        f'Model: "{model.name}"',
        rule("┏", "┳", "┓", "━"),
        row(head).replace("│", "┃"),
        rule("┡", "╇", "┩", "━"),
    ]
    for k, cells in enumerate(rows):
        lines += [rule("├", "┼", "┤", "─")] * bool(k) + [row(cells)]
    lines.append(rule("└", "┴", "┘", "─"))
    total = sum(p.array.size for p in model.weights)
    trained = sum(p.array.size for p in model.trainable_weights)
    for name, n in (("Total", total), ("Trainable", trained), ("Non-trainable", total - trained)):
        lines.append(f" {name} params: {n:,} ({_bytes(4 * n)})")
    return "\n".join(lines)


def _bytes(n: int) -> str:
    size, units = float(n), ["B", "KB", "MB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{size:.2f} {units[0]}"
