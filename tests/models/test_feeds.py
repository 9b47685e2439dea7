"""Data that comes batch by batch, and how far a pass goes."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tidegate.callbacks import Callback, LambdaCallback
from tidegate.errors import ArgumentError, DataError, ShapeError
from tidegate.layers import LSTM, Dense
from tidegate.models import Sequential
from tidegate.models.feeds import ArrayFeed
from tidegate.models.samples import Samples
from tidegate.utils import PyDataset, Sequence, set_random_seed

from .small import X, Y, regression

pytestmark = pytest.mark.filterwarnings("ignore::tidegate.spelling.OldSpelling")

B = 10  # of 50 samples


@pytest.fixture(autouse=True)
def seeded() -> None:
    set_random_seed(0)


def batches(of: int = B) -> Iterator[Any]:
    return ((X[k : k + of], Y[k : k + of]) for k in range(0, len(X), of))


def endless() -> Iterator[Any]:
    while True:
        yield from batches()


class Numbered(PyDataset):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.told: list[Any] = []

    def __len__(self) -> int:
        return len(X) // B

    def __getitem__(self, k: int) -> Any:
        self.told.append(k)
        return X[k * B : k * B + B], Y[k * B : k * B + B]

    def on_epoch_begin(self) -> None:
        self.told.append("begin")

    def on_epoch_end(self) -> None:
        self.told.append("end")


class Again:
    """As a DataLoader is: no numbers, begun anew each time."""

    def __iter__(self) -> Iterator[Any]:
        return iter([list(pair) for pair in batches()])


class WithLength(Again):
    def __len__(self) -> int:
        return len(X) // B


class NoConstructor(Sequence):
    def __len__(self) -> int:
        return len(X) // B

    def __getitem__(self, k: int) -> Any:
        return X[k * B : k * B + B], Y[k * B : k * B + B]


def same(a: Any, b: Any) -> None:
    for v, w in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_array_equal(v, w)


def trained(*args: Any, **arguments: Any) -> Any:
    set_random_seed(0)
    model = regression(metrics=["mae"])
    model.fit(*args, **{"verbose": 0, "shuffle": False, "epochs": 2, **arguments})
    return model


STREAMS = [
    ("generator", lambda: itertools.chain(batches(), batches()), {"steps_per_epoch": 5}),
    ("numbered", Numbered, {}),
    ("made ahead by threads", lambda: Numbered(workers=3, max_queue_size=2), {}),
    ("without a constructor", NoConstructor, {}),
    ("iterable", Again, {}),
    ("iterable with a length", WithLength, {}),
    ("list of batches, iterated", lambda: itertools.cycle(batches()), {"steps_per_epoch": 5}),
]


@pytest.mark.parametrize(("make", "arguments"), [s[1:] for s in STREAMS], ids=[s[0] for s in STREAMS])
def test_batches_train_as_arrays_do(make: Any, arguments: dict[str, Any]) -> None:
    whole = trained(X, Y, batch_size=B, validation_data=(X[:20], Y[:20]))
    held = ((X[:B], Y[:B]), (X[B : 2 * B], Y[B : 2 * B]))
    model = trained(make(), validation_data=iter(held * 2), validation_steps=2, **arguments)
    same(model, whole)
    for key, values in whole.history.history.items():
        np.testing.assert_allclose(model.history.history[key], values, rtol=1e-6, err_msg=key)
    assert model.history.params["steps"] in (5, None)
    np.testing.assert_allclose(model.predict(make(), steps=5), whole.predict(X), atol=1e-6)
    scores = model.evaluate(make(), steps=5, verbose=0)
    np.testing.assert_allclose(scores, whole.evaluate(X, Y, verbose=0), rtol=1e-6)


def test_threads_make_numbered_batches_ahead() -> None:
    names: set[str] = set()

    class Slow(Numbered):
        def __getitem__(self, k: int) -> Any:
            names.add(threading.current_thread().name)
            time.sleep(0.01)
            return super().__getitem__(k)

    same(trained(Slow(), workers=3, use_multiprocessing=True, max_queue_size=4), trained(X, Y, batch_size=B))
    assert len(names) > 2  # the first batch is looked at by the caller


def test_a_dataset_hears_of_epochs_and_is_shuffled() -> None:
    data = Numbered()
    trained(data, shuffle=True)
    assert data.told[:2] == [0, "begin"] and data.told[-1] == "end"  # the first batch is looked at before
    epochs = [data.told[2:7], data.told[9:14]]
    assert data.told[7:9] == ["end", "begin"]
    assert all(sorted(e) == [0, 1, 2, 3, 4] for e in epochs) and epochs[0] != epochs[1]


def test_batches_of_any_size_and_length_share_the_sums() -> None:
    set_random_seed(0)
    model = Sequential([LSTM(4, input_shape=(None, 2)), Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    parts = [(X[:7], Y[:7]), (X[7:20, :4], Y[7:20]), (X[20:50, :2], Y[20:50]), (X[:9], Y[:9])]
    found = model.evaluate(iter(parts), verbose=0)
    rows = np.array([len(y) for _, y in parts])
    each = np.array([model.evaluate(x, y, batch_size=50, verbose=0) for x, y in parts])
    np.testing.assert_allclose(found, rows @ each / rows.sum(), rtol=1e-6)
    plans = len(model._ready)
    model.fit(iter(parts * 3), steps_per_epoch=4, epochs=3, verbose=0)
    assert len(model._ready) == plans + 3  # one for each length, used again


def test_a_generator_is_read_on_from_epoch_to_epoch() -> None:
    with pytest.warns(UserWarning, match="the data ended: training stops before epoch 3 of 4"):
        model = trained(batches(25), steps_per_epoch=1, epochs=4)
    assert model.history.epoch == [0, 1]
    with pytest.warns(UserWarning, match="ended after 2 of 3 batches"):
        assert trained(batches(25), steps_per_epoch=3, epochs=1).history.epoch == [0]
    with pytest.warns(UserWarning, match="steps_per_epoch says where an epoch ends"):
        assert trained(batches(25), epochs=2).history.epoch == [0]


def test_fewer_steps_go_on_in_the_next_epoch() -> None:
    def seen(data: Any, **arguments: Any) -> list[float]:
        found: list[float] = []
        watch = LambdaCallback(on_train_batch_end=lambda batch, logs: found.append(round(logs["loss"], 5)))
        trained(*data, callbacks=watch, epochs=3, steps_per_epoch=3, **arguments)
        return found

    with pytest.warns(UserWarning, match="ended after 2 of 3 batches"):
        arrays = seen((X, Y), batch_size=B)
    with pytest.warns(UserWarning, match="ended after 2 of 3 batches"):
        assert seen((Again(),)) == arrays
    assert len(arrays) == 3 + 2 + 3


def test_steps_alone_say_the_size_of_a_batch() -> None:
    params = trained(X, Y, steps_per_epoch=4).history.params
    assert (params["steps"], params["batch_size"]) == (4, 13)
    assert regression().predict(X, steps=4).shape == (50, 1)
    assert regression().predict(X, steps=2, batch_size=5).shape == (10, 1)


def test_whole_batches_can_be_shuffled() -> None:
    feed = ArrayFeed(None, Samples([np.arange(23)]), 5, None, "batch")  # type: ignore[arg-type]
    seen = [next(feed.stretches()).order for _ in range(2)]
    for order in seen:
        assert order[20:].tolist() == [20, 21, 22]
        assert sorted(order[:20:5]) == [0, 5, 10, 15] and (order[:20].reshape(4, 5) % 5 == range(5)).all()
    assert not np.array_equal(*seen)


def test_weights_come_with_the_batches() -> None:
    w = np.linspace(0, 2, len(X))
    whole = trained(X, Y, batch_size=B, sample_weight=w)
    parts = [(x, y, w[k * B : k * B + B]) for k, (x, y) in enumerate(batches())]
    same(trained(iter(parts * 2), steps_per_epoch=5), whole)


def test_torch_loaders_give_batches() -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.data import DataLoader, TensorDataset

    data = TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    model = trained(DataLoader(data, batch_size=B))
    same(model, trained(X, Y, batch_size=B))
    assert model.history.params["steps"] == 5


def test_older_names() -> None:
    set_random_seed(0)
    model = regression()
    model.fit_generator(itertools.cycle(batches()), steps_per_epoch=5, nb_epoch=2, verbose=0, shuffle=False)
    set_random_seed(0)
    plain = regression()
    plain.fit(X, Y, batch_size=B, epochs=2, verbose=0, shuffle=False)
    same(model, plain)
    assert model.evaluate_generator(batches(), steps=5) == plain.evaluate(X, Y, batch_size=B, verbose=0)
    assert model.predict_generator(batches(), steps=2).shape == (20, 1)
    assert model.predict_generator(batches(), val_samples=30).shape == (30, 1)
    again = model.fit_generator(itertools.cycle(batches()), samples_per_epoch=50, nb_epoch=1, verbose=0)
    assert again.params["steps"] == 5


def test_what_does_not_fit_is_said_with_its_batch() -> None:
    with pytest.raises(ShapeError, match=r"In batch 2 of the generator: LSTM"):
        trained(b for b in [(X[:5], Y[:5]), (X[:5], Y[:5]), (X[:5, :, :1], Y[:5])])
    with pytest.raises(ArgumentError, match="weights within the batches; got y= beside a generator"):
        trained(batches(), Y)
    with pytest.raises(ArgumentError, match=r"validation_split=0\.5 of a Numbered"):
        trained(Numbered(), validation_split=0.5)
    with pytest.raises(ArgumentError, match="validation_steps"):
        trained(X, Y, validation_data=batches())
    with pytest.raises(DataError, match="at least one batch; got none"):
        trained(iter(()))
    gap = X.copy()
    gap[3, 0, 0] = np.nan
    with pytest.raises(
        DataError,
        match=r"In batch 1 of the list_iterator: fit expects X without gaps, .*; got nan at sample 3",
    ):
        trained(iter([(X, Y), (gap, Y)]), epochs=1)
    with pytest.raises(
        ArgumentError, match=r"the function endless, which was not called. Instead: endless\(\)"
    ):
        trained(endless)
    with pytest.raises(ArgumentError, match="X and y; got X alone"):
        trained(iter([X]))
    with pytest.raises(ArgumentError, match="verbose expects 0, 1, 2 or 'auto'"):
        trained(X, Y, verbose="loud")


def test_validation_only_where_asked() -> None:
    model = trained(X, Y, epochs=5, validation_split=0.2, validation_freq=2)
    assert len(model.history.history["val_loss"]) == 2
    assert (
        len(trained(X, Y, epochs=5, validation_split=0.2, validation_freq=[1, 5]).history.history["val_loss"])
        == 2
    )
    with pytest.raises(ArgumentError, match="validation_freq"):
        trained(X, Y, validation_split=0.2, validation_freq=0)


def test_every_hook_is_called() -> None:
    calls: list[str] = []

    class All(Callback):
        pass

    def hook(name: str) -> Any:
        def method(self: Any, *args: Any) -> None:
            assert self.model is model and isinstance(args[-1], dict)
            extra = "" if len(args) == 1 else f" {args[0]}"
            calls.append(f"{name}{extra} {' '.join(sorted(args[-1]))}".strip())

        return method

    for kind in ("train", "test", "predict"):
        for when in ("begin", "end"):
            setattr(All, f"on_{kind}_{when}", hook(f"{kind} {when}"))
            setattr(All, f"on_{kind}_batch_{when}", hook(f"{kind} batch {when}"))
    for when in ("begin", "end"):
        setattr(All, f"on_epoch_{when}", hook(f"epoch {when}"))
    model = regression()
    model.fit(X, Y, batch_size=25, validation_data=(X[:5], Y[:5]), callbacks=[All()], verbose=0)
    assert calls == [
        "train begin",
        "epoch begin 0",
        "train batch begin 0",
        "train batch end 0 loss",
        "train batch begin 1",
        "train batch end 1 loss",
        "test begin",
        "test batch begin 0",
        "test batch end 0 loss",
        "test end loss",
        "epoch end 0 loss val_loss",
        "train end loss val_loss",
    ]
    calls.clear()
    model.predict(X, batch_size=25, callbacks=[All()])
    batches = [f"predict batch {w}" for w in ("begin 0", "end 0 outputs", "begin 1", "end 1 outputs")]
    assert calls == ["predict begin", *batches, "predict end"]


def test_evaluation_and_prediction_can_be_stopped() -> None:
    model = regression()
    stop = LambdaCallback(
        on_test_batch_end=lambda batch, logs: setattr(model, "stop_evaluating", batch == 1),
        on_predict_batch_end=lambda batch, logs: setattr(model, "stop_predicting", True),
    )
    model.evaluate(X, Y, batch_size=10, callbacks=[stop], verbose=0)
    assert model.plan is not None and model.plan.samples == 20


def test_what_a_mask_hides_is_not_trained_on() -> None:
    hidden = np.ma.masked_array(np.ones((4, 2)), [[False, True]] * 4)
    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    with pytest.raises(DataError, match="got nan at sample 0, feature 1"):
        model.fit(hidden, np.ones(4), verbose=0)
    model.fit(np.ma.masked_array(np.ones((4, 2))), np.ones(4), verbose=0)
    with pytest.raises(
        ArgumentError, match="validation_batch_size to be a whole number of at least 1; got 0"
    ):
        model.fit(np.ones((4, 2)), np.ones(4), validation_split=0.5, validation_batch_size=0, verbose=0)


def test_a_sample_counts_once_in_metrics_however_long_it_is() -> None:
    rng = np.random.default_rng(2)
    data = [(rng.normal(size=(3, t, 2)), rng.normal(size=(3, t, 1)), rng.random((3, t))) for t in (2, 7, 3)]
    model = Sequential([LSTM(3, return_sequences=True, input_shape=(None, 2)), Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mse"])
    found = model.evaluate(iter(data), steps=3, verbose=0, return_dict=True)
    errors = [y - model.predict(x, verbose=0) for x, y, _ in data]
    weights = np.sum([w.mean(axis=1).sum() for _, _, w in data])
    squares = [(e[..., 0] ** 2 * w).mean(axis=1).sum() for e, (_, _, w) in zip(errors, data, strict=True)]
    assert found["mae"] == pytest.approx(np.mean([np.abs(e).mean() for e in errors]), rel=1e-5)
    assert found["mse"] == pytest.approx(np.sum(squares) / weights, rel=1e-5)
    assert model.metrics[1].result() == pytest.approx(found["mae"])  # predictions since then report nothing


def test_a_column_of_weights_is_one_for_each_sample() -> None:
    x, y, w = np.ones((4, 3, 2)), np.ones((4, 3, 1)), np.array([[1.0], [2.0], [0.5], [0.0]])
    model = Sequential([LSTM(3, return_sequences=True, input_shape=(3, 2)), Dense(1)])
    model.compile("sgd", "mse", weighted_metrics=["mae"])
    assert model.evaluate(x, y, sample_weight=w, verbose=0) == model.evaluate(
        x, y, sample_weight=w[:, 0], verbose=0
    )
