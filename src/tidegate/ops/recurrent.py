"""What the recurrent ops share: shapes, states, the numbers of their native twins, and inputs that are codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.ops.activations import code
from tidegate.ops.base import Array, Numbers, Op, Spec, Value
from tidegate.ops.cast import cast
from tidegate.shapes import describe

__all__ = ["RecurrentOp", "arriving", "project", "unproject"]


def project(x: Array, W: Array, drop: Array | None = None) -> Array:
    """Return x @ W for x (B, F), or the rows of W that whole numbers x (B,) name.

    With drop (B, gates F), each gate's columns of W meet x times its own part of drop.
    """
    if x.ndim == 1:
        return W[x.astype(np.int64)]
    if drop is None:
        return x @ W
    gates = drop.shape[1] // x.shape[1]
    pairs = zip(np.split(drop, gates, axis=1), np.split(W, gates, axis=1), strict=True)
    return np.concatenate([(x * d) @ w for d, w in pairs], axis=1)


def unproject(x: Array, W: Array, dz: Array, dW: Array, drop: Array | None = None) -> Any:
    """Undo `project`: add to dW, and return dx (None for whole numbers)."""
    if x.ndim == 1:
        np.add.at(dW, x.astype(np.int64), dz)
        return None
    if drop is None:
        dW += x.T @ dz
        return dz @ W.T
    gates = drop.shape[1] // x.shape[1]
    parts = (np.split(a, gates, axis=1) for a in (drop, W, dz, dW))
    dx = np.zeros_like(x)
    for d, w, one, dw in zip(*parts, strict=True):
        dw += (x * d).T @ one
        dx += d * (one @ w.T)
    return dx


def arriving(dy: Any, h: Array, return_state: bool, sequences: bool) -> tuple[Array | None, Array, Array]:
    """Return the gradient of each step's output (B, T, U) or None, and those of the last h and c, from the outputs'."""
    dy, *last = dy if return_state else (dy,)
    dh, dc = (np.zeros(h.shape, h.dtype) for _ in "hc")
    for total, d in zip((dh, dc), last, strict=False):
        if d is not None:
            total += d
    if dy is not None and not sequences:
        dh += dy
    return (dy if sequences else None), dh, dc


class RecurrentOp(Op):
    """Base of the recurrent ops: `gates` columns of the kernels for each unit, `cells` states of a unit.

    x (B, T, F) or whole numbers (B, T) below F, and mask (B, T) of ones and zeros or None. h and c (B, U) are the
    states before the first step, None for zeros; only an LSTM has c. drop_x (B, gates F) and drop_h (B, gates U) are
    what x and h are multiplied by at every step, on their way to each gate; None for ones.

    The outputs: y, the states h at each step, (B, T, U), with `return_sequences`, else the last one, (B, U); and with
    `return_state` the last states, h and the LSTM's c. With `go_backwards` the last step of x is taken first, and y
    stands in the order of processing.
    """

    arguments = ("x", "kernel", "recurrent_kernel", "bias", "mask", "h", "c", "drop_x", "drop_h")
    reads = (*arguments, "outputs")
    slopes = ("x", "kernel", "recurrent_kernel", "bias", "h", "c")
    packs = ("kernel", "recurrent_kernel", "bias")
    gates = 0
    cells = 1
    biases = 1  # rows of the bias

    def record(self, *values: Value | None, **attrs: Any) -> Any:
        x, *rest = values
        if x is not None and x.dtype == "int32" and len(x.shape) == 3:  # whole numbers of rank 2 are codes
            values = (cast.record(x), *rest)
        return super().record(*values, *[None] * (len(self.arguments) - len(values)), **attrs)

    def infer(  # type: ignore[override]
        self,
        x: Spec,
        kernel: Spec,
        recurrent_kernel: Spec,
        bias: Spec | None,
        mask: Spec | None,
        h: Spec | None,
        c: Spec | None,
        drop_x: Spec | None,
        drop_h: Spec | None,
        *,
        return_sequences: bool,
        return_state: bool = False,
        **attrs: Any,
    ) -> Spec | tuple[Spec, ...]:
        units, F = recurrent_kernel.shape[0], kernel.shape[0]
        if len(x.shape) not in (2, 3) or units is None or (len(x.shape) == 3 and x.shape[2] != F):
            raise ShapeError(
                complaint(
                    self.name,
                    say("(samples, timesteps, features={features}) or whole numbers", features=F),
                    describe(x.shape),
                )
            )
        columns, state = self.gates * units, (None, units)
        for name, spec, shape in (
            ("kernel", kernel, (F, columns)),
            ("recurrent_kernel", recurrent_kernel, (units, columns)),
            ("bias", bias, (columns,) if self.biases == 1 else (self.biases, columns)),
            ("mask", mask, x.shape[:2]),
            ("h", h, state),
            ("c", c, state),
            ("drop_x", drop_x, (None, self.gates * (F or 0))),
            ("drop_h", drop_h, (None, columns)),
        ):
            if spec is not None and spec.shape != shape:
                raise ShapeError(
                    complaint(
                        self.name, say("{name} of shape {shape}", name=name, shape=shape), f"{spec.shape}"
                    )
                )
        if (c is not None) != (h is not None and self.cells == 2):
            raise ShapeError(
                complaint(self.name, say("all of its states or none"), say("h {h} and c {c}", h=h, c=c))
            )
        if drop_x is not None and len(x.shape) == 2:
            raise ShapeError(
                complaint(self.name, say("no drop_x where x holds whole numbers"), describe(drop_x.shape))
            )
        batch, steps = x.shape[:2]
        last = Spec((batch, units), recurrent_kernel.dtype)
        y = Spec((batch, steps, units), last.dtype) if return_sequences else last
        return (y, *[last] * self.cells) if return_state else y

    def numbers(  # type: ignore[override]
        self,
        specs: Sequence[Spec | None],
        *,
        activation: str,
        return_sequences: bool,
        go_backwards: bool,
        recurrent_activation: str = "sigmoid",
        return_state: bool = False,
    ) -> Numbers:
        """Return T, F, U, the functions by number, and flags.

        The flags: sequences, backwards, codes, states handed out, states given, numbers dropped for each gate.
        """
        x, kernel, recurrent, _, _, h, _, drop_x, drop_h = specs
        assert x is not None and kernel is not None and recurrent is not None
        T, F, U = x.shape[1], kernel.shape[0], recurrent.shape[0]
        assert T is not None and F is not None and U is not None
        dropped = drop_x is not None or drop_h is not None
        flags = [return_sequences, go_backwards, len(x.shape) == 2, return_state, h is not None, dropped]
        return [T, F, U, code(activation), code(recurrent_activation), *map(int, flags)], []

    def codes(self, specs: Sequence[Spec | None]) -> dict[str, int]:
        x, kernel = specs[:2]
        assert x is not None and kernel is not None and kernel.shape[0] is not None
        return {"x": kernel.shape[0]} if len(x.shape) == 2 else {}

    def packed(self, specs: Sequence[Spec | None]) -> tuple[str, ...]:
        codes = (
            specs[0] is not None and len(specs[0].shape) == 2
        )  # then rows of the kernel are looked up as they are
        return self.packs[1:] if codes else self.packs

    def flops(self, specs: Sequence[Spec | None], **attrs: Any) -> float:
        return sum(self._products(specs, attrs))

    def backward_flops(self, specs: Sequence[Spec | None], wanted: Sequence[bool], **attrs: Any) -> float:
        of_x, of_h = self._products(specs, attrs)
        return of_x * sum(wanted[:2]) + of_h * 2

    def held(self, specs: Sequence[Spec | None], **attrs: Any) -> int:
        T, _, U = self.numbers(specs, **attrs)[0][:3]
        return T * U * (self.gates + 2)  # gates and states

    def _products(self, specs: Sequence[Spec | None], attrs: dict[str, Any]) -> tuple[float, float]:
        """T steps of (F, gates U), none where codes are looked up, and of (U, gates U)."""
        numbers = self.numbers(specs, **attrs)[0]
        T, F, U = numbers[:3]
        return 2.0 * T * (0 if numbers[7] else F) * self.gates * U, 2.0 * T * U * self.gates * U
