"""Weights with the three arguments that Keras gives each: how they start, what they cost, what holds them."""

from __future__ import annotations

from typing import Any

from tidegate import constraints, initializers, regularizers
from tidegate.layers.base import Layer
from tidegate.plan import Parameter

__all__ = ["Weighted"]


class Weighted(Layer):
    """Base of layers whose weights have an initializer, a regularizer and a constraint each.

    `_takes_weight("kernel", ...)` before `super().__init__` keeps them as `kernel_initializer` and so on; `_make`
    makes the weight; `get_config` says them.
    """

    def _takes_weight(
        self,
        kind: str,
        initializer: Any,
        regularizer: Any = None,
        constraint: Any = None,
        alone: bool = False,
    ) -> None:
        """Keep what was said of a weight; `alone` where it has an initializer and nothing else."""
        setattr(self, kind, None)
        setattr(self, f"{kind}_initializer", initializers.get(initializer))
        if not alone:
            setattr(self, f"{kind}_regularizer", regularizers.get(regularizer))
            setattr(self, f"{kind}_constraint", constraints.get(constraint))
        self._kinds: dict[str, bool] = {**getattr(self, "_kinds", {}), kind: alone}

    def _make(
        self, kind: str, shape: tuple[int, ...], name: str | None = None, trainable: bool = True
    ) -> Parameter:
        weight = self.add_weight(
            shape=shape,
            initializer=getattr(self, f"{kind}_initializer"),
            name=name or kind,
            trainable=trainable,
            regularizer=getattr(self, f"{kind}_regularizer", None),
            constraint=getattr(self, f"{kind}_constraint", None),
        )
        setattr(self, kind, weight)
        return weight

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        config = super().get_config()
        for kind, alone in self._kinds.items():
            config[f"{kind}_initializer"] = initializers.serialize(getattr(self, f"{kind}_initializer"))
            if not alone:
                config[f"{kind}_regularizer"] = regularizers.serialize(getattr(self, f"{kind}_regularizer"))
                config[f"{kind}_constraint"] = constraints.serialize(getattr(self, f"{kind}_constraint"))
        return config
