"""SGD, by the gradient or its momentum, and Lion, by the sign of it."""

from __future__ import annotations

from typing import Any

from tidegate import ops
from tidegate.optimizers.base import Optimizer


class SGD(Optimizer):
    """Steps against the gradient, with momentum or not::

        m = momentum m - learning_rate g;  p += m   (nesterov: p += momentum m - learning_rate g)

    Parameters
    ----------
    learning_rate : float, default 0.01
    momentum : float, default 0.0
        From 0 to 1.
    nesterov : bool, default False
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema and the others : as in `Optimizer`

    Examples
    --------
    >>> SGD(0.1, momentum=0.9)
    <SGD learning_rate=0.1>
    """

    op = ops.sgd

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **kwargs: Any,
    ) -> None:
        self._take(0, 1, momentum=momentum)
        self.nesterov = bool(nesterov)
        super().__init__(learning_rate, **kwargs)


class Lion(Optimizer):
    """Steps of one size, by the sign of the running mean (Chen et al. 2023).

    Parameters
    ----------
    learning_rate : float, default 0.001
    beta_1, beta_2 : float, default 0.9 and 0.99
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema and the others : as in `Optimizer`
    """

    op = ops.lion

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.99, **kwargs: Any
    ) -> None:
        self._take(0, 1, beta_1=beta_1, beta_2=beta_2)
        super().__init__(learning_rate, **kwargs)
