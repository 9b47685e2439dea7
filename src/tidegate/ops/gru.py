"""gru: gated recurrent unit (Cho et al. 2014), with the reset gate after the product (Keras's `reset_after=True`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.ops.activations import ACTIVATIONS
from tidegate.ops.base import Array, Numbers, Spec
from tidegate.ops.recurrent import RecurrentOp, project, recurrent_numbers, unproject

__all__ = ["gru"]


class GRU(RecurrentOp):
    """y = the states h of a GRU, with φ = activation and σ = recurrent_activation.

    x (B, T, F) or whole numbers (B, T) below F, W (F, 3U), R (U, 3U), b (2, 3U) or None: one row for x W, one for h R;
    gates in the order z, r, g. mask (B, T) or None; otherwise as `lstm`. Native twin: native/kernels/gru.hpp.
    """

    name = "gru"
    gates = 3
    biases = 2

    def infer(  # type: ignore[override]
        self,
        x: Spec,
        kernel: Spec,
        recurrent_kernel: Spec,
        bias: Spec | None,
        mask: Spec | None,
        *,
        activation: str,
        recurrent_activation: str,
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
        recurrent_activation: str,
        return_sequences: bool,
        go_backwards: bool,
    ) -> tuple[Array, Any]:
        φ, σ = ACTIVATIONS[activation].value, ACTIVATIONS[recurrent_activation].value
        B, T, U = x.shape[0], x.shape[1], R.shape[0]
        bx, bh = (0, 0) if b is None else b
        p, q = np.empty((T, B, 3 * U), R.dtype), np.empty((T, B, 3 * U), R.dtype)
        h = np.zeros((T + 1, B, U), R.dtype)  # h[s] stands before step s
        for s in range(T):
            t = T - 1 - s if go_backwards else s
            p[s], q[s] = project(x[:, t], W) + bx, h[s] @ R + bh  # 1: (B, 3U) each
            (pz, pr, pg), (qz, qr, qg) = np.split(p[s], 3, axis=1), np.split(q[s], 3, axis=1)
            g = φ(pg + σ(pr + qr) * qg)  # 2: (B, U)
            z = σ(pz + qz)
            h[s + 1] = z * h[s] + (1 - z) * g  # 3: (B, U)
            if mask is not None:  # 4: where the step does not count, the state stays
                h[s + 1] = np.where(mask[:, t, None] != 0, h[s + 1], h[s])
        return (h[1:].transpose(1, 0, 2) if return_sequences else h[T]), (p, q, h)

    def backward(  # type: ignore[override]
        self,
        inputs: Any,
        outputs: Any,
        saved: Any,
        dy: Array,
        *,
        activation: str,
        recurrent_activation: str,
        return_sequences: bool,
        go_backwards: bool,
    ) -> tuple[Array | None, ...]:
        (x, W, R, _, mask), (p, q, h) = inputs, saved
        (φ, dφ), (σ, dσ) = ACTIVATIONS[activation], ACTIVATIONS[recurrent_activation]
        B, T, U = x.shape[0], x.shape[1], R.shape[0]
        dx, dW, dR = None if x.ndim == 2 else np.zeros_like(x), np.zeros_like(W), np.zeros_like(R)
        db = np.zeros((2, 3 * U), R.dtype)
        dh = np.zeros((B, U), R.dtype)
        if not return_sequences:
            dh = dh + dy
        for s in reversed(range(T)):
            t = T - 1 - s if go_backwards else s
            if return_sequences:
                dh = dh + dy[:, s]
            (pz, pr, pg), (qz, qr, qg) = np.split(p[s], 3, axis=1), np.split(q[s], 3, axis=1)
            z, r = σ(pz + qz), σ(pr + qr)
            g = φ(pg + r * qg)
            inner = dh * (1 - z) * dφ(pg + r * qg, g)  # undo 3, and φ of 2
            dz, dr = dh * (h[s] - g) * dσ(pz + qz, z), inner * qg * dσ(pr + qr, r)  # undo 3, 2
            dp = np.concatenate([dz, dr, inner], axis=1)  # (B, 3U)
            dq = np.concatenate([dz, dr, inner * r], axis=1)
            before = dh * z + dq @ R.T  # undo 3, 1
            if mask is not None:  # undo 4
                m = mask[:, t, None] != 0
                dp, dq = np.where(m, dp, 0), np.where(m, dq, 0)
                before = np.where(m, before, dh)
            dx_t = unproject(x[:, t], W, dp, dW)  # undo 1
            dR += h[s].T @ dq
            db += np.stack([dp.sum(axis=0), dq.sum(axis=0)])
            dh = before
            if dx is not None:
                dx[:, t] = dx_t
        return dx, dW, dR, db, None

    def numbers(  # type: ignore[override]
        self,
        specs: Sequence[Spec | None],
        *,
        activation: str,
        recurrent_activation: str,
        return_sequences: bool,
        go_backwards: bool,
    ) -> Numbers:
        return recurrent_numbers(specs, activation, recurrent_activation, return_sequences, go_backwards)


gru = GRU()
