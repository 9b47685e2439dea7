"""A step whose samples depend on each other, rewritten such that its batch may be cut all the same.

What is the sum or mean of numbers of all samples (batch normalization, a loss that a user's class reduces by itself) is
added up from what each shard has of it, by `all_reduce`: there the shards wait for each other. What follows is then the
same in every shard. What knows no such form stays as it is, and keeps its batch in one shard.
"""

from __future__ import annotations

from collections.abc import Sequence

from tidegate import ops
from tidegate.ops import Node, Value, ancestors

__all__ = ["alike", "decouple"]


def decouple(values: Sequence[Value]) -> tuple[list[Value], bool]:
    """Return values equal to these, on nodes that couple no samples where that can be had; and if some still do."""
    nodes = ancestors(values)
    if not any(map(_couples, nodes)):
        return list(values), False
    shares = [v for n in nodes if n.op is ops.batch_total for v in n.inputs if v is not None]
    early = {n.order for n in ancestors(shares)}  # runs before the rest: there shards cannot meet
    new: dict[int, Value] = {}
    coupled = False
    for node in nodes:
        inputs = [None if v is None else new.get(id(v), v) for v in node.inputs]
        if _couples(node):
            made = None if node.order in early else _over_shards(node, inputs)
            if made is not None:
                new[id(node.outputs[0])] = made
                continue
            coupled = True
        if any(a is not b for a, b in zip(inputs, node.inputs, strict=True)):
            new.update(node.on(inputs))
    return [new.get(id(v), v) for v in values], coupled


def alike(values: Sequence[Value]) -> set[int]:
    """Return, by id, what is the same in every shard: of these values and of those that they are made of."""
    found: set[int] = set()
    for node in ancestors(values):
        inputs = {id(v): v for v in node.inputs if v is not None}
        found.update(k for k, v in inputs.items() if v.kind == "parameter")
        summed = node.op in (ops.all_reduce, ops.batch_total)
        if summed or (not node.op.contextual and inputs.keys() <= found):
            found.update(map(id, node.outputs))
    return found


def _couples(node: Node) -> bool:
    return node.op.couples([None if v is None else v.spec for v in node.inputs], **node.attrs)


def _over_shards(node: Node, inputs: Sequence[Value | None]) -> Value | None:
    with Node.within(node.scope):
        made: Value | None
        if node.op is ops.couple:
            known = alike([v for v in inputs if v is not None])
            made = ops.once.record(*inputs) if id(inputs[0]) in known else None
        else:
            made = node.op.over_shards(*inputs, **node.attrs)
        return made
