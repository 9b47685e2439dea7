"""docs/ops.md lists what `tidegate.ops` holds for users in both languages, all of it and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tidegate import ops
from tidegate.ops import formulas, functions, further, ordering, places, products, segments
from tidegate.ops.binary import BINARY
from tidegate.ops.elementwise import ELEMENTWISE

DOCUMENTS = [Path(__file__).parents[2] / "docs" / name for name in ("ops.md", "ops.zh.md")]
AXES = {
    "argmax",
    "argmin",
    "cumsum",
    "log_softmax",
    "matmul",
    "max",
    "mean",
    "min",
    "softmax",
    "sum",
    "take_along_axis",
}
PLACES = {"broadcast_to", "cast", "concatenate", "pad", "reshape", "transpose", "where"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_every_function_is_listed(document: Path) -> None:
    table = re.findall(r"^\|[^|]+\|([^|]+)\|$", document.read_text(encoding="utf-8"), re.MULTILINE)
    listed = re.findall(r"`(\w+)`", " ".join(table))
    assert len(listed) == len(set(listed))
    modules = (functions, formulas, further, ordering, places, products, segments)
    assert set(listed) == {n for m in modules for n in m.__all__} | {*BINARY, *ELEMENTWISE, *AXES, *PLACES}
    assert all(callable(getattr(ops, name)) for name in listed)
