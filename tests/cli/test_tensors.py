"""What stands in for TensorFlow around a script refuses what it cannot be."""

import pytest

from tidegate.cli.tensors import Session
from tidegate.errors import ArgumentError


def test_a_session_passes_over_an_initializer_and_refuses_a_graph() -> None:
    assert Session().run(None) is None
    with pytest.raises(ArgumentError, match=r"a graph of TensorFlow 1.*model.predict\(x\)"):
        Session().run("graph")
