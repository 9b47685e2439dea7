"""simple_rnn: a state fed back through one matrix (Elman 1990)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.ops.activations import ACTIVATIONS
from tidegate.ops.base import Array, Numbers, Spec
from tidegate.ops.recurrent import RecurrentOp, project, recurrent_numbers, unproject

__all__ = ["simple_rnn"]


class SimpleRNN(RecurrentOp):
    """y = the states h_t = φ(x_t W + h_{t-1} R + b), with φ = activation.

    x (B, T, F) or whole numbers (B, T) below F, W (F, U), R (U, U), b (U,) or None, mask (B, T) or None; otherwise as
    `lstm`.
    Native twin: native/kernels/simple_rnn.hpp.
    """

    name = "simple_rnn"
    gates = 1

    def infer(  # type: ignore[override]
        self,
        x: Spec,
        kernel: Spec,
        recurrent_kernel: Spec,
        bias: Spec | None,
        mask: Spec | None,
        *,
        activation: str,
        return_sequences: bool,
        go_backwards: bool,
    ) -> Spec:
        return self.states(x, kernel, recurrent_kernel, bias, mask, return_sequences)

    def forward(
        self,
        x: Array,
        W: Array,
        R: Array,
        b: Array | None,
        mask: Array | None,
        *,
        activation: str,
        return_sequences: bool,
        go_backwards: bool,
    ) -> tuple[Array, Any]:
        φ = ACTIVATIONS[activation].value
        B, T, U = x.shape[0], x.shape[1], R.shape[0]
        z, h = np.empty((T, B, U), R.dtype), np.zeros((T + 1, B, U), R.dtype)  # h[s] stands before step s
        for s in range(T):
            t = T - 1 - s if go_backwards else s
            z[s] = project(x[:, t], W) + h[s] @ R + (0 if b is None else b)  # 1: (B, U)
            h[s + 1] = φ(z[s])  # 2
            if mask is not None:  # 3: where the step does not count, the state stays
                h[s + 1] = np.where(mask[:, t, None] != 0, h[s + 1], h[s])
        return (h[1:].transpose(1, 0, 2) if return_sequences else h[T]), (z, h)

    def backward(  # type: ignore[override]
        self,
        inputs: Any,
        outputs: Any,
        saved: Any,
        dy: Array,
        *,
        activation: str,
        return_sequences: bool,
        go_backwards: bool,
    ) -> tuple[Array | None, ...]:
        (x, W, R, _, mask), (z, h) = inputs, saved
        φ, dφ = ACTIVATIONS[activation]
        B, T, U = x.shape[0], x.shape[1], R.shape[0]
        dx, dW, dR = None if x.ndim == 2 else np.zeros_like(x), np.zeros_like(W), np.zeros_like(R)
        db = np.zeros(U, R.dtype)
        dh = np.zeros((B, U), R.dtype)
        if not return_sequences:
            dh = dh + dy
        for s in reversed(range(T)):
            t = T - 1 - s if go_backwards else s
            if return_sequences:
                dh = dh + dy[:, s]
            dz = dh * dφ(z[s], φ(z[s]))  # undo 2
            before = dz @ R.T
            if mask is not None:  # undo 3
                m = mask[:, t, None] != 0
                dz = np.where(m, dz, 0)
                before = np.where(m, before, dh)
            dx_t = unproject(x[:, t], W, dz, dW)  # undo 1
            dR += h[s].T @ dz
            db += dz.sum(axis=0)
            dh = before
            if dx is not None:
                dx[:, t] = dx_t
        return dx, dW, dR, db, None

    def numbers(  # type: ignore[override]
        self, specs: Sequence[Spec | None], *, activation: str, return_sequences: bool, go_backwards: bool
    ) -> Numbers:
        return recurrent_numbers(specs, activation, "sigmoid", return_sequences, go_backwards)


simple_rnn = SimpleRNN()
