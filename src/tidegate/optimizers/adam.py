"""Adam and its kin: steps by running means of the gradient and of its size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.optimizers.base import INF, Optimizer
from tidegate.plan import Parameter


class _Moments(Optimizer):
    """Base of those with two moments and an epsilon."""

    together = 2

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        **kwargs: Any,
    ) -> None:
        self._take(0, 1, beta_1=beta_1, beta_2=beta_2)
        self._take(0, INF, epsilon=epsilon)
        super().__init__(learning_rate, **kwargs)


class Adam(_Moments):
    """Steps by the running means of the gradient and its square (Kingma and Ba 2015).

    Parameters
    ----------
    learning_rate : float, default 0.001
    beta_1, beta_2 : float, default 0.9 and 0.999
        What share of the running means is kept at each step.
    epsilon : float, default 1e-7
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema and the others : as in `Optimizer`

    Examples
    --------
    >>> Adam(0.01)
    <Adam learning_rate=0.01>
    """

    op = ops.adam

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        amsgrad: bool = False,
        **kwargs: Any,
    ) -> None:
        self.amsgrad = bool(amsgrad)
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **kwargs)


class AdamW(Adam):
    """Adam with a decay of the weights of its own (Loshchilov and Hutter 2019).

    Parameters
    ----------
    learning_rate : float, default 0.001
    weight_decay : float, default 0.004
    beta_1, beta_2, epsilon, amsgrad : as in `Adam`
    clipnorm, clipvalue, global_clipnorm, use_ema and the others : as in `Optimizer`
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        amsgrad: bool = False,
        **kwargs: Any,
    ) -> None:
        if weight_decay is None:
            raise ArgumentError(
                complaint(
                    "AdamW", say("{name} as a number", name="weight_decay"), "None", say("Adam without one")
                )
            )
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **kwargs)


class Nadam(_Moments):
    """Adam that looks one step of momentum ahead (Dozat 2016). Arguments as in `Adam`, without amsgrad."""

    op = ops.nadam

    def _moments(self) -> list[np.ndarray[Any, Any]]:
        """Return views of the arrays, the product of Nadam's factors as one number behind them."""
        assert self._update is not None
        every = super()._moments()
        return [*every[: len(every) - len(self._bound)], self._update.slots[2][:1].reshape(())]

    def restore(self, parameters: Sequence[Parameter], arrays: Sequence[np.ndarray[Any, Any]]) -> None:
        """Take up what `state`, or Keras, wrote for these parameters."""
        super().restore(parameters, arrays)
        if self._update is not None and self._update.slots:
            self._update.slots[2][:] = self._update.slots[2][0]


class Adamax(_Moments):
    """Adam by the largest gradient in place of the mean square (Kingma and Ba 2015). Arguments as in `Nadam`."""

    op = ops.adamax


class Lamb(_Moments):
    """Adam whose step is as long as its weight (You et al. 2020). Arguments as in `Nadam`."""

    op = ops.lamb
