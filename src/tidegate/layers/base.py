"""What every layer is: a name, weights, and what it records.

A layer's `call` runs while a model is being recorded, never in the training loop: it says in ops
what is computed.
"""

from __future__ import annotations

import contextlib
import inspect
import math
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, DataError, ShapeError, complaint, nearest
from tidegate.ops import Node, Spec, Value
from tidegate.plan import Parameter, Plan, Step, gather
from tidegate.shapes import Shape, axis_names
from tidegate.utils.naming import auto_name

__all__ = ["Layer", "not_yet", "sample_shape", "whole"]

Array = np.ndarray[Any, Any]


def whole(who: str, argument: str, value: Any, example: str, least: int = 1) -> int:
    """Return a whole number of at least `least`, or raise on the line that gave it."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ArgumentError(
            complaint(who, f"{argument} to be a whole number of at least {least}", repr(value), example)
        )
    return int(value)


def not_yet(who: str, **arguments: tuple[Any, Any]) -> None:
    """Accept arguments of Keras that are not there yet at their default; each comes as (value, default)."""
    for name, (value, default) in arguments.items():
        same = value is default or (isinstance(value, bool | int | float | str) and value == default)
        if not same:
            came = repr(value) if np.ndim(value) == 0 else f"an array of shape {np.shape(value)}"
            raise ArgumentError(
                complaint(
                    who,
                    f"{name}={default!r}, as {name} is not there yet",
                    f"{name}={came}",
                    f"leave {name} out",
                )
            )


def sample_shape(who: str, argument: str, shape: Any) -> Shape:
    """Return a shape as a tuple of whole numbers and None."""
    given = shape
    if isinstance(shape, int | np.integer):
        shape = (shape,)  # input_shape=8 and input_shape=(8) both arrive like this
    try:
        found = tuple(None if d is None else int(d) for d in shape)
    except (TypeError, ValueError):
        found = (-1,)
    if any(d is not None and d < 1 for d in found):
        raise ArgumentError(
            complaint(
                who,
                f"{argument} as sizes of at least 1, None for an open one",
                repr(given),
                f"{argument}=(10, 1)",
            )
        )
    return found


class Layer:
    """Base of all layers.

    A layer of your own makes its weights in `build(input_shape)` with `add_weight`, says in `call(inputs)`
    what it computes, with the ops of `tidegate.ops`, and in `compute_output_shape(input_shape)` what comes
    out.

    Parameters
    ----------
    name : str, optional
        By default the class in lower case, numbered: lstm, lstm_1, ...
    trainable : bool
        Whether `fit` changes the weights.
    input_shape, batch_input_shape, batch_shape, input_dim, input_length : optional
        What a first layer is fed with: (timesteps, features) without the samples, or with them in front.

    Attributes
    ----------
    weights : list of Parameter
    built : bool
        Whether the weights exist.
    """

    input_dtype: ClassVar[str] = "float32"  # "int32" for a layer that takes codes
    supports_masking: bool = False
    units_axis: ClassVar[str] = ""  # what the last axis of the output is called
    _takes_training: ClassVar[bool] = False
    _budget: ClassVar[tuple[int, str] | None] = None  # numbers left for weights, while a file is read

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._takes_training = "training" in inspect.signature(cls.call).parameters

    def __init__(self, name: str | None = None, trainable: bool = True, **kwargs: Any) -> None:
        self.name = str(name) if name is not None else auto_name(type(self).__name__)
        self.trainable = trainable
        self.built = False
        self.batch_shape: Shape | None = None
        self.built_shape: Shape | None = None
        self._parameters: list[Parameter] = []
        self._initial = kwargs.pop("weights", None)
        self._seen: dict[Any, Plan] = {}
        self._take_shape(kwargs)
        if kwargs:
            self._refuse(next(iter(kwargs)))

    def _take_shape(self, kwargs: dict[str, Any]) -> None:
        """Read the old and new spellings of a first layer's input."""
        who = type(self).__name__
        kwargs.pop("autocast", None)
        not_yet(who, activity_regularizer=(kwargs.pop("activity_regularizer", None), None))
        dtype = kwargs.pop("dtype", None)
        if isinstance(dtype, dict):  # a policy as Keras writes it into files
            dtype = dtype.get("config", {}).get("name")
        if dtype is not None and str(np.dtype(dtype) if not isinstance(dtype, str) else dtype) not in _DTYPES:
            raise ArgumentError(complaint(who, "dtype 'float32', the one type of weights here", repr(dtype)))
        full = kwargs.pop("batch_input_shape", None) or kwargs.pop("batch_shape", None)
        shape, length = kwargs.pop("input_shape", None), kwargs.pop("input_length", None)
        dim = kwargs.pop("input_dim", None)
        if full is not None:
            self.batch_shape = (None, *sample_shape(who, "batch_input_shape", full)[1:])
        elif shape is not None:
            self.batch_shape = (None, *sample_shape(who, "input_shape", shape))
        elif dim is not None:
            front = (length,) if length is not None else (None,) * (self._input_rank() - 2)
            self.batch_shape = (None, *sample_shape(who, "input_length and input_dim", (*front, dim)))
        elif length is not None:
            self.batch_shape = self._shape_of_length(length)

    def _input_rank(self) -> int:
        return 2

    def _shape_of_length(self, length: Any) -> Shape | None:
        return None  # alone it says nothing

    def _refuse(self, argument: str) -> None:
        who = type(self).__name__
        known = list(
            dict.fromkeys(n for c in type(self).__mro__ if issubclass(c, Layer) for n in _arguments(c))
        )
        near = nearest(argument, known)
        expected = "arguments that it knows" if near else f"arguments among {', '.join(known)}"
        raise ArgumentError(complaint(who, expected, f"{argument}=", near))

    # What a subclass says.

    def build(self, input_shape: Shape) -> None:
        """Make the weights for inputs of that shape."""

    def call(self, inputs: Value) -> Value:
        """Record what this layer computes."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of what comes out; axis 0 is the samples'."""
        return input_shape

    def compute_mask(self, mask: Value | None) -> Value | None:
        """Return which steps of the output count."""
        return mask if self.supports_masking else None

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer."""
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable, "dtype": _POLICY}
        if self.batch_shape is not None:
            config["batch_input_shape"] = list(self.batch_shape)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        """Return the layer that `get_config` described."""
        return cls(**config)

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: (place below the layer, its name, weights)."""
        return [("", self.name, self.weights)]

    # What it does for everyone.

    @classmethod
    @contextlib.contextmanager
    def at_most(cls, numbers: int, who: str) -> Iterator[None]:
        """While a file is read, make no weights beyond what it holds."""
        Layer._budget = (numbers, who)
        try:
            yield
        finally:
            Layer._budget = None

    def add_weight(
        self, shape: Sequence[int], initializer: Any = None, name: str = "weight", trainable: bool = True
    ) -> Parameter:
        """Make a weight of this layer.

        Parameters
        ----------
        shape : its shape
        initializer : name or object; glorot_uniform by default
        name : what it is called in messages
        trainable : whether `fit` changes it
        """
        from tidegate import initializers

        if Layer._budget is not None:
            left, who = Layer._budget
            if math.prod(shape) > left:
                raise DataError(
                    complaint(
                        who, f"{self.name}/{name} of shape {tuple(shape)}", "too few numbers in the file"
                    )
                )
            Layer._budget = (left - math.prod(shape), who)
        values = initializers.get(initializer or "glorot_uniform")(tuple(shape))
        parameter = Parameter(f"{self.name}/{name}", values, trainable)
        self._parameters.append(parameter)
        return parameter

    def ensure_built(self, input_shape: Shape) -> None:
        """Build once; a layer that stands in two models has to fit both."""
        if self.built:
            if self.built_shape is not None and self.weights and self.built_shape[-1:] != input_shape[-1:]:
                raise ShapeError(
                    complaint(
                        f"{type(self).__name__} '{self.name}'",
                        f"{self.built_shape[-1]} on the last axis, for which its weights were made",
                        f"the shape {input_shape}",
                    )
                )
            return
        self.build(input_shape)
        self.built, self.built_shape = True, input_shape
        if self._initial is not None:
            self.set_weights(self._initial)
            self._initial = None

    def record(self, x: Value, training: bool = False) -> Value:
        """Record this layer on a value, masks included."""
        self.ensure_built(x.shape)
        Node.scopes.append(self.name)
        try:
            y = self.call(x, training=training) if self._takes_training else self.call(x)  # type: ignore[call-arg]
        finally:
            Node.scopes.pop()
        mask = self.compute_mask(x.mask)
        if x.mask is not None and mask is None and not self.supports_masking:
            warnings.warn(
                f"{type(self).__name__} '{self.name}' passes no mask on: every step counts from there on",
                stacklevel=2,
            )
        if mask is not None:
            y.mask = mask
        return y

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        if isinstance(inputs, Value):
            return self.record(inputs, training)
        x = np.asarray(inputs)
        if x.dtype.kind not in "iuf":
            x = x.astype(self.input_dtype)
        key = (x.shape[1:], training)
        if key not in self._seen:
            value = Value(Spec((None, *x.shape[1:]), self.input_dtype), kind="input", label="x")
            y = self.record(value, training)
            gather(self.weights)
            self._seen[key] = Plan(Step([value], [y if y.node else ops.activation(y, function="linear")]))
        plan = self._seen[key]
        row = [d or 1 for d in plan.step.outputs[0].shape[1:]]  # every axis is known by now
        out = np.empty((len(x), *row), np.float32)
        if len(x):
            plan.run([x], len(x), len(x), outputs=[out])
        return out

    # Weights.

    @property
    def weights(self) -> list[Parameter]:
        return list(self._parameters)

    variables = weights

    @property
    def trainable_weights(self) -> list[Parameter]:
        return [p for p in self.weights if p.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Parameter]:
        return [p for p in self.weights if not (self.trainable and p.trainable)]

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

    # Shapes.

    @property
    def input_shape(self) -> Shape:
        if self.built_shape is None:
            raise ShapeError(f"{type(self).__name__} '{self.name}' has no input shape before it is built.")
        return self.built_shape

    @property
    def output_shape(self) -> Shape:
        return self.compute_output_shape(self.input_shape)

    def axis_names(self, rank: int) -> tuple[str, ...]:
        """Return what the axes of the output are called."""
        names = axis_names(rank)
        return (*names[:-1], self.units_axis) if self.units_axis and rank > 1 else names

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _arguments(layer: type[Layer]) -> list[str]:
    named = inspect.signature(layer).parameters.values()
    return [p.name for p in named if p.kind not in (p.VAR_KEYWORD, p.POSITIONAL_ONLY)]


_DTYPES = ("float32", "int32", "int64", "None")
_POLICY = {
    "module": "keras",
    "class_name": "DTypePolicy",
    "config": {"name": "float32"},
    "registered_name": None,
}


def assign_all(who: str, parameters: Sequence[Parameter], weights: Sequence[Any]) -> None:
    """Write all weights or none."""
    arrays = [np.asarray(w) for w in weights]
    if len(arrays) != len(parameters):
        raise ShapeError(
            complaint(who, f"{len(parameters)} weight arrays", f"{len(arrays)}", "look at get_weights()")
        )
    for p, a in zip(parameters, arrays, strict=True):
        if p.shape != a.shape:
            raise ShapeError(complaint(who, f"{p.name} of shape {p.shape}", f"an array of shape {a.shape}"))
    for p, a in zip(parameters, arrays, strict=True):
        p.assign(a)
