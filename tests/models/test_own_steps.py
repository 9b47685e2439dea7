"""A class's own compute_loss and compute_metrics (their numbers are in tests/parity/families/own_steps.py)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.errors import ArgumentError, ShapeError, TidegateError
from tidegate.layers import LSTM, Dense, Input, Layer
from tidegate.metrics import AUC, Mean, Metric, Sum
from tidegate.models import Model, load_model

X = np.random.default_rng(0).normal(size=(23, 4, 2))
Y = (X.sum(axis=(1, 2)) > 0).astype(np.float32)[:, None]


def made(cls: Any, **compiled: Any) -> Any:
    x = Input((4, 2))
    model = cls(x, Dense(1, activation="sigmoid")(LSTM(3)(x)))
    model.compile(**{"optimizer": "adam", "loss": "mse", **compiled})
    return model


class Every(Model):
    """Metrics of each kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [Sum(name="sum"), AUC(name="auc"), Own(name="largest")]
        self.idle = Mean(name="idle")

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        self.kinds[0].update_state(y_pred)
        self.kinds[1].update_state(y, y_pred)
        self.kinds[2].update_state(y, y_pred)
        return super().compute_metrics(x, y, y_pred, sample_weight)


class Own(Metric):
    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.top = self.add_weight(shape=())

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.top.assign(max(float(self.top), float(np.max(y_pred))))

    def result(self) -> Any:
        return self.top


def test_metrics_of_every_kind_are_reported() -> None:
    model = made(Every, metrics=["mae"])
    found = model.evaluate(X, Y, batch_size=5, verbose=0, return_dict=True)
    p = model.predict(X)
    expected = {"loss": ((p - Y) ** 2).mean(), "mae": abs(p - Y).mean(), "sum": p.sum(), "largest": p.max()}
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-5)
    auc = AUC()
    auc.update_state(Y, p)
    assert found["auc"] == pytest.approx(auc.result()) and found["idle"] == 0
    assert model.metrics_names[:2] == ["loss", "mae"] and len(found) == 6


def test_the_mean_of_the_loss_is_the_first_metric_and_metrics_can_be_asked() -> None:
    model = made(Model, metrics=["mae"])
    assert [m.name for m in model.metrics] == ["loss"]
    loss, mae = model.evaluate(X, Y, verbose=0)
    assert [m.name for m in model.metrics] == ["loss", "mae"]
    assert [float(m.result()) for m in model.metrics] == pytest.approx([loss, mae])
    assert model.get_metrics_result() == {"loss": loss, "mae": mae}


def test_compiled_metrics_are_no_attributes_of_its_own() -> None:
    own = type(
        "Own",
        (Model,),
        {"compute_loss": lambda self, x, y, y_pred, sample_weight: ops.mean(ops.abs(y - y_pred))},
    )
    model = made(own, metrics=[AUC(name="auc")])
    found = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert set(found) == {"loss", "auc"} and 0 < found["auc"] < 1


def test_the_compiled_loss_of_arrays() -> None:
    model = made(Model)
    p = model.predict(X)
    weights = np.linspace(0, 1, len(X))
    expected = (weights * ((p - Y) ** 2)[:, 0]).mean()
    assert model.compute_loss(X, Y, p, weights) == pytest.approx(expected, rel=1e-5)


class Counting(Layer):
    """A layer that reports something of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = Mean(name="seen")

    def call(self, inputs: Any) -> Any:
        self.seen.update_state(ops.mean(inputs, axis=(1, 2)))
        return inputs * 1.0


def test_a_layer_may_report_as_well() -> None:
    x = Input((4, 2))
    model = Model(x, Dense(1)(LSTM(2)(Counting()(x))))
    model.compile("sgd", "mse")
    found = model.evaluate(X, Y, verbose=0, batch_size=5, return_dict=True)
    assert found["seen"] == pytest.approx(X.mean(), rel=1e-4)
    assert model.predict(X).shape == (23, 1)


class Weighted(Model):
    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        shapes.append((sample_weight.shape, training))
        return ops.mean(ops.square(y - y_pred) * sample_weight)


shapes: list[Any] = []


def test_weights_have_the_axes_that_they_came_with() -> None:
    weights = np.linspace(0, 1, len(X))
    model = made(Weighted, loss=None)
    p = model.predict(X)
    found = model.evaluate(X, Y, batch_size=23, verbose=0, sample_weight=weights[:, None])
    assert found == pytest.approx((((p - Y) ** 2) * weights[:, None]).mean(), rel=1e-5)
    model.fit(X, Y, sample_weight=weights[:, None], verbose=0)
    with pytest.raises(ShapeError, match="equal or 1 on each axis"):  # (B, 1) times (B,) would be (B, B)
        model.fit(X, Y, sample_weight=weights, verbose=0)
    assert shapes == [((None, 1), False), ((None, 1), True), ((None,), True)]


def test_such_a_model_is_read_again_under_its_class(tmp_path: Any) -> None:
    model = made(Every, metrics=["mae"])
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras", custom_objects={"Every": Every})
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def losing(*given: Any) -> Any:
    return type(
        "Own", (Model,), {"compute_loss": lambda self, x, y, y_pred, sample_weight: given[0](y, y_pred)}
    )


def telling(give: Any) -> Any:
    def compute_metrics(self: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return give(self, y, y_pred)

    return type("Own", (Model,), {"gap": Mean(), "auc": AUC(), "compute_metrics": compute_metrics})


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (losing(lambda y, p: 3.0), r"compute_loss of .* one number made by tidegate.ops; got 3.0"),
        (losing(lambda y, p: ops.square(y - p)), r"got shape \(None, 1\)"),
        (losing(lambda y, p: float(ops.mean(p))), "float|number"),
        (telling(lambda self, y, p: {"gap": ops.mean(p)}), r"self.gap = Mean\(\); self.gap.update_state"),
        (telling(lambda self, y, p: {"gap": self.gap.result() * 2}), r"arithmetic with result\(\)"),
        (telling(lambda self, y, p: self.auc.update_state(y, p * 2)), "metrics.Mean, given a value"),
    ],
)
def test_what_cannot_be_recorded_is_refused_by_name(cls: Any, message: str) -> None:
    with pytest.raises((TidegateError, TypeError), match=message) as seen:
        made(cls).fit(X, Y, verbose=0)
    assert isinstance(seen.value, ArgumentError | TypeError)
