"""Who may import whom, and what importing the package costs.

    kernels <- ops <- plan <- layers <- models <- toolkit <- cli        the importer on the right

`language`, `errors`, `shapes` and `writing` stand below all of it; `data` needs only them.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tidegate

ROOT = Path(tidegate.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# The public modules named as in Keras stand at the level of layers, and may import one another.
LAYERS = {
    "activations",
    "backend",
    "callbacks",
    "config",
    "mixed_precision",
    "constraints",
    "datasets",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "utils",
}
GROUND = {"errors", "shapes", "spelling", "language", "catalogue_zh", "writing", "arguments"}
BELOW_LAYERS = GROUND | {"kernels", "ops", "plan", "data"}

MAY_IMPORT = {
    "errors": {"errors", "language"},
    "shapes": GROUND,
    "language": GROUND,
    "catalogue_zh": GROUND,
    "spelling": GROUND,
    "arguments": {"errors", "language"},
    "writing": {"errors", "language"},
    "data": GROUND | {"data"},
    "kernels": GROUND | {"kernels"},
    "ops": GROUND | {"kernels", "ops"},
    "plan": GROUND | {"kernels", "ops", "plan"},
    **dict.fromkeys(LAYERS, BELOW_LAYERS | LAYERS),
    "models": BELOW_LAYERS | LAYERS | {"models"},
    "wrappers": BELOW_LAYERS | LAYERS | {"models", "wrappers"},
    "explaining": BELOW_LAYERS | LAYERS | {"models", "explaining"},
    "toolkit": BELOW_LAYERS | LAYERS | {"models", "explaining", "toolkit"},
    "cli": BELOW_LAYERS | LAYERS | {"models", "explaining", "toolkit", "cli"},
}

# Files that are about one library import it at their head, and are themselves imported where they are used.
OWN_LIBRARIES = {
    "cli": {"typer", "rich"},
    "toolkit/picture.py": {"matplotlib"},
    "wrappers/scikit_learn.py": {"sklearn"},
}


def part(path: Path) -> str:
    """Return the part of the house a file belongs to: its folder, or its own name."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def for_types_only(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def imports(node: ast.AST, path: Path, at_head: bool = False) -> Iterator[tuple[str, int]]:
    """Yield each module imported below a node, with its line; `at_head`: what loading the file imports."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((name.name, child.lineno) for name in child.names)
        elif isinstance(child, ast.ImportFrom):
            above = (
                ".".join(("tidegate", *path.relative_to(ROOT).parts[: -child.level])) if child.level else ""
            )
            module = ".".join(filter(None, (above, child.module)))
            if module == "tidegate":
                yield from ((f"tidegate.{name.name}", child.lineno) for name in child.names)
            else:
                yield module, child.lineno
        elif isinstance(child, ast.stmt) and for_types_only(child):
            continue
        elif not (at_head and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)):
            yield from imports(child, path, at_head)


def id_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [p for p in FILES if p.parent != ROOT or p.name != "__init__.py"], ids=id_of)
def test_no_import_against_the_arrow(path: Path) -> None:
    here = part(path)
    if here == "__main__":
        return
    assert here in MAY_IMPORT, f"{id_of(path)}: say in this test what {here!r} may import"
    for module, line in imports(ast.parse(path.read_text(encoding="utf-8")), path):
        if not module.startswith("tidegate.") or module == "tidegate.__version__":
            continue
        there = module.split(".")[1]
        assert there in MAY_IMPORT[here], f"{id_of(path)}:{line} imports {module}, against the arrow"


@pytest.mark.parametrize("path", FILES, ids=id_of)
def test_only_numpy_is_imported_at_the_head_of_a_file(path: Path) -> None:
    allowed = {"numpy", "tidegate", *sys.stdlib_module_names, *OWN_LIBRARIES.get(part(path), ())}
    allowed |= OWN_LIBRARIES.get(id_of(path), set())
    for module, line in imports(ast.parse(path.read_text(encoding="utf-8")), path, at_head=True):
        assert module.split(".")[0] in allowed, f"{id_of(path)}:{line} imports {module} when it is loaded"


def test_the_rule_sees_an_import_against_the_arrow() -> None:
    source = "from tidegate import models\nimport tidegate.plan\ndef f():\n    from . import base\n"
    found = [m for m, _ in imports(ast.parse(source), ROOT / "ops" / "lstm.py")]
    assert found == ["tidegate.models", "tidegate.plan", "tidegate.ops"]
    assert "models" not in MAY_IMPORT["ops"]


def test_type_checkers_are_told_every_public_name() -> None:
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if for_types_only(node))
    lines = [node for node in ast.walk(block) if isinstance(node, ast.ImportFrom)]
    told = [name.asname for line in lines for name in line.names]
    assert sorted(["__version__", *filter(None, told)]) == dir(tidegate)


def in_fresh_python(code: str) -> object:
    """Return what a program of its own prints as JSON."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


OWN = ("tidegate", "_editable", "_cython", "cython_runtime")  # the last two are left by NumPy 1
TOUCH_ALL = "[getattr(tidegate, n) for n in dir(tidegate)]"
HEAVY = {
    "asyncio",
    "concurrent",
    "doctest",
    "email",
    "http",
    "multiprocessing",
    "sqlite3",
    "ssl",
    "unittest",
    "xml",
}


@pytest.mark.parametrize("touch", ["", TOUCH_ALL], ids=["import", "every public name"])
def test_numpy_is_the_one_third_party_import(touch: str) -> None:
    code = (
        "import sys, json; before = set(sys.modules); import tidegate\n"
        f"{touch}\n"
        "print(json.dumps(sorted({n.split('.')[0] for n in set(sys.modules) - before})))"
    )
    loaded = in_fresh_python(code)
    assert isinstance(loaded, list)
    others = {n for n in loaded if n not in sys.stdlib_module_names and not n.startswith(OWN)}
    assert others <= {"numpy"}
    if touch:
        assert "numpy" in others


def test_nothing_heavy_comes_along() -> None:
    code = (
        "import sys, json, numpy; before = set(sys.modules); import tidegate\n"
        f"{TOUCH_ALL}\n"
        "print(json.dumps(sorted({n.split('.')[0] for n in set(sys.modules) - before})))"
    )
    loaded = in_fresh_python(code)
    assert isinstance(loaded, list)
    assert not HEAVY & set(loaded)
