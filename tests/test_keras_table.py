"""docs/keras.md says what the code says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MAKE = Path(__file__).parents[1] / "docs" / "make_keras_table.py"


def test_the_table_of_keras_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(MAKE), "--check"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
