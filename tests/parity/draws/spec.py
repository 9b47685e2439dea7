"""What a drawing is made of.

A *spec* is a pair of a name and arguments, `("layers.LSTM", {"units": 3})`; `made` turns it into an object. A *graph*
is a list of nodes (spec, the nodes it is called on, what else it is called with); a node that returns a list is
referred to by (node, position). The spec `("again", {"of": 3})` calls the layer of node 3 once more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from random import Random
from typing import Any

Spec = tuple[str, dict[str, Any]]
Node = tuple[Spec, Any, dict[str, Any]]
CODES = 7
PADDING = -1.0

ACTIVATIONS = [
    *("tanh", "sigmoid", "softsign", "elu", "relu", "softplus", "silu", "gelu", "hard_sigmoid", "linear"),
    *("selu", "mish", "hard_silu", "hard_tanh", "leaky_relu", "relu6", "celu", "tanh_shrink", "squareplus"),
    *("log_sigmoid", "sparse_sigmoid", "sparse_plus"),
]
REGULARIZERS = [
    "l1",
    "l2",
    ("regularizers.L1", {"l1": 0.01}),
    ("regularizers.L2", {"l2": 0.02}),
    ("regularizers.L1L2", {"l1": 0.01, "l2": 0.01}),
]
CONSTRAINTS = [
    "non_neg",
    "unit_norm",
    ("constraints.MaxNorm", {"max_value": 0.8}),
    ("constraints.MinMaxNorm", {"min_value": 0.4, "max_value": 0.9, "rate": 0.7}),
]


def made(k: Any, value: Any) -> Any:
    """Return what a spec, or a list of them, stands for in the package k; anything else as it is."""
    if isinstance(value, list):
        return [made(k, each) for each in value]
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], dict):
        name, arguments = value
        return reduce(getattr, name.split("."), k)(**{key: made(k, each) for key, each in arguments.items()})
    return value


def of(name: str, **arguments: Any) -> Spec:
    return name, arguments


def chance(draw: Random, of: int) -> bool:
    """One time in so many."""
    return draw.randint(1, of) == of


def some(draw: Random, every: int, **choices: list[Any]) -> dict[str, Any]:
    """Draw each argument with a chance of one in `every`, from its choices."""
    return {name: draw.choice(values) for name, values in choices.items() if chance(draw, every)}


def held(draw: Random, *weights: str, every: int = 12) -> dict[str, Any]:
    """Draw penalties and constraints of weights."""
    return some(draw, every, **{f"{w}_regularizer": REGULARIZERS for w in weights}) | some(
        draw, every, **{f"{w}_constraint": CONSTRAINTS for w in weights}
    )


@dataclass(frozen=True)
class Flow:
    """What flows between layers: where it comes from, its number of steps (None: no sequence) and its width."""

    source: Any
    steps: int | None
    width: int


@dataclass
class Graph:
    draw: Random
    nodes: list[Node] = field(default_factory=list)
    padded: list[int] = field(default_factory=list)  # inputs with steps that do not count
    stateful: bool = False
    masked: bool = False

    def add(self, name: str, arguments: dict[str, Any], on: Any, **more: Any) -> int:
        self.nodes.append(((f"layers.{name}", arguments), on, more))
        return len(self.nodes) - 1

    def again(self, node: int, on: Any) -> int:
        self.nodes.append((("again", {"of": node}), on, {}))
        return len(self.nodes) - 1

    def has(self, *names: str) -> bool:
        return any(spec[0].removeprefix("layers.") in names for spec, *_ in self.nodes)

    def has_mask(self, x: Flow) -> bool:
        """Whether this is an input with steps that do not count, as `entry` gave it."""
        return isinstance(x.source, int) and self.nodes[x.source][1] in self.padded

    def entry(self, steps: int, width: int, codes: bool, masked: bool, **first: Any) -> Flow:
        """Add an input: numbers, or codes that an Embedding turns into them; `masked`: not all steps count."""
        draw = self.draw
        if not codes:
            at = self.add("Input", {"shape": (steps, width), **first}, None)
        else:
            at = self.add("Input", {"shape": (steps,), "dtype": "int32", **first}, None)
        if masked:
            self.padded.append(at)
            self.masked = True
        if codes:
            arguments = {"input_dim": CODES, "output_dim": width, "mask_zero": masked}
            at = self.add("Embedding", arguments | held(draw, "embeddings"), at)
        elif masked:
            at = self.add("Masking", {"mask_value": PADDING}, at)
        return Flow(at, steps, width)
