"""docs/ops.md lists what `tidegate.ops` holds for users, all of it and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from tidegate import ops
from tidegate.ops import functions
from tidegate.ops.binary import BINARY
from tidegate.ops.elementwise import ELEMENTWISE

DOCUMENT = Path(__file__).parents[2] / "docs" / "ops.md"
AXES = {"argmax", "argmin", "cumsum", "log_softmax", "matmul", "max", "mean", "min", "softmax", "sum"}
PLACES = {"broadcast_to", "cast", "concatenate", "pad", "reshape", "transpose", "where"}


def test_every_function_is_listed() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").split("## All of them")[1]
    listed = re.findall(r"`(\w+)`", table[table.index("| of numbers") :])
    assert len(listed) == len(set(listed))
    assert set(listed) == {*functions.__all__, *BINARY, *ELEMENTWISE, *AXES, *PLACES}
    assert all(callable(getattr(ops, name)) for name in listed)
