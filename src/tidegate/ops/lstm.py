"""lstm: long short-term memory over a sequence (Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000)."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.ops.activations import ACTIVATIONS
from tidegate.ops.base import Array
from tidegate.ops.recurrent import RecurrentOp, arriving, project, unproject

__all__ = ["lstm"]


class LSTM(RecurrentOp):
    """The states of an LSTM, with φ = activation and σ = recurrent_activation.

    x (B, T, F), W (F, 4U), R (U, 4U), b (4U,) or None; gates in the order i, f, g, o. A step with mask 0 keeps h and
    c. The rest as in `RecurrentOp`. With whole numbers x W is a row of W for each, as if x were one-hot.
    Native twin: native/kernels/lstm.hpp.
    """

    name = "lstm"
    gates = 4
    cells = 2

    def forward(
        self,
        x: Array,
        W: Array,
        R: Array,
        b: Array | None,
        mask: Array | None,
        h0: Array | None = None,
        c0: Array | None = None,
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
        z = np.empty((T, B, 4 * U), R.dtype)  # before the gates' functions
        c = np.zeros((T + 1, B, U), R.dtype)  # c[s] stands before step s
        h = np.zeros((T + 1, B, U), R.dtype)
        h[0], c[0] = 0 if h0 is None else h0, 0 if c0 is None else c0
        for s in range(T):
            t = T - 1 - s if go_backwards else s
            z[s] = (
                project(x[:, t], W, drop_x) + project(h[s], R, drop_h) + (0 if b is None else b)
            )  # 1: (B, 4U)
            zi, zf, zg, zo = np.split(z[s], 4, axis=1)
            c[s + 1] = σ(zf) * c[s] + σ(zi) * φ(zg)  # 2: (B, U)
            h[s + 1] = σ(zo) * φ(c[s + 1])  # 3: (B, U)
            if mask is not None:  # 4: where the step does not count, the state stays
                m = mask[:, t, None] != 0
                c[s + 1] = np.where(m, c[s + 1], c[s])
                h[s + 1] = np.where(m, h[s + 1], h[s])
        y = h[1:].transpose(1, 0, 2) if return_sequences else h[T]
        return ((y, h[T], c[T]) if return_state else y), (z, c, h)

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
        (x, W, R, _, mask, h0, _, drop_x, drop_h), (z, c, h) = inputs, saved
        (φ, dφ), (σ, dσ) = ACTIVATIONS[activation], ACTIVATIONS[recurrent_activation]
        T, U = x.shape[1], R.shape[0]
        dx, dW, dR = None if x.ndim == 2 else np.zeros_like(x), np.zeros_like(W), np.zeros_like(R)
        db = np.zeros(4 * U, R.dtype)
        dy, dh, dc = arriving(dy, h[T], return_state, return_sequences)
        for s in reversed(range(T)):
            t = T - 1 - s if go_backwards else s
            if dy is not None:
                dh = dh + dy[:, s]
            zi, zf, zg, zo = np.split(z[s], 4, axis=1)
            i, f, g, o = σ(zi), σ(zf), φ(zg), σ(zo)
            cc = f * c[s] + i * g  # 2 again: with a mask c[s + 1] may hold an older state
            a = φ(cc)
            do = dh * a  # undo 3
            dcc = dc + dh * o * dφ(cc, a)  # undo 3
            dz = np.concatenate(  # undo 2 and the gates' functions
                [dcc * g * dσ(zi, i), dcc * c[s] * dσ(zf, f), dcc * i * dφ(zg, g), do * dσ(zo, o)], axis=1
            )  # (B, 4U)
            dc_before, kept = dcc * f, np.zeros_like(dh)  # undo 2
            if mask is not None:  # undo 4
                m = mask[:, t, None] != 0
                dz = np.where(m, dz, 0)
                dc_before, kept = np.where(m, dc_before, dc), np.where(m, 0, dh)
            dx_t = unproject(x[:, t], W, dz, dW, drop_x)  # undo 1
            dh, dc = unproject(h[s], R, dz, dR, drop_h) + kept, dc_before
            db += dz.sum(axis=0)
            if dx is not None:
                dx[:, t] = dx_t
        return dx, dW, dR, db, None, *((dh, dc) if h0 is not None else (None, None)), None, None


lstm = LSTM()
