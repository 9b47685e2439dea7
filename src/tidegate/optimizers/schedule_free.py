"""ScheduleFreeAdamW: Adam's steps and their mean, between which the weights stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tidegate import ops
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.optimizers.base import INF, Optimizer
from tidegate.plan import Parameter, Update
from tidegate.plan.parameters import offsets


class ScheduleFreeAdamW(Optimizer):
    """Steps as Adam without momentum, averaged, so that no schedule is needed (Defazio et al. 2024).

    With v as in Adam, z from the weights' beginning on, and x the mean of all z::

        z -= lr g / (√(v / (1 - β2ᵗ)) + ε)
        p = (1 - β1) z + β1 x

    Parameters
    ----------
    learning_rate : float, default 0.0025
    beta_1, beta_2 : float, default 0.9 and 0.999
        How near the weights stand to the mean, and what share of the mean squares is kept at each step.
    epsilon : float, default 1e-8
    warmup_steps : int, default 0
        Steps over which the rate grows from 0.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema and the others : as in `Optimizer`

    Raises
    ------
    ArgumentError
        If a number is out of range: beta_1 of 0.

    Examples
    --------
    >>> ScheduleFreeAdamW(0.01, warmup_steps=100)
    <ScheduleFreeAdamW learning_rate=0.01>
    """

    op = ops.schedule_free_adamw
    together = 2

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        **kwargs: Any,
    ) -> None:
        self._take(0, 1, beta_1=beta_1, beta_2=beta_2)
        self._take(0, INF, epsilon=epsilon, warmup_steps=warmup_steps)
        if beta_1 == 0:
            raise ArgumentError(
                complaint(
                    "ScheduleFreeAdamW", say("{name} above {least}", name="beta_1", least=0), repr(beta_1)
                )
            )
        self.warmup_steps = int(warmup_steps)
        super().__init__(learning_rate, **kwargs)

    def bind(self, parameters: Sequence[Parameter]) -> Update:
        """Return the update of these parameters; the same ones keep their moments, and others begin where they are."""
        before, update = self._update, super().bind(parameters)
        if update is not before:
            update.allocate(offsets(parameters)[-1])
            for z, p in zip(self._views(update.slots[0]), parameters, strict=True):
                z[...] = p.array
        return update
