"""What one step computes: the recorded nodes in two passes, before anything is placed or run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidegate import ops
from tidegate.ops import Clip, Node, Spec, UpdateOp, Value, ancestors
from tidegate.plan.arguments import bounds
from tidegate.plan.decouple import alike, decouple
from tidegate.plan.differentiate import differentiate
from tidegate.plan.fold import fold
from tidegate.plan.groups import groups
from tidegate.plan.parameters import Parameter, aligned, offsets
from tidegate.plan.states import State, written

__all__ = ["Step", "Update", "flops_of", "specs_of", "used"]


@dataclass
class Update:
    """What happens to the parameters after a batch: a pass over them, and passes before and after it.

    Attributes
    ----------
    op, attrs : of the pass
    slots : its own flat arrays, laid out as the gradients are
    clip : how gradients are clipped before
    before, after : further passes (weight decay; averages and constraints)
    only : the parameters it changes, None for all
    always : whether it is also made after a batch whose gradient is only added up
    batches : how many batches give the gradient of one step, their mean
    accumulated : their sum so far, where they are several
    """

    op: UpdateOp
    attrs: dict[str, float]
    slots: list[np.ndarray[Any, Any]] = field(default_factory=list)
    clip: Clip | None = None
    before: list[Update] = field(default_factory=list)
    after: list[Update] = field(default_factory=list)
    only: Sequence[Parameter] | None = None
    always: bool = False
    batches: int = 1
    accumulated: np.ndarray[Any, Any] | None = None

    @property
    def passes(self) -> list[Update]:
        """All passes in their order."""
        return [*self.before, self, *self.after]

    @property
    def arrays(self) -> list[np.ndarray[Any, Any]]:
        """The arrays of all passes."""
        more = [] if self.accumulated is None else [self.accumulated]
        return [s for one in self.passes for s in one.slots] + more

    def allocate(self, size: int) -> None:
        """Make the arrays when they are missing; a resumed optimizer keeps its own."""
        for one in self.passes:
            starts = one.op.states(**one.attrs)
            if len(one.slots) != len(starts) or any(s.size != size for s in one.slots):
                one.slots = [aligned(size) for _ in starts]
                for slot, start in zip(one.slots, starts, strict=True):
                    slot[:] = start
        if self.batches > 1 and (self.accumulated is None or self.accumulated.size != size):
            self.accumulated = aligned(size)

    def changes(self, parameter: Parameter) -> bool:
        """Return whether this pass is over that parameter."""
        return self.only is None or any(p is parameter for p in self.only)


class Step:
    """One recorded step over a shard of a batch.

    Parameters
    ----------
    inputs : values filled from the sources of a run, in this order
    outputs : values handed out, one row for each sample
    scalars : shares of a batch that are summed over the shards and reported
    means : how many of the first scalars are means over their batch (a loss); the rest are sums
    minimise : scalars whose sum is differentiated; empty without training
    parameters : what the gradient is taken of
    update : the optimizer, None without training
    wanted : inputs whose gradients are handed out as further outputs. One call of `differentiate` serves all: a kernel
        may undo a node only once, since it writes the gradient over what the node saved.
    """

    def __init__(
        self,
        inputs: Sequence[Value],
        outputs: Sequence[Value] = (),
        scalars: Sequence[Value] = (),
        means: int = 0,
        minimise: Sequence[Value] = (),
        parameters: Sequence[Parameter] = (),
        update: Update | None = None,
        wanted: Sequence[Value] = (),
    ) -> None:
        targets = written([*outputs, *scalars, *minimise])
        found, coupled = decouple(fold([*(v for _, v in targets), *outputs, *scalars, *minimise]))
        self.writes = [(target, v) for (target, _), v in zip(targets, found, strict=False)]
        weights = [v for target, v in self.writes if isinstance(target, Parameter)]
        own = {id(v) for v in weights} - alike(weights)  # of a shard
        self.coupled = coupled or bool(own)  # whether its batch is one shard
        # Whether what becomes of a sample depends on the others of its batch.
        self.joined = coupled or any(n.op is ops.all_reduce for n in ancestors(found))
        found = found[len(targets) :]
        outputs, found = found[: len(outputs)], found[len(outputs) :]
        scalars, minimise = found[: len(scalars)], found[len(scalars) :]
        self.inputs, self.outputs, self.scalars, self.means = (
            list(inputs),
            list(outputs),
            list(scalars),
            means,
        )
        self.update = update
        slopes = differentiate(minimise, [*(p.value for p in parameters), *wanted]) if minimise else []
        self.outputs += [g for g in slopes[len(parameters) :] if g is not None]
        starts = offsets(parameters)  # of all, so that an optimizer's arrays fit whatever a loss reaches
        reached = [(p, g, at) for p, g, at in zip(parameters, slopes, starts, strict=False) if g is not None]
        self.parameters = [p for p, _, _ in reached]
        self.gradients = [g for _, g, _ in reached]
        self.offsets = [*(at for _, _, at in reached), starts[-1] if reached else 0]
        if update is not None:
            update.allocate(self.offsets[-1])

        body = ancestors(self._results())
        self.totals = [n for n in body if n.op is ops.batch_total]
        self.groups = groups([n for n in body if n.op is not ops.batch_total])
        self.body = [n for group in self.groups for n in group]
        self.prologue = [
            n
            for n in ancestors([v for n in self.totals for v in n.inputs if v is not None])
            if n.op is not ops.batch_total
        ]  # before any total is known
        self.bounds = bounds(self.inputs, self.outputs, [*self.prologue, *self.body])

        read = {id(v): v for n in (*self.prologue, *self.body) for v in n.inputs if v is not None}
        kept = [v.parameter for v in read.values() if v.kind == "state"]
        kept += [target for target, _ in self.writes if isinstance(target, State)]
        self.states: list[State] = list({id(s): s for s in kept}.values())

    def _results(self) -> list[Value]:
        """Return what has to be there at the end."""
        return [*self.outputs, *self.scalars, *self.gradients, *(v for _, v in self.writes)]

    @property
    def training(self) -> bool:
        return bool(self.gradients)

    @property
    def stretches(self) -> list[tuple[list[Node], list[Node]]]:
        """What shards run without looking at each other, and what is then summed over them: nothing behind the last."""
        found: list[tuple[list[Node], list[Node]]] = [([], [])]
        for group in self.groups:
            if group[0].op is ops.all_reduce:
                found[-1][1].extend(group)
                found.append(([], []))
            else:
                found[-1][0].extend(group)
        return found

    @property
    def assigns(self) -> bool:
        """Whether weights are written, apart from what the optimizer does."""
        return any(isinstance(target, Parameter) for target, _ in self.writes)

    def flops(self) -> float:
        """Return the floating-point operations of one sample, multiplications and additions counted."""
        return sum(map(flops_of, self.body))

    def held(self) -> int:
        """Return the bytes of one sample that lie there from forward to backward, or nearly."""
        forward = [n for n in self.body if n.undoes is None]
        outputs = sum(v.spec.row for n in forward for v in n.outputs if v is not None)
        return 4 * (outputs + sum(n.op.held(specs_of(n), **n.attrs) for n in forward))

    def last_readers(self) -> dict[int, int]:
        """Return for each value (by id) the position of the last group with a node that reads it."""
        last: dict[int, int] = {}
        for k, group in enumerate(self.groups):
            for v in (v for node in group for v in used(node) if v is not None):
                last[id(v)] = k
        for v in self._results():
            last[id(v)] = len(self.groups)
        return last


def flops_of(node: Node) -> float:
    """Return the floating-point operations of one sample in a node."""
    if node.undoes is None:
        return node.op.flops(specs_of(node), **node.attrs)
    wanted = [v is not None for v in node.outputs]
    return node.op.backward_flops(specs_of(node.undoes), wanted, **node.attrs)


def specs_of(node: Node) -> list[Spec | None]:
    """Return the specs of a node's inputs."""
    return [None if v is None else v.spec for v in node.inputs]


def used(node: Node) -> list[Value | None]:
    """Return the values that a node reads, None in place of those that its op does not look at."""
    if node.undoes is None:
        return list(node.inputs)
    many, reads = len(node.undoes.outputs), node.op.reads
    inputs, made, slopes = node.inputs[: -2 * many], node.inputs[-2 * many : -many], node.inputs[-many:]
    kept = [v if name in reads else None for v, name in zip(inputs, node.op.arguments, strict=False)]
    return [*kept, *(v if "outputs" in reads else None for v in made), *slopes]
