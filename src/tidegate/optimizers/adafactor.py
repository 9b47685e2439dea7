"""Adafactor: steps by the gradient over mean squares that rows and columns share."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.optimizers.base import INF, Optimizer


class Adafactor(Optimizer):
    """Steps as long as the weight is, by mean squares of rows and of columns (Shazeer and Stern 2018).

    With u = g / √v, where v = r cᵀ / mean(r) for running means r and c of g² + ε1 over the rows and columns of the last
    two axes, kept by the share 1 - t^beta_2_decay; for a vector, v is the running mean itself::

        p -= max(ε2, rms(p)) min(lr, 1/√t) u / max(1, rms(u) / clip_threshold)

    Parameters
    ----------
    learning_rate : float, default 0.001
        No step takes more than 1/√t.
    beta_2_decay : float, default -0.8
    epsilon_1 : float, default 1e-30
        Added to the squares.
    epsilon_2 : float, default 1e-3
        Least size of a weight, as the step sees it.
    clip_threshold : float, default 1.0
        Largest rms(u).
    relative_step : bool, default True
        Accepted; it changes nothing, here as in Keras, which bounds the rate by 1/√t either way.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema and the others : as in `Optimizer`

    Raises
    ------
    ArgumentError
        If a number is out of range: beta_2_decay above 0, clip_threshold or epsilon_1 of 0.

    Examples
    --------
    >>> Adafactor(0.01)
    <Adafactor learning_rate=0.01>
    """

    op = ops.adafactor
    together = 3

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **kwargs: Any,
    ) -> None:
        self._take(-INF, 0, beta_2_decay=beta_2_decay)
        self._take(0, INF, epsilon_1=epsilon_1, epsilon_2=epsilon_2, clip_threshold=clip_threshold)
        for name, value in (("epsilon_1", epsilon_1), ("clip_threshold", clip_threshold)):
            if value == 0:
                raise ArgumentError(
                    complaint("Adafactor", say("{name} above {least}", name=name, least=0), repr(value))
                )
        self.relative_step = bool(relative_step)
        super().__init__(learning_rate, **kwargs)

    def _slots(self) -> list[np.ndarray[Any, Any]]:
        """Return views of the arrays: of each weight the means of rows and of columns, and v."""
        every, found = super()._slots(), []
        for k, p in enumerate(self._bound):
            r, c, v = every[3 * k : 3 * k + 3]
            found += [*ops.adafactor.means(p.shape, r, c), v]
        return found

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such an optimizer."""
        return {**super().get_config(), "relative_step": self.relative_step}
