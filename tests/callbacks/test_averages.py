"""Running means in place of the weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate.callbacks import LambdaCallback, SwapEMAWeights
from tidegate.errors import ArgumentError
from tidegate.layers import Dense
from tidegate.models import Sequential
from tidegate.optimizers import SGD
from tidegate.utils import set_random_seed

X = np.random.default_rng(0).normal(size=(12, 2)).astype(np.float32)
Y = X.sum(axis=1)


def model(**optimizer: Any) -> Sequential:
    set_random_seed(0)
    made = Sequential([Dense(1, input_shape=(2,), use_bias=False)])
    made.compile(SGD(0.1, **optimizer), "mse")
    return made


def means_by_hand(epochs: int) -> tuple[list[Any], list[Any]]:
    """Return the weight after each epoch of one batch, and its running mean of momentum 0.5."""
    plain = model()
    weights = []
    keep = LambdaCallback(on_epoch_end=lambda epoch, logs: weights.append(plain.get_weights()[0]))
    plain.fit(X, Y, batch_size=12, epochs=epochs, shuffle=False, verbose=0, callbacks=[keep])
    means = [weights[0]]
    for w in weights[1:]:
        means.append(0.5 * means[-1] + 0.5 * w)
    return weights, means


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_means_are_scored_and_weights_are_trained(swap_on_epoch: bool) -> None:
    weights, means = means_by_hand(3)
    made = model(use_ema=True, ema_momentum=0.5)
    seen: dict[str, list[Any]] = {"train": [], "test": [], "epoch": []}

    def keep(kind: str) -> Any:
        return lambda *_: seen[kind].append(made.get_weights()[0])

    watch = LambdaCallback(
        on_train_batch_end=keep("train"), on_test_batch_end=keep("test"), on_epoch_end=keep("epoch")
    )
    arguments: dict[str, Any] = {"batch_size": 12, "epochs": 3, "shuffle": False, "verbose": 0}
    made.fit(X, Y, validation_data=(X, Y), callbacks=[SwapEMAWeights(swap_on_epoch), watch], **arguments)
    np.testing.assert_allclose(seen["train"], weights, rtol=1e-5)
    np.testing.assert_allclose(seen["test"], means, rtol=1e-5)
    np.testing.assert_allclose(seen["epoch"], means if swap_on_epoch else weights, rtol=1e-5)
    np.testing.assert_allclose(made.get_weights()[0], means[-1], rtol=1e-5)  # as without the callback


def test_training_that_another_callback_ends_leaves_the_means() -> None:
    _, means = means_by_hand(2)
    made = model(use_ema=True, ema_momentum=0.5)

    def stop(epoch: int, logs: Any) -> None:
        made.stop_training = epoch == 1

    callbacks = [SwapEMAWeights(swap_on_epoch=True), LambdaCallback(on_epoch_end=stop)]
    made.fit(X, Y, batch_size=12, epochs=5, shuffle=False, verbose=0, callbacks=callbacks)
    np.testing.assert_allclose(made.get_weights()[0], means[-1], rtol=1e-5)


def test_an_optimizer_without_means_is_said() -> None:
    with pytest.raises(
        ArgumentError, match=r"SwapEMAWeights expects an optimizer with use_ema=True; got SGD"
    ):
        model().evaluate(X, Y, verbose=0, callbacks=[SwapEMAWeights()])
