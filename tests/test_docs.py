"""Every example in a docstring and in the documents runs, and the two READMEs say the same."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tidegate
from tidegate.cli.main import main
from tidegate.language import speaking

PROJECT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "examples").rglob("*.md")]
)
MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(tidegate.__path__, "tidegate.")
    if not info.name.endswith(("._native", ".__main__"))
)
PLACE = re.compile(r"<!-- picture: (\w+) -->")
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


def programs() -> list[tuple[Path, int]]:
    """Return where each program stands, once: the Chinese page of a document shows the same ones."""
    found: dict[str, tuple[Path, int]] = {}
    for document in DOCUMENTS:
        for number, code in enumerate(blocks(document, "python")):
            found.setdefault(code, (document, number))
    return list(found.values())


@pytest.mark.parametrize(
    ("document", "number"),
    programs(),
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


LINES = r"((?:(?!```)[^\n]*\n)*)"
QUOTED = re.compile(rf"^```python\n{LINES}```\n+```text\n{LINES}```", re.MULTILINE)
COMMAND = re.compile(rf"^```bash\ntidegate ([^\n]*)\n```\n[^`]*^```\n{LINES}```", re.MULTILINE)


def quotes(pattern: re.Pattern[str]) -> list[tuple[str, str, str]]:
    """Return what is run, what it prints, and in which language: each once, as the README shows some again."""
    found = {
        (run, printed): "zh" if ".zh" in page.name else "en"
        for page in DOCUMENTS
        for run, printed in pattern.findall(page.read_text("utf-8"))
    }
    return [(run, printed, language) for (run, printed), language in found.items()]


@pytest.mark.parametrize(("code", "printed", "language"), quotes(QUOTED))
def test_a_page_shows_what_its_program_prints_in_its_language(
    code: str, printed: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tidegate.utils.clear_session()
    with speaking(language):
        exec(code, {})
    assert printed in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "printed", "language"), quotes(COMMAND))
def test_a_page_shows_what_its_command_prints_in_its_language(
    arguments: str, printed: str, language: str, tmp_path: Path, monkeypatch, capsys
) -> None:
    pytest.importorskip("polars")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(PROJECT / "examples")
    with speaking(language):
        assert main([*shlex.split(arguments), "--no-plot"]) == 0

    def plain(text: str) -> str:
        """Return a text without numbers, whose last digits differ between instruction sets, and line breaks."""
        return " ".join(re.sub(r"[\d.]+", "#", text).split())

    said = plain(capsys.readouterr().out)
    assert not [line for line in printed.splitlines() if plain(line) not in said]


def test_there_are_quotes_in_both_languages() -> None:
    for pattern in (QUOTED, COMMAND):
        assert {language for *_, language in quotes(pattern)} == {"en", "zh"}


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert targets
    for document in DOCUMENTS:
        for code in blocks(document, "bash") + re.findall(
            r"`(make [^`]*)`", document.read_text(encoding="utf-8")
        ):
            for target in re.findall(r"^make ([a-z]+)", code, re.MULTILINE):
                assert target in targets, f"{document.name} says `make {target}`, and the Makefile has none"


PAIRS = [(PROJECT / "README.md", PROJECT / "README.zh-CN.md")] + [
    (page.with_name(page.name.replace(".zh.md", ".md")), page) for page in (PROJECT / "docs").rglob("*.zh.md")
]


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda page: page.stem)
def test_both_languages_show_the_same_programs_and_pictures(english: Path, chinese: Path) -> None:
    for language in ("python", "bash"):
        assert blocks(english, language) == blocks(chinese, language)
    assert PLACE.findall(english.read_text("utf-8")) == PLACE.findall(chinese.read_text("utf-8"))


def test_every_page_has_its_chinese() -> None:
    pages = [p for p in (PROJECT / "docs").glob("*.md") if not p.name.endswith(".zh.md")]
    assert [p.name for p in pages if not p.with_name(p.stem + ".zh.md").exists()] == []


def drawings() -> Any:
    """Return the module that draws the pictures of the documents."""
    spec = importlib.util.spec_from_file_location("doc_pictures", PROJECT / "docs" / "pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_of_a_page_is_drawn_in_both_languages() -> None:
    pytest.importorskip("polars")
    module = drawings()
    named = {name for page in DOCUMENTS for name in PLACE.findall(page.read_text("utf-8"))}
    assert named == set(module.PICTURES)
    for name in sorted(named):
        for language in ("en", "zh"):
            page = module.fill(f"<!-- picture: {name} -->", language)
            assert page.count("<svg ") == 1, name


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), (
                f"{document.name} links to {target}, which is not there"
            )
