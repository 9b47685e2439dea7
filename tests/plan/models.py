"""Small recorded steps that the tests of the plan share."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate import ops
from tidegate.ops import Spec, Value
from tidegate.plan import Parameter, Plan, Step, Update, gather

T, F, U = 6, 3, 17
ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": 0.0}


def weights(seed: int, *shapes: tuple[int, ...]) -> list[Parameter]:
    rng = np.random.default_rng(seed)
    found = [Parameter(f"w{k}", rng.normal(size=s) * 0.4) for k, s in enumerate(shapes)]
    gather(found)
    return found


def data(rows: int, seed: int = 1) -> tuple[Any, Any]:
    x = np.random.default_rng(seed).normal(size=(rows, T, F)).astype(np.float32)
    return x, x.sum(axis=(1, 2))[:, None].astype(np.float32)


def lstm_regression(executor: str | None = None, seed: int = 0, dropout: float = 0.0) -> Plan:
    """LSTM, dropout, dense, mean squared error, Adam: predictions of (rows, 1) and one loss."""
    p = weights(seed, (F, 4 * U), (U, 4 * U), (4 * U,), (U, 1), (1,))
    W, R, b, D, d = (q.value for q in p)
    x, y = Value(Spec((None, T, F)), "input", "x"), Value(Spec((None, 1)), "input", "y")
    h = ops.lstm(
        x,
        W,
        R,
        b,
        None,
        activation="tanh",
        recurrent_activation="sigmoid",
        return_sequences=False,
        go_backwards=False,
    )
    if dropout:
        h = ops.dropout(h, rate=dropout, seed=5)
    out = ops.dense(h, D, d)
    each = ops.mean_squared_error(out, y)
    loss = ops.weighted_sum(each, None, ops.batch_total(ops.count(each)))
    return Plan(Step([x, y], [out], [loss], 1, [loss], p, Update(ops.adam, ADAM)), executor)


def numbers(plan: Plan) -> list[Any]:
    return [p.numpy() for p in plan.step.parameters]
