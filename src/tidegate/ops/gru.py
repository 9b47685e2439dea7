"""gru: gated recurrent unit (Cho et al. 2014), with the reset gate after the product (Keras's `reset_after=True`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.ops.activations import ACTIVATIONS
from tidegate.ops.base import Array
from tidegate.ops.recurrent import RecurrentOp, arriving, project, unproject

__all__ = ["gru"]


class GRU(RecurrentOp):
    """The states of a GRU, with φ = activation and σ = recurrent_activation.

    x (B, T, F) or whole numbers (B, T) below F, W (F, 3U), R (U, 3U), b (2, 3U) or None: one row for x W, one for h R;
    gates in the order z, r, g. The rest as in `RecurrentOp`. Native twin: native/kernels/gru.hpp.
    """

    name = "gru"
    gates = 3
    biases = 2

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
        recurrent_activation: str,
        return_sequences: bool,
        go_backwards: bool,
        return_state: bool = False,
    ) -> tuple[Any, Any]:
        φ, σ = ACTIVATIONS[activation].value, ACTIVATIONS[recurrent_activation].value
        B, T, U = x.shape[0], x.shape[1], R.shape[0]
        bx, bh = (0, 0) if b is None else b
        p, q = np.empty((T, B, 3 * U), R.dtype), np.empty((T, B, 3 * U), R.dtype)
        h = np.zeros((T + 1, B, U), R.dtype)  # h[s] stands before step s
        h[0] = 0 if h0 is None else h0
        for s in range(T):
            t = T - 1 - s if go_backwards else s
            p[s], q[s] = project(x[:, t], W, drop_x) + bx, project(h[s], R, drop_h) + bh  # 1: (B, 3U) each
            (pz, pr, pg), (qz, qr, qg) = np.split(p[s], 3, axis=1), np.split(q[s], 3, axis=1)
            g = φ(pg + σ(pr + qr) * qg)  # 2: (B, U)
            z = σ(pz + qz)
            h[s + 1] = z * h[s] + (1 - z) * g  # 3: (B, U)
            if mask is not None:  # 4: where the step does not count, the state stays
                h[s + 1] = np.where(mask[:, t, None] != 0, h[s + 1], h[s])
        y = h[1:].transpose(1, 0, 2) if return_sequences else h[T]
        return ((y, h[T]) if return_state else y), (p, q, h)

    def backward(  # type: ignore[override]
        self,
        inputs: Any,
        outputs: Any,
        saved: Any,
        dy: Any,
        *,
        activation: str,
        recurrent_activation: str,
        return_sequences: bool,
        go_backwards: bool,
        return_state: bool = False,
    ) -> tuple[Array | None, ...]:
        (x, W, R, _, mask, h0, _, drop_x, drop_h), (p, q, h) = inputs, saved
        (φ, dφ), (σ, dσ) = ACTIVATIONS[activation], ACTIVATIONS[recurrent_activation]
        T, U = x.shape[1], R.shape[0]
        dx, dW, dR = None if x.ndim == 2 else np.zeros_like(x), np.zeros_like(W), np.zeros_like(R)
        db = np.zeros((2, 3 * U), R.dtype)
        dy, dh, _ = arriving(dy, h[T], return_state, return_sequences)
        for s in reversed(range(T)):
            t = T - 1 - s if go_backwards else s
            if dy is not None:
                dh = dh + dy[:, s]
            (pz, pr, pg), (qz, qr, qg) = np.split(p[s], 3, axis=1), np.split(q[s], 3, axis=1)
            z, r = σ(pz + qz), σ(pr + qr)
            g = φ(pg + r * qg)
            inner = dh * (1 - z) * dφ(pg + r * qg, g)  # undo 3, and φ of 2
            dz, dr = dh * (h[s] - g) * dσ(pz + qz, z), inner * qg * dσ(pr + qr, r)  # undo 3, 2
            dp = np.concatenate([dz, dr, inner], axis=1)  # (B, 3U)
            dq = np.concatenate([dz, dr, inner * r], axis=1)
            before = dh * z  # undo 3
            if mask is not None:  # undo 4
                m = mask[:, t, None] != 0
                dp, dq, before = np.where(m, dp, 0), np.where(m, dq, 0), np.where(m, before, dh)
            dx_t = unproject(x[:, t], W, dp, dW, drop_x)  # undo 1
            dh = before + unproject(h[s], R, dq, dR, drop_h)
            db += np.stack([dp.sum(axis=0), dq.sum(axis=0)])
            if dx is not None:
                dx[:, t] = dx_t
        return dx, dW, dR, db, None, None if h0 is None else dh, None, None, None


gru = GRU()
