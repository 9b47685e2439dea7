"""simple_rnn: a state fed back through one matrix (Elman 1990)."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.ops.activations import ACTIVATIONS
from tidegate.ops.base import Array
from tidegate.ops.recurrent import RecurrentOp, arriving, project, unproject

__all__ = ["simple_rnn"]


class SimpleRNN(RecurrentOp):
    """The states h_t = φ(x_t W + h_{t-1} R + b), with φ = activation.

    x (B, T, F) or whole numbers (B, T) below F, W (F, U), R (U, U), b (U,) or None. The rest as in `RecurrentOp`.
    Native twin: native/kernels/simple_rnn.hpp.
    """

    name = "simple_rnn"
    gates = 1

    def forward(
        self,
        x: Array,
        W: Array,
        R: Array,
        b: Array | None,
        mask: Array | None,
        h0: Array | None = None,
        c0: None = None,
        drop_x: Array | None = None,
        drop_h: Array | None = None,
        *,
        activation: str,
        return_sequences: bool,
        go_backwards: bool,
        return_state: bool = False,
    ) -> tuple[Any, Any]:
        φ = ACTIVATIONS[activation].value
        B, T, U = x.shape[0], x.shape[1], R.shape[0]
        z, h = np.empty((T, B, U), R.dtype), np.zeros((T + 1, B, U), R.dtype)  # h[s] stands before step s
        h[0] = 0 if h0 is None else h0
        for s in range(T):
            t = T - 1 - s if go_backwards else s
            z[s] = (
                project(x[:, t], W, drop_x) + project(h[s], R, drop_h) + (0 if b is None else b)
            )  # 1: (B, U)
            h[s + 1] = φ(z[s])  # 2
            if mask is not None:  # 3: where the step does not count, the state stays
                h[s + 1] = np.where(mask[:, t, None] != 0, h[s + 1], h[s])
        y = h[1:].transpose(1, 0, 2) if return_sequences else h[T]
        return ((y, h[T]) if return_state else y), (z, h)

    def backward(  # type: ignore[override]
        self,
        inputs: Any,
        outputs: Any,
        saved: Any,
        dy: Any,
        *,
        activation: str,
        return_sequences: bool,
        go_backwards: bool,
        return_state: bool = False,
    ) -> tuple[Array | None, ...]:
        (x, W, R, _, mask, h0, _, drop_x, drop_h), (z, h) = inputs, saved
        φ, dφ = ACTIVATIONS[activation]
        T, U = x.shape[1], R.shape[0]
        dx, dW, dR = None if x.ndim == 2 else np.zeros_like(x), np.zeros_like(W), np.zeros_like(R)
        db = np.zeros(U, R.dtype)
        dy, dh, _ = arriving(dy, h[T], return_state, return_sequences)
        for s in reversed(range(T)):
            t = T - 1 - s if go_backwards else s
            if dy is not None:
                dh = dh + dy[:, s]
            dz, kept = dh * dφ(z[s], φ(z[s])), np.zeros_like(dh)  # undo 2
            if mask is not None:  # undo 3
                m = mask[:, t, None] != 0
                dz, kept = np.where(m, dz, 0), np.where(m, 0, dh)
            dx_t = unproject(x[:, t], W, dz, dW, drop_x)  # undo 1
            dh = unproject(h[s], R, dz, dR, drop_h) + kept
            db += dz.sum(axis=0)
            if dx is not None:
                dx[:, t] = dx_t
        return dx, dW, dR, db, None, None if h0 is None else dh, None, None, None


simple_rnn = SimpleRNN()
