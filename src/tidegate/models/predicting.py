"""The fifth verb, predict."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.callbacks import CallbackList
from tidegate.layers.symbolic import Tensor
from tidegate.models.arguments import listed, size
from tidegate.models.compiled import Compiled
from tidegate.models.loop import Interrupts, run_pass
from tidegate.models.progress import Progress, level
from tidegate.ops import Value
from tidegate.utils.nested import leaves

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
    ) -> Any:
        """Return what the output layers give.

        Parameters
        ----------
        x : array as in `fit`, or a list or dict of them
        batch_size : int, optional
            Accepted; samples are computed in pieces that suit the engine, and results do not depend on them.
        verbose : 0, 1, 2 or "auto"
            1 and 2 print a line; "auto" stays silent.
        steps : int, optional
            Batches of `batch_size` after which to end.
        callbacks : list of `tidegate.callbacks.Callback`

        Returns
        -------
        float32 array of the output's shape, one row for each sample; of several outputs, as many in a list or dict
        """
        found = (
            self._ready.get(("predict", x.shape[1:]))
            if type(x) is np.ndarray and x.dtype.kind in "iuf"
            else None
        )
        if found is None or found.coded or x.dtype.itemsize == 2 or not x.dtype.isnative:
            inputs = self._inputs("X", x)
            found = self._predictor(inputs)
        else:
            inputs = [x]
        self._used = found
        rows = len(inputs[0])
        if steps is not None:
            rows = min(rows, steps * size("predict", "batch_size", batch_size, 32))
        out = found.empty(rows)
        if rows == 0:
            return found.handed_out(out)
        if rows <= FEW and callbacks is None and verbose in ("auto", 0):
            found.plan.run(inputs, rows, rows, outputs=out)
            return found.handed_out(out)
        show = 0 if verbose == "auto" else level(verbose)
        piece = min(rows, CHUNK)
        bar = Progress(-(-rows // piece), show) if show else None
        calls = CallbackList(listed(callbacks), self, {"verbose": show}) if callbacks else None
        if calls is not None:
            calls.call("on_predict_begin", {})
        with Interrupts() as interrupts:
            run_pass(found, inputs, rows, piece, interrupts, outputs=out)
        if bar is not None:
            bar.finish({})
        if calls is not None:
            calls.call("on_predict_end", {})
        return found.handed_out(out)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs for arrays, or what stands for them where the model is part of another one."""
        if len(args) == 1 and not kwargs.get("training"):
            things = leaves(args[0])
            if not any(isinstance(t, Tensor | Value) for t in things):
                return self.predict(args[0], verbose=0)
        return super().__call__(*args, **kwargs)

    predict_proba = predict

    def predict_classes(self, x: Any, batch_size: int | None = None, verbose: Any = "auto") -> Array:
        """Return crisp classes: 0 or 1 of a single unit, in the output's shape; else the largest output."""
        p: Array = self.predict(x, batch_size, verbose)
        return p.argmax(axis=-1) if p.shape[-1] > 1 else (p > 0.5).astype(np.int32)

    def predict_on_batch(self, x: Any) -> Any:
        """Return what the output layer gives for these samples."""
        return self.predict(x, verbose=0)
