"""Functions of `tidegate.ops`, and Python's signs, on symbolic tensors: each call is a layer without weights."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from tidegate import ops
from tidegate.errors import ArgumentError, complaint, nearest
from tidegate.language import say
from tidegate.layers.base import Layer
from tidegate.layers.symbolic import Tensor, call_symbolically, tried
from tidegate.ops import Node, Op
from tidegate.utils.naming import auto_name
from tidegate.utils.nested import leaves

__all__ = ["Operation", "lift"]

IN_NN = (
    "relu", "relu6", "sigmoid", "softmax", "log_softmax", "softplus", "softsign", "silu", "swish", "elu", "selu",
    "celu", "gelu", "glu", "mish", "leaky_relu", "hard_sigmoid", "hard_silu", "log_sigmoid", "one_hot", "normalize",
)  # fmt: skip
IN_CORE = ("cast", "stop_gradient", "unstack")
BY_PLACE = ("get_item", "where")  # what stands after the tensors is an argument of the call as well


class Operation(Layer):
    """One call of a function of `tidegate.ops` on symbolic tensors.

    Parameters
    ----------
    function : Op or function
    more : what it is called with by name, numbers alone
    """

    constants: ClassVar[bool] = True

    def __init__(self, function: Callable[..., Any], more: dict[str, Any], name: str | None = None) -> None:
        self.function, self.more = function, more
        self.called = function.name if isinstance(function, Op) else function.__name__
        super().__init__(name=name or auto_name(self.called))
        self.built = True

    @property
    def kind(self) -> str:
        """What Keras calls the class: GetItem for get_item."""
        return "".join(part.capitalize() for part in self.called.split("_"))

    @property
    def module(self) -> str:
        """Where Keras has that class."""
        part = "nn" if self.called in IN_NN else "core" if self.called in IN_CORE else "numpy"
        return f"keras.src.ops.{part}"

    def record(self, x: Any, training: bool | None = None, **more: Any) -> Any:
        """Record the function on values."""
        with Node.within(self.name):
            return self.function(*x, **self.more)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Apply the function."""
        if any(isinstance(t, Tensor) for t in leaves(args)):
            return call_symbolically(self, list(args), {})
        return self.function(*args, **self.more)

    def compute_output_spec(self, x: Any, **more: Any) -> Any:
        """Return shape and type of what comes out."""
        return tried(self, x, more)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such an operation."""
        return {"name": self.name, **self.more}

    @classmethod
    def described(cls, kind: str, config: dict[str, Any]) -> Operation:
        """Return the operation that Keras describes."""
        known = {"".join(p.capitalize() for p in name.split("_")): name for name in ops.__all__}
        function = getattr(ops, known.get(kind, ""), None)
        if not isinstance(function, Op) and not inspect.isfunction(function):
            hint = nearest(kind, known)
            raise ArgumentError(
                complaint(say("a saved model"), say("operations of tidegate.ops"), repr(kind), hint)
            )
        taken = dict(config)
        name = taken.pop("name", None)
        takes = inspect.signature(function).parameters
        free = any(p.kind is p.VAR_KEYWORD for p in takes.values())
        return cls(function, {k: v for k, v in taken.items() if free or k in takes}, name)


def lift(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Note a call of a function on symbolic tensors, and return what comes out."""
    if args and isinstance(args[0], Op) and getattr(function, "__name__", "") == "__call__":
        function, args = args[0], args[1:]
    bound = inspect.signature(function).bind(*args, **kwargs)
    places: list[tuple[str, Any]] = []
    for name, value in bound.arguments.items():
        kind = inspect.signature(function).parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            places += [("", v) for v in value]
        elif kind is inspect.Parameter.VAR_KEYWORD:
            places += list(value.items())
        else:
            places.append((name, value))
    last = max(k for k, (_, v) in enumerate(places) if any(isinstance(t, Tensor) for t in leaves(v)))
    called = function.name if isinstance(function, Op) else function.__name__
    taken = [v for k, (name, v) in enumerate(places) if k <= last or not name or _by_place(called)]
    more = {name: v for k, (name, v) in enumerate(places) if k > last and name and not _by_place(called)}
    return Operation(function, more)(*taken)


def _by_place(called: str) -> bool:
    op = ops.NAMED.get(called)
    return called in BY_PLACE or (op is not None and "x2" in op.arguments)
