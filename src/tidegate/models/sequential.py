"""The Sequential model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tidegate.errors import ArgumentError, complaint
from tidegate.layers import InputLayer, Layer
from tidegate.models.files import Saved
from tidegate.shapes import Shape

__all__ = ["Sequential"]


class Sequential(Saved):
    """Layers one on the other, and the five verbs: define, compile, fit, evaluate, predict.

    Parameters
    ----------
    layers : list of Layer, optional
        More come by `add`.
    name : str, optional

    Attributes
    ----------
    layers : list of Layer
    input_shape, output_shape : tuple, the samples' axis None
    weights, trainable_weights : list of Parameter
    history : History of the last `fit`
    plan : Plan that ran last

    Raises
    ------
    ShapeError
        If a layer does not fit on the one below, in the line that adds it.

    Examples
    --------
    >>> import numpy as np
    >>> from tidegate.layers import LSTM, Dense
    >>> model = Sequential([LSTM(4, input_shape=(5, 1)), Dense(1)])
    >>> model.compile(optimizer="adam", loss="mse")
    >>> x = np.linspace(0, 1, 40).reshape(8, 5, 1)
    >>> history = model.fit(x, x.mean(axis=(1, 2)), epochs=2, verbose=0)
    >>> len(history.history["loss"]), model.predict(x).shape
    (2, (8, 1))
    """

    def __init__(
        self, layers: Iterable[Any] | Any | None = None, trainable: bool = True, name: str | None = None
    ) -> None:
        super().__init__(name)
        self.trainable = trainable
        if layers is not None:
            for layer in layers if isinstance(layers, Iterable) else [layers]:
                self.add(layer)

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer on top."""
        if not isinstance(layer, Layer):
            instead = f"{layer.__name__}(...)" if isinstance(layer, type) else "model.add(LSTM(32))"
            raise ArgumentError(complaint(f"Sequential '{self.name}'", "a layer", repr(layer), instead))
        if isinstance(layer, InputLayer) and self._stack:
            raise ArgumentError(
                complaint(
                    f"Sequential '{self.name}'",
                    "its input first",
                    f"an Input after {len(self._stack)} layers",
                )
            )
        if any(k is not layer and k.name == layer.name for k in self._stack):
            raise ArgumentError(
                complaint(
                    f"Sequential '{self.name}'",
                    "layers of different names",
                    f"two named '{layer.name}'",
                    "name=... on one",
                )
            )
        below: Shape | None
        if self.built and self._stack:
            below = self.output_shape
        else:
            below = layer.batch_shape if not self._stack else None
        if below is not None:
            self._place(
                layer, below
            )  # before it is added: a layer that does not fit leaves the model as it was
            if not self._stack:
                self._input = below
        self._stack.append(layer)
        self._changed()

    def pop(self, rebuild: bool = True) -> Layer:
        """Take the last layer off, and return it."""
        if not self.layers:
            raise ArgumentError(complaint("pop", "a model with layers", "an empty one"))
        layer = self._stack.pop()
        if not self._stack:
            self._input = None
        self._changed()
        return layer

    def get_config(self) -> dict[str, Any]:
        """Return the layers as plain data, as Keras writes them."""
        from tidegate.layers import serialize

        stack = list(self._stack)
        if self.built and not isinstance(stack[0], InputLayer):
            dtype = stack[0].input_dtype
            stack.insert(0, InputLayer(batch_shape=self.input_shape, dtype=dtype, name="input_layer"))
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": {
                "module": "keras",
                "class_name": "DTypePolicy",
                "config": {"name": "float32"},
                "registered_name": None,
            },
            "layers": [serialize(k) for k in stack],
        }
        if self.built:
            config["build_input_shape"] = list(self.input_shape)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Sequential:
        """Return the model that `get_config`, or Keras, described; its weights are fresh."""
        from tidegate.layers import deserialize

        model = cls(name=config.get("name"))
        for described in config["layers"]:
            model.add(deserialize(described))
        shape = config.get("build_input_shape")
        if shape and not model.built:
            model.build(shape)
        return model

    def __repr__(self) -> str:
        return f"<Sequential name={self.name}, built={self.built}>"
