"""From the nodes of a scalar to the nodes of its gradient, op by op."""

from __future__ import annotations

from collections.abc import Sequence

from tidegate import ops
from tidegate.errors import TidegateError, complaint
from tidegate.language import say
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
                    say("the gradient of {name}", name=node.op.name),
                    say("that {name} does not depend on weights", name=lost[0]),
                    say("one that does"),
                    say("give it as an input, or compute it by an op that has a gradient for it"),
                )
            )
        depends.update(id(v) for v in node.outputs)

    seeds = set(map(id, scalars))
    sent: dict[int, Value] = {}  # gradient of a value, as far as its readers have been visited
    for node in reversed(nodes):
        assert not any(id(y) in seeds and (id(y) in sent or len(node.outputs) > 1) for y in node.outputs), (
            "a scalar that is minimised is the one output of its op, and not part of another one"
        )
        if not any(id(y) in depends and (id(y) in sent or id(y) in seeds) for y in node.outputs):
            continue
        dys = [sent.get(id(y)) for y in node.outputs]  # None stands for 1 at a seed, for 0 elsewhere
        back = Node(node.op, (*node.inputs, *node.outputs, *dys), node.attrs, undoes=node)
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
