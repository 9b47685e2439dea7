"""What is raced: the models, their data and initial weights, the same for every engine.

Weights are in Keras's order and shapes: embedding (V, E); LSTM kernel (F, 4U), recurrent (U, 4U), bias (4U,),
gates i, f, c, o; dense kernel (U, O), bias (O,).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PREDICT", "TRAIN", "WORKLOADS", "Workload"]

Array = NDArray[np.generic]
SET_BYTES = 32 << 20  # a training set is at most so large, so that neither disk nor swap is raced
MOST_BATCHES = 1000


@dataclass(frozen=True)
class Workload:
    """One row of the table: a model, a batch, and how many times PyTorch's speed is wanted."""

    name: str
    batch: int
    steps: int  # T
    features: int  # F; what an Embedding gives where there are codes
    units: tuple[int, ...]
    outputs: int
    floor: float
    aim: float
    activation: str = "tanh"
    codes: int = 0  # vocabulary of an Embedding, 0 for none
    sequences: bool = False  # outputs at each step
    classes: bool = False  # softmax and cross-entropy, otherwise mean squared error
    share: float | None = None  # of the FMA peak, wanted

    @property
    def text(self) -> str:
        first = (
            f"T{self.steps}, Embedding {self.codes}x{self.features}"
            if self.codes
            else f"T{self.steps} F{self.features}"
        )
        stack = f"{len(self.units)} x " * (len(self.units) > 1) + f"LSTM {self.units[0]}"
        kind = f" {self.activation}" * (self.activation != "tanh") + " at each step" * self.sequences
        last = f"softmax {self.outputs}" if self.classes else f"Dense {self.outputs}"
        return f"{first}, {stack}{kind}, {last}"

    @property
    def target_shape(self) -> tuple[int, ...]:
        return (self.steps, self.outputs) if self.sequences else (self.outputs,)

    @property
    def loss(self) -> str:
        return "categorical_crossentropy" if self.classes else "mse"

    def model(self, kit: Any) -> Any:
        """Return the model, made of a library with Keras's names."""
        shape, dtype = ((self.steps,), "int32") if self.codes else ((self.steps, self.features), "float32")
        layers = [kit.Input(shape, dtype=dtype)]
        if self.codes:
            layers.append(kit.layers.Embedding(self.codes, self.features))
        for k, units in enumerate(self.units):
            below = self.sequences or k < len(self.units) - 1
            layers.append(kit.layers.LSTM(units, activation=self.activation, return_sequences=below))
        layers.append(kit.layers.Dense(self.outputs, activation="softmax" if self.classes else None))
        return kit.Sequential(layers)

    def batches(self) -> int:
        """Return how many batches the training set holds."""
        numbers = self.steps * (1 if self.codes else self.features) + int(np.prod(self.target_shape))
        return int(np.clip(SET_BYTES // (4 * numbers * self.batch), 8, MOST_BATCHES))

    def data(self, rows: int | None = None) -> tuple[Array, Array]:
        """Return X and y, classes one-hot; the same at each call."""
        rng = np.random.default_rng(1)
        n = rows if rows is not None else self.batch * self.batches()
        x: Array
        if self.codes:
            x = rng.integers(0, self.codes, (n, self.steps), dtype=np.int32)
        else:
            x = rng.standard_normal((n, self.steps, self.features), dtype=np.float32)
        if self.classes:
            return x, np.eye(self.outputs, dtype=np.float32)[rng.integers(0, self.outputs, n)]
        return x, rng.standard_normal((n, *self.target_shape), dtype=np.float32)

    def weights(self) -> list[NDArray[np.float32]]:
        """Return the initial weights; the same at each call."""
        rng = np.random.default_rng(2)
        shapes: list[tuple[int, ...]] = [(self.codes, self.features)] if self.codes else []
        before = self.features
        for units in self.units:
            shapes += [(before, 4 * units), (units, 4 * units), (4 * units,)]
            before = units
        shapes += [(before, self.outputs), (self.outputs,)]
        return [rng.uniform(-1, 1, s).astype(np.float32) / np.float32(np.sqrt(s[0])) for s in shapes]

    def flops(self, training: bool = True) -> float:
        """Return the multiplications and additions that one step, or one prediction, cannot do without.

        Counted are the matrix products: forward, gradients of weights, and gradients of inputs where something
        below is trained. Not counted are the first step's recurrent product, where h = 0, the gates' functions
        and the optimizer. Codes need no product at each step: the projections of the whole vocabulary are one
        small product, whose rows are looked up.
        """
        total, before = 0.0, self.features
        for k, units in enumerate(self.units):
            gates = 2 * 4 * units
            inputs = self.codes if self.codes and k == 0 else self.batch * self.steps
            lower = k > 0 or bool(self.codes)  # whether the gradient of the input is needed
            of_x, of_h = (2 + lower, 3) if training else (1, 1)
            total += gates * (before * inputs * of_x + units * (self.steps - 1) * self.batch * of_h)
            before = units
        last = 2 * before * self.outputs * self.batch * (self.steps if self.sequences else 1)
        return total + (3 if training else 1) * last


TRAIN = (
    Workload("tiny", 10, 10, 1, (4,), 1, 80, 200),
    Workload("forms", 32, 5, 1, (50,), 1, 15, 25),
    Workload("forms relu", 32, 5, 1, (50,), 1, 15, 25, activation="relu"),
    Workload("stacked", 64, 8, 16, (32, 32, 32), 10, 10, 13, classes=True, share=0.65),
    Workload("long", 32, 480, 16, (32,), 16, 4, 5.8, sequences=True),
    Workload("letters", 128, 31, 32, (128,), 10, 2.3, 3, codes=25, classes=True),
    Workload("wide", 64, 100, 32, (256,), 1, 1.85, 2.3, share=0.65),
)
PREDICT = (
    Workload("predict one", 1, 480, 16, (32,), 16, 8, 10, sequences=True),
    Workload("predict 1000", 1000, 480, 16, (32,), 16, 0, 0, sequences=True),
)
WORKLOADS = {w.name: w for w in (*TRAIN, *PREDICT)}
