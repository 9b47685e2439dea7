"""Metrics by name and as objects of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import layers, losses, metrics, models, ops
from tidegate.errors import ArgumentError, ShapeError


def test_a_metric_adds_up_until_it_is_reset() -> None:
    metric = metrics.MeanSquaredError()
    metric.update_state([[1.0]], [[3.0]])
    metric.update_state([[1.0], [1.0]], [[1.0], [1.0]])
    assert metric.result() == pytest.approx(4 / 3)
    metric.reset_state()
    assert metric.result() == 0.0
    assert metric([[0.0]], [[2.0]]) == 4.0
    assert metrics.RootMeanSquaredError()([[0.0], [0.0]], [[3.0], [1.0]]) == pytest.approx(5**0.5)


def test_accuracies() -> None:
    assert metrics.BinaryAccuracy()([[1], [0], [1]], [[0.6], [0.6], [0.4]]) == pytest.approx(1 / 3)
    assert metrics.BinaryAccuracy(threshold=0.3)([[1], [0], [1]], [[0.6], [0.6], [0.4]]) == pytest.approx(
        2 / 3
    )
    p = np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])
    assert metrics.CategoricalAccuracy()([[0, 1, 0], [0, 0, 1]], p) == 0.5
    assert metrics.SparseCategoricalAccuracy()([1, 2], p) == 0.5
    np.testing.assert_array_equal(metrics.sparse_categorical_accuracy([1, 2], p), [1, 0])
    with pytest.raises(ArgumentError, match="threshold between 0 and 1"):
        metrics.BinaryAccuracy(threshold=1.5)


def test_a_metric_keeps_the_name_it_was_asked_for() -> None:
    assert metrics.get("mae").name == "mae"
    assert metrics.get("mean_absolute_error").name == "mean_absolute_error"
    assert metrics.get(metrics.MeanAbsoluteError(name="error")).name == "error"
    assert metrics.get(metrics.mean_squared_error).name == "mean_squared_error"
    assert metrics.get(metrics.BinaryAccuracy).name == "binary_accuracy"
    assert isinstance(metrics.get(losses.BinaryCrossentropy()), metrics.BinaryCrossentropy)


ARGUMENTS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(
        ("SensitivityAtSpecificity", "SpecificityAtSensitivity", "PrecisionAtRecall", "RecallAtPrecision"),
        (0.5,),
    ),
    "IoU": (3, [0, 2]),
    "MeanIoU": (3,),
    "OneHotIoU": (3, [0, 2]),
    "OneHotMeanIoU": (3,),
}


@pytest.mark.parametrize("name", sorted(set(metrics.CLASSES) - {"MeanMetricWrapper"}))
def test_a_metric_is_made_again_from_its_description(name: str) -> None:
    metric = metrics.CLASSES[name](*ARGUMENTS.get(name, ()), name="mine")
    again = metrics.deserialize(metrics.serialize(metric))
    assert type(again) is type(metric) and again.get_config() == metric.get_config()


def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(ArgumentError, match="did you mean 'mae'"):
        metrics.get("maee")
    with pytest.raises(ArgumentError, match="a name, a function or an object"):
        metrics.get(3)


def test_weights_count_in_every_metric() -> None:
    rng = np.random.default_rng(5)
    y, p, w = (rng.random((40, 3)) > 0.5).astype(float), rng.random((40, 3)), rng.integers(0, 3, 40)
    for name, cls in metrics.CLASSES.items():
        if cls.sparse or name in (
            "MeanMetricWrapper",
            "Mean",
            "Sum",
            "IoU",
            "MeanIoU",
            "BinaryIoU",
            "R2Score",
        ):
            continue
        weighted, repeated = (cls(*ARGUMENTS.get(name, ())) for _ in range(2))
        weighted.update_state(y, p, w)
        repeated.update_state(np.repeat(y, w, axis=0), np.repeat(p, w, axis=0))
        np.testing.assert_allclose(weighted.result(), repeated.result(), rtol=1e-6, err_msg=name)


class Largest(metrics.Metric):
    """The largest error, as a user writes it."""

    def __init__(self, name: str = "largest", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.found = self.add_weight(name="found", initializer="zeros")

    def update_state(self, y_true: Any, y_pred: Any) -> None:  # type: ignore[override]
        self.found.assign(np.maximum(self.found, np.abs(np.asarray(y_true) - y_pred).max()))

    def result(self) -> Any:
        return self.found


def mean_of_batch(y_true: Any, y_pred: Any) -> Any:
    return ops.mean(ops.square(y_true - y_pred))


def test_metrics_of_ones_own_are_fed_in_training() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    model = models.Sequential([layers.Dense(1, input_shape=(3,))])
    model.compile(
        "sgd", "mse", metrics=[Largest(), mean_of_batch, lambda y, p: np.abs(y - p).mean(axis=-1), "mae"]
    )
    found = model.evaluate(x, y, batch_size=8, verbose=0, return_dict=True)
    error = model.predict(x, verbose=0) - y
    assert found["largest"] == pytest.approx(np.abs(error).max(), rel=1e-6)
    each = [(error[a : a + 8] ** 2).mean() for a in (0, 8, 16)]
    assert found["mean_of_batch"] == pytest.approx(np.mean(each), rel=1e-6)
    assert found["<lambda>"] == pytest.approx(found["mae"], rel=1e-6)
    again = model.evaluate(x, y, batch_size=8, verbose=0, return_dict=True)
    assert again == found  # it began anew


def test_a_masked_step_does_not_reach_a_metric_that_is_fed() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(9, 4, 2))
    x[:, 2:] = 0
    y = rng.integers(0, 2, (9, 4, 1))
    model = models.Sequential([layers.Masking(input_shape=(4, 2)), layers.LSTM(3, return_sequences=True)])
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile("sgd", "binary_crossentropy", metrics=[metrics.TruePositives(name="hits", thresholds=0.0)])
    found = model.evaluate(x, y, verbose=0, return_dict=True)
    assert found["hits"] == y[:, :2].sum() != y.sum()


def test_correlations_are_those_of_keras() -> None:
    """Numbers of Keras 3.15."""
    y, p = [[0, 1, 0.5], [1, 1, 0.2]], [[0.1, 0.9, 0.5], [1, 0.9, 0.2]]
    assert metrics.PearsonCorrelation()(y, p) == pytest.approx(0.99669964, abs=1e-6)
    assert metrics.ConcordanceCorrelation()(y, p) == pytest.approx(0.98163204, abs=1e-6)


def test_unions_of_two_classes_and_of_one_hot_targets() -> None:
    """Numbers of Keras 3.15."""
    two = metrics.BinaryIoU([0, 1], threshold=0.3)
    assert two([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]) == pytest.approx(1 / 3)
    y = [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]]
    p = [[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1], [0.1, 0.4, 0.5]]
    weights = [0.1, 0.2, 0.3, 0.4]
    assert metrics.OneHotIoU(3, [0, 2])(y, p, weights) == pytest.approx(0.07142857, abs=1e-6)
    assert metrics.OneHotMeanIoU(3)(y, p, weights) == pytest.approx(0.04761905, abs=1e-6)
    for metric in (two, metrics.OneHotIoU(3, [0, 2]), metrics.OneHotMeanIoU(3)):
        assert metrics.deserialize(metrics.serialize(metric)).get_config() == metric.get_config()


def test_a_mean_takes_values_and_weights() -> None:
    mean = metrics.Mean()
    mean.update_state([1, 2, 3])
    mean.update_state(6.0, sample_weight=3)
    assert mean.result() == 4


def test_a_sample_counts_once_in_a_mean_whatever_its_steps_and_weights() -> None:
    """Numbers of Keras 3.15."""
    mean = metrics.Mean()
    mean.update_state([[1.0, 2.0, 6.0]])
    mean.update_state([[1.0], [0.0]], sample_weight=[0.5, 2.0])
    mean.update_state([[4.0, 8.0], [0.0, 2.0]], sample_weight=[[1.0], [3.0]])
    assert mean.result() == pytest.approx(12.5 / 7.5)


def test_weights_of_single_numbers_count_where_there_is_no_mean_over_the_last_axis() -> None:
    """Numbers of Keras 3.15."""
    y, p, w = [[1.0, 0.0], [1.0, 1.0]], [[0.9, 0.6], [0.3, 0.8]], [[1.0, 2.0], [3.0, 4.0]]
    assert metrics.BinaryAccuracy()(y, p, w) == pytest.approx(0.5)
    assert metrics.RootMeanSquaredError()(y, p, w) == pytest.approx(np.sqrt(2.36 / 10))
    np.testing.assert_array_equal(metrics.binary_accuracy(y, p), [[1, 0], [0, 1]])


def test_thresholds_stay_in_their_order_and_the_ends_of_even_ones_count_as_in_keras() -> None:
    """Numbers of Keras 3.15."""
    y, p = [0.0, 0.3, 1.0, 1.0], [0.5, 0.9, 0.0, 0.4]
    np.testing.assert_allclose(metrics.TruePositives(thresholds=[0.7, 0.2])(y, p), [1, 2])
    np.testing.assert_allclose(metrics.Recall(thresholds=[0.0, 0.5, 1.0])(y, p), [2 / 3, 1 / 3, 0])
    assert metrics.RecallAtPrecision(0.6)(y, p) == pytest.approx(
        2 / 3
    )  # an output of 0 is above no threshold


def test_the_spread_of_equal_targets_is_no_rounding() -> None:
    y = np.full((3, 1), 0.1)
    assert metrics.R2Score()(y, y + 0.5) == 0


def test_a_class_that_is_not_there_is_refused() -> None:
    with pytest.raises(ShapeError, match="outputs with a class 1"):
        metrics.Precision(class_id=1)([[1.0], [0.0]], [[0.4], [0.8]])


def test_an_ignored_class_counts_in_a_metric_but_where_there_are_weights() -> None:
    """As in Keras 3.15, alone and in a model."""
    k, w = np.array([0, 1, 1]), np.array([1.0, 2.0, 3.0])
    model = models.Sequential(
        [layers.Dense(2, activation="softmax", kernel_initializer="zeros", input_shape=(1,))]
    )
    found = [metrics.SparseCategoricalCrossentropy(name=n, ignore_class=0) for n in ("plain", "weighed")]
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=found[:1], weighted_metrics=found[1:])
    scores = model.evaluate(np.ones((3, 1)), k, sample_weight=w, verbose=0, return_dict=True)
    alone = metrics.SparseCategoricalCrossentropy(ignore_class=0)
    p = np.full((3, 2), 0.5)
    assert scores["plain"] == pytest.approx(alone(k, p)) == pytest.approx(np.log(2) * 2 / 3)
    alone.reset_state()
    assert scores["weighed"] == pytest.approx(alone(k, p, w)) == pytest.approx(np.log(2))


def test_a_metric_may_go_over_the_samples() -> None:
    """Numbers of Keras 3.15."""
    y, p = [[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]], [[1.0, 0.0], [2.0, 4.0], [1.0, 1.0]]
    assert metrics.CosineSimilarity(axis=0)(y, p) == pytest.approx(0.9017158, abs=1e-6)
