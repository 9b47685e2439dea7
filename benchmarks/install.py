"""Install what the race needs: each requirement of the extra `bench` by itself, and go on without one that fails.

PyTorch as it comes from PyPI brings the libraries of CUDA on Linux, gigabytes that are of no use here. pip's own
PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu makes it find the build for processors.
"""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path


def main() -> None:
    """Install each requirement that is not there."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
    for requirement in project["project"]["optional-dependencies"]["bench"]:
        name = re.split(r"[<>=~! ]", requirement)[0]
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            print(f"installing {requirement}", flush=True)
            pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", requirement]
            if subprocess.run(pip).returncode:
                print(f"{name} could not be installed: the race goes on without it", flush=True)


if __name__ == "__main__":
    main()
