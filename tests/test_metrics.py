"""Metrics by name and as objects of their own."""

from __future__ import annotations

import numpy as np
import pytest

from tidegate import losses, metrics
from tidegate.errors import ArgumentError


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


@pytest.mark.parametrize("name", metrics.CLASSES)
def test_a_metric_is_made_again_from_its_description(name: str) -> None:
    metric = metrics.CLASSES[name](name="mine")
    again = metrics.deserialize(metrics.serialize(metric))
    assert type(again) is type(metric) and again.get_config() == metric.get_config()


def test_what_is_unknown_is_refused() -> None:
    with pytest.raises(ArgumentError, match="did you mean 'mae'"):
        metrics.get("maee")
    with pytest.raises(ArgumentError, match="not there yet"):
        metrics.get(lambda y, p: y)
