"""What a layer of one's own says of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidegate.errors import ShapeError, complaint
from tidegate.language import say

__all__ = ["InputSpec"]


class InputSpec:
    """What a layer expects of an input; it stands in the layer's `input_spec`, one or a list of them.

    It is checked when the layer is built.

    Parameters
    ----------
    shape : tuple, optional
        The sizes, the samples' axis in front; None where any will do.
    ndim, min_ndim, max_ndim : int, optional
        How many axes there are, at least or at most.
    axes : dict, optional
        The size of some axes.
    dtype, allow_last_axis_squeeze, name, optional : accepted.

    Examples
    --------
    >>> InputSpec(ndim=3, axes={-1: 2}).check("Own 'own'", (None, 5, 2))
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype, self.name = dtype, name
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.min_ndim, self.max_ndim = min_ndim, max_ndim
        self.axes = dict(axes or {}) | dict(enumerate(self.shape or ()))

    def check(self, who: str, shape: tuple[int | None, ...]) -> None:
        """Refuse a shape that is not like this."""
        n = len(shape)
        expected = ""
        if self.ndim is not None and n != self.ndim:
            expected = say("{n} axes, the samples' included", n=self.ndim)
        elif self.min_ndim is not None and n < self.min_ndim:
            expected = say("at least {n} axes, the samples' included", n=self.min_ndim)
        elif self.max_ndim is not None and n > self.max_ndim:
            expected = say("at most {n} axes, the samples' included", n=self.max_ndim)
        if expected:
            raise ShapeError(complaint(who, expected, say("shape {shape}", shape=shape)))
        for axis, size in self.axes.items():
            if not -n <= axis < n or (None not in (size, shape[axis]) and size != shape[axis]):
                raise ShapeError(
                    complaint(
                        who,
                        say("size {size} on axis {axis}", size=size, axis=axis),
                        say("shape {shape}", shape=shape),
                    )
                )
