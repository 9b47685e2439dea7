"""`train_step` and `test_step` of a class of one's own: recorded once, and a part of the compiled step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import losses, metrics, ops, optimizers, utils
from tidegate.cli.tensors import GradientTape
from tidegate.errors import ArgumentError, NoNumbersError
from tidegate.layers import LSTM, Dense, Dropout, Input
from tidegate.models import Model

X = np.random.default_rng(0).random((40, 5, 2)).astype("float32")
Y = X.sum((1, 2))[:, None]


class Keras2(Model):
    def train_step(self, data: Any) -> Any:
        x, y = data
        with GradientTape() as tape:
            p = self(x, training=True)
            loss = self.compiled_loss(y, p, regularization_losses=self.losses)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        self.compiled_metrics.update_state(y, p)
        return {m.name: m.result() for m in self.metrics}


class Keras3(Model):
    def train_step(self, data: Any) -> Any:
        x, y = data
        with GradientTape() as tape:
            p = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=p)
        self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, p)
        return {m.name: m.result() for m in self.metrics}


class Through(Model):
    def train_step(self, data: Any) -> Any:
        return super().train_step(data)

    def test_step(self, data: Any) -> Any:
        return super().test_step(data)


def model_of(kind: type[Model]) -> Any:
    utils.set_random_seed(3)
    inputs = Input((5, 2))
    hidden = Dropout(0.3)(LSTM(4, kernel_regularizer="l2")(inputs))
    model = kind(inputs, Dense(1)(hidden))
    model.compile("adam", "mse", ["mae"])
    return model


@pytest.mark.parametrize("kind", [Keras2, Keras3, Through])
def test_a_step_written_out_is_the_step(kind: type[Model]) -> None:
    plain, own = model_of(Model), model_of(kind)
    told = [m.fit(X, Y, 8, 2, 0, validation_data=(X, Y), shuffle=False).history for m in (plain, own)]
    assert set(told[0]) == set(told[1])
    for name, values in told[0].items():
        np.testing.assert_allclose(told[1][name], values, rtol=1e-5, err_msg=name)
    np.testing.assert_allclose(own.evaluate(X, Y, verbose=0), plain.evaluate(X, Y, verbose=0), rtol=1e-5)


class Own(Model):
    """A loss, metrics and names of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.total = metrics.Mean(name="total")
        self.away = metrics.MeanAbsoluteError(name="away")

    @property
    def metrics(self) -> list[Any]:
        return [self.total, self.away]

    def train_step(self, data: Any) -> Any:
        x, y = data
        with GradientTape() as tape:
            p = self(x, training=True)
            loss = ops.mean(ops.square(y - p)) + 0.1 * ops.mean(ops.abs(p))
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        self.total.update_state(loss)
        self.away.update_state(y, p)
        return {"total": self.total.result(), "away": self.away.result()}

    def test_step(self, data: Any) -> Any:
        x, y = data
        loss = losses.MeanSquaredError()(y, self(x, training=False))
        return {"loss": loss, "twice": 2 * loss}


def test_a_step_of_ones_own_gives_the_numbers_of_keras() -> None:
    inputs = Input((5, 2))
    model = Own(inputs, Dense(1)(LSTM(3)(inputs)))
    model.set_weights([np.linspace(-0.5, 0.5, p.array.size).reshape(p.shape) for p in model.weights])
    model.compile(optimizers.Adam(0.01))
    history = model.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["total"], [33.0560455, 31.2043419, 29.0155945], rtol=1e-5)
    np.testing.assert_allclose(history["away"], [5.6737146, 5.5116606, 5.3127227], rtol=1e-5)


def test_a_number_that_a_step_returns_is_that_of_the_last_batch() -> None:
    inputs = Input((5, 2))
    model = Own(inputs, Dense(1)(LSTM(3)(inputs)))
    model.compile("adam")
    loss, twice = model.evaluate(X, Y, batch_size=32, verbose=0)
    assert loss == pytest.approx(float(np.mean((Y[32:] - model.predict(X[32:])) ** 2)), rel=1e-5)
    assert twice == pytest.approx(2 * loss)


def test_a_step_gets_weights_and_may_train_a_part() -> None:
    class Weighted(Model):
        def train_step(self, data: Any) -> Any:
            x, y, w = data
            with GradientTape() as tape:
                loss = self.compute_loss(x, y, self(x, training=True), w)
            some = self.trainable_weights[-2:]
            self.optimizer.apply_gradients(zip(tape.gradient(loss, some), some, strict=True))
            return {"loss": loss}

    model = model_of(Weighted)
    before = model.get_weights()
    model.fit(X, Y, sample_weight=np.linspace(0, 1, 40), verbose=0)
    same = [np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert same == [True, True, True, False, False]


def wrong(**methods: Any) -> Any:
    return model_of(type("Wrong", (Keras2,), methods))


def _clipped(self: Any, data: Any) -> Any:
    with GradientTape() as tape:
        loss = self.compute_loss(y=data[1], y_pred=self(data[0], training=True))
    weights = self.trainable_weights
    gradients = [np.clip(g, -1, 1) for g in tape.gradient(loss, weights)]
    self.optimizer.apply_gradients(zip(gradients, weights, strict=True))


def _other(self: Any, data: Any) -> Any:
    with GradientTape() as tape:
        loss = self.compute_loss(y=data[1], y_pred=self(data[0], training=True))
    optimizers.SGD().apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)


def _by_sample(self: Any, data: Any) -> Any:
    with GradientTape() as tape:
        loss = losses.mean_squared_error(data[1], self(data[0], training=True))
    tape.gradient(loss, self.trainable_weights)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (_clipped, r"lstm\w*/kernel expects apply_gradients as it is.*clipnorm="),
        (_other, "one loss that the optimizer of compile makes small"),
        (_by_sample, "tape.gradient expects one number as the loss"),
        (lambda self, data: {}, "train_step expects a step of the optimizer; got none"),
        (lambda self, data: Keras2.train_step(self, data) and None, "a dict of results; got NoneType"),
    ],
)
def test_what_a_step_cannot_do_is_named(step: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        wrong(train_step=step).fit(X, Y, verbose=0)


def test_numbers_are_not_there_while_a_step_is_recorded() -> None:
    with pytest.raises(NoNumbersError, match="has no numbers yet"):
        wrong(train_step=lambda self, data: float(self(data[0]))).fit(X, Y, verbose=0)


def test_a_step_by_itself_names_what_to_write() -> None:
    model = model_of(Model)
    with pytest.raises(ArgumentError, match=r"tf.GradientTape expects a train_step.*train_on_batch"):
        GradientTape()
    with pytest.raises(ArgumentError, match=r"Instead: model.train_on_batch\(x, y\)"):
        model.train_step((X, Y))
    with pytest.raises(ArgumentError, match=r"Adam.apply expects gradients of a tape"):
        model.optimizer.apply_gradients(zip(model.get_weights(), model.weights, strict=True))
