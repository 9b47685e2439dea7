"""What every layer is: a name, what it holds (holder.py), and what it records.

A layer's `call` runs while a model is being recorded, never in the training loop: it says in ops
what is computed.
"""

from __future__ import annotations

import contextlib
import inspect
import itertools
import warnings
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from tidegate import ops, regularizers
from tidegate.errors import ArgumentError, DataError, ShapeError, TidegateError, complaint, nearest
from tidegate.language import say
from tidegate.layers.advice import STACKING
from tidegate.layers.arguments import sample_shape
from tidegate.layers.holder import DTYPES, Holder
from tidegate.layers.input_spec import InputSpec
from tidegate.layers.remaking import arguments_of, copied, from_arguments
from tidegate.layers.symbolic import Call, Tensor, call_symbolically, tried
from tidegate.ops import Node, Spec, Value
from tidegate.ops.base import Constant
from tidegate.plan import Parameter, Plan, Step, begin_recording, gather
from tidegate.shapes import Shape, axis_names
from tidegate.utils.naming import auto_name
from tidegate.utils.nested import leaves, map_nested, pack
from tidegate.utils.stream import as_tensors, mask_of

__all__ = ["Layer"]

Array = np.ndarray[Any, Any]


class Layer(Holder):
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
    input_shape, batch_input_shape, batch_shape, input_dim, input_length, batch_size : optional
        What a first layer is fed with: (timesteps, features) without the samples, or with them in front.

    Attributes
    ----------
    weights : list of Parameter
    built : bool
        Whether the weights exist.
    """

    input_dtype: ClassVar[str] = "float32"  # "int32" for a layer that takes codes
    dtype: Any = "float32"  # as are all weights, and what is computed
    compute_dtype: ClassVar[str] = "float32"
    variable_dtype: ClassVar[str] = "float32"
    supports_masking: bool = False
    input_spec: Any = None  # an InputSpec, or one for each input, of a layer of one's own
    carries: ClassVar[bool] = False  # True where numbers are moved and not changed, so that codes stay codes
    prepares: ClassVar[bool] = False  # whether it works on the data before the plan (layers/outside.py)
    pads: bool = False  # of such a layer, whether rows become as long as the longest of a call
    constants: ClassVar[bool] = False  # whether numbers may stand among symbolic inputs
    _penalises_output: ClassVar[bool] = True  # False where Keras forgets an activity_regularizer
    units_axis: ClassVar[str] = ""  # what the last axis of the output is called
    _takes: ClassVar[tuple[str, ...]] = ()  # the names of what `call` takes, the inputs first
    _needs: ClassVar[tuple[str, ...]] = ()  # those of them, behind the inputs, that have no default
    _takes_more: ClassVar[bool] = False  # whether it takes any name
    _mask_of_inputs: ClassVar[bool] = False  # whether `compute_mask` takes (inputs, mask), as in Keras
    draws: ClassVar[Iterator[int]] = (
        itertools.count()
    )  # so that what is drawn without training differs each time
    _modes: ClassVar[list[bool]] = [False]  # whether training is recorded, innermost last

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        parameters = list(inspect.signature(cls.call).parameters.values())[1:]
        cls._takes = tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY))
        cls._needs = tuple(p.name for p in parameters[1:] if p.name in cls._takes and p.default is p.empty)
        cls._mask_of_inputs = len(inspect.signature(cls.compute_mask).parameters) > 2
        cls._takes_more = any(p.kind is p.VAR_KEYWORD for p in parameters)

    def __init__(self, name: str | None = None, trainable: bool = True, **kwargs: Any) -> None:
        self.name = str(name) if name is not None else auto_name(type(self).__name__)
        self._trainable = bool(trainable)
        self.built = False
        self.batch_shape: Shape | None = None
        self.batch_size: int | None = None  # as it was said; any number of samples may come
        self.built_shape: Shape | None = None
        self._parameters: list[Parameter] = []
        self._initial = kwargs.pop("weights", None)
        self._seen: dict[Any, Any] = {}  # plans for arrays, by their shapes
        self._calls: list[Call] = []  # on symbolic tensors
        self._gave: list[Shape] = []  # the shapes of what was recorded last
        self._added: list[Any] = []  # what `call` gave to `add_loss`
        self._called: list[float] = []  # penalties of the last call on arrays
        self._take_shape(kwargs)
        if kwargs:
            self._refuse(next(iter(kwargs)))

    def _take_shape(self, kwargs: dict[str, Any]) -> None:
        """Read the old and new spellings of a first layer's input."""
        who = type(self).__name__
        kwargs.pop("autocast", None)
        self.activity_regularizer = regularizers.get(kwargs.pop("activity_regularizer", None))
        dtype = kwargs.pop("dtype", None)
        if isinstance(dtype, dict):  # a policy as Keras writes it into files
            dtype = dtype.get("config", {}).get("name")
        if dtype is not None and str(getattr(dtype, "__name__", getattr(dtype, "name", dtype))) not in DTYPES:
            raise ArgumentError(
                complaint(
                    who,
                    say("dtype 'float32', the one type of weights here"),
                    repr(dtype),
                    "`dtype='float32'`",
                )
            )
        full = kwargs.pop("batch_input_shape", None) or kwargs.pop("batch_shape", None)
        shape, length = kwargs.pop("input_shape", None), kwargs.pop("input_length", None)
        dim = kwargs.pop("input_dim", None)
        if shape is not None or dim is not None:
            kwargs.pop("batch_size", None)  # any batch size can follow
        if full is not None:
            self.batch_size, *rest = sample_shape(who, "batch_input_shape", full)
            self.batch_shape = (None, *rest)
        elif shape is not None:
            self.batch_shape = (None, *sample_shape(who, "input_shape", shape))
        elif dim is not None:
            front = (length,) if length is not None else (None,) * (self._input_rank() - 2)
            both = say("{a} and {b}", a="input_length", b="input_dim")
            self.batch_shape = (None, *sample_shape(who, both, (*front, dim), "input_shape=(10, 1)"))
        elif length is not None:
            self.batch_shape = self._shape_of_length(length)

    def _input_rank(self) -> int:
        return 2

    def _shape_of_length(self, length: Any) -> Shape | None:
        return None  # alone it says nothing

    def _refuse(self, argument: str) -> None:
        who = type(self).__name__
        known = list(
            dict.fromkeys(
                name
                for c in type(self).__mro__
                if issubclass(c, Layer)
                for name in _arguments(c)
                if name != argument
            )
        )
        near = nearest(argument, known)
        expected = (
            say("arguments that it knows") if near else say("arguments among {names}", names=", ".join(known))
        )
        raise ArgumentError(complaint(who, expected, f"{argument}=", near))

    # What a subclass says.

    def build(self, input_shape: Shape) -> None:
        """Make the weights for inputs of that shape."""

    def call(self, inputs: Value) -> Value:
        """Record what this layer computes."""
        raise ArgumentError(complaint(type(self).__name__, say("a method call(self, inputs)"), say("none")))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of what comes out; axis 0 is the samples'."""
        return input_shape

    def compute_output_spec(self, x: Any, **more: Any) -> Any:
        """Return shape and type of each tensor that comes out for symbolic ones."""
        if (
            type(self).compute_output_shape is Layer.compute_output_shape
            and type(self).call is not Layer.call
        ):
            return tried(self, x, more)
        shapes: Any = self.compute_output_shape(map_nested(lambda t: t.shape, x))
        many = isinstance(shapes, list) or (bool(shapes) and isinstance(shapes[0], tuple))
        return [Spec(tuple(s)) for s in shapes] if many else Spec(tuple(shapes))

    def compute_mask(self, mask: Value | None) -> Value | None:
        """Return which steps of the output count."""
        return mask if self.supports_masking else None

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer."""
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable, "dtype": _POLICY}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        if self.batch_shape is not None:
            config["batch_input_shape"] = [self.batch_size, *self.batch_shape[1:]]
        if type(self).get_config is Layer.get_config:
            config |= arguments_of(self)
        return config

    def get_build_config(self) -> dict[str, Any]:
        """Return the shapes that the weights stand on, as Keras writes them."""
        return {"input_shape": _lists(self.built_shape)}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Make the weights for the shapes of `get_build_config`."""
        if config.get("input_shape") and not self.built:
            self._build_for(_shapes(config["input_shape"]))

    def _build_for(self, shape: Any) -> None:
        self.ensure_built(shape)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        """Return the layer that `get_config` described."""
        return from_arguments(cls, config)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let pickle and `copy` make a layer of the same description, with the same weights."""
        return copied(self)

    # What it does for everyone.

    def _check_spec(self, input_shape: Any) -> None:
        """Hold the shape of the inputs against what `input_spec` says."""
        specs = self.input_spec if isinstance(self.input_spec, list | tuple) else [self.input_spec]
        shapes = input_shape if isinstance(input_shape, list) else [input_shape]
        for spec, shape in zip(specs, shapes, strict=False):
            if isinstance(spec, InputSpec) and isinstance(shape, tuple):
                spec.check(f"{type(self).__name__} '{self.name}'", shape)

    def ensure_built(self, input_shape: Any) -> None:
        """Build once; a layer that stands in two models has to fit both."""
        self._check_spec(input_shape)
        if self.built:
            before = self.built_shape
            fixed = isinstance(before, tuple) and isinstance(input_shape, tuple) and self.weights
            if fixed and before[-1] is not None and before[-1] != input_shape[-1]:  # type: ignore[index]
                raise ShapeError(
                    complaint(
                        f"{type(self).__name__} '{self.name}'",
                        say("{size} on the last axis, for which its weights were made", size=before[-1]),  # type: ignore[index]
                        say("the shape {shape}", shape=input_shape),
                        say("`{kind}(...)` of its own for these inputs", kind=type(self).__name__),
                    )
                )
            return
        self.build(input_shape)
        self.built, self.built_shape = True, input_shape
        if self._initial is not None:
            self.set_weights(self._initial)
            self._initial = None

    def record(self, x: Any, training: bool | None = None, **more: Any) -> Any:
        """Record this layer on a value, or on a nest of them, masks included.

        Parameters
        ----------
        x : Value, or a list of them for a layer with several inputs
        training : bool
            By default that of the layer or model around it.
        more : what else `call` takes, by name. A `mask` is taken in place of those that the values carry.
        """
        with Layer.recording(training) as mode:
            return self._record(x, mode, more)

    @classmethod
    @contextlib.contextmanager
    def recording(cls, training: bool | None) -> Iterator[bool]:
        """Record in this block, in training or not; the outermost block begins another recording."""
        mode = cls._modes[-1] if training is None else bool(training)
        if len(cls._modes) == 1:
            begin_recording()
        cls._modes.append(mode)
        try:
            yield mode
        finally:
            cls._modes.pop()

    def _record(self, x: Any, training: bool, more: dict[str, Any]) -> Any:
        self.ensure_built(map_nested(lambda v: v.shape, x))
        self._added.clear()
        values = [v for v in leaves(x) if isinstance(v, Value)]
        carried = [v.mask for v in values]
        if "mask" in more:
            given = more.pop("mask")
            for v, mask in zip(values, leaves(given) if given is not None else carried, strict=False):
                v.mask = mask
        masks = [v.mask for v in values]
        if "mask" in self._takes and any(m is not None for m in masks):
            more["mask"] = pack(x, list(masks))
        if "training" in self._takes or self._takes_more:
            more["training"] = training
        for name in more:
            if not self._takes_more and name not in self._takes:
                near = nearest(name, self._takes[1:])
                raise ArgumentError(
                    complaint(
                        say("calling '{name}'", name=self.name),
                        say("arguments among {names}", names=", ".join(self._takes[1:])),
                        f"{name}=",
                        near,
                    )
                )
        absent = [name for name in self._needs if name not in more]
        if absent:
            raise ArgumentError(
                complaint(
                    say("calling '{name}'", name=self.name),
                    ", ".join([self._takes[0], *self._needs]),
                    say("none for {names}", names=", ".join(absent)),
                )
            )
        try:
            with Node.within(self.name):
                y: Any = self.call(x, **more)
                if y is None:
                    who = f"{type(self).__name__} '{self.name}'"
                    raise ArgumentError(complaint(who, say("a result of its function"), "None", "return y"))
                y = self._pass_masks(x, y, masks)
                if self.activity_regularizer is not None or self._added:
                    y = self._penalise(y, values)
            self._gave = [v.shape for v in leaves(y) if isinstance(v, Value)]
        finally:
            for v, mask in zip(values, carried, strict=True):
                v.mask = mask
        return y

    def _pass_masks(self, x: Any, y: Any, masks: list[Value | None]) -> Any:
        """Say which steps of the outputs count; return the outputs."""
        if self._mask_of_inputs:
            passed = self.compute_mask(x, pack(x, list(masks)))  # type: ignore[call-arg]
        else:
            passed = self.compute_mask(masks[0] if len(masks) == 1 else pack(x, list(masks)))
        if any(m is not None for m in masks) and passed is None and not self.supports_masking:
            warnings.warn(
                say(
                    "{kind} '{name}' passes no mask on: every step counts from there on",
                    kind=type(self).__name__,
                    name=self.name,
                ),
                stacklevel=5,
            )
        if passed is None:  # an input that goes out as it came leaves its mask behind
            masked = {id(v) for v in leaves(x) if isinstance(v, Value) and v.mask is not None}
            return map_nested(lambda v: ops.activation(v, function="linear") if id(v) in masked else v, y)
        for v, mask in zip(leaves(y), leaves(passed), strict=False):
            if mask is not None:
                v.mask = mask
        return y

    def _penalise(self, y: Any, inputs: list[Value]) -> Any:
        """Hang what this call adds to the loss on what it made, where a model finds it (`ops.penalties_of`)."""
        who = f"{type(self).__name__} '{self.name}'"
        added = [regularizers.added_penalty(say("add_loss of {who}", who=who), s) for s in self._added]

        def penalise(v: Value) -> Value:
            if v.node is None or any(v is one for one in inputs):  # not its own
                mask, v = v.mask, ops.activation(v, function="linear")
                v.mask = mask
            assert v.node is not None
            v.node.penalties += added
            if self.activity_regularizer is not None and self._penalises_output:
                v.node.penalties.append(regularizers.activity_penalty(who, self.activity_regularizer, v))
            return v

        return map_nested(penalise, y)

    def add_loss(self, loss: Any) -> None:
        """Add a scalar, made in `call` by `tidegate.ops`, to the loss of each model this layer stands in."""
        self._added += loss if isinstance(loss, list | tuple) else [loss]

    @property
    def losses(self) -> list[float]:
        """Return the penalties of the last call on arrays, then those of the weights as they are now."""
        regular = [p for p in self.trainable_weights if p.regularizer is not None]
        return [*self._called, *(float(p.regularizer(p.array)) for p in regular)]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Apply the layer: to arrays at once, to symbolic tensors and to recorded values as part of a model."""
        x, more = self._by_name(args, kwargs)
        things = leaves([x, more])
        if any(isinstance(t, Tensor) for t in things):
            return call_symbolically(self, x, more)
        if any(isinstance(t, Value) for t in things):
            return self.record(x, **more)
        if len(Layer._modes) > 1:  # within another layer's `call`: numbers that are the same in each batch
            return self.record(map_nested(lambda a: Constant(a).value, _arrays(x, self.input_dtype)), **more)
        return self._compute(x, **more)

    def _by_name(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Return the inputs, and all that comes with them by name."""
        names = self._takes or ("inputs",)
        more = dict(kwargs)
        if not args and names[0] in more:
            args = (more.pop(names[0]),)
        if not args or len(args) > max(len(names), 2):
            raise ArgumentError(
                complaint(
                    say("calling '{name}'", name=self.name),
                    say("its inputs"),
                    say("{n} arguments", n=len(args)),
                    "`y = layer(x)`",
                )
            )
        more |= dict(zip((*names[1:], "training"), args[1:], strict=False))
        return args[0], {name: value for name, value in more.items() if value is not None}

    def _compute(self, x: Any, training: bool = False, **more: Any) -> Any:
        """Return what the layer gives for arrays, by a plan that is kept for their shapes."""
        masks = [mask_of(a) for a in leaves(x)]  # of the steps that count, as the layers before left them
        x, more = _arrays(x, self.input_dtype), {k: _arrays(v, "float32") for k, v in more.items()}
        nest = [x, more, masks]
        arrays = leaves(nest)
        key = (str(map_nested(_kind, nest)), bool(training))
        if key not in self._seen:
            types = [self._type_of(a) for a in leaves(x)] + ["float32"] * len(leaves([more, masks]))
            values = [
                Value(Spec((None, *a.shape[1:]), dtype), kind="input", label="x")
                if isinstance(a, np.ndarray)
                else a
                for a, dtype in zip(arrays, types, strict=True)
            ]
            first, rest, carried = pack(nest, values)
            for v, mask in zip(leaves(first), carried, strict=True):
                if mask is not None:
                    v.mask = mask
            y = self.record(first, training, **rest)
            gather(self.weights)
            out = [*leaves(y), *(v.mask for v in leaves(y) if v.mask is not None)]
            made = [v if v.node else ops.activation(v, function="linear") for v in out]
            inputs = [v for v in values if isinstance(v, Value)]
            plan = Plan(Step(inputs, made, ops.penalties_of(made)))
            self._seen[key] = plan, map_nested(lambda v: v.mask is not None, y)
        plan, masked = self._seen[key]
        sources = [a for a in arrays if isinstance(a, np.ndarray)]
        rows = len(sources[0])
        out = [np.empty((rows, *(d or 1 for d in v.shape[1:])), np.float32) for v in plan.step.outputs]
        if rows:  # every axis is known by now
            plan.run(sources, rows, rows, outputs=out, iteration=next(Layer.draws))
        self._called = plan.last.tolist()
        given, passed = as_tensors(out[: len(leaves(masked))]), iter(out[len(leaves(masked)) :])
        for array, has in zip(given, leaves(masked), strict=True):
            if has:
                array._keras_mask = as_tensors(next(passed) != 0)
        return pack(masked, given)

    def _type_of(self, x: Any) -> str:
        """Return the type in which an array comes in: its own, in a layer of one's own."""
        own = not type(self).__module__.startswith("tidegate.")
        return "int32" if own and getattr(x, "dtype", np.dtype("f")).kind in "iu" else self.input_dtype

    # Where it stands among symbolic tensors.

    @property
    def input(self) -> Any:
        """The symbolic inputs of the first call."""
        return self._first_call("input").x

    @property
    def output(self) -> Any:
        """The symbolic outputs of the first call."""
        return self._first_call("output").y

    def _first_call(self, what: str) -> Call:
        if not self._calls:
            raise TidegateError(
                say(
                    "{kind} '{name}' has no {what} yet. Instead: call it on a symbolic tensor, or add it to a model "
                    "whose input shape is known.",
                    kind=type(self).__name__,
                    name=self.name,
                    what=what,
                )
            )
        return self._calls[0]

    # What Keras has besides, and the shapes.

    @property
    def path(self) -> str:
        """The name; here no model stands in front of it."""
        return self.name

    @property
    def metrics(self) -> list[Any]:
        """Metrics of its own, of which a layer has none."""
        return []

    @property
    def input_shape(self) -> Shape:
        if self.built_shape is None:
            raise ShapeError(
                say(
                    "{kind} '{name}' has no input shape before it is built.",
                    kind=type(self).__name__,
                    name=self.name,
                )
            )
        return self.built_shape

    @property
    def output_shape(self) -> Shape:
        if self._calls:
            found: Shape = map_nested(lambda tensor: tensor.shape, self._calls[0].y)
            return found
        return self.compute_output_shape(self.input_shape)

    @property
    def below(self) -> Any:
        """The layer that this one is called on, or was last; None where it stands on nothing."""
        if STACKING and (STACKING[-1][0] is self or not self._calls):
            return STACKING[-1][1]
        inputs = self._calls[-1].inputs if self._calls else []
        return inputs[0].call.layer if inputs else None

    def axis_names(self, rank: int) -> tuple[str, ...]:
        """Return what the axes of the output are called."""
        names = axis_names(rank)
        return (*names[:-1], self.units_axis) if self.units_axis and rank > 1 else names

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _arrays(given: Any, dtype: str) -> Any:
    """Return arrays for whatever holds numbers, in the same nest; numbers and flags stay as they are."""
    if isinstance(given, dict):
        return {key: _arrays(value, dtype) for key, value in given.items()}
    if isinstance(given, list | tuple) and any(hasattr(part, "shape") for part in given):
        return [_arrays(part, dtype) for part in given]
    if isinstance(given, bool | int | float | str):
        return given
    a = np.asarray(given)
    try:
        return a if a.dtype.kind in "iuf" else a.astype(dtype)
    except (TypeError, ValueError):
        came = say("a {kind}", kind=type(given).__name__)
        raise DataError(complaint(say("a layer"), say("arrays of numbers"), came)) from None


def _kind(a: Any) -> Any:
    """Return what a plan is made for: an array's shape, and whether it is of whole numbers; else what is given."""
    return (a.shape, a.dtype.kind in "iu") if isinstance(a, np.ndarray) else a


def _lists(shape: Any) -> Any:
    """Return a shape, or a nest of them, with lists for tuples, as JSON has them."""
    if isinstance(shape, dict):
        return {key: _lists(part) for key, part in shape.items()}
    return [_lists(part) for part in shape] if isinstance(shape, list | tuple) else shape


def _shapes(lists: Any) -> Any:
    """Return a shape, or a nest of them, from lists."""
    if isinstance(lists, dict):
        return {key: _shapes(part) for key, part in lists.items()}
    many = any(isinstance(part, list | tuple | dict) for part in lists)
    return [_shapes(part) for part in lists] if many else tuple(lists)


def _arguments(layer: type[Layer]) -> list[str]:
    named = inspect.signature(layer).parameters.values()
    return [p.name for p in named if p.kind not in (p.VAR_KEYWORD, p.POSITIONAL_ONLY)]


_POLICY = {
    "module": "keras",
    "class_name": "DTypePolicy",
    "config": {"name": "float32"},
    "registered_name": None,
}
