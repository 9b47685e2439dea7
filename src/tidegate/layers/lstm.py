"""The LSTM layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate import ops
from tidegate.layers.recurrent import Gated
from tidegate.shapes import Shape

__all__ = ["LSTM"]


class LSTM(Gated):
    """Long short-term memory over a sequence.

    With h_0 = c_0 = 0, for t = 1..T::

        i, f, g, o = split(x_t @ kernel + h_{t-1} @ recurrent_kernel + bias, 4)
        c_t = σ(f) * c_{t-1} + σ(i) * φ(g)
        h_t = σ(o) * φ(c_t)

    where φ is `activation` and σ is `recurrent_activation`.

    Parameters
    ----------
    units : int
        Size U of the output and of the cell state. At least 1.
    activation : str or function, default "tanh"
        φ, any function that acts on each number by itself. All of them run at the same speed.
    recurrent_activation : str or function, default "sigmoid"
        σ, of the gates.
    use_bias : bool, default True
    kernel_initializer : default "glorot_uniform"
    recurrent_initializer : default "orthogonal"
    bias_initializer : default "zeros"
    unit_forget_bias : bool, default True
        Start the forget gate's quarter of the bias at 1; the other three follow `bias_initializer`.
    return_sequences : bool, default False
        Give the state at each step instead of the last one.
    go_backwards : bool, default False
        Take the last step first; the output stands in the order of processing.
    input_shape : tuple, optional
        (timesteps, features), on a first layer. None leaves the timesteps open.
    zero_output_for_mask : bool, default False
        Give zeros, not the state before, at the steps that the mask leaves out.
    implementation, unroll, use_cudnn : accepted; they change nothing here.
    return_state : bool, default False
        Give a list: the output, the last h and the last c.
    stateful : bool, default False
        Start each batch from the last states of the batch before, sample by sample, until `reset_states()`. All
        batches have one size then; `shuffle=False`.
    dropout, recurrent_dropout : float, default 0
        While training, drop this share of the inputs, or of the states on their way to the gates: for each sample
        the same at all steps. The second one drops for each gate by itself, and is slower.
    seed : int, optional
        Of what is dropped; by default drawn from `utils.set_random_seed`.
    kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer, kernel_constraint,
    recurrent_constraint, bias_constraint : optional

    Attributes
    ----------
    kernel : float32 parameter of shape (F, 4U), gate order i, f, g, o
    recurrent_kernel : float32 parameter of shape (U, 4U)
    bias : float32 parameter of shape (4U,), or None

    Call arguments
    --------------
    sequences : (samples, timesteps, features)
    initial_state : list of two (samples, units), h and c, optional
        The states before the first step; zeros otherwise.

    Returns
    -------
    (samples, units), or (samples, timesteps, units) with `return_sequences`; with `return_state` a list of it and
    the two last states

    Raises
    ------
    ArgumentError
        If `units` is below 1, an activation is unknown or couples the units (softmax).
    ShapeError
        If the input is not (samples, timesteps, features).

    Notes
    -----
    A step that the mask leaves out carries the state on and repeats the previous output, unless
    `zero_output_for_mask` is set.

    References
    ----------
    Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000.

    Examples
    --------
    >>> import numpy as np
    >>> layer = LSTM(4)
    >>> layer(np.zeros((2, 10, 1))).shape
    (2, 4)
    >>> [w.shape for w in layer.get_weights()]
    [(1, 16), (4, 16), (16,)]
    """

    op = ops.lstm
    cell_name = "lstm_cell"

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        **kwargs: Any,
    ) -> None:
        self.unit_forget_bias = bool(unit_forget_bias)
        functions = {"activation": activation, "recurrent_activation": recurrent_activation}
        initial = (kernel_initializer, recurrent_initializer, bias_initializer)
        super().__init__(units, functions, use_bias, *initial, **kwargs)

    def _start_of_bias(self, shape: Shape) -> Any:
        U, start = self.units, self.bias_initializer
        if not self.unit_forget_bias:
            return start(shape)
        return np.concatenate([start((U,)), np.ones(U), start((2 * U,))])  # i, f, g and o

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "unit_forget_bias": self.unit_forget_bias}
