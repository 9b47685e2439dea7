"""Where each array of a step lies in one arena: those that never live at the same time share bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["LINE", "Block", "place"]

LINE = 64  # bytes: blocks start on a cache line


@dataclass
class Block:
    """Bytes needed from position `first` to position `last` of the program, both included."""

    size: int
    first: int
    last: int
    offset: int = -1


def place(blocks: Sequence[Block]) -> int:
    """Give each block its offset, and return the bytes of the whole.

    The largest is placed first, each as low as the blocks that live at the same time allow.

    >>> a, b, c = Block(64, 0, 1), Block(64, 1, 2), Block(64, 2, 3)
    >>> place([a, b, c]), a.offset == c.offset
    (128, True)
    """
    placed: list[Block] = []
    for block in sorted(blocks, key=lambda b: (-b.size, b.first)):
        block.offset = 0
        for other in sorted(
            (o for o in placed if o.first <= block.last and block.first <= o.last), key=lambda o: o.offset
        ):
            if other.offset >= block.offset + block.size:
                break
            block.offset = max(block.offset, -(-(other.offset + other.size) // LINE) * LINE)
        placed.append(block)
    return max((-(-(b.offset + b.size) // LINE) * LINE for b in placed), default=0)
