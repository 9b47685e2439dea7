"""The executor that replays a step in native code: places every array, then hands over a list of instructions."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tidegate import kernels, ops
from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops import Node, Spec, Value
from tidegate.ops.base import steps
from tidegate.plan.arguments import check, outside, readable
from tidegate.plan.parameters import ALIGN, Parameter
from tidegate.plan.place import Block, place
from tidegate.plan.states import State
from tidegate.plan.step import Step, Update, flops_of, specs_of, used

__all__ = ["NativeExecutor"]

Array = np.ndarray[Any, Any]
Ref = tuple[int, int]
NOWHERE, ARENA, ADDRESS, GRADIENT, PANEL, SCALAR, TOTAL = range(7)  # as in native/program.hpp
FORWARD, BACKWARD, PACK = range(3)
MOST_THREADS = 2**12 - 1  # as in native/threads.hpp


class NativeExecutor:
    """Runs a step with the kernels of one instruction set; one run at a time, further threads wait."""

    alive: ClassVar[weakref.WeakSet[NativeExecutor]] = weakref.WeakSet()

    def __init__(self, step: Step, isa: str) -> None:
        self.step, self.name = step, isa
        self.capacity = 0  # rows of a shard that the arena was placed for
        self.arena_bytes = self.panel_bytes = 0
        self.blocks: list[tuple[str, Block]] = []  # what was placed, for people to read
        self.program: Any = None
        self.arrays: list[
            Array
        ] = []  # parameters, states and slots that the program writes to: alive as long as it is
        self.writes = step.update is not None or step.assigns  # to parameters
        self.version = -1  # of the parameters when they were last seen in their place
        self.lock = threading.Lock()
        self.alive.add(self)

    @property
    def gradients(self) -> Array:
        """The gradient of the last batch, flat, each parameter at its offset."""
        found = np.zeros(self.step.offsets[-1], np.float32)
        with self.lock:
            if self.program is not None:
                self.program.gradients(found)
        return found

    @property
    def memory(self) -> int:
        """Bytes of arenas, panels and gradients."""
        program = self.program
        return int(program.bytes()) if program is not None else 0

    def release(self) -> None:
        """Give them back; the next run places every array anew."""
        with self.lock:
            self.program, self.capacity = None, 0

    def run(
        self,
        sources: Sequence[Array],
        rows: int,
        batch: int,
        shard: int,
        sums: Array,
        last: Array,
        order: Array | None = None,
        start: int = 0,
        stop: int | None = None,
        lr: float | Array = 0.0,
        iteration: int = 0,
        outputs: Sequence[Array] = (),
        seconds: float = np.inf,
    ) -> int:
        """Compute batches start..stop of `rows` samples; return the number of the first batch not done."""
        end = 2**62 if stop is None else stop
        threads = min(kernels.get_threads(), MOST_THREADS)
        given: list[Array] = list(sources)
        rates = lr.tolist() if isinstance(lr, np.ndarray) else [lr]
        rest = (sums, last, list(outputs), rates, iteration, seconds, threads)
        if shard < 1:
            check(self.step.inputs, self.step.outputs, given, rows, batch, start, order, outputs)
        with self.lock:
            if shard > self.capacity or (self.version != Parameter.version and self._moved()):
                self.prepare(max(shard, self.capacity))
            self.version = Parameter.version
            again = self.program.run
            try:
                done: int = again(given, rows, batch, shard, order, start, end, *rest, self.version)
            except (TypeError, ValueError):  # it may be a type or strides alone
                given = [readable(s) for s in sources]
                check(self.step.inputs, self.step.outputs, given, rows, batch, start, order, outputs)
                given = [np.ascontiguousarray(s) for s in given]
                done = again(given, rows, batch, shard, order, start, end, *rest, self.version)
            finally:
                if self.writes:
                    Parameter.touch()
            if done < 0:
                position, k = self.program.refusal
                place = position if order is None else int(order[position])
                raise outside(self.step.inputs[k], self.step.bounds[k], given[k], place)
        return done

    def _moved(self) -> bool:
        now = _arrays(self.step)
        return len(now) != len(self.arrays) or any(a is not b for a, b in zip(now, self.arrays, strict=True))

    def prepare(self, capacity: int) -> None:
        """Place every array for shards of up to so many rows, and write the instructions."""
        step, isa = self.step, self.name
        program = kernels.native.Program()
        arrays = _arrays(step)
        last = step.last_readers()
        computed = [n for n in step.body if n.op is not ops.all_reduce]
        numbers = {n.order: _numbers(n) for n in computed}
        sizes = {n.order: kernels.native.sizes(isa, _index(n), *numbers[n.order], capacity) for n in computed}
        position = {n.order: k for k, group in enumerate(step.groups) for n in group}
        undone = {n.undoes.order: position[n.order] for n in step.body if n.undoes is not None}

        at: dict[int, Ref] = {}  # of values, by id
        blocks: dict[tuple[str, int], Block] = {}  # of values, saved and scratch areas

        def arena(kind: str, key: int, size: int, first: int, until: int) -> None:
            if size:
                blocks[kind, key] = Block(size, first, until)

        for v in (*step.inputs, *(s.value for s in step.states)):
            arena("value", id(v), 4 * capacity * v.spec.row, -1, last.get(id(v), -1))
        scalars: list[Value] = []
        panels: dict[int, Ref] = {}
        self.panel_bytes = 0
        in_gradient = {id(v): offset for v, offset in zip(step.gradients, step.offsets, strict=False)}
        for node in step.body:
            k = position[node.order]  # of its group: what runs side by side shares no bytes
            for v in (made for made in node.outputs if made is not None):
                if id(v) in in_gradient:
                    at[id(v)] = (GRADIENT, 4 * in_gradient[id(v)])
                elif v.dtype == "float64":
                    at[id(v)] = (SCALAR, 8 * len(scalars))
                    scalars.append(v)
                else:
                    samples = capacity if v.shape[:1] == (None,) else 1
                    arena("value", id(v), 4 * v.spec.row * samples, k, last.get(id(v), k))
            saved, scratch, panel = sizes.get(node.order, (0, 0, 0))
            if node.undoes is None and node.order in undone:
                arena("saved", node.order, saved, k, undone[node.order])
            arena("scratch", node.order, scratch, k, k)
            if panel and node.undoes is None:
                if all(v is None or v.kind == "parameter" for v in _packed(node)):
                    panels[node.order] = (PANEL, self.panel_bytes)
                    self.panel_bytes += -(-panel // 64) * 64
                else:  # weights that the step computes are packed where they are needed, in each shard
                    panels[node.order] = (ARENA, 0)
                    arena("panels", node.order, panel, k, undone.get(node.order, k))
        for k, t in enumerate(step.totals):
            at[id(t.outputs[0])] = (TOTAL, 8 * k)
        program.arena_bytes = self.arena_bytes = place(list(blocks.values()))
        for (kind, key), block in blocks.items():
            if kind == "value":
                at[key] = (ARENA, block.offset)

        for order, where in panels.items():
            if where == (ARENA, 0):
                panels[order] = (ARENA, blocks["panels", order].offset)
        program.panel_bytes = self.panel_bytes

        def ref(v: Value | None) -> Ref:
            if v is None:
                return NOWHERE, 0
            return (ADDRESS, v.parameter.array.ctypes.data) if v.kind == "parameter" else at[id(v)]

        def area(kind: str, key: int) -> Ref:
            return (ARENA, blocks[kind, key].offset) if (kind, key) in blocks else (NOWHERE, 0)

        def pack(node: Node, phase: str) -> None:
            where = panels.get(node.order, (NOWHERE, 0))
            if node.undoes is None and (where[0] == ARENA or (where[0] == PANEL and phase == "body")):
                when = "pack" if where[0] == PANEL else phase
                weights = [*map(ref, _packed(node)), where]
                program.add(isa, when, _index(node), PACK, weights, *numbers[node.order])

        def compute(node: Node, phase: str) -> None:
            forward = node.undoes or node
            panel = panels.get(forward.order, (NOWHERE, 0))
            work = [area("saved", forward.order), area("scratch", node.order), panel]
            made = [ref(v) for v in node.outputs]
            direction = FORWARD if node.undoes is None else BACKWARD
            more = [*made, *work] if node.undoes is None else [*work, *made]
            refs = [*(ref(v) for v in used(node)), *more]
            program.add(isa, phase, _index(node), direction, refs, *numbers[node.order])
            values = [v for v in (*node.inputs, *node.outputs) if v is not None]
            if not node.op.contextual and not any(v.shape[:1] == (None,) for v in values):
                program.once(phase)

        def meet(group: Sequence[Node]) -> None:
            sums = [(used(node)[-1], node.outputs[0]) for node in group]
            program.meet([(ref(a)[1], ref(b)[1], b.spec.row) for a, b in sums if b is not None])

        for phase, found in (("prologue", [[n] for n in step.prologue]), ("body", step.groups)):
            for group in found:
                if group[0].op is ops.all_reduce:
                    meet(group)
                    continue
                for node in group:
                    pack(node, phase)
                for node in group:
                    compute(node, phase)
                if len(group) > 1:
                    program.together(len(group), sum(map(flops_of, group)))

        needed = {id(v) for n in step.prologue for v in used(n) if v is not None}
        for v in step.inputs:
            T = steps(v.spec)
            program.add_input(
                at.get(id(v), (ARENA, 0))[1], T, v.spec.row // T, v.dtype == "int32", id(v) in needed
            )
        for k, bound in enumerate(step.bounds):
            if bound is not None:
                program.set_bound(k, bound)
        for v in step.outputs:
            T = steps(v.spec)
            program.add_output(at[id(v)][1], T, v.spec.row // T)
        for s in step.states:
            program.add_state(at[id(s.value)][1], s.value.spec.row, s.array.ctypes.data, len(s.array))
        for target, v in step.writes:
            each = isinstance(target, State)
            rows = len(target.array) if each else 0
            program.add_write(at[id(v)][1], v.spec.row, each, target.array.ctypes.data, rows)
        for t in step.totals:
            share = t.inputs[0]
            assert share is not None
            program.add_total(at[id(share)][1] // 8, at[id(t.outputs[0])][1] // 8)
        program.scalars = [at[id(v)][1] // 8 for v in step.scalars]
        program.scalar_count, program.total_count, program.means = len(scalars), len(step.totals), step.means
        program.gradient_size, program.capacity = step.offsets[-1], capacity
        if step.update is not None:
            update = step.update
            for one in update.passes:
                slots = [s.ctypes.data for s in one.slots]
                program.add_pass(isa, one.op.name, slots, one.op.whole, one.always)
                for start, size, address, specs in _segments(step, one):
                    program.add_segment(address, start, size, one.op.numbers(specs, **one.attrs)[1])
            if update.accumulated is not None:
                program.set_accumulation(update.accumulated.ctypes.data, update.batches)
            if update.clip is not None:
                runs = [(at, q.array.size) for at, q in zip(step.offsets, step.parameters, strict=False)]
                program.set_clip(ops.CLIPS.index(update.clip.kind), update.clip.limit, runs)
        self.program, self.capacity, self.arrays = program, capacity, arrays
        self.blocks = [(kind, block) for (kind, _), block in blocks.items()]


def _after_fork() -> None:
    """Let a child forget what a thread that it does not have may have been at."""
    for executor in list(NativeExecutor.alive):
        if executor.lock.locked():
            executor.lock = threading.Lock()
            executor.program, executor.capacity = None, 0


os.register_at_fork(after_in_child=_after_fork)


def _arrays(step: Step) -> list[Array]:
    """Return the arrays whose addresses a program is given: parameters, states, and what the optimizer keeps."""
    found = {id(v): v for n in (*step.prologue, *step.body) for v in n.inputs if v is not None}
    parameters = [v.parameter for v in found.values() if v.kind == "parameter"]
    parameters += [target for target, _ in step.writes if isinstance(target, Parameter)]
    for p in (*parameters, *step.parameters):
        if (
            p.array.dtype != np.float32
            or not p.array.flags.c_contiguous
            or (p.array.shape or (1,)) != p.value.shape
        ):
            raise ShapeError(
                complaint(
                    say("weight '{name}'", name=p.name),
                    say("float32 in C order of shape {shape}", shape=p.value.shape),
                    say("{dtype} of shape {shape}", dtype=p.array.dtype, shape=p.array.shape),
                )
            )
    slots = step.update.arrays if step.update is not None else []
    return [p.array for p in (*parameters, *step.parameters, *step.states)] + list(slots)


def _segments(step: Step, update: Update) -> list[tuple[int, int, int, list[Spec]]]:
    """Return (start in the gradient, floats, address, specs) of each run that a pass takes at once.

    That is one parameter, or several that lie as their gradients do, whose shapes then tell the pass nothing.
    """
    runs: list[tuple[int, int, int, list[Spec]]] = []
    buffer: Any = None  # neighbours by chance are no run: what lies between them belongs to others
    for start, p in zip(step.offsets, step.parameters, strict=False):
        address = p.array.ctypes.data
        before, buffer = buffer, p.array.base if update.changes(p) else None
        if not update.changes(p):
            continue
        follows = (
            runs and start - sum(runs[-1][:2]) < ALIGN and address == runs[-1][2] + 4 * (start - runs[-1][0])
        )
        if follows and not update.op.whole and buffer is before is not None:
            runs[-1] = (runs[-1][0], start + p.array.size - runs[-1][0], runs[-1][2], [])
        else:
            runs.append((start, p.array.size, address, [p.value.spec]))
    return runs


def _packed(node: Node) -> list[Value | None]:
    """Return the inputs that the kernel wants in panels, None in place of the others."""
    names = node.op.packed(specs_of(node))
    return [v if name in names else None for v, name in zip(node.inputs, node.op.arguments, strict=True)]


def _index(node: Node) -> int:
    return int(kernels.native.find(node.op.name))


def _numbers(node: Node) -> tuple[list[int], list[float]]:
    forward = node.undoes or node
    n, f = forward.op.numbers(specs_of(forward), **forward.attrs)
    return [int(k) for k in n], [float(k) for k in f]
