"""What the recurrent ops share: shapes, the numbers of their native twins, and inputs that are codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.errors import ShapeError, complaint
from tidegate.ops.activations import code
from tidegate.ops.base import Array, Numbers, Op, Spec
from tidegate.shapes import describe

__all__ = ["RecurrentOp", "project", "recurrent_numbers", "unproject"]


def project(x: Array, W: Array) -> Array:
    """Return x @ W for x (B, F), or the rows of W that whole numbers x (B,) name."""
    return W[x.astype(np.int64)] if x.ndim == 1 else x @ W


def unproject(x: Array, W: Array, dz: Array, dW: Array) -> Array | None:
    """Undo `project`: add to dW, and return dx (None for whole numbers)."""
    if x.ndim == 1:
        np.add.at(dW, x.astype(np.int64), dz)
        return None
    dW += x.T @ dz
    return dz @ W.T


def recurrent_numbers(
    specs: Sequence[Spec | None],
    activation: str,
    recurrent_activation: str,
    return_sequences: bool,
    go_backwards: bool,
) -> Numbers:
    """Return T, F, U, the functions by number, three flags: sequences, backwards, codes."""
    x, kernel, recurrent = specs[:3]
    assert x is not None and kernel is not None and recurrent is not None
    T, F, U = x.shape[1], kernel.shape[0], recurrent.shape[0]
    assert T is not None and F is not None and U is not None
    flags = [int(return_sequences), int(go_backwards), int(len(x.shape) == 2)]
    return [T, F, U, code(activation), code(recurrent_activation), *flags], []


class RecurrentOp(Op):
    """Base of the recurrent ops: `gates` columns of the kernels for each unit."""

    arguments = ("x", "kernel", "recurrent_kernel", "bias", "mask")
    reads = ("x", "kernel", "recurrent_kernel", "mask", "outputs")
    slopes = ("x", "kernel", "recurrent_kernel", "bias")
    packs = ("kernel", "recurrent_kernel", "bias")
    gates = 0
    biases = 1  # rows of the bias

    def states(
        self,
        x: Spec,
        kernel: Spec,
        recurrent_kernel: Spec,
        bias: Spec | None,
        mask: Spec | None,
        return_sequences: bool,
    ) -> Spec:
        """Return the spec of the states at each step, (B, T, U), or of the last one, (B, U)."""
        units, F = recurrent_kernel.shape[0], kernel.shape[0]
        if len(x.shape) not in (2, 3) or units is None or (len(x.shape) == 3 and x.shape[2] != F):
            raise ShapeError(
                complaint(
                    self.name, f"(samples, timesteps, features={F}) or whole numbers", describe(x.shape)
                )
            )
        columns = self.gates * units
        for name, spec, shape in (
            ("kernel", kernel, (F, columns)),
            ("recurrent_kernel", recurrent_kernel, (units, columns)),
            ("bias", bias, (columns,) if self.biases == 1 else (self.biases, columns)),
            ("mask", mask, x.shape[:2]),
        ):
            if spec is not None and spec.shape != shape:
                raise ShapeError(complaint(self.name, f"{name} of shape {shape}", f"{spec.shape}"))
        batch, steps = x.shape[:2]
        return Spec((batch, steps, units) if return_sequences else (batch, units), recurrent_kernel.dtype)

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

    def _products(self, specs: Sequence[Spec | None], attrs: dict[str, Any]) -> tuple[float, float]:
        """T steps of (F, gates U), none where codes are looked up, and of (U, gates U)."""
        numbers = self.numbers(specs, **attrs)[0]
        T, F, U = numbers[:3]
        return 2.0 * T * (0 if numbers[7] else F) * self.gates * U, 2.0 * T * U * self.gates * U
