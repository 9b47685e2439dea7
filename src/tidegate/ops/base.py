"""The op, the values it joins, and how calling an op on values records it.

An op is the unit of arithmetic. It says three things, each in readable NumPy and for any float type: the shape of what
comes out (`infer`), how it is computed (`forward`), and how a gradient of the outputs becomes one of the inputs
(`backward`). Called on arrays an op computes; called on `Value` objects it records a `Node` and returns new values.
A graph is nothing more than the nodes behind a value.

Axis 0 of every input and result is the sample axis and stays open (None) in a `Spec`; parameters have none.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from tidegate.errors import ArgumentError, NoNumbersError, ShapeError, TidegateError, complaint, nearest
from tidegate.language import say
from tidegate.shapes import Shape, elements

__all__ = [
    "Array", "Context", "Node", "Numberless", "Numbers", "Op", "Operators", "Spec", "Value", "ancestors", "lifted",
    "penalties_of", "recorded", "steps",
]  # fmt: skip

Array = np.ndarray[Any, Any]
Numbers = tuple[list[int], list[float]]


@dataclass(frozen=True, slots=True)
class Spec:
    """Shape and type of a value; () is a scalar that is summed over the shards of a batch."""

    shape: Shape
    dtype: str = "float32"

    @property
    def row(self) -> int:
        """How many numbers one sample (or a whole parameter) holds."""
        return elements(self.shape)


def lifted(function: Any) -> Any:
    """Let a function take symbolic things as well: what has a `lift` notes the call instead of recording it."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for thing in (*args, *kwargs.values()):
            for one in thing if isinstance(thing, list | tuple) else (thing,):
                lift = getattr(one, "lift", None)
                if lift is not None:
                    return lift(function, args, kwargs)
        return function(*args, **kwargs)

    return call


def _operator(name: str, swapped: bool = False) -> Any:
    def operator(self: Any, *other: Any) -> Any:
        from tidegate import ops

        return getattr(ops, name)(*((*other, self) if swapped else (self, *other)))

    return operator


# What NumPy calls where an array stands on the left of a sign, and the op that it means.
SIGNS = {
    **{name: name for name in ("add", "subtract", "multiply", "divide", "floor_divide", "power", "matmul")},
    **{name: name for name in ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")},
    **{f"bitwise_{name}": f"logical_{name}" for name in ("and", "or", "xor")},
    "remainder": "mod",
}


class Operators:
    """Python's signs for what can be recorded: x + y, -x, x[:, -1], and so on."""

    __slots__ = ()
    __array_ufunc__: Any = None  # so that an array on the left of a sign leaves the matter to us

    __add__, __radd__ = _operator("add"), _operator("add", swapped=True)
    __sub__, __rsub__ = _operator("subtract"), _operator("subtract", swapped=True)
    __mul__, __rmul__ = _operator("multiply"), _operator("multiply", swapped=True)
    __truediv__, __rtruediv__ = _operator("divide"), _operator("divide", swapped=True)
    __floordiv__, __rfloordiv__ = _operator("floor_divide"), _operator("floor_divide", swapped=True)
    __mod__, __rmod__ = _operator("mod"), _operator("mod", swapped=True)
    __pow__, __rpow__ = _operator("power"), _operator("power", swapped=True)
    __matmul__, __rmatmul__ = _operator("matmul"), _operator("matmul", swapped=True)
    __lt__, __le__, __gt__, __ge__ = map(_operator, ("less", "less_equal", "greater", "greater_equal"))
    __and__, __rand__ = _operator("logical_and"), _operator("logical_and", swapped=True)
    __or__, __ror__ = _operator("logical_or"), _operator("logical_or", swapped=True)
    __xor__, __rxor__ = _operator("logical_xor"), _operator("logical_xor", swapped=True)
    __neg__, __abs__, __invert__ = map(_operator, ("negative", "absolute", "logical_not"))
    __getitem__ = _operator("get_item")


class Numberless(Operators):
    """What is recorded or symbolic: Python and NumPy, which ask it for numbers, are told that there are none yet."""

    __slots__ = ()

    def __bool__(self) -> bool:
        code = "ops.where(condition, a, b)"
        raise NoNumbersError(
            say(
                "{self!r} has no numbers yet, and is neither true nor false. Instead: {code}.",
                self=self,
                code=code,
            )
        )

    def __iter__(self) -> Any:
        code = "ops.unstack(x, axis=1)"
        raise NoNumbersError(
            say(
                "{self!r} has no numbers yet, and cannot be iterated over. Instead: {code}.",
                self=self,
                code=code,
            )
        )

    def __float__(self) -> Any:
        raise NoNumbersError(
            say(
                "{self!r} has no numbers yet, and is no number of Python. Instead: {code}.",
                self=self,
                code="ops.sum(x)",
            )
        )

    __int__ = __index__ = __round__ = __float__

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise NoNumbersError(
            say("{self!r} has no numbers yet. Instead: a layer, or a function of tidegate.ops.", self=self)
        )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from tidegate import ops

        name = ufunc.__name__
        if method == "__call__" and name in SIGNS and not kwargs:
            return getattr(ops, SIGNS[name])(*inputs)
        if method != "__call__" or not hasattr(ops, name):
            return self.__array__()
        text = say("{self!r} has no numbers yet. Instead: {code}.", self=self, code=f"ops.{name}(...)")
        raise NoNumbersError(text)

    @property
    def numpy(self) -> Any:
        text = say("{self!r} has no numbers yet. Instead: a layer, or a function of tidegate.ops.", self=self)
        raise AttributeError(text)


class Value(Numberless):
    """One array of a recorded computation: an input, a parameter, or the result of a node."""

    __slots__ = ("joined", "kind", "label", "mask", "node", "parameter", "spec")

    def __init__(self, spec: Spec, kind: str = "result", label: str = "", node: Node | None = None) -> None:
        self.spec = spec
        self.kind = kind  # "input", "parameter", "state" or "result"
        self.label = label
        self.node = node
        self.mask: Value | None = None  # (B, T) ones where a step counts
        self.joined = 0  # the size of axis 1 where `reshape` made samples of it; the array has it still
        self.parameter: Any = None  # the parameter or the state that stands behind a value of that kind

    @property
    def shape(self) -> Shape:
        return self.spec.shape

    @property
    def dtype(self) -> str:
        return self.spec.dtype

    __eq__, __ne__ = _operator("equal"), _operator("not_equal")
    __hash__ = object.__hash__

    def __len__(self) -> int:
        if not self.shape or self.shape[0] is None:
            raise TidegateError(
                complaint(
                    "len",
                    say("a size that is known"),
                    say("a value of shape {shape}", shape=self.shape),
                    "ops.mean(value)",
                )
            )
        return self.shape[0]

    def __repr__(self) -> str:
        return f"<{self.kind} {self.label or ''} {self.shape} {self.dtype}>"


class Constant:
    """Numbers that a recording has in itself, in the place of a weight."""

    def __init__(self, array: Any) -> None:
        self.name = "constant"
        self.array = np.array(array, np.float32, order="C")
        self.value = Value(Spec(self.array.shape or (1,)), kind="parameter", label=self.name)
        self.value.parameter = self


def recorded(x: Any) -> Value | None:
    """Return the value that stands for x in a recording: itself, a weight's; None where x is numbers.

    A weight is numbers while nothing is recorded.
    """
    if isinstance(x, Value):
        return x
    inner = getattr(x, "value", None)
    numbers = not Node.scopes and hasattr(x, "__array__")
    return inner if isinstance(inner, Value) and not numbers else None


@dataclass(frozen=True, slots=True)
class Context:
    """Where in a training run an op is computed; only `contextual` ops ask for it."""

    step: int = 0  # batches seen by this plan before
    row: int = 0  # position of the first sample of the shard in its batch
    rows: int = 0  # samples of the shard


_order = itertools.count()


class Node:
    """One recorded call of an op, forward or (`undoes` set) its gradient.

    A backward node has as inputs those of the node it undoes, then its outputs, then the gradient of each output (None
    where none arrives; of a scalar alone None is the number 1).
    """

    __slots__ = ("attrs", "inputs", "op", "order", "outputs", "penalties", "scope", "undoes", "writes")

    scopes: ClassVar[list[str]] = []  # names of the layers being recorded, innermost last

    def __init__(
        self, op: Op, inputs: Sequence[Value | None], attrs: dict[str, Any], undoes: Node | None = None
    ) -> None:
        self.op = op
        self.inputs = tuple(inputs)
        self.attrs = attrs
        self.undoes = undoes
        self.order = next(_order)
        self.scope: str = undoes.scope if undoes else "/".join(Node.scopes)
        self.outputs: tuple[Value | None, ...] = ()
        self.writes: list[tuple[int, Any, Any]] = []  # what is written once a batch is done: see plan.assign
        self.penalties: list[Value] = []  # scalars that a layer adds to the loss of a model it stands in

    def on(self, inputs: Sequence[Value | None]) -> dict[int, Value]:
        """Record the same call on other inputs that stand for the same numbers; by id, what each result is now."""
        node = Node(self.op, inputs, self.attrs)
        node.scope = self.scope
        found = {}
        for v in (v for v in self.outputs if v is not None):
            found[id(v)] = new = Value(v.spec, label=v.label, node=node)
            new.joined = v.joined
        node.outputs = tuple(found.values())
        return found

    @staticmethod
    @contextmanager
    def within(name: str) -> Iterator[None]:
        """Record what follows as part of a layer, or of the loss."""
        Node.scopes.append(name)
        try:
            yield
        finally:
            Node.scopes.pop()

    def __repr__(self) -> str:
        shapes = [None if v is None else v.shape for v in self.outputs]
        return f"<{'undo ' if self.undoes else ''}{self.op.name} {shapes}>"


def _floats(args: Sequence[Any]) -> list[Array | None]:
    """Return floating-point arrays of one type, which plain numbers and lists take on."""
    types = [a.dtype for a in args if isinstance(a, np.ndarray | np.floating) and a.dtype.kind == "f"]
    dtype = np.result_type(*types) if types else np.float32
    return [None if a is None else np.asarray(a, dtype) for a in args]


class Op:
    """Base of all ops. A subclass gives `name`, `infer`, `forward`, `backward` and `numbers`.

    Attributes
    ----------
    reads : names of what `backward` looks at, among the inputs (in order of `arguments`) and "outputs"; the rest is not
        kept in memory until then.
    arguments : names of the inputs, optional ones last.
    slopes : names of the inputs that have a gradient; None for all. One without, that depends on weights, is refused.
    packs : names of the inputs that the native twin wants in panels.
    carries : names of the inputs that may be whole numbers as well, since nothing is computed with them.
    """

    name: str = ""
    arguments: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    slopes: tuple[str, ...] | None = None
    packs: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()
    flat = False  # True where the result changes in jumps alone, so that its slope is 0
    takes_numbers = False  # True where whole numbers are computed with as floats
    by_row = (
        False  # True where each row of the last axis is computed by itself, whatever stands in front of it
    )
    contextual = False  # True where `forward` and `backward` take the context
    coupled = False  # what `couples` returns: True where one sample's result depends on the others

    def infer(self, *specs: Spec | None, **attrs: Any) -> Spec | tuple[Spec, ...]:
        """Return the spec of the output, or a tuple of at least two: then `forward` returns as many."""
        raise NotImplementedError

    def forward(self, *arrays: Any, **attrs: Any) -> tuple[Any, Any]:
        """Return (output or tuple of outputs, whatever `backward` wants to find again)."""
        raise NotImplementedError

    def backward(
        self, inputs: tuple[Any, ...], outputs: Any, saved: Any, dy: Any, **attrs: Any
    ) -> tuple[Any, ...]:
        """Return the gradient for each input, None where there is none.

        With several outputs, `outputs` and `dy` are tuples; an output that no gradient reaches has None in `dy`.
        """
        raise NotImplementedError

    def numbers(self, specs: Sequence[Spec | None], **attrs: Any) -> Numbers:
        """Return the whole numbers and the floats that the native twin is called with."""
        return [], []

    def packed(self, specs: Sequence[Spec | None]) -> tuple[str, ...]:
        """Return the names of the inputs that the native twin wants in panels."""
        return self.packs

    def codes(self, specs: Sequence[Spec | None]) -> dict[str, int]:
        """Return the inputs that are whole numbers, each with what they must lie below: rows are looked up by them."""
        return {}

    def couples(self, specs: Sequence[Spec | None], **attrs: Any) -> bool:
        """Return whether one sample's result depends on the others."""
        return self.coupled

    def over_shards(self, *values: Any, **attrs: Any) -> Any:
        """Record what couples samples by sums over the shards of a batch; None where it has no such form."""
        return None

    def flops(self, specs: Sequence[Spec | None], **attrs: Any) -> float:
        """Return the floating-point operations of one forward call, a sample."""
        return float(sum(s.row for s in specs if s is not None and s.shape[:1] == (None,)))

    def backward_flops(self, specs: Sequence[Spec | None], wanted: Sequence[bool], **attrs: Any) -> float:
        """Return those of one backward call that makes the wanted gradients."""
        return 2 * self.flops(specs, **attrs)

    def held(self, specs: Sequence[Spec | None], **attrs: Any) -> int:
        """Return how many numbers of a sample forward leaves for backward, beside its outputs."""
        return 0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__call__" in vars(cls):
            cls.__call__ = lifted(cls.__call__)  # type: ignore[method-assign]

    @lifted
    def __call__(self, *args: Any, **attrs: Any) -> Any:
        try:
            return self._called(args, attrs)
        except TypeError:
            self._check_names(args, attrs)
            raise

    def _check_names(self, args: Sequence[Any], attrs: dict[str, Any]) -> None:
        """Raise where the arguments are others than those of the op."""
        parameters = list(inspect.signature(self.infer).parameters.values())
        if any(p.kind is p.VAR_KEYWORD for p in parameters):
            parameters = list(inspect.signature(self.forward).parameters.values())
        named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
        wrong = next((name for name in attrs if name not in named), None)
        if wrong is None and len(args) == len(self.arguments) and len(attrs) == len(named):
            return
        expected = ", ".join([*self.arguments, *(f"{name}=" for name in named)])
        came = f"{wrong}=" if wrong else ", ".join([*self.arguments[: len(args)], *(f"{k}=" for k in attrs)])
        hint = nearest(wrong, named) if wrong else ""
        raise ArgumentError(complaint(f"ops.{self.name}", expected, came, hint))

    def _called(self, args: Sequence[Any], attrs: dict[str, Any]) -> Any:
        values = [recorded(a) for a in args]
        if any(v is not None for v in values):
            pairs = zip(args, values, strict=True)
            return self.record(
                *(Constant(a).value if v is None and a is not None else v for a, v in pairs), **attrs
            )
        if self.takes_numbers:
            arrays = _floats(args)
        else:
            arrays = [None if a is None else np.asarray(a) for a in args]
        return self.forward(*arrays, **attrs)[0]

    def record(self, *values: Value | None, **attrs: Any) -> Any:
        if self.takes_numbers and any(v is not None and v.dtype == "int32" for v in values):
            from tidegate.ops.cast import cast

            values = tuple(cast.record(v) if v is not None and v.dtype == "int32" else v for v in values)
        given = [v.spec if v is not None else None for v in values]
        for name, spec in zip(self.arguments, given, strict=False):
            if spec is not None and 0 in spec.shape:
                raise ShapeError(
                    complaint(
                        self.name,
                        say("numbers in {name}", name=name),
                        say("shape {shape}, which has none", shape=spec.shape),
                    )
                )
        joined = {v.joined for v in values if v is not None and v.shape[:1] == (None,)} or {0}
        if joined != {0} and (len(joined) > 1 or not self.by_row):
            rest = "..., " * (max(len(s.shape) for s in given if s is not None) > 2)
            raise ShapeError(
                complaint(
                    self.name,
                    say("samples in front"),
                    say("what `reshape` made of samples and steps together"),
                    say("{code} before it", code=f"reshape(x, (-1, {max(joined)}, {rest}n))"),
                )
            )
        specs = self.infer(*given, **attrs)
        codes = self.codes(given)
        for name, spec in zip(self.arguments, given, strict=False):
            if spec is not None and name not in self.carries and (spec.dtype == "int32") != (name in codes):
                wanted = (
                    say("whole numbers, int32, for {name}", name=name)
                    if name in codes
                    else say("floating-point numbers for {name}", name=name)
                )
                raise ShapeError(complaint(self.name, wanted, spec.dtype))
        node = Node(self, values, attrs)
        many = isinstance(specs, tuple)
        node.outputs = tuple(
            Value(s, node=node, label=self.name) for s in (specs if isinstance(specs, tuple) else (specs,))
        )
        for v in node.outputs:
            assert v is not None
            v.joined = next(iter(joined))
        return node.outputs if many else node.outputs[0]

    def __repr__(self) -> str:
        return f"<op {self.name}>"


def ancestors(values: Iterable[Value]) -> list[Node]:
    """Return the nodes behind these values, each after the nodes it needs."""
    seen: dict[int, Node] = {}
    todo = [v.node for v in values if v.node is not None]
    while todo:
        node = todo.pop()
        if node.order in seen:
            continue
        seen[node.order] = node
        todo += [v.node for v in node.inputs if v is not None and v.node is not None]
        if node.undoes is not None:
            todo.append(node.undoes)
    return [seen[k] for k in sorted(seen)]


def penalties_of(values: Iterable[Value]) -> list[Value]:
    """Return the scalars that the layers behind these values add to the loss, each once."""
    return list({id(s): s for node in ancestors(values) for s in node.penalties}.values())


def steps(spec: Spec | None) -> int:
    """Return T where a native kernel finds the array laid out (T, B, ...), and 1 where it lies by sample.

    Arrays of rank 3 and more lie in memory with the steps before the samples: one time step of a batch is one block.
    """
    assert spec is not None
    return spec.shape[1] or 1 if len(spec.shape) > 2 else 1
