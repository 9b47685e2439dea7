"""What `explain` returns: text for a terminal, a page for a notebook, and the pictures that belong to it."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tidegate.errors import DataError
from tidegate.explaining.pictures.svg import Picture
from tidegate.explaining.words import columns
from tidegate.language import say

__all__ = ["Explanation", "Section"]


@dataclass
class Section:
    """A heading, lines of text, and perhaps a table, code and a picture."""

    heading: str = ""
    lines: list[str] = field(default_factory=list)
    table: list[Sequence[str]] = field(default_factory=list)  # the first row is its head
    code: str = ""
    picture: Picture | None = None

    def text(self) -> str:
        """Return the section as plain text, nothing where there is a picture alone."""
        if not (self.lines or self.table or self.code):
            return self.heading if self.picture is None else ""
        parts = [self.heading] if self.heading else []
        pad = "  " if self.heading else ""
        parts += [pad + line for line in self.lines]
        if self.table:
            parts += [pad + line for line in columns(self.table)]
        parts += [pad + "  " + line for line in self.code.splitlines()]
        return "\n".join(parts)

    def html(self) -> str:
        """Return the section as a part of a page."""
        parts = [f"<h4>{html.escape(self.heading)}</h4>"] if self.heading else []
        if self.lines:
            spaced = (line.replace("  ", "\u2003") for line in map(html.escape, self.lines))
            parts.append(f"<p>{'<br>'.join(spaced)}</p>")
        if self.table:
            head, *rows = self.table
            cells = "".join(f"<th>{html.escape(c)}</th>" for c in head)
            body = "".join(f"<tr>{''.join(f'<td>{html.escape(c)}</td>' for c in row)}</tr>" for row in rows)
            left = ' style="text-align:left"'
            cells, body = cells.replace("<th>", f"<th{left}>"), body.replace("<td>", f"<td{left}>")
            parts.append(f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>")
        if self.code:
            parts.append(f"<pre><code>{html.escape(self.code)}</code></pre>")
        if self.picture is not None:
            parts.append(f"<div>{self.picture.svg}</div>")
        return "\n".join(parts)


class Explanation:
    """What a thing is, for a person.

    `print` writes the text; a notebook shows the page with the pictures; `save` writes either.

    Attributes
    ----------
    sections : list of Section
    pictures : list of Picture
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = list(sections)

    @property
    def pictures(self) -> list[Picture]:
        return [s.picture for s in self.sections if s.picture is not None]

    @property
    def text(self) -> str:
        """The text alone."""
        return "\n\n".join(t for s in self.sections if (t := s.text()))

    @property
    def html(self) -> str:
        """A part of a page, with the pictures."""
        return f'<div class="tidegate">{"".join(s.html() for s in self.sections)}</div>'

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a page (`.html`) or the text (any other ending)."""
        goal = Path(path)
        page = (
            '<!doctype html><meta charset="utf-8"><style>:root{color-scheme:light dark}body{font:15px/1.5 '
            "system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse}"
            "th,td{text-align:left;padding:.25em .9em .25em 0;border-bottom:1px solid #8884}pre{background:#8881;"
            f"padding:.8em;border-radius:6px;overflow:auto}}</style>{self.html}"
        )
        try:
            goal.write_text(page if goal.suffix in (".html", ".htm") else self.text + "\n", encoding="utf-8")
        except OSError as why:
            raise DataError(
                say(
                    "The explanation cannot be written to {goal}: {why}.",
                    goal=goal,
                    why=why.strerror or why,
                )
            ) from None

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__
