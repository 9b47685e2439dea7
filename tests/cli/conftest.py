"""What a command does to the process ends with a test: the names of Keras that it serves to a script."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def modules_as_before() -> Iterator[None]:
    finders, modules = list(sys.meta_path), set(sys.modules)
    yield
    sys.meta_path[:] = finders
    for name in set(sys.modules) - modules:
        if name.partition(".")[0] in ("keras", "tensorflow", "tf_keras"):
            del sys.modules[name]
