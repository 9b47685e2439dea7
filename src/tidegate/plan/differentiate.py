"""From the nodes of a scalar to the nodes of its gradient, op by op."""

from __future__ import annotations

from collections.abc import Sequence

from tidegate import ops
from tidegate.errors import TidegateError, complaint
from tidegate.ops import Node, Spec, Value, ancestors

__all__ = ["differentiate"]


def differentiate(scalars: Sequence[Value], wanted: Sequence[Value]) -> list[Value | None]:
    """Return, for each wanted value, the value of d(sum of scalars)/d(wanted), or None where none reaches it.

    Each node that lies between gets one backward node; a value with several readers gets the sum of what they send.
    """
    nodes = ancestors(scalars)
    depends = set(map(id, wanted))  # values that a wanted one reaches
    for node in nodes:
        reached = [
            name
            for name, v in zip(_names(node), node.inputs, strict=True)
            if v is not None and id(v) in depends
        ]
        if not reached or node.op.flat:
            continue
        lost = [] if node.op.slopes is None else [name for name in reached if name not in node.op.slopes]
        if lost:
            raise TidegateError(
                complaint(
                    f"the gradient of {node.op.name}",
                    f"that {lost[0]} does not depend on weights",
                    "one that does",
                    "give it as an input, or compute it by an op that has a gradient for it",
                )
            )
        depends.update(id(v) for v in node.outputs)

    seeds = set(map(id, scalars))
    sent: dict[int, Value] = {}  # gradient of a value, as far as its readers have been visited
    for node in reversed(nodes):
        (y,) = node.outputs  # ops have one output
        assert y is not None
        assert not (id(y) in seeds and id(y) in sent), "a scalar that is minimised is not part of another one"
        if id(y) not in depends or (id(y) not in sent and id(y) not in seeds):
            continue
        dy = sent.get(id(y))  # None stands for 1, the seed
        back = Node(node.op, (*node.inputs, y, dy), node.attrs, undoes=node)
        back.outputs = tuple(
            Value(Spec(v.shape, v.dtype), label=f"d {v.label}", node=back)
            if v is not None and id(v) in depends
            else None
            for v in node.inputs
        )
        for v, dv in zip(node.inputs, back.outputs, strict=True):
            if v is not None and dv is not None:
                sent[id(v)] = ops.add(sent[id(v)], dv) if id(v) in sent else dv
    return [sent.get(id(v)) for v in wanted]


def _names(node: Node) -> tuple[str, ...]:
    return node.op.arguments or tuple(map(str, range(len(node.inputs))))
