"""Optimizers: their names and defaults, old spellings, and the steps of each worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tidegate import constraints, optimizers
from tidegate.errors import ArgumentError, ShapeError
from tidegate.layers import LSTM, Dense, Embedding
from tidegate.models import Sequential, load_model
from tidegate.optimizers import SGD, Adam, Optimizer, RMSprop, schedules
from tidegate.utils import set_random_seed

X = np.random.default_rng(0).normal(size=(8, 3))
Y = np.random.default_rng(1).normal(size=(8, 1))


def by_hand(update: Callable[[np.ndarray, int], np.ndarray], w: np.ndarray, steps: int = 5) -> np.ndarray:
    for t in range(steps):
        w = w + update(2 * X.T @ (X @ w - Y) / len(X), t)
    return w


def sgd(lr: float, momentum: float = 0.0, nesterov: bool = False) -> Callable[[np.ndarray, int], np.ndarray]:
    m = np.zeros((3, 1))

    def update(g: np.ndarray, t: int) -> np.ndarray:
        nonlocal m
        m = momentum * m - lr * g
        return momentum * m - lr * g if nesterov else m

    return update


def adam(lr: float, b1: float, b2: float, eps: float) -> Callable[[np.ndarray, int], np.ndarray]:
    m, v = np.zeros((3, 1)), np.zeros((3, 1))

    def update(g: np.ndarray, t: int) -> np.ndarray:
        nonlocal m, v
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        return -lr * np.sqrt(1 - b2 ** (t + 1)) / (1 - b1 ** (t + 1)) * m / (np.sqrt(v) + eps)

    return update


def rmsprop(
    lr: float, rho: float, momentum: float, centered: bool
) -> Callable[[np.ndarray, int], np.ndarray]:
    v, a, m = np.zeros((3, 1)), np.zeros((3, 1)), np.zeros((3, 1))

    def update(g: np.ndarray, t: int) -> np.ndarray:
        nonlocal v, a, m
        v = rho * v + (1 - rho) * g * g
        a = rho * a + (1 - rho) * g
        d = lr * g / np.sqrt(v - (a * a if centered else 0) + 1e-7)
        m = momentum * m + d
        return -m

    return update


STEPS: list[tuple[Optimizer, Callable[[np.ndarray, int], np.ndarray]]] = [
    (SGD(0.1), sgd(0.1)),
    (SGD(0.1, momentum=0.7), sgd(0.1, 0.7)),
    (SGD(0.1, momentum=0.7, nesterov=True), sgd(0.1, 0.7, True)),
    (Adam(), adam(0.001, 0.9, 0.999, 1e-7)),
    (Adam(0.1, beta_1=0.5, beta_2=0.8, epsilon=0.01), adam(0.1, 0.5, 0.8, 0.01)),
    (RMSprop(), rmsprop(0.001, 0.9, 0, False)),
    (RMSprop(0.05, rho=0.6, momentum=0.4), rmsprop(0.05, 0.6, 0.4, False)),
    (RMSprop(0.05, rho=0.6, momentum=0.4, centered=True), rmsprop(0.05, 0.6, 0.4, True)),
]


@pytest.mark.parametrize(
    ("optimizer", "update"), STEPS, ids=[f"{o.name} {k}" for k, (o, _) in enumerate(STEPS)]
)
def test_five_steps_by_hand(optimizer: Optimizer, update: Callable[[np.ndarray, int], np.ndarray]) -> None:
    model = Sequential([Dense(1, use_bias=False, input_shape=(3,))])
    model.compile(optimizer, "mse")
    expected = by_hand(update, model.get_weights()[0].astype(float))
    model.fit(X, Y, epochs=5, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], expected, rtol=2e-5, atol=1e-6)
    assert optimizer.iterations == 5


def test_defaults_are_those_of_keras() -> None:
    assert SGD().learning_rate == 0.01 and SGD().momentum == 0.0 and not SGD().nesterov
    assert (Adam().learning_rate, Adam().beta_1, Adam().beta_2, Adam().epsilon) == (0.001, 0.9, 0.999, 1e-7)
    assert (RMSprop().learning_rate, RMSprop().rho, RMSprop().epsilon) == (0.001, 0.9, 1e-7)


def test_old_spellings() -> None:
    assert SGD(lr=0.1, momentum=0.3).learning_rate == 0.1
    assert Adam(lr=0.1, decay=1e-6, epsilon=None).decay == 1e-6
    assert RMSprop(lr=0.2).lr == 0.2
    for name in ("adam", "Adam", "ADAM"):
        assert isinstance(optimizers.get(name), Adam)
    assert isinstance(optimizers.get(RMSprop), RMSprop)
    assert Adam(clipnorm=None, weight_decay=None, use_ema=False).learning_rate == 0.001


@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(0.1, 0.5, True),
        Adam(0.2, beta_1=0.3),
        RMSprop(0.1, centered=True),
        optimizers.Adafactor(0.1, -0.5, 1e-20, 0.01, 2.0, relative_step=False),
        optimizers.Muon(
            0.1, 0.8, adam_weight_decay=None, exclude_layers=["dense"], rms_rate=None, nesterov=False
        ),
        optimizers.ScheduleFreeAdamW(0.1, 0.8, warmup_steps=7, weight_decay=0.1),
        SGD(decay=0.5),
        SGD(clipnorm=2),
    ],
)
def test_an_optimizer_is_made_again_from_its_description(optimizer: Optimizer) -> None:
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert type(again) is type(optimizer)
    assert again.get_config() == optimizer.get_config()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (lambda: optimizers.get("adma"), "did you mean 'adamax' or 'adam'"),
        (lambda: SGD(momentum=2), "momentum from 0 to 1"),
        (lambda: SGD(-0.1), "learning_rate of at least 0"),
        (lambda: Adam("0.1"), "learning_rate as a number"),
        (lambda: Adam(beta1=0.9), "Did you mean 'beta_1'"),
        (lambda: Adam(weight_decay=-0.1), "weight_decay of at least 0"),
        (lambda: SGD(gradient_accumulation_steps=1), "at least 2"),
        (lambda: SGD(use_ema=True, ema_momentum=1.5), "ema_momentum from 0 to 1"),
        (
            lambda: Adam(clipnorm=1.0, clipvalue=2.0),
            "one of clipvalue, clipnorm and global_clipnorm; got clipvalue=2.0 and clipnorm=1.0",
        ),
        (lambda: SGD(clipvalue=-1.0), "clipvalue of at least 0"),
        (lambda: SGD(global_clipnorm=0), "global_clipnorm above 0"),
        (lambda: SGD(clip_norm=1.0), "'clipnorm' or 'global_clipnorm'"),
        (lambda: optimizers.Adafactor(beta_2_decay=0.8), "beta_2_decay from -inf to 0"),
        (lambda: optimizers.Adafactor(clip_threshold=0), "clip_threshold above 0"),
        (lambda: optimizers.ScheduleFreeAdamW(beta_1=0), "beta_1 above 0"),
        (lambda: optimizers.Muon(ns_steps=-1), "ns_steps of at least 0"),
        (lambda: RMSprop(decay=-1), "decay of at least 0"),
        (lambda: optimizers.get(3), "a name or an object"),
    ],
)
def test_mistakes_are_said_on_their_line(line: Callable[[], object], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        line()
    assert message in str(caught.value)


def weights_after(optimizer: Optimizer, constraint: object = None, batches: int = 7) -> np.ndarray:
    model = Sequential([Dense(2, use_bias=False, kernel_constraint=constraint, input_shape=(3,))])
    model.set_weights([np.linspace(-1, 1, 6).reshape(3, 2)])
    model.compile(optimizer, "mse")
    model.fit(np.tile(X, (batches, 1)), np.tile(Y, (batches, 2)), batch_size=8, shuffle=False, verbose=0)
    return np.asarray(model.get_weights()[0])


def test_a_schedule_gives_each_batch_its_rate() -> None:
    """The same as setting the rate before each batch."""
    schedule = schedules.PolynomialDecay(0.1, 5, end_learning_rate=0.01)
    model = Sequential([Dense(2, use_bias=False, input_shape=(3,))])
    model.set_weights([np.linspace(-1, 1, 6).reshape(3, 2)])
    model.compile(SGD(0.1), "mse")
    for step in range(7):
        model.optimizer.learning_rate = schedule(step).item()
        model.train_on_batch(X, np.tile(Y, (1, 2)))
    for given in (schedule, lambda: 0.1):
        assert SGD(given).learning_rate == 0.1
    np.testing.assert_allclose(weights_after(SGD(schedule)), model.get_weights()[0], rtol=1e-6)


def test_schedules() -> None:
    s = schedules
    piecewise = s.PiecewiseConstantDecay([2, 4], [1.0, 0.5, 0.1])
    np.testing.assert_array_equal(piecewise(np.arange(6)), [1, 1, 1, 0.5, 0.5, 0.1])
    assert s.ExponentialDecay(1.0, 4, 0.5, staircase=True)(7) == 0.5
    assert s.InverseTimeDecay(1.0, 2, 0.5)(4) == 0.5
    assert s.PolynomialDecay(1.0, 4, 0.0, cycle=True)(6) == 0.25
    np.testing.assert_allclose(s.CosineDecay(0.0, 10, warmup_target=1.0, warmup_steps=4)([2, 4, 9, 14, 20]), [
        0.5, 1, 0.5, 0, 0])  # fmt: skip
    np.testing.assert_allclose(s.CosineDecayRestarts(1.0, 2)([0, 1, 2, 4, 6]), [1, 0.5, 1, 0.5, 1], atol=1e-7)


def test_a_schedule_of_ones_own_is_asked_step_by_step() -> None:
    class Halves(schedules.LearningRateSchedule):
        def __call__(self, step: int) -> float:
            return 0.1 if step < 3 else 0.05

    expected = weights_after(SGD(schedules.PiecewiseConstantDecay([2], [0.1, 0.05])))
    np.testing.assert_array_equal(weights_after(SGD(Halves())), expected)


def test_gradients_of_several_batches_make_one_step() -> None:
    """Equal batches: their mean is the gradient of one."""
    optimizer = SGD(0.1, gradient_accumulation_steps=2)
    np.testing.assert_allclose(
        weights_after(optimizer, batches=6), weights_after(SGD(0.1), batches=3), rtol=1e-5
    )
    assert optimizer.iterations == 3


def test_means_of_the_weights_take_their_place_at_the_end() -> None:
    w = [weights_after(SGD(0.1), batches=k) for k in (1, 2)]
    found = weights_after(SGD(0.1, use_ema=True, ema_momentum=0.75), batches=2)
    np.testing.assert_allclose(found, 0.75 * w[0] + 0.25 * w[1], rtol=1e-5)


def test_weights_decay_unless_they_are_spared() -> None:
    optimizer = SGD(0.1, weight_decay=0.5)
    plain, decayed = weights_after(SGD(0.1), batches=1), weights_after(optimizer, batches=1)
    start = np.linspace(-1, 1, 6).reshape(3, 2)
    np.testing.assert_allclose(decayed, plain - 0.05 * start, rtol=1e-5)
    spared = SGD(0.1, weight_decay=0.5)
    spared.exclude_from_weight_decay(var_names=["kernel"])
    np.testing.assert_array_equal(weights_after(spared, batches=1), plain)


def test_constraints_hold_after_each_step() -> None:
    plain = weights_after(SGD(0.1), batches=1)
    np.testing.assert_allclose(weights_after(SGD(0.1), "non_neg", 1), np.maximum(plain, 0), rtol=1e-6)
    found, norm = weights_after(SGD(0.1), constraints.MaxNorm(0.2), 1), np.linalg.norm(plain, axis=0)
    np.testing.assert_allclose(found, plain * np.minimum(norm, 0.2) / norm, rtol=1e-5)
    norms = np.linalg.norm(weights_after(SGD(0.1), constraints.UnitNorm(axis=1), 3), axis=1)
    np.testing.assert_allclose(norms, 1, rtol=1e-5)
    own = weights_after(SGD(0.1), lambda w: np.clip(w, -0.1, 0.2), 3)
    assert own.min() >= np.float32(-0.1) and own.max() <= np.float32(0.2)


@pytest.mark.parametrize(
    "made", [constraints.MaxNorm(3), constraints.MinMaxNorm(0.1, 2, 0.5), constraints.NonNeg()]
)
def test_a_constraint_is_made_again_from_its_description(made: constraints.Constraint) -> None:
    again = constraints.deserialize(constraints.serialize(made))
    assert type(again) is type(made)
    assert again.get_config() == made.get_config()


@pytest.mark.parametrize("name", optimizers.CLASSES)
def test_state_can_be_taken_up(name: str) -> None:
    def model() -> Sequential:
        made = Sequential([Dense(2, input_shape=(3,))])
        made.compile(optimizers.CLASSES[name](learning_rate=0.05, use_ema=True), "mse")
        return made

    one, other = model(), model()
    y = np.tile(Y, (1, 2))
    for _ in range(2):
        one.train_on_batch(X, y)
    other.set_weights(one.get_weights())
    other.optimizer.restore(other.trainable_weights, [a.copy() for a in one.optimizer.state()])
    for each in (one, other):
        each.train_on_batch(X, y)
    for a, b in zip(one.optimizer.state(), other.optimizer.state(), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_state_is_taken_and_given_back() -> None:
    x = np.linspace(-1, 1, 16).reshape(8, 2)

    def trained(epochs: int) -> Any:
        model = Sequential([Dense(1, input_shape=(2,), kernel_initializer="ones")])
        model.compile(optimizers.Adam(0.1), "mse")
        model.fit(x, x[:, :1], epochs=epochs, shuffle=False, verbose=0)
        return model

    one, other = trained(3), trained(1)
    other.set_weights(one.get_weights())
    other.optimizer.set_weights(one.optimizer.get_weights())
    for model in (one, other):
        model.fit(x, x[:, :1], epochs=2, shuffle=False, verbose=0)
    np.testing.assert_array_equal(one.get_weights()[0], other.get_weights()[0])
    with pytest.raises(ShapeError, match="arrays of its state"):
        one.optimizer.set_weights([])


def test_adafactor_keeps_means_of_rows_and_columns() -> None:
    model = Sequential([Dense(2, input_shape=(3,))])
    model.compile(optimizers.Adafactor(0.1), "mse")
    model.train_on_batch(X, np.tile(Y, (1, 2)))
    moments = model.optimizer.state()[2:]
    assert [m.shape for m in moments] == [(3,), (2,), (3, 2), (), (), (2,)]  # as in files of Keras
    r, c, v, *_ = moments
    np.testing.assert_allclose(v, np.outer(r, c) / r.mean(), rtol=1e-6)


def test_adafactor_leaves_alone_what_nothing_reaches() -> None:
    model = Sequential([Dense(2, input_shape=(3,), activation="relu", use_bias=False), Dense(1)])
    model.compile(optimizers.Adafactor(0.1), "mse")
    kernel = np.array([[1.0, -1.0], [1.0, -1.0], [1.0, -1.0]])  # the second unit is off
    model.set_weights([kernel, *model.get_weights()[1:]])
    model.fit(np.abs(X) * [1, 1, 0], Y, epochs=3, verbose=0)
    after = model.get_weights()[0]
    assert after[2].tolist() == [1, -1] and after[:, 1].tolist() == [-1, -1, -1]
    assert (after[:2, 0] != 1).all() and np.isfinite(after).all()


def worded(optimizer: Optimizer) -> Any:
    set_random_seed(4)
    model = Sequential([Embedding(9, 3, input_length=4), LSTM(4), Dense(1)])
    model.compile(optimizer, "mse")
    codes = np.arange(32).reshape(8, 4) % 9
    return model, codes, codes.mean(axis=1)


def test_muon_steps_along_orthogonal_matrices_and_as_adam_elsewhere() -> None:
    model, x, y = worded(optimizers.Muon(0.1, weight_decay=None))
    before = model.get_weights()
    model.train_on_batch(x, y)
    assert [m.shape for m in model.optimizer.state()[2:]] == [  # m, and v where it is Adam; as in files of Keras
        *[(9, 3)] * 2, (3, 16), (4, 16), *[(16,)] * 2, (4, 1), *[(1,)] * 2,
    ]  # fmt: skip
    step = (before[1] - model.get_weights()[1]) / (0.1 * 0.2 * np.sqrt(16))
    np.testing.assert_allclose(
        np.linalg.svd(step, compute_uv=False), 1, atol=0.35
    )  # as near as five steps lead
    np.testing.assert_allclose(abs(before[5] - model.get_weights()[5]), 0.1, rtol=1e-3)  # Adam's first step


@pytest.mark.parametrize("make", [optimizers.Muon, optimizers.ScheduleFreeAdamW])
def test_a_training_is_taken_up_again_from_a_file(make: Any, tmp_path: Any) -> None:
    model, x, y = worded(make(0.05))
    model.fit(x, y, verbose=0, shuffle=False, epochs=2)
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    for one in (model, again):
        one.fit(x, y, verbose=0, shuffle=False, epochs=2)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_is_not_there_is_said_by_name() -> None:
    with pytest.raises(ArgumentError, match=r"'LossScaleOptimizer'. Instead: the optimizer inside"):
        optimizers.get("LossScaleOptimizer")
    with pytest.raises(AttributeError, match=r"LossScaleOptimizer is not there. Instead: the optimizer"):
        optimizers.LossScaleOptimizer  # noqa: B018

    class Own(optimizers.Optimizer):
        pass

    with pytest.raises(ArgumentError, match=r"Own expects the native step of one of tidegate\.optimizers"):
        Own(0.1)
