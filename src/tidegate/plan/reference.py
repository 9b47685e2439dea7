"""The executor that is the definition: each node by its op's NumPy, shard by shard, in any float type."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tidegate.ops import Context, Node, Value
from tidegate.plan.arguments import MOST, check, outside, readable
from tidegate.plan.parameters import Parameter
from tidegate.plan.states import State
from tidegate.plan.step import Step, used

__all__ = ["ReferenceExecutor"]

Array = np.ndarray[Any, Any]


class ReferenceExecutor:
    """Runs a step with NumPy. Same calls, same order of sums, as the native executor."""

    name = "reference"
    memory = 0  # that is held from run to run

    def __init__(self, step: Step) -> None:
        self.step = step
        self.gradients = np.zeros(step.offsets[-1], np.float32)  # of the last batch

    def release(self) -> None:
        """Do nothing: there is none."""

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
        sources = [readable(s) for s in sources]
        check(self.step.inputs, self.step.outputs, sources, rows, batch, start, order, outputs)
        until = time.monotonic() + seconds
        rates = np.atleast_1d(lr)
        batches = -(-rows // batch)
        done = start
        for k in range(start, min(batches, batches if stop is None else stop)):
            first, n = k * batch, min(batch, rows - k * batch)
            places = np.arange(first, first + n) if order is None else order[first : first + n]
            fine = np.isfinite(sums[: self.step.means]).all()
            rate = rates[min(k - start, len(rates) - 1)]
            self._batch(sources, places, first, shard, sums, last, rate, iteration + k - start, outputs)
            done = k + 1
            lost = fine and not np.isfinite(last[: self.step.means]).all()
            if lost or time.monotonic() > until:
                break
        return done

    def _batch(
        self,
        sources: Sequence[Array],
        places: Array,
        first: int,
        shard: int,
        sums: Array,
        last: Array,
        lr: float,
        iteration: int,
        outputs: Sequence[Array],
    ) -> None:
        step, n = self.step, len(places)
        cuts = [(a, min(a + shard, n)) for a in range(0, n, shard)]
        last[:] = 0
        self.gradients[:] = 0
        writes = [(target, np.empty_like(target.array)) for target, _ in step.writes]
        shards = [(self._take(sources, places[a:b]), Context(iteration, a, b - a)) for a, b in cuts]
        for (a, b), (env, _) in zip(cuts, self.compute(shards), strict=True):
            for (target, new), (_, v) in zip(writes, step.writes, strict=True):
                new[slice(a, b) if isinstance(target, State) else ...] = env[id(v)]
            for k, v in enumerate(step.scalars):
                last[k] += env[id(v)]
            for target, v in zip(outputs, step.outputs, strict=False):
                target[first + a : first + b] = env[id(v)]
            for start, p, v in zip(step.offsets, step.parameters, step.gradients, strict=False):
                self.gradients[start : start + p.array.size] += np.ravel(env[id(v)])
        for target, new in writes:
            target.array[...] = new
        if step.assigns:
            Parameter.touch()
        for k in range(len(step.scalars)):
            sums[k] += last[k] * (n if k < step.means else 1)
        if step.update is not None:
            update = step.update
            runs = zip(step.offsets, step.parameters, strict=False)
            due = (iteration + 1) % update.batches == 0
            if update.accumulated is not None:
                self.gradients += update.accumulated
                update.accumulated[:] = 0 if due else self.gradients
                self.gradients /= update.batches if due else 1
            if update.clip is not None and due:
                update.clip.apply([self.gradients[start : start + p.array.size] for start, p in runs])
            for one in (u for u in update.passes if due or u.always):
                for start, p in zip(step.offsets, step.parameters, strict=False):
                    if not one.changes(p):
                        continue
                    at = slice(start, start + p.array.size)
                    g, *slots = (s[at].reshape(p.shape) for s in (self.gradients, *one.slots))
                    steps = iteration // update.batches
                    one.op.update(p.array, g, *slots, lr=lr, iteration=steps, **one.attrs)

    def compute(
        self, shards: Sequence[tuple[dict[int, Any], Context]]
    ) -> Iterator[tuple[dict[int, Any], dict[int, Any]]]:
        """Compute a batch from the values of its inputs, by id, in any float type.

        Gives for each shard all values by id, and by a node's order what its op keeps for its backward.
        """
        step = self.step
        totals = dict.fromkeys((id(t.outputs[0]) for t in step.totals), 0.0)
        for given, context in shards if totals else ():
            env = self._evaluate(step.prologue, dict(given), context, {})
            for t in step.totals:
                totals[id(t.outputs[0])] += float(env[id(t.inputs[0])])
        found: list[Any] = [({**given, **totals}, context, {}) for given, context in shards]
        for nodes, sums in step.stretches:
            for env, context, saved in found:
                self._evaluate(nodes, env, context, saved)
                if not sums:
                    yield env, saved
            for node in sums:
                share, y = used(node)[-1], node.outputs[0]
                whole = functools.reduce(np.add, [env[id(share)] for env, _, _ in found])
                for env, _, _ in found:
                    env[id(y)] = whole

    def _take(self, sources: Sequence[Array], places: Array) -> dict[int, Any]:
        found: dict[int, Any] = {}
        for v, bound, s in zip(self.step.inputs, self.step.bounds, sources, strict=True):
            low, high = (0, bound) if bound is not None else (-MOST, MOST)
            for place in places:
                if not 0 <= place < len(s) or (
                    v.dtype == "int32" and not ((s[place] > low - 1) & (s[place] < high)).all()
                ):
                    raise outside(v, bound, s, int(place))
            found[id(v)] = np.asarray(s[places]).reshape(len(places), *v.shape[1:]).astype(v.dtype)
        return found

    def inside(self, sources: Sequence[Array]) -> dict[int, Any]:
        """Compute all samples as one shard, and return by a node's order what its op keeps for its backward."""
        rows = len(sources[0])
        given = self._take([readable(s) for s in sources], np.arange(rows))
        ((_, saved),) = self.compute([(given, Context(0, 0, rows))])
        return saved

    def _evaluate(
        self,
        nodes: Sequence[Node],
        env: dict[int, Any],
        context: Context,
        saved: dict[int, Any],
    ) -> dict[int, Any]:
        def look(v: Value | None) -> Any:
            if v is None:
                return None
            if v.kind == "state":
                return v.parameter.array[context.row : context.row + context.rows]
            return v.parameter.array if v.kind == "parameter" else env[id(v)]

        for node in nodes:
            attrs = {**node.attrs, "context": context} if node.op.contextual else node.attrs
            if node.undoes is None:
                y, saved[node.order] = node.op.forward(*map(look, used(node)), **attrs)
                env.update(zip(map(id, node.outputs), y if len(node.outputs) > 1 else (y,), strict=True))
            else:
                many = len(node.undoes.outputs)
                read = tuple(map(look, used(node)))
                inputs, ys, dys = read[: -2 * many], read[-2 * many : -many], read[-many:]
                y, dy = (ys, dys) if many > 1 else (ys[0], 1.0 if node.inputs[-1] is None else dys[0])
                back = node.op.backward(inputs, y, saved.get(node.undoes.order), dy, **attrs)
                for v, d in zip(node.outputs, back, strict=True):
                    if v is not None:
                        env[id(v)] = d
        return env
