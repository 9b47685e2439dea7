import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def airline() -> Path:
    return ROOT / "examples" / "airline-passengers.csv"


@pytest.fixture
def shared():
    """A function from the name of a larger data file to its path; skips the test where the file is absent."""
    folder = Path(os.environ.get("TIDEGATE_SHARED_DATA", ROOT.parent / "shared" / "data"))

    def find(name: str) -> Path:
        if not (folder / name).exists():
            pytest.skip(f"{name} is not here")
        return folder / name

    return find


@pytest.fixture
def csv(tmp_path):
    """A function that writes a file and returns its path."""

    def write(content: str | bytes, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
