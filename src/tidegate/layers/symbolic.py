"""Symbolic tensors: what `Input` gives, what layers make of it, and the calls that lead from one to the other.

A `Tensor` has a shape and no numbers. Calling a layer on it notes the call; a model is the calls between its inputs
and its outputs, and records them on values once the shapes of the data are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidegate.errors import ArgumentError, NoNumbersError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.advice import STACKING
from tidegate.ops import Spec, Value
from tidegate.ops.base import Numberless
from tidegate.shapes import Shape
from tidegate.utils.nested import leaves, map_nested, pack

if TYPE_CHECKING:
    from tidegate.layers.base import Layer

__all__ = ["Call", "Tensor", "call_symbolically"]

STAND_INS = (7, 11)  # sizes that an open axis is tried with


class Tensor(Numberless):
    """What will be an array: a shape, axis 0 the samples', and the call that makes it.

    Attributes
    ----------
    shape : tuple, None where a size is open
    dtype : str
    name : str
    call : Call that makes it
    place : its place among the outputs of the call
    """

    __slots__ = ("call", "dtype", "name", "place", "shape")

    def __init__(self, shape: Shape, dtype: str, call: Call, place: int) -> None:
        self.shape, self.dtype = tuple(shape), dtype
        self.call, self.place = call, place
        self.name = call.layer.name

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def layer(self) -> Layer:
        """The layer that makes it."""
        return self.call.layer

    def lift(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Note the call of a function of `tidegate.ops`, which comes here with symbolic tensors among its arguments."""
        from tidegate.layers.operation import lift

        return lift(function, args, kwargs)

    def get_shape(self) -> Shape:
        """Return the shape; the older spelling."""
        return self.shape

    def __len__(self) -> int:
        raise NoNumbersError(
            say("{self!r} has no numbers yet, and no length. Instead: {code}.", self=self, code="x.shape")
        )

    def __repr__(self) -> str:
        return f"<Tensor '{self.name}' shape={self.shape}, dtype={self.dtype}>"


class Call:
    """One call of a layer on symbolic tensors.

    Attributes
    ----------
    layer : Layer
    x, more : the inputs, and what came with them by name
    y : nest of the tensors that come out
    """

    __slots__ = ("layer", "more", "x", "y")

    def __init__(self, layer: Layer, x: Any, more: dict[str, Any]) -> None:
        self.layer, self.x, self.more = layer, x, more
        self.y: Any = None

    @property
    def inputs(self) -> list[Tensor]:
        """The tensors it needs."""
        return [t for t in leaves([self.x, self.more]) if isinstance(t, Tensor)]

    @property
    def outputs(self) -> list[Tensor]:
        """The tensors it makes."""
        return leaves(self.y)

    @property
    def number(self) -> int:
        """Its place among the calls of its layer."""
        return next(k for k, call in enumerate(self.layer._calls) if call is self)

    def __repr__(self) -> str:
        return f"<Call of {self.layer.name} on {[t.name for t in self.inputs]}>"


def call_symbolically(layer: Layer, x: Any, more: dict[str, Any]) -> Any:
    """Note a call of a layer, whose weights exist from here on, and return the tensors that come out."""
    for t in leaves(x):
        if not isinstance(t, Tensor) and not layer.constants:
            raise ShapeError(
                complaint(
                    f"{type(layer).__name__} '{layer.name}'",
                    say("symbolic tensors alone among its inputs"),
                    say("a {kind} beside them", kind=type(t).__name__),
                    say("Input(shape=...) for what is fed in"),
                )
            )
        if isinstance(t, Tensor) and t.dtype == "string" and not layer.prepares:
            raise ArgumentError(
                complaint(
                    f"{type(layer).__name__} '{layer.name}'",
                    say("numbers"),
                    say("the strings of '{name}'", name=t.name),
                    say("TextVectorization or StringLookup between them"),
                )
            )
    call = Call(layer, x, more)
    STACKING.append((layer, next((t.call.layer for t in leaves(x) if isinstance(t, Tensor)), None)))
    try:
        if not layer.built or layer.weights:
            layer.ensure_built(map_nested(lambda t: t.shape, x))
        specs = layer.compute_output_spec(x, **more)
    finally:
        STACKING.pop()
    found = [Tensor(s.shape, s.dtype, call, k) for k, s in enumerate(leaves(specs))]
    call.y = pack(specs, found)
    layer._calls.append(call)
    return call.y


def tried(layer: Layer, x: Any, more: dict[str, Any]) -> Any:
    """Return the specs of what a layer gives, by recording it; open axes are tried with two sizes."""
    seen = [_attempt(layer, x, more, size) for size in STAND_INS]
    firsts, seconds = (leaves(s) for s in seen)
    specs = [
        Spec(tuple(a if a == b else None for a, b in zip(one.shape, other.shape, strict=True)), one.dtype)
        for one, other in zip(firsts, seconds, strict=True)
    ]
    return pack(seen[0], specs)


def _attempt(layer: Layer, x: Any, more: dict[str, Any], size: int) -> Any:
    def stand_in(t: Any) -> Any:
        if not isinstance(t, Tensor):
            return t
        shape = (None, *(size if d is None else d for d in t.shape[1:]))
        return Value(
            Spec(shape, "int32" if t.dtype.startswith("int") else "float32"), kind="input", label=t.name
        )

    y = layer.record(map_nested(stand_in, x), **map_nested(stand_in, more))
    return map_nested(lambda v: v.spec, y)
