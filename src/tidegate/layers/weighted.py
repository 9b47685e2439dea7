"""Weights with the three arguments that Keras gives each: how they start, what they cost, what holds them."""

from __future__ import annotations

from typing import Any

from tidegate import constraints, initializers, regularizers
from tidegate.layers.base import Layer
from tidegate.plan import Parameter

__all__ = ["Weighted"]


class Weighted(Layer):
    """Base of layers whose weights have an initializer, a regularizer and a constraint each.

    `_takes_weight("kernel", ...)` before `super().__init__` keeps them as `kernel_initializer` and so on, those of a
    recurrent_kernel as `recurrent_initializer`; `_make` makes the weight; `get_config` says them.
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
        stem = kind.removesuffix("_kernel")
        setattr(self, f"{stem}_initializer", initializers.get(initializer))
        if not alone:
            setattr(self, f"{stem}_regularizer", regularizers.get(regularizer))
            setattr(self, f"{stem}_constraint", constraints.get(constraint))
        self._kinds: dict[str, bool] = {**getattr(self, "_kinds", {}), kind: alone}

    def _make(
        self,
        kind: str,
        shape: tuple[int, ...],
        name: str | None = None,
        trainable: bool = True,
        start: Any = None,
    ) -> Parameter:
        """Make a weight; `start` in place of its initializer, for what stands on that and on more."""
        stem = kind.removesuffix("_kernel")
        weight = self.add_weight(
            shape=shape,
            initializer=start or getattr(self, f"{stem}_initializer"),
            name=name or kind,
            trainable=trainable,
            regularizer=getattr(self, f"{stem}_regularizer", None),
            constraint=getattr(self, f"{stem}_constraint", None),
        )
        setattr(self, kind, weight)
        return weight

    def _said_of_weights(self) -> dict[str, Any]:
        config: dict[str, Any] = {}
        for kind, alone in self._kinds.items():
            stem = kind.removesuffix("_kernel")
            config[f"{stem}_initializer"] = initializers.serialize(getattr(self, f"{stem}_initializer"))
            if not alone:
                config[f"{stem}_regularizer"] = regularizers.serialize(getattr(self, f"{stem}_regularizer"))
                config[f"{stem}_constraint"] = constraints.serialize(getattr(self, f"{stem}_constraint"))
        return config

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), **self._said_of_weights()}
