"""Every text that people are told stands in the catalogue, with the same places for values, and none in vain."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import tidegate
from tidegate.catalogue_zh import CATALOGUE
from tidegate.errors import ArgumentError, complaint, nearest
from tidegate.language import language, say, set_language, speaking

ROOT = Path(tidegate.__file__).parent
TABLES = {  # of texts that `say` is given by name
    "ACTS",
    "BLIND",
    "ABSENT",
    "INSTEAD",
    "ANCHORS",
    "COLUMN_KINDS",
    "EVEN",
    "FILL",
    "LAST",
    "MEANINGS",
    "MONTHS",
    "NOUNS",
    "REFUSED",
    "RUNNING_YEARS",
    "SAYS",
    "TRANSFORMS",
    "USAGE",
    "WAYS",
    "_CALENDAR",
    "_EPOCH_FORMS",
    "_INSTEAD",
    "_KINDS",
    "_MAGIC",
    "_ONE",
    "_SEPARATE",
    "_SETTLED",
    "_SEVERAL",
    "_UNEVEN",
}
KEYS = {"_FORMS"}  # tables whose keys are such texts


def texts() -> Iterator[tuple[str, str]]:
    """Yield each text that stands in a call of `say`, or in a table of texts, and where."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                found = node.args[:1]
                if found and isinstance(found[0], ast.IfExp):
                    found = [found[0].body, found[0].orelse]
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                goal = node.targets[0] if isinstance(node, ast.Assign) else node.target
                names = {part.id for part in ast.walk(goal) if isinstance(part, ast.Name)}
                if names & TABLES:
                    found = getattr(node.value, "values", None) or getattr(node.value, "elts", [node.value])
                elif names & KEYS:
                    found = [key for key in getattr(node.value, "keys", []) if key is not None]
            for one in found:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield one.value, f"{path.relative_to(ROOT)}:{one.lineno}"


def places(text: str) -> set[tuple[str, str | None, str | None]]:
    """Return the places for values in a text, each with its conversion and its format."""
    found = string.Formatter().parse(text)
    return {(name, spec, conversion) for _, name, spec, conversion in found if name is not None}


def test_every_text_has_its_chinese() -> None:
    lacking = [f"{where}: {text!r}" for text, where in texts() if text not in CATALOGUE]
    assert not lacking, "\n".join(lacking)


ERRORS = {
    "ArgumentError", "AttributeError", "DataError", "ImportError", "IndexError", "ModuleNotFoundError",
    "NotFittedError", "NotImplementedError", "ShapeError", "TidegateError", "TypeError", "note", "print", "warn",
    "warn_once",
}  # fmt: skip


def plain(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what an error is given as plain English: text of several words that does not go through `say`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        given = node.args[1:] if name == "complaint" else node.args if name in ERRORS else []
        for one in given:
            written = "".join(
                part.value
                for part in (one.values if isinstance(one, ast.JoinedStr) else [one])
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
            code = "`[^`]*`|^tidegate [a-z]+:"
            if re.search(r"[A-Za-z]+ +[a-z]{2,}", re.sub(code, "", written)):
                yield one


def test_no_error_is_told_in_plain_english() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{one.lineno}: {ast.unparse(one)}"
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for one in plain(node)
    ]
    assert not found, "\n".join(found)


def test_plain_english_in_an_error_is_seen() -> None:
    source = "raise DataError(f'no {x} here')\nraise DataError(complaint('f', say('an x'), 'a y and z'))"
    assert len([one for node in ast.walk(ast.parse(source)) for one in plain(node)]) == 2


def test_every_chinese_text_is_spoken() -> None:
    assert set(CATALOGUE) <= {text for text, _ in texts()}


def test_no_text_is_translated_twice() -> None:
    seen: dict[str, str] = {}
    for path in sorted((ROOT / "catalogue_zh").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for key in node.keys if isinstance(node, ast.Dict) else []:
                if isinstance(key, ast.Constant):
                    assert key.value not in seen, f"{path.name}, {seen[key.value]}: {key.value!r}"
                    seen[key.value] = path.name
    assert set(seen) == set(CATALOGUE)


def test_a_translation_has_the_same_places() -> None:
    assert not [text for text, chinese in CATALOGUE.items() if places(text) != places(chinese)]


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
    set_language("en")
    assert say("{n} in all", n=3) == "3 in all"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ArgumentError, match="'en' or 'zh'; got 'fr'"):
        set_language("fr")


def test_speaking_lasts_for_a_while() -> None:
    before = language()
    with speaking("zh"):
        assert language() == "zh"
    assert language() == before


def test_a_complaint_is_one_chinese_sentence() -> None:
    with speaking("zh"):
        assert complaint("f", "甲", "乙", "丙。") == "f 需要：甲；得到：乙。建议：丙。"
        assert (
            complaint("f", "甲", "乙", nearest("adm", ["adam"]))
            == "f 需要：甲；得到：乙。您要写的是不是 'adam'？"
        )


def test_english_needs_no_catalogue() -> None:
    code = "import sys, tidegate; tidegate.Sequential; print('tidegate.catalogue_zh' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize(
    ("text", "one", "many"),
    [
        ("{n} missing values", "1 missing value", "2 missing values"),
        (
            "Column 'a': {n} values are missing",
            "Column 'a': 1 value is missing",
            "Column 'a': 2 values are missing",
        ),
        ("{n} gaps in 3 places", "1 gap in 3 places", "2 gaps in 3 places"),
        ("an array of {n} axes", "an array of 1 axis", "an array of 2 axes"),
        ("{n:,} batches of {m} samples", "1 batch of 1 sample", "2 batches of 1 sample"),
        ("{n} of {m} windows", "1 of 1 window", "2 of 1 window"),
        ("row {n} of the steps", "row 1 of the steps", "row 2 of the steps"),
    ],
)
def test_one_of_something_is_in_the_singular(text: str, one: str, many: str) -> None:
    with speaking("en"):
        assert say(text, n=1, m=1) == one and say(text, n=np.int64(2), m=1) == many
        assert say("{n} holds dates", n="1") == "1 holds dates"  # a column's name
        assert say("{n} rows", n=1.5) == "1.5 rows"
