"""Models as estimators: what scikit-learn does with one, it does with ours."""

from __future__ import annotations

from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tidegate.errors import TidegateError
from tidegate.layers import LSTM, Dense
from tidegate.models import Sequential
from tidegate.wrappers import KerasClassifier, KerasRegressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 4, 1))
TABLE = X[..., 0]


def regressor(units: int = 3, rate: float = 0.01) -> Sequential:
    model = Sequential([LSTM(units, input_shape=(4, 1)), Dense(1)])
    model.compile("adam", "mse")
    return model


def classifier(outputs: int = 1, loss: str = "binary_crossentropy") -> Sequential:
    model = Sequential([Dense(outputs, activation="softmax" if outputs > 1 else "sigmoid", input_dim=4)])
    model.compile("adam", loss)
    return model


def test_clone_search_and_validation() -> None:
    one = KerasRegressor(build_fn=regressor, epochs=1, verbose=0)
    assert clone(one).get_params() == one.get_params()
    assert is_regressor(one) and is_classifier(KerasClassifier(classifier))
    search = GridSearchCV(one, {"units": [2, 3], "batch_size": [8]}, cv=2).fit(X, X.sum((1, 2)))
    assert search.best_params_["units"] in (2, 3)
    assert search.best_estimator_.model_.layers[0].units == search.best_params_["units"]
    assert cross_val_score(one, X, X.sum((1, 2)), cv=2).shape == (2,)


def test_a_pipeline() -> None:
    pipe = make_pipeline(StandardScaler(), KerasClassifier(classifier, epochs=2))
    labels = np.where(TABLE[:, 0] > 0, "flood", "ebb")
    assert set(pipe.fit(TABLE, labels).predict(TABLE)) <= {"flood", "ebb"}
    shares = pipe.predict_proba(TABLE)
    assert shares.shape == (24, 2)
    np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-6)
    assert 0 <= pipe.score(TABLE, labels) <= 1


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
@pytest.mark.parametrize("rows", [False, True])
def test_labels_become_what_the_loss_wants(loss: str, rows: bool) -> None:
    codes = np.arange(24) % 3
    y = np.eye(3)[codes] if rows else codes + 5
    fitted = KerasClassifier(classifier, outputs=3, loss=loss, epochs=1).fit(TABLE, y)
    assert set(fitted.predict(TABLE)) <= set(fitted.classes_)
    assert len(fitted.history_["loss"]) == 1


def test_the_spelling_of_scikeras() -> None:
    def create(units: int, meta: dict[str, Any]) -> Sequential:
        return Sequential([Dense(units, input_dim=meta["n_features_in_"]), Dense(1)])

    one = KerasRegressor(
        model=create, model__units=2, loss="mse", optimizer="sgd", optimizer__learning_rate=0.015625,
        fit__batch_size=6, epochs=2, random_state=1,
    ).fit(TABLE, TABLE.sum(1))  # fmt: skip
    assert one.model_.layers[0].units == 2
    assert float(one.model_.optimizer.learning_rate) == 0.015625
    again = clone(one).fit(TABLE, TABLE.sum(1))
    assert np.array_equal(one.predict(TABLE), again.predict(TABLE))


def test_mistakes_are_named() -> None:
    with pytest.raises(TidegateError, match="Did you mean 'epochs'"):
        KerasRegressor(regressor, epoch=2).fit(X, X.sum((1, 2)))
    with pytest.raises(TidegateError, match="a function that makes a model"):
        KerasRegressor().fit(X, X.sum((1, 2)))
    with pytest.raises(NotFittedError, match="fit before predict"):
        KerasRegressor(regressor).predict(X)


def test_warm_start_trains_the_same_model_on() -> None:
    for warm in (False, True):
        one = KerasRegressor(regressor, warm_start=warm, epochs=1)
        first = one.fit(X, X.sum((1, 2))).model_
        assert (one.fit(X, X.sum((1, 2))).model_ is first) is warm


def test_estimators_go_to_other_processes_and_files(tmp_path: Any) -> None:
    one = make_pipeline(StandardScaler(), KerasClassifier(classifier, epochs=1))
    labels = np.where(TABLE[:, 0] > 0, "flood", "ebb")
    assert cross_val_score(one, TABLE, labels, cv=2, n_jobs=2).shape == (2,)
    joblib.dump(one.fit(TABLE, labels), tmp_path / "one.joblib")
    again = joblib.load(tmp_path / "one.joblib")
    np.testing.assert_array_equal(again.predict_proba(TABLE), one.predict_proba(TABLE))
