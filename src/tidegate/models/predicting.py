"""The fifth verb, predict."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.callbacks import CallbackList
from tidegate.layers.base import not_yet
from tidegate.models import checks
from tidegate.models.arguments import listed, size
from tidegate.models.compiled import Compiled
from tidegate.models.loop import Interrupts, run_pass
from tidegate.models.progress import Progress, level
from tidegate.models.recording import ready_to_predict

__all__ = ["Predictor"]

Array = np.ndarray[Any, Any]
CHUNK = 4096  # samples handed to the engine at once; results do not depend on it
FEW = 32  # samples for which there is nothing to wait


class Predictor(Compiled):
    """A stack of layers that gives its outputs."""

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        **old: Any,
    ) -> Array:
        """Return what the output layer gives.

        Parameters
        ----------
        x : array as in `fit`
        batch_size : int, optional
            Accepted; samples are computed in pieces that suit the engine, and results do not depend on them.
        verbose : 0, 1, 2 or "auto"
            1 and 2 print a line; "auto" stays silent.
        steps : int, optional
            Batches of `batch_size` after which to end.
        callbacks : list of `tidegate.callbacks.Callback`

        Returns
        -------
        float32 array of the output's shape, one row for each sample
        """
        found = (
            self._ready.get(("predict", x.shape[1:]))
            if type(x) is np.ndarray and x.dtype.kind in "iuf"
            else None
        )
        if found is None or x.dtype.itemsize == 2 or not x.dtype.isnative:
            x = self._source("X", x)
            found = self._ready.get(("predict", x.shape[1:]))
        if found is None:
            self._gather()
            found = self._ready[("predict", x.shape[1:])] = ready_to_predict(self._stack, x.shape[1:])
        if self._codes is not None:
            checks.check_codes(self._entrance(), "X", x, self._codes)
        self._used = found
        rows = len(x)
        if steps is not None:
            rows = min(rows, steps * size("predict", "batch_size", batch_size, 32))
        out = np.empty((rows, *found.row), np.float32)
        if rows == 0:
            return out
        if rows <= FEW and callbacks is None and verbose in ("auto", 0):
            found.plan.run((x,), rows, rows, outputs=(out,))
            return out
        show = 0 if verbose == "auto" else level(verbose)
        piece = min(rows, CHUNK)
        bar = Progress(-(-rows // piece), show) if show else None
        calls = CallbackList(listed(callbacks), self, {"verbose": show}) if callbacks else None
        if calls is not None:
            calls.call("on_predict_begin", {})
        with Interrupts() as interrupts:
            run_pass(found, (x,), rows, piece, interrupts, outputs=(out,))
        if bar is not None:
            bar.finish({})
        if calls is not None:
            calls.call("on_predict_end", {})
        return out

    def __call__(self, inputs: Any, training: bool = False) -> Array:
        """Return the outputs for an array; `predict` under another name."""
        not_yet("calling a model", training=(bool(training), False))
        return self.predict(inputs, verbose=0)

    predict_proba = predict

    def predict_classes(self, x: Any, batch_size: int | None = None, verbose: Any = "auto") -> Array:
        """Return crisp classes: 0 or 1 of a single unit, in the output's shape; else the largest output."""
        p = self.predict(x, batch_size, verbose)
        return p.argmax(axis=-1) if p.shape[-1] > 1 else (p > 0.5).astype(np.int32)

    def predict_on_batch(self, x: Any) -> Array:
        """Return what the output layer gives for these samples."""
        return self.predict(x, verbose=0)
