"""Placeholder while the native runtime is being written."""
from typing import Any


class NativeExecutor:
    name = "native"

    def __init__(self, step: Any, isa: str) -> None:
        raise RuntimeError("unreachable without the native module")
