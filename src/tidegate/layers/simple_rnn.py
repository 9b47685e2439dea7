"""The SimpleRNN layer."""

from __future__ import annotations

from typing import Any

from tidegate import ops
from tidegate.layers.recurrent import Recurrent

__all__ = ["SimpleRNN"]


class SimpleRNN(Recurrent):
    """A state that is fed back over a sequence.

    With h_0 = 0, for t = 1..T::

        h_t = φ(x_t @ kernel + h_{t-1} @ recurrent_kernel + bias)

    where φ is `activation`.

    Parameters
    ----------
    units : int
        Size U of the state. At least 1.
    activation : str or function, default "tanh"
        φ, any function that acts on each number by itself. All of them run at the same speed.
    use_bias : bool, default True
    kernel_initializer : default "glorot_uniform"
    recurrent_initializer : default "orthogonal"
    bias_initializer : default "zeros"
    return_sequences, go_backwards, zero_output_for_mask, input_shape and the others : as in `LSTM`

    Attributes
    ----------
    kernel : float32 parameter of shape (F, U)
    recurrent_kernel : float32 parameter of shape (U, U)
    bias : float32 parameter of shape (U,), or None

    Call arguments
    --------------
    inputs : (samples, timesteps, features)

    Returns
    -------
    (samples, units), or (samples, timesteps, units) with `return_sequences`

    Raises
    ------
    ArgumentError
        If `units` is below 1, the activation is unknown or couples the units (softmax).
    ShapeError
        If the input is not (samples, timesteps, features).

    Notes
    -----
    Masks act as in `LSTM`. An `activity_regularizer` adds nothing, as Keras 3 forgets it here.

    References
    ----------
    Elman 1990.

    Examples
    --------
    >>> import numpy as np
    >>> layer = SimpleRNN(4)
    >>> layer(np.zeros((2, 10, 1))).shape
    (2, 4)
    >>> [w.shape for w in layer.get_weights()]
    [(1, 4), (4, 4), (4,)]
    """

    op = ops.simple_rnn
    _penalises_output = False
    cell_name = "simple_rnn_cell"

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        initial = (kernel_initializer, recurrent_initializer, bias_initializer)
        super().__init__(units, {"activation": activation}, use_bias, *initial, **kwargs)
