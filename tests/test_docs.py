"""Every example in a docstring and in the documents runs, and the two READMEs say the same."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tidegate

PROJECT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "examples").rglob("*.md")]
)
MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(tidegate.__path__, "tidegate.")
    if not info.name.endswith(("._native", ".__main__"))
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(document: Path, language: str) -> list[str]:
    """Return the code of that language in a document."""
    return [code for kind, code in FENCE.findall(document.read_text(encoding="utf-8")) if kind == language]


@pytest.mark.parametrize("name", ["tidegate", *MODULES])
def test_docstrings(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert failed == 0, f"{failed} examples in {name} fail; their report stands above"


@pytest.mark.parametrize(
    ("document", "number"),
    [(document, k) for document in DOCUMENTS for k in range(len(blocks(document, "python")))],
    ids=lambda value: value.stem if isinstance(value, Path) else str(value),
)
def test_python_in_documents(document: Path, number: int, tmp_path: Path) -> None:
    """Each block is a program, run as `tidegate run` runs it: one that imports Keras needs nothing else."""
    script = tmp_path / f"{document.stem}_{number}.py"
    script.write_text(blocks(document, "python")[number], encoding="utf-8")
    command = "import sys; from tidegate.cli.main import main; sys.exit(main(['run', sys.argv[1]]))"
    done = subprocess.run(
        [sys.executable, "-c", command, str(script)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert targets
    for document in DOCUMENTS:
        for code in blocks(document, "bash") + re.findall(
            r"`(make [^`]*)`", document.read_text(encoding="utf-8")
        ):
            for target in re.findall(r"^make ([a-z]+)", code, re.MULTILINE):
                assert target in targets, f"{document.name} says `make {target}`, and the Makefile has none"


def test_both_readmes_show_the_same_code() -> None:
    english, chinese = (
        FENCE.findall((PROJECT / name).read_text(encoding="utf-8"))
        for name in ("README.md", "README.zh-CN.md")
    )
    assert english
    assert english == chinese


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), (
                f"{document.name} links to {target}, which is not there"
            )
