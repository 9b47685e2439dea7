"""The Sequential model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.layers import Input, InputLayer, Layer, configs
from tidegate.layers.arguments import sample_shape
from tidegate.layers.symbolic import Tensor
from tidegate.models.graph import Graph
from tidegate.models.model import Model
from tidegate.models.network import Network
from tidegate.shapes import Shape
from tidegate.utils.objects import CustomObjectScope

__all__ = ["Sequential"]


class Sequential(Model):
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
        super().__init__(name=name, trainable=trainable)
        self._stack: list[Layer] = []
        self._tensors: list[Tensor] = []  # the input, then what each layer gives; empty while it is not known
        if layers is not None:
            for layer in layers if isinstance(layers, Iterable) else [layers]:
                self.add(layer)

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input."""
        return list(self._stack)

    @property
    def graph(self) -> Graph | None:
        """The calls of its layers, one on the other."""
        if self._graph is None and self._tensors:
            self._graph = Graph(self._tensors[0], self._tensors[-1], f"Sequential '{self.name}'")
        return self._graph

    def _changed(self) -> None:
        super()._changed()
        self._graph, self.built = None, bool(self._tensors)
        self.built_shape = self._tensors[0].shape if self.built else None

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer on top."""
        if isinstance(layer, InputLayer):
            layer = layer.output
        if isinstance(layer, Tensor):
            self._begin(layer)
            return
        if not isinstance(layer, Layer):
            instead = f"{layer.__name__}(...)" if isinstance(layer, type) else "model.add(LSTM(32))"
            raise ArgumentError(complaint(f"Sequential '{self.name}'", say("a layer"), repr(layer), instead))
        if any(k is not layer and k.name == layer.name for k in self._stack):
            raise ArgumentError(
                complaint(
                    f"Sequential '{self.name}'",
                    say("layers of different names"),
                    say("two named '{name}'", name=layer.name),
                    say("{code} on one", code="name=..."),
                )
            )
        below = self._tensors[-1:]
        if not self._stack and not below:
            shape = _shape_before(layer)
            below = (
                []
                if shape is None
                else [Input(batch_shape=(layer.batch_size, *shape[1:]), dtype=layer.input_dtype)]
            )
        made = [layer(*below)] if below else []  # first: a layer that does not fit leaves the model as it was
        if made:
            self._tensors = [*(self._tensors or below), *made]
        self._stack.append(layer)
        self._changed()

    def _begin(self, tensor: Tensor) -> None:
        who = f"Sequential '{self.name}'"
        if self._stack or self._tensors:
            before = say("an Input after {n} layers", n=len(self._stack))
            raise ArgumentError(complaint(who, say("its input first"), before))
        self._tensors = [tensor]
        self._changed()

    def pop(self, rebuild: bool = True) -> Layer:
        """Take the last layer off, and return it."""
        if not self._stack:
            raise ArgumentError(complaint("pop", say("a model with layers"), say("an empty one")))
        layer = self._stack.pop()
        self._tensors = self._tensors[:-1] if self._stack else []
        self._changed()
        return layer

    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of that shape, samples in front: (None, timesteps, features)."""
        if input_shape is None:
            if not self.built:
                raise ArgumentError(
                    complaint("build", say("a shape"), say("none"), "model.build((None, 10, 1))")
                )
            return
        shape = sample_shape("build", "input_shape", input_shape, "(None, 10, 1)")
        if len(shape) < 2:
            raise ShapeError(
                complaint("build", say("a shape with the samples in front"), repr(shape), "(None, 10, 1)")
            )
        self._build_from(shape)
        self._deferred = False

    def _build_from(self, shape: Sequence[int | None]) -> None:
        dtype = self._stack[0].input_dtype if self._stack else None
        tensors = [Input(batch_shape=(None, *shape[1:]), dtype=dtype)]
        for layer in self._stack:
            tensors.append(layer(tensors[-1]))
        self._tensors, self._deferred = tensors, True
        self._changed()

    def _any_length(self) -> bool:
        """Whether no layer was made for so many timesteps; Keras reads other ones then, too."""
        shape: Shape = self._tensors[0].shape
        if len(shape) != 3 or any(getattr(layer, "unroll", False) for layer in self._stack):
            return False
        shape = (shape[0], None, *shape[2:])
        for layer in self._stack:
            before = layer.built_shape
            if layer.weights and isinstance(before, tuple) and before[-1:] != shape[-1:]:
                return False
            shape = layer.compute_output_shape(shape)
        return True

    def get_config(self) -> dict[str, Any]:
        """Return the layers as plain data, as Keras writes them."""
        from tidegate.layers import serialize

        stack = [*(t.call.layer for t in self._tensors[:1]), *self._stack]
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
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        """Return the model that `get_config`, or Keras, described; its weights are fresh."""
        from tidegate.layers import deserialize

        config = {"layers": config} if isinstance(config, list) else config  # Keras 1
        model = cls(name=config.get("name"))
        with CustomObjectScope(custom_objects):
            for described in config["layers"]:
                model.add(deserialize(described))
        shape = config.get("build_input_shape")
        if shape and not model.built:
            model.build(shape)
        if config.get("trainable") is False:
            model.trainable = False
        return model

    def __repr__(self) -> str:
        return f"<Sequential name={self.name}, built={self.built}>"


configs.CLASSES |= {"Sequential": Sequential}
configs.MODULES |= {Sequential: "keras"}


def _shape_before(layer: Layer) -> Shape | None:
    """Return the shape that a first layer is fed with, where it says so."""
    if layer.batch_shape is None and isinstance(layer, Network) and layer.built:
        shape: Shape = layer.input_shape
        return shape
    return layer.batch_shape
