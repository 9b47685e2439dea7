"""A step with fewer operations that computes the same: what is rewritten before the gradient is taken.

An embedding that feeds a recurrent layer is folded into the layer's kernel: with E (V, D) the table and W (D, gates U)
the kernel, E[codes] W = (E W)[codes]. The product is then made once for each of the V rows instead of once for each
step of each sample, and its gradient likewise.
"""

from __future__ import annotations

from collections.abc import Sequence

from tidegate import ops
from tidegate.ops import Node, Op, Value, ancestors

__all__ = ["fold"]

RECURRENT: tuple[Op, ...] = (ops.lstm, ops.gru, ops.gru_before, ops.simple_rnn)
DROP_X = ops.lstm.arguments.index("drop_x")  # what is dropped of an embedding differs from sample to sample
ROWS_PER_STEP = 8  # a table of up to so many rows for each step of a sample is worth folding


def fold(values: Sequence[Value]) -> list[Value]:
    """Return values equal to these, on rewritten nodes where that saves work; the others stay as they are."""
    nodes = ancestors(values)
    kept = {id(v) for v in values}  # read by what cannot look codes up
    for node in nodes:
        looks_up = node.op in RECURRENT and node.inputs[DROP_X] is None
        kept.update(id(v) for k, v in enumerate(node.inputs) if v is not None and not (looks_up and k == 0))
    new: dict[int, Value] = {}
    for node in nodes:
        inputs = [None if v is None else new.get(id(v), v) for v in node.inputs]
        source = inputs[0].node if inputs and inputs[0] is not None else None
        if node.op in RECURRENT and source is not None and id(node.inputs[0]) not in kept and _worth(source):
            codes, table = source.inputs
            product = ops.dense.record(table, inputs[1], None)
            product.node.scope = node.scope
            inputs[:2] = [codes, product]
        elif all(a is b for a, b in zip(inputs, node.inputs, strict=True)):
            continue
        new.update(node.on(inputs))
    return [new.get(id(v), v) for v in values]


def _worth(source: Node) -> bool:
    if source.op is not ops.embedding:
        return False
    codes, table = source.inputs
    assert codes is not None and table is not None
    rows, steps = table.shape[0], codes.shape[1] if len(codes.shape) == 2 else None
    return rows is not None and steps is not None and rows <= ROWS_PER_STEP * steps
