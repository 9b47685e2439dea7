"""The order in which a shard runs its nodes: what may run at the same time, and where all shards meet.

A batch of one shard leaves threads idle. The two directions of a `Bidirectional` layer, or two towers of a model, fill
two of them, forward and backward, and compute the same bits as one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from tidegate import ops
from tidegate.ops import Node
from tidegate.ops.recurrent import RecurrentOp

__all__ = ["groups"]


def groups(nodes: Sequence[Node]) -> list[list[Node]]:
    """Return the nodes in groups to be run one after the other; the nodes of one group may run side by side.

    What is summed over the shards at one time is a group as well: they meet as seldom as can be.
    """
    met: dict[int, int] = {}  # how often they have met before a node's result is there
    parts: dict[tuple[int, bool], list[Node]] = {}
    for node in nodes:
        times = max((met.get(order, 0) for order in _needs(node)), default=0)
        meets = node.op is ops.all_reduce
        met[node.order] = times + meets
        parts.setdefault((times, meets), []).append(node)
    return [
        group for key in sorted(parts) for group in ([parts[key]] if key[1] else _side_by_side(parts[key]))
    ]


def _side_by_side(nodes: Sequence[Node]) -> list[list[Node]]:
    """Return groups of recurrent nodes, each other node by itself: these are too short to be worth a thread.

    What a later member needs moves in front of its group.
    """
    found: list[list[Node]] = []
    rest = list(nodes)
    while rest:
        group = [rest.pop(0)]
        if isinstance(group[0].op, RecurrentOp):
            after, free = {group[0].order}, []  # what needs the group, and what does not, of the nodes seen
            for node in rest:
                if _needs(node) & after:
                    after.add(node.order)
                elif isinstance(node.op, RecurrentOp):
                    group.append(node)
                    after.add(node.order)
                else:
                    free.append(node)
            ahead: set[int] = set().union(*map(_needs, group))
            for node in reversed(free):
                if node.order in ahead:
                    ahead |= _needs(node)
            found += [[node] for node in free if node.order in ahead]
            gone = ahead | {node.order for node in group}
            rest = [node for node in rest if node.order not in gone]
        found.append(group)
    return found


def _needs(node: Node) -> set[int]:
    """Return the nodes, by order, that have to run before this one."""
    before = {v.node.order for v in node.inputs if v is not None and v.node is not None}
    return before if node.undoes is None else before | {node.undoes.order}
