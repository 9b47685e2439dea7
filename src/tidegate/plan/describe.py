"""A plan as text: the ops in their order, shapes, bytes, and which kernel runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate import kernels
from tidegate.language import say, width
from tidegate.ops import Node, Value
from tidegate.plan.native import NativeExecutor

if TYPE_CHECKING:
    from tidegate.plan.plan import Plan

__all__ = ["bytes_text", "describe"]


def bytes_text(n: float) -> str:
    """Return a number of bytes for a person.

    >>> bytes_text(512), bytes_text(2_500_000)
    ('512 B', '2.5 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if n < 1000 or unit == "GB":
            return f"{n:.0f} B" if unit == "B" else f"{n:.3g} {unit}"
        n /= 1000
    raise AssertionError


def describe(plan: Plan) -> str:
    """Return the plan as a table of its ops and a few lines on memory."""
    step, executor = plan.step, plan.executor
    runs = _who(executor.name)
    lines = [say("Plan to predict, run by {who}", who=runs), ""]
    if step.update:
        lines = [say("Plan to train, run by {who}", who=runs), ""]
    elif step.scalars:
        lines = [say("Plan to evaluate, run by {who}", who=runs), ""]
    rows = [("", say("op"), say("layer"), say("reads"), say("makes"))]
    for k, group in enumerate(step.groups):  # one number for what may run side by side
        for node in group:
            name = say("undo {op}", op=node.op.name) if node.undoes is not None else node.op.name
            rows.append((str(k), name, node.scope, _shapes(node, node.inputs), _shapes(node, node.outputs)))
    if step.update is not None:
        size = sum(p.array.size for p in step.parameters)
        gradients = say("{n} gradients", n=size)
        clip, place = step.update.clip, len(step.groups)
        if clip is not None:
            rows.append((str(place), f"{clip.kind} {clip.limit:g}", "", gradients, gradients))
            place += 1
        rows.append((str(place), step.update.op.name, "", gradients, say("{n} weights", n=size)))
    widths = [max(width(r[k]) for r in rows) for k in range(5)]
    for r in rows:
        cells = (text + " " * (w - width(text)) for text, w in zip(r, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    if len(step.groups) < len(step.body):
        lines += ["", say("ops of one number run side by side where a batch is one shard")]
    lines += ["", say("{n:,.0f} floating-point operations a sample", n=step.flops())]
    if isinstance(executor, NativeExecutor) and executor.capacity:
        sizes = {
            "arena": bytes_text(executor.arena_bytes),
            "whole": bytes_text(sum(b.size for _, b in executor.blocks)),
            "packed": bytes_text(executor.panel_bytes),
            "gradient": bytes_text(4 * step.offsets[-1]),
        }
        lines += [
            say(
                "shards of up to {n} samples; threads: {threads}",
                n=executor.capacity,
                threads=kernels.get_threads(),
            ),
            say(
                "of each shard: arena {arena} ({whole} without reuse), gradient {gradient}; "
                "of each thread: weights packed for the kernels {packed}",
                **sizes,
            )
            if len(step.stretches) > 1
            else say(
                "of each thread: arena {arena} ({whole} without reuse), weights packed for the kernels {packed}; "
                "gradient of a shard: {gradient}",
                **sizes,
            ),
        ]
    return "\n".join(lines)


def _who(name: str) -> str:
    if name == "reference":
        return say("the NumPy reference (no native kernels)")
    return say("native kernels for {isa}", isa=name)


def _shapes(node: Node, values: tuple[Value | None, ...]) -> str:
    shown = []
    for v in values:
        if v is not None and v.kind != "parameter" and v.shape != ():
            shown.append(f"({', '.join('B' if d is None else str(d) for d in v.shape)})")
        elif v is not None and v.shape == ():
            shown.append(say("scalar"))
    return " ".join(shown)
