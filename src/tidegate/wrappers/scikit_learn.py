"""KerasClassifier and KerasRegressor, in the spellings of `keras.wrappers.scikit_learn` and of SciKeras."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from tidegate.errors import ArgumentError, complaint, nearest
from tidegate.language import say
from tidegate.utils import objects
from tidegate.utils.categorical import to_categorical

__all__ = ["KerasClassifier", "KerasRegressor"]

Array = np.ndarray[Any, Any]
FIT = ("batch_size", "epochs", "verbose", "callbacks", "validation_split", "shuffle", "class_weight",
       "initial_epoch", "steps_per_epoch", "validation_data", "validation_freq", "nb_epoch")  # fmt: skip
COMPILE = ("optimizer", "loss", "metrics", "loss_weights", "run_eagerly")
FRONTS = ("compile", "fit", "loss", "model", "optimizer", "predict")
PREDICT = ("batch_size", "verbose", "steps")


class Estimator(BaseEstimator):  # type: ignore[misc]
    """Base: a function that makes a model, and the arguments of it and of the verbs.

    Parameters
    ----------
    model : function, or model
        Returns a model, compiled or not. `build_fn` is its older name. Not needed by a subclass with `__call__`.
    **parameters
        Arguments of that function (also written ``model__units=8``), of `compile` where it did not compile, of `fit`
        (also ``fit__epochs``) and `predict`; random_state, a seed; and warm_start, True to train the model on where
        `fit` is called again.

    Attributes
    ----------
    model_ : the trained model
    history_ : dict of lists
    """

    def __init__(self, model: Any = None, build_fn: Any = None, **parameters: Any) -> None:
        self._model, self.build_fn, self.parameters = model, build_fn, parameters

    @property
    def model(self) -> Any:
        """What was given; beside a `build_fn`, as in Keras 1 and 2, the trained model."""
        return self._model if self.build_fn is None else getattr(self, "model_", self._model)

    # What scikit-learn asks of an estimator.

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return what the estimator was made of."""
        return {"model": self._model, "build_fn": self.build_fn, **self.parameters}

    def set_params(self, **params: Any) -> Estimator:
        """Change some of it."""
        for name, value in params.items():
            if name in ("model", "build_fn"):
                setattr(self, "_model" if name == "model" else name, value)
            else:
                self.parameters[name] = value
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def _maker(self) -> Callable[..., Any]:
        found = self._model if self._model is not None else self.build_fn
        if found is None and type(self).__call__ is not Estimator.__call__:
            return self.__call__
        if found is None:
            expected = say("a function that makes a model")
            raise ArgumentError(complaint(type(self).__name__, expected, say("none"), "model=create_model"))
        return found if not hasattr(found, "predict") else lambda: _copy(found)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise ArgumentError(complaint(type(self).__name__, say("a function that makes a model"), say("none")))

    def _check(self, maker: Callable[..., Any]) -> None:
        known = {*_arguments(maker), *FIT, *COMPILE, *PREDICT, "random_state", "warm_start"}
        for name in self.parameters:
            front, _, rest = name.partition("__")
            if name not in known and not (rest and front in FRONTS):
                near = nearest(name, known)
                expected = say("arguments of the model's function or of fit")
                raise ArgumentError(complaint(type(self).__name__, expected, f"{name}=", near))

    def _given(self, names: Any, *fronts: str) -> dict[str, Any]:
        """Return the parameters of these names, and those that stand behind a prefix."""
        found = {n: v for n, v in self.parameters.items() if n in names}
        for front in fronts:
            inner = ((n.removeprefix(f"{front}__"), v) for n, v in self.parameters.items() if n != front)
            found |= {n: v for n, v in inner if f"{front}__{n}" in self.parameters}
        return found

    def _made(self, x: Array, y: Array, **meta: Any) -> Any:
        maker = self._maker()
        self._check(maker)
        if self.parameters.get("warm_start") and hasattr(self, "model_"):
            return self.model_
        if self.parameters.get("random_state") is not None:
            from tidegate.utils import set_random_seed

            set_random_seed(int(self.parameters["random_state"]))
        arguments = self._given(_arguments(maker), "model")
        if "meta" in _arguments(maker):
            arguments["meta"] = {
                "n_features_in_": x.shape[-1],
                "X_shape_": x.shape,
                "y_shape_": y.shape,
                **meta,
            }
        if "compile_kwargs" in _arguments(maker):
            arguments["compile_kwargs"] = self._compiling()
        model = maker(**arguments)
        if not getattr(model, "compiled", True):
            model.compile(**self._compiling())
        return model

    def _compiling(self) -> dict[str, Any]:
        from tidegate import optimizers

        given = self._given(COMPILE, "compile")
        inner = self._given((), "optimizer")
        if inner:
            named = optimizers.get(given.get("optimizer", "rmsprop"))
            with objects.copying():
                given["optimizer"] = type(named).from_config({**named.get_config(), **inner})
        return given

    def _fit(self, x: Any, y: Array, **more: Any) -> Estimator:
        given = {**self._given(FIT, "fit"), **more}
        self.history_ = self.model_.fit(x, y, **{"verbose": 0, **given}).history
        self.n_features_in_ = np.asarray(x).shape[-1]
        return self

    def _predict(self, x: Any, **more: Any) -> Array:
        if not hasattr(self, "model_"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError(say("{name} expects fit before predict", name=type(self).__name__))
        given = {**self._given(PREDICT, "predict"), **more}
        return np.asarray(self.model_.predict(np.asarray(x), **{"verbose": 0, **given}))


class KerasRegressor(RegressorMixin, Estimator):  # type: ignore[misc]
    """A model as a regressor of scikit-learn; `score` is R².

    Parameters
    ----------
    model : function that returns a model; `build_fn` is its older name
    **parameters : arguments of that function, of `compile`, `fit` and `predict`

    Examples
    --------
    >>> from sklearn.model_selection import cross_val_score
    >>> from tidegate import layers, models
    >>> def create(units=4):
    ...     model = models.Sequential([layers.LSTM(units, input_shape=(5, 1)), layers.Dense(1)])
    ...     model.compile("adam", "mse")
    ...     return model
    >>> x = np.random.rand(12, 5, 1)
    >>> cross_val_score(KerasRegressor(create, epochs=1, units=2), x, x.sum((1, 2)), cv=3).shape
    (3,)
    """

    def fit(self, X: Any, y: Any, **kwargs: Any) -> KerasRegressor:
        """Make the model and train it."""
        x, target = np.asarray(X), np.asarray(y)
        self.model_ = self._made(x, target)
        self._fit(x, target, **kwargs)
        return self

    def predict(self, X: Any, **kwargs: Any) -> Array:
        """Return one number for each sample, or one row."""
        out = self._predict(X, **kwargs)
        return out[..., 0] if out.ndim > 1 and out.shape[-1] == 1 else out


class KerasClassifier(ClassifierMixin, Estimator):  # type: ignore[misc]
    """A model as a classifier of scikit-learn; `score` is the accuracy.

    Parameters
    ----------
    model : function that returns a model; `build_fn` is its older name
    **parameters : arguments of that function, of `compile`, `fit` and `predict`

    Attributes
    ----------
    classes_ : array of the labels, in the order of the output's columns
    """

    def fit(self, X: Any, y: Any, **kwargs: Any) -> KerasClassifier:
        """Number the classes, make the model and train it."""
        x, labels = np.asarray(X), np.asarray(y)
        if labels.ndim > 1 and labels.shape[-1] > 1:  # one-hot rows
            self.classes_, codes = np.arange(labels.shape[-1]), labels.argmax(-1)
        else:
            self.classes_, codes = np.unique(labels.ravel(), return_inverse=True)
        self.n_classes_ = len(self.classes_)
        self.model_ = self._made(x, labels, n_classes_=self.n_classes_, classes_=self.classes_)
        target: Array = codes
        if "sparse" not in _name(self.model_.loss) and self.model_.output_shape[-1] > 1:
            target = to_categorical(codes, self.n_classes_)
        self._fit(x, target, **kwargs)
        return self

    def predict_proba(self, X: Any, **kwargs: Any) -> Array:
        """Return the share of each class, one row for each sample."""
        p = self._predict(X, **kwargs)
        return np.hstack([1 - p, p]) if p.shape[-1] == 1 else p

    def predict(self, X: Any, **kwargs: Any) -> Array:
        """Return the label of each sample."""
        found: Array = self.classes_[self.predict_proba(X, **kwargs).argmax(-1)]
        return found


def _arguments(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


def _copy(model: Any) -> Any:
    """Return a fresh model of the same form, compiled alike."""
    with objects.copying():
        fresh = type(model).from_config(model.get_config())
        if model.compiled:
            fresh.compile_from_config(model.get_compile_config())
    return fresh


def _name(loss: Any) -> str:
    return str(
        loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", ""))
    ).lower()
