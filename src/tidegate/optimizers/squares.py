"""RMSprop, Adagrad, Adadelta and Ftrl: steps by the gradient over what its squares have been."""

from __future__ import annotations

from typing import Any

from tidegate import ops
from tidegate.optimizers.base import INF, Optimizer


class Adagrad(Optimizer):
    """Steps by the gradient over the root of the sum of its squares (Duchi et al. 2011).

    Parameters
    ----------
    learning_rate : float, default 0.001
    initial_accumulator_value : float, default 0.1
    epsilon : float, default 1e-7
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema and the others : as in `Optimizer`
    """

    op = ops.adagrad

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float | None = 1e-7,
        **kwargs: Any,
    ) -> None:
        self._take(0, INF, initial_accumulator_value=initial_accumulator_value, epsilon=epsilon)
        super().__init__(learning_rate, **kwargs)


class Adadelta(Optimizer):
    """Steps by the gradient over its root mean square, times that of the steps before (Zeiler 2012).

    Parameters
    ----------
    learning_rate : float, default 0.001
    rho : float, default 0.95
    epsilon : float, default 1e-7
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema and the others : as in `Optimizer`
    """

    op = ops.adadelta
    together = 2

    def __init__(
        self, learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float | None = 1e-7, **kwargs: Any
    ) -> None:
        self._take(0, 1, rho=rho)
        self._take(0, INF, epsilon=epsilon)
        super().__init__(learning_rate, **kwargs)


class Ftrl(Optimizer):
    """Follow the regularized leader (McMahan et al. 2013).

    Parameters
    ----------
    learning_rate : float, default 0.001
    learning_rate_power : float, default -0.5
    initial_accumulator_value : float, default 0.1
    l1_regularization_strength, l2_regularization_strength : float, default 0.0
    l2_shrinkage_regularization_strength, beta : float, default 0.0
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema and the others : as in `Optimizer`
    """

    op = ops.ftrl
    together = 2

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **kwargs: Any,
    ) -> None:
        self._take(-INF, 0, learning_rate_power=learning_rate_power)
        self._take(
            0,
            INF,
            initial_accumulator_value=initial_accumulator_value,
            l1_regularization_strength=l1_regularization_strength,
            l2_regularization_strength=l2_regularization_strength,
            l2_shrinkage_regularization_strength=l2_shrinkage_regularization_strength,
            beta=beta,
        )
        super().__init__(learning_rate, **kwargs)


class RMSprop(Optimizer):
    """Steps by the gradient over the root of its mean square (Tieleman and Hinton 2012).

    Parameters
    ----------
    learning_rate : float, default 0.001
    rho : float, default 0.9
        What share of the mean square is kept at each step.
    momentum : float, default 0.0
    epsilon : float, default 1e-7
    centered : bool, default False
        Take the variance in place of the mean square.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema and the others : as in `Optimizer`

    Examples
    --------
    >>> RMSprop(lr=0.01)
    <RMSprop learning_rate=0.01>
    """

    op = ops.rmsprop

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float | None = 1e-7,
        centered: bool = False,
        **kwargs: Any,
    ) -> None:
        self._take(0, 1, rho=rho, momentum=momentum)
        self._take(0, INF, epsilon=epsilon)
        self.centered = bool(centered)
        super().__init__(learning_rate, **kwargs)
