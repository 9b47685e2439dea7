"""Classes that say themselves what their loss and their metrics are."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.parity.case import Case, Cases, sequences

CASES = Cases()


def _data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, rng = sequences(22, 4, 2)
    return x, x.sum(axis=(1, 2)).astype("float32")[:, None], rng.random_sample(22).astype("float32")


def _made(k: Any, body: dict[str, Any], **compiled: Any) -> Any:
    """Return a functional model of a class with these methods."""

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        super(cls, self).__init__(*args, **kwargs)
        self.gap = k.metrics.Mean(name="gap")

    cls: Any = type("Own", (k.Model,), {"__init__": init, **body})
    x = k.layers.Input((4, 2))
    net = cls(x, k.layers.Dense(1)(k.layers.LSTM(3, kernel_regularizer="l2")(x)))
    net.compile(k.optimizers.Adam(0.05), **compiled)
    return net


@CASES.case
def loss_of_its_own(k: Any) -> Case:
    def compute_loss(
        self: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool = True
    ) -> Any:
        loss = k.ops.mean(k.ops.abs(y - y_pred)) + sum(self.losses)
        self.gap.update_state(loss)
        return loss

    x, y, _ = _data()
    return _made(k, {"compute_loss": compute_loss}), x, y, {"batch_size": 5}


@CASES.case
def more_than_the_loss_that_was_compiled(k: Any) -> Case:
    def compute_loss(
        self: Any, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None
    ) -> Any:
        loss = k.Model.compute_loss(self, x, y, y_pred, sample_weight)
        return loss + 0.3 * k.ops.mean(k.ops.square(y_pred - k.ops.mean(x[:, -1, :1])))

    def compute_metrics(self: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        found = k.Model.compute_metrics(self, x, y, y_pred, sample_weight)
        self.gap.update_state(k.ops.abs(y - y_pred), sample_weight)
        found["apart"] = self.gap.result()
        del found["gap"]
        return found

    x, y, weights = _data()
    body = {"compute_loss": compute_loss, "compute_metrics": compute_metrics}
    net = _made(k, body, loss="mse", weighted_metrics=["mae"])
    return net, x, y, {"batch_size": 5, "sample_weight": weights[:, None]}


@CASES.case
def several_outputs_and_no_compiled_loss(k: Any) -> Case:
    class Both(k.Model):
        def __init__(self) -> None:
            super().__init__()
            self.memory = k.layers.LSTM(3)
            self.level, self.trend = k.layers.Dense(1), k.layers.Dense(2)

        def call(self, x: Any) -> Any:
            h = self.memory(x)
            return [self.level(h), self.trend(h)]

        def compute_loss(self, x: Any, y: Any, y_pred: Any, sample_weight: Any) -> Any:
            level, trend = (k.ops.mean(k.ops.square(a - b)) for a, b in zip(y, y_pred))  # noqa: B905
            return level + k.ops.sqrt(trend)

    x, y, _ = _data()
    net = Both()
    net.compile(k.optimizers.Adam(0.05))
    net.predict(x[:1], verbose=0)  # makes the weights
    return net, x, [y, np.concatenate([y, -y], axis=1)], {"batch_size": 8}


@CASES.case
def no_targets(k: Any) -> Case:
    def compute_loss(
        self: Any, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None
    ) -> Any:
        return k.ops.mean(k.ops.square(k.ops.mean(x, axis=1)[:, :1] - y_pred))

    return _made(k, {"compute_loss": compute_loss}), _data()[0], None, {"batch_size": 5}
