"""A stack of layers as a thing of its own: its shape, its weights, its names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, ShapeError, TidegateError, complaint, nearest
from tidegate.layers import Embedding, InputLayer, Layer
from tidegate.layers.base import assign_all
from tidegate.plan import Parameter, gather
from tidegate.shapes import Shape
from tidegate.utils.naming import auto_name

__all__ = ["Network"]

Array = np.ndarray[Any, Any]


class Network:
    """Base of the models here."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name or auto_name(type(self).__name__)
        self.trainable = True
        self._stack: list[Layer] = []
        self._input: Shape | None = None
        self._deferred = False  # True where the shape came from the first data, not from the layers

    def _changed(self) -> None:
        """Forget what was made for the layers as they were."""

    # The stack.

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input."""
        return [k for k in self._stack if not isinstance(k, InputLayer)]

    @property
    def built(self) -> bool:
        return self._input is not None

    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of that shape, samples in front: (None, timesteps, features)."""
        if input_shape is None:
            if not self.built:
                raise ArgumentError(complaint("build", "a shape", "none", "model.build((None, 10, 1))"))
            return
        shape = tuple(input_shape)
        if len(shape) < 2:
            raise ShapeError(
                complaint("build", "a shape with the samples in front", repr(shape), "(None, 10, 1)")
            )
        self._build_from(shape)
        self._deferred = False

    def _build_from(self, shape: Sequence[int | None]) -> None:
        shape = (None, *shape[1:])
        here: Shape = shape
        for layer in self._stack:
            here = self._place(layer, here)
        self._input, self._deferred = shape, True
        self._changed()

    def _place(self, layer: Layer, below: Shape) -> Shape:
        layer.ensure_built(below)
        return layer.compute_output_shape(below)

    def _gather(self) -> None:
        gather(self.weights)

    @property
    def _codes(self) -> int | None:
        """How many codes the model knows, where it is fed with codes."""
        first = next((k for k in self._stack if not isinstance(k, InputLayer)), None)
        return first.input_dim if isinstance(first, Embedding) else None

    def _entrance(self) -> str:
        """Return who speaks when the input does not fit."""
        first = self.layers[0]
        return f"{type(first).__name__} '{first.name}'"

    @property
    def input_shape(self) -> Shape:
        if self._input is None:
            raise TidegateError(
                f"'{self.name}' has no input shape yet. "
                "Instead: input_shape=(timesteps, features) on its first layer."
            )
        return self._input

    @property
    def output_shape(self) -> Shape:
        here = self.input_shape
        for layer in self._stack:
            here = layer.compute_output_shape(here)
        return here

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its place."""
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ArgumentError(complaint("get_layer", f"an index below {len(self.layers)}", repr(index)))
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = [k.name for k in self.layers]
        hint = nearest(str(name), names) or f"the layers are {', '.join(names)}"
        raise ArgumentError(complaint("get_layer", "the name of a layer", repr(name), hint))

    # Weights.

    @property
    def weights(self) -> list[Parameter]:
        return [p for k in self._unique() for p in k.weights]

    variables = weights

    @property
    def trainable_weights(self) -> list[Parameter]:
        return [p for k in self._unique() for p in k.trainable_weights] if self.trainable else []

    trainable_variables = trainable_weights

    @property
    def non_trainable_weights(self) -> list[Parameter]:
        trained = set(map(id, self.trainable_weights))
        return [p for p in self.weights if id(p) not in trained]

    def _unique(self) -> list[Layer]:
        return list({id(k): k for k in self._stack}.values())

    def get_weights(self) -> list[Array]:
        """Return copies of all weights, layer by layer, in Keras's order and shapes."""
        self._expect_built("get_weights")
        return [p.numpy() for p in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Write all weights, in the order of `get_weights`."""
        self._expect_built("set_weights")
        assign_all(f"'{self.name}'", self.weights, weights)

    def count_params(self) -> int:
        """Return how many numbers all weights hold."""
        self._expect_built("count_params")
        return sum(p.array.size for p in self.weights)

    def _expect_built(self, verb: str) -> None:
        if not self.built:
            raise TidegateError(
                f"{verb} expects weights, which '{self.name}' has once its input shape is known. "
                "Instead: input_shape=(timesteps, features) on its first layer, or build((None, 10, 1))."
            )

    def reset_states(self) -> None:
        """Start the next batch from zero states, as every batch does here: no layer carries its state on."""

    reset_state = reset_states

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Print the layers, what the axes of their outputs mean, and their numbers of weights.

        Parameters
        ----------
        print_fn : function, optional
            Called with the whole text in place of print.
        show_trainable : bool
            Also say which layers `fit` changes.
        line_length, positions, expand_nested, layer_range : accepted.
        """
        from tidegate.models.summary import table

        (print_fn or print)(table(self, show_trainable))
