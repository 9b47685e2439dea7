"""lstm: long short-term memory over a sequence (Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate.ops.activations import ACTIVATIONS, code
from tidegate.ops.base import Array, Numbers, Op, Spec

__all__ = ["lstm"]


class LSTM(Op):
    """y = the states h of an LSTM, with φ = activation and σ = recurrent_activation.

    x (B, T, F), W (F, 4U), R (U, 4U), b (4U,) or None, mask (B, T) of ones and zeros or None; gates in the order
    i, f, g, o. From h = c = 0, a step with mask 0 keeps h and c. y is (B, T, U) with `return_sequences`, else the last
    h, (B, U). With `go_backwards` the last step of x is taken first, and y stands in the order of processing.
    Native twin: native/kernels/lstm.hpp.
    """

    name = "lstm"
    arguments = ("x", "kernel", "recurrent_kernel", "bias", "mask")
    reads = ("x", "kernel", "recurrent_kernel", "mask", "outputs")

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
        batch, steps, units = x.shape[0], x.shape[1], recurrent_kernel.shape[0]
        return Spec((batch, steps, units) if return_sequences else (batch, units), x.dtype)

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
        z = np.empty((T, B, 4 * U), x.dtype)  # before the gates' functions
        c = np.zeros((T + 1, B, U), x.dtype)  # c[s] stands before step s
        h = np.zeros((T + 1, B, U), x.dtype)
        for s in range(T):
            t = T - 1 - s if go_backwards else s
            z[s] = x[:, t] @ W + h[s] @ R + (0 if b is None else b)  # 1: (B, 4U)
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
        dx, dW, dR = np.zeros_like(x), np.zeros_like(W), np.zeros_like(R)
        db = np.zeros(4 * U, x.dtype)
        dh, dc = np.zeros((B, U), x.dtype), np.zeros((B, U), x.dtype)
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
            dW += x[:, t].T @ dz  # undo 1
            dR += h[s].T @ dz
            db += dz.sum(axis=0)
            dx[:, t] = dz @ W.T
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
        x, _, recurrent = specs[:3]
        assert x is not None and recurrent is not None
        T, F, U = x.shape[1], x.shape[2], recurrent.shape[0]
        assert T is not None and F is not None and U is not None
        return [T, F, U, code(activation), code(recurrent_activation), return_sequences, go_backwards], []

    def flops(self, specs: Sequence[Spec | None], **attrs: Any) -> float:
        T, F, U = self.numbers(specs, **attrs)[0][:3]
        return 2.0 * T * (F + U) * 4 * U


lstm = LSTM()
