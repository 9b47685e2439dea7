"""A model as a layer of layers: its shape, its weights, its names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from tidegate.arguments import checked
from tidegate.errors import ArgumentError, TidegateError, complaint, nearest
from tidegate.language import say
from tidegate.layers import InputLayer, Layer
from tidegate.layers.holder import numbered
from tidegate.layers.operation import Operation
from tidegate.layers.symbolic import tried
from tidegate.models.graph import Graph
from tidegate.plan import Parameter, gather
from tidegate.utils.nested import leaves, map_nested, single

__all__ = ["Network"]

Array = np.ndarray[Any, Any]


class Network(Layer):
    """Base of the models here: the calls between symbolic inputs and outputs, or a `call` of the user's own.

    Attributes
    ----------
    graph : Graph, or None as long as the input shape is not known, and where `call` is the user's own
    """

    own_node: ClassVar[bool] = False  # whether Keras counts a call that the model came with

    def __init__(self, name: str | None = None, trainable: bool = True) -> None:
        super().__init__(name=name, trainable=trainable)
        self._graph: Graph | None = None
        self._deferred = False  # True where the shape came from the first data, not from the layers

    @property
    def graph(self) -> Graph | None:
        """The calls of its layers."""
        return self._graph

    def _changed(self) -> None:
        """Forget what was made for the layers as they were."""

    def _own_call(self) -> bool:
        """Whether `call` is the user's own."""
        return type(self).call is not Network.call

    def _known(self) -> Graph:
        graph = self.graph
        if graph is None:
            raise TidegateError(
                say(
                    "'{name}' has no input shape yet. Instead: input_shape=(timesteps, features) on its first layer.",
                    name=self.name,
                )
            )
        return graph

    def _known_for(self, inputs: Any) -> Graph:
        """Return the calls of its layers, made for inputs of that shape where none was named before."""
        if self.graph is None and len(given := leaves(inputs)) == 1:
            self._build_from(given[0].shape)
        return self._known()

    def _build_from(self, shape: Any) -> None:
        """Make the weights for inputs of that shape."""
        raise NotImplementedError

    @property
    def core(self) -> Graph | None:
        """What of them is computed in a plan."""
        return None if self.graph is None else self.graph.core

    # What it computes.

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Record all layers on the values of the inputs."""
        graph = self._known_for(inputs)
        return graph.record(graph.arrange(inputs, f"'{self.name}'", say("inputs")), training)

    def record(self, x: Any, training: bool | None = None, **more: Any) -> Any:
        """Record the model as part of another one."""
        if self._own_call():
            return super().record(x, training, **more)
        graph = self._known_for(x)
        values = graph.arrange(x, f"'{self.name}'", say("inputs"))
        masks = [v.mask for v in values]
        for v, mask in zip(values, leaves(more.get("mask")), strict=False):
            v.mask = v.mask if mask is None else mask
        try:
            y = graph.record(values, training)
            self._gave = [v.shape for v in leaves(y)]
            return y
        finally:
            for v, mask in zip(values, masks, strict=True):
                v.mask = mask

    def ensure_built(self, input_shape: Any) -> None:
        """Build once; a model of known inputs is there already."""
        if not self.built and not self._own_call():
            self.build(input_shape)

    def _build_for(self, shape: Any) -> None:
        self.build(shape)

    def compute_output_spec(self, x: Any, **more: Any) -> Any:
        """Return shape and type of each tensor that comes out for symbolic ones."""
        if self._own_call():
            return tried(self, x, more)
        graph = self._known_for(x)
        return graph.specs(graph.arrange(x, f"'{self.name}'", say("inputs")))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of what comes out for inputs of that shape."""
        many = isinstance(input_shape, list) or (
            bool(input_shape) and isinstance(input_shape[0], tuple | list)
        )
        shapes = input_shape if many else [input_shape]
        specs = self.compute_output_spec(single([InputLayer(batch_shape=s, name="x").output for s in shapes]))
        return map_nested(lambda s: s.shape, specs)

    # Its layers.

    @property
    def layers(self) -> list[Layer]:
        """The layers; those of a model made of symbolic tensors in Keras's order, inputs included."""
        if self.graph is None:
            return super().inner_layers
        return [layer for layer in self.graph.layers if not isinstance(layer, Operation)]

    @property
    def operations(self) -> list[Layer]:
        """The layers, and the functions that symbolic tensors went through."""
        return list(self.graph.layers) if self.graph is not None else self.layers

    @property
    def inner_layers(self) -> list[Layer]:
        """The layers, and those that a subclass set as attributes without calling them."""
        found = [*self.layers, *super().inner_layers]
        return list({id(k): k for k in found}.values())

    def _gather(self) -> None:
        gather(self.weights)

    @property
    def inputs(self) -> list[Any]:
        """The symbolic tensors that it begins with."""
        return list(self._known().inputs)

    @property
    def outputs(self) -> list[Any]:
        """The symbolic tensors that it gives."""
        return list(self._known().outputs)

    @property
    def input(self) -> Any:
        """The symbolic inputs, as they were given."""
        return self._known().x

    @property
    def output(self) -> Any:
        """The symbolic outputs, as they were given."""
        return self._known().y

    @property
    def input_names(self) -> list[str]:
        """The names by which inputs are found in a dict."""
        return list(self._known().names)

    @property
    def output_names(self) -> list[str]:
        """The names by which targets, losses and metrics are found in a dict."""
        return self._known().output_names

    @property
    def input_shape(self) -> Any:
        return _shapes(self._known().x)

    @property
    def output_shape(self) -> Any:
        return _shapes(self._known().y)

    def axis_names(self, rank: int) -> tuple[str, ...]:
        """Return what the axes of the output are called."""
        return self._known().outputs[0].call.layer.axis_names(rank)

    @checked
    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its place."""
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ArgumentError(
                    complaint("get_layer", say("an index below {count}", count=len(self.layers)), repr(index))
                )
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = [k.name for k in self.layers]
        hint = nearest(str(name), names) or say("the layers are {names}", names=", ".join(names))
        raise ArgumentError(complaint("get_layer", say("the name of a layer"), repr(name), hint))

    # Weights.

    @property
    def weights(self) -> list[Parameter]:
        return super().weights

    def saved_groups(self) -> list[tuple[str, str, list[Parameter]]]:
        """Return where a file of Keras keeps the weights: by the classes of the layers, or a subclass's attributes."""
        if self.graph is None:
            return super().saved_groups()
        found = [("", self.name, self._parameters)]
        for place, layer in numbered(self.layers):
            found += layer.saved_below(f"/layers/{place}")
        return found

    def get_weights(self) -> list[Array]:
        """Return copies of all weights, layer by layer, in Keras's order and shapes."""
        self._expect_built("get_weights")
        return super().get_weights()

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Write all weights, in the order of `get_weights`."""
        self._expect_built("set_weights")
        super().set_weights(weights)

    def count_params(self) -> int:
        """Return how many numbers all weights hold."""
        self._expect_built("count_params")
        return super().count_params()

    def _expect_built(self, verb: str) -> None:
        if not self.built:
            raise TidegateError(
                say(
                    "{verb} expects weights, which '{name}' has once its input shape is known. "
                    "Instead: input_shape=(timesteps, features) on its first layer, or build((None, 10, 1)).",
                    verb=verb,
                    name=self.name,
                )
            )

    def reset_states(self) -> None:
        """Start the next batch from zero states, in every layer that carries its state on."""
        for layer in self.inner_layers:
            reset = getattr(layer, "reset_states", None)
            if reset is not None:
                reset()

    def reset_state(self) -> None:
        """Do what `reset_states` does."""
        self.reset_states()

    @checked
    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Print the layers, what the axes of their outputs mean, and their numbers of weights.

        Parameters
        ----------
        print_fn : function, optional
            Called with the whole text in place of print.
        show_trainable : bool
            Also say which layers `fit` changes.
        expand_nested : bool
            Also show the layers of the models inside.
        line_length : int, optional
            Characters of a line.
        positions : list of float, optional
            Where each column ends, as a share of the line or in characters.
        layer_range : pair of str, optional
            The names of the first and the last layer to show.
        """
        from tidegate.models.summary import table

        text = table(self, show_trainable, expand_nested, line_length, positions, layer_range)
        (print_fn or print)(text)


def _shapes(nest: Any) -> Any:
    """Return the shapes of tensors in their nest; of a list of one, its shape."""
    found = map_nested(lambda t: t.shape, nest)
    return found[0] if isinstance(found, list) and len(found) == 1 else found
