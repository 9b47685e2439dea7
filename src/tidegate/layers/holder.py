"""What a layer holds: weights, and other layers with theirs."""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from tidegate import constraints, regularizers
from tidegate.errors import ArgumentError, DataError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.arguments import listed
from tidegate.layers.spelling import Spelled
from tidegate.layers.variable import Variable
from tidegate.plan import Parameter
from tidegate.utils.naming import snake_case

if TYPE_CHECKING:
    from tidegate.layers.base import Layer

__all__ = ["DTYPES", "Holder", "numbered"]

Array = np.ndarray[Any, Any]
NESTS = (list, tuple, dict)
PLAIN = frozenset({bool, int, float, str, type(None), np.ndarray, Parameter})  # types that hold no layers
DTYPES = ("float32", "int32", "int64", "None")  # those that Keras's arguments may name

# While a file is read: how many numbers are left for weights, and who says so.
_budget: ContextVar[tuple[int, str] | None] = ContextVar("numbers of a file", default=None)


class Holder(metaclass=Spelled):
    """Base of `Layer`: makes, counts, reads and writes the weights, its own and those of the layers inside."""

    name: str
    made_of: dict[str, Any] | None  # the arguments of a class of one's own; None where they are no plain data
    _trainable: bool
    _parameters: list[Parameter]

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; a `Variable` becomes one of this layer's weights."""
        super().__setattr__(name, value)
        if isinstance(value, Variable) and not any(value is p for p in self.__dict__.get("_parameters", ())):
            self._parameters.append(value)

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: (place below the layer, its name, weights).

        Layers inside stand under the names of the attributes that hold them.
        """
        found = [("", self.name, self._parameters)]
        for attribute, value in sorted(vars(self).items()):
            if isinstance(value, Holder):
                found += value.saved_below(f"/{attribute}")
            else:
                for place, layer in numbered(_layers_in(value)):
                    found += layer.saved_below(f"/{attribute}/{place}")
        return found

    def saved_below(self, path: str) -> list[tuple[str, str, list[Parameter]]]:
        """Return these places as seen by what this layer is a part of."""
        groups: dict[str, tuple[str, list[Parameter]]] = {"": (self.name, [])}
        groups |= {inner: (name, parameters) for inner, name, parameters in self.saved_groups()}
        return [(path + inner, name, parameters) for inner, (name, parameters) in groups.items()]

    @classmethod
    @contextlib.contextmanager
    def at_most(cls, numbers: int, who: str) -> Iterator[None]:
        """While a file is read, make no weights beyond what it holds, and draw none: its numbers take their place."""
        before = _budget.set((numbers, who))
        try:
            yield
        finally:
            _budget.reset(before)

    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str | None = None,
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Parameter:
        """Make a weight of this layer.

        Parameters
        ----------
        shape : its shape; () for a single number
        initializer : name or object; glorot_uniform by default
        dtype : accepted: weights are float32. A name in its place is taken as the name.
        trainable : whether `fit` changes it
        regularizer : name or object of `tidegate.regularizers`: a penalty that is added to the loss
        constraint : name or object of `tidegate.constraints`: applied after each update
        name : what it is called in messages and files; by default numbered
        autocast, aggregation, overwrite_with_gradient : accepted, as there is one type and one device.
        """
        if name is None and isinstance(dtype, str) and dtype not in DTYPES:
            name = dtype
        name = name or (f"variable_{len(self._parameters)}" if self._parameters else "variable")
        if isinstance(shape, str):
            raise ArgumentError(
                complaint(
                    say("add_weight of '{name}'", name=self.name),
                    say("a shape first"),
                    repr(shape),
                    f"name={shape!r}",
                )
            )
        shape = () if shape is None else tuple(shape) if isinstance(shape, list | tuple) else (shape,)
        if any(not isinstance(d, int | np.integer) or d < 1 for d in shape):
            raise ShapeError(
                complaint(
                    say("weight '{name}'", name=f"{self.name}/{name}"),
                    say("sizes of at least 1"),
                    say("the shape {shape}", shape=shape),
                    say("input_shape[-1] for the features, which are always known"),
                )
            )
        from tidegate import initializers

        initializer = initializers.get(initializer or "glorot_uniform")
        if (budget := _budget.get()) is not None:
            left, who = budget
            if math.prod(shape) > left:
                raise DataError(
                    complaint(
                        who,
                        say("{name} of shape {shape}", name=f"{self.name}/{name}", shape=shape),
                        say("too few numbers in the file"),
                        say("make the model as it was when the file was saved"),
                    )
                )
            _budget.set((left - math.prod(shape), who))
            values = np.zeros(shape, np.float32)
        else:
            given = np.asarray(initializer(shape))
            if [d for d in given.shape if d != 1] != [d for d in shape if d != 1]:
                who = say("weight '{name}'", name=f"{self.name}/{name}")
                expected = say("an initializer that gives the shape {shape}", shape=shape)
                raise ShapeError(complaint(who, expected, say("shape {shape}", shape=given.shape)))
            values = given.reshape(shape)
        parameter = Parameter(f"{self.name}/{name}", values, trainable)
        parameter.regularizer = regularizers.get(regularizer)
        parameter.constraint = constraints.get(constraint)
        self._parameters.append(parameter)
        return parameter

    @property
    def inner_layers(self) -> list[Layer]:
        """The layers that were set as attributes of this one, alone or in lists and dicts."""
        return list({id(k): k for k in _layers_in(vars(self))}.values())

    @property
    def trainable(self) -> bool:
        """Whether `fit` changes the weights; setting it sets it in all layers inside."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: Any) -> None:
        self._trainable = bool(value)
        for layer in self.inner_layers:
            layer.trainable = value

    @property
    def weights(self) -> list[Parameter]:
        found = [*self._parameters, *(p for k in self.inner_layers for p in k.weights)]
        return list({id(p): p for p in found}.values())

    @property
    def variables(self) -> list[Parameter]:
        return self.weights

    @property
    def trainable_weights(self) -> list[Parameter]:
        if not self._trainable:
            return []
        if not (inner := self.inner_layers):
            return [p for p in self.weights if p.trainable]
        inside = {id(p) for k in inner for p in k.weights}
        trained = {id(p) for k in inner for p in k.trainable_weights}
        return [p for p in self.weights if (id(p) in trained if id(p) in inside else p.trainable)]

    @property
    def trainable_variables(self) -> list[Parameter]:
        return self.trainable_weights

    @property
    def non_trainable_weights(self) -> list[Parameter]:
        trained = set(map(id, self.trainable_weights))
        return [p for p in self.weights if id(p) not in trained]

    @property
    def non_trainable_variables(self) -> list[Parameter]:
        return self.non_trainable_weights

    def get_weights(self) -> list[Array]:
        """Return copies of the weights, in Keras's order and shapes."""
        return [p.numpy() for p in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Write the weights, in Keras's order and shapes."""
        who = f"{type(self).__name__} '{self.name}'"
        assign_all(who, self.weights, weights)

    def count_params(self) -> int:
        """Return how many numbers the weights hold."""
        return sum(p.array.size for p in self.weights)


def numbered(layers: Sequence[Layer]) -> list[tuple[str, Layer]]:
    """Return each layer with the name of its class in lower case, numbered from the second one on."""
    seen: Counter[str] = Counter()
    found = []
    for layer in layers:
        name = snake_case(type(layer).__name__)
        found.append((f"{name}_{seen[name]}" if seen[name] else name, layer))
        seen[name] += 1
    return found


def _layers_in(value: Any) -> list[Layer]:
    if isinstance(value, NESTS):
        parts = value.values() if isinstance(value, dict) else value
        return [layer for part in parts if type(part) not in PLAIN for layer in _layers_in(part)]
    return [cast("Layer", value)] if isinstance(value, Holder) else []  # each holder is a layer


def _fitting(place: int, wanted: tuple[int, ...], given: tuple[int, ...]) -> str:
    """Return what to write where the array at that place among the weights has another shape than its weight."""
    if math.prod(wanted) != math.prod(given):
        return say("`[w.shape for w in layer.get_weights()]` for all shapes")
    mended = ".T" if wanted == given[::-1] else f".reshape({wanted})"
    return f"`weights[{place}] = weights[{place}]{mended}`"


def assign_all(who: str, parameters: Sequence[Parameter], weights: Sequence[Any]) -> None:
    """Write all weights or none."""
    arrays = [np.asarray(w) for w in listed(who, "weights", weights, say("look at get_weights()"))]
    if len(arrays) != len(parameters):
        raise ShapeError(
            complaint(
                who,
                say("{n} weight arrays", n=len(parameters)),
                f"{len(arrays)}",
                say("look at get_weights()"),
            )
        )
    for k, (p, a) in enumerate(zip(parameters, arrays, strict=True)):
        if p.shape != a.shape:
            raise ShapeError(
                complaint(
                    who,
                    say("{name} of shape {shape}", name=p.name, shape=p.shape),
                    say("an array of shape {shape}", shape=a.shape),
                    _fitting(k, p.shape, a.shape),
                )
            )
    for p, a in zip(parameters, arrays, strict=True):
        p.assign(a)
