"""gru_before: gated recurrent unit (Cho et al. 2014), the reset gate before the product (`reset_after=False`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.ops.activations import ACTIVATIONS
from tidegate.ops.base import Array
from tidegate.ops.recurrent import RecurrentOp, arriving, project, unproject

__all__ = ["gru_before"]


class GRUBefore(RecurrentOp):
    """The states of a GRU whose reset gate acts on h before it meets the candidate's kernel.

    As `gru`, with b (3U,) or None. Native twin: native/kernels/gru.hpp, in the loop of stepwise.hpp.
    """

    name = "gru_before"
    gates = 3

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
        drop_zr, drop_g = _parts(drop_h, U)
        q = np.empty((T, B, 3 * U), R.dtype)  # before the functions
        h = np.zeros((T + 1, B, U), R.dtype)  # h[s] stands before step s
        h[0] = 0 if h0 is None else h0
        for s in range(T):
            t = T - 1 - s if go_backwards else s
            q[s] = project(x[:, t], W, drop_x) + (0 if b is None else b)  # 1: (B, 3U)
            q[s, :, : 2 * U] += project(h[s], R[:, : 2 * U], drop_zr)  # 2: (B, 2U)
            z, r = np.split(σ(q[s, :, : 2 * U]), 2, axis=1)
            q[s, :, 2 * U :] += project(r * h[s], R[:, 2 * U :], drop_g)  # 3: (B, U)
            h[s + 1] = z * h[s] + (1 - z) * φ(q[s, :, 2 * U :])  # 4: (B, U)
            if mask is not None:  # 5: where the step does not count, the state stays
                h[s + 1] = np.where(mask[:, t, None] != 0, h[s + 1], h[s])
        y = h[1:].transpose(1, 0, 2) if return_sequences else h[T]
        return ((y, h[T]) if return_state else y), (q, h)

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
        (x, W, R, _, mask, h0, _, drop_x, drop_h), (q, h) = inputs, saved
        (φ, dφ), (σ, dσ) = ACTIVATIONS[activation], ACTIVATIONS[recurrent_activation]
        T, U = x.shape[1], R.shape[0]
        dx, dW, dR = None if x.ndim == 2 else np.zeros_like(x), np.zeros_like(W), np.zeros_like(R)
        db = np.zeros(3 * U, R.dtype)
        drop_zr, drop_g = _parts(drop_h, U)
        dy, dh, _ = arriving(dy, h[T], return_state, return_sequences)
        for s in reversed(range(T)):
            t = T - 1 - s if go_backwards else s
            if dy is not None:
                dh = dh + dy[:, s]
            qz, qr, qg = np.split(q[s], 3, axis=1)
            z, r, g = σ(qz), σ(qr), φ(qg)
            dqg, dqz, before = dh * (1 - z) * dφ(qg, g), dh * (h[s] - g) * dσ(qz, z), dh * z  # undo 4
            if mask is not None:  # undo 5
                m = mask[:, t, None] != 0
                dqg, dqz, before = np.where(m, dqg, 0), np.where(m, dqz, 0), np.where(m, before, dh)
            inner = unproject(r * h[s], R[:, 2 * U :], dqg, dR[:, 2 * U :], drop_g)  # undo 3
            dqr = inner * h[s] * dσ(qr, r)
            dzr = np.concatenate([dqz, dqr], axis=1)
            dh = before + inner * r + unproject(h[s], R[:, : 2 * U], dzr, dR[:, : 2 * U], drop_zr)  # undo 2
            dq = np.concatenate([dzr, dqg], axis=1)
            dx_t = unproject(x[:, t], W, dq, dW, drop_x)  # undo 1
            db += dq.sum(axis=0)
            if dx is not None:
                dx[:, t] = dx_t
        return dx, dW, dR, db, None, None if h0 is None else dh, None, None, None


def _parts(drop: Array | None, U: int) -> tuple[Array | None, Array | None]:
    """Return what the gates z and r drop of h, and what the candidate drops."""
    return (None, None) if drop is None else (drop[:, : 2 * U], drop[:, 2 * U :])


gru_before = GRUBefore()
