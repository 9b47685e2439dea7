"""The same numbers at other places: transposed, cut out, padded, spread over more samples or steps.

One native kernel, `move` in native/kernels/movement.hpp, serves them all: it walks through y and x at once, each with
strides of its own. The numbers may be codes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.base import Array, Context, Numbers, Op, Spec
from tidegate.ops.binary import unspread
from tidegate.ops.layout import Lie, broadcast, lie, spread, walk
from tidegate.shapes import Shape, describe

__all__ = ["View", "broadcast_to", "cut", "pad", "transpose"]

Places = tuple[Shape, Lie, Lie]  # what is walked through, how it lies in y, and how in x


class View(Op):
    """Base: y[places] = x[places], and elsewhere y is a constant."""

    arguments = ("x",)
    carries = ("x",)

    def places(self, x: Spec, **attrs: Any) -> Places:
        raise NotImplementedError

    def numbers(self, specs: Sequence[Spec | None], **attrs: Any) -> Numbers:
        x = specs[0]
        assert x is not None
        y = self.infer(x, **attrs)
        assert isinstance(y, Spec)
        shape, in_y, in_x = self.places(x, **attrs)
        fill = attrs.get("value", 0)
        (bits,) = struct.unpack("i", struct.pack("i" if x.dtype == "int32" else "f", fill))
        return [y.row, x.row, bits, *walk(shape, in_y, in_x)], []


class Transpose(View):
    """y[i, k, j] = x[i, j, k] for axes (0, 2, 1), and so on; the samples stay where they are."""

    name = "transpose"

    def __call__(self, x: Any, axes: Sequence[int] | None = None) -> Any:
        rank = len(np.shape(x))
        given = range(rank)[::-1] if axes is None else axes
        return super().__call__(x, axes=tuple(k + rank if k < 0 else k for k in given))

    def infer(self, x: Spec, *, axes: tuple[int, ...]) -> Spec:  # type: ignore[override]
        if sorted(axes) != list(range(len(x.shape))) or (x.shape[:1] == (None,) and axes[0] != 0):
            wanted = say("each axis once, 0 first where that is the samples'")
            came = say("{a} for {shape}", a=axes, shape=describe(x.shape))
            turned = (0, *range(len(x.shape) - 1, 0, -1))
            raise ShapeError(complaint("transpose", wanted, came, f"`transpose(x, {turned})`"))
        return Spec(tuple(x.shape[k] for k in axes), x.dtype)

    def places(self, x: Spec, *, axes: tuple[int, ...]) -> Places:  # type: ignore[override]
        y, of_x = self.infer(x, axes=axes), lie(x.shape).strides
        return y.shape, lie(y.shape), Lie(tuple(of_x[k] for k in axes))

    def forward(self, x: Array, *, axes: tuple[int, ...]) -> tuple[Array, None]:
        return x.transpose(axes), None  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, axes: tuple[int, ...]
    ) -> tuple[Array]:
        return (dy.transpose(np.argsort(axes)),)  # undo 1


def _key(start: Sequence[int], step: Sequence[int], size: Sequence[int | None]) -> tuple[slice, ...]:
    """Return the slices that cut out so many numbers, None for the samples."""
    found = []
    for a, d, n in zip(start, step, size, strict=True):
        stop = None if n is None else a + d * n
        found.append(
            slice(None) if n is None else slice(a, None if stop is not None and stop < 0 else stop, d)
        )
    return tuple(found)


class Cut(View):
    """y = x[start : start + step * size : step] on each axis; the samples are kept whole."""

    name = "cut"

    def infer(  # type: ignore[override]
        self, x: Spec, *, start: tuple[int, ...], step: tuple[int, ...], size: tuple[int | None, ...]
    ) -> Spec:
        for a, d, n, whole in zip(start, step, size, x.shape, strict=True):
            ends = (a, a + d * ((n or 1) - 1))
            if (n is None) != (whole is None) or (
                whole is not None and not 0 <= min(ends) <= max(ends) < whole
            ):
                raise ShapeError(
                    complaint(
                        "cut", say("places within {shape}", shape=describe(x.shape)), f"{start} + {size}"
                    )
                )
        return Spec(tuple(size), x.dtype)

    def places(self, x: Spec, *, start: Any, step: Any, size: Any) -> Places:  # type: ignore[override]
        strides = lie(x.shape).strides
        first = tuple(sum(a * s[k] for a, s in zip(start, strides, strict=True)) for k in (0, 1))
        steps = tuple((d * s, d * r) for d, (s, r) in zip(step, strides, strict=True))
        return tuple(size), lie(tuple(size)), Lie(steps, (first[0], first[1]))

    def forward(self, x: Array, *, start: Any, step: Any, size: Any) -> tuple[Array, Any]:
        return x[_key(start, step, size)], x.shape  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, start: Any, step: Any, size: Any
    ) -> tuple[Array]:
        dx = np.zeros(saved, dy.dtype)
        dx[_key(start, step, size)] = dy  # undo 1
        return (dx,)


class Pad(View):
    """y = x with numbers of one value before and behind it on each axis but the samples'."""

    name = "pad"

    def __call__(self, x: Any, pad_width: Any, constant_values: float | None = None) -> Any:
        """Take for each axis (before, behind), as NumPy does."""
        widths = np.broadcast_to(np.asarray(pad_width), (len(np.shape(x)), 2)).T.tolist()
        return super().__call__(
            x, before=tuple(widths[0]), behind=tuple(widths[1]), value=float(constant_values or 0)
        )

    def infer(self, x: Spec, *, before: Any, behind: Any, value: float = 0.0) -> Spec:  # type: ignore[override]
        shape = []
        for a, b, n in zip(before, behind, x.shape, strict=True):
            if a < 0 or b < 0 or (n is None and (a or b)):
                wanted = say("widths of at least 0 on each axis, and 0 on the samples'")
                raise ShapeError(
                    complaint(
                        "pad",
                        wanted,
                        say(
                            "{before} and {behind} for {shape}",
                            before=before,
                            behind=behind,
                            shape=describe(x.shape),
                        ),
                    )
                )
            shape.append(None if n is None else n + a + b)
        return Spec(tuple(shape), x.dtype)

    def places(self, x: Spec, *, before: Any, behind: Any, value: float = 0.0) -> Places:  # type: ignore[override]
        strides = lie(self.infer(x, before=before, behind=behind).shape).strides
        first = tuple(sum(a * s[k] for a, s in zip(before, strides, strict=True)) for k in (0, 1))
        return x.shape, Lie(strides, (first[0], first[1])), lie(x.shape)

    def forward(self, x: Array, *, before: Any, behind: Any, value: float = 0.0) -> tuple[Array, None]:
        return np.pad(x, list(zip(before, behind, strict=True)), constant_values=value), None  # 1

    def backward(  # type: ignore[override]
        self,
        inputs: Any,
        outputs: Any,
        saved: Any,
        dy: Array,
        *,
        before: Any,
        behind: Any,
        value: float = 0.0,
    ) -> tuple[Array]:
        within = (slice(a, n - b) for a, b, n in zip(before, behind, dy.shape, strict=True))
        return (dy[tuple(within)],)  # undo 1


class BroadcastTo(View):
    """y = x, spread over an array of that shape; None stands for the samples of the batch."""

    name = "broadcast_to"
    contextual = True

    def __call__(self, x: Any, shape: Sequence[int | None]) -> Any:
        return super().__call__(x, shape=tuple(shape))

    def infer(self, x: Spec, *, shape: Shape) -> Spec:  # type: ignore[override]
        if broadcast("broadcast_to", x.shape, shape) != shape:
            raise ShapeError(
                complaint(
                    "broadcast_to", say("what {shape} can be spread to", shape=describe(x.shape)), f"{shape}"
                )
            )
        return Spec(shape, x.dtype)

    def places(self, x: Spec, *, shape: Shape) -> Places:  # type: ignore[override]
        return shape, lie(shape), spread(x.shape, shape)

    def forward(self, x: Array, *, shape: Shape, context: Context = Context()) -> tuple[Array, Any]:
        rows = context.rows or (len(x) if x.ndim == len(shape) else 1)
        return np.broadcast_to(x, tuple(rows if n is None else n for n in shape)), x.shape  # 1

    def backward(  # type: ignore[override]
        self, inputs: Any, outputs: Any, saved: Any, dy: Array, *, shape: Shape, context: Context = Context()
    ) -> tuple[Array]:
        return (unspread(dy, saved),)  # undo 1


transpose = Transpose()
cut = Cut()
pad = Pad()
broadcast_to = BroadcastTo()
