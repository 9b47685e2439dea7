"""lstm: long short-term memory over a sequence (Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.ops.activations import ACTIVATIONS
from tidegate.ops.base import Array, Numbers, Spec
from tidegate.ops.recurrent import RecurrentOp, project, recurrent_numbers, unproject

__all__ = ["lstm"]


class LSTM(RecurrentOp):
    """y = the states h of an LSTM, with φ = activation and σ = recurrent_activation.

    x (B, T, F), W (F, 4U), R (U, 4U), b (4U,) or None, mask (B, T) of ones and zeros or None; gates in the order
    i, f, g, o. From h = c = 0, a step with mask 0 keeps h and c. y is (B, T, U) with `return_sequences`, else the last
    h, (B, U). With `go_backwards` the last step of x is taken first, and y stands in the order of processing.
    x may also be whole numbers (B, T) below F: then x W is a row of W for each, as if x were one-hot.
    Native twin: native/kernels/lstm.hpp.
    """

    name = "lstm"
    gates = 4

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
        z = np.empty((T, B, 4 * U), R.dtype)  # before the gates' functions
        c = np.zeros((T + 1, B, U), R.dtype)  # c[s] stands before step s
        h = np.zeros((T + 1, B, U), R.dtype)
        for s in range(T):
            t = T - 1 - s if go_backwards else s
            z[s] = project(x[:, t], W) + h[s] @ R + (0 if b is None else b)  # 1: (B, 4U)
            zi, zf, zg, zo = np.split(z[s], 4, axis=1)
            c[s + 1] = σ(zf) * c[s] + σ(zi) * φ(zg)  # 2: (B, U)
            h[s + 1] = σ(zo) * φ(c[s + 1])  # 3: (B, U)
            if mask is not None:  # 4: where the step does not count, the state stays
                m = mask[:, t, None] != 0
                c[s + 1] = np.where(m, c[s + 1], c[s])
                h[s + 1] = np.where(m, h[s + 1], h[s])
        y = h[1:].transpose(1, 0, 2) if return_sequences else h[T]
        return y, (z, c, h)

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
        (x, W, R, _, mask), (z, c, h) = inputs, saved
        (φ, dφ), (σ, dσ) = ACTIVATIONS[activation], ACTIVATIONS[recurrent_activation]
        B, T, U = x.shape[0], x.shape[1], R.shape[0]
        dx, dW, dR = None if x.ndim == 2 else np.zeros_like(x), np.zeros_like(W), np.zeros_like(R)
        db = np.zeros(4 * U, R.dtype)
        dh, dc = np.zeros((B, U), R.dtype), np.zeros((B, U), R.dtype)
        if not return_sequences:
            dh = dh + dy
        for s in reversed(range(T)):
            t = T - 1 - s if go_backwards else s
            if return_sequences:
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
            dc_before = dcc * f  # undo 2
            if mask is None:
                dh = dz @ R.T  # undo 1
                dc = dc_before
            else:  # undo 4
                m = mask[:, t, None] != 0
                dz = np.where(m, dz, 0)
                dh = np.where(m, dz @ R.T, dh)
                dc = np.where(m, dc_before, dc)
            dx_t = unproject(x[:, t], W, dz, dW)  # undo 1
            dR += h[s].T @ dz
            db += dz.sum(axis=0)
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


lstm = LSTM()
