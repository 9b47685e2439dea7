"""What the tests of several kinds of layers need."""

from collections.abc import Iterator

import pytest

from tidegate import kernels


@pytest.fixture(
    params=[k for k in kernels.instruction_sets() if k in ("avx512", "avx2", "neon", "reference")]
)
def isa(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run a test on each instruction set of the machine."""
    kernels.set_isa(request.param)
    yield request.param
    kernels.set_isa(None)
