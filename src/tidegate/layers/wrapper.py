"""A layer around another one: what a wrapper of one's own begins with."""

from __future__ import annotations

from typing import Any

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.layers.base import Layer
from tidegate.shapes import Shape

__all__ = ["Wrapper"]


class Wrapper(Layer):
    """Base of layers around another one, which is made, described and kept in files with them.

    Parameters
    ----------
    layer : Layer

    Examples
    --------
    >>> import numpy as np
    >>> from tidegate.layers import Dense
    >>> class Twice(Wrapper):
    ...     def call(self, inputs):
    ...         return self.layer(self.layer(inputs))
    >>> Twice(Dense(3))(np.zeros((2, 3))).shape
    (2, 3)
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            who = type(self).__name__
            raise ArgumentError(complaint(who, say("a layer"), repr(layer), f"{who}(Dense(1))"))
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Shape) -> None:
        """Build the layer inside."""
        self.layer.ensure_built(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        from tidegate.layers.configs import serialize

        return {**super().get_config(), "layer": serialize(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Wrapper:
        """Return the layer that `get_config` described."""
        from tidegate.layers.configs import deserialize

        config = dict(config)
        return cls(deserialize(config.pop("layer")), **config)
