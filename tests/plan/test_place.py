from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidegate.plan.place import LINE, Block, place

blocks = st.lists(
    st.builds(
        lambda size, first, length: Block(size, first, first + length),
        st.integers(1, 1000),
        st.integers(0, 30),
        st.integers(0, 9),
    ),
    max_size=40,
)


@given(blocks)
def test_blocks_that_live_together_lie_apart(given_blocks: list[Block]) -> None:
    total = place(given_blocks)
    for k, a in enumerate(given_blocks):
        assert a.offset % LINE == 0 and 0 <= a.offset and a.offset + a.size <= total
        for b in given_blocks[:k]:
            if a.first <= b.last and b.first <= a.last:
                assert a.offset + a.size <= b.offset or b.offset + b.size <= a.offset


def test_bytes_are_used_again() -> None:
    chain = [Block(1000, k, k + 1) for k in range(50)]
    assert place(chain) == 2 * 1024
