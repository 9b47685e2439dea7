"""Every text that people are told stands in the catalogue, with the same places for values, and none in vain."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import tidegate
from tidegate.catalogue_zh import CATALOGUE
from tidegate.errors import ArgumentError
from tidegate.language import language, say, set_language

ROOT = Path(tidegate.__file__).parent
TABLES = ("SAYS", "MEANINGS", "COLUMN_KINDS")  # of texts that `say` is given by name


def texts() -> Iterator[tuple[str, str]]:
    """Yield each text that stands in a call of `say`, or in a table of texts, and where."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                found = node.args[:1]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in TABLES:
                found = getattr(node.value, "values", None) or getattr(node.value, "elts", [])
            for one in found:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield one.value, f"{path.relative_to(ROOT)}:{one.lineno}"


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_has_its_chinese() -> None:
    lacking = [f"{where}: {text!r}" for text, where in texts() if text not in CATALOGUE]
    assert not lacking, "\n".join(lacking)


def test_every_chinese_text_is_spoken() -> None:
    assert set(CATALOGUE) <= {text for text, _ in texts()}


@pytest.mark.parametrize("text", CATALOGUE)
def test_a_translation_has_the_same_places(text: str) -> None:
    assert places(text) == places(CATALOGUE[text])


@pytest.fixture
def by_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name in ("TIDEGATE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    set_language(None)
    yield monkeypatch
    set_language(None)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "TIDEGATE_LANG": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "TIDEGATE_LANG": "en"}, "en"),
    ],
)
def test_the_environment_chooses(by_environment, variables: dict[str, str], expected: str) -> None:
    for name, value in variables.items():
        by_environment.setenv(name, value)
    assert language() == expected


def test_set_language_goes_before_the_environment(by_environment) -> None:
    by_environment.setenv("TIDEGATE_LANG", "en")
    set_language("zh")
    assert say("{n} in all", n=3) == "共 3 个"
    with pytest.raises(ArgumentError, match="'en' or 'zh'; got 'fr'"):
        set_language("fr")
