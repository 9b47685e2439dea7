"""Pictures as SVG: text, lines and boxes, drawn without any library, readable on light and dark pages.

Every picture stands on a card of its own, so that it is readable in a notebook whose colours its page does not
tell. The colours follow the reader's preference (`prefers-color-scheme`).
"""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import Any

from tidegate.errors import DataError
from tidegate.language import say

__all__ = ["Canvas", "Picture", "text_width"]

# class: (light, dark). Each stands for one meaning in all pictures.
COLOURS = {
    "card": ("#ffffff", "#0f1720"),
    "ink": ("#1b2733", "#e6edf3"),
    "soft": ("#667380", "#98a6b3"),
    "line": ("#c6d0d9", "#3a4753"),
    "input": ("#d6e6fb", "#1d3d63"),  # what the model sees
    "inputline": ("#2f6fce", "#6aa5f5"),
    "target": ("#fde3c8", "#5b3a12"),  # what it is to foresee
    "targetline": ("#c96a09", "#f0a44b"),
    "layer": ("#e2f2e6", "#173d28"),
    "layerline": ("#2c8a4b", "#58c07c"),
    "off": ("#eef1f4", "#1d2731"),  # what is left out
    "offline": ("#a9b4be", "#52606d"),
    "known": ("#efe1f7", "#43275a"),
    "knownline": ("#8a4bb0", "#c08be0"),
}
FONT = "ui-sans-serif, system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"
SIZE = 13  # of text, in pixels


def _style() -> str:
    def rules(which: int) -> str:
        found = []
        for name, pair in COLOURS.items():
            kind = "stroke" if name.endswith("line") and name != "line" else "fill"
            found.append(f".tg .{name}{{{kind}:{pair[which]}}}")
            if name == "line":
                found.append(f".tg .rule{{stroke:{pair[which]}}}")
            if name in ("ink", "soft"):
                found.append(f".tg .{name}rule{{stroke:{pair[which]}}}")
        return "".join(found)

    base = f".tg text{{font-family:{FONT};font-size:{SIZE}px}}.tg .small{{font-size:11px}}.tg .bold{{font-weight:600}}"
    return f"{base}{rules(0)}@media (prefers-color-scheme: dark){{{rules(1)}}}"


def text_width(text: str, size: float = SIZE) -> float:
    """Return about how wide a text is, in pixels: wide characters (Chinese) count twice.

    >>> text_width("abcd") < text_width("四个汉字")
    True
    """
    wide = sum(ord(c) > 0x2E80 for c in text)
    return size * (1.0 * wide + 0.56 * (len(text) - wide))


class Picture:
    """A finished picture: shown by a notebook, written by `save`.

    Attributes
    ----------
    svg : the picture itself
    title : what it shows, read aloud in place of it
    """

    def __init__(self, svg: str, title: str) -> None:
        self.svg, self.title = svg, title

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to an SVG file."""
        try:
            Path(path).write_text(self.svg, encoding="utf-8")
        except OSError as why:
            raise DataError(
                say("The picture cannot be written to {path}: {why}.", path=path, why=why.strerror or why)
            ) from None

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Picture: {self.title}>"


class Canvas:
    """What a picture is drawn on. Grows with what is put on it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.width = self.height = 0.0

    def _reach(self, x: float, y: float) -> None:
        self.width, self.height = max(self.width, x), max(self.height, y)

    def text(
        self, x: float, y: float, text: Any, kind: str = "ink", anchor: str = "start", small: bool = False,
        bold: bool = False, turned: bool = False,
    ) -> None:  # fmt: skip
        """Write a line of text; y is its baseline."""
        said = str(text)
        size = 11 if small else SIZE
        width = text_width(said, size) * (1.1 if bold else 1)
        right = x + {"start": width, "middle": width / 2, "end": 0}[anchor]
        self._reach(x + size if turned else right, y + 4)
        names = " ".join([kind, *["small"] * small, *["bold"] * bold])
        turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{names}" text-anchor="{anchor}"{turn}>{html.escape(said)}</text>'
        )

    def box(
        self, x: float, y: float, width: float, height: float, kind: str = "off", round_by: float = 3,
        opacity: float = 1.0, dashed: bool = False, outline: bool = True,
    ) -> None:  # fmt: skip
        """Draw a filled box of a kind of `COLOURS`."""
        self._reach(x + width, y + height)
        line = f" {kind}line" if outline and f"{kind}line" in COLOURS else ""
        more = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
        more += ' stroke-dasharray="4 3"' if dashed else ""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round_by:g}" '
            f'class="{kind}{line}"{more}/>'
        )

    def shade(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Draw a box of a colour of its own, for heat maps."""
        self._reach(x + width, y + height)
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.2f}" height="{height:.2f}" fill="{colour}"/>'
        )

    def polygon(self, points: list[tuple[float, float]], kind: str) -> None:
        """Draw a filled shape."""
        for x, y in points:
            self._reach(x, y)
        where = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        line = f" {kind}line" if f"{kind}line" in COLOURS else ""
        self._parts.append(f'<polygon points="{where}" class="{kind}{line}"/>')

    def line(
        self, x0: float, y0: float, x1: float, y1: float, kind: str = "rule", width: float = 1,
        arrow: bool = False, dashed: bool = False,
    ) -> None:  # fmt: skip
        """Draw a line; `kind` is 'rule', 'inkrule', 'softrule' or a kind that ends in 'line'."""
        self._reach(max(x0, x1), max(y0, y1))
        more = ' stroke-dasharray="4 3"' if dashed else ""
        self._parts.append(
            f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" class="{kind}" '
            f'stroke-width="{width:g}"{more}/>'
        )
        if arrow:
            self._head(x0, y0, x1, y1, kind)

    def _head(self, x0: float, y0: float, x1: float, y1: float, kind: str) -> None:
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1.0
        dx, dy = (x1 - x0) / length, (y1 - y0) / length
        a, b = (
            (x1 - 6 * dx - 3.5 * dy, y1 - 6 * dy + 3.5 * dx),
            (x1 - 6 * dx + 3.5 * dy, y1 - 6 * dy - 3.5 * dx),
        )
        self._parts.append(
            f'<path d="M{a[0]:.1f} {a[1]:.1f}L{x1:.1f} {y1:.1f}L{b[0]:.1f} {b[1]:.1f}" class="{kind}" fill="none" '
            'stroke-width="1.4"/>'
        )

    def put(self, other: Canvas, x: float, y: float) -> None:
        """Put another canvas on this one."""
        self._reach(x + other.width, y + other.height)
        self._parts.append(f'<g transform="translate({x:.1f} {y:.1f})">{"".join(other._parts)}</g>')

    def finish(self, title: str, margin: float = 18) -> Picture:
        """Return what was drawn as a picture, on its card."""
        width, height = self.width + 2 * margin, self.height + 2 * margin
        body = "".join(self._parts)
        said = html.escape(title)
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f'height="{height:.0f}" class="tg" role="img" style="max-width:100%;height:auto"><title>{said}</title>'
            f'<style>{_style()}</style><rect width="{width:.0f}" height="{height:.0f}" rx="10" class="card"/>'
            f'<g transform="translate({margin:g} {margin:g})">{body}</g></svg>'
        )
        return Picture(svg, title)
