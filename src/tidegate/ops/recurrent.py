"""What the recurrent ops share: shapes, the numbers of their native twins, and inputs that are codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.ops.activations import code
from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = ["project", "recurrent_flops", "recurrent_numbers", "recurrent_shape", "unproject"]


def recurrent_shape(x: Spec, recurrent_kernel: Spec, return_sequences: bool) -> Spec:
    """Return the spec of the states at each step, (B, T, U), or of the last one, (B, U)."""
    batch, steps, units = x.shape[0], x.shape[1], recurrent_kernel.shape[0]
    return Spec((batch, steps, units) if return_sequences else (batch, units), recurrent_kernel.dtype)


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


def recurrent_flops(op: Op, specs: Sequence[Spec | None], gates: int, attrs: dict[str, Any]) -> float:
    """Return the operations of the matrix products of one sample: T steps of (F + U, gates U)."""
    numbers = op.numbers(specs, **attrs)[0]
    T, F, U = numbers[:3]
    return 2.0 * T * ((0 if numbers[7] else F) + U) * gates * U
