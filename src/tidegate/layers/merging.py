"""Several inputs become one: sums, products, means, extremes, side by side, dot products.

Each is a layer, called on a list, and a function of the same name in lower case.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, ClassVar

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers.advice import merged
from tidegate.layers.base import Layer
from tidegate.ops import Value
from tidegate.shapes import Shape, describe

__all__ = [
    "Add",
    "Average",
    "Concatenate",
    "Dot",
    "Maximum",
    "Minimum",
    "Multiply",
    "Subtract",
    "add",
    "average",
    "concatenate",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]


class _Merge(Layer):
    """Base: inputs of one shape, or of shapes that are repeated to one; a missing axis is a step."""

    supports_masking = True
    _fewest: ClassVar[int] = 1
    _most: ClassVar[int | None] = None

    def _list(self, inputs: Any) -> list[Any]:
        """Return the inputs, or raise where there are none, too few or too many."""
        listed = list(inputs) if isinstance(inputs, list | tuple) else []
        shapes = bool(listed) and not isinstance(listed[0], int | type(None))  # else it is one shape
        if not shapes or len(listed) < self._fewest or len(listed) > (self._most or len(listed)):
            count = (
                say("two inputs") if self._most == 2 else say("a list of at least {n} inputs", n=self._fewest)
            )
            came = f"{len(listed)}" if shapes else say("one")
            who = f"{type(self).__name__} '{self.name}'"
            raise ShapeError(complaint(who, count, came, f"{type(self).__name__}()([a, b])"))
        return listed

    def build(self, input_shape: Any) -> None:
        """Hold the shapes against each other."""
        self.compute_output_shape(input_shape)

    def _raised(self, inputs: Sequence[Value]) -> list[Value]:
        """Return the inputs with as many axes as the one that has most."""
        rank = max(len(x.shape) for x in inputs)
        missing = [rank - len(x.shape) for x in inputs]
        return [
            ops.reshape(x, shape=((1,) * n + tuple(x.shape[1:]))) if n else x
            for x, n in zip(inputs, missing, strict=True)
        ]

    def _merge(self, inputs: list[Value], masks: list[Value | None]) -> Value:
        """Record what becomes of inputs with as many axes each."""
        raise NotImplementedError

    def call(self, inputs: Any, mask: Any = None) -> Value:
        """Record the merging."""
        listed = self._list(inputs)
        masks = list(mask) if isinstance(mask, list | tuple) else [None] * len(listed)
        return self._merge(self._raised(listed), masks)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape that all inputs are repeated to."""
        shapes = [tuple(s) for s in self._list(input_shape)]
        rank = max(map(len, shapes))
        found: list[int | None] = [None]
        for column in zip(*((1,) * (rank - len(s)) + s[1:] for s in shapes), strict=True):
            sizes = {d for d in column if d != 1}
            if len(sizes - {None}) > 1:
                raise ShapeError(
                    complaint(
                        f"{type(self).__name__} '{self.name}'",
                        say("inputs of one shape, or 1 where they differ"),
                        say(" and ").join(map(describe, shapes)),
                        merged(self, shapes),
                    )
                )
            found.append(1 if not sizes else None if None in sizes else sizes.pop())
        return tuple(found)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # type: ignore[override]
        """Return the steps that count in any of the inputs, where all have a mask."""
        if not isinstance(mask, list | tuple) or any(m is None for m in mask):
            return None
        return functools.reduce(ops.logical_or, mask)


class Add(_Merge):
    """The sum of all inputs.

    Examples
    --------
    >>> import numpy as np
    >>> Add()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[4., 6.]], dtype=float32)
    """

    def _merge(self, inputs: list[Value], masks: list[Value | None]) -> Value:
        return functools.reduce(ops.add, inputs)


class Subtract(_Merge):
    """The first input less the second.

    Examples
    --------
    >>> import numpy as np
    >>> Subtract()([np.array([[1.0, 2.0]]), np.array([[3.0, 5.0]])])
    array([[-2., -3.]], dtype=float32)
    """

    _fewest = _most = 2

    def _merge(self, inputs: list[Value], masks: list[Value | None]) -> Value:
        return functools.reduce(ops.subtract, inputs)


class Average(_Merge):
    """The mean of all inputs.

    Examples
    --------
    >>> import numpy as np
    >>> Average()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[2., 3.]], dtype=float32)
    """

    def _merge(self, inputs: list[Value], masks: list[Value | None]) -> Value:
        y: Value = ops.divide(functools.reduce(ops.add, inputs), float(len(inputs)))
        return y


class Multiply(_Merge):
    """The product of all inputs. A step that a mask leaves out is 1 in the product, and 0 where all leave it out.

    Examples
    --------
    >>> import numpy as np
    >>> Multiply()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[3., 8.]], dtype=float32)
    """

    def _merge(self, inputs: list[Value], masks: list[Value | None]) -> Value:
        whole = [
            x if m is None else ops.where(_column(m), x, 1.0) for x, m in zip(inputs, masks, strict=True)
        ]
        y: Value = functools.reduce(ops.multiply, whole)
        if any(m is None for m in masks):
            return y
        y = ops.where(_column(functools.reduce(ops.logical_or, masks)), y, 0.0)
        return y


class _Extreme(_Merge):
    _op: ClassVar[Any]  # of two inputs

    def _merge(self, inputs: list[Value], masks: list[Value | None]) -> Value:
        """Where a mask leaves a step of one input out, the other stands for it."""
        y, kept = inputs[0], masks[0]
        for x, mask in zip(inputs[1:], masks[1:], strict=True):
            x = x if mask is None else ops.where(_column(mask), x, y)
            y = y if kept is None else ops.where(_column(kept), y, x)
            kept = None if mask is None or kept is None else ops.logical_or(kept, mask)
            y = self._op(y, x)
        return y


class Maximum(_Extreme):
    """The largest of all inputs, number by number.

    Examples
    --------
    >>> import numpy as np
    >>> Maximum()([np.array([[1.0, 5.0]]), np.array([[3.0, 4.0]])])
    array([[3., 5.]], dtype=float32)
    """

    _op = ops.maximum


class Minimum(_Extreme):
    """The smallest of all inputs, number by number.

    Examples
    --------
    >>> import numpy as np
    >>> Minimum()([np.array([[1.0, 5.0]]), np.array([[3.0, 4.0]])])
    array([[1., 4.]], dtype=float32)
    """

    _op = ops.minimum


def _column(mask: Any) -> Any:
    """Return a mask (B, T) as (B, T, 1)."""
    return ops.reshape(mask, shape=(mask.shape[1], 1))


class Concatenate(_Merge):
    """The inputs side by side.

    Parameters
    ----------
    axis : int, default -1
        Along which; 1 puts sequences one after the other.

    Examples
    --------
    >>> import numpy as np
    >>> Concatenate()([np.ones((1, 2)), np.zeros((1, 1))])
    array([[1., 1., 0.]], dtype=float32)
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        if isinstance(axis, bool) or not isinstance(axis, int) or axis == 0:
            raise ArgumentError(
                complaint("Concatenate", say("axis as a whole number that is not 0"), repr(axis), "axis=-1")
            )
        self.axis = axis
        super().__init__(**kwargs)

    def call(self, inputs: Any) -> Value:  # type: ignore[override]
        """Record the merging."""
        listed = self._list(inputs)
        y: Value = listed[0] if len(listed) == 1 else ops.concatenate(listed, axis=self.axis)
        return y

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape with the sizes along the axis added up."""
        shapes = [tuple(s) for s in self._list(input_shape)]
        rank = len(shapes[0])
        axis = self.axis % rank
        rest = [s[:axis] + s[axis + 1 :] for s in shapes]
        known = [{d for d in column if d is not None} for column in zip(*rest, strict=False)]
        if any(len(s) != rank for s in shapes) or not 1 <= axis < rank or any(len(d) > 1 for d in known):
            raise ShapeError(
                complaint(
                    f"Concatenate '{self.name}'",
                    say("inputs that differ on axis {axis} alone", axis=self.axis),
                    say(" and ").join(map(describe, shapes)),
                    merged(self, shapes),
                )
            )
        found: list[int | None] = [d.pop() if d else None for d in known]
        sizes = [s[axis] for s in shapes]
        found.insert(axis, None if None in sizes else sum(sizes))
        return tuple(found)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # type: ignore[override]
        """Return where steps count; along the features, those that count in any input."""
        if not isinstance(mask, list | tuple) or all(m is None for m in mask):
            return None
        rank = len(inputs[0].shape)
        masks = [
            ops.logical_or(ops.multiply(ops.max(x, axis=-1), 0.0), 1.0) if m is None else m
            for x, m in zip(inputs, mask, strict=True)
        ]
        if self.axis % rank == rank - 1:
            return functools.reduce(ops.logical_or, masks)
        return ops.concatenate(masks, axis=self.axis % rank)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "axis": self.axis}


def _dotted(a: Shape, b: Shape) -> str:
    """Return what to write where two inputs do not fit along the axes of a `Dot`."""
    pairs = ((i, j) for i in range(len(a) - 1, 0, -1) for j in range(len(b) - 1, 0, -1))
    found = next((pair for pair in pairs if a[pair[0]] == b[pair[1]] is not None), None)
    if found:
        return f"`Dot(axes={found})`"
    return say("`Dense({units})` on the second, and `Dot(axes=-1)`", units=a[-1])


class Dot(_Merge):
    """Dot products of two inputs along an axis of each, sample by sample.

    Parameters
    ----------
    axes : int or two of them
        Along which; from 1 on, or from the end.
    normalize : bool, default False
        Vectors of length 1 before, so that their cosine comes out.

    Returns
    -------
    (samples, the other axes of the first, the other axes of the second), and (samples, 1) where there are none

    Examples
    --------
    >>> import numpy as np
    >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    array([[11.]], dtype=float32)
    """

    _fewest = _most = 2

    def __init__(self, axes: Any = -1, normalize: bool = False, **kwargs: Any) -> None:
        pair = axes if isinstance(axes, list | tuple) else (axes, axes)
        if len(pair) != 2 or any(isinstance(a, bool) or not isinstance(a, int) or a == 0 for a in pair):
            raise ArgumentError(
                complaint(
                    "Dot", say("axes as one whole number or two, none of them 0"), repr(axes), "Dot(axes=-1)"
                )
            )
        self.axes = list(axes) if isinstance(axes, list | tuple) else axes
        self.normalize = bool(normalize)
        super().__init__(**kwargs)

    def _places(self, shapes: Sequence[Shape]) -> tuple[int, int]:
        pair = self.axes if isinstance(self.axes, list) else (self.axes, self.axes)
        first, second = (a % len(s) if a < 0 else a for a, s in zip(pair, shapes, strict=True))
        sizes = [s[a] if 1 <= a < len(s) else -1 for a, s in zip((first, second), shapes, strict=True)]
        if -1 in sizes or (None not in sizes and sizes[0] != sizes[1]):
            raise ShapeError(
                complaint(
                    f"Dot '{self.name}'",
                    say("as many numbers along axes {axes}", axes=self.axes),
                    say("{a} and {b}", a=shapes[0], b=shapes[1]),
                    _dotted(*shapes),
                )
            )
        return first, second

    def call(self, inputs: Any) -> Value:  # type: ignore[override]
        """Record the products."""
        listed = self._list(inputs)
        shape = self.compute_output_shape([x.shape for x in listed])
        places = self._places([x.shape for x in listed])
        rows = []
        for x, place in zip(listed, places, strict=True):
            if self.normalize:
                squares = ops.sum(ops.square(x), axis=place, keepdims=True)
                x = ops.multiply(x, ops.rsqrt(ops.maximum(squares, 1e-14)))
            order = (0, *(k for k in range(1, len(x.shape)) if k != place), place)
            x = x if order == tuple(range(len(x.shape))) else ops.transpose(x, axes=order)
            size = x.shape[-1] or 1
            rows.append(ops.reshape(x, shape=(x.spec.row // size, size)))  # (B, the rest, the axis)
        first, second = rows
        y = ops.matmul(first, ops.transpose(second, axes=(0, 2, 1)))
        found: Value = ops.reshape(y, shape=shape[1:])
        return found

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the other axes of both, one after the other."""
        shapes = [tuple(s) for s in self._list(input_shape)]
        first, second = self._places(shapes)
        rest = (*shapes[0][1:first], *shapes[0][first + 1 :], *shapes[1][1:second], *shapes[1][second + 1 :])
        return (None, *(rest or (1,)))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # type: ignore[override]
        """Return None: the axes are others."""
        return None

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def add(inputs: Any, **kwargs: Any) -> Any:
    """Return the sum of all inputs: see `Add`."""
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """Return the first input less the second: see `Subtract`."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """Return the product of all inputs: see `Multiply`."""
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """Return the mean of all inputs: see `Average`."""
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """Return the largest of all inputs: see `Maximum`."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """Return the smallest of all inputs: see `Minimum`."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """Return the inputs side by side: see `Concatenate`."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """Return the dot products of two inputs: see `Dot`."""
    return Dot(axes=axes, **kwargs)(inputs)
