"""The functional model, and the base of models written as a class."""

from __future__ import annotations

import inspect
from typing import Any

from tidegate.layers import configs
from tidegate.layers.remaking import arguments_of
from tidegate.models.description import describe, rebuild
from tidegate.models.files import Saved
from tidegate.models.graph import Graph
from tidegate.utils.objects import CustomObjectScope

__all__ = ["Functional", "Model"]


class Model(Saved):
    """A model of any form: from its symbolic inputs to its outputs, or as a class with a `call` of its own.

    Parameters
    ----------
    inputs : Tensor of `Input`, or a list or dict of them
    outputs : Tensor that layers made of these, or a list or dict of them
    name : str, optional

    A subclass may leave both out: it makes its layers in `__init__` and says in `call(inputs)` how they follow on one
    another. `call` runs while the model is recorded, once for each shape of data, with layers and `tidegate.ops` alone;
    Python that looks at numbers is not possible. `train_step`, `test_step`, `compute_loss` and `compute_metrics` of its
    own are recorded as well.

    Attributes
    ----------
    layers : list of Layer
    inputs, outputs : list of Tensor
    input_names, output_names : list of str
    weights, trainable_weights : list of Parameter
    history : History of the last `fit`
    plan : Plan that ran last

    Examples
    --------
    >>> import numpy as np
    >>> from tidegate.layers import Dense, Input, LSTM
    >>> x = Input(shape=(5, 1), name="series")
    >>> h = LSTM(4)(x)
    >>> model = Model(x, [Dense(1, name="level")(h), Dense(2, name="trend")(h)])
    >>> model.compile("adam", {"level": "mse", "trend": "mae"}, loss_weights=[1.0, 0.5])
    >>> series = np.linspace(0, 1, 40).reshape(8, 5, 1)
    >>> history = model.fit(series, {"level": np.ones(8), "trend": np.ones((8, 2))}, verbose=0)
    >>> sorted(history.history)
    ['level_loss', 'loss', 'trend_loss']
    >>> [p.shape for p in model.predict(series)]
    [(8, 1), (8, 2)]
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make a `Functional` where inputs and outputs are given to this very class."""
        made = bool(args) or not {"inputs", "outputs", "input", "output"}.isdisjoint(kwargs)
        return super().__new__(Functional if cls is Model and made else cls)

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        name: str | None = None,
        trainable: bool | None = None,
        **old: Any,
    ) -> None:
        inputs, outputs = old.pop("input", inputs), old.pop("output", outputs)  # Keras 1
        super().__init__(name, trainable is not False)
        old.pop("dtype", None)
        if old:
            self._refuse(next(iter(old)))
        if inputs is not None or outputs is not None:
            self._graph = Graph(inputs, outputs, f"Model '{self.name}'")
            self.built = True
            if trainable is not None:
                self.trainable = trainable

    def get_config(self) -> dict[str, Any]:
        """Return the layers and their calls as plain data, as Keras writes them."""
        config = {"name": self.name, "trainable": self.trainable}
        if self._graph is not None and _takes_graph(type(self)):
            return config | describe(self._graph)
        return config | (arguments_of(self) if type(self).get_config is Model.get_config else {})

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return the model that `get_config`, or Keras, described; its weights are fresh."""
        if not ("layers" in config and _takes_graph(cls)) and cls is not Functional:
            return super().from_config(config)
        with CustomObjectScope(custom_objects):
            inputs, outputs = rebuild(config)
        model = cls(inputs, outputs, name=config.get("name"))
        if config.get("trainable") is False:
            model.trainable = False
        return model


def _takes_graph(cls: type[Model]) -> bool:
    """Return whether models of that class are made from inputs and outputs."""
    parameters = inspect.signature(cls).parameters
    return {"inputs", "outputs"} <= parameters.keys() or any(
        p.kind is p.VAR_POSITIONAL for p in parameters.values()
    )


class Functional(Model):
    """A model from symbolic inputs to outputs: what `Model(inputs, outputs)` makes."""

    own_node = True


configs.CLASSES |= {"Functional": Functional, "Model": Functional}
configs.MODULES |= {Functional: "keras.src.models.functional"}
