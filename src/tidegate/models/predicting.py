"""The fifth verb, predict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from tidegate.callbacks import CallbackList
from tidegate.errors import DataError, complaint
from tidegate.language import say
from tidegate.layers.symbolic import Tensor
from tidegate.metrics.base import RECORDER
from tidegate.models.arguments import size
from tidegate.models.compiled import Compiled
from tidegate.models.feeds import Stream, Stretch, is_stream, steps_of, unpack
from tidegate.models.loop import Interrupts, run_pass
from tidegate.models.progress import Progress, level
from tidegate.ops import Value
from tidegate.spelling import note
from tidegate.utils.nested import leaves
from tidegate.utils.stream import as_tensors, mask_of

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
        x : array as in `fit`, or a list or dict of them; or what gives batches of them
        batch_size : int, optional
            32 by default. Samples are computed in pieces that suit the engine where results do not depend on them;
            a callback that watches batches, and layers in which samples of a batch meet, see batches of this size.
        verbose : 0, 1, 2 or "auto"
            1 and 2 print a line; "auto" stays silent.
        steps : int, optional
            Batches after which to end.
        callbacks : list of `tidegate.callbacks.Callback`

        Returns
        -------
        float32 array of the output's shape, one row for each sample; of several outputs, as many in a list or dict
        """
        quiet = callbacks is None and steps is None and verbose in ("auto", 0)
        if quiet and type(x) is np.ndarray and x.dtype.kind in "iuf" and len(x) <= FEW:
            found = self._ready.get(("predict", x.shape[1:]))
            if (
                found is not None
                and not (found.coded or found.stateful or found.drawn or found.joined)
                and x.dtype.itemsize > 2
                and x.dtype.isnative
                and len(x)
            ):
                self._ran(found)
                out = found.empty(len(x))
                found.plan.run([x], len(x), len(x), outputs=out)  # nothing to look at, nothing to wait for
                return found.handed_out(out)
        self._refuse_own("predict", "predict_step", "make_predict_function")
        most = None if steps is None else size("predict", "steps", steps, 1)
        show = 0 if verbose == "auto" else level(verbose)
        calls = CallbackList(callbacks, model=self, verbose=show, epochs=1, steps=most)
        parts: Iterable[Stretch]
        if is_stream(x):
            stream = Stream(x)
            total = most or stream.length
            parts = (self._to_predict(self._inputs("X", unpack(item)[0])) for item in stream.take(most))
        else:
            given = self._given_inputs("X", x)
            rows = len(given[0])
            batch = size("predict", "batch_size", batch_size, -(-rows // most) if most and rows else 32)
            rows = rows if most is None else min(rows, most * batch)
            if self._by_batch:
                pieces = ([a[k : min(k + batch, rows)] for a in given] for k in range(0, max(rows, 1), batch))
                total, parts = -(-rows // batch), (self._to_predict(self._prepared("X", p)) for p in pieces)
            else:
                inputs = self._prepared("X", given)
                ready = self._predictor(inputs)
                exact = "predict" in calls.watched or ready.stateful or ready.joined
                one = self._to_predict(inputs, rows, batch if exact else CHUNK)
                total, parts = one.stop, [one]
        bar = Progress(total, show) if show else None
        self.stop_predicting = False
        made: list[Stretch] = []
        calls.call("on_predict_begin", {})
        with Interrupts() as interrupts:
            done = run_pass(
                "predict",
                _kept(parts, made),
                interrupts,
                callbacks=calls,
                bar=bar,
                stopped=lambda: self.stop_predicting,
            )
        if bar is not None:
            bar.finish({}, done.steps)
        calls.call("on_predict_end", {})
        if done.ready is None:
            raise DataError(complaint("predict", say("at least one batch"), say("none")))
        self._ran(done.ready)
        outputs = zip(*(part.outputs for part in made), strict=True)
        return done.ready.handed_out([np.concatenate(o) if len(o) > 1 else o[0] for o in outputs])

    def _to_predict(self, inputs: list[Array], rows: int | None = None, piece: int | None = None) -> Stretch:
        """Return the first rows with arrays for their outputs, in pieces of so many; all of them at once for None."""
        found, rows = self._predictor(inputs), len(inputs[0]) if rows is None else rows
        piece = max(1, min(rows, piece or rows))
        return Stretch(found, inputs, rows, piece, stop=-(-rows // piece), outputs=found.empty(rows))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs for arrays, or what stands for them where the model is part of another one."""
        recorder = RECORDER.get()
        if recorder is not None and len(args) == 1:
            made = recorder.outputs_for(self, args[0], kwargs.get("training", recorder.training))
            if made is not None:
                return made
        if len(args) == 1 and not kwargs.get("training"):
            things = leaves(args[0])
            if not any(isinstance(t, Tensor | Value) or mask_of(t) is not None for t in things):
                return as_tensors(self.predict(args[0], verbose=0))
            if self.graph is not None and self.graph.preparation:
                return self.graph.again(self.graph.arrange(args[0], f"'{self.name}'", say("inputs")))
        return super().__call__(*args, **kwargs)

    predict_proba = predict

    def predict_generator(
        self, generator: Any, steps: int | None = None, callbacks: Any = None, verbose: Any = 0, **old: Any
    ) -> Any:
        """Do what `predict` does, under the name of Keras 1 and 2."""
        note("predict_generator", "predict")
        if "val_samples" in old:
            generator, steps = steps_of(generator, old["val_samples"])
        return self.predict(generator, steps=steps, callbacks=callbacks, verbose=verbose)

    def predict_classes(self, x: Any, batch_size: int | None = None, verbose: Any = "auto") -> Array:
        """Return crisp classes: 0 or 1 of a single unit, in the output's shape; else the largest output."""
        p: Array = self.predict(x, batch_size, verbose)
        return p.argmax(axis=-1) if p.shape[-1] > 1 else (p > 0.5).astype(np.int32)

    def predict_on_batch(self, x: Any) -> Any:
        """Return what the output layer gives for these samples."""
        return self.predict(x, verbose=0)


def _kept(parts: Iterable[Stretch], made: list[Stretch]) -> Iterator[Stretch]:
    """Yield the parts, and keep them."""
    for part in parts:
        made.append(part)
        yield part
